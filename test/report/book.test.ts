import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Book, gaps, merge, totalsOf } from '../../src/report/book.ts';
import { bookMarkdown, summaryLimitBytes } from '../../src/report/book-markdown.ts';
import { bookText } from '../../src/report/book-text.ts';
import { indexPage } from '../../src/report/html-index.ts';
import { indexJournal } from '../../src/report/journal-index.ts';
import { fileLines, readRange } from '../../src/report/lines.ts';
import { redact } from '../../src/report/redact.ts';
import { breakers } from './hostile.ts';
import { plainStyle } from './sample.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'dfm-book-'));
afterAll(() => rmSync(directory, { recursive: true }));

let written = 0;
function journal(events: readonly object[], tail = ''): string {
  written += 1;
  const file = path.join(directory, `j${written}.jsonl`);
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join('') + tail);
  return file;
}

const run = (extra: object = {}) => ({
  type: 'run',
  v: 1,
  tool: 'dfmigrate@1.0.0',
  list: 'sha256:aa',
  repos: 4,
  ...extra,
});

function group(index: number, extra: { outcome?: string; key?: string; name?: string; message?: string } = {}) {
  const repo = extra.name ?? `team/r${index}`;
  const reasons = [{ code: 'split-stages/split', message: extra.message ?? 'tsc builds it', evidence: [] }];
  const size = (bytes: number) => ({ image: `i${bytes}`, bytes, source: 's', date: '2026-01-01' });
  return [
    {
      type: 'step',
      repo,
      path: 'Dockerfile',
      transform: 'split-stages',
      outcome: 'changed',
      reasons,
      notes: [],
      diff: '',
    },
    {
      type: 'step',
      repo,
      path: 'Dockerfile',
      transform: 'add-healthcheck',
      outcome: 'refused',
      reasons: [{ code: 'add-healthcheck/no-path', message: 'no path', evidence: [] }],
    },
    { type: 'file', repo, path: 'Dockerfile', outcome: 'changed', size: { before: size(400), after: size(100) } },
    {
      type: 'repo',
      repo,
      index,
      key: extra.key ?? `k${index}`,
      outcome: extra.outcome ?? 'changed',
      exitCode: 0,
      title: `Migrate r${index}`,
    },
  ];
}

function bookOf(...files: readonly string[]): Book {
  const merged = merge(files.map(indexJournal), redact);
  if ('lists' in merged) throw new Error('different lists');
  return merged;
}

const names = (book: Book) => book.entries.map(({ name, outcome }) => `${name} ${outcome}`);

describe('merging', () => {
  const first = journal([run({ shard: '1/2' }), ...group(0), ...group(2)]);
  const second = journal([run({ shard: '2/2' }), ...group(1), ...group(3)]);

  it('puts shards into the order of the list, and twice is once', () => {
    const all = ['team/r0 changed', 'team/r1 changed', 'team/r2 changed', 'team/r3 changed'];
    expect(names(bookOf(second, first))).toEqual(all);
    expect(names(bookOf(first, second, first, second))).toEqual(all);
    expect(bookText(bookOf(first, second, first), plainStyle)).toBe(bookText(bookOf(first, second), plainStyle));
    expect(gaps(bookOf(first, second))).toEqual([]);
  });

  it('refuses shards of different lists', () => {
    const other = journal([run({ list: 'sha256:bb', shard: '2/2' }), ...group(1)]);
    expect(merge([first, other].map(indexJournal), redact)).toEqual({ lists: ['sha256:aa', 'sha256:bb'] });
  });

  it('runs over one repository each belong together', () => {
    const alone = ['x', 'y'].map((name) => journal([run({ list: name, repos: 1 }), ...group(0, { name })]));
    expect(names(bookOf(...alone))).toEqual(['x changed', 'y changed']);
  });

  it('says what is missing', () => {
    expect(gaps(bookOf(first))).toEqual(['missing: shard 2/2', 'missing: 2 repositories of the list']);
    const whole = journal([run(), ...group(0), ...group(1)]);
    expect(gaps(bookOf(whole))).toEqual(['missing: 2 repositories of the list']);
  });

  it('skips a torn tail, counts it and keeps the rest', () => {
    const torn = journal([run({ shard: '1/2' }), ...group(0), ...group(2).slice(0, 2)], '{"type":"file","re');
    const book = bookOf(torn, second);
    expect(names(book)).toEqual(['team/r0 changed', 'team/r1 changed', 'team/r3 changed']);
    expect(gaps(book)).toEqual([
      'missing: 1 repository of the list',
      '1 line was unreadable and skipped',
      '1 record without an end, left out',
    ]);
  });

  it('a group that a kill cut off does not leak into the one after it', () => {
    const resumed = journal([run(), ...group(0).slice(0, 2), ...group(1), ...group(0)]);
    const book = bookOf(resumed);
    expect(names(book)).toEqual(['team/r0 changed', 'team/r1 changed']);
    expect(book.entries.map((entry) => book.load(entry).files.length)).toEqual([1, 1]);
    expect(book.unfinished).toBe(1);
  });

  it('the later result wins, but a failure of the same work does not replace a success', () => {
    const file = (outcome: string, key: string) => journal([run(), ...group(0, { outcome, key })]);
    expect(names(bookOf(file('error', 'k'), file('changed', 'k')))).toEqual(['team/r0 changed']);
    expect(names(bookOf(file('changed', 'k'), file('error', 'k')))).toEqual(['team/r0 changed']);
    expect(names(bookOf(file('changed', 'k'), file('error', 'other')))).toEqual(['team/r0 error']);
  });

  it('takes the events of a plain run, named after their file', () => {
    const strip = ({ repo: _repo, ...event }: { repo?: string }) => event;
    const events = group(0).slice(0, 3).map(strip);
    const plain = journal([
      { type: 'run', v: 1, tool: 'dfmigrate@1.0.0' },
      ...events,
      { type: 'summary', exitCode: 1 },
    ]);
    const cut = journal([{ type: 'run', v: 1, tool: 'dfmigrate@1.0.0' }, ...events]);
    const book = bookOf(plain, plain);
    expect(names(book)).toEqual([`${path.basename(plain, '.jsonl')} changed`]);
    const [entry] = book.entries;
    expect(entry && book.load(entry)).toMatchObject({ exitCode: 1, files: [{ path: 'Dockerfile' }] });
    expect([names(bookOf(cut)).length, bookOf(cut).unfinished]).toEqual([1, 1]);
  });

  it('hides secrets of reports that were written with them', () => {
    const file = journal([run(), ...group(0, { message: 'NPM_TOKEN=abc123' })]);
    const book = bookOf(file);
    const [entry] = book.entries;
    expect(JSON.stringify(entry && book.load(entry))).not.toContain('abc123');
  });
});

