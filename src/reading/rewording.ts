/** New text of a command of which only some words change: line breaks and blanks between the others stay. */
import { applyEdits, type Edit } from '../dockerfile/edit.ts';
import type { Dockerfile, Span } from '../dockerfile/model.ts';
import { commandsOf } from '../shell/instruction.ts';
import type { PlacedCommand } from './commands.ts';

/** Where each word of `argv` stands in the Dockerfile; `undefined`: the words cannot be told apart. */
export function wordSpans(placed: PlacedCommand): readonly Span[] | undefined {
  const read = commandsOf(placed.instruction, placed.position.shell);
  const words = read.understood ? read.commands[placed.index]?.words : undefined;
  return words === undefined || words.length < placed.argv.length ? undefined : words.slice(-placed.argv.length);
}

/** The command's text with these edits, which lie within its span. */
export function reworded(file: Dockerfile, placed: PlacedCommand, edits: readonly Edit[]): string {
  const { start, end } = placed.span;
  const inside = edits.map(({ span, text }) => ({ span: { start: span.start - start, end: span.end - start }, text }));
  return applyEdits(file.source.slice(start, end), inside);
}
