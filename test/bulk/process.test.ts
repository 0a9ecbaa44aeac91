import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, dfmigrate, folder, put, service, text } from '../cli/scratch.ts';
import { bareRepository, broken, fleet, gitIn, workTree } from './fleet.ts';

beforeAll(buildProgram, 120_000);

interface Event {
  readonly type: string;
  readonly repo: string;
  readonly [name: string]: unknown;
}

const eventsIn = (journal: string): readonly Event[] =>
  journal
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const reposIn = (journal: string): readonly Event[] => eventsIn(journal).filter(({ type }) => type === 'repo');

describe('a plan', () => {
  it('names the outcome of every repository, in the order of their names, and writes nothing', () => {
    const directory = fleet();
    const before = gitIn(directory, '-C', 'all/alpha', 'for-each-ref');
    const { code, out } = dfmigrate(directory, ['bulk', 'all', '--format', 'jsonl']);
    expect(code).toBe(3);
    expect(reposIn(out).map(({ repo, outcome }) => [repo, outcome])).toEqual([
      ['all/alpha', 'changed'],
      ['all/beta.git', 'changed'],
      ['all/team/broken', 'error'],
      ['all/team/development', 'left-alone'],
      ['all/team/fine', 'refused'],
      ['all/text-only', 'none-found'],
      ['all/unborn', 'none-found'],
    ]);
    expect(gitIn(directory, '-C', 'all/alpha', 'for-each-ref')).toBe(before);
    expect(gitIn(directory, '-C', 'all/alpha', 'status', '--porcelain')).toBe('');
  });

  it('says the same of a work tree and of a bare repository, whatever lies in the work tree', () => {
    const directory = fleet();
    put(directory, 'all/alpha/Dockerfile', 'FROM nothing of this counts\n');
    const { out } = dfmigrate(directory, ['bulk', 'all/alpha', 'all/beta.git', '--format', 'jsonl']);
    const [alpha, beta] = ['all/alpha', 'all/beta.git'].map((repo) =>
      eventsIn(out)
        .filter((event) => event.repo === repo && event.type !== 'repo')
        .map(({ repo: _, ...rest }) => rest),
    );
    expect(alpha).toEqual(beta);
    expect(alpha?.length).toBeGreaterThan(5);
  });

  it('says the same of a commit as a plain run says of its checkout', () => {
    const directory = folder();
    workTree(directory, 'one');
    const plain = dfmigrate(path.join(directory, 'one'), ['-n', '--format', 'jsonl']).out;
    const bulk = dfmigrate(directory, ['bulk', 'one', '--format', 'jsonl']).out;
    const ofType = (journal: string, type: string): readonly unknown[] =>
      eventsIn(journal)
        .filter((event) => event.type === type)
        .map(({ repo: _, ...rest }) => rest);
    expect(ofType(bulk, 'step')).toEqual(ofType(plain, 'step'));
    expect(ofType(bulk, 'file')).toEqual(ofType(plain, 'file'));
  });

  it('gives the same bytes at any concurrency', () => {
    const directory = fleet();
    const at = (workers: string): string =>
      dfmigrate(directory, ['bulk', 'all', '--format', 'jsonl', '-j', workers]).out;
    expect(at('4')).toBe(at('1'));
  });

  it('is one JSON document on request', () => {
    const { out } = dfmigrate(fleet(), ['bulk', 'all', '--format', 'json']);
    const document = JSON.parse(out);
    expect([document.v, document.ok, document.exitCode, document.repos.length]).toEqual([1, false, 3, 7]);
    expect(document.summary.repos).toEqual({
      changed: 2,
      refused: 1,
      'left-alone': 1,
      fine: 0,
      'none-found': 2,
      error: 1,
    });
  });

  it('ends with a table of outcomes and reasons', () => {
    const { out, err } = dfmigrate(fleet(), ['bulk', 'all']);
    expect(out).toContain('RESULT            repos  dockerfiles   top reasons\nchanged               2            2\n');
    expect(out).toContain('error                 1            1   file/unterminated-heredoc (1)\n');
    expect(err).toContain('error file/unterminated-heredoc: all/team/broken: ');
  });
});

