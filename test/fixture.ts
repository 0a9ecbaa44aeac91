/** Fixtures: `before/` is a build context, `after/` what changes in it, `report.txt` what is said. Bytes are compared. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Migration, migrate, transforms } from '../src/index.ts';
import { absentProject } from '../src/project/absent.ts';
import { memoryProject } from '../src/project/memory.ts';
import type { Transform } from '../src/transform.ts';

export const root = fileURLToPath(new URL('../fixtures/', import.meta.url));
export const updating = process.env['UPDATE'] === '1';

export interface Fixture {
  /** `split-stages/maven-jar`. */
  readonly name: string;
  readonly directory: string;
  /** Options of this case: `options.json` beside `before/`. */
  readonly options: FixtureOptions;
}

export interface FixtureOptions {
  /** Default `Dockerfile`. */
  readonly dockerfile?: string;
  readonly runtime?: 'slim' | 'alpine' | 'distroless' | 'scratch' | 'keep' | { readonly image: string };
  readonly healthcheck?: 'off' | { readonly http: string } | { readonly command: string };
  readonly user?: { readonly name: string; readonly uid?: number };
  readonly target?: string;
  /** `false`: as from standard input, without a build context. */
  readonly context?: boolean;
}

/** All cases below `fixtures/<folder>/`. */
export function fixturesOf(folder: string): readonly Fixture[] {
  const base = join(root, folder);
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .sort()
    .filter((name) => existsSync(join(base, name, 'before')))
    .map((name) => ({ name: `${folder}/${name}`, directory: join(base, name), options: optionsOf(join(base, name)) }));
}

export function transformFolders(): readonly string[] {
  const names = new Set(transforms.map((transform) => transform.name));
  return readdirSync(root).filter((name) => names.has(name));
}

function optionsOf(directory: string): FixtureOptions {
  const path = join(directory, 'options.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as FixtureOptions) : {};
}

/** Every file below a directory by relative path. */
export function filesIn(directory: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (at: string) => {
    if (!existsSync(at)) return;
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name);
      if (statSync(path).isDirectory()) walk(path);
      else found[relative(directory, path)] = readFileSync(path, 'utf8');
    }
  };
  walk(directory);
  return found;
}

export function run(
  fixture: Fixture,
  files: Readonly<Record<string, string>>,
  selected: readonly Transform[],
): Migration {
  const path = fixture.options.dockerfile ?? 'Dockerfile';
  const { runtime, healthcheck, user, target } = fixture.options;
  const project = fixture.options.context === false ? absentProject : memoryProject(files, { dockerfile: path });
  return migrate(files[path] ?? '', project, {
    path,
    transforms: selected,
    wishes: {
      runtime: runtime ?? 'auto',
      healthcheck: healthcheck ?? 'auto',
      user: user === undefined ? undefined : { name: user.name, uid: user.uid },
    },
    ...(target === undefined ? {} : { target }),
  });
}

/** The files of a context once a migration is written into it. */
export function written(files: Readonly<Record<string, string>>, migration: Migration): Record<string, string> {
  const after = { ...files, [migration.path]: migration.after };
  for (const file of migration.files) after[file.path] = file.after;
  return after;
}

/** Only what differs. */
export function changes(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(after).filter(([path, text]) => before[path] !== text));
}

/** Replaces a folder's files by these; an empty set removes the folder. */
export function writeTree(directory: string, files: Readonly<Record<string, string>>): void {
  rmSync(directory, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}
