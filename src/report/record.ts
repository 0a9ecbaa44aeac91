/**
 * A report as it is read back: the shape of `document.ts`, checked field by field, because a JSONL file may come from anywhere.
 * Everything that renders (markdown, HTML, SARIF, CSV, annotations) sees only this, so a run and a journal look the same.
 */
import type { FileOutcome } from '../migration.ts';
import type { StepOutcome } from './report.ts';

export interface EvidenceRecord {
  readonly file: string;
  readonly line: number | undefined;
  readonly says: string;
}

export interface ReasonRecord {
  readonly code: string;
  readonly message: string;
  readonly settle: string | undefined;
  /** 1-based, of the file as the user has it. */
  readonly line: number | undefined;
  readonly evidence: readonly EvidenceRecord[];
}

export interface StepRecord {
  readonly transform: string;
  readonly outcome: StepOutcome;
  /** First line of the user's file that the step touches. */
  readonly line: number | undefined;
  readonly reasons: readonly ReasonRecord[];
  readonly notes: readonly ReasonRecord[];
  readonly diff: string;
}

export interface StageRecord {
  /** Its name, or its number. */
  readonly name: string;
  /** The image or stage behind FROM, as written. */
  readonly base: string;
  /** Names of stages it is built on or copies from. */
  readonly needs: readonly string[];
  readonly instructions: number;
  /** The user its containers run as; only for the stage that is built, and only when known. */
  readonly user: string | undefined;
}

/** Compressed sizes of the two base images. What the file adds to them is not known without building. */
export interface SizeRecord {
  readonly before: BaseSize;
  readonly after: BaseSize;
}
export interface BaseSize {
  readonly image: string;
  readonly bytes: number;
  readonly source: string;
  /** ISO date of the measurement. */
  readonly date: string;
}

/** A field of the image's config that is not what it was. */
export interface DifferenceRecord {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export interface FileRecord {
  /** As the user would name it. */
  readonly path: string;
  /** Relative to the root of its repository. */
  readonly repoPath: string;
  readonly outcome: FileOutcome;
  readonly written: boolean;
  readonly added: number;
  readonly removed: number;
  readonly recognised: readonly EvidenceRecord[];
  readonly leftAlone: ReasonRecord | undefined;
  readonly files: readonly { readonly path: string; readonly outcome: string }[];
  readonly notes: readonly ReasonRecord[];
  readonly undo: readonly string[];
  readonly diff: string;
  readonly steps: readonly StepRecord[];
  readonly stages: { readonly before: readonly StageRecord[]; readonly after: readonly StageRecord[] } | undefined;
  readonly size: SizeRecord | undefined;
  readonly runtime: readonly DifferenceRecord[];
}

export interface NoteRecord {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface ErrorRecord {
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** What one run found in one tree of files: a plain run, or one repository of a bulk run. */
export interface TreeReport {
  /** The repository as listed; `''` for a plain run. */
  readonly name: string;
  /** `dfmigrate@1.0.0`. */
  readonly tool: string;
  readonly exitCode: number;
  readonly title: string;
  readonly files: readonly FileRecord[];
  readonly notes: readonly NoteRecord[];
  readonly errors: readonly ErrorRecord[];
}

/** An object of a parsed JSON text. */
export type Fields = Readonly<Record<string, unknown>>;

/** `undefined` when it is no object. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** The items that `read` accepts; `[]` for anything but a list. */
export function listOf<T>(value: unknown, read: (fields: Fields) => T | undefined): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const fields = fieldsOf(item);
    const found = fields === undefined ? undefined : read(fields);
    return found === undefined ? [] : [found];
  });
}

/** The document of a run, as `--format json` prints it; steps stand inside their files. */
export function readTree(fields: Fields, name = ''): TreeReport {
  return {
    name,
    tool: textOf(fields.tool),
    exitCode: countOf(fields.exitCode),
    title: textOf(fields.title),
    files: listOf(fields.files, (file) => readFile(file, listOf(file.steps, readStep))),
    notes: listOf(fields.notes, readNote),
    errors: listOf(fields.errors, readError),
  };
}

