import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diskProject } from '../../src/project/disk.ts';
import { memoryProject } from '../../src/project/memory.ts';
import type { ComposeService } from '../../src/project/project.ts';

function services(files: Readonly<Record<string, string>>, dockerfile = 'Dockerfile'): readonly ComposeService[] {
  return memoryProject(files, { dockerfile, location: '/repo/services/api' }).services();
}

function only(yaml: string): ComposeService | undefined {
  const found = services({ 'compose.yaml': yaml });
  expect(found).toHaveLength(1);
  return found[0];
}

const plain: ComposeService = {
  file: 'compose.yaml',
  name: 'api',
  target: undefined,
  command: undefined,
  entrypoint: undefined,
  user: undefined,
  volumes: [],
  healthcheck: false,
  ports: [],
  buildArgs: [],
};

describe('a compose service', () => {
  it.each(['.', './', '/repo/services/api', '${DIR:-.}', '${A:-${B:-.}}'])(
    'builds the Dockerfile of its context %s',
    (context) => {
      expect(only(`services:\n  api:\n    build: ${context}\n`)).toEqual(plain);
      expect(only(`services:\n  api:\n    build:\n      context: "${context}"\n`)).toEqual(plain);
    },
  );

  it.each(['./other', '${DIR}', '..', 'https://example.com/x.git'])(
    'does not build it with the context %s',
    (context) => {
      expect(services({ 'compose.yaml': `services:\n  api:\n    build: ${context}\n` })).toEqual([]);
    },
  );

  it('names its Dockerfile relative to its context', () => {
    const yaml =
      'services:\n  a:\n    build: {dockerfile: docker/x.Dockerfile}\n  b:\n    build: {context: docker, dockerfile: x.Dockerfile}\n  c:\n    build: .\n  d:\n    build: {context: ., dockerfile_inline: FROM a}\n  e:\n    image: x\n';
    const names = (dockerfile: string) => services({ 'compose.yml': yaml }, dockerfile).map(({ name }) => name);
    expect(names('docker/x.Dockerfile')).toEqual(['a', 'b']);
    expect(names('Dockerfile')).toEqual(['c']);
    expect(names('../Dockerfile')).toEqual([]);
  });

  it('says how the image is built and run', () => {
    const yaml = `
services:
  api:
    build: {context: ., target: dev, args: {NODE_ENV: development, X: }}
    command: npm run \${SCRIPT:-dev} -- $$HOME $X
    entrypoint: ["/entry.sh", 1]
    user: 1000
    healthcheck: {test: ["CMD", "true"]}
    ports: ["3000", "8080:80", "127.0.0.1:5000:5001/udp", 9090-9091, 7000, {target: 6000, published: "1"}, "\${PORT:-4000}:4001", "\${P}"]
    expose: ["9229", 3000]
`;
    expect(only(yaml)).toEqual({
      ...plain,
      target: 'dev',
      command: 'npm run dev -- $HOME $X',
      entrypoint: ['/entry.sh', '1'],
      user: '1000',
      healthcheck: true,
      test: ['CMD', 'true'],
      ports: [80, 3000, 4001, 5001, 6000, 7000, 9090, 9091, 9229],
      buildArgs: ['NODE_ENV', 'X'],
    });
    expect(only('services: {api: {build: {context: ., args: [A=1, B]}}}')?.buildArgs).toEqual(['A', 'B']);
  });

  it.each(['{disable: true}', '{test: NONE}', '{test: ["NONE"]}', 'null', '[]'])(
    'has no healthcheck with %s',
    (value) => {
      expect(only(`services: {api: {build: ., healthcheck: ${value}}}`)?.healthcheck).toBe(false);
    },
  );

  it.each([
    ['.:/app', 'bind', '.', '/app'],
    ['./src:/app/src/:ro', 'bind', './src', '/app/src', { readOnly: true } as const],
    ['./src:/app/src:z,ro', 'bind', './src', '/app/src', { readOnly: true } as const],
    [
      '{type: bind, source: ./src, target: /app, read_only: true}',
      'bind',
      './src',
      '/app',
      { readOnly: true } as const,
    ],
    ['~/x:/x', 'bind', '~/x', '/x'],
    ['/a:/b', 'bind', '/a', '/b'],
    ['${DATA:-./data}:/data', 'bind', './data', '/data'],
    ['${DATA:?must be set}:/data', 'bind', '${DATA:?must be set}', '/data'],
    ['C:\\x:/y', 'bind', 'C:\\x', '/y'],
    ['data:/var/lib/x', 'named', 'data', '/var/lib/x'],
    ['/app/node_modules', 'anonymous', undefined, '/app/node_modules'],
    ['{type: bind, source: ., target: /app}', 'bind', '.', '/app'],
    ['{type: volume, source: data, target: /data}', 'named', 'data', '/data'],
    ['{type: volume, target: /data/}', 'anonymous', undefined, '/data'],
    ['{type: tmpfs, target: /tmp}', 'anonymous', undefined, '/tmp'],
  ])('mounts %s', (volume, kind, source, target, mode?: { readonly readOnly: true }) => {
    const written = volume.startsWith('{') ? volume : `'${volume}'`;
    expect(only(`services: {api: {build: ., volumes: [${written}]}}`)?.volumes).toEqual([
      { kind, source, target, ...mode, ...(source?.startsWith('.') === true ? { place: expect.any(String) } : {}) },
    ]);
  });

  it.each([
    ['.', '../..'],
    ['./services/api', ''],
    ['./services/api/', ''],
    ['$PWD/services/api/data', 'data'],
    ['${PWD}/data', '../../data'],
    ['../data', '../../../data'],
    ['/repo/services/api', undefined],
    ['~/data', undefined],
  ])('places the mounted %s', (source, place) => {
    const yaml = `services: {api: {build: services/api, volumes: ["${source}:/data"]}}`;
    expect(services({ '../../compose.yaml': yaml })[0]?.volumes[0]?.place).toBe(place);
  });

  it('takes what it extends and what it merges', () => {
    const yaml =
      'x-base: &base\n  user: app\n  build: .\nservices:\n  base:\n    build: {context: ., target: t}\n  a:\n    extends: {service: base}\n    command: c\n  b:\n    <<: *base\n  c:\n    extends: c\n    build: .\n';
    const found = services({ 'compose.yaml': yaml });
    expect(found.map(({ name, target, user, command }) => [name, target, user, command])).toEqual([
      ['base', 't', undefined, undefined],
      ['a', 't', undefined, 'c'],
      ['b', undefined, 'app', undefined],
      ['c', undefined, undefined, undefined],
    ]);
  });

  it('counts in every file of its directory that adds to it', () => {
    const found = services({
      'docker-compose.yml': 'services: {api: {build: .}, db: {image: x}}',
      'docker-compose.override.yml': 'services: {api: {volumes: [".:/app"]}, db: {volumes: ["a:/b"]}}',
      'other.yml': 'services: {api: {build: .}}',
      'compose.yaml.bak': 'services: {api: {build: .}}',
      'composer.yml': 'services: {api: {build: .}}',
    });
    expect(found.map(({ file, name, volumes }) => [file, name, volumes.length])).toEqual([
      ['docker-compose.override.yml', 'api', 1],
      ['docker-compose.yml', 'api', 0],
    ]);
  });

  it('stands at the top in a file of the first format', () => {
    const found = services({
      'docker-compose.yml': 'api: {build: ., command: python main.py, volumes: ["./src:/app"]}\ndb: {image: x}',
      'docker-compose.late.yml': 'version: "3"\napi: {build: .}',
    });
    expect(found.map(({ file, name, volumes }) => [file, name, volumes.length])).toEqual([
      ['docker-compose.yml', 'api', 1],
    ]);
  });

  it('is declared in files of other names too; what is no compose file declares none', () => {
    const found = services({
      'production.yml': 'services: {django: {build: ., command: /start}}',
      'docker-stack.yml': 'services: {web: {build: .}}',
      'staging.yaml': 'server: {port: 8000}\nbuild: .',
      'settings.yml': 'services: {other: {build: .}}',
    });
    expect(found.map(({ file, name }) => [file, name])).toEqual([
      ['docker-stack.yml', 'web'],
      ['production.yml', 'django'],
    ]);
  });

  it('may be declared above the context', () => {
    const found = services({
      '../compose.yaml': 'services: {api: {build: ./api}, web: {build: ./web}}',
      '../../docker-compose.dev.yml': 'services: {x: {build: {context: services, dockerfile: api/Dockerfile}}}',
    });
    expect(found.map(({ file, name }) => [file, name])).toEqual([
      ['../compose.yaml', 'api'],
      ['../../docker-compose.dev.yml', 'x'],
    ]);
  });
});

