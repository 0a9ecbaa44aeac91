import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../src/report/csv.ts';
import { gitPatch, hunksOf } from '../../src/report/diff.ts';
import { annotations } from '../../src/report/github.ts';
import { treePage } from '../../src/report/html-page.ts';
import { compareImages } from '../../src/report/image-facts.ts';
import { pullRequestText } from '../../src/report/markdown.ts';
import { firstDifference, originalLine } from '../../src/report/origin.ts';
import { readPatch } from '../../src/report/patch-reader.ts';
import { readTree } from '../../src/report/record.ts';
import { sarifLog } from '../../src/report/sarif.ts';
import { document } from './hostile.ts';
import { sarifViolations } from './sarif-rules.ts';

describe('a report that is read back', () => {
  it('renders whatever is in it', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }));
    const path = fc.constantFrom(
      'title',
      'tool',
      'files',
      'notes',
      'errors',
      'files.0',
      'files.0.diff',
      'files.0.steps',
    );
    fc.assert(
      fc.property(path, value, (at, broken) => {
        const tree = readTree(replaced(document, at.split('.'), broken) as Record<string, unknown>);
        expect(treePage(tree, { index: undefined })).not.toMatch(/<script|<img/);
        expect(pullRequestText(tree).length).toBeLessThanOrEqual(60_000);
        expect(sarifViolations(JSON.parse(sarifLog([tree], { skips: true })))).toEqual([]);
        expect(annotations(tree) + csvRows(tree)).not.toBe('');
      }),
      { numRuns: 60, examples: [['errors', [{}]]] },
    );
  });
});

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? replaced(item, rest, by) : item));
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}

describe('a patch that is read back', () => {
  const line = fc.constantFrom(
    'FROM a',
    '+x',
    '-y',
    ' z',
    '@@ -1 +1 @@',
    '--- a/x',
    'diff --git a/x b/x',
    '\\ no',
    '',
    'é\r',
  );
  const text = fc
    .array(line, { maxLength: 12 })
    .chain((lines) => fc.boolean().map((ended) => lines.join('\n') + (ended && lines.length > 0 ? '\n' : '')));

  it('has the hunks it was made of, whatever the contents', () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const changes = [
          { path: 'a b/Dockerfile', before: a, after: b },
          { path: 'q"\n\té', before: undefined, after: c },
        ];
        const wanted = changes
          .map(({ path, before, after }) => ({
            path,
            isNew: before === undefined,
            hunks: hunksOf(before ?? '', after),
          }))
          .filter(({ hunks }) => hunks.length > 0);
        expect(readPatch(gitPatch(changes))).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  it('from elsewhere gives what can be understood', () => {
    fc.assert(fc.property(fc.string(), (junk) => void readPatch(junk)));
    expect(readPatch('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-a')).toEqual([
      { path: 'x', isNew: false, hunks: [{ oldStart: 1, oldLines: 9, newStart: 1, newLines: 9, lines: ['-a'] }] },
    ]);
  });
});

describe('lines of an edited text', () => {
  const original = 'a\nb\nc\nd\n';
  const edited = 'new\na\nc\nadded\nd\n';

  it.each([
    [1, 1],
    [2, 1],
    [3, 3],
    [4, 3],
    [5, 4],
  ])('line %i stands for line %i of the original', (line, wanted) => {
    expect(originalLine(original, edited, line)).toBe(wanted);
  });

  it('the first difference is the removed line, or the one above an insertion', () => {
    expect(firstDifference(original, 'a\nB\nc\nd\n')).toBe(2);
    expect(firstDifference(original, 'a\nb\nx\nc\nd\n')).toBe(2);
    expect(firstDifference(original, `x\n${original}`)).toBe(1);
    expect(firstDifference(original, original)).toBeUndefined();
  });
});

describe('what two texts build', () => {
  const before = 'FROM node:22\nENV TOKEN=s3cret\nCMD ["node","a.js"]\n';
  const after =
    'FROM node:22 AS build\nRUN make\n\nFROM node:22-slim AS runtime\nCOPY --from=build /a /a\nUSER node\nCMD ["node","a.js"]\n';

  it('stages, sizes with source and date, and differences without values of variables', () => {
    const compared = compareImages(before, after);
    expect(compared?.stages.after).toEqual([
      { name: 'build', base: 'node:22', needs: [], instructions: 2, user: undefined },
      { name: 'runtime', base: 'node:22-slim', needs: ['build'], instructions: 4, user: 'node' },
    ]);
    expect(compared?.size).toMatchObject({
      before: { image: 'node:22', bytes: 408_499_334, date: '2026-09-19' },
      after: { image: 'node:22-slim', bytes: 79_893_445 },
    });
    expect(compared?.runtime).toEqual([
      { field: 'ENV', before: 'TOKEN', after: 'none' },
      { field: 'USER', before: 'none', after: 'node' },
    ]);
  });

  it('no size when one of the bases is not in the tables, nothing when nothing changes', () => {
    expect(compareImages(before, after.replace('node:22-slim', 'private.example/x:1'))?.size).toBeUndefined();
    expect(compareImages(before, before)).toBeUndefined();
    expect(compareImages(before, 'no Dockerfile')).toBeUndefined();
  });
});
