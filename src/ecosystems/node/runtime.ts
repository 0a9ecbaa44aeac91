/** What the running program needs of the image: programs, libraries, certificates, and the paths it writes. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown, type Reason } from '../../answer.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Program, RuntimeNeeds, WritablePath } from '../ecosystem.ts';
import { managerInHome } from './artifacts.ts';
import { isStandalone } from './bundled.ts';
import type { Expansion, Leaf } from './expand.ts';
import type { NodeFacts } from './facts.ts';
import { globalPrograms } from './globals.ts';
import { installs } from './installs.ts';
import { manifestEvidence, production } from './manifest.ts';
import { browsers, callers, isHarmlessScript, type NativePackage, nativePackage } from './native.ts';
import { installedPackages, listedForProduction } from './packages.ts';
import { pm2Writes, setsUpPm2 } from './pm2.ts';
import { migrationsDirectory, prismaWrites } from './prisma.ts';
import { compilesAtStart } from './programs.ts';
import { nodeReasons } from './reasons.ts';
import { type StartExpansion, type StartLeaf, startExpansion, startProblem } from './start.ts';
import type { Write } from './writes.ts';

const { explain } = nodeReasons;

export function runtime(reading: Reading<NodeFacts>): Answer<RuntimeNeeds> {
  const { facts } = reading;
  const expansion = startExpansion(reading, facts);
  const problem = startProblem(reading, expansion);
  if (problem !== undefined) return notKnown(problem);
  const programs = calledPrograms(reading, facts, expansion);
  const packages = libraries(facts);
  const keepsBase = unknownProgram(facts) ?? unknownAddon(facts) ?? browserNeeded(facts);
  const written = writablePaths(reading, facts, expansion);
  return known(
    {
      kind: 'same-language',
      programs,
      packages: packages.list,
      certificates: packages.certificates || programs.some(({ name }) => ['git', 'curl', 'wget'].includes(name)),
      timezones: reading.commands.some(({ argv }) => argv.some((word) => word.includes('/usr/share/zoneinfo'))),
      libcBound: installs(reading, facts).length > 0 && isLibcBound(facts),
      ...(keepsBase === undefined ? {} : { keepsBase }),
      ...browserHome(facts),
      writes: Array.isArray(written) ? written : undefined,
      ...(typeof written === 'string' ? { writesWhy: written } : {}),
    },
    ...(expansion.leaves.at(-1) === undefined ? [] : [(expansion.leaves.at(-1) as Leaf).evidence]),
  );
}

function unknownProgram(facts: NodeFacts): Reason | undefined {
  const open = facts
    .sources()
    .programs()
    .find(({ name }) => name === undefined);
  return open === undefined ? undefined : explain('program-unknown', undefined, { evidence: [open.evidence] });
}

/** An install script that may build against libraries of the full image. */
function unknownAddon(facts: NodeFacts): Reason | undefined {
  const name = installedPackages(facts, false).scripted.find((one) => !isHarmlessScript(one));
  return name === undefined ? undefined : explain('addon-unknown', { name });
}

/** A browser needs dozens of libraries; which of them the base has is not known. */
function browserNeeded(facts: NodeFacts): Reason | undefined {
  const name = listedForProduction(facts, Object.keys(browsers))?.name;
  return name === undefined ? undefined : explain('browser-needed', { name });
}

const drivers = [
  'puppeteer',
  'puppeteer-core',
  'playwright',
  'playwright-core',
  '@playwright/test',
  'playwright-chromium',
];

/** A browser writes crash reports and settings below the home directory, and does not start without one. */
function browserHome(facts: NodeFacts): Pick<RuntimeNeeds, 'home'> {
  const driver = listedForProduction(facts, drivers);
  return driver === undefined
    ? {}
    : { home: { what: `the browser of ${driver.name} keeps files there`, evidence: driver.evidence } };
}

/** Some package may carry a binary for the libc it was installed under. */
function isLibcBound(facts: NodeFacts): boolean {
  const { names, scripted, complete } = installedPackages(facts, false);
  return !complete || scripted.length > 0 || [...names].some((name) => nativePackage(name) !== undefined);
}

