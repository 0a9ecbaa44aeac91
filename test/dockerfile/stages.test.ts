// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfile variables look like template placeholders
import { describe, expect, it } from 'vitest';
import { type ContractDifference, contractDifferences, runtimeContract } from '../../src/dockerfile/contract.ts';
import { type BaseConfig, walkStage } from '../../src/dockerfile/effective.ts';
import { parseImageRef } from '../../src/dockerfile/image-ref.ts';
import type { Dockerfile } from '../../src/dockerfile/model.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { baseImage, finalStage, findStage, reachable } from '../../src/dockerfile/stages.ts';

function parsed(source: string): Dockerfile {
  const file = parseDockerfile(source);
  if (file.kind === 'unreadable') throw new Error(file.code);
  return file;
}

const node: BaseConfig = {
  entrypoint: ['docker-entrypoint.sh'],
  cmd: ['node'],
  user: undefined,
  workdir: undefined,
  env: { PATH: '/usr/local/bin:/bin', NODE_VERSION: '20.1.0' },
  expose: ['9229'],
  volume: [],
  stopsignal: undefined,
};

const THREE = `FROM node:20 AS deps
FROM deps AS build
COPY --from=tools /x /x
FROM alpine AS tools
FROM alpine AS dead
FROM alpine
RUN --mount=type=bind,from=1,target=/b true
COPY --from=nginx:1 /a /a
`;

describe('stages', () => {
  const file = parsed(THREE);

  it('are found by name in any case and by index', () => {
    expect(findStage(file, 'BUILD')?.index).toBe(1);
    expect(findStage(file, '2')?.name).toBe('tools');
    expect(findStage(file, 'nginx:1')).toBe(undefined);
    expect(findStage(file, '9')).toBe(undefined);
    expect(findStage(file, 'dead', file.stages[3])).toBe(undefined);
  });

  it('the last one is built, unless a target is named', () => {
    expect(finalStage(file).index).toBe(4);
    expect(finalStage(file, 'tools').index).toBe(2);
  });

  it('are reached through FROM, COPY --from and mounts', () => {
    expect(reachable(file, finalStage(file)).map((stage) => stage.index)).toEqual([0, 1, 2, 4]);
    expect(reachable(file, finalStage(file, 'dead')).map((stage) => stage.index)).toEqual([3]);
  });

  it('stand on an external image, variables expanded where they have defaults', () => {
    const image = (source: string) => baseImage(parsed(source), finalStage(parsed(source)));
    expect(image(THREE)).toBe('alpine');
    expect(image('FROM node:20 AS a\nFROM a AS b\nFROM b\n')).toBe('node:20');
    expect(image('ARG V=20\nFROM node:${V}-${S:-slim}\n')).toBe('node:20-slim');
    expect(image('ARG V\nFROM node:$V\n')).toBe(undefined);
    expect(image('ARG B=one\nFROM x AS one\nFROM $B\n')).toBe('x');
  });

  it('a name is that of the last stage before it', () => {
    const twice = parsed('FROM x AS a\nFROM y AS a\nFROM a\n');
    expect(baseImage(twice, finalStage(twice))).toBe('y');
    const self = parsed('FROM alpine AS alpine\nRUN a\n');
    expect(baseImage(self, finalStage(self))).toBe('alpine');
  });
});

describe('walkStage', () => {
  const walk = (source: string, base?: BaseConfig) => {
    const file = parsed(source);
    return walkStage(file, finalStage(file), base).map(({ instruction, workdir, user, shell }) => [
      instruction.keyword,
      workdir,
      user,
      shell.join(' '),
    ]);
  };

  it('follows WORKDIR, USER and SHELL through parent stages', () => {
    const source = `FROM node:20 AS a
WORKDIR /srv
FROM a
WORKDIR app/../b
USER node
SHELL ["/bin/bash", "-c"]
RUN x
`;
    expect(walk(source, node)).toEqual([
      ['WORKDIR', '/srv', undefined, '/bin/sh -c'],
      ['WORKDIR', '/srv/b', undefined, '/bin/sh -c'],
      ['USER', '/srv/b', 'node', '/bin/sh -c'],
      ['SHELL', '/srv/b', 'node', '/bin/bash -c'],
      ['RUN', '/srv/b', 'node', '/bin/bash -c'],
    ]);
  });

  it('knows no directory on an unknown base until an absolute one is given', () => {
    expect(walk('FROM x\nRUN a\nWORKDIR app\nWORKDIR /b\nWORKDIR $NOPE\nRUN c\n').map((one) => one[1])).toEqual([
      undefined,
      undefined,
      '/b',
      undefined,
      undefined,
    ]);
    expect(walk('FROM scratch\nWORKDIR app\n')).toEqual([['WORKDIR', '/app', undefined, '/bin/sh -c']]);
  });

  it('a user that cannot be resolved stays as written', () => {
    expect(walk('FROM x\nUSER $U\n')[0]?.[2]).toBe('$U');
    expect(walk('FROM x\nARG U=app\nUSER ${U}:1\n')[1]?.[2]).toBe('app:1');
  });
});

