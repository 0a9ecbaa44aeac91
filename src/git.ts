/**
 * The only place that starts git. Any configuration of a target repository is hostile: subcommands that run hooks, filters or
 * monitors of it are not on the list, and what the others might run is switched off.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from './fault.ts';

/** None of these runs a program named by the repository under `hardening`. `status`, `diff`, `add` and `checkout` would. */
export type GitSubcommand = 'rev-parse' | 'ls-files' | 'ls-tree' | 'cat-file' | 'for-each-ref';

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

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
