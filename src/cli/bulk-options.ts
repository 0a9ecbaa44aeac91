/** The options of `dfmigrate bulk`, declared and checked. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { isBranchName, isCommitter } from '../bulk/names.ts';
import { bulkReason } from '../bulk/reasons.ts';
import { parseShard, type Shard } from '../bulk/shard.ts';
import { cliReason, type Fault, usage } from '../fault.ts';

/** Option values as commander collects them. Stored in the run directory, so that `--resume` goes on as the run began. */
export interface RawBulkOptions {
  readonly repos?: readonly string[];
  readonly onlyRepos?: readonly string[];
  readonly skipRepos?: readonly string[];
  readonly branch?: string;
  readonly commits?: string;
  readonly committer?: string;
  readonly push?: boolean;
  readonly patches?: string;
  readonly inPlace?: boolean;
  readonly runDir?: string;
  readonly resume?: string;
  readonly failed?: boolean;
  readonly limit?: string;
  readonly sample?: string;
  readonly seed?: string;
  readonly shard?: string;
  readonly cacheDir?: string;
  readonly cloneConcurrency?: string;
  readonly concurrency?: string;
  readonly timeoutPerRepo?: string;
  readonly maxErrors?: string;
  readonly failFast?: boolean;
}

export interface BulkOptions {
  /** Directories, lists, URLs, `-`. */
  readonly named: readonly string[];
  readonly onlyRepos: readonly string[];
  readonly skipRepos: readonly string[];
  readonly branch: { readonly name: string; readonly squash: boolean; readonly push: boolean } | undefined;
  readonly committer: string;
  readonly patches: string | undefined;
  readonly inPlace: boolean;
  readonly runDirectory: string | undefined;
  readonly resume: string | undefined;
  readonly failed: boolean;
  readonly limit: number;
  readonly sample: { readonly size: number; readonly seed: string } | undefined;
  readonly shard: Shard | undefined;
  readonly cacheDirectory: string;
  readonly cloneConcurrency: number;
  readonly concurrency: number | undefined;
  readonly repoLimitMs: number | undefined;
  readonly maxErrors: { readonly count: number; readonly percent: boolean } | undefined;
}

export type BulkAction = (named: readonly string[], raw: RawBulkOptions) => Promise<void>;

/** Declares the command; the options that choose and describe transforms are those of the program. */
export function addBulkCommand(program: Command, action: BulkAction): void {
  const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  program
    .command('bulk')
    .description('many repositories: what would change, as a plan, patches, branches, or in place')
    .argument('[sources...]', 'directories to search, lists of repositories, URLs, - for a list on standard input')
    .option(
      '--repos <list>',
      'a list: one path or URL a line, optionally a ref; # begins a comment; repeatable',
      several,
    )
    .option('--only-repos <glob>', 'these repositories of the list; repeatable', several)
    .option('--skip-repos <glob>', 'not these; repeatable', several)
    .option('--branch <name>', 'commit the changes to this branch; no checkout is touched')
    .option('--commits <how>', 'per-step or squash (default: per-step)')
    .option('--committer <name>', 'author and committer, "Name <address>"')
    .option('--push', 'push that branch to origin; only a branch that dfmigrate made')
    .option('--patches <dir>', 'patches for git am, one per step, a directory per repository')
    .option('--in-place', 'write the work trees, what git can give back (with --write: everything)')
    .option('--run-dir <dir>', 'keep the journal, the texts of pull requests and the failures here')
    .option('--resume <dir>', 'go on with the run in this directory')
    .option('--failed', 'with --resume: only what failed')
    .option('--limit <n>', 'do at most so many repositories')
    .option('--sample <n>', 'a sample of the list')
    .option('--seed <text>', 'another sample (default: 1)')
    .option('--shard <i/n>', 'every n-th repository, from the i-th; auto, auto/n: by the variables of the CI system')
    .option('--cache-dir <dir>', 'where repositories given by URL are kept')
    .option('--clone-concurrency <n>', 'connections at once (default: 4)')
    .option('-j, --concurrency <n>', 'repositories at once (default: cores, at most 8)')
    .option('--timeout-per-repo <seconds>', 'time limit of a repository (default: 60, with URLs 600)')
    .option('--max-errors <n>', 'stop after so many errors, a number or n%')
    .option('--fail-fast', 'stop at the first error')
    .addHelpText(
      'after',
      '\nOptions of dfmigrate itself that choose and describe transforms, reports and configuration apply too: dfmigrate --help',
    )
    .action(async (named: string[], raw: RawBulkOptions) => action(named, raw));
}

