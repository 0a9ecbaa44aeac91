/** One report out of one or several journals: the last group of every repository, in the order of the list. */
import { causeOf, cliReason, type Fault } from '../fault.ts';
import type { FileOutcome } from '../migration.ts';
import { supersedes } from '../report/journal-index.ts';
import { readRange } from '../report/lines.ts';
import type { StepOutcome } from '../report/report.ts';
import type { RepoEvent, RepoOutcome, RunEvent, SummaryEvent } from './journal.ts';
import { type GroupExtent, type JournalScan, scanJournal } from './journal-scan.ts';
import { bulkReason } from './reasons.ts';

export interface MergedJournal {
  /** Without `shard` when several journals were merged. */
  readonly run: RunEvent;
  /** The last group of every repository, ordered by `repo.index`. */
  readonly extents: readonly GroupExtent[];
  readonly summary: SummaryEvent;
  /** Lines that could not be used: the torn tails of killed runs. */
  readonly damaged: number;
  /** Positions of the list, from 0, that no journal has a group for, at most 1,000 of them. */
  readonly missing: readonly number[];
}

/**
 * Merges journals of one list; of two groups of one repository the later one counts, unless it is a failure of the same work. A journal
 * given twice changes nothing. Files that are no journals, or of different lists, are a fault.
 */
export function mergeJournals(files: readonly string[]): MergedJournal | Fault {
  const indexes: JournalScan[] = [];
  for (const file of files) {
    try {
      indexes.push(scanJournal(file));
    } catch (error) {
      return { reason: cliReason('unreadable', { path: file, cause: causeOf(error) }), exit: 2, path: file };
    }
  }
  const without = files[indexes.findIndex(({ run }) => run === undefined)];
  if (without !== undefined) return { reason: bulkReason('not-a-journal', { path: without }), exit: 2, path: without };
  const runs = indexes.flatMap(({ run }) => (run === undefined ? [] : [run]));
  const [first] = runs;
  if (first === undefined) return { reason: bulkReason('not-a-journal', { path: '' }), exit: 2 };
  const other = runs.find(({ event }) => event.list !== first.event.list);
  if (other !== undefined)
    return {
      reason: bulkReason('journals-differ', { path: other.file, other: first.file }),
      exit: 2,
      path: other.file,
    };
  const extents = lastGroups(indexes.flatMap(({ groups }) => groups));
  const run = runs.length === 1 ? (runs.at(-1)?.event ?? first.event) : unsharded(runs.at(-1)?.event ?? first.event);
  return {
    run,
    extents,
    summary: summarise(
      run,
      extents.map(({ repo }) => repo),
    ),
    damaged: indexes.reduce((sum, { damaged }) => sum + damaged, 0),
    missing: missingPositions(run, extents),
  };
}

function unsharded({ shard: _, ...run }: RunEvent): RunEvent {
  return run;
}

/** One group per repository, ordered by its place in the list. */
export function lastGroups(groups: readonly GroupExtent[]): readonly GroupExtent[] {
  const last = new Map<string, GroupExtent>();
  for (const group of groups) {
    const before = last.get(group.repo.repo);
    if (before === undefined || supersedes(before.repo, group.repo)) last.set(group.repo.repo, group);
  }
  return [...last.values()].sort((a, b) => a.repo.index - b.repo.index);
}

/** Positions of the list that belong to the run: all, or those of its shard. */
export function positionsOf(run: RunEvent): { readonly first: number; readonly step: number; readonly count: number } {
  const [, index = '1', shards = '1'] = /^(\d+)\/(\d+)$/.exec(run.shard ?? '') ?? [];
  const [first, step] = [Number(index) - 1, Number(shards)];
  return { first, step, count: Math.max(0, Math.ceil((run.repos - first) / step)) };
}

function missingPositions(run: RunEvent, extents: readonly GroupExtent[]): readonly number[] {
  const there = new Set(extents.map(({ repo }) => repo.index));
  const { first, step } = positionsOf(run);
  const missing: number[] = [];
  for (let at = first; at < run.repos && missing.length < 1000; at += step) if (!there.has(at)) missing.push(at);
  return missing;
}

const gravestFirst = [70, 3, 4, 1] as const;

/** The summary of a run with these repositories. Their exit codes include what `--fail-on` asked for. */
export function summarise(run: RunEvent, repos: readonly RepoEvent[]): SummaryEvent {
  const outcomes: Record<RepoOutcome, number> = {
    changed: 0,
    refused: 0,
    'left-alone': 0,
    fine: 0,
    'none-found': 0,
    error: 0,
  };
  const files: Record<FileOutcome, number> = { changed: 0, refused: 0, fine: 0, 'left-alone': 0, error: 0 };
  const steps: Record<StepOutcome, number> = { changed: 0, done: 0, refused: 0, rejected: 0 };
  let written = 0;
  for (const repo of repos) {
    outcomes[repo.outcome] += 1;
    for (const name of Object.keys(files) as FileOutcome[]) files[name] += repo.files[name];
    for (const name of Object.keys(steps) as StepOutcome[]) steps[name] += repo.steps[name];
    written += repo.written;
  }
  const exitCode = gravestFirst.find((code) => repos.some((repo) => repo.exitCode === code)) ?? 0;
  const remaining = positionsOf(run).count - repos.length;
  return { type: 'summary', exitCode, repos: outcomes, files, steps, written, remaining };
}

/** The bytes of a merged journal in pieces: `run`, the groups, `summary`. Two runs over the same commits give the same bytes. */
export function* mergedBytes(merged: MergedJournal): Generator<Buffer> {
  yield lineOf(merged.run);
  for (const { file, start, end } of merged.extents) yield readRange(file, start, end);
  yield lineOf(merged.summary);
}

export function lineOf(event: object): Buffer {
  return Buffer.from(`${JSON.stringify(event)}\n`, 'utf8');
}
