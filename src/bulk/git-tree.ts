/** The tree of a commit as a project's `Tree`. What has not been fetched from the repository yet is asked for, not guessed. */
import { decoded, type Entry, joined, largestFile, type Tree } from '../project/tree.ts';

/** `link`: a symbolic link; `module`: a submodule, which a plain clone leaves empty. */
export type GitKind = 'file' | 'directory' | 'link' | 'module';

export interface GitEntry {
  /** `undefined`: not UTF-8; such a name is never matched. */
  readonly name: string | undefined;
  /** `100644`, `100755`, `120000`, `40000`, `160000`. */
  readonly mode: string;
  readonly kind: GitKind;
  readonly id: string;
}

/** Bytes of objects by id. `undefined`: larger than `largestFile`, or missing from the repository. */
export type Known = ReadonlyMap<string, Uint8Array | undefined>;

/** A tree as far as it is known. */
export interface PartialTree extends Tree {
  /** Ids that were asked for and are not known; when there are any, the answers given since are not to be trusted. */
  readonly wanted: ReadonlySet<string>;
}

const kinds: Readonly<Record<string, GitKind>> = { '40000': 'directory', '120000': 'link', '160000': 'module' };

/** The entries of a raw tree object; those after a malformed one are dropped. */
export function treeEntries(bytes: Uint8Array, idLength: number): readonly GitEntry[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: GitEntry[] = [];
  for (let at = 0; at < buffer.length; ) {
    const blank = buffer.indexOf(0x20, at);
    const nul = buffer.indexOf(0, blank + 1);
    const end = nul + 1 + idLength / 2;
    if (blank < 0 || nul < 0 || end > buffer.length) break;
    const mode = buffer.toString('latin1', at, blank);
    const name = decoded(buffer.subarray(blank + 1, nul));
    entries.push({ name, mode, kind: kinds[mode] ?? 'file', id: buffer.toString('hex', nul + 1, end) });
    at = end;
  }
  return entries;
}

/** Most links followed on the way to one path, as Linux does. */
const mostLinks = 40;

/** The directory `directory` of the tree `root`, links resolved inside it only. */
export function gitTree(root: string, directory: string, known: Known): PartialTree {
  const wanted = new Set<string>();
  const parsed = new Map<string, ReadonlyMap<string, GitEntry>>();
  const bytesOf = (id: string): Uint8Array | undefined => {
    if (!known.has(id)) wanted.add(id);
    return known.get(id);
  };
  const entriesOf = (id: string): ReadonlyMap<string, GitEntry> => {
    const before = parsed.get(id);
    if (before !== undefined) return before;
    const bytes = bytesOf(id);
    const entries = bytes === undefined ? [] : treeEntries(bytes, root.length);
    const byName = new Map(entries.flatMap((entry) => (entry.name === undefined ? [] : [[entry.name, entry]])));
    if (bytes !== undefined) parsed.set(id, byName);
    return byName;
  };
  const resolve = resolver({ name: '', mode: '40000', kind: 'directory', id: root }, entriesOf, bytesOf);
  const top = resolve(
    directory.split('/').filter((part) => part !== ''),
    undefined,
  );
  const find = (path: string): GitEntry | undefined =>
    top === undefined ? undefined : resolver(top, entriesOf, bytesOf)(parts(path), undefined);
  return {
    wanted,
    kind: (path) => kindOf(find(path)),
    read: (path) => {
      const entry = find(path);
      const bytes = entry?.kind === 'file' ? bytesOf(entry.id) : undefined;
      return bytes === undefined || bytes.length > largestFile ? undefined : bytes;
    },
    list: (path) => {
      const entry = find(path);
      if (entry?.kind !== 'directory') return [];
      return [...entriesOf(entry.id)].map(([name, each]): Entry => {
        const link = each.kind === 'link';
        return { name, kind: kindOf(link ? find(joined(path, name)) : each), link };
      });
    },
  };
}

function parts(path: string): readonly string[] {
  return path === '' ? [] : path.split('/');
}

function kindOf(entry: GitEntry | undefined): Entry['kind'] {
  if (entry === undefined || entry.kind === 'link') return undefined;
  return entry.kind === 'file' ? 'file' : 'directory';
}

type Resolve = (path: readonly string[], budget: { links: number } | undefined) => GitEntry | undefined;

/** Follows a path below `top`, through links as long as they stay below it. */
function resolver(
  top: GitEntry,
  entriesOf: (id: string) => ReadonlyMap<string, GitEntry>,
  bytesOf: (id: string) => Uint8Array | undefined,
): Resolve {
  return (path, budget = { links: mostLinks }) => {
    const stack: GitEntry[] = [top];
    const open = [...path].reverse();
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      const here = stack.at(-1);
      if (here === undefined) return undefined;
      if (part === '' || part === '.') continue;
      if (part === '..') {
        stack.pop();
        if (stack.length === 0) return undefined;
        continue;
      }
      const entry = here.kind === 'directory' ? entriesOf(here.id).get(part) : undefined;
      if (entry === undefined) return undefined;
      if (entry.kind !== 'link') {
        stack.push(entry);
        continue;
      }
      const target = decoded(bytesOf(entry.id) ?? new Uint8Array());
      budget.links -= 1;
      if (target === undefined || target === '' || target.startsWith('/') || budget.links < 0 || target.length > 4096)
        return undefined;
      open.push(...target.split('/').reverse());
    }
    return stack.at(-1);
  };
}