describe('lists of repositories', () => {
  it('take comments, refs and repetitions, and fail line by line', () => {
    const directory = fleet();
    gitIn(directory, '-C', 'all/alpha', 'branch', 'old');
    put(
      directory,
      'repos.txt',
      '# mine\nall/alpha old\nall/alpha old # again\n\nnowhere\n  all/team/fine\n#all/beta.git\n',
    );
    const { out } = dfmigrate(directory, ['bulk', 'repos.txt', '--format', 'jsonl']);
    expect(reposIn(out).map(({ repo, outcome }) => [repo, outcome])).toEqual([
      ['all/alpha', 'changed'],
      ['all/team/fine', 'refused'],
      ['nowhere', 'error'],
    ]);
  });

  it('come from standard input too', () => {
    const { out } = dfmigrate(fleet(), ['bulk', '-', '--format', 'jsonl'], { input: 'all/team/fine\n' });
    expect(reposIn(out).map(({ repo }) => repo)).toEqual(['all/team/fine']);
  });

  it('count a repository once, however it is reached', () => {
    const directory = folder();
    workTree(directory, 'one');
    gitIn(path.join(directory, 'one'), 'worktree', 'add', '-q', '../two');
    symlinkSync('one', path.join(directory, 'three'));
    const { out, err } = dfmigrate(directory, ['bulk', '-', '--format', 'jsonl'], { input: 'one\ntwo\nthree\n' });
    expect(reposIn(out).map(({ repo }) => repo)).toEqual(['one']);
    expect(err).toContain('two is the same repository as one');
  });

  it('are narrowed by patterns that must match something', () => {
    const directory = fleet();
    const { out } = dfmigrate(directory, [
      'bulk',
      'all',
      '--only-repos',
      'all/team/*',
      '--skip-repos',
      '*/fine',
      '--format',
      'jsonl',
    ]);
    expect(reposIn(out).map(({ repo }) => repo)).toEqual(['all/team/broken', 'all/team/development']);
    const idle = dfmigrate(directory, ['bulk', 'all', '--skip-repos', 'al/*']);
    expect([idle.code, idle.err.split('\n')[0]]).toEqual([
      2,
      'error bulk/no-pattern-match: the pattern matches no repository: al/*',
    ]);
  });

  it('a broken repository inside another one is not taken for the outer one', () => {
    const directory = folder();
    workTree(directory, 'outer');
    mkdirSync(path.join(directory, 'outer/inner/.git'), { recursive: true });
    const { out } = dfmigrate(directory, ['bulk', '-', '--format', 'jsonl'], { input: 'outer/inner\n' });
    expect(reposIn(out).map(({ repo, outcome }) => [repo, outcome])).toEqual([['outer/inner', 'error']]);
  });
});

