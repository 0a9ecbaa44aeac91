/** From an image reference to everything the catalogue knows about it. */
import { type ImageRef, parseImageRef } from '../dockerfile/image-ref.ts';
import { entry, factsFile } from './data-files.ts';
import { bunStatus, denoStatus, distrolessName, distrolessStatus, dotnetStatus } from './families/foreign.ts';
import { familyOf } from './families.ts';
import type { Described, Family } from './family.ts';
import type { ImageConfig, ImageFacts, Libc, PackageManager, Presence, TagStatus } from './image.ts';
import { type Release, releaseOf } from './release.ts';
import { isJavaBuild, readTag, type Tag, versionNumbers } from './tag.ts';
import { hasTable, officialTagStatus, type Published, published } from './tag-table.ts';
import { inLayer, type Layer } from './tools.ts';

/** `undefined` for references with variables, for private images and for images the catalogue has no family for. */
export function lookup(image: string): ImageFacts | undefined {
  const ref = parseImageRef(image);
  if (ref === undefined) return undefined;
  const match = familyOf(ref);
  if (match === undefined) return undefined;
  const { family, repository } = match;
  const tag = readTag(ref.tag ?? (ref.digest === undefined ? 'latest' : ''));
  const row = ref.digest === undefined && hasTable(repository) ? published(repository, tag.text) : undefined;
  const release = tag.release ?? row?.os;
  const neverPublished =
    row === undefined &&
    ref.digest === undefined &&
    hasTable(repository) &&
    officialTagStatus(repository, tag.text) === 'never-existed';
  const described = family.describe({ ref, tag, release });
  if (described === undefined) return undefined;
  return facts({
    ref,
    family,
    repository,
    tag,
    row,
    described,
    neverPublished,
    release: release ?? released(ref, tag, described),
  });
}

/** A release that only the family knows holds for the tag as it is now, not for a digest. */
function released(ref: ImageRef, tag: Tag, described: Described): string | undefined {
  return ref.digest === undefined || tag.version !== undefined || described.layer === 'none'
    ? described.release
    : undefined;
}

interface Parts {
  readonly ref: ImageRef;
  readonly family: Family;
  readonly repository: string;
  readonly tag: Tag;
  readonly row: Published | undefined;
  readonly described: Described;
  readonly neverPublished: boolean;
  readonly release: string | undefined;
}

function facts(parts: Parts): ImageFacts {
  const { ref, family, described, tag } = parts;
  const blind = ref.tag === undefined && ref.digest !== undefined && described.layer !== 'none';
  const release = releaseOf(parts.release);
  const layer = blind ? 'unknown' : described.layer;
  return {
    ref,
    family: family.id,
    version: described.version,
    release: parts.release,
    variant: blind ? 'unknown' : described.variant,
    libc: blind ? undefined : libcOf(layer, release, described),
    packageManager: blind ? undefined : packageManagerOf(layer, release),
    config: configOf(described),
    configKnown: described.configKnown && !blind && !parts.neverPublished,
    users: described.users,
    shell: described.shell ?? layer !== 'none',
    role: described.role ?? family.role,
    endOfLife: endOfLife(family, described.version, tag, release),
    deprecated: family.deprecated,
    size: sizeOf(parts),
    platforms: platformsOf(parts),
    has: (tool) => has(tool, layer, release, described),
  };
}

function configOf(described: Described): ImageConfig {
  const { config } = described;
  return {
    entrypoint: config.entrypoint,
    cmd: config.cmd,
    user: config.user,
    workdir: config.workdir,
    env: config.env ?? {},
    expose: config.expose ?? [],
    volume: config.volume ?? [],
    stopsignal: config.stopsignal,
  };
}

function libcOf(layer: Layer, release: Release | undefined, described: Described): Libc | undefined {
  if (layer === 'alpine') return 'musl';
  if (layer === 'none') return closedLibc(release, described);
  if (release !== undefined) return release.libc;
  return layer === 'unknown' ? undefined : 'glibc';
}

/** scratch and distroless static have no C library; the other closed images are built on glibc packages. */
function closedLibc(release: Release | undefined, described: Described): Libc {
  if (described.variant === 'scratch' || described.variant === 'binary' || described.variant.startsWith('static'))
    return 'none';
  return release?.libc ?? 'glibc';
}

function packageManagerOf(layer: Layer, release: Release | undefined): PackageManager | undefined {
  if (layer === 'none') return 'none';
  if (layer === 'alpine') return 'apk';
  if (release !== undefined) return release.packageManager;
  return layer === 'unknown' || layer === 'amazon' || layer === 'redhat' ? undefined : 'apt';
}

function has(tool: string, layer: Layer, release: Release | undefined, described: Described): Presence {
  const name = tool.split('/').at(-1) ?? '';
  if (name.length === 0) return 'unknown';
  const found = hasName(name, layer, release, described);
  if (name === tool || found !== 'present') return found;
  const inSystem = /^(\/usr)?\/s?bin\//.test(tool) && inLayer(layer, release, name) === 'present';
  return inSystem ? 'present' : 'unknown';
}

