/** What a shell script of the project does when a container starts: an entrypoint, a start or wait script. */
import type { NotUnderstood, ShellCommand, ShellWord } from './model.ts';
import { baseName, isPosixShell, programName } from './program.ts';
import { readScript, type VariableDefault, variableDefaults } from './script.ts';

export interface ScriptCall {
  /** The program first, wrappers (`exec`, `gosu user`) taken off. Values where words are literal, else as written. */
  readonly argv: readonly string[];
  /** Every word is literal. */
  readonly literal: boolean;
  /** It replaces the shell (`exec …`). */
  readonly exec: boolean;
  /** 0 = always reached in order; more inside conditions, loops, functions, subshells and substitutions. */
  readonly depth: number;
  /** 1-based. */
  readonly line: number;
}

/** A file or directory the script touches. */
export interface ScriptPath {
  /** As written, relative to the directory the script is then in; `undefined` when the word expands something. */
  readonly path: string | undefined;
  readonly raw: string;
  /** The program or redirection operator. */
  readonly by: string;
  /** 1-based. */
  readonly line: number;
}

export interface ScriptDefault {
  readonly name: string;
  /** `undefined` when the default itself expands something. */
  readonly value: string | undefined;
  /** 1-based. */
  readonly line: number;
}

export interface EntryScript {
  /** Why nothing of the script is known, as the end of a sentence; `undefined`: it is understood. */
  readonly unclear: string | undefined;
  /** The words behind `#!`. */
  readonly shebang: readonly string[] | undefined;
  /** Some line ends in CRLF: the kernel then looks for an interpreter whose name ends in a carriage return. */
  readonly crlf: boolean;
  /** In source order, without `exec "$@"`; assignments and redirections alone are none. */
  readonly calls: readonly ScriptCall[];
  /** It replaces itself with its arguments: `exec "$@"`, also through `gosu user` and the like. */
  readonly execsArguments: boolean;
  /** `set -- …` or `shift`: its arguments are not those it was started with. */
  readonly changesArguments: boolean;
  readonly reads: readonly ScriptPath[];
  /** Created, written, moved, removed, or given another owner or mode. */
  readonly writes: readonly ScriptPath[];
  readonly defaults: readonly ScriptDefault[];
}

const sentences: Readonly<Record<NotUnderstood['why'], string>> = {
  syntax: 'its shell syntax is not understood',
  'too-large': 'it is larger than 64 KiB',
  'not-a-posix-shell': 'it is not a script of a POSIX shell',
  'heredoc-program': 'it is not a script of a POSIX shell',
};

/** Reads a script's text. Without a `#!` line it is a script of `sh`. Never throws. */
export function readEntryScript(source: string): EntryScript {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const shebang = shebangOf(text);
  const head = { shebang, crlf: source.includes('\r\n') };
  if (shebang !== undefined && !isShellShebang(shebang)) return { ...unclear('not-a-posix-shell'), ...head };
  const script = readScript(text);
  if (!script.understood) return { ...unclear(script.why), ...head };
  return { ...read(script.commands, variableDefaults(text), lineFinder(text)), ...head };
}

function unclear(why: NotUnderstood['why']): Omit<EntryScript, 'shebang' | 'crlf'> {
  const nothing = { calls: [], reads: [], writes: [], defaults: [] };
  return { unclear: sentences[why], execsArguments: false, changesArguments: false, ...nothing };
}

type LineOf = (offset: number) => number;

function read(commands: readonly ShellCommand[], defaults: readonly VariableDefault[], lineOf: LineOf) {
  const calls = commands.filter((command) => command.words.length > 0);
  const touched = commands.flatMap((command) => touches(command, lineOf(command.span.start)));
  const execs = (command: ShellCommand) => execsArguments(command, commands);
  return {
    unclear: undefined,
    calls: calls.filter((command) => !execs(command)).map((command) => callOf(command, lineOf)),
    execsArguments: calls.some(execs),
    changesArguments: calls.some(changesArguments),
    reads: touched.filter((touch) => touch.mode === 'read').map((touch) => touch.at),
    writes: touched.filter((touch) => touch.mode === 'write').map((touch) => touch.at),
    defaults: defaults.map(({ name, value, span }) => ({ name, value, line: lineOf(span.start) })),
  };
}

function shebangOf(text: string): readonly string[] | undefined {
  const end = text.indexOf('\n');
  const line = text.slice(0, end < 0 ? text.length : end);
  return line.startsWith('#!')
    ? line
        .slice(2)
        .trim()
        .split(/[ \t]+/)
    : undefined;
}

function isShellShebang([program = '', ...args]: readonly string[]): boolean {
  if (baseName(program) !== 'env') return isPosixShell(program);
  return isPosixShell(args.find((arg) => !arg.startsWith('-') && !arg.includes('=')) ?? '');
}

