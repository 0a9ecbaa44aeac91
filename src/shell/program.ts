/** Which program a command line runs, once the programs that only start another one are taken off. */
import type { ShellWord } from './model.ts';

/** How a wrapper's own arguments end. */
interface Wrapper {
  /** Options that take the next word as their value. */
  readonly valued: readonly string[];
  /** Words of its own before the program (`gosu USER`, `timeout 5`). */
  readonly operands: number;
  /** `NAME=value` words before the program are its own. */
  readonly assigns?: true;
  /** Options with which it starts nothing (`command -v`). */
  readonly inert?: readonly string[];
}

const plain: Wrapper = { valued: [], operands: 0 };

/** Options as in each program's own manual: coreutils, sudo, tini, dumb-init, gosu, su-exec and the POSIX built-ins. */
const wrappers: Readonly<Record<string, Wrapper>> = {
  exec: { valued: ['-a'], operands: 0 },
  env: { valued: ['-u', '--unset', '-C', '--chdir'], operands: 0, assigns: true, inert: ['-S', '--split-string'] },
  sudo: {
    valued: ['-u', '-g', '-h', '-C', '-p', '-r', '-t', '--user', '--group'],
    operands: 0,
    assigns: true,
    inert: ['-l', '-v', '-i', '-s'],
  },
  nice: { valued: ['-n', '--adjustment'], operands: 0 },
  ionice: { valued: ['-c', '-n', '-p', '--class', '--classdata'], operands: 0 },
  time: { valued: ['-f', '-o', '--format', '--output'], operands: 0 },
  command: { valued: [], operands: 0, inert: ['-v', '-V'] },
  builtin: plain,
  nohup: plain,
  setsid: plain,
  stdbuf: { valued: ['-i', '-o', '-e', '--input', '--output', '--error'], operands: 0 },
  timeout: { valued: ['-k', '-s', '--kill-after', '--signal'], operands: 1 },
  tini: { valued: ['-p', '-e'], operands: 0 },
  'tini-static': { valued: ['-p', '-e'], operands: 0 },
  'docker-init': { valued: ['-p', '-e'], operands: 0 },
  catatonit: plain,
  'dumb-init': { valued: ['-r', '--rewrite'], operands: 0 },
  'su-exec': { valued: [], operands: 1 },
  gosu: { valued: [], operands: 1 },
};

export interface Program {
  /** The program first. Values where words are literal, else the words as written. */
  readonly argv: readonly string[];
  /** Every word of `argv` is literal. */
  readonly literal: boolean;
}

/**
 * The program a command runs and its arguments, without `exec`, `env A=b`, `sudo`, `tini --`, `gosu user` and the like.
 * A path before a wrapper's name does not matter. Where a wrapper's arguments cannot be told from the program, nothing more
 * is taken off. A wrapper without a program behind it is the program.
 */
export function programName(words: readonly ShellWord[]): Program {
  const rest = effectiveWords(words);
  return { argv: rest.map((word) => word.value ?? word.raw), literal: rest.every((word) => word.value !== undefined) };
}

/** The words of `programName`, with their spans. */
export function effectiveWords(words: readonly ShellWord[]): readonly ShellWord[] {
  let at = 0;
  for (;;) {
    const behind = behindWrapper(words, at);
    if (behind === undefined) return words.slice(at);
    at = behind;
  }
}

function behindWrapper(words: readonly ShellWord[], start: number): number | undefined {
  const wrapper = wrapperNamed(words[start]?.value);
  if (wrapper === undefined) return undefined;
  const options = behindOptions(words, start + 1, wrapper);
  if (options === undefined) return undefined;
  const program = behindAssignments(words, options, wrapper) + wrapper.operands;
  return program < words.length ? program : undefined;
}

function wrapperNamed(word: string | undefined): Wrapper | undefined {
  const name = word === undefined ? '' : baseName(word);
  return Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
}

function behindOptions(words: readonly ShellWord[], start: number, wrapper: Wrapper): number | undefined {
  let at = start;
  for (;;) {
    const option = words[at]?.value;
    if (option === '--') return at + 1;
    if (option === undefined || !option.startsWith('-')) return at;
    if (wrapper.inert?.includes(option) === true) return undefined;
    at += wrapper.valued.includes(option) ? 2 : 1;
  }
}

function behindAssignments(words: readonly ShellWord[], start: number, wrapper: Wrapper): number {
  let at = start;
  while (wrapper.assigns === true && /^[A-Za-z_][A-Za-z0-9_]*=/.test(words[at]?.raw ?? '')) at += 1;
  return at;
}

/** The last component of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const posixShells: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash', 'ksh']);

/** Is this a shell whose scripts `readScript` reads? */
export function isPosixShell(program: string): boolean {
  return posixShells.has(baseName(program));
}

/**
 * Index of the script in `sh -c SCRIPT`, also with other options before `-c` (`bash -o pipefail -ec`); `undefined` when
 * the words run no script text.
 */
export function scriptArgument(values: readonly (string | undefined)[]): number | undefined {
  const program = values[0];
  if (program === undefined || !isPosixShell(program)) return undefined;
  for (let at = 1; at < values.length; at += 1) {
    const option = values[at];
    if (option === undefined || !/^[-+]/.test(option) || option === '--') return undefined;
    if (/^-[a-zA-Z]*c[a-zA-Z]*$/.test(option) && !option.includes('o'))
      return at + 1 < values.length ? at + 1 : undefined;
    if (/^[-+][a-zA-Z]*[oO]$/.test(option)) at += 1;
  }
  return undefined;
}

/** The word as a shell has to be given it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
