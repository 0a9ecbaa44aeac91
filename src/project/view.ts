/** A project over any tree: the ignore file, COPY sources, the bounded walk and compose services are the same for all. */
import { type ComposeInput, composeServices, isComposeFile, pulledServices } from './compose.ts';
import { matchSource, type Sent } from './copy-glob.ts';
import { ignores, readIgnore } from './dockerignore.ts';
import type { ComposeService, EntryKind, Project } from './project.ts';
import { decoded, type Entry, joined, normalPath, type Tree } from './tree.ts';

export interface Surroundings {
  /** Path of the Dockerfile relative to the context root, when it lies in it. */
  readonly dockerfile: string | undefined;
  /** `<Dockerfile>.dockerignore` of a Dockerfile that lies outside the context, with its path as shown. */
  readonly besideDockerfile?: { readonly path: string; readonly text: string } | undefined;
  /** Absolute paths, with `/`: what compose files name is compared with them. Without it there are no services. */
  readonly location?: { readonly context: string; readonly dockerfile: string };
  /** Compose files above the context, nearest first. `path` is relative to the context root (`../compose.yaml`). */
  readonly composeAbove?: () => readonly { readonly path: string; readonly text: string }[];
}

const defaultLimit = 5_000;
/** Directories deeper than this are not walked. */
const deepest = 64;
/** Texts up to this length are kept after the first read. */
const keptText = 1024 * 1024;

/** The project that a tree and what stands around it make. Everything is read on demand and at most once. */
export function projectOver(tree: Tree, around: Surroundings): Project {
  const entries = memo((directory: string) => [...tree.list(directory)].filter(isUsable).sort(byName));
  const kind = kindByListing(tree, entries);
  const read = reader(tree);
  const ignoreFile = around.besideDockerfile ?? firstIgnoreFile(read, around.dockerfile);
  const sent = sentBy(ignoreFile?.text, kind, entries);
  const compose = once(() => composeInput(entries(''), read, around));
  const services = once(() => asked(compose(), composeServices));
  const pulled = once(() => asked(compose(), pulledServices));
  return {
    present: true,
    kind: (path) => at(path, kind),
    read: (path) => at(path, read),
    list: (directory) => at(directory, entries)?.map((entry) => entry.name) ?? [],
    files: (directory, limit = defaultLimit) => at(directory, (normal) => walk(normal, entries, limit)),
    sends: (path) => at(path, sent.sends) ?? false,
    matches: (source) => matchSource(sent, source),
    ignoreFile,
    services,
    pulled,
    dockerfile: around.dockerfile,
  };
}

function at<T>(path: string, ask: (normal: string) => T): T | undefined {
  const normal = normalPath(path);
  return normal === undefined ? undefined : ask(normal);
}

function once<T>(ask: () => T): () => T {
  let answer: { readonly value: T } | undefined;
  return () => {
    answer ??= { value: ask() };
    return answer.value;
  };
}

function memo<T>(ask: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    if (known.has(path)) return known.get(path) as T;
    const answer = ask(path);
    known.set(path, answer);
    return answer;
  };
}

/** One listing answers for every name in a directory, also for the many manifests that are not there. */
function kindByListing(
  tree: Tree,
  entries: (directory: string) => readonly Entry[],
): (path: string) => EntryKind | undefined {
  const names = memo((directory: string) => new Map(entries(directory).map((entry) => [entry.name, entry.kind])));
  const kind = memo((path: string): EntryKind | undefined => {
    if (path === '') return tree.kind('');
    const slash = path.lastIndexOf('/');
    const parent = path.slice(0, Math.max(0, slash));
    return kind(parent) === 'directory' ? names(parent).get(path.slice(slash + 1)) : undefined;
  });
  return kind;
}

function reader(tree: Tree): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (known.has(path)) return known.get(path);
    const bytes = tree.read(path);
    const text = bytes === undefined ? undefined : decoded(bytes);
    if (text === undefined || text.length <= keptText) known.set(path, text);
    return text;
  };
}

function isUsable(entry: Entry): boolean {
  return entry.kind !== undefined;
}

function byName(a: Entry, b: Entry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function firstIgnoreFile(
  read: (path: string) => string | undefined,
  dockerfile: string | undefined,
): Project['ignoreFile'] {
  const paths = dockerfile === undefined ? ['.dockerignore'] : [`${dockerfile}.dockerignore`, '.dockerignore'];
  for (const path of paths) {
    const text = read(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Entries looked at below excluded directories for something that a `!` pattern brings back; then there is nothing. */
const mostLooks = 100_000;

/** With an ignore file that fails every build, nothing is sent. */
function sentBy(
  text: string | undefined,
  kind: (path: string) => EntryKind | undefined,
  entries: (directory: string) => readonly Entry[],
): Sent & { sends(path: string): boolean } {
  const ignore = readIgnore(text ?? '');
  let looks = mostLooks;
  const sends = memo((path: string): boolean => {
    if (!ignore.valid) return false;
    if (!ignores(ignore, path)) return true;
    return ignore.reincludesBelow(path) && entries(path).some((entry) => sendsBelow(path, entry));
  });
  const sendsBelow = (directory: string, entry: Entry): boolean => {
    looks -= 1;
    const path = joined(directory, entry.name);
    return looks > 0 && ignore.valid && (entry.link ? !ignores(ignore, path) : sends(path));
  };
  return {
    sends,
    kind: (path) => (sends(path) ? kind(path) : undefined),
    names: (directory) =>
      entries(directory)
        .map((entry) => entry.name)
        .filter((name) => sends(joined(directory, name))),
  };
}

const neverWalked: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** Links to directories are not followed: the walk would leave the order, or never end. */
function walk(
  root: string,
  entries: (directory: string) => readonly Entry[],
  limit: number,
): readonly string[] | undefined {
  const found: string[] = [];
  const open: { readonly path: string; readonly depth: number }[] = [{ path: root, depth: 0 }];
  let visits = 0;
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for (const entry of entries(directory.path)) {
      visits += 1;
      const path = joined(directory.path, entry.name);
      if (entry.kind === 'file') found.push(path);
      else if (!entry.link && !neverWalked.has(entry.name)) open.push({ path, depth: directory.depth + 1 });
      if (found.length > limit || visits > limit * 4 || directory.depth > deepest) return undefined;
    }
  }
  return found.sort();
}

/** `undefined`: what compose files name cannot be compared with anything. */
function composeInput(
  root: readonly Entry[],
  read: (path: string) => string | undefined,
  around: Surroundings,
): ComposeInput | undefined {
  if (around.location === undefined) return undefined;
  const here = root
    .filter((entry) => entry.kind === 'file' && isComposeFile(entry.name))
    .flatMap(({ name }) => {
      const text = read(name);
      return text === undefined ? [] : [{ path: name, text }];
    });
  return { ...around.location, files: [...here, ...(around.composeAbove?.() ?? [])] };
}

function asked(
  input: ComposeInput | undefined,
  ask: (input: ComposeInput) => readonly ComposeService[],
): readonly ComposeService[] {
  return input === undefined ? [] : ask(input);
}
