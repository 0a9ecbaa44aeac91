/** Edits on source offsets. The only place that knows line ends, indentation and keyword case of the file. */
import type { Dockerfile, Instruction, Span } from './model.ts';

export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** Applies edits to the source; insertions at one offset keep their order. Throws on overlap: that is a bug, not an input. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  const ordered = edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.span.start - b.edit.span.start || a.edit.span.end - b.edit.span.end || a.index - b.index);
  const parts: string[] = [];
  let at = 0;
  for (const { edit } of ordered) {
    if (edit.span.start < at || edit.span.end < edit.span.start || edit.span.end > source.length) {
      throw new Error(`overlapping or misplaced edit at ${edit.span.start}..${edit.span.end}`);
    }
    parts.push(source.slice(at, edit.span.start), edit.text);
    at = edit.span.end;
  }
  parts.push(source.slice(at));
  return parts.join('');
}

export function replace(span: Span, text: string): Edit {
  return { span, text };
}

/** A keyword in the case this file uses. */
export function keywordLike(file: Dockerfile, keyword: string): string {
  const names = file.instructions.map((instruction) => instruction.name);
  const lower = names.filter((name) => name === name.toLowerCase()).length;
  return lower * 2 > names.length ? keyword.toLowerCase() : keyword;
}

/**
 * Lines as text of the file, each with its line end. A text is one line, or source of this file with its own inner line
 * ends; `indent` goes before each text.
 */
export function lines(file: Dockerfile, texts: readonly string[], indent = ''): string {
  return texts.map((text) => indent + text + file.eol).join('');
}

/** What stands before the keyword on its line, when that is blanks. */
export function indentation(file: Dockerfile, instruction: Instruction): string {
  const start = instructionStart(file, instruction);
  const before = file.source.slice(start, instruction.span.start);
  return /^[ \t]*$/.test(before) ? before : '';
}

/** Inserts whole lines before an instruction's block (its comments stay with it), indented as it is. */
export function insertBefore(file: Dockerfile, instruction: Instruction, texts: readonly string[]): Edit {
  const at = instruction.block.start;
  return { span: { start: at, end: at }, text: lines(file, texts, indentation(file, instruction)) };
}

/** Inserts whole lines after an instruction, indented as it is; a file without final line end keeps none. */
export function insertAfter(file: Dockerfile, instruction: Instruction, texts: readonly string[]): Edit {
  const at = instruction.block.end;
  const text = lines(file, texts, indentation(file, instruction));
  const missing = text !== '' && file.source[at - 1] !== '\n';
  return { span: { start: at, end: at }, text: missing ? file.eol + text.slice(0, -file.eol.length) : text };
}

/** Removes an instruction and its line end; the comments above it go with it only when `withComments`. */
export function remove(file: Dockerfile, instruction: Instruction, withComments: boolean): Edit {
  const start = withComments ? instruction.block.start : instructionStart(file, instruction);
  return { span: { start, end: instruction.block.end }, text: '' };
}

/** Start of the first line of an instruction, behind the comment lines of its block. */
function instructionStart(file: Dockerfile, { block, span }: Instruction): number {
  let start = block.start;
  for (const comment of commentsWithin(file, start, span.start)) start = file.source.indexOf('\n', comment) + 1;
  return start;
}

function commentsWithin({ comments }: Dockerfile, from: number, to: number): readonly number[] {
  return comments.map((comment) => comment.span.start).filter((start) => start >= from && start < to);
}
