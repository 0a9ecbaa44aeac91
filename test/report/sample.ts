/** Migrations as the pipeline would report them, for reporters to render. */
import type { Reason } from '../../src/answer.ts';
import type { Migration, Step } from '../../src/migration.ts';
import type { FileReport, Sink } from '../../src/report/report.ts';
import { styleOf } from '../../src/report/style.ts';
import type { FileEdit } from '../../src/transform.ts';

export const before = 'FROM node:20\nWORKDIR /app\nENV API_KEY=abc123\nCMD ["node","server.js"]\n';
const split = before.replace('node:20', 'node:20 AS build');
export const after = `${split}USER node\n`;
const ignore: FileEdit = { path: '.dockerignore', before: undefined, after: '.git\n' };

const because: Reason = {
  code: 'split-stages/split',
  text: 'the build script is tsc',
  evidence: [{ file: 'package.json', line: 9, says: 'scripts.build is "tsc -p ."' }],
};

export const steps: readonly Step[] = [
  { transform: 'split-stages', outcome: { kind: 'change', edits: [], because: [because] }, before, after: split },
  {
    transform: 'lock-install',
    outcome: { kind: 'done', reason: { code: 'lock-install/none', text: 'nothing is installed' } },
    before: split,
    after: split,
  },
  {
    transform: 'drop-root',
    outcome: {
      kind: 'change',
      edits: [],
      because: [{ code: 'drop-root/user', text: 'the image has the user node', at: { start: 0, end: 4 } }],
      notes: [{ code: 'drop-root/ports', text: 'ports below 1024 are closed to it' }],
    },
    before: split,
    after,
  },
  {
    transform: 'add-healthcheck',
    outcome: {
      kind: 'refuse',
      reason: {
        code: 'add-healthcheck/no-path',
        text: 'no HTTP path is proved',
        settle: 'pass --healthcheck http:/health',
      },
    },
    before: after,
    after,
  },
  {
    transform: 'write-dockerignore',
    outcome: {
      kind: 'change',
      edits: [],
      files: [ignore],
      because: [{ code: 'write-dockerignore/added', text: 'nothing copied is hidden' }],
    },
    before: after,
    after,
  },
];

export const migration: Migration = {
  path: 'svc/Dockerfile',
  before,
  after,
  recognised: [
    { file: 'Dockerfile', line: 1, says: 'node 20' },
    { file: 'package.json', says: 'npm (package-lock.json)' },
  ],
  leftAlone: undefined,
  steps,
  files: [ignore],
};

export function reportOf(changes: Partial<Migration> = {}): FileReport {
  return {
    migration: { ...migration, ...changes },
    context: 'svc',
    patchPath: 'repo/svc/Dockerfile',
    patchContext: 'repo/svc',
    notes: [],
  };
}

export const plainStyle = styleOf({ colour: false, columns: 80, ascii: false, redact: true });

export interface Captured extends Sink {
  readonly printed: { out: string; err: string };
}

export function captured(): Captured {
  const printed = { out: '', err: '' };
  return {
    printed,
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
  };
}