export function readFile(fields: Fields, steps: readonly StepRecord[]): FileRecord | undefined {
  const outcome = fileOutcomes.find((known) => known === fields.outcome);
  if (outcome === undefined || typeof fields.path !== 'string') return undefined;
  const leftAlone = fieldsOf(fields.leftAlone);
  return {
    path: fields.path,
    repoPath: textOf(fields.repoPath) || fields.path,
    outcome,
    written: fields.written === true,
    added: countOf(fields.added),
    removed: countOf(fields.removed),
    recognised: listOf(fields.recognised, readEvidence),
    leftAlone: leftAlone === undefined ? undefined : readReason(leftAlone),
    files: listOf(fields.files, (file) => ({ path: textOf(file.path), outcome: textOf(file.outcome) })),
    notes: listOf(fields.notes, readReason),
    undo: textsOf(fields.undo),
    diff: textOf(fields.diff),
    steps,
    stages: readStages(fieldsOf(fields.stages)),
    size: readSize(fieldsOf(fields.size)),
    runtime: listOf(fields.runtime, readDifference),
  };
}

export function readStep(fields: Fields): StepRecord | undefined {
  const outcome = stepOutcomes.find((known) => known === fields.outcome);
  if (outcome === undefined) return undefined;
  return {
    transform: textOf(fields.transform),
    outcome,
    line: lineOf(fields.line),
    reasons: listOf(fields.reasons, readReason),
    notes: listOf(fields.notes, readReason),
    diff: textOf(fields.diff),
  };
}

export function readNote(fields: Fields): NoteRecord {
  return { path: textOf(fields.path), code: textOf(fields.code), message: textOf(fields.message) };
}

export function readError(fields: Fields): ErrorRecord {
  return {
    path: typeof fields.path === 'string' ? fields.path : undefined,
    line: lineOf(fields.line),
    code: textOf(fields.code) || 'unknown',
    message: textOf(fields.message) || 'the report does not say what went wrong',
    hint: textOf(fields.hint),
  };
}

export const fileOutcomes: readonly FileOutcome[] = ['changed', 'refused', 'fine', 'left-alone', 'error'];
const stepOutcomes = ['changed', 'done', 'refused', 'rejected'] as const;

function readReason(fields: Fields): ReasonRecord {
  return {
    code: textOf(fields.code),
    message: textOf(fields.message),
    settle: typeof fields.settle === 'string' ? fields.settle : undefined,
    line: lineOf(fields.line),
    evidence: listOf(fields.evidence, readEvidence),
  };
}

function readEvidence(fields: Fields): EvidenceRecord {
  return { file: textOf(fields.file), line: lineOf(fields.line), says: textOf(fields.says) };
}

function readStages(fields: Fields | undefined): FileRecord['stages'] {
  if (fields === undefined) return undefined;
  return { before: listOf(fields.before, readStage), after: listOf(fields.after, readStage) };
}

function readStage(fields: Fields): StageRecord {
  return {
    name: textOf(fields.name),
    base: textOf(fields.base),
    needs: textsOf(fields.needs),
    instructions: countOf(fields.instructions),
    user: typeof fields.user === 'string' ? fields.user : undefined,
  };
}

function readSize(fields: Fields | undefined): SizeRecord | undefined {
  const before = readBase(fieldsOf(fields?.before));
  const after = readBase(fieldsOf(fields?.after));
  return before === undefined || after === undefined ? undefined : { before, after };
}

function readBase(fields: Fields | undefined): BaseSize | undefined {
  if (fields === undefined || countOf(fields.bytes) === 0) return undefined;
  return {
    image: textOf(fields.image),
    bytes: countOf(fields.bytes),
    source: textOf(fields.source),
    date: textOf(fields.date),
  };
}

function readDifference(fields: Fields): DifferenceRecord {
  return { field: textOf(fields.field), before: textOf(fields.before), after: textOf(fields.after) };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function lineOf(value: unknown): number | undefined {
  return countOf(value) > 0 ? countOf(value) : undefined;
}