describe('a merged report', () => {
  const file = journal([run(), ...[0, 1, 2].flatMap((index) => group(index)), ...group(3, { outcome: 'error' })]);

  it('counts', () => {
    expect(totalsOf(bookOf(file))).toEqual({
      outcomes: { changed: 3, refused: 0, 'left-alone': 0, fine: 0, 'none-found': 0, error: 1 },
      dockerfiles: 4,
      changed: 4,
      steps: [['split-stages', 4]],
      reasons: [{ code: 'add-healthcheck/no-path', message: 'no path', count: 4 }],
      size: { before: 1600, after: 400, files: 4 },
    });
  });

  it('is a screenful of text', () => {
    expect(bookText(bookOf(file), plainStyle)).toBe(`4 repositories, 4 Dockerfiles

     3  changed
     1  error

why not
     4  add-healthcheck/no-path                no path

steps applied   split-stages 4

base images     2 kB → 1 kB (-75 %; compressed, estimated over 4 Dockerfiles)

with errors
  team/r3
`);
  });

  it.each([
    [summaryLimitBytes, true, true],
    [1500, false, true],
    [450, false, false],
  ])('is Markdown of at most %i bytes', (limit, details, table) => {
    const text = bookMarkdown(bookOf(file), limit);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    expect([text.includes('<details>'), text.includes('| `team/r0` |')]).toEqual([details, table]);
    expect(text).toContain('4 repositories, 4 Dockerfiles');
  });

  it('of one repository is the text of its pull request', () => {
    const alone = journal([run({ repos: 1 }), ...group(0)]);
    expect(bookMarkdown(bookOf(alone))).toMatch(/^## Migrate r0\n[\s\S]*\| `split-stages` \| tsc builds it \|/);
  });

  it('hostile names stay text on the index', () => {
    const bad = journal([run({ repos: 2 }), ...group(0, { name: breakers.join(' ') }), ...group(1)]);
    const page = indexPage(bookOf(bad), (index) => `r/${index + 1}.html`);
    expect(page).not.toMatch(/<script|<img|javascript:alert\(1\)"| on\w+="/);
    expect([...page.matchAll(/href="([^"#]+)"/g)].map(([, to]) => to)).toEqual(
      expect.arrayContaining(['r/1.html', 'r/2.html']),
    );
  });
});

describe('lines of a file', () => {
  it('have their places, across chunks, the open one included', () => {
    const texts = ['a', '', 'b'.repeat(600_000), 'ü', 'open'];
    const file = path.join(directory, 'lines');
    writeFileSync(file, texts.join('\n'));
    const lines = [...fileLines(file)];
    expect(lines.map(({ bytes }) => bytes.toString('utf8'))).toEqual(texts);
    expect(lines.map(({ ended }) => ended)).toEqual([true, true, true, true, false]);
    for (const { bytes, start, end } of lines) {
      expect(readRange(file, start, end).toString('utf8').replace('\n', '')).toBe(bytes.toString('utf8'));
    }
  });
});
