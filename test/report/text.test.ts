import { describe, expect, it } from 'vitest';
import { lineText } from '../../src/report/line-text.ts';
import { styleOf } from '../../src/report/style.ts';
import { fileText, textReporter } from '../../src/report/text.ts';
import { before, captured, migration, plainStyle, reportOf, steps } from './sample.ts';

const nothing = { changed: 0, refused: 0, fine: 0, 'left-alone': 0, error: 0 };
const noSteps = { changed: 0, done: 0, refused: 0, rejected: 0 };

describe('the report on a changed file', () => {
  it('reads from facts over steps and refusals to the diffs', () => {
    expect(fileText(reportOf(), plainStyle, 'normal')).toBe(`svc/Dockerfile  node 20 · npm (package-lock.json)

  1 split-stages        the build script is tsc (package.json:9)
  2 drop-root           the image has the user node (line 1)
                        note: ports below 1024 are closed to it
  - add-healthcheck     no HTTP path is proved
                        → pass --healthcheck http:/health
                          [add-healthcheck/no-path]
  3 write-dockerignore  nothing copied is hidden

─── step 1 of 3 · split-stages ─────────────────────────────────────────────────
--- a/svc/Dockerfile
+++ b/svc/Dockerfile
@@ -1,4 +1,4 @@
-FROM node:20
+FROM node:20 AS build
 WORKDIR /app
 ENV API_KEY=‹redacted›
 CMD ["node","server.js"]

─── step 2 of 3 · drop-root ────────────────────────────────────────────────────
--- a/svc/Dockerfile
+++ b/svc/Dockerfile
@@ -2,3 +2,4 @@
 WORKDIR /app
 ENV API_KEY=‹redacted›
 CMD ["node","server.js"]
+USER node

─── step 3 of 3 · write-dockerignore ───────────────────────────────────────────
--- /dev/null
+++ b/svc/.dockerignore
@@ -0,0 +1 @@
+.git

─── all 3 steps together ───────────────────────────────────────────────────────
--- a/svc/Dockerfile
+++ b/svc/Dockerfile
@@ -1,4 +1,5 @@
-FROM node:20
+FROM node:20 AS build
 WORKDIR /app
 ENV API_KEY=‹redacted›
 CMD ["node","server.js"]
+USER node
--- /dev/null
+++ b/svc/.dockerignore
@@ -0,0 +1 @@
+.git
`);
  });

  it('shows evidence and settled steps only when verbose', () => {
    const text = fileText(reportOf(), plainStyle, 'verbose');
    expect(text).toContain('package.json:9: scripts.build is "tsc -p ."');
    expect(text).toContain('  · lock-install        nothing is installed\n');
  });

  it('a single changing step is shown once', () => {
    const only = steps.slice(0, 1);
    const text = fileText(reportOf({ steps: only, files: [], after: only[0]?.after ?? '' }), plainStyle, 'normal');
    expect(text.match(/^\+FROM/gm)).toHaveLength(1);
  });

  it('falls back to ASCII and keeps every line within the width', () => {
    const style = styleOf({ colour: false, columns: 60, ascii: true, redact: false });
    const text = fileText(reportOf(), style, 'verbose');
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it('colour changes nothing but the colour', () => {
    const coloured = fileText(
      reportOf(),
      styleOf({ colour: true, columns: 80, ascii: false, redact: true }),
      'verbose',
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(fileText(reportOf(), plainStyle, 'verbose'));
  });
});

describe('the report on a file that stays', () => {
  it('one reason for the whole file', () => {
    const leftAlone = {
      code: 'image/development',
      text: 'this is a development image',
      settle: 'name another file',
      at: { start: 13, end: 20 },
    };
    expect(fileText(reportOf({ leftAlone, steps: [], files: [], after: before }), plainStyle, 'normal')).toBe(
      `svc/Dockerfile  node 20 · npm (package-lock.json)
  - left as it is: this is a development image (line 2)
    → name another file [image/development]
`,
    );
  });

  it('the same refusal from every step is printed once', () => {
    const same = ['split-stages', 'drop-root'].map((transform) => ({
      transform,
      outcome: {
        kind: 'refuse' as const,
        reason: { code: `${transform}/no-start`, text: 'the start command is not known' },
      },
      before,
      after: before,
    }));
    const text = fileText(reportOf({ steps: same, files: [], after: before }), plainStyle, 'normal');
    expect(text.match(/not known/g)).toHaveLength(1);
  });

  it('nothing to do is said', () => {
    const text = fileText(reportOf({ steps: steps.slice(1, 2), files: [], after: before }), plainStyle, 'normal');
    expect(text).toBe('svc/Dockerfile  node 20 · npm (package-lock.json)\n  nothing to do\n');
  });
});

describe('the end of a report', () => {
  it('several files close with the reasons by count and one line', () => {
    const sink = captured();
    const reporter = textReporter(sink, { style: plainStyle, errStyle: plainStyle, verbosity: 'normal' });
    reporter.begin({ version: '1', transforms: [], mode: 'check' });
    for (const path of ['a', 'b']) reporter.planned(reportOf({ path }));
    reporter.end({
      exitCode: 1,
      files: { ...nothing, changed: 2, error: 1 },
      steps: { ...noSteps, changed: 6 },
      written: 0,
      milliseconds: undefined,
    });
    expect(sink.printed.out.slice(sink.printed.out.indexOf('why not'))).toBe(
      'why not\n    2  add-healthcheck/no-path                no HTTP path is proved\n\n3 files: 2 would change (6 steps), 1 error\n',
    );
  });

  it('quiet leaves one line, and faults', () => {
    const sink = captured();
    const reporter = textReporter(sink, { style: plainStyle, errStyle: plainStyle, verbosity: 'quiet' });
    reporter.begin({ version: '1', transforms: [], mode: 'write' });
    reporter.planned(reportOf());
    reporter.finished({ file: reportOf(), writing: 'written', undo: [] });
    reporter.end({
      exitCode: 0,
      files: { ...nothing, changed: 1 },
      steps: { ...noSteps, changed: 3 },
      written: 1,
      milliseconds: 12.3,
    });
    expect(sink.printed).toEqual({ out: '1 file: 1 changed (3 steps) in 12 ms\n', err: '' });
  });

  it('a written file names its undo', () => {
    const sink = captured();
    const reporter = textReporter(sink, { style: plainStyle, errStyle: plainStyle, verbosity: 'normal' });
    reporter.finished({
      file: reportOf(),
      writing: 'written',
      undo: ['git checkout -- svc/Dockerfile', 'rm -- svc/.dockerignore'],
    });
    expect(sink.printed.out).toBe(
      '\nwrote svc/Dockerfile (+2 -1)\nwrote svc/.dockerignore (+1 -0)\nundo: git checkout -- svc/Dockerfile && rm -- svc/.dockerignore\n',
    );
  });
});

describe('the decisions about one line', () => {
  it('names the step that changes it and the reasons that rest on it', () => {
    expect(lineText(reportOf(), 1, plainStyle)).toBe(
      'svc/Dockerfile:1  FROM node:20\n  split-stages changes it: the build script is tsc [split-stages/split]\n',
    );
    expect(lineText(reportOf(), 2, plainStyle)).toContain('no step changes this line');
    expect(lineText(reportOf(), 99, plainStyle)).toContain(`the file has ${migration.before.split('\n').length} lines`);
  });
});
