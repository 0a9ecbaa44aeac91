/** What the runtime stage needs: the application's directory as a whole, or only the folder that a static server serves. */
import { posix } from 'node:path';
import { type Answer, known, notKnown, type Reason } from '../../answer.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import type { Artifact, Artifacts } from '../ecosystem.ts';
import { keptDownloads } from './download-cache.ts';
import { expand, type Leaf } from './expand.ts';
import type { NodeFacts } from './facts.ts';
import { globalPrograms, isPreparedExactly, switchedPnpm, throughCorepack } from './globals.ts';
import { installs } from './installs.ts';
import { usesBerry } from './locked.ts';
import { madePaths } from './made.ts';
import { production } from './manifest.ts';
import { browsers } from './native.ts';
import { installedPackages } from './packages.ts';
import { isMigration } from './programs.ts';
import { prune } from './prune.ts';
import { nodeReasons } from './reasons.ts';
import { startExpansion, startProblem } from './start.ts';

const { explain } = nodeReasons;

export function artifacts(reading: Reading<NodeFacts>): Answer<Artifacts> {
  const { facts } = reading;
  const expansion = startExpansion(reading, facts);
  const problem =
    startProblem(reading, expansion) ??
    databaseAtBuild(reading, facts) ??
    managerInHome(reading, expansion.through, true) ??
    cachesOutside(reading, facts);
  if (problem !== undefined) return notKnown(problem);
  const main = expansion.leaves.at(-1);
  const evidence = main === undefined ? [] : [main.evidence];
  const folder = servedFolder(reading, expansion.leaves);
  if (folder !== undefined)
    return known({ paths: [folder], leaves: ['the packages', 'the sources', 'the package caches'] }, ...evidence);
  const roots = applicationRoots(reading, facts);
  if ('code' in roots) return leavesNothing(reading) ? known({ paths: [], leaves: [] }, ...evidence) : notKnown(roots);
  const carried = {
    buildOnly: stagedManifests(reading, facts),
    ...(hasToolChain(reading) ? { worth: true } : {}),
    leaves: leavesNothing(reading) ? [] : ['what only the build needs'],
    downloads: keptDownloads(reading, roots),
  };
  const system = roots.find((path) => amongSystem.test(path));
  if (system === undefined)
    return known(
      { ...carried, roots, paths: roots.map((path) => ({ path, kind: 'directory' as const })) },
      ...evidence,
    );
  const made = madePaths(reading, facts, system);
  if (!made.known) return leavesNothing(reading) ? known({ paths: [], leaves: [] }, ...evidence) : made;
  const { artifacts: paths, worked } = made.value;
  return known({ ...carried, paths, roots: worked, sourcesToo: true }, ...evidence, ...made.evidence);
}

/** Directories that hold what the base image brings. */
const amongSystem =
  /^\/(usr|etc|var|bin|lib|sbin|tmp|dev|proc|sys|usr\/(local|bin|lib|share|sbin|local\/bin|local\/lib))?$/;

/** Neither a build, nor development dependencies, compilers or packages of the system: a second stage would get everything. */
function leavesNothing(reading: Reading<NodeFacts>): boolean {
  if (reading.commands.some(({ work }) => work.role === 'build' || work.role === 'os-packages')) return false;
  const pruning = prune(reading);
  return !hasToolChain(reading) && pruning.known && pruning.value === undefined;
}

/** Something compiles, the base brings the compilers for it, and there is a slim counterpart without them. */
function hasToolChain(reading: Reading<NodeFacts>): boolean {
  const { base } = reading;
  if (base?.has('g++') !== 'present' || reading.images.counterparts(base, 'same-language', 'slim').length === 0)
    return false;
  return reading.commands.some(({ work }) => work.toolChain === true);
}

