/** Edits on the level of instructions and stages: what a transform writes when it names, repeats, moves or inserts lines. */
import { type Edit, lines } from './edit.ts';
import type { Dockerfile, From, Instruction, Span } from './model.ts';

/** An instruction as written, inner line ends and comments included, without its final line end. */
export function sourceText(file: Dockerfile, instruction: Instruction): string {
  return file.source.slice(instruction.span.start, instruction.span.end);
}

/** An instruction with the comment lines above it, without its final line end. */
export function blockText(file: Dockerfile, instruction: Instruction): string {
  return file.source.slice(instruction.block.start, instruction.span.end);
}

/** Takes whole blocks out, and one of the two blank lines that each run of them stood between. */
export function removeBlocks(file: Dockerfile, instructions: readonly Instruction[]): readonly Edit[] {
  const runs: Span[] = [];
  for (const { block } of [...instructions].sort((a, b) => a.block.start - b.block.start)) {
    const last = runs.at(-1);
    if (last?.end === block.start) runs[runs.length - 1] = { start: last.start, end: block.end };
    else runs.push(block);
  }
  return runs.map(({ start, end }) => {
    const before = /(^|\n)[ \t]*\r?\n$/.test(file.source.slice(Math.max(0, start - 200), start));
    const blank = /^[ \t]*\r?\n/.exec(file.source.slice(end, end + 200))?.[0] ?? '';
    return { span: { start, end: before ? end + blank.length : end }, text: '' };
  });
}

/** A FROM line on the same image with the same flags; `name` undefined: unnamed. */
export function fromLike(file: Dockerfile, from: From, name: string | undefined): string {
  const head = file.source.slice(from.span.start, from.imageSpan.end);
  return name === undefined ? head : `${head} ${asLike(from)} ${name}`;
}

/** Gives a stage a name, or another one. */
export function nameStage(from: From, name: string): Edit {
  if (from.asSpan !== undefined) return { span: from.asSpan, text: name };
  return { span: { start: from.imageSpan.end, end: from.imageSpan.end }, text: ` ${asLike(from)} ${name}` };
}

function asLike(from: From): string {
  return from.name === from.name.toLowerCase() ? 'as' : 'AS';
}

/** Inserts lines directly behind an instruction (before whatever follows, blank lines included). */
export function insertBehind(file: Dockerfile, instruction: Instruction, texts: readonly string[]): Edit {
  const at = instruction.block.end;
  const terminated = file.source.slice(0, at).endsWith('\n');
  const text = lines(file, texts);
  return {
    span: { start: at, end: at },
    text: terminated ? text : file.eol + text.slice(0, text.length - file.eol.length),
  };
}

/** Inserts lines above an instruction, below the comments that belong to it. */
export function insertAbove(file: Dockerfile, instruction: Instruction, texts: readonly string[]): Edit {
  const at = instruction.block.start;
  return { span: { start: at, end: at }, text: lines(file, texts) };
}

/** Inserts lines between an instruction and the comments above it. */
export function insertUnderComments(file: Dockerfile, instruction: Instruction, texts: readonly string[]): Edit {
  const at = file.source.lastIndexOf('\n', instruction.span.start - 1) + 1;
  return { span: { start: at, end: at }, text: lines(file, texts) };
}

/** Comment lines that lie in a span, without indentation, in order. */
export function commentsIn(file: Dockerfile, span: Span): readonly string[] {
  return file.comments
    .filter((comment) => comment.span.start >= span.start && comment.span.end <= span.end)
    .map((comment) => comment.text.trim());
}

/** Does an instruction's text use one of these variables? */
export function usesVariable(file: Dockerfile, instruction: Instruction, name: string): boolean {
  return textUsesVariable(sourceText(file, instruction), name);
}

export function textUsesVariable(text: string, name: string): boolean {
  return text.includes(`$${name}`) || text.includes(`\${${name}`);
}

/** Sources and target of a COPY: a JSON list where a path has something that the plain form would take apart. A `*` stays a pattern. */
export function copyWords(paths: readonly string[]): string {
  const plain = paths.every((path) => /^[\w./@+,=:*~-]+$/.test(path));
  return plain ? paths.join(' ') : JSON.stringify(paths).replaceAll('","', '", "');
}
