/** Every command of every RUN, with the directory it runs in and where it stands. */
import { posix } from 'node:path';
import type { Position } from '../dockerfile/effective.ts';
import type { Run, Span } from '../dockerfile/model.ts';
import { commandsOf, programName, removal } from '../shell/instruction.ts';
import type { ShellCommand } from '../shell/model.ts';

export interface PlacedCommand {
  readonly position: Position;
  readonly instruction: Run;
  /** Index among the commands of its instruction. */
  readonly index: number;
  readonly command: ShellCommand;
  /** Words with literal values where known, else as written; wrappers (`sudo`, `exec`, `env A=b`) removed. */
  readonly argv: readonly string[];
  /** Every word is literal. */
  readonly literal: boolean;
  /** Absolute directory it runs in, `cd` in the same instruction included; `undefined` when that is not known. */
  readonly cwd: string | undefined;
  /** In the Dockerfile's source. */
  readonly span: Span;
}

/** Commands of one instruction, or `undefined` when its text is not understood. Nested commands are included (`command.depth`). */
export function placedCommands(position: Position): readonly PlacedCommand[] | undefined {
  const instruction = position.instruction;
  if (instruction.keyword !== 'RUN') return [];
  const read = commandsOf(instruction, position.shell);
  if (!read.understood) return undefined;
  let cwd = position.workdir;
  return read.commands.map((entry, index) => {
    const { argv, literal } = programName(entry.command.words);
    const placed: PlacedCommand = {
      position,
      instruction,
      index,
      command: entry.command,
      argv,
      literal,
      cwd,
      span: entry.span,
    };
    if (argv[0] === 'cd' && entry.command.depth === 0) cwd = changeDirectory(cwd, argv, literal);
    return placed;
  });
}

function changeDirectory(cwd: string | undefined, argv: readonly string[], literal: boolean): string | undefined {
  const target = argv[1];
  if (!literal || target === undefined || target === '-' || target.startsWith('~')) return undefined;
  return resolvePath(cwd, target);
}

/** Resolves an image path against a directory; no trailing slash. `undefined` when relative to an unknown directory. */
export function resolvePath(cwd: string | undefined, path: string): string | undefined {
  if (!path.startsWith('/') && cwd === undefined) return undefined;
  const joined = posix.resolve('/', cwd ?? '/', path);
  return joined;
}

/** `path` is `directory` or lies below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** The directory and all above it, nearest first. */
export function withParents(directory: string): readonly string[] {
  return directory === '/' ? ['/'] : [directory, ...withParents(posix.dirname(directory))];
}

/** The command as one line of shell. */
export function commandText(placed: PlacedCommand): string {
  const { assignments, words, redirects } = placed.command;
  return [
    ...assignments.map((assignment) => `${assignment.name}=${assignment.value?.raw ?? ''}`),
    ...words.map((word) => word.raw),
    ...redirects.map((redirect) => `${redirect.fd ?? ''}${redirect.operator}${redirect.target?.raw ?? ''}`),
  ].join(' ');
}

/** Nothing else runs in its RUN. */
export function onlyCommand(commands: readonly PlacedCommand[], placed: PlacedCommand): boolean {
  return commands.every((one) => one === placed || one.instruction !== placed.instruction);
}

/** Source range to delete so that the rest of its `&&` chain stays intact; `undefined`: it cannot be taken out. */
export function removalOf(placed: PlacedCommand): Span | undefined {
  const read = commandsOf(placed.instruction, placed.position.shell);
  return read.understood ? removal(read, placed.index) : undefined;
}
