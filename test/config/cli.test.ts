import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/config.ts';
import { migrate } from '../../src/migrate.ts';
import { diskProject } from '../../src/project/disk.ts';
import {
  buildProgram,
  dfmigrate,
  dockerfile,
  folder,
  onTerminal,
  put,
  repository,
  service,
  shell,
  text,
} from '../cli/scratch.ts';
import { violations } from '../report/schema.ts';

beforeAll(buildProgram, 120_000);

const root = fileURLToPath(new URL('../..', import.meta.url));
const schema = JSON.parse(readFileSync(`${root}/schema/config.json`, 'utf8'));
const withConfig = (config: string) => repository({ ...service, '.dfmigrate.json': config });
const changedSteps = (directory: string, ...args: readonly string[]): readonly string[] =>
  JSON.parse(dfmigrate(directory, ['-n', '--format', 'json', ...args]).out).files.flatMap(
    (file: { steps: readonly { transform: string; outcome: string }[] }) =>
      file.steps.filter(({ outcome }) => outcome === 'changed').map(({ transform }) => transform),
  );

describe('a configuration file', () => {
  it('narrows, unless the command line insists or reads none', () => {
    const directory = withConfig('{ "skip": ["drop-root"] /* later */ }');
    expect(changedSteps(directory)).not.toContain('drop-root');
    expect(changedSteps(directory, '--only', 'drop-root')).toEqual(['drop-root']);
    expect(changedSteps(directory, '--no-config')).toContain('drop-root');
    put(directory, 'policy.json', '{ "skip": ["drop-root"] }');
    expect(dfmigrate(directory, ['-n', '--only', 'drop-root', '--policy', 'policy.json']).err).toContain(
      'config/nothing-left',
    );
  });

  it('is the nearest one, or the key of package.json', () => {
    const nested = Object.fromEntries(Object.entries(service).map(([name, content]) => [`svc/${name}`, content]));
    const directory = repository({ ...nested, '.dfmigrate.json': '{"skip":["drop-root"]}' });
    expect(changedSteps(directory)).not.toContain('drop-root');
    put(directory, 'svc/.dfmigrate.json', '{}');
    expect(changedSteps(directory)).toContain('drop-root');
    const manifest = repository({ ...service, 'package.json': '{"name":"x","dfmigrate":{"skip":["drop-root"]}}' });
    expect(changedSteps(manifest)).not.toContain('drop-root');
  });

  it.each([
    ['{\n  "unsafe": true\n}', '.dfmigrate.json:2 key "unsafe" cannot be set by a repository'],
    ['{ "context": "../.." }', '"context" leads out of the repository'],
    ['{ "skip": ["drop-rot"] }', 'did you mean "drop-root"?'],
  ])('%s is a usage error', (config, says) => {
    const result = dfmigrate(withConfig(config), ['-n']);
    expect([result.code, result.err]).toEqual([2, expect.stringContaining(says)]);
  });

  it('that is a link is not read', () => {
    const directory = repository();
    shell(directory, 'ln -s pom.xml .dfmigrate.json');
    expect(dfmigrate(directory, ['-n'])).toMatchObject({ code: 2, err: expect.stringContaining('config/unreadable') });
  });

  it('can leave everything alone', () => {
    const result = dfmigrate(withConfig('{"enabled":false,"reason":"retired"}'), ['--check']);
    expect([result.code, result.err]).toEqual([0, expect.stringContaining('leaves it alone: retired')]);
  });

  it('counts for a text from standard input, where it would lie', () => {
    const directory = withConfig('{ "skip": ["drop-root"], "overrides": [{ "files": ["old/**"], "enabled": false }] }');
    const asJson = ['--stdin', '--format', 'json', '--stdin-filename', 'Dockerfile'];
    const select = (args: readonly string[]): readonly string[] =>
      JSON.parse(dfmigrate(directory, args, { input: dockerfile }).out).files[0].steps.map(
        ({ transform }: { transform: string }) => transform,
      );
    expect(select(asJson)).not.toContain('drop-root');
    expect(select([...asJson, '--no-config'])).toContain('drop-root');
    const left = dfmigrate(directory, ['--stdin', '--stdin-filename', 'old/Dockerfile'], { input: dockerfile });
    expect([left.code, left.out]).toEqual([0, dockerfile]);
    expect(left.err).toContain('leaves it alone');
    put(directory, '.dfmigrate.json', '{ "unsafe": true }');
    expect(dfmigrate(directory, ['--stdin'], { input: dockerfile })).toMatchObject({ code: 2, out: '' });
  });

  it('counts for what is explained and verified', () => {
    const directory = withConfig('{ "skip": ["drop-root"], "overrides": [{ "files": ["old/**"], "enabled": false }] }');
    put(directory, 'old/Dockerfile', dockerfile);
    expect(dfmigrate(directory, ['explain', 'Dockerfile']).out).not.toContain('drop-root');
    expect(dfmigrate(directory, ['explain', 'Dockerfile', '--no-config']).out).toContain('drop-root');
    expect(dfmigrate(directory, ['explain', 'old/Dockerfile']).out).toContain('leaves it alone');
    expect(dfmigrate(directory, ['explain', 'Dockerfile', '--only', 'drop-root']).out).not.toContain('split-stages');
    expect(dfmigrate(directory, ['verify', '--write', 'Dockerfile']).code).toBe(0);
    expect(text(directory, 'Dockerfile')).not.toContain('USER ');
    expect(dfmigrate(directory, ['verify', 'old/Dockerfile'])).toMatchObject({
      code: 0,
      err: expect.stringContaining('leaves it alone'),
    });
  });

  it('gives way to the environment', () => {
    const directory = repository();
    const result = dfmigrate(directory, ['-n', '--format', 'json'], { env: { DFMIGRATE_ONLY: 'drop-root' } });
    expect(JSON.parse(result.out).select).toEqual(['drop-root']);
  });
});