describe('usage', () => {
  const table: readonly (readonly [string, readonly string[], string])[] = [
    ['nothing to do it to', [], 'bulk wants repositories'],
    ['a source that is nowhere', ['nowhere'], 'neither a directory, nor a list'],
    ['--push without --branch', ['all', '--push'], '--push goes with --branch'],
    ['--failed without --resume', ['all', '--failed'], '--failed goes with --resume'],
    ['an option for a branch', ['all', '--branch', '--force'], 'is no name git would give'],
    ['an expression for a branch', ['all', '--branch', 'a..b'], 'is no name git would give'],
    ['two sinks that exclude each other', ['all', '--branch', 'x', '--in-place'], 'contradict each other'],
    ['a preview that writes', ['all', '--branch', 'x', '-n'], 'contradict each other'],
    ['a shard that does not exist', ['all', '--shard', '9/8'], 'there is no shard 9 of 8'],
    ['a shard nobody tells', ['all', '--shard', 'auto'], 'finds none of'],
    ['a format for one file', ['all', '--format', 'diff'], 'dfmigrate report'],
    ['an empty run to resume', ['--resume', 'all'], 'holds no run'],
    ['no number', ['all', '--limit', 'x'], '--limit wants a whole number'],
    ['a unknown transform', ['all', '--only', 'drop-rooot'], 'did you mean "drop-root"'],
  ];
  const directory = folder({ 'all/README.md': '' });
  it.each(table)('%s', (_, args, said) => {
    const { code, out, err } = dfmigrate(directory, ['bulk', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
  });

  it('a directory without repositories is no error', () => {
    const { code, err } = dfmigrate(directory, ['bulk', 'all']);
    expect([code, err]).toEqual([0, expect.stringContaining('no repositories found under all')]);
  });
});

describe('the text of a pull request', () => {
  it('is that of the reports, with its title as the first line', () => {
    const directory = folder();
    workTree(directory, 'one');
    dfmigrate(directory, ['bulk', 'one', '--run-dir', 'run']);
    const [title, , ...body] = text(directory, 'run/pr/one.md').split('\n');
    const { out } = dfmigrate(directory, ['report', 'run/report.jsonl', '--markdown', '-']);
    expect(out).toContain(`## ${title}\n\n${body.join('\n')}`);
    expect(body.join('\n')).toContain('| step | why | seen in |');
  });
});

describe('patches', () => {
  it('are made per step and repository, and git am turns them into the branch', () => {
    const directory = folder();
    const alpha = workTree(directory, 'alpha');
    expect(dfmigrate(directory, ['bulk', 'alpha', '--patches', 'out', '--branch', 'dfmigrate']).code).toBe(0);
    gitIn(alpha, 'checkout', '-q', '-b', 'by-hand');
    gitIn(alpha, 'am', '-q', '--keep-cr', ...patchNames(path.join(directory, 'out/alpha')));
    expect(gitIn(alpha, 'rev-parse', 'by-hand^{tree}')).toBe(gitIn(alpha, 'rev-parse', 'dfmigrate^{tree}'));
    expect(gitIn(alpha, 'log', '--format=%s', 'by-hand')).toBe(gitIn(alpha, 'log', '--format=%s', 'dfmigrate'));
  });
});

function patchNames(directory: string): readonly string[] {
  return readdirSync(directory)
    .sort()
    .map((name) => path.join(directory, name));
}

describe('--in-place', () => {
  it('writes what git can give back and leaves the rest', () => {
    const directory = folder();
    workTree(directory, 'clean');
    workTree(directory, 'dirty');
    put(directory, 'dirty/Dockerfile', `${service.Dockerfile}# mine\n`);
    bareRepository(directory, 'bare.git');
    const { code, out } = dfmigrate(directory, ['bulk', '.', '--in-place', '--format', 'jsonl']);
    expect(code).toBe(4);
    expect(reposIn(out).map(({ repo, outcome, written }) => [repo, outcome, written])).toEqual([
      ['bare.git', 'error', 0],
      ['clean', 'changed', 1],
      ['dirty', 'error', 0],
    ]);
    expect(text(directory, 'dirty/Dockerfile')).toBe(`${service.Dockerfile}# mine\n`);
    expect(text(directory, 'clean/Dockerfile')).not.toBe(service.Dockerfile);
  });
});

describe('configuration', () => {
  it('of a repository lets it stay out, by file or altogether, and the policy of the operator wins', () => {
    const directory = folder();
    workTree(directory, 'out', { ...service, '.dfmigrate.json': '{"enabled": false, "reason": "retired"}' });
    workTree(directory, 'part', { ...service, '.dfmigrate.json': '{"skip": ["drop-root"]}' });
    workTree(directory, 'wrong', { ...service, '.dfmigrate.json': '{"push": true}' });
    put(directory, 'policy.json', '{"skip": ["add-healthcheck"]}');
    const outcomes = (...args: readonly string[]): readonly unknown[] =>
      reposIn(dfmigrate(directory, ['bulk', '.', '--format', 'jsonl', ...args]).out).map(
        ({ repo, outcome, applied }) => [
          repo,
          outcome,
          Object.keys(applied ?? {}).filter((name) => name === 'drop-root' || name === 'add-healthcheck'),
        ],
      );
    expect(outcomes('--policy', 'policy.json')).toEqual([
      ['out', 'left-alone', []],
      ['part', 'changed', []],
      ['wrong', 'error', []],
    ]);
    expect(outcomes('--no-config')).toEqual(
      ['out', 'part', 'wrong'].map((repo) => [repo, 'changed', ['add-healthcheck', 'drop-root']]),
    );
    const [first] = outcomes('--in-place');
    expect(first).toEqual(['out', 'left-alone', []]);
  });
});

describe('limits', () => {
  it('--limit does so many, --resume the next ones, and the journal ends as if there had been one run', () => {
    const directory = fleet();
    const whole = dfmigrate(directory, ['bulk', 'all', '--run-dir', 'whole']);
    expect(dfmigrate(directory, ['bulk', 'all', '--run-dir', 'waves', '--limit', '2']).out).toContain(
      'not done yet          5',
    );
    expect(dfmigrate(directory, ['bulk', '--resume', 'waves', '--limit', '2']).out).toContain(
      'not done yet          3',
    );
    expect(dfmigrate(directory, ['bulk', '--resume', 'waves']).code).toBe(whole.code);
    expect(text(directory, 'waves/report.jsonl')).toBe(text(directory, 'whole/report.jsonl'));
  });

  it('the end of a run says how to go on', () => {
    const directory = fleet();
    const { out } = dfmigrate(directory, ['bulk', 'all', '--branch', 'x', '--run-dir', 'run', '--limit', '4']);
    expect(
      out
        .slice(out.indexOf('next '))
        .split('\n')
        .map((line) => line.trim().replace(/ {2,}/g, '  ')),
    ).toEqual([
      'next  dfmigrate bulk --resume run  the next ones',
      'dfmigrate bulk --resume run --failed  after fixing',
      'dfmigrate bulk --resume run --push --limit 10  a first wave',
      'dfmigrate report run/report.jsonl --html run/html  to look at',
      '',
    ]);
  });

  it('--failed does the failed ones alone', () => {
    const directory = fleet();
    dfmigrate(directory, ['bulk', 'all', '--run-dir', 'run']);
    expect(text(directory, 'run/failed.txt')).toBe('all/team/broken\n');
    put(directory, 'all/team/broken/Dockerfile', 'FROM scratch\nCOPY a /a\n');
    gitIn(path.join(directory, 'all/team/broken'), 'commit', '-qam', 'repaired');
    const again = dfmigrate(directory, ['bulk', '--resume', 'run', '--failed', '--format', 'jsonl']);
    expect(reposIn(again.out).map(({ repo }) => repo)).toEqual(['all/team/broken']);
    expect(again.code).toBe(0);
    expect(text(directory, 'run/failed.txt')).toBe('');
  });

  it('a repository that moved on is done again', () => {
    const directory = fleet();
    dfmigrate(directory, ['bulk', 'all', '--run-dir', 'run']);
    put(directory, 'all/team/fine/Dockerfile', broken.Dockerfile ?? '');
    gitIn(path.join(directory, 'all/team/fine'), 'commit', '-qam', 'worse');
    const again = dfmigrate(directory, ['bulk', '--resume', 'run', '--format', 'jsonl']);
    expect(reposIn(again.out).map(({ repo }) => repo)).toEqual(['all/team/broken', 'all/team/fine']);
  });

  it('--fail-fast stops at the first error, --max-errors at a share', () => {
    const directory = fleet();
    const { code, err } = dfmigrate(directory, ['bulk', 'all', '--fail-fast', '-j', '1']);
    expect(code).toBe(3);
    expect(err).toContain('error bulk/stopped: stopped after 1 errors in 3 repositories');
  });

  it('--sample takes the same ones every time, another seed others', () => {
    const directory = fleet();
    const sample = (seed: string): readonly string[] =>
      reposIn(dfmigrate(directory, ['bulk', 'all', '--sample', '3', '--seed', seed, '--format', 'jsonl']).out).map(
        ({ repo }) => repo,
      );
    expect(sample('a')).toEqual(sample('a'));
    expect(sample('a')).toHaveLength(3);
    expect(sample('a')).not.toEqual(sample('b'));
  });

  it('a run directory is not used twice by accident, nor by two processes', () => {
    const directory = fleet();
    dfmigrate(directory, ['bulk', 'all', '--run-dir', 'run']);
    expect(dfmigrate(directory, ['bulk', 'all', '--run-dir', 'run']).err).toContain('run holds a run already');
    put(directory, 'run/lock', `${process.pid} ${readFileSync('/proc/sys/kernel/hostname', 'utf8')}`);
    const busy = dfmigrate(directory, ['bulk', '--resume', 'run']);
    expect([busy.code, busy.err]).toEqual([3, expect.stringContaining('another dfmigrate works in run')]);
    expect(existsSync(path.join(directory, 'run/lock'))).toBe(true);
    put(directory, 'run/lock', `999999999 ${readFileSync('/proc/sys/kernel/hostname', 'utf8')}`);
    expect(dfmigrate(directory, ['bulk', '--resume', 'run']).code).toBe(3);
    renameSync(path.join(directory, 'run'), path.join(directory, 'moved'));
    expect(dfmigrate(directory, ['bulk', '--resume', 'moved']).out).toContain('1 done, 6 unchanged');
  });
});
