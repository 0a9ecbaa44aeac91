/** The writing half of a run: whether a migration may be written without asking, and writing it. */
import { lstatSync, readFileSync } from 'node:fs';
import type { Reason } from '../answer.ts';
import { cliReason, type Fault } from '../fault.ts';
import { findWorkTree } from '../git.ts';
import type { FileResult } from '../report/report.ts';
import { type Restorable, restorable } from '../restorable.ts';
import { type PlannedWrite, writeAll } from '../write.ts';
import { besidePath, besideShown, type Loaded } from './load.ts';

/** What git could do for each file of one migration that exists already. */
export interface Guarded {
  readonly plan: PlannedWrite;
  readonly restorable: Restorable | 'new';
}

export interface Applied {
  readonly result: FileResult;
  readonly faults: readonly Fault[];
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Every file the migration writes: the Dockerfile, if it changes, and the files beside it. */
export function plansFor(loaded: Loaded): readonly PlannedWrite[] {
  const { target, bytes, context, report } = loaded;
  const { migration } = report;
  const root = findWorkTree(context) ?? context;
  const beside = migration.files.map((edit): PlannedWrite => {
    const file = besidePath(context, edit.path);
    const mark = edit.before === undefined ? Buffer.alloc(0) : markOf(file);
    return {
      file,
      path: besideShown(report, edit.path),
      root,
      before: edit.before === undefined ? undefined : Buffer.concat([mark, Buffer.from(edit.before, 'utf8')]),
      after: Buffer.concat([mark, Buffer.from(edit.after, 'utf8')]),
    };
  });
  if (migration.after === migration.before) return beside;
  const after = Buffer.from(migration.after, 'utf8');
  return [{ file: target.file, path: target.path, root: target.root, before: bytes, after }, ...beside];
}

/**
 * What git could do for every planned file, per migration. A file that an earlier migration of the run writes too counts as what
 * it was before that one.
 */
export function guardAll(plans: readonly (readonly PlannedWrite[])[]): readonly (readonly Guarded[])[] {
  const known = new Map<string, Guarded['restorable']>();
  return plans.map((group) =>
    group.map((plan) => {
      const state = known.get(plan.file) ?? stateOf(plan);
      known.set(plan.file, state);
      return { plan, restorable: state };
    }),
  );
}

function stateOf(plan: PlannedWrite): Guarded['restorable'] {
  return plan.before === undefined ? 'new' : restorable(plan.file, findWorkTree(plan.root), plan.before);
}

/** Why these files must not be written without a word from the user; `[]`: git can give all of them back. */
export function objections(guarded: readonly Guarded[], allowDirty: boolean): readonly Fault[] {
  return guarded.flatMap(({ plan, restorable: state }) => {
    const reason = objection(plan, state, allowDirty);
    return reason === undefined ? [] : [{ reason, exit: 4 as const, path: plan.path }];
  });
}

function objection(plan: PlannedWrite, state: Guarded['restorable'], allowDirty: boolean): Reason | undefined {
  const { path } = plan;
  if (state === 'new') return findWorkTree(plan.root) === undefined ? cliReason('not-in-git', { path }) : undefined;
  if (state.kind === 'restorable') return undefined;
  if (state.kind === 'dirty') return allowDirty ? undefined : cliReason('dirty', { path });
  if (state.kind === 'untracked') return cliReason('untracked', { path });
  return state.kind === 'no-git'
    ? cliReason('not-in-git', { path })
    : cliReason('git-unsure', { path, cause: state.cause });
}

/** Files whose present text would be lost, for the question to the user. */
export function irrecoverable(guarded: readonly Guarded[]): readonly string[] {
  return guarded
    .filter(({ restorable: state }) => state !== 'new' && state.kind !== 'restorable')
    .map(({ plan }) => plan.path);
}

/** Writes one migration: all of its files, or none. */
export function apply(loaded: Loaded, guarded: readonly Guarded[]): Applied {
  const faults = writeAll(guarded.map(({ plan }) => plan));
  const writing = faults.length === 0 ? 'written' : 'failed';
  return { result: { file: loaded.report, writing, undo: faults.length === 0 ? undoOf(guarded) : [] }, faults };
}

/** Commands that bring all old files back; none when one of them is lost. */
function undoOf(guarded: readonly Guarded[]): readonly string[] {
  if (irrecoverable(guarded).length > 0) return [];
  return guarded.map(({ plan, restorable: state }) => {
    const command = state !== 'new' && state.kind === 'restorable' ? state.undo.join(' ') : 'rm --';
    return `${command} ${shellWord(plan.path)}`;
  });
}

function shellWord(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The byte order mark is not part of a file's text, but it stays in the file. */
function markOf(file: string): Buffer {
  const entry = lstatSync(file, { throwIfNoEntry: false });
  if (entry?.isFile() !== true || entry.size > 8 * 1024 * 1024) return Buffer.alloc(0);
  try {
    return readFileSync(file).subarray(0, 3).equals(byteOrderMark) ? byteOrderMark : Buffer.alloc(0);
  } catch {
    return Buffer.alloc(0);
  }
}
