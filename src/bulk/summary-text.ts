/** What a bulk run says when it is over: repositories by outcome, reasons by number, and what could come next. */
import { plural } from '../report/layout.ts';
import type { Style } from '../report/style.ts';
import type { RepoEvent, RepoOutcome, SummaryEvent } from './journal.ts';

const rows: readonly (readonly [RepoOutcome, string])[] = [
  ['changed', 'changed'],
  ['fine', 'nothing to do'],
  ['refused', 'refused'],
  ['left-alone', 'left alone'],
  ['none-found', 'no Dockerfile'],
  ['error', 'error'],
];
const mostReasons = 3;
const mostSteps = 10;

/** A table of outcomes, and the transforms that were applied. */
export function summaryText(summary: SummaryEvent, repos: readonly RepoEvent[], style: Style): string {
  const head = `${'RESULT'.padEnd(16)}${'repos'.padStart(7)}${'dockerfiles'.padStart(13)}   top reasons`;
  const lines = rows.flatMap(([outcome, name]) => {
    const these = repos.filter((repo) => repo.outcome === outcome);
    if (these.length === 0) return [];
    const dockerfiles = these.flatMap(({ files }) => Object.values(files)).reduce((sum, count) => sum + count, 0);
    const reasons = outcome === 'changed' ? '' : reasonsText(these);
    const counts = `${String(these.length).padStart(7)}${String(dockerfiles).padStart(13)}`;
    return [`${name.padEnd(16)}${counts}   ${style.palette.dim(reasons)}`.trimEnd()];
  });
  const applied = topOf(
    repos.map((repo) => repo.applied),
    mostSteps,
  );
  const steps = applied.map(([name, count]) => `${name} ${count}`).join(` ${style.symbols.dot} `);
  const remaining = summary.remaining === 0 ? '' : `not done yet    ${String(summary.remaining).padStart(7)}\n`;
  return `${[style.palette.bold(head), ...lines].join('\n')}\n${remaining}${steps === '' ? '' : `\nsteps applied   ${steps}\n`}`;
}

function reasonsText(repos: readonly RepoEvent[]): string {
  return topOf(
    repos.map(({ reasons }) => reasons),
    mostReasons,
  )
    .map(([code, count]) => `${code} (${count})`)
    .join(', ');
}

function topOf(
  counts: readonly Readonly<Record<string, number>>[],
  most: number,
): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const each of counts)
    for (const [name, count] of Object.entries(each)) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most);
}

/** `141 × dfmigrate (local, nothing pushed)`; `''` without branches. */
export function branchText(repos: readonly RepoEvent[]): string {
  const branches = repos.flatMap(({ branch }) => (branch === undefined ? [] : [branch]));
  const [first] = branches;
  if (first === undefined) return '';
  const pushed = branches.filter((branch) => branch.pushed === true).length;
  const where = pushed === 0 ? 'local, nothing pushed' : `${pushed} pushed`;
  return `branches        ${plural(branches.length, 'repository', 'repositories')} with ${first.name} (${where})\n`;
}
