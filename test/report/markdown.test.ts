import { describe, expect, it } from 'vitest';
import { pullRequestText } from '../../src/report/markdown.ts';
import { cellProse, cellSpan, codeBlock, codeSpan, prose } from '../../src/report/markdown-text.ts';
import { readTree } from '../../src/report/record.ts';
import { hostile } from './hostile.ts';

const tree = (files: number) =>
  readTree({
    tool: 'dfmigrate@1.0.0',
    title: 'Migrate a/Dockerfile: split-stages',
    files: Array.from({ length: files }, (_, index) => ({
      path: `svc${index}/Dockerfile`,
      outcome: 'changed',
      added: 3,
      removed: 1,
      steps: [
        {
          transform: 'split-stages',
          outcome: 'changed',
          line: 1,
          reasons: [
            {
              code: 'split-stages/split',
              message: 'the build script is `tsc -p .`',
              evidence: [{ file: 'package.json', line: 9, says: 'tsc' }],
            },
          ],
          notes: [],
          diff: 'diff --git a/D b/D\n--- a/D\n+++ b/D\n@@ -1 +1 @@\n-FROM node:22\n+FROM node:22 AS build\n',
        },
        {
          transform: 'add-healthcheck',
          outcome: 'refused',
          reasons: [{ code: 'add-healthcheck/no-path', message: 'no path is proved', settle: 'say it', evidence: [] }],
        },
      ],
      size: {
        before: { image: 'node:22', bytes: 408_499_334, source: 's', date: '2026-09-19' },
        after: { image: 'node:22-slim', bytes: 79_893_445, source: 's', date: '2026-09-19' },
      },
      runtime: [{ field: 'USER', before: 'none', after: 'node' }],
    })),
  });

describe('the text of a pull request', () => {
  it('says what, why, where, what differs and what was not done', () => {
    expect(pullRequestText(tree(1))).toBe(`## Migrate a/Dockerfile: split-stages

1 Dockerfile: 1 changed.

| step | why | seen in |
| --- | --- | --- |
| \`split-stages\` | the build script is \`tsc -p .\` | \`package.json:9\` |

**Base image**: \`node:22\` 408 MB → \`node:22-slim\` 80 MB (-80 %; compressed, an estimate from tables of 2026-09-19, without what the Dockerfile adds)

**Runtime differences to check**

- \`USER\`: \`none\` → \`node\`

**Not done**

- \`add-healthcheck\`: no path is proved. What settles it: say it. (\`add-healthcheck/no-path\`)

<details><summary>The diff of each step</summary>

\`split-stages\`

\`\`\`diff
diff --git a/D b/D
--- a/D
+++ b/D
@@ -1 +1 @@
-FROM node:22
+FROM node:22 AS build
\`\`\`

</details>

<details><summary>Reproduce or undo</summary>

\`\`\`sh
npx dfmigrate@1.0.0 --only split-stages svc0/Dockerfile
\`\`\`

Undo: revert the commits, one per step or one for all.

</details>

<sub>dfmigrate 1.0.0: rules, not a language model; nothing of this repository was executed.</sub>
`);
  });

  it.each([
    [60_000, 3, true, true],
    [60_000, 80, false, true],
    [60_000, 300, false, false],
    [60_000, 5000, false, false],
    [500, 5000, false, false],
  ])('fits %i characters with %i files', (limit, files, hasDiffs, hasRuntime) => {
    const text = pullRequestText(tree(files), limit);
    expect(text.length).toBeLessThanOrEqual(limit);
    expect([text.includes('```diff'), text.includes('Runtime differences')]).toEqual([hasDiffs, hasRuntime]);
    expect(text).toContain(`${files} Dockerfiles: ${files} changed`);
  });
});

describe('foreign text in Markdown', () => {
  it.each([
    ['a *b* _c_ [d](e)', 'a \\*b\\* \\_c\\_ \\[d\\]\\(e\\)'],
    ['<script>', '\\<script\\>'],
    ['thanks @octocat', 'thanks `@octocat`'],
    ['fixes #12', 'fixes `#12`'],
    ['see owner/repo#3', 'see `owner/repo#3`'],
    ['see https://x.example/a', 'see `https://x.example/a`'],
    ['commit 1234567', 'commit `1234567`'],
    ['use `npm ci`', 'use `npm ci`'],
    ['one\n# two', 'one \\# two'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['a | b', 'a &#124; b'],
    ['`a``b`', '`a` `b`'],
    ['\u202ex', '\\\\u\\{202e\\}x'],
  ])('%j', (text, wanted) => expect(prose(text)).toBe(wanted));

  it('code spans have a fence that nothing inside closes', () => {
    expect(codeSpan('a`b')).toBe('``a`b``');
    expect(codeSpan('`')).toBe('`` ` ``');
    expect(codeSpan('a\nb')).toBe('`a\\nb`');
  });

  it('no bar ends a cell', () => {
    expect(cellSpan('a||b')).toBe('<code>a&#124;&#124;b</code>');
    expect(cellProse('run `a | b` | c')).toBe('run <code>a &#124; b</code> &#124; c');
    expect(cellSpan('<b>|')).toBe('<code>&#60;b&#62;&#124;</code>');
  });

  it('code blocks have a fence longer than any run inside', () => {
    expect(codeBlock('a\n````\nb\n', 'sh')).toBe('`````sh\na\n````\nb\n`````\n');
  });

  it('nothing of a hostile report stands outside of code and escapes', () => {
    const text = pullRequestText(hostile, 1_000_000);
    const bare = text
      .replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, '')
      .replace(/(?<![`\\])(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '')
      .replace(/<\/?(?:details|summary|sub|br|code)>/g, '')
      .replace(/\\[^\n]|&#\d+;/g, '');
    expect(bare).not.toMatch(/[<>@]|https?:|#\d|javascript:alert\(/);
    for (const line of text.split('\n').filter((each) => each.startsWith('| `'))) {
      expect(line.match(/\|/g)).toHaveLength(4);
    }
  });
});
