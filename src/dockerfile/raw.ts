/** The instructions of a source as BuildKit's line parser sees them, any keyword, arguments not yet judged. */
import { readDirectives } from './directives.ts';
import { type HeredocWord, heredocWords } from './heredoc.ts';
import { jsonStrings } from './json.ts';
import { commentStart, type Line, type LogicalLine, logicalLine, physicalLines } from './lines.ts';
import { sourceSpan } from './mapped.ts';
import type { Comment, Directive, MappedText, Span } from './model.ts';
import { isProblem, MAX_LINE_BYTES, type Problem, problem } from './reasons.ts';
import { skipSpace } from './space.ts';
import { type Cut, cutInstruction } from './words.ts';

export interface RawHeredoc extends HeredocWord {
  readonly body: Span;
  /** The line of the closing word, line end excluded. */
  readonly terminator: Span;
}

export interface RawInstruction {
  readonly cut: Cut;
  /** Keyword in upper case. */
  readonly keyword: string;
  readonly logical: MappedText;
  readonly heredocs: readonly RawHeredoc[];
  readonly span: Span;
  /** Indices of the first and last physical line, heredocs included. */
  readonly first: number;
  readonly last: number;
}

export interface RawFile {
  readonly lines: readonly Line[];
  readonly directives: readonly Directive[];
  readonly escape: '\\' | '`';
  readonly comments: readonly Comment[];
  readonly instructions: readonly RawInstruction[];
}

/** Reads a whole source; linear in its length. */
export function readRaw(source: string): RawFile | Problem {
  const lines = physicalLines(source);
  const long = tooLong(source, lines);
  if (long !== undefined) return long;
  const directives = readDirectives(source, lines);
  if (isProblem(directives)) return directives;
  const comments: Comment[] = [];
  const instructions: RawInstruction[] = [];
  let index = directives.lines;
  while (index < lines.length) {
    const line = lines[index] as Line;
    const hash = commentStart(source, line);
    if (hash >= 0) comments.push(comment(source, line, hash));
    if (hash >= 0 || isBlankLine(source, line)) {
      index += 1;
      continue;
    }
    const logical = logicalLine(source, lines, index, directives.escape);
    for (const inside of logical.comments) comments.push(comment(source, lines[inside.line] as Line, inside.at));
    const instruction = rawInstruction(source, lines, logical, directives.escape);
    if (isProblem(instruction)) return instruction;
    instructions.push(instruction);
    index = instruction.last + 1;
  }
  if (instructions.length === 0) return problem(source.trim() === '' ? 'empty' : 'no-instructions', 0);
  return { lines, directives: directives.found, escape: directives.escape, comments, instructions };
}

function tooLong(source: string, lines: readonly Line[]): Problem | undefined {
  const limit = String(MAX_LINE_BYTES);
  for (const { start, next } of lines) {
    if ((next - start) * 3 <= MAX_LINE_BYTES) continue;
    const bytes = Buffer.byteLength(source.slice(start, next).replace(/\n$/, ''));
    if (bytes > MAX_LINE_BYTES) return problem('line-too-long', start, { limit });
  }
  return undefined;
}

function isBlankLine(source: string, line: Line): boolean {
  return skipSpace(source, line.start, line.end) === line.end;
}

function comment(source: string, line: Line, hash: number): Comment {
  return { span: { start: hash, end: line.end }, text: source.slice(hash, line.end), line: line.number };
}

function rawInstruction(
  source: string,
  lines: readonly Line[],
  { mapped, first, last }: LogicalLine,
  escapeChar: string,
): RawInstruction | Problem {
  const cut = cutInstruction(mapped.text, 0, mapped.text.length, escapeChar);
  const keyword = cut.name.value.toUpperCase();
  const heredocs = takesHeredocs(mapped.text, keyword, cut, escapeChar)
    ? readHeredocs(source, lines, heredocWords(mapped.text), first, last + 1)
    : [];
  if (isProblem(heredocs)) return heredocs;
  const end = heredocs.at(-1)?.terminator.end ?? (lines[last] as Line).end;
  const lastLine = heredocs.length === 0 ? last : last + linesOf(heredocs, lines, last + 1);
  const start = sourceSpan(mapped, cut.name.start, cut.name.end).start;
  return { cut, keyword, logical: mapped, heredocs, span: { start, end }, first, last: lastLine };
}

function takesHeredocs(text: string, keyword: string, cut: Cut, escapeChar: string): boolean {
  if (!text.includes('<<')) return false;
  if (keyword === 'ONBUILD') {
    const child = cutInstruction(text, cut.start, cut.end, escapeChar);
    const name = child.name.value.toUpperCase();
    return name !== 'ONBUILD' && takesHeredocs(text, name, child, escapeChar);
  }
  const takes = keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD';
  return takes && !Array.isArray(jsonStrings(text, cut.start, cut.end));
}

function readHeredocs(
  source: string,
  lines: readonly Line[],
  words: readonly HeredocWord[],
  opener: number,
  from: number,
): readonly RawHeredoc[] | Problem {
  const found: RawHeredoc[] = [];
  let index = from;
  for (const word of words) {
    const start = index;
    while (index < lines.length && !closes(source, lines[index] as Line, word)) index += 1;
    const last = lines[index];
    if (last === undefined) {
      const code = word.blank ? 'blank-before-heredoc' : 'unterminated-heredoc';
      return problem(code, lines[opener]?.start ?? 0, { name: word.name });
    }
    const body = { start: (lines[start] as Line).start, end: last.start };
    found.push({ ...word, body, terminator: { start: last.start, end: last.end } });
    index += 1;
  }
  return found;
}

function closes(source: string, line: Line, word: HeredocWord): boolean {
  let start = line.start;
  if (word.chomp) while (source.charCodeAt(start) === 0x09) start += 1;
  return line.end - start === word.name.length && source.startsWith(word.name, start);
}

function linesOf(heredocs: readonly RawHeredoc[], lines: readonly Line[], from: number): number {
  const end = heredocs.at(-1)?.terminator.start ?? -1;
  let index = from;
  while ((lines[index] as Line).start < end) index += 1;
  return index - from + 1;
}
