/**
 * The journal of a bulk run, version 1: the file `report.jsonl` of a run directory, one JSON event per line, in UTF-8.
 *
 * It is what `--format jsonl` prints for one repository (`report/schema/report-v1.schema.json`, `$defs/event`), with the field
 * `repo` on every event, and one event more:
 *
 *   run                                          first line; once per run directory, however often the run is resumed
 *   (step | note | error | file)* repo           one *group* per repository, appended in one write; `repo` closes it
 *   summary                                      last line of a run that came to its end
 *
 * Groups stand in the order of the list of repositories, whatever the concurrency, and hold neither times nor anything else
 * that differs between two runs over the same commits. A group without its closing `repo` is the torn tail of a killed run and
 * counts for nothing. A repository that was done again (after an error, or because it moved on) has a later group, which
 * replaces the earlier one. Shards of one list have the same `run.list` and are merged by `repo.index`.
 */
import type { FileOutcome } from '../migration.ts';
import type { Json } from '../report/document.ts';
import type { StepOutcome } from '../report/report.ts';

/** The version in `run.v`. New fields may be added within a version; readers ignore events and fields they do not know. */
export const journalVersion = 1;
/** Name of the journal in a run directory. */
export const journalName = 'report.jsonl';

/** `sha256:` and 64 hexadecimal digits. */
export type Digest = string;

export interface RunEvent {
  readonly type: 'run';
  readonly v: typeof journalVersion;
  /** `dfmigrate@1.0.0`. */
  readonly tool: string;
  /** `preview` for a plan and for patches, `write` for branches and `--in-place`. */
  readonly mode: 'preview' | 'write';
  /** Selected transforms in pipeline order. */
  readonly select: readonly string[];
  /** Digest of the whole list of repositories, before sharding: journals with different lists do not belong together. */
  readonly list: Digest;
  /** Length of that list. */
  readonly repos: number;
  /** `4/8`, counted from 1; absent when the run has the whole list. */
  readonly shard?: string;
  /** Digest of everything that decides a result beside the repository: wishes, target branch, kind of commits. */
  readonly config: Digest;
}

/** `step` and `file` carry the fields of `stepDocument` and `fileDocument`; paths are relative to the root of the repository. */
export interface StepEvent {
  readonly type: 'step';
  readonly repo: string;
  /** The Dockerfile. */
  readonly path: string;
  readonly transform: string;
  readonly outcome: StepOutcome;
  readonly reasons: readonly ReasonRecord[];
  readonly notes: readonly ReasonRecord[];
  /** What this step changes, for `git apply` at the root of the repository. */
  readonly diff: string;
}

export interface FileEvent {
  readonly type: 'file';
  readonly repo: string;
  readonly path: string;
  readonly context: string;
  readonly outcome: FileOutcome;
  /** Whether the work tree was written (`--in-place`). */
  readonly written: boolean;
  readonly before: Digest;
  readonly after: Digest;
  readonly added: number;
  readonly removed: number;
  readonly recognised: readonly EvidenceRecord[];
  readonly leftAlone?: ReasonRecord;
  readonly files: readonly { readonly path: string; readonly outcome: 'created' | 'changed'; readonly after: Digest }[];
  readonly notes: readonly ReasonRecord[];
  readonly undo: readonly string[];
  /** All steps together, for `git apply`. */
  readonly diff: string;
}

export interface NoteEvent {
  readonly type: 'note';
  readonly repo: string;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A file or a repository that could not be processed, or a sink that refused it. Without `path`: the whole repository. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly repo: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly path?: string;
  readonly line?: number;
}

/**
 * What became of a repository: `changed` at least one Dockerfile would change or did; `refused` none, but something was refused;
 * `left-alone` every Dockerfile is something else than a single-stage application; `fine` nothing to do; `none-found` no
 * Dockerfile; `error` it, or a file of it, could not be processed, or a sink refused it: such a repository is done again by
 * `--resume`.
 */
export type RepoOutcome = 'changed' | 'refused' | 'left-alone' | 'fine' | 'none-found' | 'error';

/** The branch that holds a repository's changes, whether this run made it or found it with exactly these commits. */
export interface BranchRecord {
  readonly name: string;
  /** Object id of its tip. */
  readonly commit: string;
  readonly commits: number;
  /** Whether the remote repository has it; absent when pushing was not asked for or failed (then there is an `error` event). */
  readonly pushed?: boolean;
}

export interface RepoEvent {
  readonly type: 'repo';
  /** As listed: a path relative to the working directory, or a URL without credentials. */
  readonly repo: string;
  /** Position in the whole list, from 0. */
  readonly index: number;
  /** Object id of the commit that was read; absent with `--in-place` and when there is none. */
  readonly base?: string;
  /** Digest of repository, base, program version, selection and configuration: equal keys give equal groups. */
  readonly key: Digest;
  readonly outcome: RepoOutcome;
  /** Exit code a run over this repository alone would have had. */
  readonly exitCode: number;
  readonly files: Readonly<Record<FileOutcome, number>>;
  readonly steps: Readonly<Record<StepOutcome, number>>;
  /** Dockerfiles written in place. */
  readonly written: number;
  /** How often each transform changed something, by name. */
  readonly applied: Readonly<Record<string, number>>;
  /** How often each reason kept something from being done, by code: refusals, files left alone, errors. */
  readonly reasons: Readonly<Record<string, number>>;
  /** One line that can title a commit or a pull request. */
  readonly title: string;
  readonly branch?: BranchRecord;
  /** Names of the patches below the directory of `--patches`. */
  readonly patches?: readonly string[];
  /** Milliseconds; only with `--timings`. */
  readonly milliseconds?: number;
}

/** Counted over the last group of every repository. */
export interface SummaryEvent {
  readonly type: 'summary';
  readonly exitCode: number;
  readonly repos: Readonly<Record<RepoOutcome, number>>;
  readonly files: Readonly<Record<FileOutcome, number>>;
  readonly steps: Readonly<Record<StepOutcome, number>>;
  /** Dockerfiles written in place. */
  readonly written: number;
  /** Repositories of this list or shard that have no group yet (`--limit`, an interruption, a circuit breaker). */
  readonly remaining: number;
  readonly milliseconds?: number;
}

export interface EvidenceRecord {
  readonly file: string;
  readonly line?: number;
  readonly says: string;
}

export interface ReasonRecord {
  readonly code: string;
  readonly message: string;
  readonly settle?: string;
  readonly line?: number;
  readonly evidence: readonly EvidenceRecord[];
}

/** An event inside a group. */
export type GroupEvent = StepEvent | FileEvent | NoteEvent | ErrorEvent;
export type JournalEvent = RunEvent | GroupEvent | RepoEvent | SummaryEvent;

/** An event as it is written, once its strings are redacted. */
export type EventDocument = { readonly type: JournalEvent['type'] } & { readonly [name: string]: Json | undefined };
