/**
 * What is known to be pending, for adopting `--check` gradually: entries of path, transform and outcome that do not count.
 * A text diff of the file is readable: one entry per line, sorted.
 */
import type { Fault } from '../fault.ts';
import type { Migration, Step } from '../migration.ts';
import { type Fields, fieldsOf, textOf } from '../report/record.ts';
import { configFault, configReason } from './reasons.ts';

export interface Baseline {
  readonly path: string;
  readonly entries: ReadonlySet<string>;
}

/** Longest list that is read. */
const mostEntries = 100_000;

/** `path`, for messages. */
export function readBaseline(text: string, path: string): Baseline | Fault {
  const fail = (message: string): Fault => configFault(configReason('baseline', { path, message }), path);
  try {
    const document = fieldsOf(JSON.parse(text));
    if (document?.v !== 1 || !Array.isArray(document.pending)) return fail('it has no "v": 1 and no list "pending"');
    if (document.pending.length > mostEntries) return fail('it is too long');
    const entries = document.pending.map((item: unknown) => keyOf(fieldsOf(item)));
    if (entries.includes(undefined)) return fail('an entry lacks "path", "transform" or "reason"');
    return { path, entries: new Set(entries.flatMap((entry) => entry ?? [])) };
  } catch {
    return fail('it is not JSON');
  }
}

/** The text of a baseline in which everything of these migrations is known. */
export function baselineText(migrations: readonly Migration[]): string {
  const keys = [...new Set(migrations.flatMap(keysOf))].sort();
  const rows = keys.map((key) => {
    const [path, transform, reason] = key.split('\n');
    return `    ${JSON.stringify({ path, transform, reason })}`;
  });
  return `{\n  "v": 1,\n  "pending": [${rows.length === 0 ? '' : `\n${rows.join(',\n')}\n  `}]\n}\n`;
}

/** Is everything that this migration would do, or refuses to do, in the baseline? */
export function isKnown(migration: Migration, baseline: Baseline): boolean {
  return keysOf(migration).every((key) => baseline.entries.has(key));
}

/** How many entries none of these migrations needs any more; entries of files that were not looked at count as needed. */
export function staleEntries(baseline: Baseline, migrations: readonly Migration[]): number {
  const needed = new Set(migrations.flatMap(keysOf));
  const seen = new Set(migrations.map(({ path }) => path));
  return [...baseline.entries].filter((key) => seen.has(key.split('\n')[0] ?? '') && !needed.has(key)).length;
}

function keysOf(migration: Migration): readonly string[] {
  if (migration.leftAlone !== undefined) return [[migration.path, '', migration.leftAlone.code].join('\n')];
  return migration.steps.flatMap((step) => {
    const reason = reasonOf(step);
    return reason === undefined ? [] : [[migration.path, step.transform, reason].join('\n')];
  });
}

function reasonOf({ outcome }: Step): string | undefined {
  if (outcome.kind === 'done') return undefined;
  return outcome.kind === 'change' ? (outcome.because[0]?.code ?? 'changed') : outcome.reason.code;
}

function keyOf(fields: Fields | undefined): string | undefined {
  if (fields === undefined) return undefined;
  const parts = [fields.path, fields.transform, fields.reason].map(textOf);
  const [path, , reason] = parts;
  return path === '' || reason === '' || parts.some((part) => part.includes('\n')) ? undefined : parts.join('\n');
}
