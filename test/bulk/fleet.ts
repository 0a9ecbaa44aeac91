/** Throw-away repositories of many kinds, with fixed dates, so that their commits have the same ids on every machine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { folder, put, service } from '../cli/scratch.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

const fixed = {
  GIT_AUTHOR_NAME: 'Example',
  GIT_AUTHOR_EMAIL: 'example@example.org',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_NAME: 'Example',
  GIT_COMMITTER_EMAIL: 'example@example.org',
  GIT_COMMITTER_DATE: '1700000000 +0000',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Git with an identity and a clock of its own; the user's configuration does not count. */
export function gitIn(directory: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, ...fixed },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A work tree below `directory` with everything committed on `main`. */
export function workTree(directory: string, name: string, files: Files = service): string {
  const place = path.join(directory, name);
  mkdirSync(place, { recursive: true });
  for (const [file, content] of Object.entries(files)) put(place, file, content);
  gitIn(place, 'init', '-q', '-b', 'main');
  gitIn(place, 'add', '-A', '-f');
  gitIn(place, 'commit', '-q', '--allow-empty', '-m', 'first');
  return place;
}

export function bareRepository(directory: string, name: string, files: Files = service): string {
  const source = workTree(folder(), 'source', files);
  gitIn(directory, 'clone', '-q', '--bare', source, name);
  gitIn(path.join(directory, name), 'remote', 'remove', 'origin');
  return path.join(directory, name);
}

export const nothingToDo: Files = { Dockerfile: 'FROM scratch\nCOPY app /app\nUSER 1000\nENTRYPOINT ["/app"]\n' };
export const broken: Files = { Dockerfile: 'FROM node:22\nRUN <<EOF\napt-get update\n' };
export const development: Files = { Dockerfile: 'FROM node:22\nCMD ["sleep", "infinity"]\n' };

/** One repository of every kind: `all/` with seven of them, two of which change. */
export function fleet(): string {
  const directory = folder();
  workTree(directory, 'all/alpha');
  bareRepository(directory, 'all/beta.git');
  workTree(directory, 'all/team/broken', broken);
  workTree(directory, 'all/team/development', development);
  workTree(directory, 'all/team/fine', nothingToDo);
  workTree(directory, 'all/text-only', { 'README.md': 'no image here\n' });
  mkdirSync(path.join(directory, 'all/unborn'));
  gitIn(path.join(directory, 'all/unborn'), 'init', '-q');
  return directory;
}

/** `count` small repositories of three kinds, all bare. */
export function manyRepositories(count: number): string {
  const directory = folder();
  const kinds = [service, development, broken].map((files, index) =>
    bareRepository(folder(), `kind-${index}.git`, files),
  );
  for (let number = 0; number < count; number += 1) {
    const name = `service-${String(number).padStart(4, '0')}.git`;
    execFileSync('cp', ['-r', kinds[number % kinds.length] ?? '', path.join(directory, name)]);
  }
  return directory;
}
