/** The commands of a RUN, CMD, ENTRYPOINT or HEALTHCHECK, each with its place in the Dockerfile's source. */
import { heredocWord } from '../dockerfile/heredoc.ts';
import { concatMapped, logicalOffset, sourceSpan } from '../dockerfile/mapped.ts';
import type { Form, Heredoc, MappedText, Span, Word } from '../dockerfile/model.ts';
import type { NotUnderstood, ShellCommand, ShellWord } from './model.ts';
import { effectiveWords, isPosixShell, scriptArgument } from './program.ts';
import { readScript } from './script.ts';

export { effectiveWords, type Program, programName } from './program.ts';

/** What runs something: a `Run`, or the test of a `Healthcheck`. */
export interface Runnable {
  readonly form: Form;
  readonly argv: readonly Word[] | undefined;
  readonly body: MappedText;
  readonly heredocs?: readonly Heredoc[];
}

export interface LocatedCommand {
  /** Its offsets, also those of commands inside `sh -c "…"`, are into `Commands.text`. */
  readonly command: ShellCommand;
  /** In the Dockerfile's source. */
  readonly span: Span;
  /** Of each word, in the Dockerfile's source. */
  readonly words: readonly Span[];
}

export interface Commands {
  readonly understood: true;
  readonly form: Form;
  /** What the shell reads, or the exec form's array: the logical text behind keyword and flags, with its heredocs. */
  readonly text: string;
  /** In source order. The commands of a literal `sh -c` script follow the command that runs it, at a greater depth. */
  readonly commands: readonly LocatedCommand[];
  /** As `Script.chain`; false for exec form. */
  readonly chain: boolean;
  /** As `Script.links`, in the Dockerfile's source; `[]` for exec form. */
  readonly links: readonly Span[];
}

/**
 * Reads what an instruction runs. `shell` is the SHELL in force (`undefined`: `/bin/sh -c`) and matters to shell form only.
 * A literal script of `sh -c` that is a syntax error makes the whole instruction not understood.
 */
export function commandsOf(runnable: Runnable, shell: readonly string[] | undefined): Commands | NotUnderstood {
  if (runnable.form === 'exec') return execCommands(runnable);
  if (shell !== undefined && !runsPosixShell(shell)) return { understood: false, why: 'not-a-posix-shell' };
  const text = shellText(runnable);
  return text === undefined ? { understood: false, why: 'heredoc-program' } : shellCommands(text);
}

/**
 * What the shell is given (moby/buildkit frontend/dockerfile/dockerfile2llb, `dispatchRun`): a heredoc that stands alone is
 * the script; others follow the command line with their closing words. `undefined`: the heredoc names its own program, or
 * its text is not the source's own (tabs or carriage returns dropped).
 */
function shellText({ body, heredocs = [] }: Runnable): MappedText | undefined {
  const [first] = heredocs;
  if (first === undefined) return body;
  if (heredocs.some((heredoc) => heredoc.text.length !== heredoc.body.end - heredoc.body.start)) return undefined;
  if (heredocWord(body.text) !== undefined) return isScript(first) ? heredocText(first) : undefined;
  return concatMapped([
    body,
    ...heredocs.flatMap((heredoc) => [lineEnd(heredoc), heredocText(heredoc), closing(heredoc)]),
  ]);
}

function isScript({ text, chomp }: Heredoc): boolean {
  return !text.startsWith('#!') && !(chomp && /^\t/m.test(text));
}

function heredocText({ text, body }: Heredoc): MappedText {
  return { text, segments: text === '' ? [] : [{ logical: 0, source: body.start, length: text.length }] };
}

function lineEnd({ body }: Heredoc): MappedText {
  return { text: '\n', segments: [{ logical: 0, source: body.start - 1, length: 1 }] };
}

function closing({ name, body }: Heredoc): MappedText {
  return { text: name, segments: [{ logical: 0, source: body.end, length: name.length }] };
}

function shellCommands(mapped: MappedText): Commands | NotUnderstood {
  const script = readScript(mapped.text);
  if (!script.understood) return script;
  const commands = withScripts(script.commands, quotedOffset);
  if ('understood' in commands) return commands;
  return {
    understood: true,
    form: 'shell',
    text: mapped.text,
    commands: commands.map((command) => located(mapped, command)),
    chain: script.chain,
    links: script.links.map((link) => sourceSpan(mapped, link.start, link.end)),
  };
}

function execCommands({ argv, body }: Runnable): Commands | NotUnderstood {
  const words = (argv ?? []).map((word) => execWord(body, word));
  const span = { start: words[0]?.span.start ?? 0, end: words.at(-1)?.span.end ?? 0 };
  const outer: ShellCommand = { words, assignments: [], redirects: [], join: '', depth: 0, span };
  const commands = withScripts([outer], jsonOffset);
  if ('understood' in commands) return commands;
  const all = commands.map((command) => located(body, command));
  return { understood: true, form: 'exec', text: body.text, commands: all, chain: false, links: [] };
}

