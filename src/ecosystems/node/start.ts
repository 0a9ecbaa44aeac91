/** What starts: the container's commands expanded to the programs at their end. */
import { posix } from 'node:path';
import type { Evidence, Reason } from '../../answer.ts';
import { resolvePath } from '../../reading/commands.ts';
import { projectDirectory } from '../../reading/origins.ts';
import type { Reading } from '../../reading/reading.ts';
import { isBuiltin } from '../../shell/builtins.ts';
import type { StartMode } from '../ecosystem.ts';
import { nodeCommand } from './command.ts';
import { type Expansion, expand, type Leaf } from './expand.ts';
import type { NodeFacts } from './facts.ts';
import { packageMarks } from './manifest.ts';
import { isDevelopmentModule, type Provider, providerOf } from './packages.ts';
import { isBuild, isCheck, isDevelopment, isPreview, isTest } from './programs.ts';
import { nodeReasons } from './reasons.ts';
import { toolOf } from './tool.ts';

const { explain } = nodeReasons;

/** The facts of this language in a reading whose main ecosystem may be another. */
export function nodeFactsOf(reading: Reading<NodeFacts>, name: string): NodeFacts {
  const own = reading.active.find((one) => one.ecosystem.name === name);
  return (own?.facts as NodeFacts | undefined) ?? reading.facts;
}

/** `place`: absolute directory of the image that it runs in; `undefined`: not known. */
export interface StartLeaf extends Leaf {
  readonly place: string | undefined;
}

export interface StartExpansion extends Expansion {
  readonly leaves: readonly StartLeaf[];
}

/** The directory of the context that the working directory of the start comes from. */
export function startDirectory(reading: Reading, facts: NodeFacts): string {
  return standingAt(reading, reading.chain.at(-1)?.workdir) ?? facts.directory;
}

function standingAt(reading: Reading, place: string | undefined): string | undefined {
  return place === undefined ? undefined : projectDirectory(reading, reading.stage, place, packageMarks);
}

/** Every start command expanded, in order. */
export function startExpansion(reading: Reading<NodeFacts>, facts: NodeFacts): StartExpansion {
  let place = reading.chain.at(-1)?.workdir;
  let directory = startDirectory(reading, facts);
  const parts: StartExpansion[] = [];
  for (const { argv, evidence } of reading.start.commands) {
    const [program, target] = withValues(argv, reading);
    if (program === 'cd') {
      place = target === undefined || target.includes('$') ? undefined : resolvePath(place, target);
      if (target?.startsWith('/') === true) directory = standingAt(reading, place) ?? directory;
      else if (target !== undefined) directory = below(directory, target);
    } else parts.push(placed(expand(facts, withValues(argv, reading), evidence, directory), directory, place));
  }
  return {
    leaves: parts.flatMap(({ leaves }) => leaves),
    through: parts.flatMap(({ through }) => through),
    redirections: parts.flatMap(({ redirections }) => redirections),
    missing: parts.find(({ missing }) => missing !== undefined)?.missing,
    unclear: parts.find(({ unclear }) => unclear !== undefined)?.unclear,
  };
}

function below(directory: string, name: string): string {
  return posix.join(directory, name).replace(/^\.$/, '');
}

/** Package scripts change the directory in the context and in the image alike. */
function placed(expansion: Expansion, directory: string, place: string | undefined): StartExpansion {
  const leaves = expansion.leaves.map((leaf) => ({
    ...leaf,
    place: resolvePath(place, posix.relative(directory, leaf.directory) || '.'),
  }));
  return { ...expansion, leaves };
}

/** Words with the variables that the image sets. */
function withValues(argv: readonly string[], reading: Reading): readonly string[] {
  return argv.map((word) =>
    word.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (whole, name: string) => reading.contract.env[name] ?? whole),
  );
}

/** Why nothing can be said about the start; `undefined`: all of it is understood. */
export function startProblem(reading: Reading<NodeFacts>, expansion: Expansion): Reason | undefined {
  if (expansion.missing !== undefined)
    return explain('script-missing', { script: expansion.missing.script }, { evidence: [expansion.missing.evidence] });
  if (reading.start.unclear !== undefined) return explain('start-unclear', { what: reading.start.unclear });
  if (expansion.unclear !== undefined)
    return explain('start-unclear', { what: expansion.unclear.says }, { evidence: [expansion.unclear] });
  return undefined;
}

