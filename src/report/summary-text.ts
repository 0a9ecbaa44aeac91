/** The closing lines of a text report: counts, and over several files which reasons were given most. */
import type { Reason } from '../answer.ts';
import { plural } from './layout.ts';
import { type FileReport, type RunHead, reasonsOf, type Summary } from './report.ts';
import type { Style } from './style.ts';

const mostRows = 10;

/** `3 files: 1 would change (4 steps), 1 already fine, 1 left alone`. */
export function summaryLine(summary: Summary, mode: RunHead['mode'], style: Style): string {
  const { files, steps, written } = summary;
  const total = Object.values(files).reduce((sum, count) => sum + count, 0);
  const pending = files.changed - written;
  const stepCount = ` (${plural(steps.changed, 'step')})`;
  const pendingWord = mode === 'preview' || mode === 'check' ? 'would change' : 'not written';
  const parts = [
    written === 0 ? '' : `${written} changed${stepCount}`,
    pending === 0 ? '' : `${pending} ${pendingWord}${written === 0 ? stepCount : ''}`,
    files.fine === 0 ? '' : `${files.fine} already fine`,
    files.refused === 0 ? '' : `${files.refused} refused`,
    files['left-alone'] === 0 ? '' : `${files['left-alone']} left alone`,
    files.error === 0 ? '' : style.palette.red(plural(files.error, 'error')),
  ].filter((part) => part !== '');
  const time = summary.milliseconds === undefined ? '' : ` in ${Math.round(summary.milliseconds)} ms`;
  return `${plural(total, 'file')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}${time}\n`;
}

/** The most frequent reasons for leaving files or parts of them alone, by code; `''` when there were none. */
export function reasonTable(files: readonly FileReport[], style: Style): string {
  const counted = new Map<string, { readonly reason: Reason; count: number }>();
  for (const reason of files.flatMap(refusals)) {
    const row = counted.get(reason.code) ?? { reason, count: 0 };
    row.count += 1;
    counted.set(reason.code, row);
  }
  const rows = [...counted.values()].sort((a, b) => b.count - a.count || (a.reason.code < b.reason.code ? -1 : 1));
  if (rows.length === 0) return '';
  const shown = rows.slice(0, mostRows).map(({ reason, count }) => rowText(reason, count, style));
  const rest = rows.length > mostRows ? `  and ${plural(rows.length - mostRows, 'other reason')}\n` : '';
  return `\n${style.palette.bold('why not')}\n${shown.join('')}${rest}\n`;
}

function refusals({ migration }: FileReport): readonly Reason[] {
  const left = migration.leftAlone === undefined ? [] : [migration.leftAlone];
  const refused = migration.steps
    .filter(({ outcome }) => outcome.kind === 'refuse')
    .flatMap((step) => reasonsOf(step).because);
  return [...left, ...refused];
}

function rowText(reason: Reason, count: number, style: Style): string {
  const text = style.show(reason.text);
  const room = Math.max(20, style.columns - 48);
  const short = [...text].length > room ? `${[...text].slice(0, room - 3).join('')}...` : text;
  return `${String(count).padStart(5)}  ${reason.code.padEnd(38)} ${style.palette.dim(short)}\n`;
}
