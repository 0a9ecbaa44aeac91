/** What a call of a package manager asks for. */
import { directoryOptions, type Tool, toolOf, valued } from './tool.ts';

interface Base {
  readonly tool: Tool;
  /** Options as written, values joined with `=` or kept as the next word. */
  readonly options: readonly string[];
  /** `--prefix DIR` and the like, as written. */
  readonly directory: string | undefined;
}

export type NodeCommand = Base &
  (
    | {
        readonly kind: 'install';
        readonly packages: readonly string[];
        readonly exact: boolean;
        readonly updates: boolean;
      }
    | { readonly kind: 'global'; readonly packages: readonly string[] }
    | {
        readonly kind: 'script';
        readonly script: string;
        readonly args: readonly string[];
        readonly orProgram: boolean;
      }
    | { readonly kind: 'program'; readonly argv: readonly string[]; readonly fetched: boolean }
    | { readonly kind: 'config' | 'clean' | 'inspect' | 'prune' | 'rebuild' | 'other' }
  );

interface Split {
  readonly options: readonly string[];
  readonly operands: readonly string[];
  readonly directory: string | undefined;
  readonly global: boolean;
  /** Index in argv of the first operand. */
  readonly first: number;
}

function split(argv: readonly string[]): Split {
  const options: string[] = [];
  const operands: string[] = [];
  let directory: string | undefined;
  let first = argv.length;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-') || word === '--') {
      if (word !== '--') operands.push(word);
      if (operands.length === 1) first = Math.min(first, at);
      continue;
    }
    const [name = word, inline] = word.split('=', 2);
    options.push(word);
    const takes = inline === undefined && valued.has(name) && at + 1 < argv.length;
    const value = inline ?? (takes ? argv[at + 1] : undefined);
    if (directoryOptions.has(name)) directory = value;
    if (takes) options.push(argv[++at] ?? '');
  }
  const global = options.some((word) => word === '-g' || word === '--global' || word === '--location=global');
  return { options, operands, directory, global, first };
}

const installs = new Set([
  'install',
  'i',
  'in',
  'ins',
  'add',
  'isntall',
  'ci',
  'clean-install',
  'install-clean',
  'install-ci-test',
  'cit',
  'update',
  'up',
  'upgrade',
]);
const exactInstalls = new Set(['ci', 'clean-install', 'install-clean']);
const runs = new Set(['run', 'run-script', 'rum', 'urn']);
const executes = new Set(['exec', 'x', 'dlx']);
const inspects = new Set([
  'ls',
  'list',
  'audit',
  'fund',
  'version',
  'view',
  'info',
  'show',
  'outdated',
  'why',
  'bin',
  'root',
  'prefix',
  'doctor',
  'ping',
  'whoami',
  'help',
  'explain',
  'licenses',
  'pm',
]);
const settings = new Set(['config', 'set', 'c', 'login', 'adduser', 'policies', 'plugin', 'telemetry']);
const shorthand = new Set(['start', 'test', 't', 'tst', 'stop', 'restart']);

/** Reads a call; `undefined`: the program is no package manager. */
export function nodeCommand(argv: readonly string[]): NodeCommand | undefined {
  const program = argv[0]?.split('/').at(-1) ?? '';
  const tool = toolOf(program);
  if (tool === undefined) return undefined;
  if (program === 'npx' || program === 'bunx' || program === 'pnpx') return executed(tool, argv.slice(1), true);
  const { options, operands, directory, global, first } = split(argv);
  const base: Base = { tool, options, directory };
  const [verb, ...rest] = operands;
  const words = argv.slice(first + 1);
  if (verb === undefined) return bare(base, tool);
  if (tool.name === 'yarn' && verb === 'global')
    return rest[0] === 'add' ? { ...base, kind: 'global', packages: rest.slice(1) } : { ...base, kind: 'inspect' };
  if (tool.name === 'yarn' && (verb === 'workspaces' || verb === 'workspace')) return workspace(base, verb, rest);
  if (installs.has(verb))
    return global
      ? { ...base, kind: 'global', packages: rest }
      : { ...base, kind: 'install', packages: rest, exact: exactInstalls.has(verb), updates: /^up/.test(verb) };
  if (runs.has(verb)) return scripted(base, rest[0], words);
  if (verb === 'start' || shorthand.has(verb))
    return {
      ...base,
      kind: 'script',
      script: verb === 't' || verb === 'tst' ? 'test' : verb,
      args: argumentsBehind(words),
      orProgram: false,
    };
  if (executes.has(verb)) return { ...executed(tool, words, verb !== 'exec' || tool.name === 'npm'), directory };
  if (verb === 'cache' || verb === 'store') return { ...base, kind: 'clean' };
  if (verb === 'prune') return { ...base, kind: 'prune' };
  if (verb === 'rebuild' || verb === 'rb') return { ...base, kind: 'rebuild' };
  if (inspects.has(verb)) return { ...base, kind: 'inspect' };
  if (settings.has(verb)) return { ...base, kind: 'config' };
  if (tool.name === 'npm' || other.has(verb)) return { ...base, kind: 'other' };
  return bareWord(base, tool, verb, words);
}

