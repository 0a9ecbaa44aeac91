/** The same interpreter in a smaller image: base-image rules per language. */

import { dotnetStatus, uvPython } from './families/foreign.ts';
import type { Flavour, ImageFacts } from './image.ts';
import { itself, type Proposal, prefixOf } from './proposal.ts';
import { glibcRunsOn } from './release.ts';
import { major, readTag, type Tag } from './tag.ts';
import { published } from './tag-table.ts';

/** Where `-slim` stands: `20-bookworm-slim`, but `3.12-slim-bookworm`. */
const SLIM_LAST: ReadonlySet<string> = new Set(['node', 'swift']);
const SLIM_FIRST: ReadonlySet<string> = new Set([
  'python',
  'pypy',
  'ruby',
  'perl',
  'erlang',
  'elixir',
  'haskell',
  'rust',
]);
/** Major versions with a distroless image on Debian 13. */
const DISTROLESS_NODE: readonly number[] = [22, 24, 26];

export function languageCounterparts(base: ImageFacts, flavour: Flavour): readonly Proposal[] {
  const tag = readTag(base.ref.tag);
  if (base.family === 'dotnet') return dotnetCounterparts(base, tag, flavour);
  if (flavour === 'scratch') return [];
  if (flavour === 'distroless' && base.family !== 'deno') return distrolessCounterparts(base);
  if (base.family === 'uv') return flavour === 'slim' ? uvCounterparts(base, tag) : [];
  if (base.family === 'bun' || base.family === 'deno') return javascriptCounterparts(base, tag, flavour);
  if (flavour === 'alpine') return alpineCounterparts(base, tag);
  return slimCounterparts(base, tag);
}

function slimCounterparts(base: ImageFacts, tag: Tag): readonly Proposal[] {
  if (base.role === 'os') return itself(base, 'is the bare system already');
  if (base.variant !== 'full') return itself(base, 'is a small image already');
  const text = slimText(base.family, tag);
  if (text === undefined) return itself(base, 'has no smaller variant of the same system');
  if (base.release === undefined) return [];
  const undated = proposal(base, text, 'without compilers and development packages');
  if (tag.release !== undefined || sameRelease(base, text)) return undated;
  const dated = slimText(base.family, readTag(withRelease(tag, base.release)));
  return dated === undefined ? [] : proposal(base, dated, 'without compilers and development packages');
}

function proposal(base: ImageFacts, text: string, what: string): readonly Proposal[] {
  if (frozenEarlier(base, text)) return [];
  const on = base.release === undefined ? 'the same system' : base.release;
  return [{ image: `${prefixOf(base)}${base.family}:${text}`, because: `the same ${base.family} on ${on} ${what}` }];
}

/** Did the other tag stop moving before this one? Then it may stand for an older program (`tomcat:9-alpine`). */
function frozenEarlier(base: ImageFacts, text: string): boolean {
  const own = published(base.family, base.ref.tag ?? 'latest');
  const other = published(base.family, text);
  if (own === undefined || other?.removed === undefined || samePatch(base.version, text)) return false;
  return own.removed === undefined || other.removed < own.removed;
}

/** A full version stands for the same program in every variant. */
function samePatch(version: string | undefined, text: string): boolean {
  return version?.split('.').length === 3 && text.startsWith(`${version}-`);
}

/** The tag with `slim` added where the family wants it; `latest` gives way: `node` → `node:slim`. */
function slimText(family: string, tag: Tag): string | undefined {
  if (tag.slim || tag.alpine || tag.windows) return undefined;
  if (!SLIM_LAST.has(family) && !SLIM_FIRST.has(family)) return undefined;
  if (tag.text === 'latest') return 'slim';
  if (SLIM_LAST.has(family)) return `${tag.text}-slim`;
  if (tag.release === undefined) return `${tag.text}-slim`;
  const before = tag.text === tag.release ? '' : `${tag.text.slice(0, -tag.release.length - 1)}-`;
  return tag.text.endsWith(tag.release) ? `${before}slim-${tag.release}` : undefined;
}

function withRelease(tag: Tag, release: string): string {
  return tag.text === 'latest' ? release : `${tag.text}-${release}`;
}

/** Do both undated tags stand for the same release at this patch level? */
function sameRelease(base: ImageFacts, text: string): boolean {
  return published(base.family, text)?.os === base.release;
}

