/** npm's version ranges. The only importer of `semver`. */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Does a version lie in a range? `undefined`: the text is no range (a tag, an address, an alias). */
export function satisfies(version: string, range: string): boolean | undefined {
  const semver = load('semver') as typeof import('semver');
  if (range.length > 200 || semver.validRange(range) === null || semver.valid(version) === null) return undefined;
  return semver.satisfies(version, range, { includePrerelease: true });
}

/** The lowest version a range allows; `undefined`: no range. */
export function lowest(range: string): string | undefined {
  const semver = load('semver') as typeof import('semver');
  try {
    return range.length > 200 || semver.validRange(range) === null ? undefined : semver.minVersion(range)?.version;
  } catch {
    return undefined;
  }
}
