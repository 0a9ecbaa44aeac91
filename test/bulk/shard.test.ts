import { describe, expect, it } from 'vitest';
import { isInShard, parseShard } from '../../src/bulk/shard.ts';

describe('--shard auto', () => {
  it.each<readonly [string, string, Readonly<Record<string, string>>, number, number]>([
    ['GitLab, from one', 'auto', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '5' }, 1, 5],
    ['the last job of GitLab', 'auto', { CI_NODE_INDEX: '5', CI_NODE_TOTAL: '5' }, 5, 5],
    ['CircleCI, from zero', 'auto', { CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '4' }, 1, 4],
    ['the last container of CircleCI', 'auto', { CIRCLE_NODE_INDEX: '3', CIRCLE_NODE_TOTAL: '4' }, 4, 4],
    ['Buildkite, from zero', 'auto', { BUILDKITE_PARALLEL_JOB: '0', BUILDKITE_PARALLEL_JOB_COUNT: '3' }, 1, 3],
    ['AWS Batch, from zero', 'auto', { AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10' }, 10, 10],
    ['Kubernetes, which does not tell the number', 'auto/8', { JOB_COMPLETION_INDEX: '7' }, 8, 8],
    ['Slurm from zero', 'auto', { SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_COUNT: '6' }, 1, 6],
    [
      'Slurm from anywhere',
      'auto',
      { SLURM_ARRAY_TASK_ID: '12', SLURM_ARRAY_TASK_COUNT: '4', SLURM_ARRAY_TASK_MIN: '10' },
      3,
      4,
    ],
    [
      'Slurm in steps',
      'auto',
      {
        SLURM_ARRAY_TASK_ID: '40',
        SLURM_ARRAY_TASK_COUNT: '4',
        SLURM_ARRAY_TASK_MIN: '10',
        SLURM_ARRAY_TASK_STEP: '10',
      },
      4,
      4,
    ],
    ['a number that the command line gives', 'auto/2', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5' }, 2, 2],
  ])('reads %s', (_name, text, environment, index, count) => {
    expect(parseShard(text, environment)).toEqual({ index, count });
  });

  it.each<readonly [string, string, Readonly<Record<string, string>>, string]>([
    ['Kubernetes alone', 'auto', { JOB_COMPLETION_INDEX: '0' }, 'needs the number of shards here: auto/<n>'],
    ['nothing', 'auto', {}, 'finds none of CI_NODE_INDEX'],
    ['GitHub, which tells a step nothing', 'auto', { GITHUB_ACTIONS: 'true' }, '--shard ${{ matrix.shard }}/<n>'],
    ['an index behind the last', 'auto', { CI_NODE_INDEX: '6', CI_NODE_TOTAL: '5' }, 'there is no shard 6 of 5'],
    ['an index that is no number', 'auto', { CI_NODE_INDEX: 'x;rm', CI_NODE_TOTAL: '5' }, 'finds none of'],
    [
      'a list of Slurm tasks without order',
      'auto',
      { SLURM_ARRAY_TASK_ID: '9', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '3' },
      'there is no shard',
    ],
    ['a place without the number of places', '3', {}, 'wants the number of shards too'],
    ['zero', '0/4', {}, 'there is no shard 0 of 4'],
    ['words', 'half', {}, 'wants i/n, auto or auto/n'],
  ])('says what is wrong with %s', (_name, text, environment, says) => {
    expect(parseShard(text, environment)).toContain(says);
  });
});

describe('the parts of a list', () => {
  it.each([1, 2, 7, 16])('of %i shards are all of it, once, and differ by at most one', (count) => {
    const positions = Array.from({ length: 100 }, (_, position) => position);
    const parts = Array.from({ length: count }, (_, index) =>
      positions.filter((position) => isInShard(position, { index: index + 1, count })),
    );
    expect(parts.flat().sort((a, b) => a - b)).toEqual(positions);
    const sizes = parts.map((part) => part.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
});
