/** A report in which every text that can come from a repository tries to be something else. */
import { readTree, type TreeReport } from '../../src/report/record.ts';

export const payload = '<script>alert(1)</script>';
export const breakers = [
  payload,
  '"onmouseover="alert(1)',
  "'><img src=x onerror=alert(1)>",
  '](javascript:alert(1))',
  '```\n# heading\n```',
  '| cell | cell |',
  '@octocat fixes #12 and owner/repo#3',
  'https://evil.example/?x=1',
  '\u202egnp.exe\u200b\u001b[31m',
  '%0A::error::forged',
  '\n::error file=x::forged\r\n##[error]forged',
  '=HYPERLINK("http://evil.example")',
  '</details></summary>',
  '`a``b` `c`',
  '&lt;b&gt;',
];
const all = breakers.join(' ');

const reason = { code: 'x/y', message: all, settle: all, line: 3, evidence: [{ file: all, line: 1, says: all }] };

const diff = [
  `diff --git "a/Dock\\"er\\nfile" "b/Dock\\"er\\nfile"`,
  '--- a/Dockerfile',
  `+++ b/${payload}`,
  '@@ -1,2 +1,3 @@',
  ' FROM a',
  ...breakers.map((text) => `+${text.replaceAll('\n', ' ')}`).slice(0, 2),
  `-${payload}`,
  '',
].join('\n');

const file = {
  path: all,
  repoPath: all,
  context: '.',
  outcome: 'changed',
  written: false,
  added: 1,
  removed: 1,
  recognised: [{ file: all, says: all }],
  files: [{ path: all, outcome: 'created' }],
  notes: [reason],
  undo: [all],
  diff,
  steps: [
    { transform: 'split-stages', outcome: 'changed', line: 2, reasons: [reason], notes: [reason], diff },
    { transform: all, outcome: 'refused', reasons: [reason], notes: [], diff: '' },
  ],
  stages: {
    before: [{ name: all, base: all, needs: [all], instructions: 2 }],
    after: [{ name: all, base: all, needs: [all], instructions: 2, user: all }],
  },
  size: {
    before: { image: all, bytes: 10, source: all, date: all },
    after: { image: all, bytes: 5, source: all, date: all },
  },
  runtime: [{ field: all, before: all, after: all }],
};

export const document = {
  v: 1,
  tool: `dfmigrate@${payload}`,
  exitCode: 0,
  title: all,
  files: [file, { ...file, outcome: 'left-alone', leftAlone: reason, steps: [], stages: undefined }],
  notes: [{ path: all, code: all, message: all }],
  errors: [{ path: all, line: 1, code: all, message: all, hint: all }],
};

export const hostile: TreeReport = readTree(document, all);
