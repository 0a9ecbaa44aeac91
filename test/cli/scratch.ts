/** Throw-away projects, and the built program run in them as a real process. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = path.join(root, 'dist/bundle/main.js');

const story = path.join(root, 'fixtures/story/maven-spring/before');

/** A project on which most default transforms have something to do, by file name. */
export const service: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(story, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(story, name)).isFile())
    .map((name) => [name, readFileSync(path.join(story, name), 'utf8')]),
);
export const dockerfile = service.Dockerfile ?? '';

const made: string[] = [];
afterAll(() => {
  for (const directory of made.splice(0)) {
    execFileSync('chmod', ['-R', 'u+rwX', directory]);
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);

export function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'dfm-'));
  chmodSync(directory, 0o755);
  made.push(directory);
  for (const [name, content] of Object.entries(files)) put(directory, name, content);
  return directory;
}

export function put(directory: string, name: string, content: string | Uint8Array): void {
  mkdirSync(path.join(directory, path.dirname(name)), { recursive: true });
  writeFileSync(path.join(directory, name), content);
}

export function text(directory: string, name: string): string {
  return readFileSync(path.join(directory, name), 'utf8');
}

export function git(directory: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A repository with everything committed. */
export function repository(files: Readonly<Record<string, string | Uint8Array>> = service): string {
  const directory = folder(files);
  git(directory, 'init', '-q');
  git(directory, 'add', '-A');
  git(directory, 'commit', '-qm', 'first');
  return directory;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: readonly string[];
}

/** Runs the program without a terminal. */
export function dfmigrate(directory: string, args: readonly string[], around: Around = {}): Ended {
  return ended(process.execPath, [...(around.node ?? []), program, ...args], directory, around);
}

/** Runs it as a user for whom permissions count. */
export function dfmigrateAsNobody(directory: string, args: readonly string[]): Ended {
  if (process.getuid?.() !== 0) return dfmigrate(directory, args);
  const who = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  if (spawnSync('setpriv', [...who, 'test', '-r', program]).status === 0)
    return ended('setpriv', [...who, process.execPath, program, ...args], directory, {});
  // the checkout lies below a directory of root alone (`mktemp -d`): in a namespace of its own it is shown elsewhere
  const shown = mkdtempSync(path.join(tmpdir(), 'dfmigrate-shown-'));
  chmodSync(shown, 0o755);
  const script = 'mount --bind "$1" "$2" && shift 2 && exec setpriv "$@"';
  const words = [root, shown, ...who, process.execPath, path.join(shown, path.relative(root, program)), ...args];
  const result = ended('unshare', ['--mount', 'sh', '-c', script, 'sh', ...words], directory, {});
  rmSync(shown, { recursive: true, force: true });
  return result;
}

/** Runs it on a pseudo-terminal whose user types `input`. Both streams come back as one. */
export function onTerminal(directory: string, args: readonly string[], input: string, env: Around['env'] = {}): Ended {
  const words = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  return ended('script', ['-qec', words, '/dev/null'], directory, { input, env: { TERM: 'xterm', ...env } });
}

export function shell(directory: string, script: string): Ended {
  return ended('bash', ['-c', script, 'test', process.execPath, program], directory, {});
}

function ended(command: string, args: readonly string[], directory: string, around: Around): Ended {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const child = spawnSync(command, args, {
    cwd: directory,
    encoding: 'utf8',
    input: around.input ?? '',
    env: { ...env, GIT_CONFIG_NOSYSTEM: '1', ...around.env },
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

/** Builds the program when a source is newer; of several test files one does it, and the others wait. */
export function buildProgram(): void {
  const lock = path.join(root, 'dist/.building');
  mkdirSync(path.dirname(lock), { recursive: true });
  for (let waited = 0; !isBuilt(); waited += 1) {
    try {
      mkdirSync(lock);
    } catch {
      if (waited > 300) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      continue;
    }
    const built = spawnSync('npm', ['run', 'build', '--silent'], { cwd: root, encoding: 'utf8' });
    rmSync(lock, { recursive: true });
    if (built.status !== 0) throw new Error(`the program cannot be built: ${built.stdout}${built.stderr}`);
    return;
  }
}

function isBuilt(): boolean {
  const built = existsSync(program) ? statSync(program).mtimeMs : 0;
  return Math.max(...['src', 'transforms'].map((name) => newestIn(path.join(root, name)))) <= built;
}

function newestIn(directory: string): number {
  const times = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => statSync(path.join(directory, name)).mtimeMs);
  return Math.max(0, ...times);
}
