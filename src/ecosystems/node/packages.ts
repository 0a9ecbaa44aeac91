/** Which packages an install brings, and which of them provides a program. */
import type { Evidence } from '../../answer.ts';
import type { NodeFacts } from './facts.ts';
import { jsonObject, manifestEvidence, object, production } from './manifest.ts';
import { packagesOf } from './programs.ts';
import { yarnDescriptors } from './text-locks.ts';

export interface Installed {
  /** Names of all packages as far as the lockfile lists them, else the direct ones. */
  readonly names: ReadonlySet<string>;
  /** Those with an install script of their own, where the lockfile says so. */
  readonly scripted: readonly string[];
  /** The lockfile lists transitive packages too. */
  readonly complete: boolean;
}

const memory = new WeakMap<NodeFacts, Map<boolean, Installed>>();

/** What is installed; development-only packages are left out where the lockfile marks them and `development` is false. */
export function installedPackages(facts: NodeFacts, development: boolean): Installed {
  const answers = memory.get(facts) ?? new Map<boolean, Installed>();
  memory.set(facts, answers);
  const answer = answers.get(development) ?? readInstalled(facts, development);
  answers.set(development, answer);
  return answer;
}

function readInstalled(facts: NodeFacts, development: boolean): Installed {
  const direct =
    facts.manifest === undefined
      ? []
      : [...production(facts.manifest).keys(), ...(development ? facts.manifest.devDependencies.keys() : [])];
  const lock = facts.npmLock();
  if (lock !== undefined && lock.packages.size > 0) {
    const wanted = [...lock.packages.values()].filter((one) => development || !one.dev);
    return {
      names: new Set([...direct, ...wanted.map(({ name }) => name)]),
      scripted: wanted.filter((one) => one.installScript).map(({ name }) => name),
      complete: true,
    };
  }
  const listed = facts.locks.flatMap((path) => lockedNames(path, facts.project.read(path) ?? ''));
  return { names: new Set([...direct, ...listed]), scripted: [], complete: listed.length > 0 };
}

function lockedNames(path: string, text: string): readonly string[] {
  if (path.endsWith('yarn.lock')) return [...yarnDescriptors(text)].map((one) => one.replace(/(?<=.)@.*$/, ''));
  if (path.endsWith('pnpm-lock.yaml'))
    return [...text.matchAll(/^ {2}['"]?\/?((?:@[\w.-]+\/)?[\w.-]+)[@/]\d/gm)].map((match) => match[1] ?? '');
  if (path.endsWith('package-lock.json')) return oldNames(jsonObject(text)?.['dependencies'], 0);
  if (path.endsWith('bun.lock'))
    return [...text.matchAll(/^ {4}"((?:@[\w.-]+\/)?[\w.-]+)": \[/gm)].map((match) => match[1] ?? '');
  return [];
}

function oldNames(value: unknown, depth: number): readonly string[] {
  if (depth > 20) return [];
  return Object.entries(object(value)).flatMap(([name, one]) => [
    name,
    ...oldNames(object(one)['dependencies'], depth + 1),
  ]);
}

export interface Provider {
  readonly name: string;
  /** It goes away with the development dependencies. */
  readonly development: boolean;
  readonly evidence: Evidence;
}

/** The package of this project that provides a program; `undefined`: none is known to. */
export function providerOf(facts: NodeFacts, program: string): Provider | undefined {
  const { manifest } = facts;
  if (manifest === undefined) return undefined;
  const lock = facts.npmLock();
  const candidates = Object.hasOwn(packagesOf, program) ? (packagesOf[program] ?? []) : [program];
  if (lock !== undefined) {
    const inLock = [...lock.packages.values()].find(
      (one) => one.path === `node_modules/${one.name}` && one.bins.includes(program),
    );
    if (inLock !== undefined) {
      return {
        name: inLock.name,
        development: inLock.dev || (inLock.maybeDev && !production(manifest).has(inLock.name)),
        evidence: { file: lock.file, says: `${inLock.name}: ${program}${inLock.dev ? ' (dev)' : ''}` },
      };
    }
  }
  const listed = listedForProduction(facts, candidates);
  if (listed !== undefined) return { ...listed, development: false };
  for (const one of [manifest, ...(facts.members() ?? [])])
    for (const name of candidates)
      if (one.devDependencies.has(name))
        return { name, development: true, evidence: manifestEvidence(one, 'devDependencies', name, name) };
  return undefined;
}

/** The first of these packages that the project, or a member package of it, lists for production. */
export function listedForProduction(
  facts: NodeFacts,
  names: readonly string[],
): { readonly name: string; readonly evidence: Evidence } | undefined {
  if (facts.manifest === undefined) return undefined;
  for (const manifest of [facts.manifest, ...(facts.members() ?? [])]) {
    const name = names.find((one) => production(manifest).has(one));
    if (name !== undefined) return { name, evidence: manifestEvidence(manifest, 'dependencies', name, name) };
  }
  return undefined;
}

/** Is this package, named by a module path, gone without development dependencies? */
export function isDevelopmentModule(facts: NodeFacts, module: string): Provider | undefined {
  const name = /^(@[^/]+\/[^/]+|[^/@.][^/]*)/.exec(module)?.[1];
  const { manifest } = facts;
  if (
    name === undefined ||
    manifest === undefined ||
    production(manifest).has(name) ||
    !manifest.devDependencies.has(name)
  )
    return undefined;
  if (stays(facts, name)) return undefined;
  return { name, development: true, evidence: manifestEvidence(manifest, 'devDependencies', name, name) };
}

/** The lockfile says that a package of the production tree needs it too. */
export function stays(facts: NodeFacts, name: string): boolean {
  const locked = facts.npmLock()?.packages.get(`node_modules/${name}`);
  return locked !== undefined && !locked.dev && !locked.maybeDev;
}
