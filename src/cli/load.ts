/** A target's bytes and its migration: the read-only half of a run. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { notesOn, tooLarge } from '../attempt.ts';
import { display, type Target } from '../discover.ts';
import { MAX_FILE_BYTES } from '../dockerfile/reasons.ts';
import { causeOf, cliReason, errnoOf, type Fault } from '../fault.ts';
import type { Migration } from '../migration.ts';
import { type FileReport, joined } from '../report/report.ts';
import type { FileEdit, Transform } from '../transform.ts';

export interface Loaded {
  readonly target: Target;
  readonly bytes: Buffer;
  /** Build context, absolute. */
  readonly context: string;
  readonly report: FileReport;
  /** Migrates another text in the same surroundings, for a review step by step. */
  readonly again?: (text: string, transforms: readonly Transform[], files: readonly FileEdit[]) => Migration | Fault;
}

/** The bytes of a target; a link, a device or anything huge is never opened or read. */
export function readTarget(target: Target): Buffer | Fault {
  const { path: shown } = target;
  try {
    const descriptor = openSync(target.file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const entry = fstatSync(descriptor);
      if (!entry.isFile())
        return { reason: cliReason('not-regular', { path: shown, kind: 'it was replaced' }), exit: 4, path: shown };
      if (entry.size > MAX_FILE_BYTES) return tooLarge(shown);
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (errnoOf(error) === 'ELOOP')
      return { reason: cliReason('symlink', { path: shown, target: 'another file' }), exit: 4, path: shown };
    return { reason: cliReason('unreadable', { path: shown, cause: causeOf(error) }), exit: 3, path: shown };
  }
}

/** A report on one target; `notes` beyond what the migration says. */
export function reportOn(migration: Migration, target: Target, context: string, cwd: string): FileReport {
  const base = target.workTree ?? cwd;
  return {
    migration,
    context: display(cwd, context),
    patchPath: display(base, target.file),
    patchContext: display(base, context),
    notes: notesOn(migration),
  };
}

/** Absolute path of a file beside the Dockerfile. */
export function besidePath(context: string, relative: string): string {
  return path.join(context, ...relative.split('/'));
}

export function besideShown(report: FileReport, relative: string): string {
  return joined(report.context, relative);
}
