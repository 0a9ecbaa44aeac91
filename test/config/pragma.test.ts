import { describe, expect, it } from 'vitest';
import { notesOn } from '../../src/attempt.ts';
import { baselineText, isKnown, readBaseline, staleEntries } from '../../src/config/baseline.ts';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';
import { service } from '../cli/scratch.ts';

const dockerfile = service.Dockerfile ?? '';
const project = memoryProject({ ...service });
const run = (source: string) => migrate(source, project);
const outcome = (source: string, name: string) => run(source).steps.find((step) => step.transform === name)?.outcome;
const above = (line: string, comment: string) => dockerfile.replace(line, `${comment}\n${line}`);
const codes = (source: string) => notesOn(run(source)).map(({ code, text }) => `${code}: ${text}`);

describe('comments addressed to dfmigrate', () => {
  it('leave a whole file alone, with the reason that is given', () => {
    const migration = run(`# dfmigrate ignore-file;reason=retired soon\n${dockerfile}`);
    expect(migration.leftAlone).toMatchObject({
      code: 'config/ignored-file',
      text: 'a comment in line 1 asks to leave the file as it is: retired soon',
    });
    expect(migration.after).toBe(migration.before);
  });

  it('leave single transforms out', () => {
    const source = `# dfmigrate ignore-file=drop-*,add-healthcheck\n${dockerfile}`;
    expect(outcome(source, 'drop-root')).toMatchObject({ kind: 'refuse', reason: { code: 'config/ignored-step' } });
    expect(outcome(source, 'add-healthcheck')).toMatchObject({ kind: 'refuse' });
    expect(outcome(source, 'split-stages')).toMatchObject({ kind: 'change' });
    expect(codes(source)).toEqual([]);
  });

  it('keep the next instruction from being rewritten', () => {
    const source = above('FROM maven', '# dfmigrate ignore;reason=pinned by the platform team');
    expect(outcome(source, 'split-stages')).toMatchObject({
      kind: 'refuse',
      reason: {
        code: 'config/ignored',
        text: 'the step would rewrite or move line 2, which a comment in line 1 asks to leave as it is: pinned by the platform team',
      },
    });
    expect(run(source).after.split('\n').slice(0, 2)).toEqual(source.split('\n').slice(0, 2));
  });

  it('keep the next instruction from being moved to another stage', () => {
    const source = above('EXPOSE 8080', '# dfmigrate ignore');
    expect(outcome(source, 'split-stages')).toMatchObject({ kind: 'refuse', reason: { code: 'config/ignored' } });
  });

  it('stop no step that leaves their instruction where it is', () => {
    const source = above('COPY . .', '# dfmigrate ignore=hoist-manifests');
    const done = outcome(source, 'hoist-manifests');
    expect(done).toMatchObject({ kind: 'change' });
    const after = run(source).after;
    expect(after).toContain('# dfmigrate ignore=hoist-manifests\nCOPY . .\n');
    expect(outcome(above('RUN mvn', '# dfmigrate ignore'), 'split-stages')).toMatchObject({ kind: 'change' });
  });

  it('tell the stage of the next instruction', () => {
    const stages = (comment: string) =>
      run(above('RUN mvn', `${comment}\nRUN ./unknown.sh`))
        .after.split(' AS runtime')
        .map((part) => part.includes('./unknown.sh'));
    expect(outcome(above('RUN mvn', 'RUN ./unknown.sh'), 'split-stages')).toMatchObject({ kind: 'refuse' });
    expect(stages('# dfmigrate stage=build')).toEqual([true, false]);
    expect(stages('# dfmigrate stage=runtime;reason=the server calls it')).toEqual([false, true]);
    expect(stages('# DFMIGRATE  STAGE=both')).toEqual([true, true]);
    expect(codes(above('RUN mvn', '# dfmigrate stage=build'))).toEqual([]);
    expect(codes(above('RUN mvn', '# dfmigrate stage=elsewhere'))).toEqual([
      expect.stringContaining('config/pragma-unknown'),
    ]);
  });

  it('without effect are named, as are words and ids that mean nothing', () => {
    expect(codes(above('WORKDIR', '# dfmigrate ignore=lock-install'))).toEqual([
      'config/pragma-unused: the comment in line 4 stops nothing, so it can go',
    ]);
    expect(codes(`# dfmigrate ignroe\n${dockerfile}`)).toEqual([
      'config/pragma-unknown: line 1 asks for something dfmigrate does not know: ignroe',
    ]);
    expect(codes(`# dfmigrate ignore-file=drop-rot,drop-root\n${dockerfile}`)).toEqual([
      'config/pragma-id: the comment in line 1 names "drop-rot", which is no transform',
    ]);
    expect(codes(dockerfile)).toEqual([]);
  });

  it('the intent told to another linter counts', () => {
    expect(outcome(`# hadolint ignore=DL3002\n${dockerfile}`, 'drop-root')).toMatchObject({
      kind: 'refuse',
      reason: { code: 'drop-root/root-on-purpose' },
    });
  });
});

describe('a baseline', () => {
  const migration = { ...run(dockerfile), path: 'svc/Dockerfile' };
  const text = baselineText([migration, migration]);
  const baseline = (of: string) => {
    const read = readBaseline(of, 'b.json');
    if ('exit' in read) throw new Error(read.reason.text);
    return read;
  };

  it('has a line per entry, sorted, and knows what it was written for', () => {
    expect(text).toMatch(
      /^\{\n {2}"v": 1,\n {2}"pending": \[\n {4}\{"path":"svc\/Dockerfile","transform":"add-healthcheck","reason":"add-/,
    );
    expect(isKnown(migration, baseline(text))).toBe(true);
    expect(isKnown({ ...migration, path: 'other' }, baseline(text))).toBe(false);
    expect(baselineText([])).toBe('{\n  "v": 1,\n  "pending": []\n}\n');
  });

  it('counts what is no longer needed, of files that were looked at', () => {
    const fewer = { ...migration, steps: migration.steps.slice(0, 1) };
    const all = baseline(text).entries.size;
    expect(staleEntries(baseline(text), [fewer])).toBe(all - 1);
    expect(staleEntries(baseline(text), [{ ...migration, path: 'other' }])).toBe(0);
  });

  it.each([
    '',
    '[]',
    '{"v":2,"pending":[]}',
    '{"v":1,"pending":[{}]}',
    '{"v":1,"pending":[{"path":"a\\nb","reason":"x"}]}',
  ])('%j is none', (bad) =>
    expect(readBaseline(bad, 'b.json')).toMatchObject({ exit: 2, reason: { code: 'config/baseline' } }),
  );
});