const other = new Set([
  'remove',
  'rm',
  'uninstall',
  'un',
  'unlink',
  'link',
  'ln',
  'init',
  'create',
  'publish',
  'pack',
  'deploy',
  'fetch',
  'import',
  'dedupe',
  'patch',
  'patch-commit',
]);

function bare(base: Base, tool: Tool): NodeCommand {
  const asks = base.options.some((word) => word === '-v' || word === '--version' || word === '-h' || word === '--help');
  if (asks || tool.name !== 'yarn') return { ...base, kind: 'inspect' };
  return { ...base, kind: 'install', packages: [], exact: false, updates: false };
}

/** `yarn build`, `pnpm build`, `bun build.ts`: a script of that name, else a program. */
function bareWord(base: Base, tool: Tool, verb: string, words: readonly string[]): NodeCommand {
  if (tool.name === 'bun' && (verb === 'build' || verb === 'test'))
    return { ...base, kind: 'program', argv: ['bun', verb, ...words], fetched: false };
  if (tool.name === 'bun' && /[./]/.test(verb))
    return { ...base, kind: 'program', argv: ['bun', verb, ...words], fetched: false };
  return { ...base, kind: 'script', script: verb, args: words, orProgram: true };
}

function scripted(base: Base, script: string | undefined, words: readonly string[]): NodeCommand {
  if (script === undefined) return { ...base, kind: 'inspect' };
  if (base.tool.name === 'bun' && /\.[cm]?[jt]sx?$/.test(script))
    return { ...base, kind: 'program', argv: ['bun', ...words], fetched: false };
  const at = words.indexOf(script);
  return {
    ...base,
    kind: 'script',
    script,
    args: argumentsBehind(words.slice(at + 1)),
    orProgram: base.tool.name === 'yarn' || base.tool.name === 'bun',
  };
}

function argumentsBehind(words: readonly string[]): readonly string[] {
  const dashes = words.indexOf('--');
  return dashes < 0 ? words : words.slice(dashes + 1);
}

function workspace(base: Base, verb: string, rest: readonly string[]): NodeCommand {
  if (verb === 'workspace') return { ...base, kind: 'other' };
  if (rest[0] === 'focus') return { ...base, kind: 'install', packages: rest.slice(1), exact: false, updates: false };
  return { ...base, kind: 'other' };
}

/** `npx [options] program args`. */
function executed(tool: Tool, words: readonly string[], fetched: boolean): NodeCommand {
  const base: Base = { tool, options: [], directory: undefined };
  let at = 0;
  while (at < words.length && (words[at] ?? '').startsWith('-')) {
    const word = words[at] ?? '';
    if (word === '-c' || word === '--call') return { ...base, kind: 'other' };
    at += word === '-p' || word === '--package' ? 2 : 1;
  }
  const argv = words.slice(at);
  const [program = ''] = argv;
  if (program === '') return { ...base, kind: 'inspect' };
  return { ...base, kind: 'program', argv: [program.replace(/(?<=.)@[^@/]*$/, ''), ...argv.slice(1)], fetched };
}

const productionWords = new Set([
  '--production',
  '--production=true',
  '--prod',
  '-P',
  '--omit=dev',
  '--only=production',
  '--only=prod',
  '--no-dev',
]);

/** Does the install leave development dependencies out by its own options? */
export function productionOnly(options: readonly string[]): boolean {
  return options.some(
    (word, index) =>
      productionWords.has(word) ||
      ((word === '--omit' || word === '--only') && /^(dev|prod)/.test(options[index + 1] ?? '')),
  );
}

/** Do the options ask for development dependencies whatever NODE_ENV says? */
export function includesDevelopment(options: readonly string[]): boolean {
  return options.some(
    (word) =>
      word === '--include=dev' ||
      word === '--production=false' ||
      word === '--dev' ||
      word === '-D' ||
      word === '--also=dev',
  );
}