function calledPrograms(reading: Reading<NodeFacts>, facts: NodeFacts, expansion: Expansion): readonly Program[] {
  const found: Program[] = facts
    .sources()
    .programs()
    .flatMap(({ name, evidence }) => (name === undefined ? [] : [{ name, evidence }]));
  const { manifest } = facts;
  for (const [name, program] of Object.entries(callers)) {
    if (manifest !== undefined && production(manifest).has(name))
      found.push({ name: program, evidence: manifestEvidence(manifest, 'dependencies', name, name) });
  }
  const global = globalPrograms(reading);
  for (const { argv, evidence } of [...expansion.leaves, ...expansion.through]) {
    const program = argv[0]?.split('/').at(-1) ?? '';
    if (global.has(program) || (reading.base?.has(program) === 'present' && !argv[0]?.includes('/')))
      found.push({ name: program, evidence });
    if (compilesAtStart(argv) !== undefined && global.has('tsc')) found.push({ name: 'tsc', evidence });
  }
  return found.filter(({ name }, at) => found.findIndex((one) => one.name === name) === at);
}

function isUsed(facts: NodeFacts, { when }: NativePackage): boolean {
  return when === undefined || facts.sources().files.some(({ text }) => when.test(text));
}

function libraries(facts: NodeFacts): { readonly list: RuntimeNeeds['packages']; readonly certificates: boolean } {
  const { manifest } = facts;
  const { names } = installedPackages(facts, false);
  const list: RuntimeNeeds['packages'][number][] = [];
  let certificates = false;
  for (const name of names) {
    const known_ = nativePackage(name);
    if (known_ === undefined || !isUsed(facts, known_)) continue;
    certificates ||= known_.certificates === true;
    const direct = manifest !== undefined && production(manifest).has(name);
    const evidence: Evidence = direct
      ? manifestEvidence(manifest, 'dependencies', name, name)
      : { file: manifest?.file ?? 'package.json', says: name };
    for (const [debian, alpine] of known_.libraries) {
      if (list.some((one) => one.name === debian)) continue;
      list.push({
        name: debian,
        alpine,
        ...(known_.program === undefined ? {} : { program: known_.program }),
        ...(known_.broughtBy === undefined ? {} : { broughtBy: known_.broughtBy }),
        evidence,
      });
    }
  }
  return { list, certificates };
}

/** Paths in the image, or the sentence that says which write is open. */
function writablePaths(
  reading: Reading<NodeFacts>,
  facts: NodeFacts,
  expansion: StartExpansion,
): readonly WritablePath[] | string {
  const workdir = reading.chain.at(-1)?.workdir;
  if (workdir === undefined) return 'its working directory is not known';
  const manager = managerInHome(reading, expansion.through);
  if (manager !== undefined) return manager.text;
  const sources = facts.sources();
  if (!sources.complete) return 'not all sources were read';
  if (facts.tool.name === 'pnpm' && expansion.leaves.some(({ argv }) => argv[0] === 'prisma'))
    return 'prisma asks for write access to its engines, which pnpm keeps in a store of its own';
  const members = expansion.leaves.find(({ evidence }) => /\bpnpm (?:-r|--recursive)\s/.test(evidence.says));
  if (members !== undefined) return `\`${members.evidence.says}\` starts every member that has the script`;
  // what Next.js keeps in `.next/cache` (its documentation, "Caching and ISR")
  const standalone = reading.copies.some(({ instruction }) =>
    instruction.sources.some(({ value }) => /(^|\/)\.next\/standalone\/?$/.test(value)),
  );
  if (standalone) return 'the server in .next/standalone keeps a cache beside itself';
  const lost = expansion.leaves.find(({ place }) => place === undefined);
  if (lost !== undefined) return `it is not known in which directory \`${lost.argv.join(' ')}\` runs`;
  const found: WritablePath[] = [...startWrites(reading, expansion, workdir)];
  const home = homeWrites(reading, expansion);
  if (typeof home === 'string') return home;
  found.push(...home);
  const managed = expansion.through.flatMap(({ argv, evidence, directory }) =>
    pm2Writes(argv, evidence, directory, (path) => facts.project.read(path)),
  );
  for (const write of [...sources.writes(), ...managed, ...scriptWrites(reading), ...prismaWrites(reading, facts)]) {
    const path = imagePath(reading, write, workdir, placeOf(expansion, write.evidence.file) ?? workdir);
    if (path === undefined) return `${write.evidence.file}:${write.evidence.line ?? 1} has \`${write.evidence.says}\``;
    if (path !== '') found.push({ path, evidence: write.evidence });
  }
  const silent = silentWriter(facts, found);
  if (silent !== undefined) return silent;
  const root = found.find(({ path }) => path === '/');
  if (root !== undefined) return `${root.evidence.file}:${root.evidence.line ?? 1} writes below /`;
  const whole = found.find(({ path }) => path === workdir);
  if (whole !== undefined && ownedLater(reading, workdir))
    return `${whole.evidence.file}:${whole.evidence.line ?? 1} writes anywhere below ${workdir}, part of which belongs to root`;
  return found;
}

