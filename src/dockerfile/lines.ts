/** Physical lines of a source and the logical lines BuildKit joins from them. */
import type { MappedText, Segment } from './model.ts';
import { skipSpace } from './space.ts';

/** One physical line. `end` is before the trailing CRs and LF, `next` is where the next line starts. */
export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** A BOM belongs to no line: the first one starts behind it. Only LF ends a line; a lone CR is text. */
export function physicalLines(source: string): readonly Line[] {
  const found: Line[] = [];
  let start = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < source.length) {
    const feed = source.indexOf('\n', start);
    const next = feed < 0 ? source.length : feed + 1;
    let end = feed < 0 ? next : feed;
    while (end > start && source.charCodeAt(end - 1) === 0x0d) end -= 1;
    found.push({ number: found.length + 1, start, end, next });
    start = next;
  }
  return found;
}

/** The offset of a line's `#` when it is a comment line, else -1. */
export function commentStart(source: string, line: Line): number {
  const at = skipSpace(source, line.start, line.end);
  return at < line.end && source.charCodeAt(at) === 0x23 ? at : -1;
}

/**
 * Where a line's text ends when its last character but blanks is a single escape character: the line goes on. -1: it
 * does not. A doubled escape character is text.
 */
export function continuationEnd(source: string, from: number, to: number, escapeChar: string): number {
  let at = to - 1;
  while (at >= from && (source.charCodeAt(at) === 0x20 || source.charCodeAt(at) === 0x09)) at -= 1;
  if (at < from || source[at] !== escapeChar) return -1;
  return at > from && source[at - 1] === escapeChar ? -1 : at;
}

/** A logical line: text without continuation marks, comment lines and blank lines, and the physical lines it took. */
export interface LogicalLine {
  readonly mapped: MappedText;
  /** Index of its first and last physical line; comments and blanks at its end included. */
  readonly first: number;
  readonly last: number;
  /** Offsets of the `#` of comment lines inside it, with the index of their line. */
  readonly comments: readonly { readonly at: number; readonly line: number }[];
}

/** Joins the logical line that starts at physical line `first`, which is neither blank nor a comment. */
export function logicalLine(source: string, all: readonly Line[], first: number, escapeChar: string): LogicalLine {
  const segments: Segment[] = [];
  const comments: { at: number; line: number }[] = [];
  let text = '';
  let last = first;
  let goesOn = true;
  for (let index = first; goesOn && index < all.length; index += 1) {
    const line = all[index] as Line;
    last = index;
    const begin = skipSpace(source, line.start, line.end);
    if (index > first && begin === line.end) continue;
    if (index > first && source.charCodeAt(begin) === 0x23) {
      comments.push({ at: begin, line: index });
      continue;
    }
    const start = index === first ? begin : line.start;
    const cut = continuationEnd(source, start, line.end, escapeChar);
    goesOn = cut >= 0;
    const end = goesOn ? cut : line.end;
    if (end > start) segments.push({ logical: text.length, source: start, length: end - start });
    text += source.slice(start, end);
  }
  return { mapped: { text, segments }, first, last, comments };
}
