/** One repository from its source to its journal group. Whatever happens inside stays inside. */
import { type Fault, messageOf } from '../fault.ts';
import { outcomeOf } from '../migration.ts';
import { titleOf } from '../report/json.ts';
import type { FileReport, FileResult } from '../report/report.ts';
import { writeBranch } from './branch.ts';
import { baseRef, fetchObjects, presentObjects, refreshCache } from './cache.ts';
import { type Commit, parseCommit } from './commit.ts';
import { counted, groupLines, type RepoResult } from './events.ts';
import type { BranchRecord, RepoEvent } from './journal.ts';
import { type Objects, openObjects } from './objects.ts';
import { writePatches } from './patches.ts';
import { planCommit } from './plan.ts';
import type { Pool } from './pool.ts';
import { pushBranch } from './push.ts';
import { bulkFault, bulkReason } from './reasons.ts';
import { commitKey, repositoryKey, type Settings } from './settings.ts';
import { commonDirectory, isRepository, type Source } from './sources.ts';
import { createLoader, type Origin } from './walk.ts';

export interface RepositoryTask {
  readonly source: Source;
  /** Position in the whole list. */
  readonly index: number;
  /** Key of its last record in the journal, when that needs no repeating. */
  readonly doneKey: string | undefined;
}

export interface Shared {
  readonly settings: Settings;
  readonly pool: Pool;
  /** Runs the work when a connection is free. */
  readonly whenOnline: <T>(work: () => Promise<T>) => Promise<T>;
  /** Fires when the run is to end at once. */
  readonly signal: AbortSignal;
}

/** `same`: nothing has changed since it was done. `lines`: the journal group. */
export type RepositoryDone =
  | { readonly kind: 'same' }
  | { readonly kind: 'abandoned' }
  | {
      readonly kind: 'done';
      readonly lines: string;
      readonly event: RepoEvent;
      readonly faults: readonly Fault[];
    };

/** What is known when the work ends, however it ends. */
interface Gathered {
  base?: Commit;
  branch?: BranchRecord;
  patches?: readonly string[];
  results: readonly FileResult[];
  notes: RepoResult['notes'];
  optedOut: RepoResult['optedOut'];
  faults: Fault[];
}

/** Time limits of a repository that lies here and of one that must be fetched first. */
const localLimitMs = 60_000;
const urlLimitMs = 600_000;

/** Never rejects. */
export async function doRepository(task: RepositoryTask, shared: Shared): Promise<RepositoryDone> {
  const { settings, signal } = shared;
  const started = performance.now();
  const gathered: Gathered = { results: [], notes: [], optedOut: [], faults: [] };
  const limitMs = settings.repoLimitMs ?? (task.source.kind === 'url' ? urlLimitMs : localLimitMs);
  const local = new AbortController();
  const stop = (): void => local.abort();
  signal.addEventListener('abort', stop);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    local.abort();
  }, limitMs);
  try {
    const same = await work(task, shared, gathered, local.signal);
    if (same === 'same') return { kind: 'same' };
  } catch (error) {
    if (!late && !signal.aborted) gathered.faults.push(gitFault(task.source.id, messageOf(error)));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted) return { kind: 'abandoned' };
  if (late) {
    const reason = bulkReason('repository-over-time', { repo: task.source.id, seconds: limitMs / 1000 });
    gathered.faults.push(bulkFault(reason, 3));
  }
  return done(task, settings, gathered, performance.now() - started);
}

function gitFault(repo: string, cause: string): Fault {
  return bulkFault(bulkReason('git', { repo, cause }), 3);
}

