import { describe, expect, it } from 'vitest';
import { configDifferences, shownValue } from '../../src/verify/config.ts';
import { bytesOf, type ImageConfig } from '../../src/verify/image.ts';
import { namesIn } from '../../src/verify/prove.ts';

const config: ImageConfig = {
  cmd: ['node', 'server.js'],
  entrypoint: ['docker-entrypoint.sh'],
  env: { PATH: '/bin', NODE_VERSION: '20', PLACE: 'here' },
  expose: ['3000/tcp'],
  labels: { 'dfmigrate.verify': '1', team: 'web', 'org.opencontainers.image.version': '20' },
  workdir: '/app',
  user: '',
  volumes: [],
  stopsignal: undefined,
  shell: [],
  healthcheck: undefined,
};
const own = namesIn('FROM node:20\nENV PLACE=here\nLABEL team=web\nEXPOSE 3000\nCMD ["node","server.js"]\n', undefined);

describe('two image configs', () => {
  it('a health check is told as an instruction says it', () => {
    const timing = { interval: 30e9, timeout: 5e9, startPeriod: 0, retries: 3 };
    const checked = (test: readonly string[]): ImageConfig => ({ ...config, healthcheck: { test, timing } });
    const told = (test: readonly string[]) => configDifferences(config, checked(test), new Set(['HEALTHCHECK']), own);
    expect(told(['CMD', 'probe', '-q']).map(({ after }) => after)).toEqual([
      '--interval=30s --timeout=5s --retries=3 CMD ["probe","-q"]',
    ]);
    expect(told(['CMD-SHELL', 'probe || exit 1']).map(({ after }) => after)).toEqual([
      '--interval=30s --timeout=5s --retries=3 CMD probe || exit 1',
    ]);
  });

  it('a declared field, a field of the old base and an undeclared one are told apart', () => {
    const after: ImageConfig = {
      ...config,
      user: 'node',
      env: { PATH: '/bin', PLACE: 'there' },
      labels: { team: 'web', 'org.opencontainers.image.version': '20-slim' },
    };
    const differences = configDifferences(config, after, new Set(['FROM', 'USER']), own);
    expect(differences.map(({ field, name, standing }) => [field, name, standing])).toEqual([
      ['ENV', 'NODE_VERSION', 'base'],
      ['ENV', 'PLACE', 'undeclared'],
      ['LABEL', 'org.opencontainers.image.version', 'base'],
      ['USER', undefined, 'declared'],
    ]);
  });

  it('without a new base nothing may vanish unsaid', () => {
    const after: ImageConfig = { ...config, entrypoint: [], env: { PATH: '/bin', PLACE: 'here' } };
    const differences = configDifferences(config, after, new Set(), own);
    expect(differences.map(({ field, standing }) => [field, standing])).toEqual([
      ['ENTRYPOINT', 'undeclared'],
      ['ENV', 'undeclared'],
    ]);
  });

  it('the mark of verification itself is no difference', () => {
    expect(
      configDifferences(config, { ...config, labels: { ...config.labels, 'dfmigrate.verify': '2' } }, new Set(), own),
    ).toEqual([]);
  });

  it('what the file sets is read through all its stages', () => {
    const names = namesIn('FROM a AS base\nENV A=1\nFROM base\nENV B=2\nVOLUME /data\n', undefined);
    expect([[...names.env], [...names.volumes]]).toEqual([['A', 'B'], ['/data']]);
    expect([...namesIn('FROM a AS one\nENV A=1\nFROM b AS two\nENV B=2\n', 'ONE').env]).toEqual(['A']);
    expect([...namesIn('not a Dockerfile', undefined).env]).toEqual([]);
  });

  it('secrets are not shown', () => {
    expect(shownValue('API_TOKEN', 'abcdef')).toBe('‹redacted›');
    expect(shownValue('PLACE', 'here')).toBe('here');
  });

  it('sizes are bytes or rounded decimal and binary units', () => {
    expect(['1234', '0B', '1.2MB', '3kB', '2GiB', 'none'].map(bytesOf)).toEqual([
      1234, 0, 1_200_000, 3000, 2147483648, 0,
    ]);
  });
});
