import { describe, expect, it } from 'vitest';
import { memoryProject } from '../../src/project/memory.ts';
import type { Measured } from '../../src/verify/finding.ts';
import { compare } from '../../src/verify/judge.ts';
import { namesIn } from '../../src/verify/prove.ts';
import type { Readiness } from '../../src/verify/run.ts';

const config: Measured['config'] = {
  cmd: ['serve'],
  entrypoint: [],
  env: {},
  expose: [],
  labels: {},
  workdir: '/app',
  user: '',
  volumes: [],
  stopsignal: undefined,
  shell: [],
  healthcheck: undefined,
};

function measured(readiness: Readiness, log: readonly string[]): Measured {
  const run = {
    readiness,
    seconds: 1,
    answers: [],
    health: { kind: 'none' },
    uids: [0],
    stopped: undefined,
    log,
  } as const;
  return { image: 'i', seconds: 1, steps: [], config, layers: undefined, contents: undefined, run };
}

function codes(before: Measured, after: Measured): readonly string[] {
  const grounds = { declared: new Set<never>(), own: namesIn('FROM a\n', undefined), project: memoryProject({}) };
  return compare(before, after, grounds).findings.map(({ verdict, reason }) => `${verdict} ${reason.code}`);
}

const equal = 'ok verify/config-equal';

describe('two programs that end', () => {
  it('with the same fault prove nothing, but their logs are compared', () => {
    const one = measured({ kind: 'exited', code: 1 }, ['at 12:30', 'no database']);
    const same = measured({ kind: 'exited', code: 1 }, ['at 12:31', 'no database']);
    const other = measured({ kind: 'exited', code: 1 }, ['cannot find module']);
    expect(codes(one, same)).toEqual([equal, 'unknown verify/start-both-fail', 'note verify/start-same-log']);
    expect(codes(one, other)).toEqual([equal, 'unknown verify/start-both-fail']);
  });

  it('with 0 are commands', () => {
    const done = measured({ kind: 'exited', code: 0 }, ['42']);
    expect(codes(done, done)).toEqual([equal, 'ok verify/start-ends', 'note verify/start-same-log']);
    expect(codes(done, measured({ kind: 'exited', code: 2 }, ['42']))).toContain('broken verify/start-other-end');
  });

  it('an original that does not start proves nothing about a result that does', () => {
    const dead = measured({ kind: 'exited', code: 1 }, ['no database']);
    expect(codes(dead, measured({ kind: 'listening', port: 80 }, []))).toEqual([
      equal,
      'unknown verify/start-improved',
    ]);
  });
});
