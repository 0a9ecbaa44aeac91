/** The machine-readable shape of a report, version 1; `schema/report-v1.schema.json` describes it. */
import { createHash } from 'node:crypto';
import type { Evidence, Reason } from '../answer.ts';
import type { Fault } from '../fault.ts';
import { outcomeOf } from '../migration.ts';
import { countLines, gitPatch, hunksOf } from './diff.ts';
import {
  type FileReport,
  type FileResult,
  joined,
  lineAt,
  type RunHead,
  reasonsOf,
  type StepResult,
  type Summary,
  stepChanges,
  stepOutcome,
  wholeChange,
} from './report.ts';

export const schemaVersion = 1;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** Hides secrets in one string; the identity when the user wants none hidden. */
export type Hide = (text: string) => string;

export function runDocument(head: RunHead): { readonly [name: string]: Json } {
  return { v: schemaVersion, tool: `dfmigrate@${head.version}`, mode: head.mode, select: head.transforms };
}

export function fileDocument(result: FileResult): { readonly [name: string]: Json | undefined } {
  const { file, writing, undo } = result;
  const { migration } = file;
  const counts = wholeChange(file, 'shown').map((change) => countLines(hunksOf(change.before ?? '', change.after)));
  return {
    path: migration.path,
    context: file.context,
    outcome: outcomeOf(migration),
    written: writing === 'written',
    before: digest(migration.before),
    after: digest(migration.after),
    added: counts.reduce((sum, { added }) => sum + added, 0),
    removed: counts.reduce((sum, { removed }) => sum + removed, 0),
    recognised: migration.recognised.map(evidenceDocument),
    ...(migration.leftAlone === undefined ? {} : { leftAlone: reasonDocument(migration.leftAlone, migration.before) }),
    files: migration.files.map((edit) => ({
      path: joined(file.context, edit.path),
      outcome: edit.before === undefined ? 'created' : 'changed',
      after: digest(edit.after),
    })),
    notes: file.notes.map((note) => reasonDocument(note, migration.before)),
    undo: writing === 'written' ? undo : [],
  };
}

export function stepDocument(file: FileReport, step: StepResult): { readonly [name: string]: Json | undefined } {
  const { because, notes } = reasonsOf(step);
  return {
    transform: step.transform,
    outcome: stepOutcome(step),
    reasons: because.map((reason) => reasonDocument(reason, step.before)),
    notes: notes.map((reason) => reasonDocument(reason, step.before)),
    diff: gitPatch(stepChanges(file, step, 'patch')),
  };
}

export function wholeDiff(file: FileReport): string {
  return gitPatch(wholeChange(file, 'patch'));
}

export function faultDocument(fault: Fault): { readonly [name: string]: Json | undefined } {
  return {
    code: fault.reason.code,
    message: fault.reason.text,
    hint: [...(fault.hints ?? []), ...(fault.reason.settle === undefined ? [] : [fault.reason.settle])].join('; '),
    ...(fault.path === undefined ? {} : { path: fault.path }),
    ...(fault.line === undefined ? {} : { line: fault.line }),
  };
}

export function reasonDocument(reason: Reason, source: string): { readonly [name: string]: Json | undefined } {
  return {
    code: reason.code,
    message: reason.text,
    ...(reason.settle === undefined ? {} : { settle: reason.settle }),
    ...(reason.at === undefined ? {} : { line: lineAt(source, reason.at.start) }),
    evidence: (reason.evidence ?? []).map(evidenceDocument),
  };
}

export function summaryDocument(summary: Summary): { readonly [name: string]: Json } {
  const time = summary.milliseconds === undefined ? {} : { milliseconds: Math.round(summary.milliseconds) };
  return { files: { ...summary.files }, steps: { ...summary.steps }, written: summary.written, ...time };
}

/** All strings of a document through `hide`. */
export function hidden(value: Json | undefined, hide: Hide): Json {
  if (typeof value === 'string') return hide(value);
  if (value === undefined || value === null || typeof value !== 'object') return value ?? null;
  if (isList(value)) return value.map((item) => hidden(item, hide));
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, hidden(field, hide)]));
}

function isList(value: Json & object): value is readonly Json[] {
  return Array.isArray(value);
}

function evidenceDocument(evidence: Evidence): { readonly [name: string]: Json } {
  const line = evidence.line === undefined ? {} : { line: evidence.line };
  return { file: evidence.file, ...line, says: evidence.says };
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}
