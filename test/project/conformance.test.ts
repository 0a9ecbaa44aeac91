import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { absentProject } from '../../src/project/absent.ts';
import { diskProject } from '../../src/project/disk.ts';
import { memoryProject } from '../../src/project/memory.ts';
import type { Project } from '../../src/project/project.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

function directoryOf(files: Files): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
  made.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

const makers: readonly (readonly [string, (files: Files, dockerfile?: string) => Project])[] = [
  ['memory', (files, dockerfile = 'Dockerfile') => memoryProject(files, { dockerfile })],
  [
    'disk',
    (files, dockerfile = 'Dockerfile') => {
      const root = directoryOf(files);
      return diskProject(root, join(root, dockerfile));
    },
  ],
];

const app: Files = {
  Dockerfile: 'FROM a',
  'package.json': '{}',
  'package-lock.json': '{}',
  '.npmrc': '',
  'src/index.ts': 'x',
  'src/lib/a.ts': 'x',
  'src/.hidden/b.ts': 'x',
  'node_modules/x/index.js': 'x',
  '.git/HEAD': 'x',
  'sub/node_modules/y.js': 'x',
  'sub/z.ts': 'x',
};

describe.each(makers)('a project in %s', (_name, project) => {
  it('knows files and directories', () => {
    const p = project(app);
    expect(p.present).toBe(true);
    expect(p.dockerfile).toBe('Dockerfile');
    expect([p.kind(''), p.kind('src'), p.kind('src/lib/'), p.kind('./src/index.ts')]).toEqual([
      'directory',
      'directory',
      'directory',
      'file',
    ]);
    expect([p.kind('nope'), p.kind('package.json/x'), p.kind('../x'), p.kind('/etc/passwd'), p.kind('a\0b')]).toEqual(
      Array(5).fill(undefined),
    );
  });

  it('keeps `..` inside the root', () => {
    const p = project(app);
    expect(p.kind('src/../package.json')).toBe('file');
    expect(p.read('src/../../package.json')).toBeUndefined();
    expect(p.list('../')).toEqual([]);
    expect(p.kind('a/'.repeat(100_000))).toBeUndefined();
  });

  it('lists names in order', () => {
    const p = project(app);
    expect(p.list('')).toEqual([
      '.git',
      '.npmrc',
      'Dockerfile',
      'node_modules',
      'package-lock.json',
      'package.json',
      'src',
      'sub',
    ]);
    expect(p.list('src')).toEqual(['.hidden', 'index.ts', 'lib']);
    expect(p.list('package.json')).toEqual([]);
  });

  it('walks files in order, never into .git or node_modules, up to a limit', () => {
    const p = project(app);
    expect(p.files('src')).toEqual(['src/.hidden/b.ts', 'src/index.ts', 'src/lib/a.ts']);
    expect(p.files('')).toHaveLength(8);
    expect(p.files('', 8)).toHaveLength(8);
    expect(p.files('', 7)).toBeUndefined();
    expect(p.files('nope')).toEqual([]);
    expect(p.files('..')).toBeUndefined();
  });

  it('reads UTF-8 text without its byte order mark, up to 8 MiB', () => {
    const limit = 8 * 1024 * 1024;
    const p = project({
      bom: '\uFEFFx',
      utf8: 'é😀\r\n',
      binary: new Uint8Array([0xff, 0xfe, 0x00]),
      empty: '',
      'most.txt': new Uint8Array(limit).fill(97),
      'more.txt': new Uint8Array(limit + 1).fill(97),
    });
    expect([p.read('bom'), p.read('utf8'), p.read('binary'), p.read('empty')]).toEqual(['x', 'é😀\r\n', undefined, '']);
    expect([p.read('most.txt')?.length, p.read('more.txt'), p.kind('more.txt')]).toEqual([limit, undefined, 'file']);
    expect([p.read(''), p.read('nope')]).toEqual([undefined, undefined]);
  });

  it('reads UTF-16 text that begins with its byte order mark', () => {
    const p = project({
      little: new Uint8Array([0xff, 0xfe, 0x78, 0x00, 0xe9, 0x00]),
      big: new Uint8Array([0xfe, 0xff, 0x00, 0x78, 0x00, 0xe9]),
      unmarked: new Uint8Array([0x78, 0x00, 0xe9, 0x00]),
    });
    expect([p.read('little'), p.read('big'), p.read('unmarked')]).toEqual(['xé', 'xé', undefined]);
  });

  it('sends what the ignore file lets through', () => {
    const p = project({ ...app, '.dockerignore': 'src\n!src/lib\nnode_modules\n**/*.json\n' });
    expect(p.ignoreFile).toEqual({ path: '.dockerignore', text: 'src\n!src/lib\nnode_modules\n**/*.json\n' });
    expect(
      ['', 'src', 'src/index.ts', 'src/lib', 'src/lib/a.ts', 'node_modules', 'package.json', 'nope'].map(p.sends),
    ).toEqual([true, true, false, true, true, false, false, true]);
    expect(p.kind('package.json')).toBe('file');
    expect(p.matches('package*.json')).toEqual([]);
    expect(p.matches('package.json')).toEqual([]);
    expect(p.matches('src/*')).toEqual([{ path: 'src/lib', kind: 'directory' }]);
  });

  it('prefers the ignore file of the Dockerfile', () => {
    const files = { 'docker/app.Dockerfile': '', 'docker/app.Dockerfile.dockerignore': 'a', '.dockerignore': 'b' };
    expect(project(files, 'docker/app.Dockerfile').ignoreFile).toEqual({
      path: 'docker/app.Dockerfile.dockerignore',
      text: 'a',
    });
    expect(project(files).ignoreFile?.path).toBe('.dockerignore');
    expect(project({}).ignoreFile).toBeUndefined();
  });

  it('sends nothing with an ignore file that fails every build', () => {
    const p = project({ a: '', '.dockerignore': '[' });
    expect([p.sends('a'), p.matches('a'), p.matches('*')]).toEqual([false, [], []]);
  });

  it('has no compose services without compose files', () => {
    expect(project(app).services()).toEqual([]);
  });
});