async function work(
  task: RepositoryTask,
  shared: Shared,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<'same' | undefined> {
  const { source, doneKey } = task;
  const { settings } = shared;
  if (settings.sinks.inPlace) {
    if (doneKey === repositoryKey(settings, source.id, undefined)) return 'same';
    Object.assign(gathered, await settings.migrateInPlace(source));
    return undefined;
  }
  const repository = await located(source, shared, signal);
  if (typeof repository !== 'string') {
    gathered.faults.push(repository);
    return undefined;
  }
  const objects = openObjects(repository);
  const stop = (): void => objects.close();
  signal.addEventListener('abort', stop);
  try {
    const base = await baseOf(source, objects);
    if (base === undefined && doneKey === repositoryKey(settings, source.id, undefined)) return 'same';
    if (base === undefined)
      gathered.notes = [{ path: source.id, reason: bulkReason('no-commit', { repo: source.id }) }];
    else if ('reason' in base) gathered.faults.push(base);
    else {
      gathered.base = base;
      if (doneKey === repositoryKey(settings, source.id, base.id)) return 'same';
      await planAndSink({ source, shared, repository, objects, base, gathered, signal });
    }
    return undefined;
  } finally {
    signal.removeEventListener('abort', stop);
    objects.close();
  }
}

/** Where the repository lies on this machine. */
async function located(source: Source, shared: Shared, signal: AbortSignal): Promise<string | Fault> {
  if (source.kind === 'local') {
    const there = isRepository(source.location) && commonDirectory(source.location) !== undefined;
    return there ? source.location : bulkFault(bulkReason('no-such-repository', { repo: source.id }), 3);
  }
  const { cacheDirectory, sinks } = shared.settings;
  return shared.whenOnline(() => refreshCache({ source, cacheDirectory, branch: sinks.branch?.name, signal }));
}

/** The commit to read; `undefined`: there is none yet. */
async function baseOf(source: Source, objects: Objects): Promise<Commit | Fault | undefined> {
  const { ref, id: repo } = source;
  const names =
    source.kind === 'url'
      ? [`${baseRef}^{commit}`]
      : ref === undefined
        ? ['HEAD']
        : /^[0-9a-f]{40,64}$/.test(ref)
          ? [ref]
          : [`refs/heads/${ref}`, `refs/tags/${ref}^{commit}`, `refs/remotes/origin/${ref}`];
  const found = (await objects.get(names)).find((object) => object?.type === 'commit');
  const commit = found?.bytes === undefined ? undefined : parseCommit(found.id, found.bytes);
  if (commit !== undefined) return commit;
  return ref === undefined ? undefined : bulkFault(bulkReason('no-such-ref', { repo, ref }), 3);
}

interface Opened {
  readonly source: Source;
  readonly shared: Shared;
  readonly repository: string;
  readonly objects: Objects;
  readonly base: Commit;
  readonly gathered: Gathered;
  readonly signal: AbortSignal;
}

async function planAndSink(opened: Opened): Promise<void> {
  const { source, shared, objects, base, gathered, signal } = opened;
  const { settings, pool } = shared;
  const repo = source.id;
  const loader = createLoader(repo, objects, source.kind === 'url' ? await originOf(opened) : undefined);
  const plan = await planCommit({ repo, root: base.tree, loader, pool, limitMs: settings.fileLimitMs, signal });
  if ('reason' in plan) {
    gathered.faults.push(plan);
    return;
  }
  gathered.notes = plan.notes;
  gathered.optedOut = plan.optedOut;
  gathered.faults.push(...plan.faults);
  gathered.results = plan.reports.map((file) => ({ file, writing: 'not-asked', undo: [] }));
  if (signal.aborted) return;
  await sink(
    opened,
    plan.reports.filter(({ migration }) => outcomeOf(migration) === 'changed'),
  );
}

async function originOf({ source, repository, shared, signal }: Opened): Promise<Origin> {
  const present = await presentObjects(repository, signal);
  const fetch = (ids: readonly string[]): Promise<Fault | undefined> =>
    shared.whenOnline(() => fetchObjects(source.id, repository, ids, signal));
  return { present, fetch };
}

async function sink(opened: Opened, files: readonly FileReport[]): Promise<void> {
  const { source, shared, repository, objects, base, gathered, signal } = opened;
  const { sinks, committer, hide } = shared.settings;
  if (files.length === 0) return;
  const key = commitKey(shared.settings, base.id);
  const common = { repo: source.id, files, committer, key, hide };
  if (sinks.patches !== undefined) {
    try {
      gathered.patches = writePatches(sinks.patches, { ...common, base: base.id, time: base.time });
    } catch (error) {
      gathered.faults.push(bulkFault(bulkReason('patch-failed', { repo: source.id, cause: messageOf(error) }), 3));
    }
  }
  if (sinks.branch === undefined) return;
  const { name, squash, push } = sinks.branch;
  const title = titleOf(gathered.results);
  const branch = await writeBranch({ ...common, repository, objects, base, name, squash, title, signal });
  if ('reason' in branch) gathered.faults.push(branch);
  else if (!push) gathered.branch = branch;
  else {
    const isOwnClone = source.kind === 'url';
    const pushing = { repo: source.id, repository, objects, branch: name, isOwnClone, signal };
    const fault = await shared.whenOnline(() => pushBranch(pushing));
    if (fault !== undefined) gathered.faults.push(fault);
    gathered.branch = { ...branch, pushed: fault === undefined };
  }
}

function done(task: RepositoryTask, settings: Settings, gathered: Gathered, milliseconds: number): RepositoryDone {
  const { source, index } = task;
  const { results, faults, notes, optedOut, base, branch, patches } = gathered;
  const result: RepoResult = { repo: source.id, results, faults, notes, optedOut };
  const title = titleOf(results);
  const event: RepoEvent = {
    type: 'repo',
    repo: source.id,
    index,
    ...(base === undefined ? {} : { base: base.id }),
    key: repositoryKey(settings, source.id, base?.id),
    ...counted(result),
    exitCode: settings.exitCode(
      faults,
      results.map(({ file }) => file.migration),
    ),
    title,
    ...(branch === undefined ? {} : { branch }),
    ...(patches === undefined ? {} : { patches }),
    ...(settings.timings ? { milliseconds: Math.round(milliseconds) } : {}),
  };
  return { kind: 'done', lines: groupLines(result, event, settings.hide), event, faults };
}
