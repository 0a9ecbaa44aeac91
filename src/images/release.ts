/** OS releases by codename: distribution, C library and package manager. */
import type { Libc, PackageManager } from './image.ts';

export type Distro = 'debian' | 'ubuntu' | 'alpine' | 'amazon' | 'oracle' | 'ubi' | 'azure' | 'distroless';

export interface Release {
  readonly name: string;
  readonly distro: Distro;
  readonly version: string;
  readonly libc: Libc;
  readonly packageManager: PackageManager;
  /** glibc as `[major, minor]`. Debian: package indexes; the others as their release notes give them. */
  readonly glibc: number | undefined;
}

/** Oldest first, so that the order answers "nearest newer release". The number is the minor of glibc 2.x. */
const DEBIAN = [
  ['squeeze', '6', 11],
  ['wheezy', '7', 13],
  ['jessie', '8', 19],
  ['stretch', '9', 24],
  ['buster', '10', 28],
  ['bullseye', '11', 31],
  ['bookworm', '12', 36],
  ['trixie', '13', 41],
  ['forky', '14', undefined],
  ['sid', 'sid', undefined],
] as const;

const UBUNTU = [
  ['trusty', '14.04', 19],
  ['xenial', '16.04', 23],
  ['bionic', '18.04', 27],
  ['focal', '20.04', 31],
  ['hirsute', '21.04', 33],
  ['impish', '21.10', 34],
  ['jammy', '22.04', 35],
  ['kinetic', '22.10', 36],
  ['lunar', '23.04', 37],
  ['mantic', '23.10', 38],
  ['noble', '24.04', 39],
  ['oracular', '24.10', 40],
  ['plucky', '25.04', 41],
  ['questing', '25.10', 42],
  ['resolute', '26.04', 43],
  ['stonking', '26.10', undefined],
] as const;

/**
 * Their packages were moved to the archives of Debian and Ubuntu, where the images do not look: buster as the last
 * (debian-devel-announce, June 2025), Ubuntu's short-lived releases after their end (wiki.ubuntu.com/Releases).
 */
const ARCHIVED: ReadonlySet<string> = new Set([
  'squeeze',
  'wheezy',
  'jessie',
  'stretch',
  'buster',
  'hirsute',
  'impish',
  'kinetic',
  'lunar',
  'mantic',
  'oracular',
]);

/** Does apt find nothing any more in an image of this release, as it comes? */
export function isArchived(release: string | undefined): boolean {
  return release !== undefined && ARCHIVED.has(release);
}

const OTHERS: readonly Release[] = [
  { name: 'al2', distro: 'amazon', version: '2', libc: 'glibc', packageManager: 'yum', glibc: 26 },
  { name: 'al2023', distro: 'amazon', version: '2023', libc: 'glibc', packageManager: 'dnf', glibc: 34 },
  { name: 'oraclelinux7', distro: 'oracle', version: '7', libc: 'glibc', packageManager: 'yum', glibc: 17 },
  { name: 'oraclelinux8', distro: 'oracle', version: '8', libc: 'glibc', packageManager: 'microdnf', glibc: 28 },
  { name: 'oraclelinux9', distro: 'oracle', version: '9', libc: 'glibc', packageManager: 'microdnf', glibc: 34 },
  { name: 'ubi8', distro: 'ubi', version: '8', libc: 'glibc', packageManager: 'microdnf', glibc: 28 },
  { name: 'ubi9', distro: 'ubi', version: '9', libc: 'glibc', packageManager: 'microdnf', glibc: 34 },
  { name: 'ubi10', distro: 'ubi', version: '10', libc: 'glibc', packageManager: 'microdnf', glibc: 39 },
  { name: 'debian11', distro: 'distroless', version: '11', libc: 'glibc', packageManager: 'none', glibc: 31 },
  { name: 'debian12', distro: 'distroless', version: '12', libc: 'glibc', packageManager: 'none', glibc: 36 },
  { name: 'debian13', distro: 'distroless', version: '13', libc: 'glibc', packageManager: 'none', glibc: 41 },
];

function apt(distro: Distro, rows: readonly (readonly [string, string, number | undefined])[]): readonly Release[] {
  return rows.map(([name, version, glibc]) => ({ name, distro, version, libc: 'glibc', packageManager: 'apt', glibc }));
}

const DEBIAN_RELEASES = apt('debian', DEBIAN);
const UBUNTU_RELEASES = apt('ubuntu', UBUNTU);
const BY_NAME = new Map([...DEBIAN_RELEASES, ...UBUNTU_RELEASES, ...OTHERS].map((release) => [release.name, release]));

/** The release of that codename (`bookworm`, `al2023`, `alpine3.20`); `undefined`: not known. */
export function releaseOf(name: string | undefined): Release | undefined {
  if (name === undefined) return undefined;
  const branch = /^alpine(\d+\.\d+)$/.exec(name)?.[1];
  if (branch === undefined) return BY_NAME.get(name);
  return { name, distro: 'alpine', version: branch, libc: 'musl', packageManager: 'apk', glibc: undefined };
}

/** Is this word of a tag the codename of a Debian or Ubuntu release? */
export function isCodename(word: string): boolean {
  const distro = BY_NAME.get(word)?.distro;
  return distro === 'debian' || distro === 'ubuntu';
}

/** Codename of `debian:12`, `ubuntu:22.04`. */
export function codenameOf(distro: 'debian' | 'ubuntu', version: string): string | undefined {
  const releases = distro === 'debian' ? DEBIAN_RELEASES : UBUNTU_RELEASES;
  return releases.find((release) => release.version === version)?.name;
}

/** Ubuntu releases whose glibc is at least `minor` (of 2.minor), nearest first. */
export function ubuntuFrom(minor: number): readonly Release[] {
  return UBUNTU_RELEASES.filter((release) => release.glibc !== undefined && release.glibc >= minor);
}

/** May a program linked on `from` run on `to`? glibc is forward compatible only; `undefined`: not known. */
export function glibcRunsOn(from: string | undefined, to: string): boolean | undefined {
  const [built, target] = [releaseOf(from)?.glibc, releaseOf(to)?.glibc];
  return built === undefined || target === undefined ? undefined : built <= target;
}