/** Files that a RUN of the final stage makes in the directory stay root's when only the copies change their owner. */
function ownedLater(reading: Reading, workdir: string): boolean {
  return reading.commands.some(
    ({ position, work }) =>
      position.stage === reading.stage &&
      ['dependencies', 'build', 'files', 'download'].includes(work.role) &&
      (work.writes === undefined || work.writes.some((path) => isWithin(path, workdir))),
  );
}

const homeKeepers = new Set(['npm', 'npx', 'yarn', 'yarnpkg', 'pnpm', 'pm2', 'pm2-runtime', 'pm2-docker']);

/** Package managers and pm2 keep logs, caches and sockets in the home directory, which another user may not have. */
function homeWrites(reading: Reading, { leaves, through }: Expansion): readonly WritablePath[] | string {
  const keeper = [...leaves, ...through].find(({ argv }) => homeKeepers.has(argv[0] ?? ''));
  if (keeper === undefined) return [];
  const set = reading.contract.env['HOME'];
  if (set?.startsWith('/') === true && set !== '/') return [{ path: set, evidence: keeper.evidence }];
  const isPm2 = keeper.argv[0]?.startsWith('pm2') === true;
  if (isPm2 && reading.commands.some(({ argv }) => setsUpPm2(argv)))
    return 'pm2 has its modules in the home directory of root';
  return isPm2 && reading.base?.family !== 'node' ? 'pm2 keeps its sockets in the home directory' : [];
}

/** What entry scripts create or change. */
function scriptWrites(reading: Reading): readonly Write[] {
  return reading.start.scripts.flatMap(({ path: file, script }) =>
    script.writes.map(({ path, raw, by, line }) => ({
      value: raw.startsWith('/dev/')
        ? { kind: 'temporary' as const }
        : path === undefined
          ? undefined
          : { kind: 'path' as const, path, directory: by === 'mkdir' },
      makes: by === 'mkdir',
      evidence: { file, line, says: `${by} ${raw}` },
    })),
  );
}

/** Where the program of this source runs: the one that starts next above it, else the last. */
function placeOf({ leaves }: StartExpansion, file: string): string | undefined {
  const above = leaves.filter(({ directory }) => directory === '' || isWithin(file, directory));
  const nearest = above.reduce<StartLeaf | undefined>(
    (best, one) => (best === undefined || one.directory.length >= best.directory.length ? one : best),
    undefined,
  );
  return (nearest ?? leaves.at(-1))?.place;
}

