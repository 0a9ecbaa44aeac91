import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/cli/context.ts';
import { discover, isDockerfileName } from '../../src/discover.ts';
import { blobId } from '../../src/git.ts';
import { restorable } from '../../src/restorable.ts';
import { type PlannedWrite, writeAll } from '../../src/write.ts';
import { folder, git, put, repository, text } from './scratch.ts';

const from = 'FROM scratch\n';

describe('isDockerfileName', () => {
  it.each([
    ['Dockerfile', true],
    ['Dockerfile.prod', true],
    ['Dockerfile-dev', true],
    ['api.Dockerfile', true],
    ['api.dockerfile', true],
    ['Containerfile.base', true],
    ['dockerfile', true],
    ['Dockerfile.j2', true],
    ['Dockerfile.dockerignore', false],
    ['Dockerfile.md', false],
    ['Dockerfile~', false],
    ['dockerfile.ts', false],
    ['MyDockerfile', false],
    ['Dockerfiles', false],
  ])('%s: %s', (name, expected) => {
    expect(isDockerfileName(name)).toBe(expected);
  });
});

async function found(directory: string, ...paths: readonly string[]): Promise<readonly string[]> {
  return (await discover(paths, directory, [])).targets.map((target) => target.path);
}

describe('discover', () => {
  const tree = {
    Dockerfile: from,
    'svc/api.Dockerfile': from,
    'svc/.devcontainer/Dockerfile': from,
    'svc/Dockerfile.j2': from,
    'svc/Dockerfile.dockerignore': '',
    'node_modules/x/Dockerfile': from,
    'vendor/x/Dockerfile': from,
  };
  const all = ['Dockerfile', 'svc/.devcontainer/Dockerfile', 'svc/api.Dockerfile'];

  it('finds the same with and without git', async () => {
    expect(await found(folder(tree))).toEqual(all);
    expect(await found(repository(tree))).toEqual(all);
    expect((await discover([], folder(tree), [])).notes.map(({ reason }) => reason.code)).toEqual(['cli/template']);
  });

  it('git leaves out what is ignored and keeps what is untracked; an ignored directory can be named', async () => {
    const directory = repository({ '.gitignore': 'out/\n', Dockerfile: from });
    put(directory, 'out/Dockerfile', from);
    put(directory, 'new/Dockerfile', from);
    expect(await found(directory)).toEqual(['Dockerfile', 'new/Dockerfile']);
    expect(await found(directory, 'out')).toEqual(['out/Dockerfile']);
  });

  it('a deleted file of the index is no target', async () => {
    const directory = repository({ Dockerfile: from, 'a/Dockerfile': from });
    rmSync(path.join(directory, 'Dockerfile'));
    expect(await found(directory)).toEqual(['a/Dockerfile']);
  });

  it('from a sub-directory, and up out of it', async () => {
    const directory = repository(tree);
    expect(await found(path.join(directory, 'svc'))).toEqual(['.devcontainer/Dockerfile', 'api.Dockerfile']);
    expect(await found(path.join(directory, 'svc'), '../Dockerfile')).toEqual(['../Dockerfile']);
  });

  it('any name that is given, globs, and nothing twice', async () => {
    const directory = folder({ ...tree, 'odd.txt': from });
    expect(await found(directory, 'odd.txt', './odd.txt')).toEqual(['odd.txt']);
    expect(await found(directory, 'svc/*.Dockerfile', 'svc')).toEqual([
      'svc/.devcontainer/Dockerfile',
      'svc/api.Dockerfile',
    ]);
    expect(await found(directory, '*/**')).toEqual(['svc/.devcontainer/Dockerfile', 'svc/api.Dockerfile']);
  });

  it('links are not followed, whether they loop or lead outside', async () => {
    const directory = folder({ Dockerfile: from });
    symlinkSync('.', path.join(directory, 'loop'));
    symlinkSync(folder({ Dockerfile: from }), path.join(directory, 'outside'));
    symlinkSync('/etc/passwd', path.join(directory, 'Dockerfile.passwd'));
    const result = await discover([], directory, []);
    expect(result.targets.map((target) => target.path)).toEqual(['Dockerfile']);
    expect(result.notes.map(({ reason }) => reason.code)).toEqual(['cli/symlink']);
  });

  it('a directory of that name is searched, not read', async () => {
    expect(await found(folder({ 'Dockerfile/Dockerfile': from }), 'Dockerfile')).toEqual(['Dockerfile/Dockerfile']);
  });
});

describe('contextOf', () => {
  const compose = (build: string): string => `services:\n  web:\n    build: ${build}\n`;
  const context = (files: Readonly<Record<string, string>>): string => {
    const directory = folder({ 'docker/Dockerfile': from, ...files });
    return path.relative(directory, contextOf(path.join(directory, 'docker/Dockerfile'), directory)) || '.';
  };

  it('is the directory of the Dockerfile unless compose files agree on another', () => {
    expect(context({})).toBe('docker');
    expect(context({ 'compose.yaml': compose('{ context: ., dockerfile: docker/Dockerfile }') })).toBe('.');
    expect(context({ 'compose.yaml': compose('./docker') })).toBe('docker');
    expect(context({ 'compose.yaml': compose('{ context: .., dockerfile: x/docker/Dockerfile }') })).toBe('docker');
    expect(
      context({
        'compose.yaml': compose('{ context: ., dockerfile: docker/Dockerfile }'),
        'docker/compose.yaml': compose('.'),
      }),
    ).toBe('docker');
  });
});

