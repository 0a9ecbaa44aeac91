/** What pyproject.toml and the lockfiles of Poetry, Pipenv, PDM and uv say (PEP 517, 518, 621, 735; each tool's documentation). */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { type Mapping, mapping, parseToml, sequence } from '../../project/structured.ts';
import { normalName, type Requirement, readSpecifier } from './requirements.ts';

export interface Pyproject {
  readonly file: string;
  /** Poetry can install it: it has Poetry's table, or the standard one, which Poetry 2 reads. */
  readonly poetry: boolean;
  /** The project itself is a package that an install builds from its sources. */
  readonly packaged: boolean;
  /** Poetry installs the project itself unless it is told not to, whether there is a build system or not. */
  readonly packageMode: boolean;
  readonly requiresPython: string | undefined;
  readonly requirements: readonly Requirement[];
  /** Names of groups with development dependencies. */
  readonly devGroups: readonly string[];
  /** Files that building the package reads (`README.md`). */
  readonly reads: readonly string[];
  /** Directories of the project used as dependencies, in words. */
  readonly local: readonly string[];
}

function table(value: unknown): Mapping {
  return mapping(value) ?? {};
}

function strings(value: unknown): readonly string[] {
  return sequence(value).filter((one): one is string => typeof one === 'string');
}

function tomlTable(text: string | undefined): Mapping | undefined {
  return text === undefined ? undefined : mapping(parseToml(text));
}

/** Reads a project file; `undefined`: not there, or not TOML. */
export function readPyproject(project: Project, directory: string): Pyproject | undefined {
  const file = posix.join(directory, 'pyproject.toml');
  const root = tomlTable(project.read(file));
  if (root === undefined) return undefined;
  const own = table(root['project']);
  const tools = table(root['tool']);
  const poetry = table(tools['poetry']);
  const uv = table(tools['uv']);
  const isPoetry = tools['poetry'] !== undefined;
  const lines = lineNumbers(project.read(file) ?? '', /^\s*"?'?([A-Za-z0-9][A-Za-z0-9._-]*)/);
  const listed = [
    ...strings(own['dependencies']).map((text) => fromText(text, file, lines)),
    ...fromTable(table(poetry['dependencies']), file, lines),
  ];
  const readme = own['readme'] ?? poetry['readme'];
  return {
    file,
    poetry: isPoetry || root['project'] !== undefined,
    packaged: isPoetry
      ? poetry['package-mode'] !== false
      : uv['package'] === true || (root['build-system'] !== undefined && uv['package'] !== false),
    packageMode: poetry['package-mode'] !== false,
    requiresPython: textOf(own['requires-python']) ?? textOf(table(poetry['dependencies'])['python']),
    requirements: listed,
    devGroups: devGroups(root, poetry),
    reads: [readme]
      .flat()
      .filter((one): one is string => typeof one === 'string')
      .map((one) => posix.join(directory, one)),
    local: localPaths(table(poetry['dependencies']), table(uv['sources'])),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function fromText(text: string, file: string, lines: ReadonlyMap<string, number>): Requirement {
  const { name, version, extras } = readSpecifier(text);
  return { name: name ?? normalName(text), version, extras, file, line: lines.get(name ?? '') ?? 1 };
}

function fromTable(dependencies: Mapping, file: string, lines: ReadonlyMap<string, number>): readonly Requirement[] {
  return Object.entries(dependencies)
    .filter(([name]) => name !== 'python')
    .map(([name, value]) => ({
      name: normalName(name),
      version: /^==?\s*([\d.]+\S*)$/.exec(textOf(value) ?? textOf(table(value)['version']) ?? '')?.[1],
      extras: strings(table(value)['extras']),
      file,
      line: lines.get(normalName(name)) ?? 1,
    }));
}

/** First line on which each name stands. */
function lineNumbers(text: string, pattern: RegExp): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    const name = pattern.exec(line)?.[1];
    if (name !== undefined && !found.has(normalName(name))) found.set(normalName(name), index + 1);
  }
  return found;
}

function devGroups(root: Mapping, poetry: Mapping): readonly string[] {
  const groups = Object.keys(table(root['dependency-groups']));
  const own = Object.entries(table(poetry['group']))
    .filter(([name, group]) => name !== 'main' && table(group)['optional'] !== true)
    .map(([name]) => name);
  return [...groups, ...own, ...(poetry['dev-dependencies'] === undefined ? [] : ['dev'])];
}

function localPaths(...tables: readonly Mapping[]): readonly string[] {
  return tables
    .flatMap((one) => Object.values(one))
    .flatMap((value) => {
      const path = textOf(table(value)['path']);
      const member = table(value)['workspace'] === true ? ['a workspace member'] : [];
      return path === undefined ? member : [`\`${path}\``];
    });
}

/** Packages of a lockfile with their exact versions; `undefined`: no lockfile of a known kind is there. */
export function readLock(
  project: Project,
  directory: string,
  name: 'poetry.lock' | 'uv.lock' | 'Pipfile.lock',
): readonly Requirement[] | undefined {
  const file = posix.join(directory, name);
  const text = project.read(file);
  if (text === undefined) return undefined;
  return name === 'Pipfile.lock' ? pipfileLock(text, file) : tomlLock(text, file);
}

function tomlLock(text: string, file: string): readonly Requirement[] | undefined {
  const packages = tomlTable(text)?.['package'];
  if (!Array.isArray(packages)) return undefined;
  const lines = lineNumbers(text, /^name = "([^"]+)"/);
  return packages.map(table).flatMap((one) => {
    const name = textOf(one['name']);
    return name === undefined
      ? []
      : [
          {
            name: normalName(name),
            version: textOf(one['version']),
            extras: [],
            file,
            line: lines.get(normalName(name)) ?? 1,
          },
        ];
  });
}

function pipfileLock(text: string, file: string): readonly Requirement[] | undefined {
  try {
    const packages = table(table(JSON.parse(text))['default']);
    const lines = lineNumbers(text, /^\s*"([A-Za-z0-9._-]+)": \{/);
    return Object.entries(packages).map(([name, value]) => ({
      name: normalName(name),
      version: textOf(table(value)['version'])?.replace(/^==/, ''),
      extras: strings(table(value)['extras']),
      file,
      line: lines.get(normalName(name)) ?? 1,
    }));
  } catch {
    return undefined;
  }
}
