/**
 * Writes files so that each holds either the old or the new text, never a part of one; several files change together or not
 * at all. Every path is absolute, and its directory free of links when it was planned.
 */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { isInside } from './discover.ts';
import { causeOf, cliReason, errnoOf, type Fault } from './fault.ts';

export interface PlannedWrite {
  /** Absolute. */
  readonly file: string;
  /** For messages. */
  readonly path: string;
  /** Absolute, without links: the file must lie below it. */
  readonly root: string;
  /** What the file held when it was read; `undefined`: it must not exist yet. */
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array;
}

type Check = { readonly checked: true } | { readonly checked: false; readonly fault: Fault };

/** Writes all of them, or puts back what was written and says why; `[]` is success. Never throws. */
export function writeAll(plans: readonly PlannedWrite[]): readonly Fault[] {
  for (const plan of plans) {
    const state = check(plan);
    if (!state.checked) return [state.fault];
  }
  const written: PlannedWrite[] = [];
  for (const plan of plans) {
    try {
      const state = check(plan);
      if (!state.checked) return [state.fault, ...rollBack(written)];
      write(plan);
      written.push(plan);
    } catch (error) {
      const partly = errnoOf(error) === 'EEXIST' || plan.before === undefined ? [] : restoreIfTouched(plan);
      return [writeFailed(plan, error), ...partly, ...rollBack(written)];
    }
  }
  return [];
}

/** Is the file still what it was, at a place that may be written? */
function check(plan: PlannedWrite): Check {
  const refuse = (fault: Fault): Check => ({ checked: false, fault });
  try {
    if (!isInside(realpathSync(path.dirname(plan.file)), plan.root)) {
      return refuse({
        reason: cliReason('outside-root', { path: plan.path, root: 'the project' }),
        exit: 4,
        path: plan.path,
      });
    }
    if (plan.before === undefined) {
      const entry = lstatSync(plan.file, { throwIfNoEntry: false });
      return entry === undefined ? { checked: true } : refuse(stale(plan, 'already-there'));
    }
    if (!holds(plan.file, plan.before)) return refuse(stale(plan, 'changed'));
    accessSync(plan.file, constants.W_OK);
    return { checked: true };
  } catch (error) {
    const vanished = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '');
    return refuse(vanished ? stale(plan, 'changed') : writeFailed(plan, error));
  }
}

/** Reads through no link, and only a regular file of the expected size. */
function holds(file: string, bytes: Uint8Array): boolean {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const entry = fstatSync(descriptor);
    return entry.isFile() && entry.size === bytes.length && readFileSync(descriptor).equals(bytes);
  } finally {
    closeSync(descriptor);
  }
}

function write(plan: PlannedWrite): void {
  const entry = lstatSync(plan.file, { throwIfNoEntry: false });
  if (entry === undefined) createFile(plan.file, plan.after);
  else if (entry.nlink > 1 || !replaceFile(plan.file, plan.after, entry)) writeInPlace(plan.file, plan.after);
}

function createFile(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'wx', 0o666);
  try {
    writeFully(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

/** By rename; false when the directory lets no file be made there or the owner could not be kept. */
function replaceFile(file: string, bytes: Uint8Array, entry: Stats): boolean {
  const temporary = path.join(path.dirname(file), `.${path.basename(file).slice(0, 100)}.dfmigrate-${process.pid}`);
  let descriptor: number;
  try {
    descriptor = openSync(temporary, 'wx', 0o600);
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENAMETOOLONG'].includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
  try {
    writeFully(descriptor, bytes, () => keepOwnerAndMode(descriptor, entry));
    renameSync(temporary, file);
    return true;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (errnoOf(error) === 'EPERM') return false;
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function keepOwnerAndMode(descriptor: number, entry: Stats): void {
  const made = fstatSync(descriptor);
  if (made.uid !== entry.uid || made.gid !== entry.gid) fchownSync(descriptor, entry.uid, entry.gid);
  fchmodSync(descriptor, entry.mode & 0o7777);
}

function writeInPlace(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    ftruncateSync(descriptor, 0);
    writeFully(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

function writeFully(descriptor: number, bytes: Uint8Array, beforeSync?: () => void): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  beforeSync?.();
  fsyncSync(descriptor);
}

/** After a failed write in place the file may hold a part; its old bytes are still in memory. */
function restoreIfTouched(plan: PlannedWrite): readonly Fault[] {
  try {
    return plan.before === undefined || holds(plan.file, plan.before) ? [] : rollBack([plan]);
  } catch (error) {
    return [rollbackFailed(plan, error)];
  }
}

function rollBack(written: readonly PlannedWrite[]): readonly Fault[] {
  return [...written].reverse().flatMap((plan) => {
    try {
      if (plan.before === undefined) rmSync(plan.file);
      else writeInPlace(plan.file, plan.before);
      return [];
    } catch (error) {
      return [rollbackFailed(plan, error)];
    }
  });
}

function stale(plan: PlannedWrite, code: 'changed' | 'already-there'): Fault {
  return { reason: cliReason(code, { path: plan.path }), exit: 4, path: plan.path };
}

function writeFailed(plan: PlannedWrite, error: unknown): Fault {
  return { reason: cliReason('write-failed', { path: plan.path, cause: causeOf(error) }), exit: 3, path: plan.path };
}

function rollbackFailed(plan: PlannedWrite, error: unknown): Fault {
  return { reason: cliReason('rollback-failed', { path: plan.path, cause: causeOf(error) }), exit: 3, path: plan.path };
}
