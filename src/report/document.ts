/** The machine-readable shape of a report, version 1; `schema/report-v1.schema.json` describes it. */
import { createHash } from 'node:crypto';
import type { Evidence, Reason } from '../answer.ts';
import type { Fault } from '../fault.ts';
import { outcomeOf } from '../migration.ts';
import { countLines, gitPatch, hunksOf } from './diff.ts';
import { compareImages } from './image-facts.ts';
import { plural } from './layout.ts';
import { firstDifference, originalLine } from './origin.ts';
import type { StageRecord } from './record.ts';
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
import { sanitiseName } from './sanitise.ts';

export const schemaVersion = 1;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** Hides secrets in one string; the identity when the user wants none hidden. */
export type Hide = (text: string) => string;

/** What a reporter has gathered by the end of a run. */
export interface FinishedRun {
  readonly head: RunHead;
  readonly results: readonly FileResult[];
  readonly notes: readonly { readonly path: string; readonly reason: Reason }[];
  readonly faults: readonly Fault[];
  readonly summary: Summary;
}

export function runDocument(head: RunHead): { readonly [name: string]: Json } {
  return { v: schemaVersion, tool: `dfmigrate@${head.version}`, mode: head.mode, select: head.transforms };
}

export function fileDocument(result: FileResult): { readonly [name: string]: Json | undefined } {
  const { file, writing, undo } = result;
  const { migration } = file;
  const counts = wholeChange(file, 'shown').map((change) => countLines(hunksOf(change.before ?? '', change.after)));
  return {
    path: migration.path,
    repoPath: file.patchPath,
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
    ...imagesDocument(migration.before, migration.after),
  };
}

/** Stages, base sizes and differences in the image's config; nothing when the Dockerfile stays as it is. */
function imagesDocument(before: string, after: string): { readonly [name: string]: Json } {
  const compared = compareImages(before, after);
  if (compared === undefined) return {};
  const stages = (list: readonly StageRecord[]): Json =>
    list.map(({ user, ...stage }) => (user === undefined ? stage : { ...stage, user }));
  const { size } = compared;
  return {
    stages: { before: stages(compared.stages.before), after: stages(compared.stages.after) },
    ...(size === undefined ? {} : { size: { kind: 'estimate', before: { ...size.before }, after: { ...size.after } } }),
    runtime: compared.runtime.map((difference) => ({ ...difference })),
  };
}

export function stepDocument(file: FileReport, step: StepResult): { readonly [name: string]: Json | undefined } {
  const { because, notes } = reasonsOf(step);
  const { before } = file.migration;
  const first = firstDifference(step.before, step.after);
  const place = (reason: Reason) => reasonDocument(reason, step.before, before);
  return {
    transform: step.transform,
    outcome: stepOutcome(step),
    ...(first === undefined ? {} : { line: originalLine(before, step.before, first) }),
    reasons: because.map(place),
    notes: notes.map(place),
    diff: gitPatch(stepChanges(file, step, 'patch')),
  };
}

export function wholeDiff(file: FileReport): string {
  return gitPatch(wholeChange(file, 'patch'));
}

/** Everything one run has to tell, `markdown` aside. */
export function treeDocument(run: FinishedRun): { readonly [name: string]: Json | undefined } {
  const { head, results, notes, faults, summary } = run;
  return {
    ...runDocument(head),
    ok: summary.exitCode === 0,
    exitCode: summary.exitCode,
    title: titleOf(results),
    summary: summaryDocument(summary),
    files: results.map((result) => ({
      ...fileDocument(result),
      steps: result.file.migration.steps.map((step) => stepDocument(result.file, step)),
      diff: wholeDiff(result.file),
    })),
    notes: notes.map(({ path, reason }) => ({ path, code: reason.code, message: reason.text })),
    errors: faults.map(faultDocument),
  };
}

/** One line that can title a commit or a pull request. */
export function titleOf(results: readonly FileResult[]): string {
  const changed = results
    .filter(({ file }) => outcomeOf(file.migration) === 'changed')
    .map(({ file }) => file.migration);
  const [only] = changed;
  if (only === undefined) return 'No Dockerfile needs a migration';
  const steps = changed.flatMap((migration) => migration.steps).filter(({ outcome }) => outcome.kind === 'change');
  const ids = [...new Set(steps.map(({ transform }) => transform))];
  const subject = changed.length === 1 ? sanitiseName(only.path) : plural(changed.length, 'Dockerfile');
  return `Migrate ${subject}: ${ids.length > 3 ? plural(steps.length, 'step') : ids.join(', ')}`;
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

/** `source`: the text the reason points into; its line is that of `original`. */
export function reasonDocument(
  reason: Reason,
  source: string,
  original: string = source,
): { readonly [name: string]: Json | undefined } {
  return {
    code: reason.code,
    message: reason.text,
    ...(reason.settle === undefined ? {} : { settle: reason.settle }),
    ...(reason.at === undefined ? {} : { line: originalLine(original, source, lineAt(source, reason.at.start)) }),
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
