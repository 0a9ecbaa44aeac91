/** What a run has to tell, independent of how: the events every output format renders. */
import type { Reason } from '../answer.ts';
import type { Fault } from '../fault.ts';
import { type FileOutcome, type Migration, outcomeOf } from '../migration.ts';
import type { FileEdit } from '../transform.ts';
import type { FileChange } from './diff.ts';

/** One migrated file and the names its parts go by. All with `/`. */
export interface FileReport {
  readonly migration: Migration;
  /** Build context as the user would name it. */
  readonly context: string;
  /** The Dockerfile and the build context as a patch names them: relative to the work tree, where `git apply` looks. */
  readonly patchPath: string;
  readonly patchContext: string;
  /** Further remarks of the run on this file. */
  readonly notes: readonly Reason[];
}

/** How a file's writing ended. `not-asked`: a preview; `declined`: the user said no; `failed`: see its faults. */
export type Writing = 'written' | 'not-asked' | 'declined' | 'failed';

export interface FileResult {
  readonly file: FileReport;
  readonly writing: Writing;
  /** Command lines that bring the old text back; none when nothing can. */
  readonly undo: readonly string[];
}

export interface RunHead {
  readonly version: string;
  /** Names of the selected transforms, in pipeline order. */
  readonly transforms: readonly string[];
  readonly mode: 'preview' | 'check' | 'write' | 'ask';
}

export interface Summary {
  readonly exitCode: number;
  readonly files: Readonly<Record<FileOutcome, number>>;
  readonly steps: Readonly<Record<StepOutcome, number>>;
  readonly written: number;
  readonly milliseconds: number | undefined;
}

export type StepOutcome = 'changed' | 'done' | 'refused' | 'rejected';

/** Called in this order: begin, then planned/note/fault in order of path, then finished per changed file, then end. */
export interface Reporter {
  begin(head: RunHead): void;
  planned(file: FileReport): void;
  note(path: string, reason: Reason): void;
  fault(fault: Fault): void;
  /** Once per file, after it was written or not. */
  finished(result: FileResult): void;
  end(summary: Summary): void;
}

/** Where a reporter prints. `out` is the product, `err` the conversation. */
export interface Sink {
  out(text: string): void;
  err(text: string): void;
}

const stepOutcomes = { change: 'changed', done: 'done', refuse: 'refused', rejected: 'rejected' } as const;

export type StepResult = Migration['steps'][number];

export function stepOutcome(step: StepResult): StepOutcome {
  return stepOutcomes[step.outcome.kind];
}

/** The reasons a step gives, and its notes. */
export function reasonsOf(step: StepResult): {
  readonly because: readonly Reason[];
  readonly notes: readonly Reason[];
} {
  if (step.outcome.kind === 'change') return { because: step.outcome.because, notes: step.outcome.notes ?? [] };
  return { because: [step.outcome.reason], notes: [] };
}

/** What one step changes, as the reader or a patch names the files. */
export function stepChanges(file: FileReport, step: StepResult, names: 'shown' | 'patch'): readonly FileChange[] {
  const files = step.outcome.kind === 'change' ? (step.outcome.files ?? []) : [];
  return changes(file, step.before, step.after, files, names);
}

/** What all steps change together. */
export function wholeChange(file: FileReport, names: 'shown' | 'patch'): readonly FileChange[] {
  const { before, after, files } = file.migration;
  return changes(file, before, after, files, names);
}

function changes(
  file: FileReport,
  before: string,
  after: string,
  files: readonly FileEdit[],
  names: 'shown' | 'patch',
): readonly FileChange[] {
  const [dockerfile, context] =
    names === 'patch' ? [file.patchPath, file.patchContext] : [file.migration.path, file.context];
  const beside = files.map((edit) => ({ path: joined(context, edit.path), before: edit.before, after: edit.after }));
  return [...(before === after ? [] : [{ path: dockerfile, before, after }]), ...beside];
}

/** `name` below a directory that may be `.`. */
export function joined(directory: string, name: string): string {
  return directory === '.' || directory === '' ? name : `${directory.replace(/\/$/, '')}/${name}`;
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Counts over all files. `errors`: files that could not be processed at all. */
export function countAll(files: readonly FileReport[], errors: number): Pick<Summary, 'files' | 'steps'> {
  const outcomes: Record<FileOutcome, number> = { changed: 0, refused: 0, fine: 0, 'left-alone': 0, error: errors };
  const steps: Record<StepOutcome, number> = { changed: 0, done: 0, refused: 0, rejected: 0 };
  for (const { migration } of files) {
    outcomes[outcomeOf(migration)] += 1;
    for (const step of migration.steps) steps[stepOutcome(step)] += 1;
  }
  return { files: outcomes, steps };
}
