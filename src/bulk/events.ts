/** A repository's result as the lines of its journal group. */
import type { Reason } from '../answer.ts';
import type { Fault } from '../fault.ts';
import { type FileOutcome, outcomeOf } from '../migration.ts';
import { faultDocument, fileDocument, type Hide, hidden, stepDocument, wholeDiff } from '../report/document.ts';
import { countAll, type FileResult } from '../report/report.ts';
import type { EventDocument, RepoEvent, RepoOutcome } from './journal.ts';

export interface RepoResult {
  readonly repo: string;
  readonly results: readonly FileResult[];
  readonly faults: readonly Fault[];
  readonly notes: readonly { readonly path: string; readonly reason: Reason }[];
  /** Why configurations leave Dockerfiles alone, one per Dockerfile. */
  readonly optedOut: readonly Reason[];
}

/** The lines of a group, `repo` last, each ended. The journal keeps the repository's name and title readable in any case. */
export function groupLines(result: RepoResult, repo: RepoEvent, hide: Hide): string {
  const documents: EventDocument[] = [
    ...result.results.flatMap(({ file }) =>
      file.migration.steps.map(
        (step): EventDocument => ({
          type: 'step',
          repo: result.repo,
          path: file.migration.path,
          ...stepDocument(file, step),
        }),
      ),
    ),
    ...result.notes.map(
      ({ path, reason }): EventDocument => ({
        type: 'note',
        repo: result.repo,
        path,
        code: reason.code,
        message: reason.text,
      }),
    ),
    ...result.faults.map((fault): EventDocument => ({ type: 'error', repo: result.repo, ...faultDocument(fault) })),
    ...result.results.map(
      (each): EventDocument => ({
        type: 'file',
        repo: result.repo,
        ...fileDocument(each),
        diff: wholeDiff(each.file),
      }),
    ),
  ];
  const lines = documents.map((document) => `${JSON.stringify(hidden(document, hide))}\n`);
  return `${lines.join('')}${JSON.stringify(repo)}\n`;
}

/** The counts and the outcome of a result. */
export function counted(
  result: RepoResult,
): Pick<RepoEvent, 'outcome' | 'files' | 'steps' | 'written' | 'applied' | 'reasons'> {
  const withPath = new Set(result.faults.map(({ path }) => path)).size;
  const { files, steps } = countAll(
    result.results.map(({ file }) => file),
    withPath,
  );
  const written = result.results.filter(({ writing }) => writing === 'written').length;
  return {
    outcome: outcomeOfAll(result),
    files: { ...files, 'left-alone': files['left-alone'] + result.optedOut.length },
    steps,
    written,
    applied: applied(result),
    reasons: reasons(result),
  };
}

function applied({ results }: RepoResult): Readonly<Record<string, number>> {
  const steps = results.flatMap(({ file }) => file.migration.steps);
  return tally(steps.filter(({ outcome }) => outcome.kind === 'change').map(({ transform }) => transform));
}

function reasons({ results, faults, optedOut }: RepoResult): Readonly<Record<string, number>> {
  const kept = results.flatMap(({ file: { migration } }) => [
    ...(migration.leftAlone === undefined ? [] : [migration.leftAlone.code]),
    ...migration.steps.flatMap(({ outcome }) =>
      outcome.kind === 'refuse' || outcome.kind === 'rejected' ? [outcome.reason.code] : [],
    ),
  ]);
  return tally([...kept, ...optedOut.map(({ code }) => code), ...faults.map(({ reason }) => reason.code)]);
}

/** Ordered by name, so that equal counts are equal texts. */
function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

const telling: readonly FileOutcome[] = ['changed', 'refused', 'fine', 'left-alone'];

function outcomeOfAll({ results, faults, optedOut }: RepoResult): RepoOutcome {
  if (faults.length > 0) return 'error';
  const outcomes: readonly FileOutcome[] = [
    ...results.map(({ file }) => outcomeOf(file.migration)),
    ...optedOut.map(() => 'left-alone' as const),
  ];
  const most = telling.find((outcome) => outcomes.includes(outcome));
  return most === undefined || most === 'error' ? 'none-found' : most;
}
