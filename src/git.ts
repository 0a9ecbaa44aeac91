/**
 * The only place that starts git. Any configuration of a target repository is hostile: subcommands that run hooks, filters or
 * monitors of it are not on the list, and what the others might run is switched off.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from './fault.ts';

/** None of these runs a program named by the repository under `hardening`. `status`, `diff`, `add` and `checkout` would. */
export type GitSubcommand = 'version' | 'rev-parse' | 'ls-files' | 'ls-tree' | 'cat-file' | 'for-each-ref';
/** Under `hardening` these run nothing the repository names either; `init` is for caches of our own. */
export type LocalSubcommand = GitSubcommand | 'fast-import' | 'config' | 'init';
/** These talk to the repository's remote. Programs its own configuration may name for that are the caller's to rule out. */
export type RemoteSubcommand = 'fetch' | 'push';

export type GitAnswer = { readonly ok: true; readonly stdout: Buffer } | { readonly ok: false; readonly cause: string };

const hardening = [
  '--no-optional-locks',
  '--literal-pathspecs',
  '--no-pager',
  ...[
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'protocol.ext.allow=never',
    'submodule.recurse=false',
    'gc.auto=0',
    'maintenance.auto=false',
  ].flatMap((setting) => ['-c', setting]),
];
const timeLimitMs = 30_000;
const outputLimit = 256 * 1024 * 1024;

/** Runs one subcommand in a directory. Names among `args` belong behind `--`. Never throws. */
export function git(directory: string, subcommand: GitSubcommand, args: readonly string[]): GitAnswer {
  try {
    const child = spawnSync('git', [...hardening, subcommand, ...args], {
      cwd: directory,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeLimitMs,
      maxBuffer: outputLimit,
      windowsHide: true,
    });
    if (child.error !== undefined) return { ok: false, cause: messageOf(child.error) };
    if (child.status === 0) return { ok: true, stdout: child.stdout };
    return {
      ok: false,
      cause: firstLine(child.stderr.toString('utf8')) || `git ${subcommand} ended with ${child.status}`,
    };
  } catch (error) {
    return { ok: false, cause: messageOf(error) };
  }
}

/**
 * Starts one subcommand in exactly this repository: a broken one is never mistaken for one that surrounds it. The process is the
 * head of its own group, without a terminal to ask on. Throws only what `spawn` throws (the directory is not there).
 */
export function startGit(
  repository: string,
  subcommand: LocalSubcommand | RemoteSubcommand,
  args: readonly string[],
): ChildProcessWithoutNullStreams {
  const remote = subcommand === 'fetch' || subcommand === 'push';
  return spawn('git', [...hardening, ...ofBulkRuns, subcommand, ...args], {
    cwd: repository,
    env: {
      ...(remote ? remoteEnvironment() : cleanEnvironment()),
      GIT_CEILING_DIRECTORIES: path.dirname(path.resolve(repository)),
      ...identity,
    },
    stdio: 'pipe',
    detached: true,
    windowsHide: true,
  });
}

export interface GitRun {
  readonly limitMs: number;
  readonly input?: string | Uint8Array;
  /** Ends the process when it fires. */
  readonly signal?: AbortSignal | undefined;
}

/** Like `git`, without blocking. What it prints beyond 1 MiB is dropped. */
export async function runGit(
  repository: string,
  subcommand: LocalSubcommand | RemoteSubcommand,
  args: readonly string[],
  run: GitRun,
): Promise<GitAnswer> {
  let child: ChildProcessWithoutNullStreams;
  try {
    child = startGit(repository, subcommand, args);
  } catch (error) {
    return { ok: false, cause: messageOf(error) };
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killGroup(child);
  }, run.limitMs);
  const stop = (): void => killGroup(child);
  run.signal?.addEventListener('abort', stop);
  child.stdin.on('error', () => undefined);
  child.stdin.end(run.input ?? '');
  const [out, err, ended] = await Promise.all([collected(child.stdout), collected(child.stderr), endOf(child)]);
  clearTimeout(timer);
  run.signal?.removeEventListener('abort', stop);
  if (ended.status === 0) return { ok: true, stdout: out };
  if (late) return { ok: false, cause: `git ${subcommand} took longer than ${run.limitMs / 1000} s` };
  const said = lastWords(err.toString('utf8'));
  return { ok: false, cause: ended.error ?? (said || `git ${subcommand} ended with ${ended.status}`) };
}

/** Ends a process of `startGit` and everything it started. */
export function killGroup(child: { readonly pid?: number | undefined }): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}

/** Single commits and single files are fetched: what else is there must not make the other side leave them out. */
const ofBulkRuns = ['-c', 'safe.bareRepository=all', '-c', 'fetch.negotiationAlgorithm=noop'];
const keptOutput = 1024 * 1024;

function collected(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      if (length < keptOutput) chunks.push(chunk);
      length += chunk.length;
    });
    stream.on('close', () => resolve(Buffer.concat(chunks)));
    stream.on('error', () => resolve(Buffer.concat(chunks)));
  });
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<{ readonly status: number; readonly error?: string }> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ status: -1, error: messageOf(error) }));
    child.on('close', (status) => resolve({ status: status ?? -1 }));
  });
}

/** The work tree a directory lies in: the nearest parent with a `.git` directory or file; no process is started. */
export function findWorkTree(directory: string): string | undefined {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/** The object id git would give these bytes; `algorithm` by the length of the repository's own ids. */
export function blobId(bytes: Uint8Array, algorithm: 'sha1' | 'sha256'): string {
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** NUL-separated output as strings, without the empty end. */
export function records(stdout: Buffer): readonly string[] {
  const text = stdout.toString('utf8');
  return text === '' ? [] : text.replace(/\0$/, '').split('\0');
}

/** Reflogs name somebody; not the person at the keyboard, whose name would make two runs differ. */
const identity = {
  GIT_AUTHOR_NAME: 'dfmigrate',
  GIT_AUTHOR_EMAIL: 'dfmigrate@localhost',
  GIT_COMMITTER_NAME: 'dfmigrate',
  GIT_COMMITTER_EMAIL: 'dfmigrate@localhost',
};

/** How the operator reaches remote repositories is the operator's business; which repository is meant is not left to it. */
const remoteVariables =
  /^GIT_(?:SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|PROXY_COMMAND|SSL_\w+|HTTP_\w+|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|ALLOW_PROTOCOL)$/;

function remoteEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => remoteVariables.test(name));
  return { ...cleanEnvironment(), ...Object.fromEntries(own), GIT_NO_LAZY_FETCH: '0' };
}

/** A caller's GIT_DIR or GIT_INDEX_FILE would point git at another repository than the one asked about. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  };
}

/** The line that says what went wrong: git's own `fatal:` or `error:`, else the last one. */
function lastWords(text: string): string {
  const lines = text.trim().split('\n');
  return (lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines.at(-1) ?? '').slice(0, 500);
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
