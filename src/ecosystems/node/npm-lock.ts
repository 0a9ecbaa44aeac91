/** `package-lock.json` and `npm-shrinkwrap.json` (npm documentation, "package-lock.json", lockfile versions 1 to 3). */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { jsonObject, type Manifest, type Names, names, object, string } from './manifest.ts';
import { satisfies } from './versions.ts';

export interface LockedPackage {
  /** `node_modules/express`, `node_modules/a/node_modules/b`. */
  readonly path: string;
  readonly name: string;
  readonly version: string | undefined;
  /** Only development dependencies ask for it. */
  readonly dev: boolean;
  /** Development dependencies ask for it, and somebody who does not need it (npm's releases differ in what they keep). */
  readonly maybeDev: boolean;
  readonly bins: readonly string[];
  readonly installScript: boolean;
  readonly link: boolean;
  readonly dependencies: Names;
  /** Peer dependencies that are not optional. */
  readonly peers: Names;
  /** Packages that it brings along itself. */
  readonly bundled: ReadonlySet<string>;
}

export interface NpmLock {
  readonly file: string;
  readonly version: number;
  readonly packages: ReadonlyMap<string, LockedPackage>;
  /** What it says of a member package or of the root (`''`): the manifest it was made from. */
  manifestAt(path: string): Readonly<Record<string, unknown>> | undefined;
}

/** Reads a lockfile; `undefined`: not there or not JSON. Version 1 lists names, bins and peers of nothing: it has no packages here. */
export function readNpmLock(project: Project, file: string): NpmLock | undefined {
  const text = project.read(file);
  const root = text === undefined ? undefined : jsonObject(text);
  if (root === undefined) return undefined;
  const entries = object(root['packages']);
  const packages = new Map<string, LockedPackage>();
  for (const [path, value] of Object.entries(entries))
    if (path.includes('node_modules/')) packages.set(path, lockedPackage(path, object(value)));
  return {
    file,
    version: Number(root['lockfileVersion'] ?? 1),
    packages,
    manifestAt: (path) => (Object.hasOwn(entries, path) ? object(entries[path]) : undefined),
  };
}

function lockedPackage(path: string, value: Readonly<Record<string, unknown>>): LockedPackage {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const optional = object(value['peerDependenciesMeta']);
  const bundled = value['bundleDependencies'] ?? value['bundledDependencies'];
  const peers = [...names(value['peerDependencies'])].filter(([peer]) => object(optional[peer])['optional'] !== true);
  return {
    path,
    name,
    version: string(value['version']),
    dev: value['dev'] === true,
    maybeDev: value['devOptional'] === true,
    bins: typeof value['bin'] === 'string' ? [posix.basename(name)] : [...names(value['bin']).keys()],
    installScript: value['hasInstallScript'] === true,
    link: value['link'] === true,
    dependencies: names(value['dependencies']),
    peers: new Map(peers),
    bundled: new Set(
      bundled === true ? names(value['dependencies']).keys() : Array.isArray(bundled) ? bundled.map(String) : [],
    ),
  };
}

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** Why `npm ci` would refuse this lock for these manifests, as the end of a sentence; `undefined`: they agree. */
export function npmLockProblem(
  lock: NpmLock,
  root: Manifest,
  members: readonly Manifest[],
  peersIgnored = false,
): string | undefined {
  for (const manifest of [root, ...members]) {
    const path = posix.relative(posix.dirname(root.file), posix.dirname(manifest.file));
    const recorded = lock.manifestAt(path);
    if (recorded === undefined) return `${manifest.file} is not recorded in it`;
    for (const section of sections) {
      const different = firstDifference(manifest[section], names(recorded[section]));
      if (different !== undefined) return `${different} in ${manifest.file} is not what it records`;
    }
  }
  if (root.overrides) return undefined;
  for (const one of lock.packages.values()) {
    const problem = one.link ? undefined : edgeProblem(lock, peersIgnored ? { ...one, peers: new Map() } : one);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function firstDifference(wanted: Names, recorded: Names): string | undefined {
  for (const [name, range] of wanted) if (recorded.get(name) !== range) return name;
  for (const name of recorded.keys()) if (!wanted.has(name)) return name;
  return undefined;
}

/**
 * A dependency or required peer of a package that is not in the lock, or in a version that does not fit. What a package bundles
 * is taken as it comes (`#problemEdges` in npm's own `@npmcli/arborist`).
 */
function edgeProblem(lock: NpmLock, one: LockedPackage): string | undefined {
  for (const [kind, edges] of [
    ['needs', one.dependencies],
    ['needs the peer', one.peers],
  ] as const) {
    for (const [name, range] of edges) {
      if (one.bundled.has(name)) continue;
      const found = resolve(lock, one.path, name);
      if (found === undefined) return `${one.name} ${kind} ${name}, which it does not list`;
      if (found.version !== undefined && satisfies(found.version, range) === false)
        return `${one.name} ${kind} ${name} ${range}, and it lists ${found.version}`;
    }
  }
  return undefined;
}

/** Node's own look-up: `node_modules` of each directory upwards. */
export function resolve(lock: NpmLock, from: string, name: string): LockedPackage | undefined {
  let at = from;
  for (;;) {
    const found = lock.packages.get(at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`);
    if (found !== undefined) return found;
    if (at === '') return undefined;
    const up = at.lastIndexOf('node_modules/');
    at = up <= 0 ? '' : at.slice(0, up - 1);
  }
}