describe.each(makers)('a COPY source in %s', (_name, project) => {
  const paths = (source: string) =>
    project(app)
      .matches(source)
      .map((match) => match.path);

  it.each([
    ['.', ['']],
    ['./', ['']],
    ['/', ['']],
    ['..', ['']],
    ['../../package.json', ['package.json']],
    ['/package.json', ['package.json']],
    ['./src/', ['src']],
    ['package.json', ['package.json']],
    ['nope', []],
    ['package*.json', ['package-lock.json', 'package.json']],
    ['package*', ['package-lock.json', 'package.json']],
    ['*.md', []],
    ['*', ['.git', '.npmrc', 'Dockerfile', 'node_modules', 'package-lock.json', 'package.json', 'src', 'sub']],
    ['src/*', ['src/.hidden', 'src/index.ts', 'src/lib']],
    ['src/*.ts', ['src/index.ts']],
    ['src/**', ['src/.hidden', 'src/index.ts', 'src/lib']],
    ['**/a.ts', []],
    ['*/index.ts', ['src/index.ts']],
    ['s?c', ['src']],
    ['s[a-t]c', ['src']],
    ['s[^r]*', ['sub']],
    ['src/../package.json', ['package.json']],
    ['[', []],
    ['{package,x}.json', []],
    ['https://example.com/package.json', []],
    ['', ['']],
  ])('%j brings %j', (source, expected) => {
    expect(paths(source)).toEqual(expected);
  });
});

describe('links and special files on disk', () => {
  const outside = directoryOf({ 'secret.txt': 'secret', 'dir/x': 'x' });
  const root = directoryOf({ Dockerfile: '', 'real.txt': 'text', 'sub/x.txt': 'x' });
  symlinkSync(join(outside, 'secret.txt'), join(root, 'leaves'));
  symlinkSync(join(outside, 'dir'), join(root, 'leaves-dir'));
  symlinkSync('real.txt', join(root, 'inside'));
  symlinkSync(join(root, 'real.txt'), join(root, 'sub/absolute'));
  symlinkSync('..', join(root, 'sub/loop'));
  symlinkSync('self', join(root, 'self'));
  symlinkSync('nowhere', join(root, 'dangling'));

  execFileSync('mkfifo', [join(root, 'fifo')]);
  const p = diskProject(root, join(root, 'Dockerfile'));

  it('do not exist when they lead outside or nowhere', () => {
    for (const path of ['leaves', 'leaves-dir', 'leaves-dir/x', 'self', 'dangling', 'fifo']) {
      expect([path, p.kind(path), p.read(path), p.list(path), p.matches(path)]).toEqual([
        path,
        undefined,
        undefined,
        [],
        [],
      ]);
    }
    expect(p.list('')).toEqual(['Dockerfile', 'inside', 'real.txt', 'sub']);
  });

  it('are what they lead to when that lies inside', () => {
    expect([p.kind('inside'), p.read('inside'), p.read('sub/absolute')]).toEqual(['file', 'text', 'text']);
    expect([p.kind('sub/loop'), p.read('sub/loop/real.txt')]).toEqual(['directory', 'text']);
  });

  it('below an excluded directory are sent when they are named', () => {
    const base = directoryOf({ 'x/real': '', '.dockerignore': 'x\n!x/link\n!**/zzz' });
    symlinkSync('real', join(base, 'x/link'));
    symlinkSync('..', join(base, 'x/up'));
    const project = diskProject(base, join(base, 'Dockerfile'));
    expect(['x', 'x/link', 'x/real', 'x/up'].map(project.sends)).toEqual([true, true, false, false]);
    expect(project.matches('x/*')).toEqual([{ path: 'x/link', kind: 'file' }]);
  });

  it('are not walked as directories', () => {
    expect(p.files('')).toEqual(['Dockerfile', 'inside', 'real.txt', 'sub/absolute', 'sub/x.txt']);
  });

  it('do not lead out when the context itself is reached through a link', () => {
    const link = join(outside, 'context');
    symlinkSync(root, link);
    const through = diskProject(link, join(link, 'Dockerfile'));
    expect([through.dockerfile, through.read('real.txt'), through.kind('leaves')]).toEqual([
      'Dockerfile',
      'text',
      undefined,
    ]);
  });

  it('make no project fail', () => {
    const none = diskProject(join(root, 'nope'), join(root, 'nope/Dockerfile'));
    expect([none.kind(''), none.list(''), none.files(''), none.services()]).toEqual([undefined, [], [], []]);
  });

  it('read the ignore file beside a Dockerfile outside the context', () => {
    const base = directoryOf({
      'ctx/a': '',
      'ctx/.dockerignore': 'b',
      'build/Dockerfile': '',
      'build/Dockerfile.dockerignore': 'a',
    });
    const project = diskProject(join(base, 'ctx'), join(base, 'build/Dockerfile'));
    expect([project.dockerfile, project.ignoreFile, project.sends('a')]).toEqual([
      undefined,
      { path: '../build/Dockerfile.dockerignore', text: 'a' },
      false,
    ]);
  });
});

describe('the absent project', () => {
  it('concludes nothing', () => {
    const p = absentProject;
    expect([
      p.present,
      p.kind(''),
      p.read('a'),
      p.list(''),
      p.files(''),
      p.sends('a'),
      p.matches('a'),
      p.services(),
    ]).toEqual([false, undefined, undefined, [], undefined, true, [], []]);
  });
});
