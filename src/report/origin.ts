/** Lines of an edited text traced back to the file as the user has it. */
import { hunksOf } from './diff.ts';

/**
 * The 1-based line of `original` that a line of `current` stands for. A line that was added stands for the one above it, and
 * for the first line when there is none.
 */
export function originalLine(original: string, current: string, line: number): number {
  if (original === current) return line;
  let shift = 0;
  for (const hunk of hunksOf(original, current)) {
    if (hunk.newStart > line) break;
    let [old, now] = [hunk.oldStart, hunk.newStart];
    for (const text of hunk.lines) {
      if (text.startsWith('+') && now === line) return Math.max(1, old - 1);
      if (text.startsWith(' ') && now === line) return old;
      if (text.startsWith('+') || text.startsWith(' ')) now += 1;
      if (text.startsWith('-') || text.startsWith(' ')) old += 1;
    }
    shift = old - now;
  }
  return Math.max(1, line + shift);
}

/** The first line of `before` that differs in `after`; for an insertion the line above it, at least 1. */
export function firstDifference(before: string, after: string): number | undefined {
  const [hunk] = hunksOf(before, after);
  if (hunk === undefined) return undefined;
  const unchanged = hunk.lines.findIndex((line) => !line.startsWith(' '));
  const line = hunk.oldStart + unchanged;
  return Math.max(1, hunk.lines[unchanged]?.startsWith('-') === true ? line : line - 1);
}
