/** What stands in for a deprecated image: the same language release and kind on an image that is still built. */
import { entry, packagesFile } from './data-files.ts';
import type { Counterpart, ImageFacts, PackageManager } from './image.ts';
import { lookup } from './lookup.ts';
import { prefixOf } from './proposal.ts';
import { releaseOf, ubuntuFrom } from './release.ts';
import { published } from './tag-table.ts';

/**
 * Images of the family that `base.deprecated` names, best first: same feature release, JDK or JRE as before, the same C
 * library with a glibc that is not older. Only tags that are still built. Empty: none, or the tag does not say the version.
 */
export function replacements(base: ImageFacts): readonly Counterpart[] {
  const family = base.deprecated;
  const version = /^\d+/.exec(base.version ?? '')?.[0];
  if (family === undefined || version === undefined || base.ref.digest !== undefined) return [];
  const kind = base.variant.startsWith('jre') ? 'jre' : 'jdk';
  return systems(base, family, `${version}-${kind}`).flatMap((text) => {
    const image = `${prefixOf(base)}${family}:${text}`;
    const facts = lookup(image);
    const because = `${family} is still built for release ${version}; ${base.ref.repository} is deprecated and gets no updates`;
    return facts === undefined ? [] : [{ image, facts, flavour: base.libc === 'musl' ? 'alpine' : 'slim', because }];
  });
}

/** Deprecated images whose release is not in the tables ended before Debian 11 and Ubuntu 20.04 had a successor. */
const newestGlibc = 31;

/** Tags of the replacement on a system of the same C library that are still built. */
function systems(base: ImageFacts, family: string, stem: string): readonly string[] {
  const alive = (text: string) => {
    const row = published(family, text);
    return row !== undefined && row.removed === undefined;
  };
  if (base.libc === 'musl') return [`${stem}-alpine`].filter(alive);
  return ubuntuFrom(releaseOf(base.release)?.glibc ?? newestGlibc)
    .map(({ name }) => `${stem}-${name}`)
    .filter(alive);
}

/** Where images keep an installation that another image keeps elsewhere (docker-library/openjdk, AdoptOpenJDK, Debian and Alpine packages). */
export const installationPlaces: readonly string[] = [
  ...['/usr/local/openjdk-', '/usr/java/', '/usr/lib/jvm', '/usr/bin/java', '/docker-java-home'],
  ...['/opt/openjdk-', '/opt/jdk'],
];

/**
 * Has a package had this name in every release of the tables (Debian 11 to 13, the Alpine branches)? Then it has it on
 * their neighbours too. A name with a pinned version has not.
 */
export function lastingPackage(written: string, manager: PackageManager): boolean {
  if (/[=<>~@]/.test(written)) return false;
  if (manager === 'apk') return entry(packagesFile().alpine, written) !== undefined;
  if (manager !== 'apt') return false;
  const row = entry(packagesFile().debian, written);
  return row !== undefined && ['bullseye', 'bookworm', 'trixie'].every((release) => row.in?.includes(release));
}