function alpineCounterparts(base: ImageFacts, tag: Tag): readonly Proposal[] {
  if (tag.alpine) return itself(base, 'is an Alpine image already');
  const text = alpineText(base.family, tag);
  return text === undefined ? [] : proposal({ ...base, release: undefined }, text, 'on musl instead of glibc');
}

function alpineText(family: string, tag: Tag): string | undefined {
  if (tag.windows || (family === 'php' && tag.words.includes('apache'))) return undefined;
  const words = tag.words.filter((word) => word !== 'slim' && word !== tag.release && word !== 'latest');
  const parts = tag.version === undefined ? words : [tag.version, ...words];
  return [...parts, 'alpine'].join('-');
}

function distrolessCounterparts(base: ImageFacts): readonly Proposal[] {
  const runs = glibcRunsOn(base.release, 'debian13') === true;
  const number = major(base.version);
  if (base.family === 'node' && runs && number !== undefined && DISTROLESS_NODE.includes(number)) {
    const image = `gcr.io/distroless/nodejs${number}-debian13:nonroot`;
    return [
      {
        image,
        because: `Node.js ${number} without shell and package manager; ${base.release} is not newer than its Debian 13`,
      },
    ];
  }
  const python = (base.family === 'python' || base.family === 'uv') && /^3\.13(\.|$)/.test(base.version ?? '');
  if (python && base.release === 'trixie') {
    return [
      {
        image: 'gcr.io/distroless/python3-debian13:nonroot',
        because: 'Python 3.13 on Debian 13, like the build image',
      },
    ];
  }
  return [];
}

/** Bun and Deno publish every variant of a release together (base-images facts of oven/bun and denoland/deno_docker). */
function javascriptCounterparts(base: ImageFacts, tag: Tag, flavour: Flavour): readonly Proposal[] {
  const repository = base.ref.text.replace(/:[^/:]*$/, '');
  const because = `the same ${base.family} release`;
  if (base.variant === flavour || base.variant === 'distroless') return itself(base, 'is that variant already');
  if (base.family === 'bun') {
    if (base.variant === 'alpine') return itself(base, 'is an Alpine image already');
    const text = tag.text === 'latest' ? flavour : `${tag.text.replace(/-?(debian|slim)$/, '')}-${flavour}`;
    return flavour === 'slim' || flavour === 'alpine'
      ? [{ image: `${repository}:${text.replace(/^-/, '')}`, because }]
      : [];
  }
  if (flavour === 'slim') return itself(base, 'has no smaller variant of the same system');
  return base.version === undefined || base.libc !== 'glibc'
    ? []
    : [{ image: `${repository}:${flavour}-${base.version}`, because }];
}

function uvCounterparts(base: ImageFacts, tag: Tag): readonly Proposal[] {
  const version = uvPython(tag);
  if (version === undefined) return [];
  const because = `the interpreter of ${base.ref.text} is the one of this image`;
  if (tag.alpine) return [{ image: `python:${version}-alpine`, because }];
  return base.release === undefined ? [] : [{ image: `python:${version}-slim-${base.release}`, because }];
}

function dotnetCounterparts(base: ImageFacts, tag: Tag, flavour: Flavour): readonly Proposal[] {
  const kinds = base.ref.repository.endsWith('/sdk')
    ? ['aspnet', 'runtime']
    : [base.ref.repository.split('/').at(-1) ?? ''];
  const text = dotnetTag(base, tag, flavour);
  if (text === undefined) return [];
  return kinds.flatMap((kind) => {
    const repository = `mcr.microsoft.com/dotnet/${kind}`;
    if (dotnetStatus(repository, text) !== 'exists') return [];
    const what = kind === 'aspnet' ? 'the ASP.NET Core and .NET runtimes' : 'the .NET runtime';
    return [
      { image: `${repository}:${text}`, because: `${what} of ${base.version} on the same system, without the SDK` },
    ];
  });
}

function dotnetTag(base: ImageFacts, tag: Tag, flavour: Flavour): string | undefined {
  if (tag.version === undefined) return undefined;
  if (flavour === 'slim') return tag.text.replace(/-(bullseye|bookworm|trixie)$/, '-$1-slim');
  if (flavour === 'alpine') return tag.alpine ? tag.text : `${tag.version}-alpine`;
  const same = base.release === 'jammy' || base.release === 'noble' ? base.release : 'noble';
  return flavour === 'distroless' && !tag.alpine ? `${tag.version}-${same}-chiseled-extra` : undefined;
}
