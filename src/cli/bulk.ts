/** `dfmigrate bulk`: the command line into a bulk run, its results onto the streams and into the run directory. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { transforms } from '../../transforms/index.ts';
import { chooseSources, listDigest } from '../bulk/choose.ts';
import { journalVersion, type RepoEvent, type RunEvent } from '../bulk/journal.ts';
import { lineOf, summarise } from '../bulk/journal-merge.ts';
import { slugOf } from '../bulk/patches.ts';
import { createPool } from '../bulk/pool.ts';
import { type BulkEnd, type Finished, runBulk, tasksOf } from '../bulk/run.ts';
import { openRunDirectory, type RunDirectory, readStoredRun, type StoredRun } from '../bulk/run-directory.ts';
import { configDigest, type Settings } from '../bulk/settings.ts';
import { listSources, type Source } from '../bulk/sources.ts';
import type { WorkerChoice } from '../bulk/task.ts';
import type { Config } from '../config/config.ts';
import { readFound } from '../config/find.ts';
import { display } from '../discover.ts';
import { type Fault, usage } from '../fault.ts';
import { faultDocument } from '../report/document.ts';
import { faultText, noteText } from '../report/fault-text.ts';
import { groupTree } from '../report/journal-index.ts';
import { pullRequestFile } from '../report/markdown.ts';
import { redact } from '../report/redact.ts';
import type { Transform } from '../transform.ts';
import { migrateInPlace } from './bulk-in-place.ts';
import { type BulkOptions, type RawBulkOptions, toBulkOptions } from './bulk-options.ts';
import { bulkPrinter, type Printer } from './bulk-printer.ts';
import { exitCode } from './exit.ts';
import { type Host, styleFor } from './host.ts';
import { interruption } from './interrupt.ts';
import { isFault, type RawOptions, type RunOptions, toRunOptions, toShowOptions } from './options.ts';
import { matchesAny, select } from './select.ts';

interface Command {
  readonly bulk: BulkOptions;
  readonly run: RunOptions;
  readonly host: Host;
  readonly settings: Settings;
  readonly sources: readonly Source[];
  readonly event: RunEvent;
  readonly directory: RunDirectory | undefined;
}

/** Program options that decide what is done to a repository; a run that is resumed keeps them unless told otherwise. */
const kept = [
  'only',
  'skip',
  'with',
  'until',
  'runtime',
  'targetUser',
  'healthcheck',
  'target',
  'failOn',
  'timeoutPerFile',
] as const satisfies readonly (keyof RawOptions)[];

/** Runs and returns the exit code. `raw` are the command's own options, `rawRun` those of the program. */
export async function bulk(
  named: readonly string[],
  raw: RawBulkOptions,
  rawRun: RawOptions,
  host: Host,
): Promise<number> {
  const stored = raw.resume === undefined ? undefined : readStoredRun(path.resolve(host.cwd, raw.resume), raw.resume);
  if (stored !== undefined && isFault(stored)) return complain([stored], rawRun, host);
  const merged = stored === undefined ? { raw, rawRun } : resumed(stored, raw, rawRun);
  const options = toBulkOptions(merged.raw, named, host.cwd, host.env);
  if (isFault(options)) return complain([options], rawRun, host);
  const run = toRunOptions(merged.rawRun, []);
  if (isFault(run)) return complain([run], rawRun, host);
  const misplaced = misplacedOption(merged.rawRun, options);
  if (misplaced !== undefined) return complain([misplaced], rawRun, host);
  const sources = stored === undefined ? await findSources(options, run, host) : stored.sources;
  if ('faults' in sources) return complain(sources.faults, rawRun, host);
  const command = prepare(
    options,
    run,
    host,
    sources,
    stored === undefined ? storedRun(merged, sources, host) : undefined,
  );
  return isFault(command) ? complain([command], rawRun, host) : execute(command);
}

function resumed(
  stored: StoredRun,
  raw: RawBulkOptions,
  rawRun: RawOptions,
): { readonly raw: RawBulkOptions; readonly rawRun: RawOptions } {
  const { bulk: before = {}, run = {} } = stored.options as {
    readonly bulk?: RawBulkOptions;
    readonly run?: Partial<RawOptions>;
  };
  return { raw: { ...before, ...raw }, rawRun: { ...run, ...rawRun } };
}

