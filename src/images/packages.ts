/** What an OS package is for, and what has to be installed at run time in its place. */
import { entry, type PackageRow, packagesFile } from './data-files.ts';
import type { PackageClass, PackageFacts, PackageManager } from './image.ts';
import { releaseOf } from './release.ts';

/** Answers for the package names of Debian, Ubuntu and Alpine; other package managers are `unknown`. */
export function osPackage(written: string, release: string | undefined, manager: PackageManager): PackageFacts {
  const name = bareName(written, manager);
  if (manager === 'apk') return alpinePackage(name, release);
  if (manager === 'apt') return debianPackage(name, release);
  return { name, class: 'unknown', runtime: undefined, commands: [] };
}

/** `libpq-dev=15.1-1`, `libpq5:arm64`, `curl/bookworm`, `nodejs>20`, `git@edge` → the name. */
function bareName(written: string, manager: PackageManager): string {
  return written.trim().split(manager === 'apk' ? /[=<>~@]/ : /[=:/]/)[0] ?? '';
}

function alpinePackage(name: string, release: string | undefined): PackageFacts {
  const row = entry(ALPINE_CLASSES, name) ?? entry(packagesFile().alpine, name);
  if (row === undefined)
    return { name, class: name.endsWith('-dev') ? 'build' : 'unknown', runtime: undefined, commands: [] };
  return { name, class: row.class, runtime: alpineRuntime(name, row, release), commands: row.commands ?? [] };
}

function alpineRuntime(name: string, row: PackageRow, release: string | undefined): readonly string[] | undefined {
  if (name === 'openssl-dev' && minorOf(release) < 17) return minorOf(release) < 9 ? undefined : OPENSSL_1_1;
  if (row.runtime !== undefined) return row.runtime;
  if (row.class !== 'build') return [name];
  return name.endsWith('-dev') && !HEADERS.has(name) ? undefined : [];
}

/** What `openssl-dev` links in the branches 3.9 to 3.16; OpenSSL 3 came with 3.17, and before 3.9 the names differ by branch. */
const OPENSSL_1_1: readonly string[] = ['libssl1.1', 'libcrypto1.1'];

/** `alpine3.15` → 15; a release that is not named counts as a current one. */
function minorOf(release: string | undefined): number {
  const minor = /^alpine3\.(\d+)$/.exec(release ?? '')?.[1];
  return minor === undefined ? Number.POSITIVE_INFINITY : Number(minor);
}

/** Packages of the build tool chain without any library that programs link. */
const HEADERS: ReadonlySet<string> = new Set([
  'musl-dev',
  'libc-dev',
  'linux-headers',
  'libc6-dev',
  'linux-libc-dev',
  'dpkg-dev',
]);

/** Common Alpine names that the Debian lists do not lead to. */
const ALPINE_CLASSES: Readonly<Record<string, PackageRow>> = {
  'alpine-sdk': { class: 'build' },
  'build-base': { class: 'build', runtime: ['libstdc++', 'libgcc'] },
  'linux-headers': { class: 'build' },
  'musl-dev': { class: 'build' },
  'libc-dev': { class: 'build' },
  'libc6-compat': { class: 'runtime' },
  gcompat: { class: 'runtime' },
  'libstdc++': { class: 'runtime' },
  libgcc: { class: 'runtime' },
  openssl: { class: 'runtime', commands: ['openssl'] },
  'su-exec': { class: 'tool', commands: ['su-exec'] },
  shadow: { class: 'tool', commands: ['useradd', 'groupadd', 'usermod'] },
  // Old names that current branches provide through the packages of the right-hand side.
  'postgresql-dev': { class: 'build', runtime: ['libpq'] },
  'mariadb-dev': { class: 'build', runtime: ['mariadb-connector-c'] },
  'jpeg-dev': { class: 'build', runtime: ['libjpeg-turbo'] },
  'python3-dev': { class: 'build', runtime: ['python3'] },
  'zeromq-dev': { class: 'build', runtime: ['libzmq'] },
  'pixman-dev': { class: 'build', runtime: ['pixman'] },
  'mysql-client': { class: 'tool', commands: ['mysql', 'mysqldump'] },
  npm: { class: 'both', commands: ['npm', 'npx'] },
  nodejs: { class: 'both', commands: ['node'] },
  yarn: { class: 'both', commands: ['yarn'] },
};