function hasName(name: string, layer: Layer, release: Release | undefined, described: Described): Presence {
  if (described.adds.includes(name)) return 'present';
  if (described.open?.includes(name)) return 'unknown';
  if (described.lacks?.includes(name)) return 'absent';
  return inLayer(layer, release, name);
}

/** A measured tag, or one that names the same image: with its release written out, or without. */
function sizeOf(parts: Parts): ImageFacts['size'] {
  const { repository, tag, ref } = parts;
  if (ref.digest !== undefined) return undefined;
  const { sizes } = factsFile();
  const written = entry(sizes, `${repository}:${tag.text}`);
  const release = releaseOf(parts.release);
  if (written !== undefined || release === undefined || !hasTable(repository) || tag.version?.split('.').length === 3)
    return written;
  const same = [undated(tag, release.name), tag.text.replace(/^[\d.]+/, release.name), release.version].find(
    (text) => Object.hasOwn(sizes, `${repository}:${text}`) && published(repository, text)?.os === release.name,
  );
  return same === undefined ? undefined : sizes[`${repository}:${same}`];
}

/** `22-bookworm-slim` → `22-slim`. */
function undated(tag: Tag, release: string): string {
  return [...(tag.version === undefined ? [] : [tag.version]), ...tag.words.filter((word) => word !== release)].join(
    '-',
  );
}

function platformsOf(parts: Parts): readonly string[] | undefined {
  if (parts.family.id !== 'distroless') return parts.row?.platforms;
  const name = distrolessName(parts.repository);
  const image =
    name?.release === undefined || name.image.includes('-debian') ? name?.image : `${name.image}-${name.release}`;
  return entry(factsFile().distroless, image ?? '')?.platforms;
}

/** The language version, else the OS release, if it ended before the day of the data. */
function endOfLife(
  family: Family,
  version: string | undefined,
  tag: Tag,
  release: Release | undefined,
): ImageFacts['endOfLife'] {
  const { date, eol } = factsFile();
  const product = family.id === 'maven' || family.id === 'gradle' ? 'eclipse-temurin' : family.product;
  const cycle = family.id === 'tomcat' || family.id === 'nginx' ? tag.version : version;
  return [ofProduct(eol, product, cycle), ofRelease(eol, release)].find((end) => end !== undefined && end.date <= date);
}

type EndOfLife = ImageFacts['endOfLife'];
type EolTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

function ofProduct(eol: EolTable, product: string | undefined, version: string | undefined): EndOfLife {
  if (product === undefined || version === undefined) return undefined;
  const cycles = entry(eol, product);
  for (const cycle of cyclesOf(version)) {
    const date = entry(cycles, cycle);
    if (date !== undefined) return { what: `${product} ${cycle}`, date, source: 'endoflife.date@a70eca33' };
  }
  return undefined;
}

/** `3.12.4` belongs to cycle `3.12.4`, `3.12` or `3`, in that order of detail. */
function cyclesOf(version: string): readonly string[] {
  const numbers = versionNumbers(version);
  if (numbers === undefined) return isJavaBuild(version) ? [/^\d+/.exec(version)?.[0] ?? ''] : [];
  return numbers.map((_, index) => numbers.slice(0, numbers.length - index).join('.'));
}

const PRODUCT_OF_DISTRO: Readonly<Record<string, string>> = {
  debian: 'debian',
  distroless: 'debian',
  ubuntu: 'ubuntu',
  alpine: 'alpine-linux',
  amazon: 'amazon-linux',
  oracle: 'oracle-linux',
  ubi: 'rhel',
};

function ofRelease(eol: EolTable, release: Release | undefined): EndOfLife {
  return release === undefined ? undefined : ofProduct(eol, PRODUCT_OF_DISTRO[release.distro], release.version);
}

/** Was the tag ever published? Without a table of the repository only its own published lists are asked. */
export function tagStatus(image: string): TagStatus {
  const ref = parseImageRef(image);
  const match = ref === undefined ? undefined : familyOf(ref);
  if (ref === undefined || match === undefined) return 'unknown';
  const { family, repository } = match;
  const tag = ref.tag ?? 'latest';
  if (family.id === 'scratch') return ref.tag === undefined && ref.digest === undefined ? 'exists' : 'never-existed';
  if (ref.digest !== undefined && ref.tag === undefined) return 'unknown';
  if (family.id === 'distroless') return distrolessStatus(repository, tag);
  if (family.id === 'bun') return bunStatus(tag);
  if (family.id === 'deno') return denoStatus(tag);
  if (family.id === 'dotnet') return dotnetStatus(repository, tag);
  return hasTable(repository) ? officialTagStatus(repository, tag) : 'unknown';
}
