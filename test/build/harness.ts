/** Real builds for tests: the private engine, the stand-ins for base images, and fixtures proved with production code. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Migration, transforms } from '../../src/index.ts';
import { diskProject } from '../../src/project/disk.ts';
import { type Builder, type Engine, type EngineName, findEngine } from '../../src/verify/engine.ts';
import { openLedger } from '../../src/verify/ledger.ts';
import { runProgram, succeeded } from '../../src/verify/process.ts';
import {
  bisect,
  ownedBy,
  type Proof,
  type ProofCall,
  type ProofSettings,
  type ProofSubject,
  prove,
} from '../../src/verify/prove.ts';
import type { RunSettings } from '../../src/verify/run.ts';
import { type Fixture, filesIn, fixturesOf, run, transformFolders } from '../fixture.ts';
import { contextWithJar, gradleWrapper, type JarOptions, jdkImage, programJar } from './jar.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const script = (name: string): string => join(here, 'engine', name);

/** Set by the global setup: why there is no engine, when there is none. */
export const noEngine: string | undefined = process.env['DFMIGRATE_BUILD_SKIPPED'];

/** Some stand-ins are made of tools of this machine; without them their cases are skipped. */
export const lacksATool = (missing: string): boolean => missing.includes('host has no');

let queue: Promise<unknown> = Promise.resolve();

/** Makes the images that these Dockerfiles are based on exist; those that have no stand-in, with the cause. One call at a time. */
export function standIns(sources: readonly string[], podman = false): Promise<readonly string[]> {
  const made = queue.then(() => makeStandIns(sources, podman));
  queue = made.catch(() => undefined);
  return made;
}

async function makeStandIns(sources: readonly string[], podman: boolean): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dfmigrate-standins-'));
  try {
    const files = sources.map((source, index) => {
      const file = join(folder, `${index}.Dockerfile`);
      writeFileSync(file, source);
      return file;
    });
    const args = [script('standins.sh'), ...(podman ? ['--to-podman'] : []), '--for', ...files];
    const ended = await runProgram({ program: 'bash', args, timeLimitMs: 900_000 });
    const missing = [...ended.err.matchAll(/^standins: NONE (.+)$/gm)].map(([, name = '']) => name);
    if (!succeeded(ended) && missing.length === 0) throw new Error(ended.err.slice(-2000));
    return missing;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function engineFor(name: EngineName, builder?: Builder): Promise<Engine> {
  const found = await findEngine(name, builder);
  if ('tried' in found) throw new Error(found.tried.map(({ reason }) => reason.text).join('; '));
  return found;
}

/** How a case is started and asked, beyond what its image says: `cases.json`. */
export interface CaseOptions {
  readonly probes?: readonly string[];
  readonly ports?: readonly number[];
  readonly env?: readonly string[];
  readonly buildArgs?: readonly string[];
  readonly readyLog?: string;
  /** The JAR that the Dockerfile copies and that is made before it is built. */
  readonly jar?: JarOptions;
  /** Does the build call Gradle's wrapper, whose JAR no fixture holds? */
  readonly gradle?: boolean;
}

const caseTable = JSON.parse(readFileSync(join(here, 'cases.json'), 'utf8')) as Readonly<Record<string, CaseOptions>>;

export function optionsOf(name: string): CaseOptions {
  return caseTable[name] ?? {};
}

export const caseNames: readonly string[] = Object.keys(caseTable);

/** Fixtures whose Dockerfile changes: the others have no second image. */
export function changingFixtures(): readonly Fixture[] {
  const folders = ['story', ...transformFolders()];
  return folders
    .flatMap((folder) => fixturesOf(folder))
    .filter(({ directory, options }) => existsSync(join(directory, 'after', options.dockerfile ?? 'Dockerfile')));
}

/** What is not built, and why: `not-built.txt`, lines of `fixture: cause`. */
export function notBuilt(): ReadonlyMap<string, string> {
  const lines = readFileSync(join(here, 'not-built.txt'), 'utf8').split('\n');
  return new Map(
    lines
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const),
  );
}

