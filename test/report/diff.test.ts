import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLines, gitPatch, hunkHeader, hunksOf } from '../../src/report/diff.ts';

const line = fc.constantFrom('FROM a', 'RUN b', '', '# c', 'x\r', '\u2028', '\ufeffFROM', '\f');
const document = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', '\n', '\r\n'))
  .map(([lines, end]) => (lines.length === 0 ? '' : lines.join('\n') + end));

describe('hunksOf', () => {
  it('equal texts have none', () => {
    expect(hunksOf('a\n', 'a\n')).toEqual([]);
  });

  it('says when the final line end is missing', () => {
    expect(hunksOf('a\n', 'a')).toEqual([
      { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-a', '+a', '\\ No newline at end of file'] },
    ]);
  });

  it('counts lines and heads a new file as POSIX wants', () => {
    const hunks = hunksOf('', 'a\nb\n');
    expect(countLines(hunks)).toEqual({ added: 2, removed: 0 });
    expect(hunks.map(hunkHeader)).toEqual(['@@ -0,0 +1,2 @@']);
  });

  it('replaces the whole file when the search takes too long', () => {
    const lines = (mark: string): string => Array.from({ length: 20_000 }, (_, index) => `${mark}${index}\n`).join('');
    expect(hunksOf(lines('a'), lines('b'))).toHaveLength(1);
  });
});

describe('gitPatch', () => {
  it('git apply makes of it exactly the new text', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'dfm-'));
    const run = (...args: readonly string[]): Buffer =>
      execFileSync('git', [...args], { cwd: directory, stdio: 'pipe' });
    run('init', '-q');
    fc.assert(
      fc.property(document, document, (before, after) => {
        fc.pre(before !== after && before !== '' && after !== '');
        writeFileSync(path.join(directory, 'f'), before);
        writeFileSync(path.join(directory, 'p'), gitPatch([{ path: 'f', before, after }]));
        run('apply', '--whitespace=nowarn', 'p');
        expect(readFileSync(path.join(directory, 'f'), 'utf8')).toBe(after);
      }),
      { numRuns: 60 },
    );
    rmSync(directory, { recursive: true });
  });

  it('quotes names, so that none can forge a hunk', () => {
    const name = 'a\n--- b/evil\n"q"\\ é';
    expect(gitPatch([{ path: name, before: undefined, after: 'x\n' }])).toBe(
      'diff --git "a/a\\n--- b/evil\\n\\"q\\"\\\\ \\303\\251" "b/a\\n--- b/evil\\n\\"q\\"\\\\ \\303\\251"\n' +
        'new file mode 100644\n--- /dev/null\n+++ "b/a\\n--- b/evil\\n\\"q\\"\\\\ \\303\\251"\n@@ -0,0 +1 @@\n+x\n',
    );
  });

  it('a name with a blank ends in a tab', () => {
    expect(gitPatch([{ path: 'a b', before: 'x\n', after: 'y\n' }])).toContain('--- a/a b\t\n+++ b/a b\t\n');
  });

  it('nothing changed is no patch', () => {
    expect(gitPatch([{ path: 'a', before: 'x', after: 'x' }])).toBe('');
  });
});
