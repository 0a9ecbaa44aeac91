/** Dropping development dependencies where they were installed. Commands as measured with npm 6, 8 and 11, Yarn 1 and pnpm 9. */
import { posix } from 'node:path';
import { type Answer, known, notKnown, type Reason } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import { bundledAddon, isStandalone, runningSources } from './bundled.ts';
import { nodeCommand } from './command.ts';
import { type Expansion, expand, type Leaf } from './expand.ts';
import type { NodeFacts } from './facts.ts';
import { globalPrograms } from './globals.ts';
import { type Development, development, type Install, installs, manifestInstall, nodeMajor } from './installs.ts';
import { foreignLock, laterLock, locksExactly, usesBerry } from './locked.ts';
import { developmentOnly, type Manifest, manifestEvidence, production } from './manifest.ts';
import { stays } from './packages.ts';
import { compilesAtStart } from './programs.ts';
import { nodeReasons } from './reasons.ts';
import { literalUse } from './sources.ts';
import { startDirectory, startExpansion, startProblem, startUse } from './start.ts';

const { explain } = nodeReasons;

export interface Pruning {
  readonly command: string;
  readonly drops: string;
  readonly from: string;
}

/** The command that drops them, `undefined` when none are there, or why they have to stay. */
export function prune(reading: Reading<NodeFacts>): Answer<Pruning | undefined> {
  const { facts } = reading;
  const install = manifestInstall(reading, facts);
  const { manifest } = facts;
  if (install === undefined || manifest === undefined) return known(undefined);
  const listed = developmentOnly(manifest);
  if (listed.length === 0) return known(undefined);
  const brought = developmentAfter(reading, facts, install);
  if (typeof brought === 'object') return notKnown(explain('prune-argument', { name: brought.argument }));
  if (brought === 'left-out' || reading.commands.some(({ work }) => work.role === 'prune')) return known(undefined);
  const problem = needed(reading, facts, manifest, listed) ?? impossible(reading, facts, manifest, install);
  if (problem !== undefined) return notKnown(problem);
  const command = pruneCommand(reading, facts, install);
  if ('code' in command) return notKnown(command);
  const drops =
    listed.length > 4
      ? `${listed.slice(0, 3).join(', ')} and ${listed.length - 3} more development dependencies`
      : listed.join(', ');
  return known(
    { command: command.text, drops, from: posix.join(install.cwd, 'node_modules') },
    manifestEvidence(manifest, 'devDependencies', undefined, `${listed.length} devDependencies`),
  );
}

/** What is there after the last install. */
function developmentAfter(reading: Reading<NodeFacts>, facts: NodeFacts, first: Install): Development {
  const all = installs(reading, facts).filter(({ call }) => call.packages.length === 0);
  return development(all.at(-1) ?? first, facts);
}

/** What services of a compose file run instead of CMD. */
function composeExpansion(reading: Reading<NodeFacts>, facts: NodeFacts): readonly Expansion[] {
  return reading.project.services().flatMap(({ command, entrypoint, file, name }) =>
    [entrypoint, command].flatMap((words) => {
      if (words === undefined) return [];
      const says = `${name}: ${typeof words === 'string' ? words : words.join(' ')}`;
      const behind = words === command && entrypoint === undefined ? behindEntrypoint(reading, words) : undefined;
      const argv = behind ?? (typeof words === 'string' ? ['sh', '-c', words] : words);
      return [expand(facts, argv, { file, says }, startDirectory(reading, facts))];
    }),
  );
}

/** The words are arguments of the image's own ENTRYPOINT where that is a runner: `npm run`, `node`. */
function behindEntrypoint({ start }: Reading, words: string | readonly string[]): readonly string[] | undefined {
  const runner = start.entrypoint?.argv?.map(({ value }) => value) ?? [];
  const argv = [...runner, ...(typeof words === 'string' ? words.trim().split(/\s+/) : words)];
  return runner.length > 0 && (runner[0] === 'node' || nodeCommand(argv) !== undefined) ? argv : undefined;
}

/** Something that runs uses a development dependency, or that cannot be told. */
function needed(
  reading: Reading<NodeFacts>,
  facts: NodeFacts,
  manifest: Manifest,
  listed: readonly string[],
): Reason | undefined {
  const start = startExpansion(reading, facts);
  const problem = startProblem(reading, start);
  if (problem !== undefined) return problem;
  const composed = composeExpansion(reading, facts);
  const expansion = {
    ...start,
    leaves: [...start.leaves, ...composed.flatMap(({ leaves }) => leaves)],
    through: [...start.through, ...composed.flatMap(({ through }) => through)],
  };
  const use = startUse(reading, facts, expansion, globalPrograms(reading));
  if (use.development !== undefined) {
    const { provider, evidence } = use.development;
    return explain('start-uses-development', { name: provider.name }, { evidence: [evidence, provider.evidence] });
  }
  const compiler = compilerUse(facts, expansion, listed);
  if (compiler !== undefined) return compiler;
  if (use.unproved !== undefined)
    return explain('program-unproved', { program: use.unproved.program }, { evidence: [use.unproved.evidence] });
  const sources = facts.sources();
  if (!sources.complete) return explain('sources-unread');
  const names = new Set(listed.filter((name) => !name.startsWith('@types/') && !stays(facts, name)));
  const named = literalUse(runningSources(facts, expansion.leaves), names) ?? bundledAddon(facts, names);
  if (named !== undefined)
    return explain('source-uses-development', { name: named.name }, { evidence: [named.evidence] });
  const loaded = implied(facts, manifest, names, expansion.leaves);
  return loaded === undefined
    ? undefined
    : explain('loads-development', { name: loaded.name, why: loaded.why }, { evidence: [loaded.evidence] });
}

