/** `Cargo.toml` and `Cargo.lock`, as far as a build in a container depends on them (The Cargo Book, "The Manifest Format"). */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { type Source, sourcesBelow } from '../../project/sources.ts';

export interface Crate {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Names of what it depends on; `undefined` without a lockfile. */
  readonly dependencies?: readonly string[];
}

export interface CargoFacts {
  readonly project: Project;
  /** Context directory of the manifest. */
  readonly directory: string;
  readonly file: string;
  readonly package: string | undefined;
  /** All packages of `Cargo.lock`; without it the direct dependencies. */
  readonly crates: readonly Crate[];
  /** The dependencies that the manifest itself names. */
  readonly direct: readonly Crate[];
  readonly locked: boolean;
  /** The manifest's lines. */
  readonly entries: readonly Entry[];
  /** A `crate-type` that makes shared libraries. */
  readonly shared: Crate | undefined;
  /** Rust sources of the tree; `undefined`: more than are read. */
  sources(): readonly Source[] | undefined;
}

/** Facts of a directory with a manifest, or below one; `undefined`: there is none. */
export function readCargoFacts(project: Project, directory: string): CargoFacts | undefined {
  for (let at = directory, depth = 0; depth < 8; depth++) {
    const file = posix.join(at, 'Cargo.toml');
    const text = project.read(file);
    if (text !== undefined) return factsOf(project, at, file, text);
    if (at === '') return undefined;
    at = posix.dirname(at).replace(/^\.$/, '');
  }
  return undefined;
}

function factsOf(project: Project, directory: string, file: string, text: string): CargoFacts {
  const lockFile = posix.join(directory, 'Cargo.lock');
  const lock = project.sends(lockFile) ? project.read(lockFile) : undefined;
  let sources: readonly Source[] | undefined | 'unread' = 'unread';
  const entries = entriesOf(text);
  const kind = entries.find(({ key, value }) => key === 'crate-type' && /dylib/.test(value));
  return {
    project,
    directory,
    file,
    package: entries.find(({ section, key }) => section === 'package' && key === 'name')?.value.replaceAll('"', ''),
    crates: lock === undefined ? dependenciesOf(entries, file) : lockedCrates(lock, lockFile),
    direct: dependenciesOf(entries, file),
    locked: lock !== undefined,
    entries,
    shared: kind === undefined ? undefined : { name: `crate-type = ${kind.value}`, file, line: kind.line },
    sources: () => {
      if (sources === 'unread')
        sources = sourcesBelow(
          project,
          [directory],
          (path) => path.endsWith('.rs') && !/(^|\/)(target|tests|benches|examples)\//.test(path),
        );
      return sources;
    },
  };
}

export interface Entry {
  readonly section: string;
  /** Counts the headings: tables of one array have the same section. */
  readonly table: number;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** `key = value` lines with the section they stand in; enough for names, never for nested values. */
function entriesOf(text: string): readonly Entry[] {
  const found: Entry[] = [];
  let section = '';
  let table = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const head = /^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}/.exec(line);
    if (head !== null) {
      section = head[1] ?? '';
      table += 1;
      const single = /(?:^|\.)dependencies\.["']?([\w-]+)/.exec(section);
      if (single !== null)
        found.push({ section: 'dependencies', table, key: single[1] ?? '', value: '', line: index + 1 });
      continue;
    }
    const pair = /^\s*["']?([\w.-]+)["']?\s*=\s*(.*?)\s*$/.exec(line);
    if (pair !== null) found.push({ section, table, key: pair[1] ?? '', value: pair[2] ?? '', line: index + 1 });
  }
  return found;
}

function dependenciesOf(entries: readonly Entry[], file: string): readonly Crate[] {
  return entries
    .filter(({ section }) => /(^|\.)dependencies$/.test(section))
    .map(({ key, value, line }) => ({
      name: /package\s*=\s*"([\w-]+)"/.exec(value)?.[1] ?? key.split('.')[0] ?? key,
      file,
      line,
    }));
}

function lockedCrates(text: string, file: string): readonly Crate[] {
  const found: { name: string; file: string; line: number; dependencies: string[] }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const name = /^name = "([\w-]+)"$/.exec(line)?.[1];
    if (name !== undefined) found.push({ name, file, line: index + 1, dependencies: [] });
    const dependency = /^ "([\w-]+)/.exec(line)?.[1];
    if (dependency !== undefined) found.at(-1)?.dependencies.push(dependency);
  }
  return found;
}

/** Headings of what Cargo builds. */
export const targetSections: ReadonlySet<string> = new Set(['bin', 'lib', 'test', 'bench', 'example']);

/** The tables of targets, each with its keys. */
export function tablesOf(entries: readonly Entry[]) {
  const found = new Map<number, { readonly section: string; readonly values: Map<string, string> }>();
  for (const { section, key, value, table } of entries) {
    if (!targetSections.has(section)) continue;
    const one = found.get(table) ?? { section, values: new Map<string, string>() };
    one.values.set(key, value);
    found.set(table, one);
  }
  return [...found.values()];
}
