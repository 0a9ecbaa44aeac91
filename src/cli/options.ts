/** The options of a run, checked: what the command line means, or why it means nothing. */
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
    [raw.quiet === true ? '--quiet' : undefined, raw.verbose === true ? '--verbose' : undefined],
  ];
  const [one, other] = pairs.find((pair) => pair[0] !== undefined && pair[1] !== undefined) ?? [];
  if (one !== undefined && other !== undefined) return { reason: cliReason('conflict', { one, other }), exit: 2 };
  if (raw.stdinFilename !== undefined && raw.stdin !== true) return usage('--stdin-filename goes with --stdin');
  return undefined;
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
  const runtime = toRuntime(raw.runtime);
  if (typeof runtime === 'object' && isFault(runtime)) return runtime;
  const user = toUser(raw.targetUser);
  if (user !== undefined && isFault(user)) return user;
  const healthcheck = toHealthcheck(raw.healthcheck);
  if (typeof healthcheck === 'object' && isFault(healthcheck)) return healthcheck;
  return { runtime, user, healthcheck };
}

const flavours = ['auto', 'slim', 'alpine', 'distroless', 'scratch', 'keep'] as const;

function toRuntime(value: string | undefined): Wishes['runtime'] | Fault {
  if (value === undefined) return defaultWishes.runtime;
  const flavour = flavours.find((name) => name === value);
  if (flavour !== undefined) return flavour;
  const image = /^image=([\w][\w./:@-]{0,511})$/.exec(value)?.[1];
  return image === undefined
    ? usage(`--runtime knows ${flavours.join(', ')} and image=<reference>, not "${value}"`)
    : { image };
}

function toUser(value: string | undefined): Wishes['user'] | Fault {
  if (value === undefined) return defaultWishes.user;
  const [, name = '', uid] = /^([a-z_][a-z0-9_-]{0,31})(?::(\d{1,9}))?$/.exec(value) ?? [];
  if (name === '') return usage(`--target-user wants <name> or <name>:<uid>, not "${value}"`);
  if (name === 'root' || Number(uid ?? 1) === 0) return usage('--target-user cannot be root');
  return { name, uid: uid === undefined ? undefined : Number(uid) };
}

function toHealthcheck(value: string | undefined): Wishes['healthcheck'] | Fault {
  if (value === undefined) return defaultWishes.healthcheck;
  if (value === 'auto' || value === 'off') return value;
  const http = /^http:(\/[!-~]{0,255})$/.exec(value)?.[1];
  if (http !== undefined) return { http };
  const command = /^cmd:([ -~]{1,1000})$/.exec(value)?.[1];
  return command === undefined
    ? usage(`--healthcheck knows auto, off, http:/path and cmd:command, not "${value}"`)
    : { command };
}
