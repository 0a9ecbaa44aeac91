/**
 * Runs the default pipeline over a corpus and prints the table outcome × ecosystem × reason that is reviewed in diffs.
 *
 *   node dist/scripts/corpus.js CORPUS.tsv CHECKOUTS [--cases FILE]
 *
 * CORPUS.tsv has a head line with the columns id, repo, dockerfile, context, ecosystem, kind; CHECKOUTS holds one folder
 * `owner+name` per repository. Exit code 1 when a run crashes, a step is rejected, a comment is lost or a second run changes
 * something.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDockerfile } from '../src/dockerfile/parse.ts';
import { migrateParsed } from '../src/migrate.ts';
import { type Migration, outcomeOf } from '../src/migration.ts';
import { diskProject } from '../src/project/disk.ts';
import { withFiles } from '../src/project/overlay.ts';

interface Case {
  readonly id: string;
  readonly repo: string;
  readonly dockerfile: string;
  readonly context: string;
  readonly ecosystem: string;
  readonly kind: string;
}

interface Result {
  readonly one: Case;
  readonly migration: Migration;
  readonly problems: readonly string[];
}

/** Steps that change what the image is made of. */
const structural = new Set([
  'split-stages',
  'hoist-manifests',
  'prune-dev-dependencies',
  'slim-runtime',
  'lock-install',
]);

const [tsv, checkouts, ...rest] = process.argv.slice(2);
if (tsv === undefined || checkouts === undefined) {
  console.error('usage: corpus.js CORPUS.tsv CHECKOUTS [--cases FILE]');
  process.exit(2);
}
const results = casesOf(readFileSync(tsv, 'utf8')).flatMap((one) => resultOf(one, checkouts) ?? []);
console.log(table(results));
const casesFile = rest[rest.indexOf('--cases') + 1];
if (rest.includes('--cases') && casesFile !== undefined) writeFileSync(casesFile, results.map(caseLine).join(''));
const problems = results.flatMap(({ one, problems: found }) => found.map((problem) => `${one.id}: ${problem}`));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function casesOf(text: string): readonly Case[] {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const columns = head.split('\t');
  const column = (cells: readonly string[], name: string): string => cells[columns.indexOf(name)] ?? '';
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string) => column(cells, name);
    return {
      id: cell('id'),
      repo: cell('repo'),
      dockerfile: cell('dockerfile'),
      context: cell('context'),
      ecosystem: cell('ecosystem'),
      kind: cell('kind'),
    };
  });
}

/** `undefined` when the checkout does not hold the file. */
function resultOf(one: Case, root: string): Result | undefined {
  const repository = join(root, one.repo.replace('/', '+'));
  const path = join(repository, one.dockerfile);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const source = bytes.toString('utf8');
  const project = diskProject(join(repository, one.context), path);
  const migration = migrateParsed(readDockerfile(bytes), source, project, { path: one.dockerfile });
  const problems = migration.steps.flatMap(({ transform, outcome }) =>
    outcome.kind === 'rejected' ? [`${transform} rejected: ${outcome.reason.code} ${outcome.reason.text}`] : [],
  );
  const after = readDockerfile(Buffer.from(migration.after));
  const again = migrateParsed(after, migration.after, withFiles(project, migration.files), { path: one.dockerfile });
  if (again.after !== migration.after || again.files.length > 0) {
    const changed = again.steps.filter((step) => step.outcome.kind === 'change').map((step) => step.transform);
    problems.push(`a second run changes it again: ${changed.join(', ')}`);
  }
  problems.push(...lostComments(source, migration.after));
  return { one, migration, problems };
}

/** Counted as lines of text, independent of the parser that the checks use. */
function lostComments(before: string, after: string): readonly string[] {
  const comments = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('#'));
  const left = new Map<string, number>();
  for (const comment of comments(after)) left.set(comment, (left.get(comment) ?? 0) + 1);
  return comments(before).flatMap((comment) => {
    const count = left.get(comment) ?? 0;
    left.set(comment, count - 1);
    return count > 0 ? [] : [`lost comment ${comment}`];
  });
}

function table(all: readonly Result[]): string {
  const lines: string[] = [];
  for (const ecosystem of [...new Set(all.map(({ one }) => one.ecosystem))].sort()) {
    const own = all.filter(({ one }) => one.ecosystem === ecosystem);
    lines.push(`${ecosystem}: ${own.length} cases, ${share(own, changed)} changed, ${share(own, split)} split`);
    for (const [text, count] of counted(own.flatMap(outcomes))) lines.push(`  ${String(count).padStart(4)}  ${text}`);
  }
  return lines.join('\n');
}

function changed({ migration }: Result): boolean {
  return migration.steps.some((step) => step.outcome.kind === 'change' && structural.has(step.transform));
}

function split({ migration }: Result): boolean {
  return migration.steps.some((step) => step.outcome.kind === 'change' && step.transform === 'split-stages');
}

function share(all: readonly Result[], holds: (result: Result) => boolean): string {
  const count = all.filter(holds).length;
  return `${count} (${Math.round((100 * count) / Math.max(1, all.length))} %)`;
}

function outcomes({ migration }: Result): readonly string[] {
  if (migration.leftAlone !== undefined) return [`left alone            ${migration.leftAlone.code}`];
  return migration.steps.map(({ transform, outcome }) => {
    const code = outcome.kind === 'change' ? '' : ` ${outcome.reason.code}`;
    return `${transform.padEnd(22)}${outcome.kind}${code}`;
  });
}

function counted(texts: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function caseLine({ one, migration }: Result): string {
  return `${one.id}\t${one.ecosystem}\t${outcomeOf(migration)}\t${outcomes({ one, migration, problems: [] })
    .map((text) => text.replace(/\s+/g, ' '))
    .join('; ')}\n`;
}