function debianPackage(name: string, release: string | undefined): PackageFacts {
  const row = entry(packagesFile().debian, name) ?? entry(DEBIAN_CLASSES, name);
  if (row === undefined) return { name, class: guess(name), runtime: undefined, commands: [] };
  return {
    name,
    class: row.class,
    runtime: debianRuntime(name, row, release),
    commands: row.commands ?? [],
    ...(isGone(row, release) ? { gone: true } : {}),
  };
}

/** Of a name that only several packages provide, apt chooses none. A name that no release has may be of another section. */
function isGone(row: PackageRow, release: string | undefined): boolean {
  if (releaseOf(release)?.distro !== 'debian' || release === undefined || !known(release)) return false;
  const { in: releases = [], virtualIn } = row;
  return releases.length > 0 && !releases.includes(release) && entry(virtualIn ?? {}, release)?.length !== 1;
}

/** A `-dev` name is headers by Debian policy; which libraries belong to it is not known here. */
function guess(name: string): PackageClass {
  return name.endsWith('-dev') ? 'build' : 'unknown';
}

const DEBIAN_CLASSES: Readonly<Record<string, PackageRow>> = {
  openssl: { class: 'runtime', commands: ['openssl'] },
  'libc6-dev': { class: 'build', runtime: [] },
};

function debianRuntime(name: string, row: PackageRow, release: string | undefined): readonly string[] | undefined {
  if (row.twins !== undefined) return twins(row.twins, release);
  if (row.runtime !== undefined) return row.runtime;
  if (row.class === 'build') return [];
  const gone =
    releaseOf(release)?.distro === 'debian' && row.in !== undefined && release !== undefined && known(release);
  return gone && !row.in?.includes(release) && entry(row.virtualIn, release) === undefined ? undefined : [name];
}

function known(release: string): boolean {
  return release === 'bullseye' || release === 'bookworm' || release === 'trixie';
}

/** On Debian the row of the release; elsewhere only names that all Debian releases share, as Ubuntu's are not listed. */
function twins(rows: NonNullable<PackageRow['twins']>, release: string | undefined): readonly string[] | undefined {
  const own = entry(rows, release ?? '');
  if (own !== undefined) return own ?? undefined;
  const distro = releaseOf(release)?.distro;
  if (distro !== 'ubuntu') return undefined;
  return sameEverywhere(rows) ?? ubuntuNames(rows, release ?? '');
}

function sameEverywhere(rows: NonNullable<PackageRow['twins']>): readonly string[] | undefined {
  const all = Object.values(rows);
  const first = all[0];
  if (first === null || first === undefined || all.length < 3) return undefined;
  return all.every((row) => row !== null && row.join() === first.join()) ? first : undefined;
}

/** Read in the Dockerfiles of dotnet@3ed00b61 and swift@902c2a9. */
const UBUNTU_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  jammy: { libicu: 'libicu70', libssl: 'libssl3' },
  noble: { libicu: 'libicu74', libssl: 'libssl3t64' },
  resolute: { libicu: 'libicu78', libssl: 'libssl3t64' },
};

function ubuntuNames(rows: NonNullable<PackageRow['twins']>, release: string): readonly string[] | undefined {
  const bookworm = entry(rows, 'bookworm');
  if (bookworm === undefined || bookworm === null || bookworm.length !== 1) return undefined;
  const library = /^(libicu|libssl)\d/.exec(bookworm[0] ?? '')?.[1];
  const name = library === undefined ? undefined : entry(entry(UBUNTU_NAMES, release), library);
  return name === undefined ? undefined : [name];
}
