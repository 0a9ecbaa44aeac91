import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cliReason } from '../../src/fault.ts';
import { jsonReporter, titleOf } from '../../src/report/json.ts';
import { jsonlReporter } from '../../src/report/jsonl.ts';
import { redact } from '../../src/report/redact.ts';
import { countAll, type Reporter } from '../../src/report/report.ts';
import { before, captured, reportOf } from './sample.ts';
import { violations } from './schema.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../src/report/schema/report-v1.schema.json', import.meta.url), 'utf8'),
);
const leftAlone = { code: 'image/development', text: 'a development image', at: { start: 13, end: 20 } };
const files = [reportOf(), reportOf({ path: 'b', leftAlone, steps: [], files: [], after: before })];

function tellAll(reporter: Reporter): void {
  reporter.begin({ version: '1.0.0', transforms: ['split-stages'], mode: 'write' });
  for (const file of files) reporter.planned(file);
  reporter.note('x.j2', cliReason('template', { path: 'x.j2' }));
  reporter.fault({
    reason: cliReason('unreadable', { path: 'c', cause: 'permission denied' }),
    exit: 3,
    path: 'c',
    line: 2,
  });
  for (const file of files) reporter.finished({ file, writing: 'written', undo: ['git checkout -- x'] });
  reporter.end({ exitCode: 3, ...countAll(files, 1), written: 1, milliseconds: 1.5 });
}

describe('json', () => {
  const sink = captured();
  tellAll(jsonReporter(sink, redact));
  const document = JSON.parse(sink.printed.out);

  it('is one document that its schema describes', () => {
    expect(violations(document, schema, schema)).toEqual([]);
    expect(sink.printed.err).toBe('');
  });

  it('carries outcome, reasons with lines, patches and counts', () => {
    expect(document).toMatchObject({
      v: 1,
      ok: false,
      exitCode: 3,
      title: 'Migrate svc/Dockerfile: split-stages, drop-root, write-dockerignore',
      summary: {
        files: { changed: 1, 'left-alone': 1, error: 1 },
        steps: { changed: 3, done: 1, refused: 1 },
        written: 1,
      },
      errors: [{ code: 'cli/unreadable', message: 'c cannot be read: permission denied', path: 'c', line: 2 }],
    });
    expect(document.files[0].steps[2].reasons[0]).toEqual({
      code: 'drop-root/user',
      message: 'the image has the user node',
      line: 1,
      evidence: [],
    });
    expect(document.files[0].files).toEqual([
      expect.objectContaining({ path: 'svc/.dockerignore', outcome: 'created' }),
    ]);
    expect(document.files[0].diff).toContain(
      'diff --git a/repo/svc/.dockerignore b/repo/svc/.dockerignore\nnew file mode',
    );
    expect(document.files[1].leftAlone.line).toBe(2);
  });

  it('hides secrets', () => {
    expect(sink.printed.out).not.toContain('abc123');
  });

  it('a schema violation would be seen', () => {
    expect(violations({ ...document, exitCode: 'three' }, schema, schema)).toEqual(['$.exitCode: is no integer']);
    expect(violations({ ...document, title: undefined, v: 2 }, schema, schema)).toHaveLength(2);
  });
});

describe('jsonl', () => {
  it('is one event per line, each as the schema describes', () => {
    const sink = captured();
    tellAll(jsonlReporter(sink, redact));
    const events = sink.printed.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual([
      'run',
      'step',
      'step',
      'step',
      'step',
      'step',
      'note',
      'error',
      'file',
      'file',
      'summary',
    ]);
    expect(events.flatMap((event) => violations(event, schema.$defs.event, schema))).toEqual([]);
  });
});

describe('titleOf', () => {
  it('counts when there is too much to name', () => {
    const result = { file: reportOf(), writing: 'written' as const, undo: [] };
    expect(titleOf([])).toBe('No Dockerfile needs a migration');
    expect(titleOf([result, result])).toBe('Migrate 2 Dockerfiles: split-stages, drop-root, write-dockerignore');
  });
});
