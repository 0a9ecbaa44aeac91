/** Questions about the version a tag states. */
import type { Presence } from '../image.ts';
import { compareVersions, versionNumbers } from '../tag.ts';

/** Present from `since` up to, not including, `until`; a floating version counts as its newest; none: not known. */
export function presenceByVersion(
  version: string | undefined,
  since: readonly number[],
  until?: readonly number[],
): Presence {
  const numbers = versionNumbers(version);
  if (numbers === undefined) return 'unknown';
  if (compareVersions(numbers, since) < 0) return 'absent';
  return until !== undefined && compareVersions(numbers, until) >= 0 ? 'absent' : 'present';
}

/** Is the stated version at least `since`? Unknown versions (`latest`) count as new. */
export function atLeast(version: string | undefined, since: readonly number[]): boolean {
  return presenceByVersion(version, since) !== 'absent';
}
