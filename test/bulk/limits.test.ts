import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { migrateBytes } from '../../src/attempt.ts';
import { createPool } from '../../src/bulk/pool.ts';
import type { Task } from '../../src/bulk/task.ts';
import { absentProject } from '../../src/project/absent.ts';
import { defaultWishes, done, type Transform } from '../../src/transform.ts';
import { buildProgram, dfmigrate, folder, put, service } from '../cli/scratch.ts';
import { gitIn, workTree } from './fleet.ts';

beforeAll(buildProgram, 120_000);

const task = (name: string): Task => ({ root: '', path: name, id: '', earlier: [], limitMs: 300 });

describe('a worker', () => {
  const ends: readonly (readonly [string, string, string])[] = [
    ['never ends', 'loop', 'cli/over-time'],
    ['eats all memory', 'eat', 'cli/over-memory'],
    ['dies', 'die', 'cli/bug'],
    ['throws', 'throw', 'cli/bug'],
  ];
  it.each(ends)('that %s is replaced, and its file reported', async (_, name, code) => {
    const choice = {
      transforms: [],
      insisted: [],
      asked: { runtime: undefined, healthcheck: undefined, user: undefined },
      target: undefined,
      config: undefined,
      policy: undefined,
    };
    const pool = createPool(1, choice, new URL('./workers/unruly.mjs', import.meta.url));
    const lease = await pool.lease();
    const slow = name === 'eat' ? { ...task(name), limitMs: 30_000 } : task(name);
    const lost = await lease.ask({ task: slow, fresh: true, objects: [] });
    expect(lost.kind === 'fault' && lost.fault.reason.code).toBe(code);
    expect(lease.generation()).toBe(1);
    expect(await lease.ask({ task: task('answer'), fresh: true, objects: [] })).toEqual({
      kind: 'wanted',
      ids: ['fine'],
    });
    lease.release();
    await pool.close();
  });
});

describe('a file', () => {
  const unruly = (run: () => void): Transform => ({
    name: 'unruly',
    summary: '',
    tags: [],
    default: true,
    changes: [],
    reasons: { owner: 'unruly', sentences: {} },
    run: () => {
      run();
      return done({ code: 'unruly/done', text: '' });
    },
  });
  const loops: readonly (readonly [string, () => void])[] = [
    [
      'a loop',
      () => {
        for (;;);
      },
    ],
    [
      'a loop that catches everything',
      () => {
        for (;;)
          try {
            for (;;);
          } catch {}
      },
    ],
    ['a regular expression', () => void /^(a+)+$/.test(`${'a'.repeat(60)}b`)],
  ];
  it.each(loops)('that is stuck in %s is over time', (_, run) => {
    const choice = { transforms: [unruly(run)], wishes: defaultWishes, target: undefined, limitMs: 200 };
    const bytes = Buffer.from('FROM node:22\nCOPY . .\nCMD ["node", "x.js"]\n');
    const result = migrateBytes(bytes, 'Dockerfile', absentProject, choice);
    expect('reason' in result && [result.reason.code, result.exit]).toEqual(['cli/over-time', 3]);
  });
});

/** Shapes that make parsers slow, each as long as a file may be. */
const shapes: Readonly<Record<string, string>> = {
  continuations: `FROM node:22\nRUN a${' \\\n b'.repeat(50_000)}\n`,
  'one long line': `FROM node:22\nRUN ${'x'.repeat(60_000)}\n`,
  instructions: `FROM node:22\n${'RUN npm ci\n'.repeat(20_000)}`,
  stages: Array.from({ length: 8_000 }, (_, index) => `FROM node:22 AS s${index}\n`).join(''),
  'stages in a chain': Array.from(
    { length: 5_000 },
    (_, index) => `FROM ${index === 0 ? 'node:22' : `s${index - 1}`} AS s${index}\n`,
  ).join(''),
  'nested quotes': `FROM node:22\nRUN ${`"$(echo `.repeat(4_000)}\n`,
  'nested braces': `FROM node:22\nENV A=${'${A:-'.repeat(8_000)}\n`,
  'doubling variables': `FROM node:22\nENV A0=aaaaaaaaaa\n${Array.from({ length: 2_000 }, (_, index) => `ENV A${index + 1}=$A${index}$A${index}\n`).join('')}CMD $A2000\n`,
  'JSON depth': `FROM node:22\nCMD ${'['.repeat(50_000)}\n`,
  heredocs: `FROM node:22\n${Array.from({ length: 5_000 }, (_, index) => `RUN <<E${index}\nx\nE${index}\n`).join('')}`,
  'and-or list': `FROM node:22\nRUN ${'a && b || c; '.repeat(15_000)}true\n`,
  'copy sources': `FROM node:22\nCOPY ${'a*b* '.repeat(40_000)}./\n`,
  comments: `${'# note\n'.repeat(35_000)}FROM node:22\n`,
  'a variable name': `FROM node:22\nRUN echo ${'$'.repeat(100_000)}\n`,
};

