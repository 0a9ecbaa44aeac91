/** Which repositories a bulk run is about: directories searched, lists read, URLs taken as they are. */
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import type { Reason } from '../answer.ts';
import { display } from '../discover.ts';
import { causeOf, cliReason, type Fault } from '../fault.ts';
import { bulkReason } from './reasons.ts';

export interface Source {
  /** As reports name it: relative to the working directory, or the URL without credentials. Unique in a list. */
  readonly id: string;
  readonly kind: 'local' | 'url';
  /** Absolute path, or the URL as given. */
  readonly location: string;
  /** Branch, tag or commit to read instead of `HEAD`. */
  readonly ref?: string;
}

export interface SourceList {
  /** Ordered by id. */
  readonly sources: readonly Source[];
  readonly faults: readonly Fault[];
  readonly notes: readonly { readonly path: string; readonly reason: Reason }[];
}

type Note = SourceList['notes'][number];

interface Gathering {
  readonly cwd: string;
  readonly found: Source[];
  readonly faults: Fault[];
  readonly notes: Note[];
}

/** Directories below a named one that are looked into; a repository's own are not. */
const deepest = 4;
const longestList = 64 * 1024 * 1024;
const passedOver = new Set(['node_modules', 'vendor']);

/**
 * `named`: directories, list files, URLs, `-` for a list on standard input, which `readInput` reads. A named thing that is
 * nowhere is a fault; a line of a list that is nowhere stays in the list, to fail by itself.
 */
export async function listSources(
  named: readonly string[],
  cwd: string,
  readInput: (limit: number) => Promise<Buffer | undefined>,
): Promise<SourceList> {
  const gathering: Gathering = { cwd, found: [], faults: [], notes: [] };
  for (const name of named) {
    if (name === '-') readList((await readInput(longestList))?.toString('utf8') ?? '', gathering);
    else if (isUrl(name)) gathering.found.push(urlSource(name, undefined));
    else readNamed(name, gathering);
  }
  return { ...unique(gathering), faults: gathering.faults };
}

function readNamed(name: string, gathering: Gathering): void {
  const absolute = path.resolve(gathering.cwd, name);
  const entry = statSync(absolute, { throwIfNoEntry: false });
  if (entry?.isDirectory()) {
    const before = gathering.found.length;
    search(realpathSync(absolute), deepest, gathering);
    const where = display(gathering.cwd, absolute);
    if (gathering.found.length === before)
      gathering.notes.push({ path: where, reason: bulkReason('no-repositories', { where }) });
  } else if (entry?.isFile() && entry.size <= longestList) readListFile(absolute, name, gathering);
  else {
    const reason = bulkReason('no-such-source', { what: withoutCredentials(name) });
    gathering.faults.push({ reason, exit: 2, path: name });
  }
}

function readListFile(absolute: string, name: string, gathering: Gathering): void {
  try {
    readList(readFileSync(absolute, 'utf8'), gathering);
  } catch (error) {
    gathering.faults.push({
      reason: cliReason('unreadable', { path: name, cause: causeOf(error) }),
      exit: 2,
      path: name,
    });
  }
}

/** Lines `path-or-url [ref]`; `#` begins a comment at the start of a line or after a blank. */
function readList(text: string, gathering: Gathering): void {
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const whole = path.resolve(gathering.cwd, line);
    if (!isUrl(line) && line.includes(' ') && existsSync(whole)) {
      gathering.found.push(localSource(whole, gathering.cwd, undefined));
      continue;
    }
    const [place = '', ref, ...rest] = line.split(/\s+/);
    if (rest.length > 0 || (ref !== undefined && !isRefName(ref))) {
      const reason = bulkReason('bad-line', { line: index + 1, text: withoutCredentials(line) });
      gathering.faults.push({ reason, exit: 2 });
    } else if (isUrl(place)) gathering.found.push(urlSource(place, ref));
    else gathering.found.push(localSource(path.resolve(gathering.cwd, place), gathering.cwd, ref));
  }
}

