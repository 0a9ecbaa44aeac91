import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, dfmigrate, folder, put, service } from '../cli/scratch.ts';
import { bareRepository, gitIn, workTree } from './fleet.ts';

beforeAll(buildProgram, 120_000);

const bulk = (directory: string, ...args: readonly string[]): ReturnType<typeof dfmigrate> =>
  dfmigrate(directory, ['bulk', '.', '--branch', 'dfmigrate', ...args]);
const tip = (repository: string, name = 'dfmigrate'): string => gitIn(repository, 'rev-parse', name).trim();

describe('a branch', () => {
  it('has a commit per step with its reasons, on top of HEAD, and the checkout is as it was', () => {
    const directory = folder();
    const alpha = workTree(directory, 'alpha');
    put(alpha, 'Dockerfile', 'edited\n');
    put(alpha, 'staged.txt', 'x');
    gitIn(alpha, 'add', 'staged.txt');
    const index = readFileSync(path.join(alpha, '.git/index'));
    expect(bulk(directory).code).toBe(0);
    expect(gitIn(alpha, 'log', '--reverse', '--format=%s', 'main..dfmigrate')).toBe(
      ['split-stages', 'hoist-manifests', 'slim-runtime', 'drop-root', 'add-healthcheck']
        .map((step) => `${step}: Dockerfile\n`)
        .join('')
        .concat('write-dockerignore: Dockerfile\n'),
    );
    expect(gitIn(alpha, 'log', '-1', '--format=%an <%ae> %at %cn %ct', 'dfmigrate')).toBe(
      'dfmigrate <dfmigrate@localhost> 1700000000 dfmigrate 1700000000\n',
    );
    expect(gitIn(alpha, 'status', '--porcelain')).toBe(' M Dockerfile\nA  staged.txt\n');
    expect(readFileSync(path.join(alpha, '.git/index')).equals(index)).toBe(true);
    expect(gitIn(alpha, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main\n');
    expect(gitIn(alpha, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('has the same commits wherever it is made, and however often', () => {
    const directory = folder();
    const [one, two] = [workTree(directory, 'one'), bareRepository(directory, 'two.git')];
    bulk(directory);
    const first = tip(one);
    expect(tip(two)).toBe(first);
    const reflog = gitIn(one, 'reflog', 'dfmigrate');
    bulk(directory);
    expect([tip(one), gitIn(one, 'reflog', 'dfmigrate')]).toEqual([first, reflog]);
  });

  it('can be one commit by somebody else', () => {
    const directory = folder();
    const alpha = workTree(directory, 'alpha');
    bulk(directory, '--commits', 'squash', '--committer', 'Ada <ada@example.org>');
    expect(gitIn(alpha, 'log', '--format=%s %an', 'main..dfmigrate')).toBe('Migrate Dockerfile: 6 steps Ada\n');
  });

  it('holds what an in-place run writes, modes and byte order marks included', () => {
    const files = { ...service, Dockerfile: `\ufeff${service.Dockerfile}`, '.dockerignore': '\ufeff*.md\r\n' };
    const directory = folder();
    const [branch, place] = ['branch', 'place'].map((name) => {
      const made = workTree(directory, name, files);
      chmodSync(path.join(made, 'Dockerfile'), 0o755);
      gitIn(made, 'commit', '-qam', 'mode');
      return made;
    });
    dfmigrate(directory, ['bulk', 'branch', '--branch', 'dfmigrate']);
    dfmigrate(directory, ['bulk', 'place', '--in-place']);
    gitIn(branch ?? '', 'checkout', '-q', 'dfmigrate');
    for (const name of ['Dockerfile', '.dockerignore']) {
      const [a, b] = [branch, place].map((each) => readFileSync(path.join(each ?? '', name)));
      expect(a?.equals(b ?? Buffer.alloc(0)), name).toBe(true);
    }
    expect(statSync(path.join(branch ?? '', 'Dockerfile')).mode & 0o777).toBe(0o755);
  });

  it('follows its base, and does not come back when nothing is left to do', () => {
    const directory = folder();
    const alpha = workTree(directory, 'alpha');
    bulk(directory);
    const before = tip(alpha);
    put(alpha, 'README.md', 'more\n');
    gitIn(alpha, 'add', '-A');
    gitIn(alpha, 'commit', '-qm', 'second');
    expect(bulk(directory).code).toBe(0);
    expect(tip(alpha)).not.toBe(before);
    expect(gitIn(alpha, 'merge-base', 'main', 'dfmigrate')).toBe(gitIn(alpha, 'rev-parse', 'main'));
  });

  const foreign: readonly (readonly [string, (repository: string) => void, string])[] = [
    ['somebody made', (repository) => void gitIn(repository, 'branch', 'dfmigrate'), 'bulk/branch-foreign'],
    ['has other commits on top', (repository) => addOnTop(repository), 'bulk/branch-foreign'],
    [
      'is checked out',
      (repository) => void gitIn(repository, 'checkout', '-q', '-b', 'dfmigrate'),
      'bulk/branch-checked-out',
    ],
    [
      'another work tree has',
      (repository) => void gitIn(repository, 'worktree', 'add', '-q', '-b', 'dfmigrate', '../../other'),
      'bulk/branch-checked-out',
    ],
    [
      'stands in the way of a directory',
      (repository) => void gitIn(repository, 'branch', 'dfmigrate/x'),
      'bulk/branch-failed',
    ],
  ];
  it.each(foreign)('that %s is left as it is', (_, prepare, code) => {
    const directory = folder();
    const alpha = workTree(directory, 'sub/alpha');
    prepare(alpha);
    const refs = gitIn(alpha, 'for-each-ref');
    const { code: exit, err } = dfmigrate(directory, ['bulk', 'sub', '--branch', 'dfmigrate']);
    expect(exit).toBe(code === 'bulk/branch-failed' ? 3 : 4);
    expect(err).toContain(`error ${code}: `);
    expect(gitIn(alpha, 'for-each-ref')).toBe(refs);
  });

  it('never replaces a link, nor writes behind one', () => {
    const directory = folder();
    const alpha = workTree(directory, 'alpha');
    put(alpha, 'shared/ignore', 'README.md\n');
    symlinkSync('shared/ignore', path.join(alpha, '.dockerignore'));
    gitIn(alpha, 'add', '-A');
    gitIn(alpha, 'commit', '-qm', 'link');
    const { err } = bulk(directory);
    expect(err).toContain('error bulk/link-in-path: ');
    expect(gitIn(alpha, 'for-each-ref')).not.toContain('dfmigrate');
  });
});

function addOnTop(repository: string): void {
  dfmigrate(path.dirname(repository), ['bulk', '.', '--branch', 'dfmigrate']);
  const commit = gitIn(repository, 'commit-tree', '-p', 'dfmigrate', '-m', 'mine', 'dfmigrate^{tree}').trim();
  gitIn(repository, 'update-ref', 'refs/heads/dfmigrate', commit);
}

describe('a repository given by URL', () => {
  const served = (): { readonly directory: string; readonly remote: string; readonly url: string } => {
    const directory = folder();
    const remote = bareRepository(directory, 'remote.git', { ...service, 'docs/picture.bin': 'nobody reads this' });
    gitIn(remote, 'config', 'uploadpack.allowFilter', 'true');
    gitIn(remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    return { directory, remote, url: `file://${remote}` };
  };
  const push = (directory: string, url: string): ReturnType<typeof dfmigrate> =>
    dfmigrate(directory, ['bulk', url, '--branch', 'dfmigrate', '--push', '--cache-dir', 'cache', '--format', 'jsonl']);
  const repoOf = (out: string): Readonly<Record<string, unknown>> =>
    JSON.parse(out.split('\n').find((line) => line.startsWith('{"type":"repo"')) ?? '{}');

  it('is fetched without history and without files that nobody reads, and gets the branch', () => {
    const { directory, remote, url } = served();
    const { code, out } = push(directory, url);
    expect([code, repoOf(out).outcome, repoOf(out).branch]).toEqual([
      0,
      'changed',
      { name: 'dfmigrate', commit: tip(remote), commits: 6, pushed: true },
    ]);
    const cached = path.join(directory, 'cache', readdirSync(path.join(directory, 'cache'))[0] ?? '');
    expect(gitIn(cached, 'rev-list', '--objects', '--missing=print', 'refs/dfmigrate/base')).toContain('\n?');
    expect(existsSync(path.join(cached, 'hooks'))).toBe(false);
  });

  it('is pushed to again without change, also from another machine', () => {
    const { directory, remote, url } = served();
    push(directory, url);
    const first = tip(remote);
    expect(push(directory, url).code).toBe(0);
    expect(
      dfmigrate(directory, ['bulk', url, '--branch', 'dfmigrate', '--push', '--cache-dir', 'elsewhere']).code,
    ).toBe(0);
    expect(tip(remote)).toBe(first);
  });

  it('keeps a branch of somebody else, and moves its own with its base', () => {
    const { directory, remote, url } = served();
    push(directory, url);
    const moved = gitIn(remote, 'commit-tree', '-p', 'main', '-m', 'second', 'main^{tree}').trim();
    gitIn(remote, 'update-ref', 'refs/heads/main', moved);
    expect(push(directory, url).code).toBe(0);
    expect(gitIn(remote, 'merge-base', 'main', 'dfmigrate').trim()).toBe(moved);
    const foreign = gitIn(remote, 'commit-tree', '-p', 'dfmigrate', '-m', 'mine', 'main^{tree}').trim();
    gitIn(remote, 'update-ref', 'refs/heads/dfmigrate', foreign);
    const { code, out } = push(directory, url);
    expect([code, out.includes('bulk/branch-foreign')]).toEqual([4, true]);
    expect(tip(remote)).toBe(foreign);
  });

  it('that cannot be reached fails alone and within its time', () => {
    const { directory, url } = served();
    const list = `${url}\nfile:///nowhere/at-all.git\nhttps://user:hunter2@127.0.0.1:1/x.git\n`;
    const { out } = dfmigrate(directory, ['bulk', '-', '--cache-dir', 'cache', '--format', 'jsonl'], { input: list });
    const repos = out
      .split('\n')
      .filter((line) => line.startsWith('{"type":"repo"'))
      .map((line) => JSON.parse(line));
    expect(repos.map(({ outcome }) => outcome).sort()).toEqual(['changed', 'error', 'error']);
    expect(out).not.toContain('hunter2');
  });
});

describe('pushing from a work tree of somebody', () => {
  const settings: readonly (readonly [string, readonly string[]])[] = [
    ['core.sshCommand', ['core.sshCommand', 'touch pwned']],
    ['credential.helper', ['credential.helper', '!touch pwned']],
    ['remote.origin.receivepack', ['remote.origin.receivepack', 'touch pwned']],
    ['url.insteadOf', ['url.ext::x.insteadOf', 'https://']],
    ['include.path', ['include.path', '../extra']],
    ['core.gitProxy', ['core.gitProxy', 'touch pwned']],
  ];
  it.each(settings)('is refused when it sets %s', (_, setting) => {
    const directory = folder();
    const alpha = workTree(directory, 'alpha');
    gitIn(alpha, 'remote', 'add', 'origin', 'ssh://git@127.0.0.1:1/x.git');
    gitIn(alpha, 'config', ...setting);
    const { code, err } = bulk(directory, '--push');
    expect([code, err]).toEqual([4, expect.stringContaining('error bulk/push-config: ')]);
    expect(execFileSync('find', [directory, '-name', 'pwned'], { encoding: 'utf8' })).toBe('');
  });

  it('is refused to a directory of this machine', () => {
    const directory = folder();
    const alpha = workTree(directory, 'sub/alpha');
    const evil = bareRepository(directory, 'evil.git');
    put(evil, 'hooks/pre-receive', `#!/bin/sh\ntouch ${directory}/pwned\n`);
    chmodSync(path.join(evil, 'hooks/pre-receive'), 0o755);
    gitIn(alpha, 'remote', 'add', 'origin', evil);
    const { code, err } = dfmigrate(directory, ['bulk', 'sub', '--branch', 'dfmigrate', '--push']);
    expect([code, err]).toEqual([4, expect.stringContaining('error bulk/push-local: ')]);
    expect(existsSync(path.join(directory, 'pwned'))).toBe(false);
  });
});
