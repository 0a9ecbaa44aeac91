/**
 * What a command runs in the end: package scripts with their `pre` and `post` hooks, wrappers and runners taken off.
 * Sources: npm documentation "scripts", Yarn and pnpm "run", and the command line help of each wrapper.
 */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import { readEntryScript } from '../../shell/entry-script.ts';
import type { ShellCommand } from '../../shell/model.ts';
import { programName, scriptArgument, shellWord } from '../../shell/program.ts';
import { readScript } from '../../shell/script.ts';
import { nodeCommand } from './command.ts';
import { manifestIn, type NodeFacts } from './facts.ts';
import { manifestEvidence } from './manifest.ts';
import { type Managed, pm2Starts } from './pm2.ts';

export interface Leaf {
  readonly argv: readonly string[];
  /** Context directory it runs in. */
  readonly directory: string;
  readonly evidence: Evidence;
  /** A failure of the command, or of one beside it, does not fail the whole (`a || b`, `if`), so it may not have run. */
  readonly optional?: true;
}

/** A file that the output of a command is written to. */
export interface Redirection {
  /** As written; `undefined`: not literal. */
  readonly path: string | undefined;
  /** Context directory of the command. */
  readonly directory: string;
  readonly evidence: Evidence;
  readonly optional?: true;
}

export interface Expansion {
  readonly leaves: readonly Leaf[];
  readonly redirections: readonly Redirection[];
  /** Wrappers and runners passed through: programs that are needed as well. */
  readonly through: readonly Leaf[];
  /** A script that is called and not there. */
  readonly missing: { readonly script: string; readonly evidence: Evidence } | undefined;
  /** A part that is not understood. */
  readonly unclear: Evidence | undefined;
}

interface Collected {
  readonly facts: NodeFacts;
  readonly leaves: Leaf[];
  readonly through: Leaf[];
  readonly redirections: Redirection[];
  missing: Expansion['missing'];
  unclear: Evidence | undefined;
  budget: number;
  optional: boolean;
}

/** Expands one command. Bounded: at most 200 commands, eight levels deep. */
export function expand(facts: NodeFacts, argv: readonly string[], evidence: Evidence, directory: string): Expansion {
  const collected: Collected = {
    facts,
    leaves: [],
    through: [],
    redirections: [],
    missing: undefined,
    unclear: undefined,
    budget: 200,
    optional: false,
  };
  visit(collected, argv, evidence, directory, 0);
  const { leaves, through, redirections, missing, unclear } = collected;
  return { leaves, through, redirections, missing, unclear };
}

function visit(
  collected: Collected,
  argv: readonly string[],
  evidence: Evidence,
  directory: string,
  depth: number,
): void {
  if (argv.length === 0) return;
  if (depth > 8 || collected.budget-- <= 0) {
    collected.unclear ??= evidence;
    return;
  }
  const words = withoutPath(argv);
  const inline = scriptArgument(words);
  if (inline !== undefined) {
    visitText(collected, words[inline] ?? '', evidence, directory, depth + 1);
    return;
  }
  const command = nodeCommand(words);
  if (command?.kind === 'script') {
    visitScript(collected, words, command, evidence, directory, depth);
    return;
  }
  if (command?.kind === 'program' && command.argv[0] !== words[0]) {
    visit(collected, command.argv, evidence, directory, depth + 1);
    return;
  }
  const managed = pm2Starts(words, evidence, directory, (path) => collected.facts.project.read(path));
  if (managed !== undefined) {
    collected.through.push({ argv: words, directory, evidence });
    visitManaged(collected, managed, depth);
    return;
  }
  const parts = unwrap(words);
  if (parts !== undefined) {
    collected.through.push({ argv: words, directory, evidence });
    for (const part of parts) {
      if (typeof part === 'string') visitText(collected, part, evidence, directory, depth + 1);
      else visit(collected, part, evidence, directory, depth + 1);
    }
    return;
  }
  const file = shellFile(collected.facts, words, directory);
  if (file !== undefined) {
    visitFile(collected, file, directory, depth);
    return;
  }
  collected.leaves.push({ argv: words, directory, evidence, ...(collected.optional ? { optional: true } : {}) });
}

