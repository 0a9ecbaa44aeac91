/** What a command of a RUN does, when it belongs to Node.js. */
import { posix } from 'node:path';
import { type PlacedCommand, resolvePath } from '../../reading/commands.ts';
import type { Work } from '../ecosystem.ts';
import { type NodeCommand, nodeCommand } from './command.ts';
import { expand, type Leaf } from './expand.ts';
import type { NodeFacts } from './facts.ts';
import { production } from './manifest.ts';
import { isHarmlessScript, nativePackage } from './native.ts';
import { installedPackages } from './packages.ts';
import { isPlain } from './plain.ts';
import { setsUpPm2 } from './pm2.ts';
import { isCheck, isMigration, isNodeProgram, programsOfPackage } from './programs.ts';

/** What the command does; `undefined`: another package manager's, or none of this language. npm speaks for all other programs. */
export function nodeRole(command: PlacedCommand, facts: NodeFacts): Work | undefined {
  const { argv } = command;
  const program = argv[0]?.split('/').at(-1) ?? '';
  const call = nodeCommand(argv);
  if (call !== undefined) return call.tool === facts.tool ? callRole(command, call, facts) : undefined;
  if (facts.tool.name !== 'npm') return undefined;
  if (program === 'corepack') return corepack(argv);
  if (setsUpPm2(argv)) return { role: 'tool', writes: [], provides: programsOfPackage('pm2') };
  if (!isNodeProgram(argv[0])) return undefined;
  if ((program === 'node' || program === 'nodejs') && /^(-v|--version|-p)$/.test(argv[1] ?? ''))
    return { role: 'inspect', writes: [] };
  return expandedRole(command, argv, facts, command.cwd);
}

const settingUp: Work = { role: 'tool', writes: [], provides: [] };

function corepack(argv: readonly string[]): Work {
  const names = argv.slice(2).flatMap((word) => (word.startsWith('-') ? [] : [word.replace(/@.*$/, '')]));
  if (argv[1] === 'enable' || argv[1] === 'prepare' || argv[1] === 'use' || argv[1] === 'install') {
    const programs = (names.length === 0 ? ['yarn', 'pnpm'] : names).flatMap(
      (name) => programsOfPackage(name) ?? [name],
    );
    return { role: 'tool', writes: [], provides: programs };
  }
  return { role: 'inspect', writes: [] };
}

function callRole(command: PlacedCommand, call: NodeCommand, facts: NodeFacts): Work {
  const directory = directoryOf(command, call);
  const writes = directory === undefined ? undefined : [directory];
  switch (call.kind) {
    case 'inspect':
      return { role: 'inspect', writes: [] };
    case 'clean':
      return { role: 'os-clean', writes: [] };
    case 'config':
      return settingUp;
    case 'prune':
      return { role: 'prune', writes };
    case 'global':
      return globalRole(call);
    case 'install':
      return { role: 'dependencies', writes, ...installNeeds(facts, call) };
    case 'rebuild':
      return { role: 'build', writes, toolChain: true };
    case 'script':
    case 'program':
      return expandedRole(command, command.argv, facts, directory);
    default:
      return /^(remove|rm|uninstall|un|dedupe)$/.test(
        command.argv.find((word, at) => at > 0 && !word.startsWith('-')) ?? '',
      )
        ? { role: 'dependencies', writes }
        : { role: 'unknown', writes: undefined };
  }
}

/** Absolute directory a call works in: where it runs, or what `--prefix` and its kin say. */
export function directoryOf(command: PlacedCommand, call: NodeCommand): string | undefined {
  return call.directory === undefined ? command.cwd : resolvePath(command.cwd, call.directory);
}

function globalRole(call: Extract<NodeCommand, { kind: 'global' }>): Work {
  const provides: string[] = [];
  if (call.packages.length === 0) return { role: 'tool', writes: [], provides: undefined };
  for (const spec of call.packages) {
    const programs = programsOfPackage(spec);
    if (programs === undefined) return { role: 'tool', writes: [], provides: undefined };
    provides.push(...programs);
  }
  return { role: 'tool', writes: [], provides };
}

