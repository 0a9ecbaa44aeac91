import { describe, expect, it } from 'vitest';
import { csvHead, csvRows } from '../../src/report/csv.ts';
import { annotations } from '../../src/report/github.ts';
import { readTree } from '../../src/report/record.ts';
import { mask } from '../../src/report/redact.ts';
import { resultLimit, sarifLog } from '../../src/report/sarif.ts';
import { disarmed } from '../../src/report/workflow.ts';
import { hostile } from './hostile.ts';
import { sarifViolations } from './sarif-rules.ts';

const diff =
  'diff --git a/svc/Dockerfile b/svc/Dockerfile\n--- a/svc/Dockerfile\n+++ b/svc/Dockerfile\n@@ -1,3 +1,4 @@\n-FROM node:22\n+FROM node:22 AS build\n WORKDIR /app\n-USER root\n+USER node\n+CMD x\n';
const step = {
  transform: 'split-stages',
  outcome: 'changed',
  line: 1,
  reasons: [{ code: 'split-stages/split', message: 'the build script is tsc', evidence: [] }],
  diff,
};
const refusal = {
  transform: 'add-healthcheck',
  outcome: 'refused',
  reasons: [{ code: 'add-healthcheck/no-path', message: 'no path', evidence: [{ file: 'D', line: 4, says: 'x' }] }],
};
const file = { path: 'Dockerfile', repoPath: 'svc/Dockerfile', outcome: 'changed', diff, steps: [step, refusal] };
const document = { tool: 'dfmigrate@1.2.3', title: 't', files: [file], errors: [] };
const log = (value: object, skips = false, name = '') =>
  JSON.parse(sarifLog([readTree({ ...document, ...value }, name)], { skips }));

describe('sarif', () => {
  it.each([
    ['a plain report', log({})],
    ['with refusals', log({}, true)],
    ['a hostile report', JSON.parse(sarifLog([hostile], { skips: true }))],
    ['nothing', JSON.parse(sarifLog([], { skips: false }))],
  ])('%s keeps the rules of the format', (_name, value) => expect(sarifViolations(value)).toEqual([]));

  it('has a rule and a result per changing step, with the place in the repository', () => {
    const [run] = log({}).runs;
    expect(run.tool.driver).toMatchObject({ name: 'dfmigrate', semanticVersion: '1.2.3' });
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['split-stages']);
    expect(run.results).toEqual([
      {
        ruleId: 'split-stages',
        level: 'note',
        message: { text: 'the build script is tsc' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'svc/Dockerfile', uriBaseId: '%SRCROOT%' },
              region: { startLine: 1 },
            },
          },
        ],
        partialFingerprints: { 'dfmigrate/v1': expect.stringMatching(/^[0-9a-f]{32}$/) },
        fixes: [
          {
            description: { text: 'all 1 steps' },
            artifactChanges: [
              {
                artifactLocation: { uri: 'svc/Dockerfile', uriBaseId: '%SRCROOT%' },
                replacements: [
                  {
                    deletedRegion: { startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 },
                    insertedContent: { text: 'FROM node:22 AS build\n' },
                  },
                  {
                    deletedRegion: { startLine: 3, startColumn: 1, endLine: 4, endColumn: 1 },
                    insertedContent: { text: 'USER node\nCMD x\n' },
                  },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  it('a fingerprint survives moved lines and extra blanks', () => {
    const moved = diff.replace('-1,3 +1,4', '-41,3 +41,4').replace('-FROM node:22', '-FROM  node:22 ');
    const print = (one: object) => log({ files: [one] }).runs[0].results[0].partialFingerprints['dfmigrate/v1'];
    expect(print({ ...file, steps: [{ ...step, diff: moved, line: 41 }] })).toBe(print(file));
    expect(print({ ...file, repoPath: 'other/Dockerfile' })).not.toBe(print(file));
  });

  it('gives no fix with a hidden secret in it', () => {
    const secret = { ...file, diff: diff.replace('CMD x', `ENV TOKEN=${mask}`) };
    expect(log({ files: [secret] }).runs[0].results[0].fixes).toBeUndefined();
  });

  it('refusals are informational and only on request', () => {
    expect(log({}, true).runs[0].results[1]).toMatchObject({
      ruleId: 'add-healthcheck',
      kind: 'informational',
      level: 'none',
      locations: [{ physicalLocation: { region: { startLine: 4 } } }],
    });
  });

  it('names the repository in the paths of a merged report', () => {
    const { results } = log({}, false, 'team/a b').runs[0];
    expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('team/a%20b/svc/Dockerfile');
  });

  it('stops at the limit and says so', () => {
    const files = Array.from({ length: resultLimit + 5 }, (_, index) => ({ ...file, path: `d${index}`, diff: '' }));
    const [run] = log({ files: files.map((one) => ({ ...one, steps: [{ ...step, diff: '' }] })) }).runs;
    expect(run.results).toHaveLength(resultLimit);
    expect(run.invocations[0].toolExecutionNotifications.at(-1).message.text).toBe('5 further results are left out');
  });
});

describe('github', () => {
  it('warns at the line of each pending step', () => {
    expect(annotations(readTree(document))).toBe(
      '::warning file=svc/Dockerfile,line=1,title=split-stages::the build script is tsc. To apply: npx dfmigrate --write Dockerfile\n1 Dockerfile: 1 changed\n',
    );
  });

  it('says what was written as a notice, and errors as errors', () => {
    const errors = [{ path: 'x', line: 2, code: 'file/no-from', message: 'no FROM', hint: 'add one' }];
    const text = annotations(readTree({ ...document, files: [{ ...file, written: true }], errors }));
    expect(text.split('\n').slice(0, 2)).toEqual([
      '::error file=x,line=2,title=file/no-from::no FROM. add one',
      '::notice file=svc/Dockerfile,line=1,title=split-stages::the build script is tsc',
    ]);
  });

  it('no text of a repository becomes a command of its own', () => {
    const lines = annotations(hostile).trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines.slice(0, 2)) {
      expect(line).toMatch(/^::(?:error|warning) file=[^:,]*,line=\d+,title=[^:,]*::[^\r]*$/);
      expect(line).toContain('%250A');
    }
  });

  it('text quoting a repository is disarmed in a workflow', () => {
    expect(disarmed('  ::error::x\n+::set\na ::b\n##[error]x\n')).toBe('  : :error::x\n+::set\na ::b\n## [error]x\n');
  });
});

describe('csv', () => {
  it('is one quoted row per Dockerfile', () => {
    expect(csvRows(readTree(document, 'team/a'))).toBe(
      '"team/a","Dockerfile","changed","split-stages","0","0","","","","","add-healthcheck/no-path","no path"\r\n',
    );
    expect(csvHead.split(',')).toHaveLength(12);
  });

  it('no field is a formula, a second row or a second column', () => {
    const rows = csvRows(
      readTree({
        files: [
          { ...file, path: '=1+1' },
          { ...file, path: '@x"\n,y' },
        ],
      }),
    ).split('\r\n');
    expect(rows.map((row) => row.split(',')[1])).toEqual([`"'=1+1"`, `"'@x""\\n`, undefined]);
    expect(csvRows(hostile).trimEnd().split('\n')).toHaveLength(3);
  });
});
