/** The Dockerfiles of a commit, found in its tree objects. */
import type { Reason } from '../answer.ts';
import { isCandidate, isTemplateName } from '../discover.ts';
import { cliReason, type Fault } from '../fault.ts';
import { joined } from '../project/tree.ts';
import { treeEntries } from './git-tree.ts';
import type { Objects } from './objects.ts';
import { bulkFault, bulkReason } from './reasons.ts';

export interface Candidate {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly id: string;
  /** Objects that are most likely read for it: fetched together, they save rounds. */
  readonly nearby: readonly string[];
}

interface Directory {
  readonly path: string;
  readonly id: string;
}

export interface Walk {
  /** Ordered by path. */
  readonly candidates: readonly Candidate[];
  readonly notes: readonly { readonly path: string; readonly reason: Reason }[];
}

/** Objects of one repository that have been read, and the reading of more. */
export interface Loader {
  readonly known: ReadonlyMap<string, Uint8Array | undefined>;
  /** Reads what is not known yet; what the repository lacks is known as `undefined`. A fault when it gets too much. */
  load(ids: readonly string[]): Promise<Fault | undefined>;
}

const mostEntries = 500_000;
const deepest = 64;
const mostBytes = 256 * 1024 * 1024;
/** Only a hint: whatever else is read is fetched when it is asked for. */
const likelyRead =
  /^(?:\.dockerignore|\.npmrc|\.nvmrc|\.node-version|\.python-version|(?:package|package-lock|npm-shrinkwrap|tsconfig)\.json|yarn\.lock|pnpm-(?:lock|workspace)\.yaml|pom\.xml|[\w-]+\.gradle(?:\.kts)?|gradle\.properties|go\.(?:mod|sum|work)|requirements[\w-]*\.txt|pyproject\.toml|(?:poetry|uv)\.lock|Pipfile(?:\.lock)?|setup\.(?:py|cfg)|(?:docker-)?compose[\w.-]*\.ya?ml)$/;
const passedOver = new Set(['node_modules', 'vendor', '.git']);

/** Where a partial clone gets what it left behind. Asking its git for such an object would end that git. */
export interface Origin {
  readonly present: ReadonlySet<string>;
  fetch(ids: readonly string[]): Promise<Fault | undefined>;
}

export function createLoader(repo: string, objects: Objects, origin?: Origin): Loader {
  const known = new Map<string, Uint8Array | undefined>();
  let bytes = 0;
  return {
    known,
    load: async (ids) => {
      const names = [...new Set(ids)].filter((id) => !known.has(id));
      const absent = origin === undefined ? [] : names.filter((id) => !origin.present.has(id));
      const fault = absent.length === 0 ? undefined : await origin?.fetch(absent);
      if (fault !== undefined) return fault;
      const found = await objects.get(names);
      for (const [index, id] of names.entries()) {
        known.set(id, found[index]?.bytes);
        bytes += found[index]?.bytes?.length ?? 0;
      }
      if (bytes <= mostBytes) return undefined;
      return bulkFault(bulkReason('too-many-bytes', { repo, limit: `${mostBytes / 1024 / 1024} MiB` }), 4);
    },
  };
}

/** Walks a tree level by level; directories of dependencies are not entered. */
export async function walkTree(repo: string, root: string, loader: Loader): Promise<Walk | Fault> {
  const candidates: Candidate[] = [];
  const notes: { path: string; reason: Reason }[] = [];
  let level: readonly Directory[] = [{ path: '', id: root }];
  let entries = 0;
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const fault = await loader.load(level.map(({ id }) => id));
    if (fault !== undefined) return fault;
    const next: Directory[] = [];
    for (const directory of level) {
      const inside = treeEntries(loader.known.get(directory.id) ?? new Uint8Array(), root.length);
      const nearby = inside
        .filter(({ name = '', kind }) => kind === 'file' && likelyRead.test(name))
        .map(({ id }) => id);
      for (const entry of inside) {
        entries += 1;
        if (entry.name === undefined) continue;
        const path = joined(directory.path, entry.name);
        if (entry.kind === 'directory' && !passedOver.has(entry.name)) next.push({ path, id: entry.id });
        else if (entry.kind === 'directory' || entry.kind === 'module' || !isCandidate(path)) continue;
        else if (entry.kind === 'link')
          notes.push({ path, reason: cliReason('symlink', { path, target: 'another file' }) });
        else if (isTemplateName(path)) notes.push({ path, reason: cliReason('template', { path }) });
        else candidates.push({ path, id: entry.id, nearby });
      }
      if (entries > mostEntries) return bulkFault(bulkReason('too-many-entries', { repo, limit: mostEntries }), 4);
    }
    level = next;
  }
  return { candidates: candidates.sort(byPath), notes: notes.sort(byPath) };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