/** The checked options, or the first thing wrong with them. */
export function toBulkOptions(
  raw: RawBulkOptions,
  sources: readonly string[],
  cwd: string,
  env: Readonly<NodeJS.ProcessEnv>,
): BulkOptions | Fault {
  const contradiction = conflict(raw, sources);
  if (contradiction !== undefined) return contradiction;
  if (raw.branch !== undefined && !isBranchName(raw.branch))
    return { reason: bulkReason('branch-name', { name: raw.branch }), exit: 2 };
  if (raw.committer !== undefined && !isCommitter(raw.committer)) return usage('--committer wants "Name <address>"');
  if (raw.commits !== undefined && !['per-step', 'squash'].includes(raw.commits))
    return usage(`--commits knows per-step and squash, not "${raw.commits}"`);
  const shard = raw.shard === undefined ? undefined : parseShard(raw.shard, env);
  if (typeof shard === 'string') return usage(shard);
  const numbers = numbersOf(raw);
  if ('reason' in numbers) return numbers;
  const maxErrors = raw.failFast === true ? { count: 1, percent: false } : toMaxErrors(raw.maxErrors);
  if (maxErrors !== undefined && 'reason' in maxErrors) return maxErrors;
  const named = [...(raw.repos ?? []), ...sources];
  const absolute = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : path.resolve(cwd, name);
  return {
    named,
    onlyRepos: raw.onlyRepos ?? [],
    skipRepos: raw.skipRepos ?? [],
    branch:
      raw.branch === undefined
        ? undefined
        : { name: raw.branch, squash: raw.commits === 'squash', push: raw.push === true },
    committer: raw.committer ?? 'dfmigrate <dfmigrate@localhost>',
    patches: absolute(raw.patches),
    inPlace: raw.inPlace === true,
    runDirectory: absolute(raw.runDir),
    resume: absolute(raw.resume),
    failed: raw.failed === true,
    limit: numbers.limit ?? Number.POSITIVE_INFINITY,
    sample: numbers.sample === undefined ? undefined : { size: numbers.sample, seed: raw.seed ?? '1' },
    shard,
    cacheDirectory: absolute(raw.cacheDir) ?? defaultCache(env),
    cloneConcurrency: numbers.cloneConcurrency ?? 4,
    concurrency: numbers.concurrency,
    repoLimitMs: numbers.timeoutPerRepo === undefined ? undefined : numbers.timeoutPerRepo * 1000,
    maxErrors,
  };
}

function defaultCache(env: Readonly<NodeJS.ProcessEnv>): string {
  const base = env.XDG_CACHE_HOME;
  return path.join(
    base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'),
    'dfmigrate',
    'repositories',
  );
}

function conflict(raw: RawBulkOptions, sources: readonly string[]): Fault | undefined {
  const given = (name: string, isGiven: boolean): string | undefined => (isGiven ? name : undefined);
  const pairs: readonly (readonly [string | undefined, string | undefined])[] = [
    [given('--in-place', raw.inPlace === true), given('--branch', raw.branch !== undefined)],
    [given('--in-place', raw.inPlace === true), given('--patches', raw.patches !== undefined)],
    [given('--resume', raw.resume !== undefined), given('--run-dir', raw.runDir !== undefined)],
    [given('--resume', raw.resume !== undefined), given('a source', sources.length + (raw.repos?.length ?? 0) > 0)],
    [given('--fail-fast', raw.failFast === true), given('--max-errors', raw.maxErrors !== undefined)],
  ];
  const [one, other] = pairs.find((pair) => pair[0] !== undefined && pair[1] !== undefined) ?? [];
  if (one !== undefined && other !== undefined) return { reason: cliReason('conflict', { one, other }), exit: 2 };
  if (raw.push === true && raw.branch === undefined) return usage('--push goes with --branch');
  if (raw.commits !== undefined && raw.branch === undefined) return usage('--commits goes with --branch');
  if (raw.failed === true && raw.resume === undefined) return usage('--failed goes with --resume');
  if (raw.seed !== undefined && raw.sample === undefined) return usage('--seed goes with --sample');
  if (raw.resume === undefined && sources.length + (raw.repos?.length ?? 0) === 0)
    return usage('bulk wants repositories: directories, a list, URLs, or --resume <dir>');
  return undefined;
}

const whole = ['limit', 'sample', 'cloneConcurrency', 'concurrency', 'timeoutPerRepo'] as const;
type Numbers = { readonly [K in (typeof whole)[number]]?: number };

function numbersOf(raw: RawBulkOptions): Numbers | Fault {
  const found: [string, number][] = [];
  for (const name of whole) {
    const text = raw[name];
    if (text === undefined) continue;
    if (!/^[1-9]\d{0,8}$/.test(text)) return usage(`--${dashed(name)} wants a whole number from 1, not "${text}"`);
    found.push([name, Number(text)]);
  }
  return Object.fromEntries(found);
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function toMaxErrors(text: string | undefined): BulkOptions['maxErrors'] | Fault {
  if (text === undefined) return undefined;
  const [, count = '', percent = ''] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
  return count === '' || Number(count) === 0
    ? usage(`--max-errors wants a number or a percentage, not "${text}"`)
    : { count: Number(count), percent: percent === '%' };
}
