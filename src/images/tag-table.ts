/** Which tags of the official images were ever published, on which OS and for which platforms. */
import { withoutCodename } from './codenames.ts';
import { entry, type TagRow, type TagTable, tagTable } from './data-files.ts';
import type { TagStatus } from './image.ts';
import { compareVersions, isJavaBuild, readTag, type Tag, versionNumbers } from './tag.ts';

export interface Published {
  /** OS release the tag was last built on; `undefined`: not known. */
  readonly os: string | undefined;
  readonly platforms: readonly string[] | undefined;
  /** Day the tag left the official list. */
  readonly removed: string | undefined;
}

/** Repositories with a table under `data/tags/`. */
const TABLES: ReadonlySet<string> = new Set(
  (
    'node python pypy golang ruby php rust eclipse-temurin amazoncorretto sapmachine azul-zulu openjdk maven gradle nginx httpd ' +
    'caddy perl erlang elixir swift dart haskell composer tomcat buildpack-deps gcc debian ubuntu alpine busybox'
  ).split(' '),
);

/** Indexed by feature release only: full versions (`21.0.4_7-jre`) are not in the table. */
const JAVA: ReadonlySet<string> = new Set(['eclipse-temurin', 'amazoncorretto', 'sapmachine', 'azul-zulu', 'openjdk']);

/** Series below this were left out of the tables, so that absence says nothing. */
const FIRST_KEPT: Readonly<Record<string, readonly number[]>> = {
  gradle: [5],
  rust: [1, 56],
  swift: [5],
  nginx: [1, 16],
};

/** Point releases (`alpine:3.20.3`, `debian:12.5-slim`) were left out too: how many numbers they have. */
const POINT_RELEASES: Readonly<Record<string, number>> = { alpine: 3, debian: 2 };

/** Groups of tags that were left out of the tables. */
const LEFT_OUT =
  /(^|-)(rc|beta|alpha|ea|preview|dev|nightly|zts|threaded|tip|sid|forky|experimental|graal|corretto|openj9|ibm|ibmjava|microsoft|liberica|zulu|oracle|cache|onbuild|otel|perl|builder|windowsservercore|nanoserver|windows|ltsc\d{4}|s390x|amd64|arm64|arm64v8|aarch64|riscv64|ppc64le)(-|\d|$)/;

export function hasTable(family: string): boolean {
  return TABLES.has(family);
}

/** The row of a tag, with the OS of exactly that patch level. `undefined`: not in the table. */
export function published(family: string, tagText: string): Published | undefined {
  if (!TABLES.has(family)) return undefined;
  const table = tagTable(family);
  const found = find(table, family, readTag(withoutCodename(family, tagText)));
  if (found === undefined) return undefined;
  const { row, patch } = found;
  return { os: osOf(row, patch), platforms: entry(table.platforms, row.arch), removed: row.removed };
}

/** Was this tag ever published? Only a table that covers the whole group of tags can answer `never-existed`. */
export function officialTagStatus(family: string, tagText: string): TagStatus {
  if (!TABLES.has(family)) return 'unknown';
  const tag = readTag(withoutCodename(family, tagText));
  const table = tagTable(family);
  if (find(table, family, tag) !== undefined) return 'exists';
  return outside(table, family, tag) ? 'unknown' : 'never-existed';
}

interface Found {
  readonly row: TagRow;
  /** Patch level asked for, or `undefined` for a floating tag. */
  readonly patch: readonly number[] | undefined;
}

function find(table: TagTable, family: string, tag: Tag): Found | undefined {
  const word = entry(entry(table.series, ''), tag.text);
  if (word !== undefined) return { row: word, patch: undefined };
  if (tag.version === undefined) return undefined;
  const whole = entry(entry(table.series, tag.version), tag.suffix);
  if (whole !== undefined) return { row: whole, patch: undefined };
  return JAVA.has(family) ? undefined : findPatch(table, tag);
}

function findPatch(table: TagTable, tag: Tag): Found | undefined {
  const numbers = versionNumbers(tag.version);
  if (numbers === undefined || tag.version?.startsWith('v')) return undefined;
  for (let length = numbers.length - 1; length >= 1; length--) {
    const row = entry(entry(table.series, numbers.slice(0, length).join('.')), tag.suffix);
    const patch = numbers.slice(length);
    if (row !== undefined && inRange(row, patch)) return { row, patch };
  }
  return undefined;
}