/** A branch, a tag or an object id, as git writes them; no expression. */
function isRefName(text: string): boolean {
  return /^[A-Za-z0-9_][\w./@+-]{0,250}$/.test(text) && !text.includes('..') && !text.includes('@{');
}

function localSource(absolute: string, cwd: string, ref: string | undefined): Source {
  return { id: display(cwd, absolute), kind: 'local', location: absolute, ...(ref === undefined ? {} : { ref }) };
}

function urlSource(url: string, ref: string | undefined): Source {
  return { id: withoutCredentials(url), kind: 'url', location: url, ...(ref === undefined ? {} : { ref }) };
}

/** `https://…`, `ssh://…`, `git@host:path`; never a transport helper. */
export function isUrl(text: string): boolean {
  return /^(?:https?|ssh|git|file):\/\/[^\s-]/i.test(text) || /^[\w.-]+@[\w.-]+:[^\s-]/.test(text);
}

/** The user of an HTTP address may be a token; the user of an SSH address is a name, its password is dropped. */
export function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@\s]*@/i, '$1').replace(/^([a-z]+:\/\/[^/:@\s]*):[^/@\s]*@/i, '$1@');
}

/** Repositories below a directory, in the order of their names; links are not followed, repositories not entered. */
function search(directory: string, levels: number, gathering: Gathering): void {
  if (isRepository(directory)) {
    gathering.found.push(localSource(directory, gathering.cwd, undefined));
    return;
  }
  if (levels === 0) return;
  for (const name of directoriesIn(directory)) search(path.join(directory, name), levels - 1, gathering);
}

function directoriesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !passedOver.has(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

/** A work tree (`.git` is a directory or a file) or a bare repository. */
export function isRepository(directory: string): boolean {
  const dotGit = entryAt(path.join(directory, '.git'));
  if (dotGit?.isDirectory() || dotGit?.isFile()) return true;
  return (
    entryAt(path.join(directory, 'HEAD'))?.isFile() === true &&
    entryAt(path.join(directory, 'objects'))?.isDirectory() === true &&
    entryAt(path.join(directory, 'refs'))?.isDirectory() === true
  );
}

function entryAt(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The directory that holds a local repository's objects and branches, links resolved; `undefined` when there is none. */
export function commonDirectory(repository: string): string | undefined {
  try {
    const own = gitDirectory(repository);
    const shared = path.join(own, 'commondir');
    return realpathSync(existsSync(shared) ? path.resolve(own, readFileSync(shared, 'utf8').trim()) : own);
  } catch {
    return undefined;
  }
}

/** Throws when there is none. */
export function gitDirectory(repository: string): string {
  const dotGit = path.join(repository, '.git');
  const entry = entryAt(dotGit);
  if (entry === undefined) return realpathSync(repository);
  if (entry.isDirectory()) return realpathSync(dotGit);
  const target = /^gitdir: (.{1,4096})\s*$/.exec(readFileSync(dotGit, 'utf8').slice(0, 5000))?.[1] ?? '';
  return realpathSync(path.resolve(repository, target.trim()));
}

/** Each repository once, by its real place; with several refs, once per ref. */
function unique({ found, notes }: Gathering): Pick<SourceList, 'sources' | 'notes'> {
  const byIdentity = new Map<string, Source>();
  const byId = new Map<string, Source>();
  const repeated: Note[] = [];
  for (const source of [...found].sort((a, b) => compare(a.id, b.id))) {
    const ref = source.ref === undefined ? '' : ` ${source.ref}`;
    const place = source.kind === 'url' ? source.location : (commonDirectory(source.location) ?? source.location);
    const first = byIdentity.get(place + ref);
    if (first === undefined) {
      const id = byId.has(source.id) ? `${source.id}${ref}` : source.id;
      byIdentity.set(place + ref, source);
      byId.set(id, { ...source, id });
    } else if (first.id !== source.id)
      repeated.push({ path: source.id, reason: bulkReason('same-repository', { repo: source.id, other: first.id }) });
  }
  return { sources: [...byId.values()].sort((a, b) => compare(a.id, b.id)), notes: [...notes, ...repeated] };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
