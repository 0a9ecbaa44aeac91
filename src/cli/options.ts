/** The options of a run, checked: what the command line means, or why it means nothing. */
import { flavours, readHealthcheck, readRuntime, readUser } from '../config/wishes.ts';
import { cliReason, type Fault, usage } from '../fault.ts';
import { defaultFileLimitMs } from '../limits.ts';
import type { ColourChoice } from '../report/colour.ts';
import type { Verbosity } from '../report/text.ts';
import { defaultWishes, type Wishes } from '../transform.ts';

export const formats = ['text', 'diff', 'json', 'jsonl', 'markdown', 'github', 'sarif', 'html', 'csv'] as const;
export type Format = (typeof formats)[number];
export const failConditions = ['changes', 'skipped', 'none-found', 'error', 'never'] as const;
export type FailCondition = (typeof failConditions)[number];

/** Option values as commander collects them. */
export interface RawOptions {
  readonly dryRun?: boolean;
  readonly write?: boolean;
  readonly yes?: boolean;
  readonly check?: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly with?: readonly string[];
  readonly until?: string;
  readonly runtime?: string;
  readonly targetUser?: string;
  readonly healthcheck?: string;
  readonly context?: string;
  readonly target?: string;
  readonly stdin?: boolean;
  readonly stdinFilename?: string;
  readonly format?: string;
  readonly report?: readonly string[];
  readonly patchDir?: string;
  readonly failOn?: readonly string[];
  readonly color?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly allowDirty?: boolean;
  readonly redact?: boolean;
  readonly timings?: boolean;
  readonly timeoutPerFile?: string;
  readonly interactive?: boolean;
  /** `false`: none is looked for. */
  readonly config?: string | boolean;
  readonly policy?: string;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
}

/** Patterns as given: ids, `tag:x`, globs. */
export interface Selection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly with: readonly string[];
  readonly until: string | undefined;
}

/** `default`: ask on a terminal, else write what git can give back. */
export type Mode = 'default' | 'preview' | 'check' | 'write';

/** Options that explain, list and run share. */
export interface ShowOptions {
  readonly format: Format;
  readonly colour: ColourChoice;
  readonly verbosity: Verbosity;
  readonly redact: boolean;
}

/** A report besides the one on standard output. */
export interface ReportFile {
  readonly format: Format;
  readonly path: string;
}

export interface RunOptions extends ShowOptions {
  readonly paths: readonly string[];
  readonly mode: Mode;
  readonly selection: Selection;
  readonly wishes: Wishes;
  /** The wishes that were given at all; a configuration fills in the others. */
  readonly asked: { readonly [K in keyof Wishes]: Wishes[K] | undefined };
  readonly interactive: boolean;
  /** A file, or `false`: none is looked for; `undefined`: the nearest one. */
  readonly config: string | false | undefined;
  readonly policy: string | undefined;
  readonly baseline: string | undefined;
  readonly updateBaseline: boolean;
  readonly context: string | undefined;
  readonly target: string | undefined;
  readonly stdin: boolean;
  readonly stdinFilename: string | undefined;
  readonly reports: readonly ReportFile[];
  readonly patchDir: string | undefined;
  readonly failOn: ReadonlySet<FailCondition>;
  readonly allowDirty: boolean;
  readonly timings: boolean;
  readonly fileLimitMs: number;
}

export function isFault(value: object): value is Fault {
  return 'reason' in value && 'exit' in value;
}

/** The checked options, or the first thing wrong with them. */
export function toRunOptions(raw: RawOptions, paths: readonly string[]): RunOptions | Fault {
  const contradiction = conflict(raw, paths);
  if (contradiction !== undefined) return contradiction;
  const wishes = toWishes(raw);
  if (isFault(wishes)) return wishes;
  const failOn = toFailOn(raw);
  if (isFault(failOn)) return failOn;
  const fileLimitMs = toLimit(raw.timeoutPerFile);
  if (typeof fileLimitMs === 'object') return fileLimitMs;
  const reports = toReports(raw.report ?? []);
  if ('reason' in reports) return reports;
  return {
    ...toShowOptions(raw),
    paths,
    mode: modeOf(raw),
    selection: { only: raw.only ?? [], skip: raw.skip ?? [], with: raw.with ?? [], until: raw.until },
    wishes,
    asked: {
      runtime: raw.runtime === undefined ? undefined : wishes.runtime,
      healthcheck: raw.healthcheck === undefined ? undefined : wishes.healthcheck,
      user: wishes.user,
    },
    interactive: raw.interactive === true,
    config: raw.config === false ? false : typeof raw.config === 'string' ? raw.config : undefined,
    policy: raw.policy,
    baseline: raw.baseline,
    updateBaseline: raw.updateBaseline === true,
    context: raw.context,
    target: raw.target,
    stdin: raw.stdin === true,
    stdinFilename: raw.stdinFilename,
    reports,
    patchDir: raw.patchDir,
    failOn,
    allowDirty: raw.allowDirty === true,
    timings: raw.timings === true,
    fileLimitMs,
  };
}

export function toShowOptions(raw: RawOptions): ShowOptions {
  return {
    format: formats.find((format) => format === raw.format) ?? 'text',
    colour: raw.color === 'always' || raw.color === 'never' ? raw.color : 'auto',
    verbosity: raw.quiet === true ? 'quiet' : raw.verbose === true ? 'verbose' : 'normal',
    redact: raw.redact !== false,
  };
}

/** A patch directory is a place to put the changes; the files themselves are then written only on request. */
function modeOf(raw: RawOptions): Mode {
  if (raw.check === true) return 'check';
  if (raw.write === true || raw.yes === true) return 'write';
  return raw.dryRun === true || raw.patchDir !== undefined ? 'preview' : 'default';
}

