/** One migration attempted on bytes: whatever they are, the answer is a migration or a fault. */
import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { transforms } from '../transforms/index.ts';
import type { Reason } from './answer.ts';
import { pragmaNotes } from './config/pragma.ts';
import type { Unreadable } from './dockerfile/model.ts';
import { readDockerfile } from './dockerfile/parse.ts';
import { MAX_FILE_BYTES, unreadableReason } from './dockerfile/reasons.ts';
import { cliReason, errnoOf, type Fault, messageOf } from './fault.ts';
import { defaultFileLimitMs } from './limits.ts';
import { migrateParsed } from './migrate.ts';
import type { Migration } from './migration.ts';
import type { Project } from './project/project.ts';
import { hasHiddenCharacters } from './report/sanitise.ts';
import type { Transform, Wishes } from './transform.ts';

/** What is asked of a migration beside the file itself. */
export interface MigrateChoice {
  readonly transforms: readonly Transform[];
  readonly wishes: Wishes;
  readonly target: string | undefined;
  /** Default: `defaultFileLimitMs`. */
  readonly limitMs?: number;
}

/** The fault of a file beyond the size that is read. */
export function tooLarge(shown: string): Fault {
  const limit = `${MAX_FILE_BYTES / 1024} KiB`;
  return { reason: cliReason('too-large', { path: shown, limit }), exit: 4, path: shown };
}

/**
 * Migrates bytes within the time limit. A text that is no Dockerfile is a fault (exit 3), as is one that takes too long; a template is
 * left alone, a thrown error is a bug (70).
 */
export function migrateBytes(bytes: Buffer, shown: string, project: Project, choice: MigrateChoice): Migration | Fault {
  const limitMs = choice.limitMs ?? defaultFileLimitMs;
  try {
    return withinTime(limitMs, () => attempt(bytes, shown, project, choice));
  } catch (error) {
    if (errnoOf(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return overTime(shown, limitMs);
    return bug(error, bytes, shown);
  }
}

function attempt(bytes: Buffer, shown: string, project: Project, choice: MigrateChoice): Migration | Fault {
  const parsed = readDockerfile(bytes);
  if (parsed.kind === 'unreadable' && parsed.code !== 'file/template') return unreadableFault(parsed, bytes, shown);
  const { transforms, wishes, target } = choice;
  const options = { path: shown, transforms, wishes, ...(target === undefined ? {} : { target }) };
  return migrateParsed(parsed, bytes.toString('utf8'), project, options);
}

/** The fault of a file that took longer than it may. */
export function overTime(shown: string, limitMs: number): Fault {
  return { reason: cliReason('over-time', { path: shown, seconds: limitMs / 1000 }), exit: 3, path: shown };
}

const work = 'dfmigrateWork';
let call: Script | undefined;

/**
 * The result of synchronous work, ended where it stands when it takes longer: V8 interrupts loops, regular expressions and
 * sorting alike, past any `catch` of theirs. Throws what the work throws, and `ERR_SCRIPT_EXECUTION_TIMEOUT`.
 */
function withinTime<T>(limitMs: number, task: () => T): T {
  let result: { readonly value: T } | undefined;
  call ??= new Script(`globalThis.${work}()`);
  Reflect.set(globalThis, work, () => {
    result = { value: task() };
  });
  try {
    call.runInThisContext({ timeout: Math.max(1, Math.round(limitMs)) });
  } finally {
    Reflect.deleteProperty(globalThis, work);
  }
  if (result === undefined) throw new Error('the work did not end');
  return result.value;
}

/** Remarks on a file that are no matter of any step. */
export function notesOn(migration: Migration): readonly Reason[] {
  const hidden = hasHiddenCharacters(migration.before)
    ? [cliReason('hidden-characters', { path: migration.path })]
    : [];
  return [
    ...hidden,
    ...pragmaNotes(
      migration,
      transforms.map(({ name }) => name),
    ),
  ];
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
