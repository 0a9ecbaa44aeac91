/** A target's bytes and its migration: the read-only half of a run. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Reason } from '../answer.ts';
import { display, type Target } from '../discover.ts';
import type { Unreadable } from '../dockerfile/model.ts';
import { readDockerfile } from '../dockerfile/parse.ts';
import { MAX_FILE_BYTES, unreadableReason } from '../dockerfile/reasons.ts';
import { causeOf, cliReason, errnoOf, type Fault, messageOf } from '../fault.ts';
import { migrateParsed } from '../migrate.ts';
import type { Migration } from '../migration.ts';
import type { Project } from '../project/project.ts';
import { type FileReport, joined } from '../report/report.ts';
import { hasHiddenCharacters } from '../report/sanitise.ts';
import type { Transform, Wishes } from '../transform.ts';

export interface Loaded {
  readonly target: Target;
  readonly bytes: Buffer;
  /** Build context, absolute. */
  readonly context: string;
  readonly report: FileReport;
}

export interface MigrateChoice {
  readonly transforms: readonly Transform[];
  readonly wishes: Wishes;
  readonly target: string | undefined;
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

export function tooLarge(shown: string): Fault {
  const limit = `${MAX_FILE_BYTES / 1024} KiB`;
  return { reason: cliReason('too-large', { path: shown, limit }), exit: 4, path: shown };
}

/** Migrates bytes. A text that is no Dockerfile is a fault (exit 3), a template is left alone, a thrown error is a bug (70). */
export function migrateBytes(bytes: Buffer, shown: string, project: Project, choice: MigrateChoice): Migration | Fault {
  const parsed = readDockerfile(bytes);
  if (parsed.kind === 'unreadable' && parsed.code !== 'file/template') return unreadableFault(parsed, bytes, shown);
  const { transforms, wishes, target } = choice;
  const options = { path: shown, transforms, wishes, ...(target === undefined ? {} : { target }) };
  try {
    return migrateParsed(parsed, bytes.toString('utf8'), project, options);
  } catch (error) {
    return bug(error, bytes, shown);
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

function notesOn(migration: Migration): readonly Reason[] {
  return hasHiddenCharacters(migration.before) ? [cliReason('hidden-characters', { path: migration.path })] : [];
}

function unreadableFault(unreadable: Unreadable, bytes: Buffer, shown: string): Fault {
  const isText = !['file/binary', 'file/not-utf8', 'file/too-large', 'file/empty'].includes(unreadable.code);
  const reason = unreadableReason(unreadable);
  const exit = unreadable.code === 'file/too-large' ? 4 : 3;
  if (!isText) return { reason: { ...reason, text: `${shown}: ${reason.text}` }, exit, path: shown };
  return {
    reason,
    exit,
    path: shown,
    line: unreadable.line,
    excerpt: excerptOf(bytes.toString('utf8'), unreadable.line),
  };
}

/** The line, the one before and the one after it, cut to a readable length. */
function excerptOf(source: string, line: number): readonly (readonly [number, string])[] {
  const lines = source.split('\n');
  const numbers = [line - 1, line, line + 1].filter((number) => number >= 1 && number <= lines.length);
  return numbers.map((number) => [number, (lines[number - 1] ?? '').slice(0, 160)] as const);
}

function bug(error: unknown, bytes: Buffer, shown: string): Fault {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const stack = error instanceof Error ? error.stack : undefined;
  return { reason: cliReason('bug', { path: shown, message: messageOf(error), hash }), exit: 70, path: shown, stack };
}