describe('runtimeContract', () => {
  const contract = (source: string, known: BaseConfig | undefined = node) => {
    const file = parsed(source);
    return runtimeContract(file, finalStage(file), (image) => (image.startsWith('node:') ? known : undefined));
  };
  const fields = (found: readonly ContractDifference[]) => found.map(({ field }) => field);

  it('is what the base contributes and the file sets', () => {
    const source = `FROM node:20
ENV PORT=3000 PATH=/app/bin:$PATH
LABEL "a b"="c d"
EXPOSE $PORT 53/UDP
WORKDIR app
VOLUME ["/data"]
STOPSIGNAL SIGINT
HEALTHCHECK --interval=1m30s --retries=03 CMD curl localhost
CMD npm start
`;
    expect(contract(source)).toEqual({
      from: 'node:20',
      baseKnown: true,
      cmd: ['/bin/sh', '-c', 'npm start'],
      entrypoint: ['docker-entrypoint.sh'],
      env: { PATH: '/app/bin:/usr/local/bin:/bin', NODE_VERSION: '20.1.0', PORT: '3000' },
      expose: ['3000/tcp', '53/udp', '9229/tcp'],
      labels: { 'a b': 'c d' },
      workdir: '/app',
      user: undefined,
      volumes: ['/data'],
      stopsignal: 'SIGINT',
      shell: undefined,
      healthcheck: { test: ['CMD-SHELL', 'curl localhost'], timing: { interval: '90000', retries: '3' } },
    });
  });

  it('ENTRYPOINT drops an inherited CMD, not one of its own stage', () => {
    expect(contract('FROM node:20\nENTRYPOINT ["a"]\n').cmd).toEqual([]);
    expect(contract('FROM node:20\nCMD ["b"]\nENTRYPOINT ["a"]\n').cmd).toEqual(['b']);
    expect(contract('FROM node:20 AS x\nCMD ["b"]\nFROM x\nENTRYPOINT ["a"]\n').cmd).toEqual([]);
  });

  it('shell forms use the SHELL in force; HEALTHCHECK NONE is kept', () => {
    const found = contract('FROM node:20\nSHELL ["/bin/bash", "-c"]\nCMD a\nHEALTHCHECK NONE\n');
    expect(found.cmd).toEqual(['/bin/bash', '-c', 'a']);
    expect(found.healthcheck).toEqual({ test: ['NONE'], timing: {} });
  });

  it('differences name field and both sides', () => {
    const before = contract('FROM node:20\nENV A=1\nUSER node\nCMD ["a"]\n');
    const after = contract('FROM node:20\nENV A=2\nCMD ["a"]\n');
    expect(contractDifferences(before, before)).toEqual([]);
    expect(contractDifferences(before, after).filter(({ field }) => field !== 'ENV')).toEqual([
      { field: 'USER', before: '"node"', after: 'none' },
    ]);
    expect(fields(contractDifferences(before, after))).toEqual(['ENV', 'USER']);
  });

  it('an order of ENV, LABEL or EXPOSE is no difference', () => {
    const before = contract('FROM node:20\nENV A=1\nENV B=2\nEXPOSE 1 2\n');
    const after = contract('FROM node:20\nENV B=2 A=1\nEXPOSE 2/tcp\nEXPOSE 1\n');
    expect(contractDifferences(before, after)).toEqual([]);
  });

  it('what an unknown base contributes equals only what the same base contributes', () => {
    const same = contract('FROM x:1 AS a\nRUN a\nFROM x:1\nCMD ["a"]\n');
    expect(contractDifferences(contract('FROM x:1\nCMD ["a"]\n'), same)).toEqual([]);
    const other = contract('FROM x:2\nCMD ["a"]\n');
    expect(fields(contractDifferences(same, other))).toEqual([
      'FROM',
      'ENTRYPOINT',
      'ENV',
      'EXPOSE',
      'WORKDIR',
      'USER',
      'VOLUME',
      'STOPSIGNAL',
    ]);
  });
});

describe('parseImageRef', () => {
  const parts = (text: string) => {
    const ref = parseImageRef(text);
    return ref && [ref.registry, ref.repository, ref.tag, ref.digest];
  };
  it.each([
    ['node', ['docker.io', 'node', undefined, undefined]],
    ['node:20-alpine', ['docker.io', 'node', '20-alpine', undefined]],
    ['library/node:20', ['docker.io', 'node', '20', undefined]],
    ['docker.io/library/node', ['docker.io', 'node', undefined, undefined]],
    ['index.docker.io/bitnami/node:1', ['docker.io', 'bitnami/node', '1', undefined]],
    ['bitnami/node', ['docker.io', 'bitnami/node', undefined, undefined]],
    ['ghcr.io/a/b/c:1', ['ghcr.io', 'a/b/c', '1', undefined]],
    ['localhost/x', ['localhost', 'x', undefined, undefined]],
    ['localhost:5000/x:1@sha256:ab', ['localhost:5000', 'x', '1', 'sha256:ab']],
    ['reg:5000/x', ['reg:5000', 'x', undefined, undefined]],
    ['myuser/my.app:1', ['docker.io', 'myuser/my.app', '1', undefined]],
    ['a__b/c--d', ['docker.io', 'a__b/c--d', undefined, undefined]],
    [' scratch ', ['docker.io', 'scratch', undefined, undefined]],
  ])('%s', (text, wanted) => expect(parts(text)).toEqual(wanted));

  it.each([
    '',
    'Node',
    'a/B',
    'node:',
    'node:a b',
    'node@sha256',
    'a//b',
    '$X',
    'node:${V}',
    '-a',
    'a:1:2',
    'http://x/y',
  ])('refuses %s', (text) => expect(parts(text)).toBe(undefined));
});
