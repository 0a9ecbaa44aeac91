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
import type { Dockerfile, Unreadable } from '../src/dockerfile/model.ts';
import { readDockerfile } from '../src/dockerfile/parse.ts';
import { ecosystems } from '../src/ecosystems/index.ts';
import { catalogue } from '../src/images/catalogue.ts';
import { migrateParsed } from '../src/migrate.ts';
import { type Migration, outcomeOf } from '../src/migration.ts';
import { diskProject } from '../src/project/disk.ts';
import { withFiles } from '../src/project/overlay.ts';
import type { Project } from '../src/project/project.ts';
import { read, session } from '../src/reading/reading.ts';

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
  /** A build tool installs or builds something in it. */
  readonly works: boolean;
  readonly migration: Migration;
  readonly problems: readonly string[];
}

/** The columns that the summary counts, which only looks at applications. */
const mainEcosystems: readonly string[] = ['go', 'java', 'node', 'python'];

/** Why a second stage would have been of no use. */
const gainlessReasons = /^split-stages\s.*(nothing-to-leave-behind|only-downloads|already-staged)$/;

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
console.log(`${summary(results)}\n\n${table(results)}`);
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
  const parsed = readDockerfile(bytes);
  const migration = migrateParsed(parsed, source, project, { path: one.dockerfile });
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
  return { one, works: installsOrBuilds(parsed, project), migration, problems };
}

function installsOrBuilds(parsed: Dockerfile | Unreadable, project: Project): boolean {
  if (parsed.kind === 'unreadable') return false;
  const { commands } = read(parsed, session(project, catalogue(), ecosystems));
  return commands.some(
    ({ owner, work }) => owner !== undefined && (work.role === 'dependencies' || work.role === 'build'),
  );
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

/** Applications of the main ecosystems that install or build something: what became of them. */
function summary(all: readonly Result[]): string {
  const working = all.filter(({ one, works }) => works && one.kind === 'app' && mainEcosystems.includes(one.ecosystem));
  const groups = [...mainEcosystems.map((name) => working.filter(({ one }) => one.ecosystem === name)), working];
  const cells = groups.map((own, index) => {
    const kept = own.filter((result) => !split(result));
    const whole = kept.filter(({ migration }) => migration.leftAlone !== undefined);
    const gainless = kept.filter(isGainless);
    const counts = [
      share(own, split),
      share(own, changed),
      share(own, ({ migration }) => outcomeOf(migration) === 'changed'),
      `${whole.length}`,
      `${gainless.length}`,
      `${kept.length - whole.length - gainless.length}`,
    ];
    return [mainEcosystems[index] ?? 'all', `${own.length}`, ...counts];
  });
  const open = working.filter(({ migration }) => migration.leftAlone === undefined);
  const gaining = open.filter((result) => split(result) || !isGainless(result));
  const head = ['', 'images', 'split', 'structure', 'changed', 'left alone', 'no gain', 'refused'];
  const lines = [head, ...cells].map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(8) : cell.padStart(12))).join(''),
  );
  return [
    'Applications that install or build something:',
    ...lines,
    `Of the ${open.length} that are not left alone, ${share(open, split)} are split and ${share(open, changed)} changed in structure;`,
    `of the ${gaining.length} of them in which something would stay behind, ${share(gaining, split)} are split.`,
  ].join('\n');
}

function isGainless({ migration }: Result): boolean {
  return outcomes(migration).some((text) => gainlessReasons.test(text));
}

function table(all: readonly Result[]): string {
  const lines: string[] = [];
  for (const ecosystem of [...new Set(all.map(({ one }) => one.ecosystem))].sort()) {
    const own = all.filter(({ one }) => one.ecosystem === ecosystem);
    lines.push(`${ecosystem}: ${own.length} cases, ${share(own, changed)} changed, ${share(own, split)} split`);
    for (const [text, count] of counted(own.flatMap(({ migration }) => outcomes(migration))))
      lines.push(`  ${String(count).padStart(4)}  ${text}`);
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

function outcomes(migration: Migration): readonly string[] {
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
  return `${one.id}\t${one.ecosystem}\t${outcomeOf(migration)}\t${outcomes(migration)
    .map((text) => text.replace(/\s+/g, ' '))
    .join('; ')}\n`;
}