/** `serve -s build` of a program that is installed for everybody needs the folder and nothing else. */
function servedFolder(reading: Reading<NodeFacts>, leaves: readonly Leaf[]): Artifact | undefined {
  const [leaf, ...others] = leaves;
  const program = leaf?.argv[0] ?? '';
  if (
    leaf === undefined ||
    others.length > 0 ||
    (program !== 'serve' && program !== 'http-server') ||
    !globalPrograms(reading).has(program)
  )
    return undefined;
  if (
    !reading.start.commands.some(({ argv }) => argv[0]?.split('/').at(-1) === program) ||
    reading.start.commands.length > 1
  )
    return undefined;
  if (reading.project.services().some(({ command, entrypoint }) => command !== undefined || entrypoint !== undefined))
    return undefined;
  const words = leaf.argv.slice(1);
  if (words.some((word) => /^(-c|--config|-S|--ssl-cert|--ssl-key|--tls|-C|-K)$/.test(word)) && program === 'serve')
    return undefined;
  const folder = operand(words);
  const workdir = reading.chain.at(-1)?.workdir;
  const path = folder === undefined ? undefined : resolvePath(workdir, folder);
  if (path === undefined || path === workdir || path === '/' || !madeByBuild(reading, path)) return undefined;
  return { path, kind: 'directory' };
}

const valuedOptions = new Set([
  '-l',
  '--listen',
  '-p',
  '--port',
  '-a',
  '-d',
  '-e',
  '--cors',
  '-c',
  '-t',
  '-P',
  '--proxy',
  '-u',
  '-i',
  '-g',
  '-b',
]);