/** What an install runs beyond the package manager: compilers for native parts (node-gyp), git for repositories. */
function installNeeds(
  facts: NodeFacts,
  call: Extract<NodeCommand, { kind: 'install' }>,
): Pick<Work, 'toolChain' | 'calls'> {
  const { manifest } = facts;
  const ranges =
    manifest === undefined
      ? []
      : [...production(manifest).values(), ...manifest.devDependencies.values(), ...call.packages];
  const git = ranges.some(
    (range) =>
      /^(git[+:@]|github:|gitlab:|bitbucket:|[\w-]+\/[\w.-]+(#|$))|\.git(#|$)/.test(range) && !range.startsWith('npm:'),
  );
  const compiling = mayCompile(facts);
  return { toolChain: compiling, calls: [...(git ? ['git'] : []), ...(compiling ? nodeGyp : [])] };
}

/** What node-gyp runs (node-gyp README, "On Unix"). */
const nodeGyp: readonly string[] = ['python3', 'python', 'python2', 'make', 'g++'];

/**
 * Does some installed package compile a native part where no prebuilt one fits, or run a script nobody knows? Without a
 * lockfile that lists all packages only those count as plain JavaScript that are known to be.
 */
export function mayCompile(facts: NodeFacts): boolean {
  const { names, scripted, complete } = installedPackages(facts, true);
  if (
    [...names].some((name) => nativePackage(name)?.compiles === true) ||
    scripted.some((name) => !isHarmlessScript(name))
  )
    return true;
  return !complete && [...names].some((name) => !isPlain(name));
}

/** A package script or program: what it comes to decides. */
function expandedRole(
  command: PlacedCommand,
  argv: readonly string[],
  facts: NodeFacts,
  directory: string | undefined,
): Work {
  const writes = directory === undefined ? undefined : [directory];
  const evidence = { file: 'Dockerfile', line: command.instruction.firstLine, says: argv.join(' ') };
  const { leaves } = expand(facts, argv, evidence, facts.directory);
  if (leaves.some(({ argv: words }) => isMigration(words) || downloadsBrowser(words)))
    return { role: 'unknown', writes: undefined };
  if (leaves.length > 0 && leaves.every(({ argv: words }) => isCheck(words))) return { role: 'test', writes };
  const outside = directory === undefined ? [] : leaves.flatMap((leaf) => namedOutside(leaf, facts, directory));
  const calls = [
    ...new Set(leaves.flatMap(({ argv: words }) => (systemPrograms.has(words[0] ?? '') ? [words[0] ?? ''] : []))),
  ];
  return { role: 'build', writes: writes === undefined ? undefined : [...writes, ...outside], calls };
}

const systemPrograms = new Set([
  'git',
  'make',
  'python',
  'python3',
  'gcc',
  'g++',
  'curl',
  'wget',
  'unzip',
  'zip',
  'bash',
  'java',
  'go',
  'cargo',
]);

function downloadsBrowser(words: readonly string[]): boolean {
  return (
    /^(playwright|puppeteer|cypress|browsers|@puppeteer\/browsers)$/.test(words[0] ?? '') &&
    words.some((word) => word === 'install' || word === 'install-deps')
  );
}

/** Paths above its own directory, or absolute ones, that a program is given: it may write there. */
function namedOutside({ argv, directory }: Leaf, facts: NodeFacts, at: string): readonly string[] {
  const place = resolvePath(at, posix.relative(facts.directory, directory)) ?? at;
  return argv.slice(1).flatMap((word) => {
    const path = word.replace(/^--?[\w-]+=/, '');
    if (!/^(\.\.\/|\/[a-z])/i.test(path) || /[*?$(){}|\\]/.test(path) || /^\/(dev|tmp|proc)\//.test(path)) return [];
    const whole = resolvePath(place, path);
    return whole === undefined ? [] : [whole];
  });
}