function visitManaged(collected: Collected, managed: readonly Managed[] | Evidence, depth: number): void {
  if ('says' in managed) {
    collected.unclear ??= managed;
    return;
  }
  for (const { run, directory, evidence } of managed) {
    if (typeof run === 'string') visitText(collected, run, evidence, directory, depth + 1);
    else visit(collected, run, evidence, directory, depth + 1);
  }
}

/** `./node_modules/.bin/next`, `node node_modules/.bin/next` and `node_modules/next/dist/bin/next` are `next`. */
function withoutPath(argv: readonly string[]): readonly string[] {
  const [first = '', second = ''] = argv;
  const through = /(^|\/)node$/.test(first) ? second : first;
  const program =
    /(?:^|\/)node_modules\/\.bin\/([\w.-]+)$/.exec(through)?.[1] ??
    /(?:^|\/)node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\/(?:dist\/)?bin\/[\w./-]+$/.exec(through)?.[1];
  return program === undefined ? argv : [program, ...argv.slice(through === first ? 1 : 2)];
}

function visitText(collected: Collected, text: string, evidence: Evidence, directory: string, depth: number): void {
  const script = readScript(text);
  if (!script.understood) {
    collected.unclear ??= evidence;
    return;
  }
  let at = directory;
  const outer = collected.optional;
  for (const [index, command] of script.commands.entries()) {
    const { argv } = programName(command.words);
    collected.optional = outer || mayNotRun(command, script.commands[index + 1]);
    for (const path of redirected(command))
      collected.redirections.push({ path, directory: at, evidence, ...(collected.optional ? { optional: true } : {}) });
    if (argv[0] === 'cd' && argv[1] !== undefined) at = posix.join(at, argv[1]).replace(/^\.$/, '');
    else if (argv.length > 0) visit(collected, argv, evidence, at, depth + 1);
  }
  collected.optional = outer;
}

/** The text goes on when the command fails, or runs it only in some case. */
export function mayNotRun(command: ShellCommand, next: ShellCommand | undefined): boolean {
  return command.depth > 0 || command.join === '||' || command.join === '&' || next?.join === '||';
}

/** Files behind `>` and `>>`, as written; `undefined`: not literal. Devices are none. */
export function redirected({ redirects }: ShellCommand): readonly (string | undefined)[] {
  return redirects
    .filter(({ operator }) => /^&?>>?\|?$/.test(operator))
    .map(({ target }) => target?.value)
    .filter((path) => path?.startsWith('/dev/') !== true);
}

function visitScript(
  collected: Collected,
  argv: readonly string[],
  command: Extract<ReturnType<typeof nodeCommand>, { kind: 'script' }>,
  evidence: Evidence,
  directory: string,
  depth: number,
): void {
  const place =
    command.directory === undefined ? directory : posix.join(directory, command.directory).replace(/^\.$/, '');
  const manifest = manifestIn(collected.facts, place);
  const text = manifest?.scripts.get(command.script);
  collected.through.push({ argv: argv.slice(0, 1), directory, evidence });
  if (manifest === undefined || text === undefined) {
    if (command.orProgram) {
      visit(collected, [command.script, ...command.args], evidence, place, depth + 1);
      return;
    }
    if (command.script === 'start' && collected.facts.project.kind(posix.join(place, 'server.js')) === 'file') {
      visit(collected, ['node', 'server.js'], evidence, place, depth + 1);
      return;
    }
    if (command.script.includes('$')) collected.unclear ??= evidence;
    else collected.missing ??= { script: command.script, evidence };
    return;
  }
  for (const name of [`pre${command.script}`, command.script, `post${command.script}`]) {
    const body = manifest.scripts.get(name);
    if (body === undefined) continue;
    const says = `scripts.${name}: ${body.slice(0, 120)}`;
    const whole =
      name === command.script && command.args.length > 0 ? `${body} ${command.args.map(shellWord).join(' ')}` : body;
    visitText(collected, whole, manifestEvidence(manifest, 'scripts', name, says), place, depth + 1);
  }
}

