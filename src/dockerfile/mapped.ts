/** Ways between a logical text and the source it came from. */
import type { MappedText, Segment, Span } from './model.ts';

/** Index of the segment that holds a logical offset; the last one for the end of the text; -1 without segments. */
function segmentAt(mapped: MappedText, offset: number): number {
  let low = 0;
  let high = mapped.segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((mapped.segments[middle] as Segment).logical <= offset) low = middle;
    else high = middle - 1;
  }
  return high;
}

function sourceOf(mapped: MappedText, offset: number): number {
  const segment = mapped.segments[segmentAt(mapped, offset)];
  return segment === undefined ? 0 : segment.source + (offset - segment.logical);
}

/**
 * The smallest source range that holds `text[start, end)`: marks, comments and line ends between two of its characters
 * are inside it. An empty range maps to an empty one, at the character it stands before (at the end: behind the last).
 */
export function sourceSpan(mapped: MappedText, start: number, end: number): Span {
  if (end > start) return { start: sourceOf(mapped, start), end: sourceOf(mapped, end - 1) + 1 };
  const at = start < mapped.text.length || start === 0 ? sourceOf(mapped, start) : sourceOf(mapped, start - 1) + 1;
  return { start: at, end: at };
}

/** Where a source offset stands in the logical text; `undefined`: it is not part of it. */
export function logicalOffset(mapped: MappedText, source: number): number | undefined {
  let low = 0;
  let high = mapped.segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const segment = mapped.segments[middle] as Segment;
    if (source < segment.source) high = middle - 1;
    else if (source >= segment.source + segment.length) low = middle + 1;
    else return segment.logical + (source - segment.source);
  }
  return undefined;
}

/** `text[start, end)` with its part of the map. An empty slice keeps one empty segment, so that its place is known. */
export function sliceMapped(mapped: MappedText, start: number, end: number): MappedText {
  if (end <= start) {
    const at = sourceSpan(mapped, start, start).start;
    return { text: '', segments: [{ logical: 0, source: at, length: 0 }] };
  }
  const segments: Segment[] = [];
  for (let index = segmentAt(mapped, start); index < mapped.segments.length; index += 1) {
    const segment = mapped.segments[index] as Segment;
    if (segment.logical >= end) break;
    const from = Math.max(segment.logical, start);
    const to = Math.min(segment.logical + segment.length, end);
    if (to > from) {
      segments.push({ logical: from - start, source: segment.source + (from - segment.logical), length: to - from });
    }
  }
  return { text: mapped.text.slice(start, end), segments };
}

/** Puts mapped texts one after the other; parts with the source directly behind each other become one segment. */
export function concatMapped(parts: readonly MappedText[]): MappedText {
  const segments: Segment[] = [];
  let text = '';
  for (const part of parts) {
    for (const segment of part.segments) {
      const before = segments.at(-1);
      const moved = { ...segment, logical: segment.logical + text.length };
      if (before !== undefined && touches(before, moved)) {
        segments[segments.length - 1] = { ...before, length: before.length + moved.length };
      } else if (moved.length > 0) segments.push(moved);
    }
    text += part.text;
  }
  return { text, segments };
}

function touches(before: Segment, after: Segment): boolean {
  return (
    before.source + before.length === after.source &&
    before.logical + before.length === after.logical &&
    after.length > 0
  );
}

/** A piece of source as it stands. */
export function verbatim(source: string, span: Span): MappedText {
  const text = source.slice(span.start, span.end);
  return { text, segments: text === '' ? [] : [{ logical: 0, source: span.start, length: text.length }] };
}
