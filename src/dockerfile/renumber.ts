/**
 * Line numbers of the user's file in a text that steps have edited: whoever reads a reason looks into the file as it was.
 * A *line table* holds for every line of a text, from index 0, the 1-based line of the original it stands for.
 */
import type { Edit } from './edit.ts';
import type { Dockerfile, Instruction } from './model.ts';

export type LineTable = readonly number[];

export function identityLines(source: string): LineTable {
  return source.split('\n').map((_, index) => index + 1);
}

/** The table of the edited text. A moved or repeated line keeps its number; a new one takes that of the line it was put behind. */
export function linesAfter(table: LineTable, source: string, edits: readonly Edit[]): LineTable {
  const result: number[] = [];
  const removed = removedLines(table, source, edits);
  const repeated = repeatedLines(table, source);
  let carry = '';
  let number = table[0] ?? 1;
  const feed = (text: string, numberOf: (line: string, index: number) => number | undefined) => {
    const parts = text.split('\n');
    parts.forEach((part, index) => {
      number = (carry.trim() === '' ? numberOf(part, index) : undefined) ?? number;
      carry += part;
      if (index === parts.length - 1) return;
      result.push(number);
      carry = '';
    });
  };
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)) {
    feedSource(source, at, edit.span.start, table, feed);
    const before = number;
    feed(edit.text, (line) => removed.get(line.trim()) ?? repeated.get(line.trim()) ?? before);
    at = edit.span.end;
  }
  feedSource(source, at, source.length, table, feed);
  result.push(number);
  return result;
}

type Feed = (text: string, numberOf: (line: string, index: number) => number | undefined) => void;

function feedSource(source: string, start: number, end: number, table: LineTable, feed: Feed): void {
  if (end <= start) return;
  const first = source.slice(0, start).split('\n').length - 1;
  feed(source.slice(start, end), (line, index) => (line === '' ? undefined : table[first + index]));
}

/** Texts that an edit takes away, so that the same text put elsewhere is known again. */
function removedLines(table: LineTable, source: string, edits: readonly Edit[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { span } of edits) {
    if (span.end === span.start) continue;
    const first = source.slice(0, span.start).split('\n').length - 1;
    source
      .slice(span.start, span.end)
      .split('\n')
      .forEach((line, index) => {
        const number = table[first + index];
        if (line.trim() !== '' && number !== undefined) found.set(line.trim(), number);
      });
  }
  return found;
}

/** Instructions that begin in one line of the source only, so that a copy of the line is known to be one. */
function repeatedLines(table: LineTable, source: string): ReadonlyMap<string, number> {
  const found = new Map<string, number | undefined>();
  source.split('\n').forEach((line, index) => {
    const text = line.trim();
    if (/^[a-z]+\s+\S/i.test(text)) found.set(text, found.has(text) ? undefined : table[index]);
  });
  return new Map([...found].flatMap(([text, number]) => (number === undefined ? [] : [[text, number] as const])));
}

/** The same document with `firstLine`, `lastLine` and the lines of comments taken from the table. */
export function renumbered(file: Dockerfile, table: LineTable): Dockerfile {
  const line = (number: number) => table[number - 1] ?? number;
  const known = new Map<Instruction, Instruction>();
  const renumber = <T extends Instruction>(instruction: T): T => {
    const found = known.get(instruction) ?? {
      ...instruction,
      firstLine: line(instruction.firstLine),
      lastLine: line(instruction.lastLine),
    };
    known.set(instruction, found);
    return found as T;
  };
  return {
    ...file,
    comments: file.comments.map((comment) => ({ ...comment, line: line(comment.line) })),
    globals: file.globals.map(renumber),
    stages: file.stages.map((stage) => ({
      ...stage,
      from: renumber(stage.from),
      instructions: stage.instructions.map(renumber),
    })),
    instructions: file.instructions.map(renumber),
  };
}