function inRange(row: TagRow, patch: readonly number[]): boolean {
  const [first, last] = [versionNumbers(row.patches?.[0]), versionNumbers(row.patches?.[1])];
  if (first === undefined || last === undefined || patch.length > last.length) return false;
  return compareVersions(first, patch) <= 0 && compareVersions(patch, last) <= 0;
}

function osOf(row: TagRow, patch: readonly number[] | undefined): string | undefined {
  if (patch === undefined || row.osByPatch === undefined) return known(row.os);
  const reached = row.osByPatch.filter(([from]) => compareVersions(versionNumbers(from) ?? [0], patch) <= 0);
  return known(reached.at(-1)?.[1] ?? undefined);
}

/** `alpine` alone says that the branch could not be read. */
function known(os: string | undefined): string | undefined {
  return os === 'alpine' ? undefined : os;
}

/** Does the tag belong to what the table does not cover: pruned groups, or something newer than the snapshot? */
function outside(table: TagTable, family: string, tag: Tag): boolean {
  if (entry(POINT_RELEASES, family) === (versionNumbers(tag.version)?.length ?? 0)) return true;
  if (tag.dated || LEFT_OUT.test(tag.text) || /\d(rc|a|b|beta)\d/.test(tag.text)) return true;
  if (JAVA.has(family) && isJavaBuild(tag.version)) return true;
  if (family === 'maven' && !/^(eclipse-temurin|amazoncorretto|sapmachine|openjdk|jdk)?(-|$)/.test(tag.suffix))
    return true;
  if (family === 'pypy' && /^\d+\.\d+/.test(tag.suffix)) return true;
  return newerOs(tag.release) || newerVersion(table, family, tag);
}

/** Releases that may have appeared since the snapshot of 2026-08-21. */
function newerOs(release: string | undefined): boolean {
  const branch = /^alpine3\.(\d+)$/.exec(release ?? '')?.[1];
  return branch !== undefined ? Number(branch) > 24 : release === 'forky' || release === 'stonking';
}

function newerVersion(table: TagTable, family: string, tag: Tag): boolean {
  const asked = versionNumbers(tag.version);
  if (asked === undefined) return false;
  const named = Object.keys(table.series).filter((name) => name.length > 0);
  const names = named.length > 0 ? named : Object.keys(entry(table.series, '') ?? {});
  const series = names.flatMap((name) => {
    const numbers = versionNumbers(name.split('-')[0]);
    return numbers === undefined ? [] : [numbers];
  });
  if (series.length === 0) return false;
  if (comparable(series, asked).every((numbers) => compareVersions(asked, numbers) > 0)) return true;
  const firstKept = entry(FIRST_KEPT, family);
  if (firstKept !== undefined && compareVersions(asked, firstKept) < 0) return true;
  return aboveLivePatch(table, tag, asked);
}

/** `3.15` is compared with `3.14` and not with the floating `3`, which covers it. */
function comparable(series: readonly (readonly number[])[], asked: readonly number[]): readonly (readonly number[])[] {
  const detailed = series.filter((numbers) => numbers.length > 1);
  return asked.length > 1 && detailed.length > 0 ? detailed : series;
}

/** A patch level above the last one of a series that was still being built on the day of the snapshot. */
function aboveLivePatch(table: TagTable, tag: Tag, asked: readonly number[]): boolean {
  for (let length = asked.length - 1; length >= 1; length--) {
    const rows = entry(table.series, asked.slice(0, length).join('.'));
    const row = entry(rows, tag.suffix) ?? liveBare(rows);
    const last = versionNumbers(row?.patches?.[1]);
    if (row === undefined || last === undefined || row.removed !== undefined) continue;
    if (compareVersions(asked.slice(length), last) > 0) return true;
  }
  return false;
}

/** The undated row of a series stands for suffixes that appeared after the snapshot. */
function liveBare(rows: Readonly<Record<string, TagRow>> | undefined): TagRow | undefined {
  return entry(rows, '');
}