function execWord(body: MappedText, word: Word): ShellWord {
  const start = logicalOffset(body, word.span.start) ?? 0;
  const end = (logicalOffset(body, word.span.end - 1) ?? start) + 1;
  const span = { start, end };
  const raw = body.text.slice(span.start, span.end);
  return { raw, value: word.value, variables: [], glob: false, substitutes: false, span };
}

/** Where a character of a word's value stands in the word as written; `undefined` when that cannot be told. */
type OffsetInWord = (word: ShellWord, value: string) => ((offset: number) => number) | undefined;

function withScripts(
  commands: readonly ShellCommand[],
  offsetIn: OffsetInWord,
): readonly ShellCommand[] | NotUnderstood {
  const all: ShellCommand[] = [];
  for (const command of commands) {
    const inner = scriptOf(command, offsetIn);
    if ('understood' in inner) return inner;
    all.push(command, ...inner);
  }
  return all.sort((a, b) => a.span.start - b.span.start || a.depth - b.depth);
}

function scriptOf(command: ShellCommand, offsetIn: OffsetInWord): readonly ShellCommand[] | NotUnderstood {
  const words = effectiveWords(command.words);
  const word = words[scriptArgument(words.map((each) => each.value)) ?? words.length];
  if (word?.value === undefined) return [];
  const script = readScript(word.value);
  if (!script.understood) return script;
  const offset = offsetIn(word, word.value);
  const place = (span: Span): Span =>
    offset === undefined
      ? word.span
      : { start: word.span.start + offset(span.start), end: word.span.start + offset(span.end) };
  return script.commands.map((inner) => moved(inner, place, command.depth + 1));
}

function moved(command: ShellCommand, place: (span: Span) => Span, deeper: number): ShellCommand {
  const move = (word: ShellWord): ShellWord => ({ ...word, span: place(word.span) });
  const moveMaybe = (word: ShellWord | undefined) => (word === undefined ? undefined : move(word));
  return {
    ...command,
    words: command.words.map(move),
    assignments: command.assignments.map((each) => ({ ...each, value: moveMaybe(each.value), span: place(each.span) })),
    redirects: command.redirects.map((each) => ({ ...each, target: moveMaybe(each.target) })),
    depth: command.depth + deeper,
    span: place(command.span),
  };
}

function quotedOffset(word: ShellWord, value: string): ((offset: number) => number) | undefined {
  if (word.raw === value) return (offset) => offset;
  return word.raw === `'${value}'` || word.raw === `"${value}"` ? (offset) => offset + 1 : undefined;
}

function jsonOffset(word: ShellWord): ((offset: number) => number) | undefined {
  const offsets: number[] = [];
  for (let at = 1; at < word.raw.length; ) {
    offsets.push(at);
    at += word.raw[at] !== '\\' ? 1 : word.raw[at + 1] === 'u' ? 6 : 2;
  }
  return (offset) => offsets[offset] ?? word.raw.length;
}

function located(mapped: MappedText, command: ShellCommand): LocatedCommand {
  return {
    command,
    span: sourceSpan(mapped, command.span.start, command.span.end),
    words: command.words.map((word) => sourceSpan(mapped, word.span.start, word.span.end)),
  };
}

/**
 * The source range to delete so that the other commands of an `&&` list stay exactly as they are. `undefined` when the
 * command is not an operand of such a list by itself, is the only one, or a heredoc hangs on the line.
 */
export function removal(commands: Commands, index: number): Span | undefined {
  const current = commands.commands[index];
  if (current === undefined || current.command.depth > 0 || commands.links.length < 2) return undefined;
  const at = commands.links.findIndex((link) => link.start === current.span.start && link.end === current.span.end);
  const link = commands.links[at];
  if (link === undefined || hasHeredoc(commands)) return undefined;
  const next = commands.links[at + 1];
  const previous = commands.links[at - 1];
  if (previous !== undefined) return { start: previous.end, end: link.end };
  return next === undefined ? undefined : { start: link.start, end: next.start };
}

function hasHeredoc(commands: Commands): boolean {
  return commands.commands.some(({ command }) =>
    command.redirects.some(({ operator }) => operator === '<<' || operator === '<<-'),
  );
}

/** The value of each word, `undefined` where it has an expansion. */
export function argvOf(command: ShellCommand): readonly (string | undefined)[] {
  return command.words.map((word) => word.value);
}

/** Does SHELL hand a script text to a POSIX shell, itself or through another program (`conda run -n env bash -c`)? */
function runsPosixShell(shell: readonly string[]): boolean {
  const at = shell.findIndex(isPosixShell);
  return at >= 0 && scriptArgument([...shell.slice(at), '']) === shell.length - at;
}
