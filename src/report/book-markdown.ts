/** The summary of many repositories for a CI run, within what such a summary may hold. */
import { type Book, type BookTotals, gaps, totalsOf } from './book.ts';
import { outcomeWords } from './book-text.ts';
import type { GroupEntry } from './journal-index.ts';
import { plural } from './layout.ts';
import { firstFitting, pullRequestLimit, pullRequestText } from './markdown.ts';
import { cellProse, cellSpan, prose } from './markdown-text.ts';
import { bytesText, changeText } from './size.ts';

/** GitHub drops a step summary of more than 1 MiB whole. */
export const summaryLimitBytes = 900 * 1024;

/** A book of one repository gives the text of its pull request; at most `limit` bytes of UTF-8. */
export function bookMarkdown(book: Book, limit: number = summaryLimitBytes): string {
  const fits = (text: string): boolean => Buffer.byteLength(text) <= limit;
  const [only] = book.entries;
  if (book.entries.length === 1 && only !== undefined) {
    const said = gaps(book).map((gap) => `- ${prose(gap)}\n`);
    return firstFitting(
      [() => pullRequestText(book.load(only), Math.min(limit, pullRequestLimit)) + said.join('')],
      fits,
    );
  }
  const head = headText(book, totalsOf(book));
  const table = (): string => head + repositoryTable(book.entries);
  return firstFitting([() => withDetails(book, table(), limit), table, () => head], fits);
}

/** Stops as soon as it is too long. */
function withDetails(book: Book, start: string, limit: number): string {
  let text = start;
  for (const entry of book.entries) {
    if (text.length > limit) return text;
    if (entry.outcome !== 'changed') continue;
    const body = pullRequestText(book.load(entry), pullRequestLimit);
    text += `\n<details><summary>${prose(entry.name)}</summary>\n\n${body}\n</details>\n`;
  }
  return text;
}

function headText(book: Book, totals: BookTotals): string {
  const outcomes = Object.entries(totals.outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${wordOf(outcome)}`);
  const rows = [
    `## ${plural(book.entries.length, 'repository', 'repositories')}, ${plural(totals.dockerfiles, 'Dockerfile')}\n\n`,
    outcomes.length === 0 ? '' : `${outcomes.join(', ')}.\n\n`,
    gaps(book)
      .map((gap) => `> ${prose(gap)}\n\n`)
      .join(''),
    stepsText(totals),
    sizeText(totals),
    reasonsTable(totals),
  ];
  return rows.join('');
}

function wordOf(outcome: string): string {
  return Object.entries(outcomeWords).find(([name]) => name === outcome)?.[1] ?? outcome;
}

function stepsText({ steps }: BookTotals): string {
  if (steps.length === 0) return '';
  return `**Steps**: ${steps
    .slice(0, 50)
    .map(([name, count]) => `${cellSpan(name.slice(0, 100))} ${count}`)
    .join(' · ')}\n\n`;
}

function sizeText({ size }: BookTotals): string {
  if (size === undefined) return '';
  const change = changeText(size.before, size.after);
  return `**Base images**: ${bytesText(size.before)} → ${bytesText(size.after)} (${change}; compressed, an estimate over ${plural(size.files, 'Dockerfile')} whose bases have known sizes)\n\n`;
}

function reasonsTable({ reasons }: BookTotals): string {
  if (reasons.length === 0) return '';
  const rows = reasons
    .slice(0, 10)
    .map(
      ({ code, message, count }) =>
        `| ${count} | ${cellSpan(code.slice(0, 100))} | ${cellProse(message.slice(0, 300))} |\n`,
    );
  return `| left undone | reason | |\n| ---: | --- | --- |\n${rows.join('')}\n`;
}

function repositoryTable(entries: readonly GroupEntry[]): string {
  const rows = entries.map((entry) => {
    const steps = Object.keys(entry.steps).map(cellSpan).join(' ');
    const why = entry.reasons[0] === undefined ? '' : cellSpan(entry.reasons[0].code);
    return `| ${cellSpan(entry.name)} | ${wordOf(entry.outcome)} | ${steps === '' ? why : steps} |\n`;
  });
  return `| repository | outcome | steps or reason |\n| --- | --- | --- |\n${rows.join('')}`;
}