/** Only the main command can be a development server; whatever builds before it, in an entry script too, builds at start. */
export function startMode(reading: Reading<NodeFacts>, facts: NodeFacts): StartMode | undefined {
  const main = reading.start.main;
  const own = reading.start.commands.filter((one) => one === main || one.evidence.file === 'Dockerfile');
  const part = { ...reading, start: { ...reading.start, commands: own } };
  const { leaves } = startExpansion(part, facts);
  const development = leaves.find(({ argv }) => isDevelopment(argv));
  if (development !== undefined) {
    const last = startExpansion(
      { ...part, start: { ...part.start, commands: main === undefined ? [] : [main] } },
      facts,
    );
    const always = last.leaves.some(({ argv }) => isDevelopment(argv)) || last.leaves.length === 0;
    const mode = !always ? 'development-too' : isPreview(development.argv) ? 'preview' : 'development';
    return { mode, program: short(development), evidence: development.evidence };
  }
  const tested = leaves.find(({ argv }) => isTest(argv));
  if (tested !== undefined && leaves.every((leaf) => leaf === tested || isCheck(leaf.argv)))
    return { mode: 'tests', program: short(tested), evidence: tested.evidence };
  const every = startExpansion(reading, facts).leaves;
  const build = every.find(({ argv }) => isBuild(argv) || nodeCommand(argv)?.kind === 'install');
  return build === undefined ? undefined : { mode: 'builds-at-start', program: short(build), evidence: build.evidence };
}

function short({ argv }: Leaf): string {
  const text = argv.join(' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Programs of the system, or that Node.js brings. */
const plain = new Set([
  'node',
  'nodejs',
  'bun',
  'sh',
  'bash',
  'ash',
  'dash',
  'sleep',
  'exec',
  'date',
  'ls',
  'cat',
  'mkdir',
  'cp',
  'rm',
  'mv',
  'touch',
  'chmod',
  'chown',
  'env',
  'nc',
  'curl',
  'wget',
  'grep',
  'sed',
  'awk',
  'cut',
  'tr',
  'head',
  'tail',
  'find',
  'xargs',
  'which',
  'npm',
  'npx',
  'yarn',
  'yarnpkg',
  'pnpm',
  'bunx',
  'corepack',
  'ln',
  'openssl',
  'id',
  'whoami',
  'hostname',
  'getent',
  'expr',
  'seq',
  'basename',
  'dirname',
  'tee',
  'sort',
  'timeout',
  'psql',
  'mysql',
  'pg_isready',
  'mysqladmin',
  'redis-cli',
  'mongo',
  'mongosh',
  'git',
  'tini',
  'dumb-init',
  'gosu',
  'su-exec',
  'nginx',
  'crond',
  'cron',
  'python',
  'python3',
  'java',
]);

const requires = /^(?:-r|--require|--import|--loader|--experimental-loader)(?:=(.+))?$/;

export interface StartUse {
  /** A development dependency that starts or is loaded at the start. */
  readonly development:
    | { readonly program: string; readonly provider: Provider; readonly evidence: Evidence }
    | undefined;
  /** A program whose package is not known. */
  readonly unproved: { readonly program: string; readonly evidence: Evidence } | undefined;
}

/** Which packages the start needs. `global`: programs installed for everybody. */
export function startUse(
  reading: Reading<NodeFacts>,
  facts: NodeFacts,
  expansion: Expansion,
  global: ReadonlySet<string>,
): StartUse {
  let unproved: StartUse['unproved'];
  for (const { argv, evidence } of [...expansion.leaves, ...expansion.through]) {
    const program = argv[0]?.split('/').at(-1) ?? '';
    for (const module of modulesOf(argv)) {
      const provider = isDevelopmentModule(facts, module);
      if (provider !== undefined) return { development: { program: module, provider, evidence }, unproved };
    }
    if (
      program === '' ||
      plain.has(program) ||
      isBuiltin(program) ||
      global.has(program) ||
      argv[0]?.includes('/') === true ||
      toolOf(program) !== undefined
    )
      continue;
    const provider = providerOf(facts, program);
    if (provider?.development === true) return { development: { program, provider, evidence }, unproved };
    if (provider === undefined && reading.base?.has(program) !== 'present') unproved ??= { program, evidence };
  }
  return { development: undefined, unproved };
}

/** Modules that the options of a program load before the script. */
export function modulesOf(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word, index) => {
    const match = requires.exec(word);
    const module = match === null ? undefined : (match[1] ?? argv[index + 1]);
    return module === undefined ? [] : [module];
  });
}