describe('restorable', () => {
  const state = (directory: string, name: string): string =>
    restorable(path.join(directory, name), directory, Buffer.from(text(directory, name))).kind;

  it('hashes as git does', () => {
    const directory = repository({ a: 'x\r\n' });
    expect(blobId(Buffer.from('x\r\n'), 'sha1')).toBe(git(directory, 'rev-parse', 'HEAD:a').trim());
  });

  it('the index or HEAD must have these bytes', () => {
    const directory = repository({ a: 'one\n', b: 'one\n' });
    expect(state(directory, 'a')).toBe('restorable');
    utimesSync(path.join(directory, 'a'), 1, 1);
    expect(state(directory, 'a')).toBe('restorable');
    put(directory, 'a', 'two\n');
    expect(state(directory, 'a')).toBe('dirty');
    git(directory, 'add', 'a');
    put(directory, 'a', 'one\n');
    expect(restorable(path.join(directory, 'a'), directory, Buffer.from('one\n'))).toEqual({
      kind: 'restorable',
      undo: ['git', 'checkout', 'HEAD', '--'],
    });
    put(directory, 'new', 'x');
    expect(state(directory, 'new')).toBe('untracked');
    git(directory, 'add', '-N', 'new');
    expect(state(directory, 'new')).toBe('dirty');
  });

  it('names with pathspec magic mean themselves', () => {
    const directory = repository({ '*': 'one\n', ':(top)x': 'one\n', b: 'two\n' });
    expect([state(directory, '*'), state(directory, ':(top)x')]).toEqual(['restorable', 'restorable']);
  });

  it('text that git stores with LF may have CRLF here', () => {
    const directory = repository({ '.gitattributes': 'a text eol=crlf\n', a: 'one\n', b: 'one\n' });
    put(directory, 'a', 'one\r\n');
    put(directory, 'b', 'one\r\n');
    expect([state(directory, 'a'), state(directory, 'b')]).toEqual(['restorable', 'dirty']);
  });

  it('an unmerged file cannot be given back', () => {
    const directory = repository({ a: 'one\n' });
    const id = git(directory, 'rev-parse', 'HEAD:a').trim();
    const input = `0 ${'0'.repeat(40)}\ta\n100644 ${id} 2\ta\n100644 ${id} 3\ta\n`;
    execFileSync('git', ['update-index', '--index-info'], { cwd: directory, input });
    expect(state(directory, 'a')).toBe('unsure');
  });

  it('a SHA-256 repository', () => {
    const directory = folder({ a: 'one\n' });
    git(directory, 'init', '-q', '--object-format=sha256');
    git(directory, 'add', 'a');
    expect(state(directory, 'a')).toBe('restorable');
  });
});

describe('writeAll', () => {
  const plan = (directory: string, name: string, before: string | undefined, after: string): PlannedWrite => ({
    file: path.join(directory, name),
    path: name,
    root: directory,
    before: before === undefined ? undefined : Buffer.from(before),
    after: Buffer.from(after),
  });
  const codes = (plans: readonly PlannedWrite[]): readonly string[] => writeAll(plans).map(({ reason }) => reason.code);

  it('replaces and creates, keeps the mode, leaves nothing beside', () => {
    const directory = folder({ a: 'one' });
    chmodSync(path.join(directory, 'a'), 0o751);
    expect(codes([plan(directory, 'a', 'one', 'two'), plan(directory, 'b', undefined, 'new')])).toEqual([]);
    expect([text(directory, 'a'), text(directory, 'b')]).toEqual(['two', 'new']);
    expect(statSync(path.join(directory, 'a')).mode & 0o7777).toBe(0o751);
    expect(readdirSync(directory).sort()).toEqual(['a', 'b']);
  });

  it('refuses what changed, vanished or appeared since it was read, before anything is written', () => {
    const directory = folder({ a: 'one', b: 'changed', d: 'x' });
    expect(codes([plan(directory, 'a', 'one', 'two'), plan(directory, 'b', 'one', 'two')])).toEqual(['cli/changed']);
    expect(codes([plan(directory, 'a', 'one', 'two'), plan(directory, 'c', 'one', 'two')])).toEqual(['cli/changed']);
    expect(codes([plan(directory, 'a', 'one', 'two'), plan(directory, 'd', undefined, 'x')])).toEqual([
      'cli/already-there',
    ]);
    expect(text(directory, 'a')).toBe('one');
  });

  it('puts back what was written when a later file fails', () => {
    const directory = folder({ a: 'one' });
    const twice = [
      plan(directory, 'a', 'one', 'two'),
      plan(directory, 'n', undefined, 'x'),
      plan(directory, 'a', 'one', 'three'),
    ];
    expect(codes(twice)).toEqual(['cli/changed']);
    expect(text(directory, 'a')).toBe('one');
    expect(readdirSync(directory)).toEqual(['a']);
  });

  it('writes through no link and not outside the root', () => {
    const directory = folder({ real: 'one' });
    symlinkSync('real', path.join(directory, 'link'));
    expect(codes([plan(directory, 'link', 'one', 'two')])).toEqual(['cli/changed']);
    const outside = folder({ x: 'one' });
    symlinkSync(outside, path.join(directory, 'sub'));
    expect(codes([plan(directory, 'sub/x', 'one', 'two')])).toEqual(['cli/outside-root']);
    expect([text(directory, 'real'), text(outside, 'x')]).toEqual(['one', 'one']);
  });

  it('keeps hard links together', () => {
    const directory = folder({ a: 'one' });
    linkSync(path.join(directory, 'a'), path.join(directory, 'b'));
    expect(codes([plan(directory, 'a', 'one', 'two')])).toEqual([]);
    expect(text(directory, 'b')).toBe('two');
  });

  it('a directory in the place of the file is no crash', () => {
    const directory = folder();
    mkdirSync(path.join(directory, 'a'));
    expect(codes([plan(directory, 'a', 'one', 'two')])).toEqual(['cli/changed']);
  });
});