describe('the schema of configurations', () => {
  it.each([
    ['{}', true],
    [
      '{"$schema":"x","enabled":true,"only":["drop-*"],"skip":"tag:size","runtime":"image=a/b:1","user":"app:10001"}',
      true,
    ],
    [
      '{"healthcheck":"http:/health","context":"svc","reason":"r","exclude":["a/"],"overrides":[{"files":["a"],"skip":[]}]}',
      true,
    ],
    ['{"unsafe":true}', false],
    ['{"runtime":"tiny"}', false],
    ['{"user":"root"}', false],
    ['{"user":"app:0"}', false],
    ['{"healthcheck":"ftp"}', false],
    ['{"overrides":[{}]}', false],
    ['{"enabled":1}', false],
  ])('%s', (config, valid) => {
    expect(violations(JSON.parse(config), schema, schema).length === 0).toBe(valid);
    expect('exit' in readConfig(config, 'x')).toBe(!valid);
  });
});

describe('a baseline', () => {
  it('lets a check pass until something new is pending', () => {
    const directory = repository();
    const check = (...args: readonly string[]) => dfmigrate(directory, ['--check', '--baseline', 'b.json', ...args]);
    expect(check().code).toBe(2);
    expect(check('--update-baseline').code).toBe(0);
    expect(check().code).toBe(0);
    put(directory, 'b.json', text(directory, 'b.json').replace(/^.*drop-root.*\n/m, ''));
    expect(check().code).toBe(1);
    expect(check('--only', 'split-stages')).toMatchObject({ code: 0, err: expect.stringContaining('config/stale') });
  });
});

