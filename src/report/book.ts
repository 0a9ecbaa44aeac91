/** Many runs as one: shards merged, what was done again replaced, what is missing named. */
import type { Hide } from './document.ts';
import {
  type GroupEntry,
  type JournalIndex,
  loadGroup,
  type RunHeadEntry,
  supersedes,
  type TreeOutcome,
  treeOutcomes,
} from './journal-index.ts';
import type { TreeReport } from './record.ts';
import { countReasons, type ReasonCount } from './tally.ts';

/** A merged report. Trees are read one at a time. */
export interface Book {
  /** Ordered by the list of repositories, then by name. */
  readonly entries: readonly GroupEntry[];
  readonly missing: Missing;
  readonly unreadable: number;
  readonly unfinished: number;
  /** Names and versions of the programs that wrote it; more than one is worth knowing. */
  readonly tools: readonly string[];
  load(entry: GroupEntry): TreeReport;
}

export interface Missing {
  /** Repositories of the list without any record. */
  readonly repositories: number;
  /** `3/8`: shards without any record. */
  readonly shards: readonly string[];
}

export interface Unmergeable {
  /** The lists of repositories that the journals belong to. */
  readonly lists: readonly string[];
}

/**
 * Merges journals. Runs over different lists do not belong together, unless they are runs over one repository each, as an
 * engine starts them. Giving a journal twice changes nothing.
 */
export function merge(journals: readonly JournalIndex[], hide: Hide): Book | Unmergeable {
  const runs = journals.flatMap((journal) => journal.runs);
  const lists = [...new Set(runs.filter(isShared).map(({ list }) => list))];
  if (lists.length > 1) return { lists };
  const entries = mergedEntries(journals.flatMap(({ groups }) => groups));
  return {
    entries,
    missing: missingFrom(runs.filter(isShared), entries),
    unreadable: journals.reduce((sum, { unreadable }) => sum + unreadable, 0),
    unfinished: journals.reduce((sum, { unfinished }) => sum + unfinished, 0),
    tools: [...new Set(runs.map(({ tool }) => tool))].sort(),
    load: (entry) => loadGroup(entry, hide),
  };
}

function isShared(run: RunHeadEntry): boolean {
  return run.list !== '' && (run.repos > 1 || run.shard !== undefined);
}

/** The group of every repository that counts. */
function mergedEntries(groups: readonly GroupEntry[]): readonly GroupEntry[] {
  const byName = new Map<string, GroupEntry>();
  for (const group of groups) {
    const name = group.list === '' ? `${group.file}:${group.start}` : group.name;
    const earlier = byName.get(name);
    if (earlier === undefined || supersedes(earlier, group)) byName.set(name, group);
  }
  return [...byName.values()].sort((a, b) => a.index - b.index || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function missingFrom(runs: readonly RunHeadEntry[], entries: readonly GroupEntry[]): Missing {
  const repos = Math.max(0, ...runs.map((run) => run.repos));
  const whole = runs.some(({ shard }) => shard === undefined);
  const covered = new Set(entries.filter(({ list }) => list === runs[0]?.list).map(({ index }) => index));
  const present = new Set(runs.map(({ shard }) => `${shard?.index}/${shard?.of}`));
  const of = Math.max(0, ...runs.map(({ shard }) => shard?.of ?? 0));
  const shards = Array.from({ length: whole ? 0 : of }, (_, index) => `${index + 1}/${of}`);
  return {
    repositories: Math.max(0, repos - covered.size),
    shards: shards.filter((shard) => !present.has(shard)),
  };
}

export interface BookTotals {
  readonly outcomes: Readonly<Record<TreeOutcome, number>>;
  readonly dockerfiles: number;
  readonly changed: number;
  /** Most frequent first. */
  readonly steps: readonly (readonly [string, number])[];
  readonly reasons: readonly ReasonCount[];
  readonly size: { readonly before: number; readonly after: number; readonly files: number } | undefined;
}

export function totalsOf({ entries }: Book): BookTotals {
  const outcomes = Object.fromEntries(treeOutcomes.map((outcome) => [outcome, 0])) as Record<TreeOutcome, number>;
  const steps = new Map<string, number>();
  const size = { before: 0, after: 0, files: 0 };
  let [dockerfiles, changed] = [0, 0];
  for (const entry of entries) {
    outcomes[entry.outcome] += 1;
    dockerfiles += Object.values(entry.dockerfiles).reduce((sum, count) => sum + count, 0);
    changed += entry.dockerfiles.changed;
    for (const [name, count] of Object.entries(entry.steps)) steps.set(name, (steps.get(name) ?? 0) + count);
    size.before += entry.size?.before ?? 0;
    size.after += entry.size?.after ?? 0;
    size.files += entry.size?.files ?? 0;
  }
  return {
    outcomes,
    dockerfiles,
    changed,
    steps: [...steps].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    reasons: countReasons(entries.flatMap(({ reasons }) => reasons)),
    size: size.files === 0 ? undefined : size,
  };
}

/** What a reader must know before believing the numbers; `[]` when everything is there. */
export function gaps(book: Book): readonly string[] {
  const { repositories, shards } = book.missing;
  const said: string[] = [];
  if (shards.length > 0) said.push(`missing: ${shards.length === 1 ? 'shard' : 'shards'} ${shards.join(', ')}`);
  if (repositories > 0) said.push(`missing: ${count(repositories, 'repository', 'repositories')} of the list`);
  if (book.unreadable > 0) said.push(`${count(book.unreadable, 'line was', 'lines were')} unreadable and skipped`);
  if (book.unfinished > 0) said.push(`${count(book.unfinished, 'record', 'records')} without an end, left out`);
  if (book.tools.length > 1) said.push(`written by different versions: ${book.tools.join(', ')}`);
  return said;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