/** A program that compiles TypeScript when it starts needs the compiler, and the types of what it checks. */
function compilerUse(facts: NodeFacts, { leaves }: Expansion, listed: readonly string[]): Reason | undefined {
  const leaf = leaves.find(({ argv }) => compilesAtStart(argv) !== undefined);
  if (leaf === undefined) return undefined;
  const checks = compilesAtStart(leaf.argv) === 'checking';
  const name = listed.find(
    (one) => (one === 'typescript' || (checks && one.startsWith('@types/'))) && !stays(facts, one),
  );
  return name === undefined ? undefined : explain('start-uses-development', { name }, { evidence: [leaf.evidence] });
}

const drivers = [
  'pg',
  'mysql',
  'mysql2',
  'sqlite3',
  'better-sqlite3',
  'mongodb',
  'tedious',
  'oracledb',
  'mariadb',
  'redis',
  'ioredis',
  'pg-hstore',
];
const mappers = [
  'typeorm',
  'sequelize',
  'knex',
  'objection',
  'bookshelf',
  '@mikro-orm/core',
  'mongoose',
  'waterline',
  'sequelize-typescript',
];

/** Packages that are loaded without being named: database drivers, and `tslib` when the compiler leaves its helpers out. */
function implied(facts: NodeFacts, manifest: Manifest, names: ReadonlySet<string>, leaves: readonly Leaf[]) {
  const driver = drivers.find((name) => names.has(name));
  const mapper = mappers.find((name) => production(manifest).has(name));
  if (driver !== undefined && mapper !== undefined) {
    const evidence = manifestEvidence(manifest, 'devDependencies', driver, driver);
    return { name: driver, why: `${mapper} asks for the driver of its database`, evidence };
  }
  const settings = posix.join(facts.directory, 'next.config.ts');
  if (names.has('typescript') && facts.project.kind(settings) === 'file' && !leaves.every(isStandalone)) {
    const says = 'read when Next.js starts';
    return { name: 'typescript', why: `${settings} is ${says}`, evidence: { file: settings, says } };
  }
  const file = posix.join(facts.directory, 'tsconfig.json');
  const helpers = /"importHelpers"\s*:\s*true/.test(facts.project.read(file) ?? '');
  if (!helpers || !names.has('tslib')) return undefined;
  return { name: 'tslib', why: `${file} has importHelpers`, evidence: { file, says: 'importHelpers' } };
}

function impossible(
  reading: Reading<NodeFacts>,
  facts: NodeFacts,
  manifest: Manifest,
  install: Install,
): Reason | undefined {
  if (manifest.workspaces.length > 0) return explain('prune-workspaces', { file: manifest.file });
  const named = installs(reading, facts).find(({ call }) => call.packages.length > 0);
  if (named !== undefined)
    return explain('adds-packages', { command: named.command.argv.join(' ') }, { at: named.command.span });
  const moving = reading.commands.find(
    ({ argv, work }) =>
      work.role === 'files' && argv[0] !== 'rm' && argv.some((word) => /(^|\/)node_modules\/?$/.test(word)),
  );
  if (moving !== undefined) return explain('modules-moved', { command: moving.argv.join(' ') }, { at: moving.span });
  const { tool } = install.call;
  if (tool.name === 'bun' || (tool.name === 'yarn' && usesBerry(facts)))
    return explain('no-prune', { tool: tool.name === 'bun' ? 'Bun' : 'Yarn 2 and later' });
  const prisma = production(manifest).has('@prisma/client');
  if (tool.name === 'pnpm' && prisma) return explain('no-prune', { tool: 'pnpm' });
  if (tool.name === 'npm') return undefined;
  const command = install.command.argv.join(' ');
  const later = laterLock(reading, facts, install);
  if (later !== undefined) return explain('lock-later', { file: later, command }, { at: install.command.span });
  // pnpm 9 and later leave a lockfile of another format unread and resolve anew
  const again = tool.name === 'pnpm' ? foreignLock(reading, facts, install) : undefined;
  return again === undefined
    ? undefined
    : explain('lock-again', { file: again, command }, { at: install.command.span });
}

function pruneCommand(
  reading: Reading<NodeFacts>,
  facts: NodeFacts,
  install: Install,
): { readonly text: string } | Reason {
  const { tool, options } = install.call;
  if (tool.name === 'pnpm') return { text: 'pnpm prune --prod --ignore-scripts' };
  if (tool.name === 'yarn') {
    const frozen = options.includes('--frozen-lockfile') || locksExactly(reading, facts, install);
    const lock = options.includes('--no-lockfile') ? ' --no-lockfile' : frozen ? ' --frozen-lockfile' : '';
    return { text: `yarn install --production --ignore-scripts --prefer-offline${lock}` };
  }
  const major = nodeMajor(reading, install.command);
  if (major === undefined) return explain('tool-version', { tool: tool.title });
  if (major < 10) return explain('no-prune', { tool: `npm of Node.js ${major}` });
  const same = options
    .filter((word) => word === '--legacy-peer-deps' || word === '--force' || word === '-f')
    .map((word) => ` ${word === '-f' ? '--force' : word}`);
  const lock = foreignLock(reading, facts, install);
  const flag = lock !== undefined || options.includes('--no-package-lock') ? ' --no-package-lock' : '';
  const text = `npm prune ${major >= 15 ? '--omit=dev' : '--production'}${flag}${same.join('')}`;
  if (lock === undefined || major < 15) return { text };
  // with a lockfile there, npm 7 and later take its versions, or with --no-package-lock the newest ones, instead of those that
  // are installed; without the file they keep them (measured with 8, 10 and 11)
  const name = posix.basename(lock);
  return { text: `mv ${name} /tmp/ && ${text} && mv /tmp/${name} ./` };
}
