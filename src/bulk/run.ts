/** The loop of a bulk run: bounded concurrency, results in the order of the list, an end in good order whatever happens. */
import type { RepoEvent, RunEvent } from './journal.ts';
import type { Pool } from './pool.ts';
import { doRepository, type RepositoryDone, type RepositoryTask, type Shared } from './repository.ts';
import { repositoryKey, type Settings } from './settings.ts';
import { isInShard, type Shard } from './shard.ts';
import type { Source } from './sources.ts';

export type Finished = Extract<RepositoryDone, { readonly kind: 'done' }>;

export interface BulkRun {
  readonly settings: Settings;
  readonly pool: Pool;
  readonly run: RunEvent;
  /** The whole list; `tasks` says which of them this run is about. */
  readonly sources: readonly Source[];
  readonly tasks: readonly RepositoryTask[];
  readonly concurrency: number;
  /** At most so many repositories are done, not counting those that needed nothing. */
  readonly limit: number;
  /** Stop when so many failed. */
  readonly breaker: (errors: number, done: number) => boolean;
  /** Called in the order of the list, one at a time. */
  readonly finished: (done: Finished) => void;
  readonly progress: (state: Progress) => void;
  readonly interruption: Interruption;
}

/** `stop`: take no more. `abandon`: leave what has been begun. */
export interface Interruption {
  readonly stop: AbortSignal;
  readonly abandon: AbortSignal;
}

export interface Progress {
  /** Done in this run, and those that needed nothing. */
  readonly done: number;
  readonly same: number;
  readonly errors: number;
  readonly changed: number;
  /** Repositories this run is about. */
  readonly total: number;
  /** One that is being worked on. */
  readonly current: string | undefined;
}

export interface BulkEnd {
  readonly progress: Progress;
  readonly ended: 'complete' | 'limit' | 'breaker' | 'interrupted';
}

/** Repositories of the list that belong to the shard, with what the journal knows of them. `failedOnly`: errors alone. */
export function tasksOf(
  sources: readonly Source[],
  shard: Shard | undefined,
  done: ReadonlyMap<string, RepoEvent>,
  failedOnly: boolean,
): readonly RepositoryTask[] {
  return sources.flatMap((source, index) => {
    if (shard !== undefined && !isInShard(index, shard)) return [];
    const before = done.get(source.id);
    if (failedOnly && before?.outcome !== 'error') return [];
    return [{ source, index, doneKey: before === undefined || before.outcome === 'error' ? undefined : before.key }];
  });
}

/** Is the journal's word enough, without asking a remote repository again or looking at a work tree that was written to? */
export function needsNothing(task: RepositoryTask, before: RepoEvent | undefined, settings: Settings): boolean {
  if (task.doneKey === undefined || before === undefined) return false;
  if (task.source.kind === 'local' && !settings.sinks.inPlace) return false;
  return task.doneKey === repositoryKey(settings, task.source.id, before.base);
}

/** Results that wait for an earlier repository to be finished: as many as this for each worker. */
const waitingPerWorker = 32;

/** Does the tasks. Never rejects because of a repository. */
export async function runBulk(bulk: BulkRun, before: ReadonlyMap<string, RepoEvent>): Promise<BulkEnd> {
  const { tasks, settings, concurrency, interruption } = bulk;
  const shared: Shared = {
    settings,
    pool: bulk.pool,
    whenOnline: gate(settings.cloneConcurrency),
    signal: interruption.abandon,
  };
  const counts = { done: 0, same: 0, errors: 0, changed: 0 };
  const waiting = new Map<number, RepositoryDone>();
  const busy = new Set<string>();
  let [next, emitted, broken] = [0, 0, false];
  const state = (): Progress => ({ ...counts, total: tasks.length, current: busy.values().next().value });
  const take = (result: RepositoryDone): void => {
    if (result.kind === 'same') counts.same += 1;
    if (result.kind !== 'done') return;
    counts.done += 1;
    if (result.event.outcome === 'error') counts.errors += 1;
    if (result.event.outcome === 'changed') counts.changed += 1;
    bulk.finished(result);
    broken ||= bulk.breaker(counts.errors, counts.done);
  };
  const emit = (): void => {
    for (let result = waiting.get(emitted); result !== undefined; result = waiting.get(emitted)) {
      waiting.delete(emitted);
      emitted += 1;
      take(result);
      bulk.progress(state());
    }
  };
  const mayStart = (): boolean =>
    next < tasks.length &&
    !broken &&
    !interruption.stop.aborted &&
    next - emitted < concurrency * waitingPerWorker &&
    counts.done + waiting.size + busy.size < bulk.limit;
  const one = async (): Promise<void> => {
    const [at, task] = [next, tasks[next]];
    next += 1;
    if (task === undefined) return;
    const { id } = task.source;
    busy.add(id);
    const quick = needsNothing(task, before.get(id), settings);
    waiting.set(at, quick ? { kind: 'same' } : await doRepository(task, shared));
    busy.delete(id);
    emit();
  };
  await inParallel(concurrency, mayStart, one);
  return {
    progress: state(),
    ended: endOf({ broken, interrupted: interruption.stop.aborted, left: next < tasks.length }),
  };
}

function endOf(how: { broken: boolean; interrupted: boolean; left: boolean }): BulkEnd['ended'] {
  if (how.interrupted) return 'interrupted';
  if (how.broken) return 'breaker';
  return how.left ? 'limit' : 'complete';
}

/** Keeps `concurrency` pieces of work going as long as more may be started; ends when all have. */
async function inParallel(concurrency: number, mayStart: () => boolean, one: () => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  for (;;) {
    while (running.size < concurrency && mayStart()) {
      const piece: Promise<void> = one().finally(() => running.delete(piece));
      running.add(piece);
    }
    if (running.size === 0) return;
    await Promise.race(running);
  }
}

/** Lets `size` pieces of work run at once; the others wait in order. */
function gate(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let free = size;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => queue.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
