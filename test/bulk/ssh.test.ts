import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeJournals } from '../../src/bulk/journal-merge.ts';
import { buildProgram, folder, program, put, text } from '../cli/scratch.ts';
import { gitIn, manyRepositories } from './fleet.ts';

const hosts = fileURLToPath(new URL('hosts.sh', import.meta.url));
const recipe = fileURLToPath(new URL('../../recipes/gnu-parallel.sh', import.meta.url));
/** Of its own for every run on this machine: names of one width, so that none begins another, and a network. */
const prefix = `dfm${String(process.pid % 10_000).padStart(4, '0')}`;
const network = `10.${200 + (process.pid % 50)}.${Math.floor(process.pid / 50) % 250}`;
const count = 12;
const directory = folder();

/** Root, namespaces, GNU parallel and an sshd; `undefined`: all there. */
function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  const missing = ['parallel', 'ssh', 'ssh-keygen', 'ip'].find((tool) => spawnSync('which', [tool]).status !== 0);
  if (missing !== undefined) return `${missing} is not installed`;
  if (!existsSync('/usr/sbin/sshd')) return 'sshd is not installed';
  try {
    execFileSync(hosts, ['up', directory, '3', prefix], {
      stdio: 'ignore',
      env: { ...process.env, HOSTS_NET: network },
    });
    return undefined;
  } catch (error) {
    return `no network namespaces: ${String(error).slice(0, 200)}`;
  }
}

const why = obstacle();
if (why !== undefined) console.warn(`GNU parallel over ssh is not tested: ${why}`);
beforeAll(buildProgram, 120_000);
afterAll(() => {
  const list = path.join(directory, 'repos.txt');
  if (existsSync(list)) spawnSync('sh', ['-c', `rm -f ~/dfmigrate-$(cksum < '${list}' | tr ' ' -).txt`]);
  if (existsSync(path.join(directory, 'pids'))) execFileSync(hosts, ['down', directory, prefix], { stdio: 'ignore' });
});

/** The third machine has had work, and others have had some since. */
function isUnderWay(worked: string): boolean {
  const names = worked.trim().split('\n');
  const first = names.findIndex((name) => name.endsWith('host3'));
  return first >= 0 && names.length > first + 3;
}

describe.skipIf(why !== undefined)('recipes/gnu-parallel.sh', () => {
  it('over three machines, one of them lost on the way: nothing is missing, and nothing differs', {
    timeout: 180_000,
  }, async () => {
    const remotes = manyRepositories(count);
    put(
      directory,
      'dfmigrate',
      `#!/bin/sh\necho "$XDG_CACHE_HOME" >> '${directory}/worked'\nexec '${process.execPath}' '${program}' "$@"\n`,
    );
    chmodSync(path.join(directory, 'dfmigrate'), 0o755);
    const urls = Array.from(
      { length: count },
      (_, number) => `file://${remotes}/service-${String(number).padStart(4, '0')}.git\n`,
    );
    put(directory, 'repos.txt', `# all of them\n${urls.join('')}`);
    put(directory, 'hosts', [11, 12, 13].map((number) => `1/${network}.${number}\n`).join(''));
    const ssh = `ssh -oBatchMode=yes -oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null -oLogLevel=ERROR -oConnectTimeout=3 -oServerAliveInterval=1 -oServerAliveCountMax=2 -i ${directory}/key`;
    await sleep(500);
    const child = spawn(recipe, [`${directory}/hosts`, `${directory}/repos.txt`, `${directory}/run`], {
      env: { ...process.env, PARALLEL_SSH: ssh, DFMIGRATE: `${directory}/dfmigrate`, HOME: directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const worked = (): string => (existsSync(path.join(directory, 'worked')) ? text(directory, 'worked') : '');
    for (let waited = 0; waited < 600 && !isUnderWay(worked()); waited += 1) await sleep(100);
    execFileSync(hosts, ['lose', '3', prefix]);
    await ended;
    expect(worked(), said).toContain('host3');
    const merged = mergeJournals([path.join(directory, 'run/events.jsonl')]);
    if ('reason' in merged) throw new Error(`${merged.reason.text}\n${said}`);
    const repos = merged.extents.map(({ repo }) => repo);
    expect(repos.map(({ repo }) => `${repo}\n`)).toEqual(urls);
    expect(new Set(repos.map(({ outcome }) => outcome))).toEqual(new Set(['changed', 'left-alone', 'error']));
    for (const { repo, outcome, branch } of repos.filter((each) => each.outcome === 'changed'))
      expect([outcome, gitIn(repo.slice('file://'.length), 'rev-parse', 'dfmigrate').trim()]).toEqual([
        'changed',
        branch?.commit,
      ]);
    const commits = new Set(repos.flatMap(({ branch }) => (branch === undefined ? [] : [branch.commit])));
    expect(commits.size).toBe(1);
    const log = readFileSync(path.join(directory, 'run/jobs.log'), 'utf8').trim().split('\n').slice(1);
    expect(
      new Set(
        log.map(
          (line) =>
            line
              .split('\t')
              .at(-1)
              ?.match(/--shard (\d+)/)?.[1],
        ),
      ).size,
    ).toBe(count);
  });
});