/** Wherever a run is resumed, its directories stay where they are. The list stands beside the options. */
function storedRun(
  { raw, rawRun }: { readonly raw: RawBulkOptions; readonly rawRun: RawOptions },
  sources: readonly Source[],
  host: Host,
): StoredRun {
  const {
    repos: _,
    onlyRepos: _only,
    skipRepos: _skip,
    sample: _sample,
    seed: _seed,
    runDir: _dir,
    limit: _limit,
    ...own
  } = raw;
  const absolute = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : path.resolve(host.cwd, name);
  const bulkOptions = { ...own, patches: absolute(own.patches), cacheDir: absolute(own.cacheDir) };
  const files = {
    config: typeof rawRun.config === 'string' ? absolute(rawRun.config) : rawRun.config,
    policy: absolute(rawRun.policy),
  };
  const run = { ...Object.fromEntries(kept.map((name) => [name, rawRun[name]])), ...files };
  return { v: 1, cwd: host.cwd, options: { bulk: bulkOptions, run }, sources };
}

/** Options of a plain run that mean nothing here. */
function misplacedOption(raw: RawOptions, options: BulkOptions): Fault | undefined {
  const writes = options.inPlace ? '--in-place' : options.branch !== undefined ? '--branch' : undefined;
  if (raw.dryRun === true && writes !== undefined) return usage(`--dry-run and ${writes} contradict each other`);
  if ((raw.write === true || raw.yes === true) && !options.inPlace)
    return usage('in bulk, --write goes with --in-place');
  const alien = [
    ['--stdin', raw.stdin],
    ['--context', raw.context],
    ['--patch-dir', raw.patchDir],
    ['--interactive', raw.interactive],
    ['--baseline', raw.baseline],
    ['--report', raw.report],
  ].find(([, value]) => value !== undefined);
  if (alien !== undefined) return usage(`${alien[0]} is about one Dockerfile, not for bulk`);
  const format = raw.format ?? 'text';
  return ['text', 'json', 'jsonl'].includes(format)
    ? undefined
    : usage(`bulk prints text, json or jsonl; make ${format} with: dfmigrate report <run directory>/report.jsonl`);
}

async function findSources(
  options: BulkOptions,
  run: RunOptions,
  host: Host,
): Promise<readonly Source[] | { readonly faults: readonly Fault[] }> {
  const found = await listSources(options.named, host.cwd, (limit) => host.readInput(limit));
  if (found.faults.length > 0) return { faults: found.faults };
  const style = styleFor(host, 'error', run);
  if (run.verbosity !== 'quiet') for (const { reason } of found.notes) host.sink.err(noteText(reason, style));
  const chosen = chooseSources(found.sources, {
    only: options.onlyRepos,
    skip: options.skipRepos,
    sample: options.sample,
  });
  return 'reason' in chosen ? { faults: [chosen] } : chosen;
}

function prepare(
  options: BulkOptions,
  run: RunOptions,
  host: Host,
  sources: readonly Source[],
  store: StoredRun | undefined,
): Command | Fault {
  const chosen = select(transforms, run.selection);
  if (isFault(chosen)) return chosen;
  const choice = choiceOf(run, chosen, host);
  if (isFault(choice)) return choice;
  const settings = settingsOf(options, run, host, chosen, choice);
  const event: RunEvent = {
    type: 'run',
    v: journalVersion,
    tool: `dfmigrate@${host.version}`,
    mode: options.inPlace || options.branch !== undefined ? 'write' : 'preview',
    select: choice.transforms,
    list: listDigest(sources),
    repos: sources.length,
    ...(options.shard === undefined ? {} : { shard: `${options.shard.index}/${options.shard.count}` }),
    config: configDigest(settings),
  };
  const place = options.resume ?? options.runDirectory;
  const directory = place === undefined ? undefined : openRunDirectory(place, display(host.cwd, place), event, store);
  if (directory !== undefined && isFault(directory)) return directory;
  return { bulk: options, run, host, settings, sources, event, directory };
}

/** The operator's configuration files are read once, here. */
function choiceOf(run: RunOptions, chosen: readonly Transform[], host: Host): WorkerChoice | Fault {
  const read = (name: string | undefined): Config | Fault | undefined => {
    const found = name === undefined ? undefined : readFound(path.resolve(host.cwd, name), name);
    return found === undefined || isFault(found) ? found : found.config;
  };
  const policy = read(run.policy);
  if (policy !== undefined && isFault(policy)) return policy;
  const config = typeof run.config === 'string' ? read(run.config) : run.config === false ? undefined : 'look';
  if (typeof config === 'object' && isFault(config)) return config;
  const { only, with: more } = run.selection;
  const insisted = chosen.filter((each) => only.length > 0 || matchesAny(each, more));
  return {
    transforms: chosen.map(({ name }) => name),
    insisted: insisted.map(({ name }) => name),
    asked: run.asked,
    target: run.target,
    config,
    policy,
  };
}

