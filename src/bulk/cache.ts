/** Remote repositories, fetched into bare repositories of our own: one commit, no history, files only when they are read. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { causeOf, type Fault } from '../fault.ts';
import { runGit } from '../git.ts';
import { redact } from '../report/redact.ts';
import { slugOf } from './patches.ts';
import { bulkFault, bulkReason } from './reasons.ts';
import { type Source, withoutCredentials } from './sources.ts';

/** The commit a cached repository is about, whatever its branches are. */
export const baseRef = 'refs/dfmigrate/base';

export interface CacheRequest {
  readonly source: Source;
  /** Absolute. */
  readonly cacheDirectory: string;
  /** Its state in the remote repository is fetched too. */
  readonly branch: string | undefined;
  readonly signal: AbortSignal;
}

const limitMs = 600_000;

/** Creates or refreshes the cached repository and returns its absolute path; its `baseRef` is what the source names. */
export async function refreshCache(request: CacheRequest): Promise<string | Fault> {
  const { source, signal } = request;
  const directory = path.join(request.cacheDirectory, `${slugOf(source.location)}.git`);
  const failed = (cause: string): Fault =>
    bulkFault(bulkReason('clone-failed', { repo: source.id, cause: redact(withoutCredentials(cause)) }), 3);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!hasRemote(directory)) {
      const made = await runGit(directory, 'init', ['-q', '--bare', '--template='], { limitMs, signal });
      if (!made.ok) return failed(made.cause);
      appendFileSync(path.join(directory, 'config'), `[remote "origin"]\n\turl = ${quoted(source.location)}\n`);
    }
  } catch (error) {
    return failed(causeOf(error));
  }
  const { branch } = request;
  const refs = [
    `+${source.ref ?? 'HEAD'}:${baseRef}`,
    ...(branch === undefined ? [] : [`+refs/heads/${branch}*:refs/remotes/origin/${branch}*`]),
  ];
  const args = [
    '-q',
    '--depth=1',
    '--filter=blob:none',
    '--no-tags',
    '--prune',
    '--no-write-fetch-head',
    'origin',
    ...refs,
  ];
  const fetched = await runGit(directory, 'fetch', args, { limitMs, signal });
  return fetched.ok ? directory : failed(fetched.cause);
}

/** Brings the objects a partial clone left behind, in one request. */
export async function fetchObjects(
  repo: string,
  directory: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Fault | undefined> {
  const args = [
    '-q',
    '--no-tags',
    '--no-write-fetch-head',
    '--recurse-submodules=no',
    '--filter=blob:none',
    '--stdin',
    'origin',
  ];
  const fetched = await runGit(directory, 'fetch', args, { limitMs, signal, input: `${ids.join('\n')}\n` });
  if (fetched.ok) return undefined;
  return bulkFault(bulkReason('clone-failed', { repo, cause: redact(withoutCredentials(fetched.cause)) }), 3);
}

/** Ids of the objects that a cached repository has. When they are very many, not all are named. */
export async function presentObjects(directory: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const args = ['--batch-all-objects', '--unordered', '--batch-check=%(objectname)'];
  const listed = await runGit(directory, 'cat-file', args, { limitMs, signal });
  return new Set(listed.ok ? listed.stdout.toString('latin1').split('\n') : []);
}

function hasRemote(directory: string): boolean {
  try {
    return readFileSync(path.join(directory, 'config'), 'utf8').includes('[remote "origin"]');
  } catch {
    return false;
  }
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
