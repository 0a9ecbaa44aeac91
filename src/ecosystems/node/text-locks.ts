/**
 * The heads of `yarn.lock`, `pnpm-lock.yaml` and `bun.lock`: what each records of the manifest it was made from.
 * Formats: yarnpkg/yarn v1 lockfile parser, Yarn berry "lockfile", pnpm/spec lockfile 5.4, 6.0 and 9.0, Bun "Lockfile".
 */
import { jsonObject, type Manifest, names, object } from './manifest.ts';

/** `yarn.lock` of Yarn 2 and later. */
export function isBerryLock(text: string): boolean {
  return /^__metadata:/m.test(text);
}

/** Descriptors (`express@^4.18.2`, berry's `express@npm:^4.18.2`) that a `yarn.lock` resolves. */
export function yarnDescriptors(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    if (!/^["\w@]/.test(line) || !line.endsWith(':')) continue;
    for (const part of line.slice(0, -1).split(',')) {
      const clean = part.trim().replaceAll('"', '');
      if (clean !== '') found.add(clean);
    }
  }
  return found;
}

function ranges(manifest: Manifest): readonly (readonly [string, string])[] {
  return [...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies];
}

/** Why a frozen Yarn install would fail, as the end of a sentence; `undefined`: it would not. */
export function yarnLockProblem(text: string, manifests: readonly Manifest[]): string | undefined {
  const known = yarnDescriptors(text);
  const members = new Set(manifests.flatMap(({ name }) => name ?? []));
  for (const manifest of manifests) {
    for (const [name, range] of ranges(manifest)) {
      if (members.has(name) || manifest.overrides || /^(workspace|file|link|portal|patch):/.test(range)) continue;
      if (known.has(`${name}@${range}`) || known.has(`${name}@npm:${range}`)) continue;
      return `${name}@${range} of ${manifest.file} is not in it`;
    }
  }
  return undefined;
}

/** `lockfileVersion` of a `pnpm-lock.yaml`, as written (`9.0`). */
export function pnpmLockVersion(text: string): string | undefined {
  return /^lockfileVersion:\s*['"]?([\d.]+)/m.exec(text.slice(0, 2000))?.[1];
}

/** What the importer `.` (or the only one) asks for, by name. */
export function pnpmSpecifiers(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  const importers = lines.indexOf('importers:');
  const root =
    importers < 0 ? -1 : lines.findIndex((line, index) => index > importers && /^ {2}['"]?\.['"]?:$/.test(line));
  const indent = root < 0 ? 0 : 4;
  let section = '';
  let name = '';
  for (const line of lines.slice(root + 1)) {
    const depth = line.length - line.trimStart().length;
    if (line.trim() === '') continue;
    if (root >= 0 && depth < indent) break;
    const pair = /^\s*['"]?([^'":\s]+|[^'"]+?)['"]?:(?:\s+(.*))?$/.exec(line);
    const value = pair?.[2]?.replace(/^['"]|['"]$/g, '');
    if (depth === indent) section = pair?.[1] ?? '';
    else if (section === 'specifiers' && depth === indent + 2 && pair?.[1] !== undefined)
      found.set(pair[1], value ?? '');
    else if (/^(dependencies|devDependencies|optionalDependencies)$/.test(section)) {
      if (depth === indent + 2) name = pair?.[1] ?? '';
      else if (depth === indent + 4 && pair?.[1] === 'specifier') found.set(name, value ?? '');
    }
  }
  return found;
}

/** Why a frozen pnpm install would fail, as the end of a sentence. Members of a workspace are not compared. */
export function pnpmLockProblem(text: string, root: Manifest): string | undefined {
  const recorded = pnpmSpecifiers(text);
  if (root.overrides) return `${root.file} overrides versions`;
  return specifierProblem(recorded, root);
}

/** As `pnpmLockProblem`, for the text form of Bun's lockfile (JSON with trailing commas). */
export function bunLockProblem(text: string, root: Manifest): string | undefined {
  const parsed = jsonObject(text.replace(/,(\s*[}\]])/g, '$1'));
  const workspace = object(object(parsed?.['workspaces'])['']);
  const recorded = new Map(
    ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((section) => [...names(workspace[section])]),
  );
  return specifierProblem(recorded, root);
}

function specifierProblem(recorded: ReadonlyMap<string, string>, root: Manifest): string | undefined {
  const wanted = new Map(ranges(root));
  for (const [name, range] of wanted)
    if (recorded.get(name) !== range) return `${name} ${range} of ${root.file} is not what it records`;
  for (const name of recorded.keys())
    if (!wanted.has(name)) return `it records ${name}, which ${root.file} does not list`;
  return undefined;
}
