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

/** Lines as text of the file: joined with its line end, keyword of each instruction line in its case, with a final line end. */
export function lines(file: Dockerfile, texts: readonly string[]): string {
  return texts.map((text) => text + file.eol).join('');
}

/** Inserts whole lines before an instruction's block (its comments stay with it). */
export function insertBefore(file: Dockerfile, instruction: Instruction, texts: readonly string[]): Edit {
  return { span: { start: instruction.block.start, end: instruction.block.start }, text: lines(file, texts) };
}

/** Inserts whole lines after an instruction; takes care of a missing final line end. */
export function insertAfter(file: Dockerfile, instruction: Instruction, texts: readonly string[]): Edit {
  const at = instruction.block.end;
  const missing = at > 0 && !file.source.slice(0, at).endsWith('\n');
  const text = missing ? file.eol + lines(file, texts).slice(0, -file.eol.length) : lines(file, texts);
  return { span: { start: at, end: at }, text };
}

/** Removes an instruction and its line end; the comments above it go with it only when `withComments`. */
export function remove(file: Dockerfile, instruction: Instruction, withComments: boolean): Edit {
  const start = withComments ? instruction.block.start : lineStart(file.source, instruction.span.start);
  return { span: { start, end: instruction.block.end }, text: '' };
}

function lineStart(source: string, offset: number): number {
  return source.lastIndexOf('\n', offset - 1) + 1;
}