describe('pathological files', () => {
  it('are all done within their limits, and none of them keeps another from being done', () => {
    const directory = folder();
    const files = Object.fromEntries(
      Object.entries(shapes).map(([name, text]) => [`${name.replaceAll(' ', '-')}/Dockerfile`, text]),
    );
    const manifests = Object.fromEntries(
      Object.keys(files).map((name) => [name.replace('Dockerfile', 'package.json'), '{"name":"x"}']),
    );
    workTree(directory, 'hard', { ...files, ...manifests, ...service });
    const started = performance.now();
    const { out, code } = dfmigrate(directory, ['bulk', 'hard', '--format', 'jsonl', '--timeout-per-file', '2']);
    expect(performance.now() - started).toBeLessThan(Object.keys(shapes).length * 2_600 + 5_000);
    expect([0, 3, 4]).toContain(code);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const told = new Set(
      events.filter(({ type }) => type === 'file' || type === 'error').map(({ path: name }) => name),
    );
    expect([...told].sort()).toEqual([...Object.keys(files), 'Dockerfile'].sort());
    expect(events.find(({ type, path: name }) => type === 'file' && name === 'Dockerfile').outcome).toBe('changed');
    expect(events.filter(({ code: reason }) => reason === 'cli/bug')).toEqual([]);
  });

  it('in a plain run end with exit code 3 and the others done', () => {
    const directory = folder({ 'hard/Dockerfile': shapes['doubling variables'] ?? '', ...service });
    const { code, out } = dfmigrate(directory, ['-n', '--format', 'json', '--timeout-per-file', '3']);
    expect([0, 3]).toContain(code);
    expect(JSON.parse(out).files.map(({ path: name }: { path: string }) => name)).toContain('Dockerfile');
  });
});

describe('pathological repositories', () => {
  it('a tree that holds itself ten times at every level is left out', () => {
    const directory = folder();
    const bomb = workTree(directory, 'bomb', {});
    let tree = gitIn(bomb, 'rev-parse', 'HEAD^{tree}').trim();
    for (let level = 0; level < 12; level += 1) {
      const lines = Array.from({ length: 10 }, (_, index) => `040000 tree ${tree}\td${index}`).join('\n');
      tree = spawnSync('git', ['mktree'], { cwd: bomb, input: `${lines}\n`, encoding: 'utf8' }).stdout.trim();
    }
    gitIn(bomb, 'update-ref', 'refs/heads/main', gitIn(bomb, 'commit-tree', '-m', 'bomb', tree).trim());
    const { code, err } = dfmigrate(directory, ['bulk', 'bomb']);
    expect([code, err]).toEqual([4, expect.stringContaining('error bulk/too-many-entries: ')]);
  });

  it('a Dockerfile of many megabytes is not read', () => {
    const directory = folder();
    workTree(directory, 'large', { Dockerfile: `FROM node:22\n${'# x\n'.repeat(5_000_000)}` });
    const { code, err } = dfmigrate(directory, ['bulk', 'large']);
    expect([code, err]).toEqual([
      4,
      expect.stringContaining('error cli/too-large: large: Dockerfile is larger than 256 KiB'),
    ]);
  });

  it('aliases that unfold without end stop nothing', () => {
    const bomb = `a: &a [x, x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [*${index === 0 ? 'a' : `b${index - 1}`}, *${index === 0 ? 'a' : `b${index - 1}`}]\n`).join('')}services: *b29\n`;
    const directory = folder();
    workTree(directory, 'yaml', { ...service, 'compose.yaml': bomb });
    expect(dfmigrate(directory, ['bulk', 'yaml']).code).toBe(0);
  });

  it('a link that leads to itself or out of the repository leads nowhere', () => {
    const directory = folder();
    const secret = put(directory, 'secret.json', '{"scripts":{"start":"node topsecret.js"}}');
    expect(secret).toBeUndefined();
    const zoo = workTree(directory, 'zoo', service);
    const links: readonly (readonly [string, string])[] = [
      ['Dockerfile.link', 'Dockerfile'],
      ['loop', 'loop'],
      ['a', 'b'],
      ['b', 'a'],
      ['up', '..'],
      ['outside', '../..'],
      ['.dockerignore', '../secret.json'],
      ['package.json', path.join(directory, 'secret.json')],
    ];
    for (const [name, target] of links) spawnSync('ln', ['-sfn', target, name], { cwd: zoo });
    gitIn(zoo, 'add', '-A');
    gitIn(zoo, 'commit', '-qm', 'links');
    const { out } = dfmigrate(directory, ['bulk', 'zoo', '--format', 'jsonl']);
    expect(out).not.toContain('topsecret');
    expect(out).toContain('"path":"Dockerfile.link","code":"cli/symlink"');
    expect(out.split('\n').filter((line) => line.startsWith('{"type":"file"'))).toHaveLength(1);
  });
});