/** The only word that is neither option nor a value of one (`serve` and `http-server` help). */
function operand(words: readonly string[]): string | undefined {
  const found: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (valuedOptions.has(word) && /^\S*\d/.test(words[at + 1] ?? '')) at++;
    else if (!word.startsWith('-')) found.push(word);
  }
  return found.length === 1 && !/[$`*]/.test(found[0] ?? '$') ? found[0] : undefined;
}

/** Something is built in or above the folder. */
function madeByBuild(reading: Reading, path: string): boolean {
  return reading.commands.some(({ work, cwd }) => work.role === 'build' && cwd !== undefined && isWithin(path, cwd));
}

/** The directories that hold packages, sources and output; nested ones are carried by the outer one. */
function applicationRoots(reading: Reading<NodeFacts>, facts: NodeFacts): readonly string[] | Reason {
  const workdir = reading.chain.at(-1)?.workdir;
  const directories: string[] = workdir === undefined ? [] : [workdir];
  for (const command of reading.commands) {
    if (!['dependencies', 'build', 'prune'].includes(command.work.role)) continue;
    const place = command.work.writes;
    if (place === undefined)
      return explain('outside-directory', { command: command.argv.join(' ') }, { at: command.span });
    if (isStaging(reading, command, workdir)) continue;
    directories.push(...place.filter((path) => posix.extname(path) === '' || path === command.cwd));
  }
  const output = outputOutside(reading, facts);
  if (output !== undefined) directories.push(output);
  return [...new Set(directories)].filter((one, _, all) => !all.some((other) => other !== one && isWithin(one, other)));
}

/** Manifests that are copied to a directory below `/tmp` for an install there. */
function stagedManifests(reading: Reading<NodeFacts>, facts: NodeFacts): readonly string[] {
  const workdir = reading.chain.at(-1)?.workdir;
  const staged = reading.commands.some(
    (command) => command.work.role === 'dependencies' && isStaging(reading, command, workdir),
  );
  return staged && facts.manifest !== undefined
    ? [facts.manifest.file, ...facts.locks, posix.join(facts.directory, '.npmrc')]
    : [];
}

/** An install below `/tmp` whose packages a later command copies or moves away. */
function isStaging(reading: Reading, { cwd, span }: ReadCommand, workdir: string | undefined): boolean {
  if (cwd === undefined || !isWithin(cwd, '/tmp') || (workdir !== undefined && isWithin(workdir, cwd))) return false;
  return reading.commands.some(
    ({ work, span: later }) => later.start > span.start && work.reads?.some((path) => isWithin(path, cwd)) === true,
  );
}

const outputSetting = /["']?(?:outDir|outputDir|outputPath|distDir|dest)["']?\s*[:=]\s*["'](\.\.\/[\w./-]+)["']/;

/** A build setting that leaves the package directory, as an absolute path. */
function outputOutside(reading: Reading<NodeFacts>, facts: NodeFacts): string | undefined {
  const build = reading.commands.find(({ work }) => work.role === 'build');
  if (build?.cwd === undefined) return undefined;
  for (const name of reading.project.list(facts.directory)) {
    if (
      !/^(tsconfig[\w.-]*\.json|angular\.json|vue\.config\.[cm]?[jt]s|vite\.config\.[cm]?[jt]s|nuxt\.config\.[cm]?[jt]s|next\.config\.[cm]?[jt]s|webpack[\w.-]*\.[cm]?js)$/.test(
        name,
      )
    )
      continue;
    const found = outputSetting.exec(reading.project.read(posix.join(facts.directory, name)) ?? '')?.[1];
    const path = found === undefined ? undefined : resolvePath(build.cwd, found);
    if (path !== undefined && !isWithin(path, build.cwd)) return path;
  }
  return undefined;
}

function databaseAtBuild(reading: Reading<NodeFacts>, facts: NodeFacts): Reason | undefined {
  const talks = reading.commands.find((command) => isNode(command) && reaches(command, facts));
  return talks === undefined
    ? undefined
    : explain('talks-to-database', { command: talks.argv.join(' ') }, { at: talks.span });
}

function isNode(command: ReadCommand): boolean {
  return command.owner !== undefined && command.work.role === 'unknown';
}

function reaches(command: ReadCommand, facts: NodeFacts): boolean {
  const evidence = { file: 'Dockerfile', line: command.instruction.firstLine, says: command.argv.join(' ') };
  return expand(facts, command.argv, evidence, facts.directory).leaves.some(({ argv }) => isMigration(argv));
}

/** A package manager that starts the program and lives in root's cache. `repeated`: where no RUN puts it there in another stage too. */
export function managerInHome(
  reading: Reading<NodeFacts>,
  through: readonly Leaf[],
  repeated = false,
): Reason | undefined {
  const programs = [
    ...through.map(({ argv }) => argv[0] ?? ''),
    ...reading.start.commands.map(({ argv }) => argv[0] ?? ''),
  ];
  const program = programs.find(
    (one) => throughCorepack(reading, one) && !(repeated && isPreparedExactly(reading, one)),
  );
  if (program !== undefined) return explain('corepack-at-start', { program });
  const version = programs.includes('pnpm') ? switchedPnpm(reading) : undefined;
  return version === undefined ? undefined : explain('pnpm-switches', { version });
}

/** Packages and caches that a program needs and that lie outside of its directory. */
function cachesOutside(reading: Reading<NodeFacts>, facts: NodeFacts): Reason | undefined {
  const installed = installs(reading, facts);
  const linker = facts.project.read(posix.join(facts.directory, '.yarnrc.yml')) ?? '';
  if (
    installed.some(({ call }) => call.tool.name === 'yarn') &&
    usesBerry(facts) &&
    !/^nodeLinker:\s*['"]?(node-modules|pnpm)/m.test(linker)
  )
    return explain('plug-and-play');
  return browserCache(reading, facts);
}

/** A downloaded browser in the home directory, unless a variable says otherwise. */
export function browserCache(reading: Reading<NodeFacts>, facts: NodeFacts): Reason | undefined {
  const { manifest } = facts;
  if (manifest === undefined) return undefined;
  const { names } = installedPackages(facts, false);
  for (const [name, { what, variable, skip }] of Object.entries(browsers)) {
    if (!production(manifest).has(name) && !names.has(name)) continue;
    const set = Object.keys(reading.contract.env);
    if (set.some((one) => one === variable || new RegExp(`^(${skip})$`).test(one))) continue;
    return explain('cache-outside', { name, what, variable });
  }
  return undefined;
}
