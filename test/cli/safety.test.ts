import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';
import { redact } from '../../src/report/redact.ts';
import { sanitise } from '../../src/report/sanitise.ts';
import { holdsSecret, isSecretValue, usesSecret } from '../../src/secrets.ts';
import { bareRepository, gitIn, workTree } from '../bulk/fleet.ts';
import { buildProgram, dfmigrate, folder, git, put, repository, service, shell, text } from './scratch.ts';

beforeAll(buildProgram, 120_000);

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('docs/safety.md', () => {
  const rows = readFileSync(path.join(root, 'docs/safety.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('test.ts'));

  it('names tests that exist', () => {
    expect(rows).toHaveLength(13);
    for (const row of rows) {
      const tests = row.split('|').at(-2)?.trim().split('; `') ?? [];
      for (const named of tests) {
        const [, file = '', title = ''] = /^`?(\S+?)`: (.+)$/.exec(named.trim()) ?? [];
        const source = existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : '';
        expect(source.includes(`'${title}'`), `${file}: ${title}`).toBe(true);
      }
    }
  });
});

describe('a run', () => {
  it('starts Git with reading subcommands, fast-import and push alone', () => {
    const directory = folder();
    const real = shell(directory, 'command -v git').out.trim();
    put(directory, 'bin/git', `#!/bin/sh\nprintf '%s\\n' "$*" >> '${directory}/log'\nexec '${real}' "$@"\n`);
    chmodSync(path.join(directory, 'bin/git'), 0o755);
    bareRepository(directory, 'remote.git');
    gitIn(path.join(directory, 'remote.git'), 'config', 'uploadpack.allowFilter', 'true');
    workTree(directory, 'trees/one');
    put(directory, 'trees/one/Dockerfile', `${service.Dockerfile}# not committed\n`);
    const env = { PATH: `${directory}/bin:${process.env['PATH']}`, XDG_CACHE_HOME: `${directory}/cache` };
    const url = `file://${directory}/remote.git`;
    for (const args of [
      ['-n', 'trees/one'],
      ['-w', 'trees/one'],
      ['doctor'],
      ['explain', 'trees/one/Dockerfile'],
      ['bulk', 'trees', '--branch', 'x', '--patches', 'out'],
      ['bulk', 'trees', '--in-place', '--write'],
      ['bulk', url, '--branch', 'x', '--push'],
      ['bulk', url, '--branch', 'x', '--push', '--only', 'drop-root'],
    ])
      dfmigrate(directory, args, { env });
    const started = text(directory, 'log').trimEnd().split('\n');
    const subcommands = new Set(started.map((line) => line.replace(/^(?:(?:-c|-C) \S+ |--\S+ )*/, '').split(' ')[0]));
    const allowed = [
      'version',
      'rev-parse',
      'ls-files',
      'ls-tree',
      'cat-file',
      'for-each-ref',
      'config',
      'init',
      'fetch',
      'fast-import',
      'push',
    ];
    expect([...subcommands].filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
    expect([...subcommands]).toEqual(expect.arrayContaining(['fetch', 'fast-import', 'push']));
    const pushes = started.filter((line) => / push /.test(line));
    for (const line of pushes) expect(line).not.toMatch(/ (?:-f|--force)(?: |$)/);
    expect(started.filter((line) => / config /.test(line) && !/--list|--get|--local/.test(line))).toEqual([]);
  });

  it('reads nothing outside of the repository, whatever its paths say', () => {
    const outside = folder({
      'canary.json': '{"name":"CANARY-NAME","scripts":{"build":"CANARY-BUILD"}}',
      'canary.txt': 'CANARY-TEXT',
    });
    const directory = folder({
      Dockerfile: `FROM node:22\nCOPY ../${path.basename(outside)}/canary.txt /x\nCOPY ${outside}/canary.txt /y\nCOPY . .\nRUN npm ci && npm run build\nCMD ["npm","start"]\n`,
      '.dockerignore': `!../${path.basename(outside)}\n`,
      'compose.yaml': `services: {a: {build: {context: ../${path.basename(outside)}, dockerfile: Dockerfile}}}\n`,
    });
    symlinkSync(path.join(outside, 'canary.json'), path.join(directory, 'package.json'));
    symlinkSync(outside, path.join(directory, 'src'));
    git(directory, 'init', '-q');
    for (const args of [
      ['-n', '--format', 'json', '-v'],
      ['explain', 'Dockerfile', '-v'],
      ['bulk', '.', '--format', 'jsonl'],
    ]) {
      const { out, err } = dfmigrate(directory, args);
      expect(`${out}${err}`).not.toMatch(/CANARY-(?:NAME|BUILD|TEXT)/);
    }
  });

  it('builds nothing in a bulk run', () => {
    const directory = folder();
    workTree(directory, 'one');
    for (const option of ['--build', '--verify'])
      expect(dfmigrate(directory, ['bulk', 'one', option])).toMatchObject({ code: 2, out: '' });
  });
});

describe('a long text', () => {
  const pieces = [
    'a',
    '=',
    '"',
    "'",
    '\\',
    ' ',
    '$',
    '/',
    ':',
    '@',
    '.',
    '-',
    '\n',
    'A=',
    '${',
    '://',
    ' \\\n',
    '-----BEGIN ',
    'ENV A ',
    '<<E\n',
  ];

  it.each(pieces)('is looked through in time that grows with its length', (piece) => {
    const long = piece.repeat(Math.ceil(200_000 / piece.length));
    for (const around of [long, `A_TOKEN=${long}`, `https://${long}`, `"${long}`]) {
      expect(typeof redact(around)).toBe('string');
      expect(typeof sanitise(around)).toBe('string');
      expect([holdsSecret(around), usesSecret(around), isSecretValue('A', around)]).toHaveLength(3);
    }
    const source = `FROM node:22\nENV X=${piece.repeat(2_000)}\nRUN ${piece.repeat(2_000)}\n`;
    expect(migrate(source, memoryProject({}), { path: 'Dockerfile' }).before).toBe(source);
  });
});

describe('the package', () => {
  it('needs no package that runs a script when it is installed', () => {
    const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
    const packages = Object.entries<{ dev?: boolean; hasInstallScript?: boolean; integrity?: string }>(lock.packages);
    const shipped = packages.filter(([name, { dev }]) => name !== '' && dev !== true);
    expect(shipped.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
    expect(shipped.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
  });
});

it('a preview leaves a repository as it was', () => {
  const directory = repository();
  const before = readdirSync(path.join(directory, '.git')).sort();
  dfmigrate(directory, ['-n']);
  dfmigrate(directory, ['bulk', '.']);
  expect(readdirSync(path.join(directory, '.git')).sort()).toEqual(before);
});