describe('step by step', () => {
  const lines = (...keys: readonly string[]) => keys.map((key) => `${key}\n`).join('');

  it('writes what was accepted, once per file', () => {
    const directory = repository();
    const result = onTerminal(directory, ['-i'], lines('y', 'w', '?', 's', 'n', 'q'));
    expect(result.code).toBe(0);
    expect(result.out).toContain('it is a single hunk');
    const after = text(directory, 'Dockerfile');
    expect([after.includes('AS runtime'), after.includes('go-offline'), after.includes('USER')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is offered by the question too; a accepts the rest', () => {
    const directory = repository();
    onTerminal(directory, [], lines('s', 'n', 'a'));
    const after = text(directory, 'Dockerfile');
    expect([after.includes('AS runtime'), after.includes('USER ')]).toEqual([false, true]);
  });

  it('takes the result of an editor when it still is a Dockerfile', () => {
    const directory = repository();
    const edit = (script: string) => ({ EDITOR: `sed -i ${script}` });
    const bad = onTerminal(directory, ['-i'], lines('e', 'd'), edit('s/FROM/FRM/'));
    expect(bad.out).toContain('not taken');
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
    onTerminal(directory, ['-i'], lines('e', 'd'), edit("'$aLABEL edited=yes'"));
    expect(text(directory, 'Dockerfile')).toMatch(/AS runtime[\s\S]*LABEL edited=yes\n$/);
  });

  it('writes nothing of a file when nobody answers any more', () => {
    const directory = repository();
    expect(onTerminal(directory, ['-i'], 'y\n\u0004').code).toBe(130);
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
  });

  it('needs a terminal', () => {
    expect(dfmigrate(repository(), ['-i'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('needs a terminal'),
    });
    expect(dfmigrate(repository(), ['-i', '--check']).code).toBe(2);
  });
});

describe('further reports', () => {
  it('go into files beside standard output', () => {
    const directory = repository();
    const result = dfmigrate(directory, [
      '-n',
      '-q',
      '--report',
      'sarif=a.sarif',
      '--report',
      'html=a.html',
      '--report',
      'jsonl=a.jsonl',
    ]);
    expect(result.code).toBe(0);
    expect(JSON.parse(text(directory, 'a.sarif')).version).toBe('2.1.0');
    expect(text(directory, 'a.html')).toMatch(/^<!doctype html>/);
    const merged = dfmigrate(directory, ['report', 'a.jsonl', '--markdown', '-', '--html', 'site', '--csv', 'a.csv']);
    expect([merged.code, merged.out]).toEqual([0, expect.stringContaining('| `split-stages` |')]);
    expect(text(directory, 'site/index.html')).toContain('Content-Security-Policy');
    expect(text(directory, 'a.csv')).toContain('"a","Dockerfile","changed"');
  });

  it('that cannot be written stop the run before it begins', () => {
    const directory = repository();
    expect(dfmigrate(directory, ['-w', '--report', 'json=no/where.json'])).toMatchObject({ code: 2 });
    expect(dfmigrate(directory, ['-w', '--report', 'xml=x'])).toMatchObject({ code: 2 });
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
  });

  it('text is disarmed in a workflow', () => {
    const directory = repository({
      ...service,
      Dockerfile: `# ::error::x\n${dockerfile.replace('COPY . .', 'COPY . .\nRUN echo \\\n ::set-output name=a::b')}`,
    });
    const { out } = dfmigrate(directory, ['-n'], { env: { GITHUB_ACTIONS: 'true' } });
    expect(out).not.toMatch(/^\s*::/m);
  });

  it('what is no report is refused', () => {
    const directory = folder({ 'x.jsonl': 'nonsense\n' });
    expect(dfmigrate(directory, ['report', 'x.jsonl'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('cli/no-report'),
    });
    expect(dfmigrate(directory, ['report', 'none.jsonl']).code).toBe(2);
  });
});

describe('init, doctor, completion', () => {
  it('init writes a configuration that is read, once', () => {
    const directory = folder();
    const result = dfmigrate(directory, ['init', '--ci', 'github']);
    expect([result.code, parse(result.out).jobs.check.steps.length]).toEqual([0, 2]);
    expect('exit' in readConfig(text(directory, '.dfmigrate.json'), 'x')).toBe(false);
    expect(dfmigrate(directory, ['init']).code).toBe(4);
    for (const ci of ['gitlab', 'pre-commit']) {
      expect(Object.keys(parse(dfmigrate(folder(), ['init', '--ci', ci]).out))).toHaveLength(1);
    }
  });

  it('doctor states facts and finds directives that are switched off', () => {
    const directory = repository({
      Dockerfile: '# dfmigrate ignore-file\n# syntax=docker/dockerfile:1\nFROM scratch\n',
    });
    const { code, out } = dfmigrate(directory, ['doctor']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}node +v\d+/m);
    expect(out).toMatch(/^ {2}git +git version/m);
    expect(out).toMatch(/^! directive +Dockerfile: a comment above a parser directive switches it off$/m);
  });

  it('completion knows commands, options and values', () => {
    const script = dfmigrate(folder(), ['completion', 'bash']).out;
    const directory = folder({ 'c.bash': script });
    const complete = (...words: readonly string[]) =>
      shell(
        directory,
        `source ./c.bash; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _dfmigrate; echo "\${COMPREPLY[@]}"`,
      ).out.trim();
    expect(complete('dfmigrate', '--format', 's')).toBe('sarif');
    expect(complete('dfmigrate', 'comp')).toBe('completion');
    expect(complete('dfmigrate', 'report', '--ht')).toBe('--html');
    expect(complete('dfmigrate', '--only', 'drop-r')).toBe('drop-root');
    for (const name of ['zsh', 'fish']) {
      const { out } = dfmigrate(folder(), ['completion', name]);
      for (const word of ['bulk', 'report', 'sarif', 'drop-root', 'interactive']) expect(out).toContain(word);
    }
  });
});

describe('packaging', () => {
  const file = (name: string): string => readFileSync(`${root}/${name}`, 'utf8');

  it('the action passes its inputs on as data, never as script', () => {
    const action = parse(file('action.yml'));
    expect(action.runs.using).toBe('composite');
    for (const step of action.runs.steps) expect(step.run).not.toContain('${{');
    expect(Object.keys(action.inputs)).toEqual(['args', 'version', 'working-directory']);
    expect(Object.keys(action.outputs)).toEqual(['changed', 'report']);
  });

  it('its script hands over arguments, outputs and the exit code', () => {
    const [step] = parse(file('action.yml')).runs.steps;
    const directory = repository({
      ...service,
      'bin/npx': '#!/bin/bash\nshift 2\nexec "$NODE" "$PROGRAM" "$@"\n',
      'step.sh': step.run,
    });
    const ran = shell(
      directory,
      `chmod +x bin/npx; export NODE="$1" PROGRAM="$2" PATH="$PWD/bin:$PATH" RUNNER_TEMP="$PWD" GITHUB_OUTPUT="$PWD/output" GITHUB_STEP_SUMMARY="$PWD/summary"
       export DFMIGRATE_VERSION=1.2.3 DFMIGRATE_ARGS=$'--check\\n--only\\nsplit-stages\\n$(touch injected)'; bash step.sh`,
    );
    expect(ran.code).toBe(2);
    expect(ran.out).toContain('no such file or directory: $(touch injected)');
    const fine = shell(
      directory,
      `export NODE="$1" PROGRAM="$2" PATH="$PWD/bin:$PATH" RUNNER_TEMP="$PWD" GITHUB_OUTPUT="$PWD/output" GITHUB_STEP_SUMMARY="$PWD/summary"
       export DFMIGRATE_VERSION=1.2.3 DFMIGRATE_ARGS=--check; bash step.sh; code=$?; ls injected 2>/dev/null; exit $code`,
    );
    expect([fine.code, fine.out.includes('::warning file=Dockerfile,line=1,title=split-stages::')]).toEqual([1, true]);
    expect(text(directory, 'output')).toMatch(/changed=1\nreport=.*dfmigrate\.json\n$/);
    expect(text(directory, 'summary')).toContain('| `split-stages` |');
  });

  it('the hooks are two, and one at a time', () => {
    const hooks = parse(file('.pre-commit-hooks.yaml'));
    expect(hooks.map(({ id, entry, require_serial }: Record<string, unknown>) => [id, entry, require_serial])).toEqual([
      ['dfmigrate-check', 'dfmigrate --check', true],
      ['dfmigrate', 'dfmigrate --write', true],
    ]);
  });

  it('our own Dockerfile needs no migration', () => {
    const source = file('Dockerfile');
    const migration = migrate(source, diskProject(root, `${root}/Dockerfile`));
    expect([migration.after, migration.files]).toEqual([source, []]);
    expect(migration.leftAlone).toBeUndefined();
    expect(migration.steps.filter(({ outcome }) => outcome.kind === 'change' || outcome.kind === 'rejected')).toEqual(
      [],
    );
  });
});
