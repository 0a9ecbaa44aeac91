import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram, dockerfile, folder, program, put, repository, service, text } from './scratch.ts';

beforeAll(buildProgram, 120_000);

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly id?: string;
      readonly run: string;
      readonly shell: string;
      readonly env: Readonly<Record<string, string>>;
      readonly 'working-directory': string;
    }[];
  };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as Action;

/** The service in a directory of that name. */
const below = (directory: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(service).map(([name, content]) => [`${directory}/${name}`, content]));

interface Ran {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Arguments that npx got, one a line. */
  readonly called: string;
}

/** `${{ inputs.x }}` as a runner puts it in; no other expression may stand there. */
function filled(text: string, inputs: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name: string) => inputs[name] ?? '');
}

/** Does the steps as a runner does: each script in a file, under `bash -e`, with the files it reports to. */
function runAction(workspace: string, given: Readonly<Record<string, string>> = {}): Ran {
  const runner = folder({ 'output.txt': '', 'summary.md': '', 'called.txt': '' });
  const npx = `#!/bin/sh\nprintf '%s\\n' "$@" >> '${runner}/called.txt'\nshift 2\nexec '${process.execPath}' '${program}' "$@"\n`;
  put(runner, 'bin/npx', npx);
  chmodSync(path.join(runner, 'bin/npx'), 0o755);
  const inputs = {
    ...Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default])),
    ...given,
  };
  let [code, log]: [number | null, string] = [0, ''];
  for (const step of action.runs.steps) {
    expect(step.shell).toBe('bash');
    put(runner, 'step.sh', step.run);
    const child = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', path.join(runner, 'step.sh')], {
      cwd: path.resolve(workspace, filled(step['working-directory'], inputs)),
      encoding: 'utf8',
      env: {
        PATH: `${runner}/bin:${path.dirname(process.execPath)}:${process.env['PATH']}`,
        HOME: runner,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: path.join(runner, 'output.txt'),
        GITHUB_STEP_SUMMARY: path.join(runner, 'summary.md'),
        RUNNER_TEMP: runner,
        ...Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, filled(value, inputs)])),
      },
    });
    [code, log] = [child.status, `${log}${child.stdout}${child.stderr}`];
    if (code !== 0) break;
  }
  const lines = text(runner, 'output.txt')
    .split('\n')
    .filter((line) => line !== '');
  return {
    code,
    log,
    outputs: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
    summary: text(runner, 'summary.md'),
    called: text(runner, 'called.txt'),
  };
}

describe('the action', () => {
  it('puts no expression into a script, and has an output for every one it promises', () => {
    expect(action.runs.using).toBe('composite');
    for (const step of action.runs.steps) expect(step.run).not.toContain('${{');
    for (const [name, { value }] of Object.entries(action.outputs))
      expect(value).toBe(`\${{ steps.run.outputs.${name} }}`);
  });

  it('checks, annotates, writes a summary and counts', () => {
    const directory = repository();
    const { code, log, outputs, summary, called } = runAction(directory);
    expect(code).toBe(1);
    expect(log).toMatch(/^::warning file=Dockerfile,line=\d+/m);
    expect(outputs.changed).toBe('1');
    expect(JSON.parse(readFileSync(outputs.report ?? '', 'utf8')).summary.files.changed).toBe(1);
    expect(summary).toContain('split-stages');
    expect(called).toContain(
      `dfmigrate@${JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version}\n--check\n`,
    );
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
  });

  it('succeeds where nothing is pending, and says so with a zero', () => {
    const { code, outputs } = runAction(
      repository({ Dockerfile: 'FROM scratch\nCOPY app /app\nUSER 1000\nENTRYPOINT ["/app"]\n', app: '' }),
    );
    expect([code, outputs.changed]).toEqual([0, '0']);
  });

  it('takes one argument a line, and a directory to run in', () => {
    const directory = repository({ ...service, ...below('my service') });
    const args = '--write\n--only\ndrop-root\n\nDockerfile';
    const { code, outputs } = runAction(directory, { args, 'working-directory': 'my service', version: '0.1.0' });
    expect([code, outputs.changed]).toEqual([0, '1']);
    expect(text(directory, 'my service/Dockerfile')).toContain('USER ');
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
  });

  it.each([
    ['a substitution', '$(touch canary)'],
    ['backquotes', '`touch canary`'],
    ['a separator', '--check; touch canary'],
    ['a quote', '"; touch canary; "'],
    ['a heredoc end', 'EOF\ntouch canary'],
    ['a glob and a variable', '*\n$HOME\n~'],
  ])('makes no command of %s', (_name, hostile) => {
    const directory = repository();
    for (const name of ['args', 'version']) {
      const { called } = runAction(directory, { [name]: hostile });
      for (const line of hostile.split('\n')) expect(called).toContain(line);
    }
    expect(existsSync(path.join(directory, 'canary'))).toBe(false);
  });

  it('lets no file name write an output or a workflow command', () => {
    const directory = repository(below('x\n::set-output name=changed::9\nchanged=9'));
    const { outputs, log } = runAction(directory);
    expect(outputs.changed).toBe('1');
    expect(log.split('\n').filter((line) => line.startsWith('::set-output'))).toEqual([]);
  });

  it('ends with the exit code of a usage error and leaves the count open', () => {
    const { code, outputs } = runAction(repository(), { args: '--no-such-option' });
    expect(code).toBe(2);
    expect(outputs.changed).not.toBe('1');
  });
});