function conflict(raw: RawOptions, paths: readonly string[]): Fault | undefined {
  const writes = raw.write === true ? '--write' : raw.yes === true ? '--yes' : undefined;
  const pairs: readonly (readonly [string | undefined, string | undefined])[] = [
    [raw.dryRun === true ? '--dry-run' : undefined, writes],
    [raw.check === true ? '--check' : undefined, writes],
    [raw.stdin === true ? '--stdin' : undefined, writes],
    [raw.stdin === true ? '--stdin' : undefined, paths.length > 0 ? 'a path' : undefined],
    [raw.stdin === true ? '--stdin' : undefined, raw.report !== undefined ? '--report' : undefined],
    ...['--dry-run', '--check', '--stdin', '--quiet', '--patch-dir'].map(
      (name) => [raw.interactive === true ? '--interactive' : undefined, given(raw, name) ? name : undefined] as const,
    ),
    [
      raw.interactive === true ? '--interactive' : undefined,
      raw.format === 'text' ? undefined : raw.format && '--format',
    ],
    [raw.interactive === true ? '--interactive' : undefined, writes],
    [raw.quiet === true ? '--quiet' : undefined, raw.verbose === true ? '--verbose' : undefined],
  ];
  const [one, other] = pairs.find((pair) => pair[0] !== undefined && pair[1] !== undefined) ?? [];
  if (one !== undefined && other !== undefined) return { reason: cliReason('conflict', { one, other }), exit: 2 };
  if (raw.updateBaseline === true && raw.baseline === undefined) return usage('--update-baseline goes with --baseline');
  if (raw.stdinFilename !== undefined && raw.stdin !== true) return usage('--stdin-filename goes with --stdin');
  return undefined;
}

function given(raw: RawOptions, name: string): boolean {
  const values: Readonly<Record<string, unknown>> = {
    '--dry-run': raw.dryRun,
    '--check': raw.check,
    '--stdin': raw.stdin,
    '--quiet': raw.quiet,
    '--patch-dir': raw.patchDir,
  };
  return values[name] !== undefined;
}

/** What the environment says where the command line says nothing: `DFMIGRATE_ONLY`, `DFMIGRATE_RUNTIME` and their like. */
export function withEnvironment(raw: RawOptions, env: Readonly<NodeJS.ProcessEnv>): RawOptions {
  const text = (name: string): string | undefined => env[`DFMIGRATE_${name}`] || undefined;
  const list = (name: string): readonly string[] | undefined =>
    text(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const values: RawOptions = {
    ...optional('only', list('ONLY')),
    ...optional('skip', list('SKIP')),
    ...optional('runtime', text('RUNTIME')),
    ...optional('healthcheck', text('HEALTHCHECK')),
    ...optional('targetUser', text('TARGET_USER')),
    ...optional('policy', text('POLICY')),
  };
  return { ...values, ...raw };
}

function optional<K extends keyof RawOptions>(key: K, value: RawOptions[K]): RawOptions {
  return value === undefined ? {} : { [key]: value };
}

/** Seconds, possibly a fraction, into milliseconds. */
function toLimit(value: string | undefined): number | Fault {
  if (value === undefined) return defaultFileLimitMs;
  const seconds = /^\d{1,6}(?:\.\d{1,3})?$/.test(value) ? Number(value) : 0;
  return seconds > 0 ? seconds * 1000 : usage(`--timeout-per-file wants seconds, not "${value}"`);
}

function toFailOn(raw: RawOptions): ReadonlySet<FailCondition> | Fault {
  const given = raw.failOn ?? [];
  const unknown = given.find((name) => !failConditions.some((condition) => condition === name));
  if (unknown !== undefined) return usage(`--fail-on knows ${failConditions.join(', ')}, not "${unknown}"`);
  const conditions = failConditions.filter((condition) => given.includes(condition));
  if (conditions.includes('never') && conditions.length > 1) return usage('--fail-on never stands alone');
  if (conditions.includes('never')) return new Set(conditions);
  return new Set<FailCondition>([...conditions, 'error', ...(raw.check === true ? (['changes'] as const) : [])]);
}

/** `sarif=out.sarif`. */
function toReports(given: readonly string[]): readonly ReportFile[] | Fault {
  const found: ReportFile[] = [];
  for (const text of given) {
    const [, name, file = ''] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
    const format = formats.find((known) => known === name);
    if (format === undefined)
      return usage(`--report wants <format>=<file> with one of ${formats.join(', ')}, not "${text}"`);
    found.push({ format, path: file });
  }
  return found;
}

function toWishes(raw: RawOptions): Wishes | Fault {
  const runtime = raw.runtime === undefined ? defaultWishes.runtime : readRuntime(raw.runtime);
  if (runtime === undefined) {
    return usage(`--runtime knows ${flavours.join(', ')} and image=<reference>, not "${raw.runtime}"`);
  }
  const user = raw.targetUser === undefined ? { known: true, user: defaultWishes.user } : readUser(raw.targetUser);
  if (!user.known) {
    return raw.targetUser?.startsWith('root') === true || /:0+$/.test(raw.targetUser ?? '')
      ? usage('--target-user cannot be root')
      : usage(`--target-user wants <name> or <name>:<uid>, not "${raw.targetUser}"`);
  }
  const healthcheck = raw.healthcheck === undefined ? defaultWishes.healthcheck : readHealthcheck(raw.healthcheck);
  if (healthcheck === undefined) {
    return usage(`--healthcheck knows auto, off, http:/path and cmd:command, not "${raw.healthcheck}"`);
  }
  return { runtime, user: user.user, healthcheck };
}
