/** A merged report in a screenful of text. */
import { type Book, type BookTotals, gaps, totalsOf } from './book.ts';
import type { TreeOutcome } from './journal-index.ts';
import { plural } from './layout.ts';
import { bytesText, changeText } from './size.ts';
import type { Style } from './style.ts';

export const outcomeWords: Readonly<Record<TreeOutcome, string>> = {
  changed: 'changed',
  refused: 'refused',
  'left-alone': 'left as they are',
  fine: 'nothing to do',
  'none-found': 'no Dockerfile',
  error: 'error',
};

const mostRows = 10;

export function bookText(book: Book, style: Style): string {
  const totals = totalsOf(book);
  const head = style.palette.bold(
    `${plural(book.entries.length, 'repository', 'repositories')}, ${plural(totals.dockerfiles, 'Dockerfile')}`,
  );
  const parts = [
    `${head}\n`,
    outcomeRows(totals, style),
    reasonRows(totals, style),
    stepsRow(totals),
    sizeRow(totals),
    errorRows(book, style),
    gaps(book)
      .map((gap) => `${style.palette.yellow('!')} ${style.show(gap)}\n`)
      .join(''),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function outcomeRows(totals: BookTotals, style: Style): string {
  const rows = Object.entries(totals.outcomes).filter(([, count]) => count > 0);
  return rows.map(([outcome, count]) => `${String(count).padStart(6)}  ${coloured(outcome, style)}\n`).join('');
}

function coloured(outcome: string, style: Style): string {
  const word = Object.entries(outcomeWords).find(([name]) => name === outcome)?.[1] ?? outcome;
  const { green, red, yellow } = style.palette;
  return outcome === 'changed'
    ? green(word)
    : outcome === 'error'
      ? red(word)
      : outcome === 'refused'
        ? yellow(word)
        : word;
}

function reasonRows({ reasons }: BookTotals, style: Style): string {
  if (reasons.length === 0) return '';
  const rows = reasons.slice(0, mostRows).map(({ code, message, count }) => {
    const shown = [...style.show(message).replace(/\n/g, ' ')];
    const room = Math.max(20, style.columns - 48);
    const short = shown.length > room ? `${shown.slice(0, room - 3).join('')}...` : shown.join('');
    return `${String(count).padStart(6)}  ${style.show(code).padEnd(38)} ${style.palette.dim(short)}\n`;
  });
  const rest = reasons.length > mostRows ? `        and ${plural(reasons.length - mostRows, 'other reason')}\n` : '';
  return `${style.palette.bold('why not')}\n${rows.join('')}${rest}`;
}

function stepsRow({ steps }: BookTotals): string {
  if (steps.length === 0) return '';
  return `steps applied   ${steps.map(([name, count]) => `${name} ${count}`).join(' · ')}\n`;
}

function sizeRow({ size, changed }: BookTotals): string {
  if (size === undefined) return '';
  const unknown = changed > size.files ? `, ${changed - size.files} unknown` : '';
  return `base images     ${bytesText(size.before)} → ${bytesText(size.after)} (${changeText(size.before, size.after)}; compressed, estimated over ${plural(size.files, 'Dockerfile')}${unknown})\n`;
}

function errorRows(book: Book, style: Style): string {
  const failed = book.entries.filter(({ outcome }) => outcome === 'error');
  if (failed.length === 0) return '';
  const names = failed.slice(0, mostRows).map(({ name }) => `  ${style.showName(name)}\n`);
  const rest = failed.length > mostRows ? `  and ${failed.length - mostRows} others\n` : '';
  return `${style.palette.red('with errors')}\n${names.join('')}${rest}`;
}