export function migrationOf(fixture: Fixture): Migration {
  const before = filesIn(join(fixture.directory, 'before'));
  const folder = fixture.name.split('/')[0];
  const selected = transforms.filter((one) => (folder === 'story' ? one.default : one.name === folder));
  return run(fixture, before, selected);
}

export function changesOf(name: string): ProofSubject['changesOf'] extends (name: string) => infer R ? R : never {
  return transforms.find((transform) => transform.name === name)?.changes ?? [];
}

export function runSettings(options: CaseOptions): RunSettings {
  return {
    probes: (options.probes ?? ['/']).map((path) => ({ method: 'GET', path })),
    ports: options.ports ?? [],
    readyLog: options.readyLog,
    env: options.env ?? [],
    envFiles: [],
    readOnly: false,
    network: undefined,
    startLimitMs: 25_000,
    stopSeconds: 4,
  };
}

export function proofSettings(options: CaseOptions, target?: string): ProofSettings {
  return {
    build: {
      buildArgs: options.buildArgs ?? [],
      secrets: [],
      ssh: [],
      platform: undefined,
      target,
      network: undefined,
      pull: false,
      timeLimitMs: 600_000,
    },
    run: runSettings(options),
    rebuild: false,
    touch: undefined,
    contents: true,
    compress: false,
  };
}

/** The context of a case: the fixture's own folder, or a copy with what is made outside of the image build. */
export async function contextOf({ directory }: Fixture, options: CaseOptions): Promise<Context> {
  const own = join(directory, 'before');
  const jar = options.gradle === true ? gradleWrapper : options.jar === undefined ? undefined : programJar(options.jar);
  if (jar === undefined) return { folder: own, discard: () => undefined };
  const missing = await standIns([`FROM ${jdkImage}\n`]);
  if (missing.length > 0) throw new Error(`no stand-in for ${missing.join(', ')}`);
  const folder = await contextWithJar(own, jar);
  return { folder, discard: () => rmSync(dirname(folder), { recursive: true, force: true }) };
}

export interface Context {
  readonly folder: string;
  readonly discard: () => void;
}

export function subjectOf(fixture: Fixture, migration: Migration, context: string): ProofSubject {
  const dockerfile = fixture.options.dockerfile ?? 'Dockerfile';
  return {
    migration,
    source: { context, dockerfile },
    project: diskProject(context, join(context, dockerfile)),
    changesOf,
  };
}

/** Runs a proof with everything removed behind it. */
export async function proved(subject: ProofSubject, engine: Engine, settings: ProofSettings): Promise<Proof> {
  return withCall(engine, settings, (call) => prove(subject, call));
}

export async function bisected(
  subject: ProofSubject,
  engine: Engine,
  settings: ProofSettings,
): ReturnType<typeof bisect> {
  return withCall(engine, settings, (call) => bisect(subject, call));
}

async function withCall<T>(engine: Engine, settings: ProofSettings, work: (call: ProofCall) => Promise<T>): Promise<T> {
  const ledger = openLedger(false);
  let left: readonly string[] = [];
  const result = await work({ engine, settings, ledger, signal: undefined, progress: () => undefined }).finally(() => {
    left = ledger.settle();
  });
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  return result;
}

/** What a proof found that is not as it should be, one per line, with the log that shows it. */
export function faultsOf(proof: Pick<Proof, 'findings'>): readonly string[] {
  return proof.findings
    .filter(({ verdict }) => verdict === 'broken' || verdict === 'unknown')
    .map(({ verdict, reason, tail }) => [`${verdict} ${reason.code}: ${reason.text}`, ...(tail ?? [])].join('\n  '));
}

/** Containers and images that verification in a process left in the engine. */
export function leftovers(program: string, pid: number = process.pid): readonly string[] {
  const list = (args: readonly string[]): readonly string[] =>
    execFileSync(program, [...args], { encoding: 'utf8' }).split('\n');
  const names = [...list(['ps', '-a', '--format', '{{.Names}}']), ...list(['images', '--format', '{{.Repository}}'])];
  return names.filter((name) => name.includes(ownedBy(pid)));
}