function settingsOf(
  options: BulkOptions,
  run: RunOptions,
  host: Host,
  chosen: readonly Transform[],
  choice: WorkerChoice,
): Settings {
  return {
    version: host.version,
    choice,
    sinks: { branch: options.branch, patches: options.patches, inPlace: options.inPlace },
    committer: options.committer,
    fileLimitMs: run.fileLimitMs,
    repoLimitMs: options.repoLimitMs,
    cacheDirectory: options.cacheDirectory,
    cloneConcurrency: options.cloneConcurrency,
    hide: run.redact ? redact : (text) => text,
    timings: run.timings,
    exitCode: (faults, migrations) => exitCode(faults, migrations, run.failOn),
    migrateInPlace: (source) => migrateInPlace(source, { run, transforms: chosen }),
  };
}

async function execute(command: Command): Promise<number> {
  const { bulk: options, run, host, settings, sources, event, directory } = command;
  const concurrency = options.concurrency ?? Math.min(8, availableParallelism());
  const before = directory?.done ?? new Map<string, RepoEvent>();
  const tasks = tasksOf(sources, options.shard, before, options.failed);
  const pool = createPool(concurrency, settings.choice);
  const signals = interruption();
  const place = directory === undefined ? undefined : display(host.cwd, directory.path);
  const output = bulkPrinter(run, host, event, place);
  output.begin(tasks.length);
  const repos = new Map(before);
  try {
    const end = await runBulk(
      {
        settings,
        pool,
        run: event,
        sources,
        tasks,
        concurrency,
        limit: options.limit,
        breaker: breakerOf(options.maxErrors),
        finished: (done) => {
          repos.set(done.event.repo, done.event);
          directory?.append(done.lines);
          if (directory !== undefined && done.event.files.changed > 0)
            writePullRequest(directory, done, event, settings);
          output.finished(done);
        },
        progress: output.progress,
        interruption: signals,
      },
      before,
    );
    return conclude(command, end, [...repos.values()], output, signals.code());
  } finally {
    await pool.close();
    directory?.close();
    signals.release();
  }
}

function writePullRequest(
  directory: RunDirectory,
  { event: { repo }, lines }: Finished,
  { tool }: RunEvent,
  { hide }: Settings,
): void {
  directory.put(`pr/${slugOf(repo)}.md`, pullRequestFile(groupTree(lines, { name: repo, tool }, hide)));
}

function breakerOf(most: BulkOptions['maxErrors']): (errors: number, done: number) => boolean {
  if (most === undefined) return () => false;
  if (!most.percent) return (errors) => errors >= most.count;
  return (errors, done) => done >= 20 && (100 * errors) / done >= most.count;
}

function conclude(
  { directory, event, run, host }: Command,
  end: BulkEnd,
  repos: readonly RepoEvent[],
  output: Printer,
  signal: number | undefined,
): number {
  const inOrder = [...repos].sort((a, b) => a.index - b.index);
  if (directory !== undefined) {
    const failed = inOrder.filter(({ outcome }) => outcome === 'error').map(({ repo }) => `${repo}\n`);
    directory.put('failed.txt', failed.join(''));
    const merged = end.ended === 'interrupted' ? undefined : directory.finish();
    if (merged !== undefined && isFault(merged)) host.sink.err(faultText(merged, styleFor(host, 'error', run), false));
  }
  const summary = summarise(event, inOrder);
  output.end(summary, inOrder, end);
  if (signal !== undefined) return signal;
  return end.ended === 'breaker' ? Math.max(3, summary.exitCode) : summary.exitCode;
}

function complain(faults: readonly Fault[], raw: RawOptions, host: Host): number {
  const options = toShowOptions(raw);
  for (const fault of faults) {
    if (options.format === 'jsonl') host.sink.out(lineOf({ type: 'error', ...faultDocument(fault) }).toString('utf8'));
    else host.sink.err(faultText(fault, styleFor(host, 'error', options), false));
  }
  return faults[0]?.exit ?? 70;
}
