/** `dfmigrate report`: JSONL of one or many runs, merged and rendered. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { causeOf, cliReason, type Fault } from '../fault.ts';
import { type Book, gaps, merge } from '../report/book.ts';
import { bookMarkdown } from '../report/book-markdown.ts';
import { bookText } from '../report/book-text.ts';
import { csvHead, csvRows } from '../report/csv.ts';
import { faultText } from '../report/fault-text.ts';
import { indexPage } from '../report/html-index.ts';
import { treePage } from '../report/html-page.ts';
import { indexJournal, type JournalIndex } from '../report/journal-index.ts';
import { redact } from '../report/redact.ts';
import { sarifLog } from '../report/sarif.ts';
import { type Host, styleFor } from './host.ts';
import { isFault, type ShowOptions } from './options.ts';

/** Option values as commander collects them; `-` is standard output. */
export interface RawReportOptions {
  readonly html?: string;
  readonly markdown?: string;
  readonly sarif?: string;
  readonly sarifIncludeSkips?: boolean;
  readonly csv?: string;
  readonly summary?: boolean;
}

/** Exit code 0; 2 when the files cannot be read or do not belong together; 3 when repositories of the list are missing. */
export function report(files: readonly string[], own: RawReportOptions, shown: ShowOptions, host: Host): number {
  const hide = shown.redact ? redact : (text: string): string => text;
  const journals = readAll(files, host.cwd);
  if (isFault(journals)) return complain(journals, shown, host);
  const book = merge(journals, hide);
  if ('lists' in book) {
    return complain({ reason: cliReason('different-lists', { count: book.lists.length }), exit: 2 }, shown, host);
  }
  const fault = render(book, own, host);
  if (fault !== undefined) return complain(fault, shown, host);
  const targets = [own.html, own.markdown, own.sarif, own.csv].filter((name) => name !== undefined);
  if (targets.length === 0 || own.summary === true) {
    host.sink.out(bookText(book, styleFor(host, 'output', shown)));
  } else {
    for (const gap of gaps(book)) host.sink.err(`${styleFor(host, 'error', shown).show(gap)}\n`);
  }
  return book.missing.repositories > 0 || book.missing.shards.length > 0 ? 3 : 0;
}

function complain(fault: Fault, shown: ShowOptions, host: Host): number {
  host.sink.err(faultText(fault, styleFor(host, 'error', shown), shown.verbosity === 'verbose'));
  return fault.exit;
}

function readAll(files: readonly string[], cwd: string): readonly JournalIndex[] | Fault {
  const found: JournalIndex[] = [];
  for (const shown of files) {
    try {
      found.push(indexJournal(path.resolve(cwd, shown)));
    } catch (error) {
      return { reason: cliReason('unreadable', { path: shown, cause: causeOf(error) }), exit: 2, path: shown };
    }
  }
  if (found.some(({ groups, runs }) => groups.length > 0 || runs.length > 0)) return found;
  return { reason: cliReason('no-report', { path: files.join(', ') }), exit: 2 };
}

/** Writes every file that was asked for. */
function render(book: Book, own: RawReportOptions, host: Host): Fault | undefined {
  const jobs: readonly (readonly [string | undefined, (target: string) => void])[] = [
    [own.html, (target) => writeHtml(book, path.resolve(host.cwd, target))],
    [own.markdown, (target) => put(target, bookMarkdown(book), host)],
    [own.sarif, (target) => put(target, sarifOf(book, own.sarifIncludeSkips === true), host)],
    [own.csv, (target) => writeCsv(book, target, host)],
  ];
  for (const [target, job] of jobs) {
    if (target === undefined) continue;
    try {
      job(target);
    } catch (error) {
      return { reason: cliReason('write-failed', { path: target, cause: causeOf(error) }), exit: 2, path: target };
    }
  }
  return undefined;
}

function put(target: string, text: string, host: Host): void {
  if (target === '-') host.sink.out(text);
  else writeFileSync(path.resolve(host.cwd, target), text);
}

function sarifOf(book: Book, skips: boolean): string {
  const several = book.entries.length > 1;
  function* trees() {
    for (const entry of book.entries) {
      const tree = book.load(entry);
      yield several ? tree : { ...tree, name: '' };
    }
  }
  return sarifLog(trees(), { skips });
}

/** Row by row: a table may be larger than what should be in memory at once. */
function writeCsv(book: Book, target: string, host: Host): void {
  const descriptor = target === '-' ? undefined : openSync(path.resolve(host.cwd, target), 'w');
  const out = (text: string): void => {
    if (descriptor === undefined) host.sink.out(text);
    else writeSync(descriptor, text);
  };
  try {
    out(csvHead);
    for (const entry of book.entries) out(csvRows(book.load(entry)));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** One page at a time. With a `.html` target the pages lie in a directory named after it, else in `r/` of the directory. */
function writeHtml(book: Book, target: string): void {
  const isFile = /\.html?$/i.test(target);
  const index = isFile ? target : path.join(target, 'index.html');
  mkdirSync(path.dirname(index), { recursive: true });
  const [only] = book.entries;
  if (book.entries.length === 1 && only !== undefined) {
    writeFileSync(index, treePage(book.load(only), { index: undefined }));
    return;
  }
  const folder = isFile ? `${path.basename(target).replace(/\.html?$/i, '')}-pages` : 'r';
  mkdirSync(path.join(path.dirname(index), folder), { recursive: true });
  const back = `../${encodeURIComponent(path.basename(index))}`;
  for (const [number, entry] of book.entries.entries()) {
    const file = path.join(path.dirname(index), folder, `${number + 1}.html`);
    writeFileSync(file, treePage(book.load(entry), { index: back }));
  }
  writeFileSync(
    index,
    indexPage(book, (number) => `${encodeURIComponent(folder)}/${number + 1}.html`),
  );
}
