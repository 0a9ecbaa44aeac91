/** `package.json`, as far as installing, building and starting depend on it (npm documentation, "package.json"). */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';

export type Names = ReadonlyMap<string, string>;

export interface Manifest {
  /** Path relative to the context root. */
  readonly file: string;
  readonly name: string | undefined;
  readonly scripts: Names;
  readonly dependencies: Names;
  readonly devDependencies: Names;
  readonly optionalDependencies: Names;
  readonly peerDependencies: Names;
  readonly packageManager: string | undefined;
  /** Patterns of member packages, from `workspaces` or `pnpm-workspace.yaml`. */
  readonly workspaces: readonly string[];
  /** Has `overrides` or `resolutions`: what is installed may differ from what the ranges say. */
  readonly overrides: boolean;
  /** `prisma.schema`. */
  readonly prismaSchema: string | undefined;
  /** pnpm's `patchedDependencies` and the like: files below `patches/` are read by the install. */
  readonly patched: readonly string[];
  readonly text: string;
}

/** Reads a manifest; `undefined`: not there or no JSON object. */
export function readManifest(project: Project, file: string): Manifest | undefined {
  const text = project.read(file);
  if (text === undefined) return undefined;
  const root = jsonObject(text);
  if (root === undefined) return undefined;
  const pnpm = object(root['pnpm']);
  return {
    file,
    name: string(root['name']),
    scripts: names(root['scripts']),
    dependencies: names(root['dependencies']),
    devDependencies: names(root['devDependencies']),
    optionalDependencies: names(root['optionalDependencies']),
    peerDependencies: names(root['peerDependencies']),
    packageManager: string(root['packageManager']),
    workspaces: [...workspacePatterns(root['workspaces']), ...pnpmWorkspace(project, posix.dirname(file))],
    overrides: [root['overrides'], root['resolutions'], pnpm['overrides']].some((one) => one !== undefined),
    prismaSchema: string(object(root['prisma'])['schema']),
    patched: [...names(pnpm['patchedDependencies']).values(), ...names(root['patchedDependencies']).values()],
    text,
  };
}

/** A JSON object, or `undefined` for anything else. Never throws. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? object(value) : undefined;
  } catch {
    return undefined;
  }
}

/** The value as a record; `{}` when it is none. */
export function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The string members of an object, in order. */
export function names(value: unknown): Names {
  const pairs = Object.entries(object(value));
  return new Map(pairs.flatMap(([key, one]) => (typeof one === 'string' ? [[key, one] as const] : [])));
}

function workspacePatterns(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : object(value)['packages'];
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
}

/** The `packages` list of `pnpm-workspace.yaml`, which is a plain block or flow list of strings. */
function pnpmWorkspace(project: Project, directory: string): readonly string[] {
  const text = project.read(posix.join(directory, 'pnpm-workspace.yaml'));
  const block =
    text === undefined ? null : /^packages:[ \t]*\r?\n((?:[ \t]*(?:-|#).*(?:\r?\n|$)|[ \t]*\r?\n)*)/m.exec(text);
  const lines = block?.[1]?.split(/\r?\n/) ?? [];
  return lines.flatMap((line) => /^\s*-\s*['"]?([^'"#\s]+)/.exec(line)?.[1] ?? []);
}

/** A directory that has one of these is a package. */
export const packageMarks = ['package.json'];

/** All that a production install brings, by name. */
export function production(manifest: Manifest): Names {
  return new Map([...manifest.optionalDependencies, ...manifest.dependencies]);
}

/** Listed for development and for nothing else. */
export function developmentOnly(manifest: Manifest): readonly string[] {
  const needed = production(manifest);
  return [...manifest.devDependencies.keys()].filter((name) => !needed.has(name));
}

/** Points at a key of a section (`scripts`, `build`), or at the section. */
export function manifestEvidence(manifest: Manifest, section: string, key: string | undefined, says: string): Evidence {
  const start = Math.max(0, manifest.text.indexOf(`"${section}"`));
  const found = key === undefined ? start : manifest.text.indexOf(`"${key}"`, start);
  const line = manifest.text.slice(0, Math.max(0, found < 0 ? start : found)).split('\n').length;
  return { file: manifest.file, line, says };
}

/** Manifests of the member packages below a workspace root; `undefined`: a pattern cannot be followed. */
export function workspaceMembers(project: Project, root: Manifest): readonly Manifest[] | undefined {
  const directory = posix.dirname(root.file);
  const found: Manifest[] = [];
  for (const pattern of root.workspaces.filter((one) => !one.startsWith('!'))) {
    const clean = posix.normalize(pattern).replace(/\/$/, '');
    const star = /^([^*?[\]{}]*?)\/?\*{1,2}$/.exec(clean);
    if (star === null && /[*?[\]{}]/.test(clean)) return undefined;
    const parent = posix.join(directory, star?.[1] ?? '').replace(/^\.$/, '');
    const places =
      star === null ? [posix.join(directory, clean)] : project.list(parent).map((name) => posix.join(parent, name));
    for (const place of places) {
      const manifest = readManifest(project, posix.join(place, 'package.json'));
      if (manifest !== undefined) found.push(manifest);
    }
  }
  return found;
}
