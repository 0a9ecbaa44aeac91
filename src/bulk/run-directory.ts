/**
 * The directory of a run: `report.jsonl` (the journal), `run.json` (what was asked, for `--resume`), `failed.txt`, `pr/`.
 * One process at a time works in it.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { causeOf, type Fault, messageOf } from '../fault.ts';
import { journalName, type RepoEvent, type RunEvent } from './journal.ts';
import { lineOf, type MergedJournal, mergedBytes, mergeJournals } from './journal-merge.ts';
import { scanJournal } from './journal-scan.ts';
import { bulkReason } from './reasons.ts';
import type { Source } from './sources.ts';

/** What `--resume` must know. Options as given on the command line, by their long names. */
export interface StoredRun {
  readonly v: 1;
  /** Absolute: what relative names of the run are relative to. */
  readonly cwd: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly sources: readonly Source[];
}

export interface RunDirectory {
  readonly path: string;
  /** The last record of every repository done so far. */
  readonly done: ReadonlyMap<string, RepoEvent>;
  /** Appends one group, whole. Throws what writing throws. */
  append(lines: string): void;
  /** A file of the run, below the directory. Throws what writing throws. */
  put(name: string, text: string): void;
  /**
   * Puts the journal into its final form: one `run` line, the last group of every repository in the order of the list, the
   * summary. The old file is replaced at once or not at all.
   */
  finish(): MergedJournal | Fault;
  /** Lets go of the directory; the journal stays as it is. */
  close(): void;
}

const storeName = 'run.json';
const lockName = 'lock';

/** The run a directory holds, or why it holds none. */
export function readStoredRun(directory: string, shown: string): StoredRun | Fault {
  try {
    const value: unknown = JSON.parse(readFileSync(path.join(directory, storeName), 'utf8'));
    if (typeof value === 'object' && value !== null && 'v' in value && value.v === 1 && 'sources' in value)
      return value as StoredRun;
  } catch {
    // told below: whatever is there, it is no run
  }
  return { reason: bulkReason('run-dir-none', { path: shown }), exit: 2, path: shown };
}

/** Opens a new run (`store` is what to remember of it) or goes on with one. `run` is appended when the journal lacks it. */
export function openRunDirectory(
  directory: string,
  shown: string,
  run: RunEvent,
  store: StoredRun | undefined,
): RunDirectory | Fault {
  try {
    if (store !== undefined && existsSync(path.join(directory, storeName)))
      return { reason: bulkReason('run-dir-used', { path: shown }), exit: 2, path: shown };
    mkdirSync(directory, { recursive: true });
    const busy = lock(path.join(directory, lockName), shown);
    if (busy !== undefined) return busy;
    if (store !== undefined) replace(path.join(directory, storeName), [Buffer.from(`${JSON.stringify(store)}\n`)]);
    return opened(directory, shown, run);
  } catch (error) {
    return { reason: bulkReason('run-dir-failed', { path: shown, cause: causeOf(error) }), exit: 3, path: shown };
  }
}

function opened(directory: string, shown: string, run: RunEvent): RunDirectory {
  const file = path.join(directory, journalName);
  const index = existsSync(file) ? scanJournal(file) : undefined;
  const descriptor = openSync(file, 'a+');
  if (index !== undefined) ftruncateSync(descriptor, index.closedAt);
  if (!sameRun(index?.run?.event, run)) writeFully(descriptor, lineOf(run));
  return {
    path: directory,
    done: new Map(index?.groups.map(({ repo }) => [repo.repo, repo])),
    append: (lines) => writeFully(descriptor, Buffer.from(lines, 'utf8')),
    put: (name, text) => {
      const target = path.join(directory, name);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    },
    finish: () => compact(file, shown),
    close: () => {
      fsyncSync(descriptor);
      closeSync(descriptor);
      rmSync(path.join(directory, lockName), { force: true });
    },
  };
}

function sameRun(before: RunEvent | undefined, run: RunEvent): boolean {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(run);
}

function compact(file: string, shown: string): MergedJournal | Fault {
  const merged = mergeJournals([file]);
  if ('reason' in merged) return merged;
  try {
    replace(file, mergedBytes(merged));
    return merged;
  } catch (error) {
    return { reason: bulkReason('run-dir-failed', { path: shown, cause: causeOf(error) }), exit: 3, path: shown };
  }
}

function replace(file: string, pieces: Iterable<Buffer>): void {
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o666);
  try {
    for (const piece of pieces) writeFully(descriptor, piece);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** Taken over from a process of this machine that has ended. */
function lock(file: string, shown: string): Fault | undefined {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, `${process.pid} ${hostname()}\n`, { flag: 'wx' });
      return undefined;
    } catch (error) {
      if (!messageOf(error).startsWith('EEXIST')) throw error;
    }
    const [pid = '', host = ''] = readFileSync(file, 'utf8').trim().split(' ');
    if (host !== hostname() || isAlive(Number(pid)))
      return { reason: bulkReason('run-dir-busy', { path: shown, pid, host }), exit: 3, path: shown };
    rmSync(file, { force: true });
  }
  return {
    reason: bulkReason('run-dir-busy', { path: shown, pid: 'unknown', host: hostname() }),
    exit: 3,
    path: shown,
  };
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return messageOf(error).includes('EPERM');
  }
}