function behind(argv: readonly string[], valued: readonly string[]): readonly string[] {
  let at = 1;
  while (at < argv.length) {
    const word = argv[at] ?? '';
    if (word === '--') return argv.slice(at + 1);
    if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(word)) at += 1;
    else if (!word.startsWith('-')) break;
    else at += valued.includes(word) ? 2 : 1;
  }
  return argv.slice(at);
}

const runners = new Set(['run-s', 'run-p', 'npm-run-all', 'npm-run-all2']);

/** The commands a wrapper runs: words, or a text the shell splits. `undefined`: no wrapper. */
function unwrap(argv: readonly string[]): readonly (readonly string[] | string)[] | undefined {
  const name = argv[0]?.split('/').at(-1) ?? '';
  const args = argv.slice(1);
  if (name === 'cross-env') return [behind(argv, [])];
  if (name === 'cross-env-shell') return [behind(argv, []).join(' ')];
  if (name === 'env-cmd') return [behind(argv, ['-f', '--file', '-e', '--environments', '-r', '--rc-file'])];
  if (name === 'dotenv') return [behind(argv, ['-e', '-v', '-p', '-c', '--path'])];
  if (name === 'dotenvx' || name === 'doppler' || name === 'infisical' || name === 'op')
    return args[0] === 'run'
      ? [behind(argv.slice(1), ['-f', '--env-file', '-c', '--config', '-p', '--project', '--env', '--path'])]
      : undefined;
  if (name === 'concurrently' || name === 'conc') return concurrent(args);
  if (runners.has(name))
    return args.filter((word) => !word.startsWith('-')).map((script) => ['npm', 'run', script.split(' ')[0] ?? script]);
  if (name === 'wait-for-it' || name === 'wait-for-it.sh' || name === 'wait-for' || name === 'dockerize')
    return args.includes('--') ? [args.slice(args.indexOf('--') + 1)] : undefined;
  return undefined;
}

function concurrent(args: readonly string[]): readonly (readonly string[] | string)[] {
  const valued = new Set([
    '-n',
    '--names',
    '-c',
    '--prefix-colors',
    '-p',
    '--prefix',
    '-m',
    '--max-processes',
    '-s',
    '--success',
    '--restart-tries',
    '--kill-others-on',
  ]);
  const found: (readonly string[] | string)[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (valued.has(word)) at += 1;
    else if (!word.startsWith('-')) found.push(/^(npm|yarn|pnpm|bun):/.test(word) ? word.replace(':', ' run ') : word);
  }
  return found;
}

/** A shell script of the project that the words run, by context path. */
function shellFile(facts: NodeFacts, argv: readonly string[], directory: string): string | undefined {
  const shell = /(^|\/)(ba|da|a)?sh$/.test(argv[0] ?? '');
  const word = shell ? argv.slice(1).find((one) => !one.startsWith('-')) : argv[0];
  if (word === undefined || word.startsWith('/') || (!shell && !word.endsWith('.sh'))) return undefined;
  const path = posix.join(directory, word);
  return !path.startsWith('..') && facts.project.kind(path) === 'file' ? path : undefined;
}

function visitFile(collected: Collected, path: string, directory: string, depth: number): void {
  const script = readEntryScript(collected.facts.project.read(path) ?? '');
  if (script.unclear !== undefined) {
    collected.unclear ??= { file: path, says: script.unclear };
    return;
  }
  for (const call of script.calls) {
    if (call.argv[0] !== 'cd')
      visit(collected, call.argv, { file: path, line: call.line, says: call.argv.join(' ') }, directory, depth + 1);
  }
}