/** Absolute directory that has to be writable; `''`: none; `undefined`: it cannot be told. */
function imagePath(reading: Reading, { value, makes }: Write, workdir: string, place: string): string | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'temporary') return '';
  if (value.kind === 'here') return isWithin(place, workdir) ? workdir : place;
  const set = value.variable === undefined ? undefined : reading.contract.env[value.variable];
  const path = resolvePath(place, set ?? value.path);
  if (path === undefined || value.path === '') return undefined;
  if (isWithin(path, '/dev') || isWithin(path, '/tmp') || isWithin(path, '/proc')) return '';
  const directory = makes || value.directory ? path : posix.dirname(path);
  return isWithin(workdir, directory) ? (directory === '/' && workdir !== '/' ? '/' : workdir) : directory;
}

/** Where the Prisma command line looks for write access before it does anything. */
const engines = ['.prisma', '@prisma/engines', 'prisma'];

/** Programs that change files wherever their words say, below the working directory in a package script. */
const fileTools = new Set(['cp', 'mv', 'rm', 'ln', 'mkdir', 'touch', 'rimraf', 'copyfiles', 'cpx', 'mkdirp', 'shx']);

/** Writes of frameworks and tools that start. */
function startWrites(reading: Reading, { leaves }: StartExpansion, workdir: string): readonly WritablePath[] {
  return leaves.flatMap((leaf) => {
    const { argv, evidence, place = workdir } = leaf;
    const [program, verb] = argv;
    if (isStandalone(leaf)) return [{ path: posix.resolve(place, posix.dirname(verb ?? ''), '.next'), evidence }];
    if (program === 'next' && verb === 'start') return [{ path: posix.join(place, '.next'), evidence }];
    if (program === 'nest' && verb === 'start') return [{ path: place, evidence }];
    if (evidence.file.endsWith('package.json') && fileTools.has(program ?? '')) return [{ path: place, evidence }];
    if (program === 'prisma') {
      const modules = posix.join(installsIn(reading, place) ? place : workdir, 'node_modules');
      const migrations =
        verb === 'migrate' && argv[2] === 'dev' ? migrationsDirectory(reading.project, leaf.directory) : undefined;
      const paths = engines.map((name) => posix.join(modules, name));
      if (migrations !== undefined) paths.push(posix.join(place, migrations));
      return paths.map((path) => ({ path, evidence }));
    }
    return keepers.has(program ?? '') ? [{ path: place, evidence }] : [];
  });
}

/** Servers that keep files in their directory. */
const keepers = new Set(['strapi', 'medusa', 'gatsby', 'json-server', 'parse-server']);

/** A member of a workspace has its packages in the directory above. */
function installsIn({ commands }: Reading, directory: string): boolean {
  return commands.some(({ work }) => work.role === 'dependencies' && work.writes?.includes(directory) === true);
}

const stores = [
  'sqlite3',
  'better-sqlite3',
  'nedb',
  '@seald-io/nedb',
  'lowdb',
  'node-persist',
  'node-localstorage',
  'node-json-db',
  'level',
  'leveldown',
  'classic-level',
  'keyv-file',
  'session-file-store',
  'connect-sqlite3',
  'multer',
  '@strapi/strapi',
  'strapi',
  'ghost',
  'winston-daily-rotate-file',
  'rotating-file-stream',
  'sqlite',
  'pouchdb',
  'quick.db',
  'enmap',
  'payload',
];

/** Clients of WhatsApp: the session lies below the working directory unless the sources say otherwise (the README of each). */
const sessions = [
  'whatsapp-web.js',
  'venom-bot',
  '@wppconnect-team/wppconnect',
  '@open-wa/wa-automate',
  '@whiskeysockets/baileys',
  '@adiwajshing/baileys',
  'baileys',
];

/** A package that keeps files is used, and no source says where. */
function silentWriter(facts: NodeFacts, found: readonly WritablePath[]): string | undefined {
  const session = listedForProduction(facts, sessions)?.name;
  if (session !== undefined) return `${session} keeps its session in files, and where is not followed`;
  if (found.length > 0) return undefined;
  const memory = facts
    .sources()
    .files.some(({ text }) => /memoryStorage\(\)|:memory:|disableLocalStorage: true/.test(text));
  const name = listedForProduction(facts, stores)?.name;
  return name === undefined || memory ? undefined : `${name} keeps files, and no source says where`;
}