function lineFinder(text: string): LineOf {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function callOf(command: ShellCommand, lineOf: LineOf): ScriptCall {
  const { argv, literal } = programName(command.words);
  return { argv, literal, exec: isExec(command), depth: command.depth, line: lineOf(command.span.start) };
}

function isExec(command: ShellCommand): boolean {
  return command.words[0]?.value === 'exec' && command.words.length > 1;
}

const allArguments: ReadonlySet<string> = new Set(['"$@"', '$@', '"${@}"', '$*', '"$*"', '${@}']);

/** `exec "$@"`, and `exec $cmd` behind `cmd="$@"`. */
function execsArguments(command: ShellCommand, commands: readonly ShellCommand[]): boolean {
  const { argv } = programName(command.words);
  const word = argv[0] ?? '';
  if (!isExec(command) || argv.length !== 1) return false;
  const name = /^"?\$\{?(\w+)\}?"?$/.exec(word)?.[1];
  const values = commands.flatMap(({ assignments }) => assignments.filter((one) => one.name === name));
  return (
    allArguments.has(word) ||
    (values.length > 0 && values.every(({ value }) => value !== undefined && allArguments.has(value.raw)))
  );
}

function changesArguments(command: ShellCommand): boolean {
  const [name, first] = command.words;
  return name?.value === 'shift' || (name?.value === 'set' && first?.value === '--');
}

interface Touch {
  readonly mode: 'read' | 'write';
  readonly at: ScriptPath;
}

function touches(command: ShellCommand, line: number): readonly Touch[] {
  const touch = (mode: Touch['mode'], word: ShellWord, by: string): Touch => ({
    mode,
    at: { path: word.value, raw: word.raw, by, line },
  });
  const redirected = command.redirects.flatMap(({ operator, target }) => {
    const mode = redirections[operator];
    return mode === undefined || target === undefined || isDescriptor(target) ? [] : [touch(mode, target, operator)];
  });
  const words = effectiveArguments(command);
  const name = baseName(words[0]?.value ?? '');
  const files = Object.hasOwn(programs, name) ? (programs[name]?.(words.slice(1)) ?? []) : [];
  return [...redirected, ...files.map(([mode, word]) => touch(mode, word, name))];
}

function effectiveArguments(command: ShellCommand): readonly ShellWord[] {
  return command.words.slice(command.words.length - programName(command.words).argv.length);
}

const redirections: Readonly<Record<string, Touch['mode'] | undefined>> = {
  '>': 'write',
  '>>': 'write',
  '>|': 'write',
  '&>': 'write',
  '&>>': 'write',
  '<>': 'write',
  '<': 'read',
};

function isDescriptor(word: ShellWord): boolean {
  return word.value?.startsWith('/dev/') === true || word.value?.startsWith('/proc/') === true;
}

type Files = (args: readonly ShellWord[]) => readonly (readonly [Touch['mode'], ShellWord])[];

/** Words that are no option and no value of one; everything behind `--`. */
function operands(args: readonly ShellWord[], valued: readonly string[] = []): readonly ShellWord[] {
  const found: ShellWord[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as ShellWord;
    if (word.value === '--') return [...found, ...args.slice(at + 1)];
    if (valued.includes(word.value ?? '')) at += 1;
    else if (!word.raw.startsWith('-') || word.raw === '-') found.push(word);
  }
  return found;
}

const allWritten =
  (...valued: readonly string[]): Files =>
  (args) =>
    operands(args, valued).map((word) => ['write', word]);

/** `chown OWNER FILE…` */
const allButFirst: Files = (args) =>
  operands(args)
    .slice(1)
    .map((word) => ['write', word]);

const lastWritten =
  (sources: Touch['mode']): Files =>
  (args) => {
    const words = operands(args, ['-m', '-o', '-g', '-S', '--mode', '--owner', '--group']);
    return words.map((word, index) => [index === words.length - 1 ? 'write' : sources, word]);
  };

const allRead: Files = (args) => operands(args).map((word) => ['read', word]);

/** `sed -i SCRIPT FILE…`; without `-i` the files are read. */
const sed: Files = (args) => {
  const inPlace = args.some(({ raw }) => /^(-[a-zA-Z]*i|--in-place)/.test(raw));
  const named = args.some(({ raw }) => /^(-[a-zA-Z]*[ef]$|--expression|--file)/.test(raw));
  const words = operands(args, ['-e', '-f', '--expression', '--file']);
  return (named ? words : words.slice(1)).map((word) => [inPlace ? 'write' : 'read', word]);
};

/** File operands of the programs that entry scripts use (POSIX utilities and coreutils). */
const programs: Readonly<Record<string, Files>> = {
  mkdir: allWritten('-m', '--mode'),
  touch: allWritten('-d', '-t', '-r', '--date', '--reference'),
  tee: allWritten(),
  truncate: allWritten('-s', '--size', '-r'),
  rm: allWritten(),
  rmdir: allWritten(),
  chown: allButFirst,
  chgrp: allButFirst,
  chmod: allButFirst,
  cp: lastWritten('read'),
  install: lastWritten('read'),
  ln: lastWritten('read'),
  mv: lastWritten('write'),
  sed,
  cat: allRead,
  '.': allRead,
  source: allRead,
};
