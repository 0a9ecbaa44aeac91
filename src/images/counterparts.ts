/**
 * Which image can run what a base image built. Every answer is a tag that is known to exist, has the same language version
 * and keeps, for the flavour `slim`, the C library family and the OS release.
 */
import type { Counterpart, Flavour, ImageFacts, RuntimeKind } from './image.ts';
import { jreCounterparts } from './jre-counterparts.ts';
import { languageCounterparts } from './language-counterparts.ts';
import { lookup, tagStatus } from './lookup.ts';
import { itself, type Proposal, prefixOf } from './proposal.ts';
import { glibcRunsOn, releaseOf } from './release.ts';

/** Newest Alpine branch of the tables, for what does not depend on the branch of the build image. */
const ALPINE_BRANCH = 'alpine3.24';
const STATIC = 'gcr.io/distroless/static-debian13:nonroot';

/** Best first; empty when none is known, and always for an image pinned by digest: its content cannot be matched by tag. */
export function counterparts(base: ImageFacts, kind: RuntimeKind, flavour: Flavour): readonly Counterpart[] {
  if (base.ref.digest !== undefined) return [];
  const proposals = propose(base, kind, flavour);
  const seen = new Set<string>();
  return proposals.flatMap(({ image, because }) => {
    if (seen.has(image) || (image !== base.ref.text && tagStatus(image) !== 'exists')) return [];
    seen.add(image);
    const facts = lookup(image);
    return facts === undefined ? [] : [{ image, facts, flavour, because }];
  });
}

function propose(base: ImageFacts, kind: RuntimeKind, flavour: Flavour): readonly Proposal[] {
  switch (kind) {
    case 'same-language':
      return languageCounterparts(base, flavour);
    case 'jre':
      return jreCounterparts(base, flavour);
    case 'native':
      return nativeCounterparts(base, flavour);
    case 'static':
      return staticCounterparts(base, flavour);
    case 'files':
      return fileCounterparts(base, flavour);
  }
}

function nativeCounterparts(base: ImageFacts, flavour: Flavour): readonly Proposal[] {
  if (flavour === 'slim') return sameSystem(base);
  if (flavour === 'alpine') return base.libc === 'musl' ? sameSystem(base) : [];
  if (flavour === 'scratch' || base.libc !== 'glibc' || glibcRunsOn(base.release, 'debian13') !== true) return [];
  const because = `a program linked on ${base.release} finds its C library in distroless Debian 13 (glibc 2.41)`;
  return [
    { image: 'gcr.io/distroless/cc-debian13:nonroot', because: `${because}, with libstdc++ and libgcc` },
    { image: 'gcr.io/distroless/base-debian13:nonroot', because: `${because}, without libstdc++` },
  ];
}

/** The bare system of the same release: `debian:bookworm-slim`, `ubuntu:noble`, `alpine:3.20`. */
function sameSystem(base: ImageFacts): readonly Proposal[] {
  if (base.family === 'debian') return sameDebian(base);
  if (base.family === 'ubuntu' || base.family === 'alpine') return itself(base, 'is the bare system already');
  const image = systemImage(base);
  return image === undefined
    ? []
    : [{ image, because: `${base.ref.text} is built on ${base.release}, and the program was linked there` }];
}

/** The tag the user wrote with `-slim`; a point release or a dated tag gives way to its release. */
function sameDebian(base: ImageFacts): readonly Proposal[] {
  const { tag } = base.ref;
  if (base.variant === 'slim') return itself(base, 'is a slim image already');
  const slim = tag === undefined || tag === 'latest' || tag === 'stable' ? 'stable-slim' : `${tag}-slim`;
  const because = `the same Debian release (${base.release}) without documentation and locales`;
  const named = [slim, `${base.release}-slim`].map((text) => ({ image: `${prefixOf(base)}debian:${text}`, because }));
  return named.filter(({ image }, index) => index === 0 || tagStatus(named[0]?.image ?? image) !== 'exists');
}

function systemImage(base: ImageFacts): string | undefined {
  const release = releaseOf(base.release);
  const prefix = prefixOf(base);
  if (release?.distro === 'debian') return `${prefix}debian:${release.name}-slim`;
  if (release?.distro === 'ubuntu') return `${prefix}ubuntu:${release.name}`;
  return release?.distro === 'alpine' ? `${prefix}alpine:${release.version}` : undefined;
}

function staticCounterparts(base: ImageFacts, flavour: Flavour): readonly Proposal[] {
  const needless = 'a static program needs no C library';
  if (flavour === 'scratch') return [{ image: 'scratch', because: needless }];
  if (flavour === 'distroless') {
    return [
      { image: STATIC, because: `${needless}; this image has certificates, time zones, /tmp and an unprivileged user` },
    ];
  }
  if (flavour === 'alpine') return anyAlpine(base, needless);
  return sameSystem(base).map(({ image }) => ({
    image,
    because: `${needless}; this is the bare system of ${base.release}`,
  }));
}

function anyAlpine(base: ImageFacts, because: string): readonly Proposal[] {
  const branch = releaseOf(base.libc === 'musl' ? base.release : ALPINE_BRANCH)?.version;
  return branch === undefined ? [] : [{ image: `${prefixOf(base)}alpine:${branch}`, because }];
}

function fileCounterparts(base: ImageFacts, flavour: Flavour): readonly Proposal[] {
  const serves = 'plain files are served by nginx';
  if (flavour === 'scratch') return [{ image: 'scratch', because: 'plain files need no system' }];
  if (flavour === 'distroless') return [{ image: STATIC, because: 'plain files need no system' }];
  const prefix = prefixOf(base);
  if (flavour === 'slim') return [{ image: `${prefix}nginx:stable`, because: serves }];
  return [
    { image: `${prefix}nginx:stable-alpine`, because: serves },
    { image: `${prefix}nginx:stable-alpine-slim`, because: `${serves}; without its optional modules and curl` },
  ];
}