describe('a compose file without services', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(
    /./g,
    (name) =>
      `${name}: &${name} [${Array(9)
        .fill(`*${String.fromCharCode(name.charCodeAt(0) - 1)}`)
        .join(',')}]\n`,
  )}services: {api: {build: ., volumes: *i}}\n`;
  it.each([
    ['empty', ''],
    ['a list', '- a'],
    ['a scalar', 'services: x'],
    ['a null service', 'services: {api: }'],
    ['not YAML', 'services: {api: {build: .'],
    ['a tab', 'services:\n\tapi:\n'],
    ['two documents', 'services: {api: {build: .}}\n---\nservices: {}\n'],
    ['an alias bomb', bomb],
    ['an unknown alias', 'services: {api: *x}'],
    ['deep nesting', '['.repeat(100_000)],
    ['too large', `services: {api: {build: .}} #${' '.repeat(1024 * 1024)}`],
    ['a prototype', 'services: {__proto__: {build: 3}, api: {extends: constructor}}'],
  ])('is %s', (_name, yaml) => {
    expect(services({ 'compose.yaml': yaml })).toEqual([]);
  });
});

describe('compose files above a context on disk', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'compose-')));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('compose.yaml', 'services: {outside: {build: repo/a/b/c}}');
  write('repo/compose.yaml', 'services: {top: {build: a/b/c}}');
  write('repo/a/docker-compose.yml', 'services: {near: {build: ./b/c}}');
  write('repo/a/b/c/Dockerfile', 'FROM a');
  const found = (context: string) =>
    diskProject(join(root, context), join(root, context, 'Dockerfile'))
      .services()
      .map(({ file, name }) => [file, name]);

  it('are not looked at outside a repository', () => {
    expect(found('repo/a/b/c')).toEqual([]);
  });

  it('are found up to the root of the repository, at most three levels', () => {
    mkdirSync(join(root, 'repo/.git'));
    expect(found('repo/a/b/c')).toEqual([
      ['../../docker-compose.yml', 'near'],
      ['../../../compose.yaml', 'top'],
    ]);
    write('repo/a/b/c/d/Dockerfile', 'FROM a');
    write('repo/a/b/compose.yaml', 'services: {deep: {build: c/d}}');
    write('repo/compose.yaml', 'services: {far: {build: a/b/c/d}}');
    expect(found('repo/a/b/c/d')).toEqual([['../../compose.yaml', 'deep']]);
  });
});
