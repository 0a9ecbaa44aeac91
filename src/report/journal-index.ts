/**
 * JSONL reports of one or many runs as an index of *groups*: the events of one repository, or of one plain run, with their
 * place in the file. The events themselves are read when they are needed, so that an index of ten thousand repositories is small.
 */
import path from 'node:path';
import type { FileOutcome } from '../migration.ts';
import { type Hide, hidden, type Json } from './document.ts';
import { fileLines, readRange } from './lines.ts';
import {
  countOf,
  type Fields,
  type FileRecord,
  fieldsOf,
  fileOutcomes,
  readError,
  readFile,
  readNote,
  readStep,
  type StepRecord,
  type TreeReport,
  textOf,
} from './record.ts';
import { changedSteps, countReasons, type ReasonCount, refusalsOf } from './tally.ts';

export const treeOutcomes = ['changed', 'refused', 'left-alone', 'fine', 'none-found', 'error'] as const;
export type TreeOutcome = (typeof treeOutcomes)[number];

/** What is kept of a group. */
export interface GroupEntry {
  readonly name: string;
  /** Position in the list of repositories. */
  readonly index: number;
  /** Equal keys are the same work done again; `''` for a plain run. */
  readonly key: string;
  readonly list: string;
  readonly tool: string;
  readonly outcome: TreeOutcome;
  readonly exitCode: number;
  readonly title: string;
  readonly dockerfiles: Readonly<Record<FileOutcome, number>>;
  /** How often each transform changed something. */
  readonly steps: Readonly<Record<string, number>>;
  readonly reasons: readonly ReasonCount[];
  /** Sums over the Dockerfiles whose bases have known sizes. */
  readonly size: { readonly before: number; readonly after: number; readonly files: number } | undefined;
  readonly branch: string | undefined;
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface RunHeadEntry {
  readonly tool: string;
  readonly list: string;
  readonly repos: number;
  readonly shard: { readonly index: number; readonly of: number } | undefined;
}

export interface JournalIndex {
  readonly runs: readonly RunHeadEntry[];
  /** In the order of the file. */
  readonly groups: readonly GroupEntry[];
  /** Lines that are no JSON, most often the torn end of a killed run. */
  readonly unreadable: number;
  /** Groups whose end is missing. */
  readonly unfinished: number;
}

interface Open {
  readonly start: number;
  readonly events: Fields[];
}

/** Reads a JSONL file once. Events and fields it does not know are passed over. Throws when the file cannot be read. */
export function indexJournal(file: string): JournalIndex {
  const runs: RunHeadEntry[] = [];
  const groups: GroupEntry[] = [];
  let [unreadable, unfinished] = [0, 0];
  let open: Open | undefined;
  let end = 0;
  const close = (closing: Fields, at: number): void => {
    const group = open ?? { start: at, events: [] };
    groups.push(entryOf(closing, group.events, runs.at(-1), { file, start: group.start, end: at }));
    open = undefined;
  };
  for (const line of fileLines(file)) {
    const event = parsed(line.bytes);
    if (event === undefined) {
      if (line.bytes.length > 0 || !line.ended) unreadable += 1;
      continue;
    }
    end = line.end;
    if (event.type === 'run') {
      if (open !== undefined) unfinished += 1;
      open = undefined;
      runs.push(readRun(event));
    } else if (event.type === 'repo') close(event, line.end);
    else if (event.type === 'summary') {
      if (fieldsOf(event.repos) === undefined && runs.at(-1)?.list === '') close(event, line.end);
      else open = undefined;
    } else if (grouped.has(textOf(event.type))) {
      if (open !== undefined && open.events.at(-1)?.repo !== event.repo) {
        unfinished += 1;
        open = undefined;
      }
      open ??= { start: line.start, events: [] };
      open.events.push(event);
    }
  }
  if (open !== undefined) {
    unfinished += 1;
    if (runs.at(-1)?.list === '' && open.events.some(({ type }) => type === 'file')) close({}, end);
  }
  return { runs, groups, unreadable, unfinished };
}

const grouped = new Set(['step', 'note', 'error', 'file']);

function parsed(bytes: Buffer): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

function readRun(event: Fields): RunHeadEntry {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(textOf(event.shard)) ?? [];
  return {
    tool: textOf(event.tool),
    list: textOf(event.list),
    repos: countOf(event.repos),
    shard: index === undefined || of === undefined ? undefined : { index: Number(index), of: Number(of) },
  };
}

type Place = Pick<GroupEntry, 'file' | 'start' | 'end'>;

function entryOf(closing: Fields, events: readonly Fields[], run: RunHeadEntry | undefined, at: Place): GroupEntry {
  const tree = treeFrom(events, { name: textOf(closing.repo), tool: run?.tool ?? '', closing });
  const branch = textOf(fieldsOf(closing.branch)?.name);
  return {
    name: tree.name === '' ? path.basename(at.file).replace(/\.jsonl?$/, '') : tree.name,
    index: countOf(closing.index),
    key: textOf(closing.key),
    list: run?.list ?? '',
    tool: tree.tool,
    outcome: treeOutcomes.find((known) => known === closing.outcome) ?? outcomeOfTree(tree),
    exitCode: tree.exitCode,
    title: tree.title,
    dockerfiles: countFiles(tree),
    steps: countSteps(tree),
    reasons: countReasons(tree.files.flatMap(refusalsOf)),
    size: sumSizes(tree),
    branch: branch === '' ? undefined : branch,
    ...at,
  };
}

/** Of two groups of one repository: does the later one count? What succeeded is not replaced by a failure of the same work. */
export function supersedes(
  earlier: Pick<GroupEntry, 'key' | 'outcome'>,
  later: Pick<GroupEntry, 'key' | 'outcome'>,
): boolean {
  return !(earlier.key === later.key && later.outcome === 'error' && earlier.outcome !== 'error');
}

/** The events of a group, read again. Strings go through `hide`. */
export function loadGroup(entry: GroupEntry, hide: Hide): TreeReport {
  const text = readRange(entry.file, entry.start, entry.end).toString('utf8');
  return { ...groupTree(text, entry, hide), title: hide(entry.title) };
}

/** The lines of a group as a tree. Strings go through `hide`. */
export function groupTree(text: string, { name, tool }: Pick<GroupEntry, 'name' | 'tool'>, hide: Hide): TreeReport {
  const events = text.split('\n').flatMap((line) => {
    const event = parsed(Buffer.from(line, 'utf8'));
    return event === undefined ? [] : [fieldsOf(hidden(event as { readonly [name: string]: Json }, hide)) ?? {}];
  });
  const closing = events.findLast(({ type }) => type === 'repo' || type === 'summary') ?? {};
  const own = events.filter(({ type }) => grouped.has(textOf(type)));
  return treeFrom(own, { name: hide(name), tool, closing });
}

interface Around {
  readonly name: string;
  readonly tool: string;
  readonly closing: Fields;
}

function treeFrom(events: readonly Fields[], { name, tool, closing }: Around): TreeReport {
  const steps = new Map<string, StepRecord[]>();
  for (const event of events) {
    const step = event.type === 'step' ? readStep(event) : undefined;
    if (step === undefined) continue;
    const path = textOf(event.path);
    const known = steps.get(path);
    if (known === undefined) steps.set(path, [step]);
    else known.push(step);
  }
  const files = events.flatMap((event): readonly FileRecord[] => {
    const file = event.type === 'file' ? readFile(event, steps.get(textOf(event.path)) ?? []) : undefined;
    return file === undefined ? [] : [file];
  });
  return {
    name,
    tool,
    exitCode: countOf(closing.exitCode),
    title: textOf(closing.title) || titleFor(files),
    files,
    notes: events.filter(({ type }) => type === 'note').map(readNote),
    errors: events.filter(({ type }) => type === 'error').map(readError),
  };
}

function titleFor(files: readonly FileRecord[]): string {
  const changed = files.filter(({ outcome }) => outcome === 'changed').length;
  return changed === 0
    ? 'No Dockerfile needs a migration'
    : `Migrate ${changed === 1 ? 'a Dockerfile' : `${changed} Dockerfiles`}`;
}

function outcomeOfTree(tree: TreeReport): TreeOutcome {
  if (tree.errors.length > 0) return 'error';
  if (tree.files.length === 0) return 'none-found';
  return treeOutcomes.find((outcome) => tree.files.some((file) => file.outcome === outcome)) ?? 'fine';
}

function countFiles(tree: TreeReport): GroupEntry['dockerfiles'] {
  const counts = Object.fromEntries(fileOutcomes.map((outcome) => [outcome, 0])) as Record<FileOutcome, number>;
  for (const { outcome } of tree.files) counts[outcome] += 1;
  counts.error += new Set(tree.errors.filter(({ path }) => path !== undefined).map(({ path }) => path)).size;
  return counts;
}

function countSteps(tree: TreeReport): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { transform } of tree.files.flatMap(changedSteps)) counts.set(transform, (counts.get(transform) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function sumSizes(tree: TreeReport): GroupEntry['size'] {
  const sizes = tree.files.flatMap(({ size }) => (size === undefined ? [] : [size]));
  if (sizes.length === 0) return undefined;
  return {
    before: sizes.reduce((sum, { before }) => sum + before.bytes, 0),
    after: sizes.reduce((sum, { after }) => sum + after.bytes, 0),
    files: sizes.length,
  };
}
