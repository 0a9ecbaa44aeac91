/** One file's verification: what was found, what it means, and what is measured side by side. */
import type { Migration } from '../migration.ts';
import type { BuildStep } from './build-log.ts';
import type { Engine } from './engine.ts';
import type { Finding, Measured } from './finding.ts';
import { readinessText } from './judge.ts';
import type { ProbeResult } from './probe.ts';
import type { Bisection, Proof } from './prove.ts';
import type { Health, RunFacts } from './run.ts';

/** `checked`: static part only, and fine. `unclear`: something could not be found out. */
export type Outcome = 'proved' | 'checked' | 'unchanged' | 'unclear' | 'broken';

export interface Verification {
  readonly migration: Migration;
  /** `undefined`: nothing was built. */
  readonly engine: Engine | undefined;
  readonly proof: Proof | undefined;
  /** Static findings, then those of the proof. */
  readonly findings: readonly Finding[];
  readonly bisection: Bisected | undefined;
}

export interface Bisected extends Bisection {
  /** The migration without the step at fault, and what was found about it. */
  readonly without: { readonly migration: Migration; readonly findings: readonly Finding[] } | undefined;
}

export function outcomeOf({ migration, findings, proof }: Verification): Outcome {
  const has = (verdict: Finding['verdict']): boolean => findings.some((finding) => finding.verdict === verdict);
  if (has('broken')) return 'broken';
  if (has('unknown')) return 'unclear';
  if (migration.before === migration.after && migration.files.length === 0) return 'unchanged';
  return proof === undefined ? 'checked' : 'proved';
}

/** May this migration be written? */
export function holds(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== 'broken' && verdict !== 'unknown');
}

export interface Row {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** After divided by before; `undefined` for what is no quantity. */
  readonly ratio: number | undefined;
}

/** The measurements side by side; rows that nothing is known about are left out. */
export function rows(proof: Proof): readonly Row[] {
  const { before, after, rebuild } = proof;
  if (before === undefined || after === undefined) return [];
  const both = (
    label: string,
    of: (one: Measured) => number | undefined,
    show: (value: number) => string,
  ): readonly Row[] => {
    const [old, next] = [of(before), of(after)];
    if (old === undefined || next === undefined) return [];
    return [{ label, before: show(old), after: show(next), ratio: old === 0 ? undefined : next / old }];
  };
  return [
    ...both('image', ({ layers }) => layers?.bytes, bytesText),
    ...both('compressed', ({ contents }) => contents?.compressedBytes, bytesText),
    ...both('layers', ({ layers }) => layers?.count, String),
    ...both('files', ({ contents }) => contents?.entries.size, String),
    ...both('OS packages', ({ contents }) => contents?.packages?.length, String),
    ...both('setuid files', ({ contents }) => contents?.setuid.length, String),
    text('first build', secondsText(before.seconds), secondsText(after.seconds)),
    ...(rebuild === undefined ? [] : rebuildRows(rebuild)),
    text('user', before.config.user || 'root', after.config.user || 'root'),
    ...(before.run === undefined || after.run === undefined ? [] : runRows(before.run, after.run)),
  ];
}

function rebuildRows({ before, after }: NonNullable<Proof['rebuild']>): readonly Row[] {
  const cached = (steps: readonly BuildStep[]): string =>
    `${steps.filter((step) => step.cached).length} of ${steps.length}`;
  const ratio = before.seconds === 0 ? undefined : after.seconds / before.seconds;
  return [
    { label: 'build after a change', before: secondsText(before.seconds), after: secondsText(after.seconds), ratio },
    text('steps from the cache', cached(before.steps), cached(after.steps)),
  ];
}

function runRows(before: RunFacts, after: RunFacts): readonly Row[] {
  const uids = ({ uids: list }: RunFacts): string => list?.join(', ') ?? '?';
  return [
    text('start', `${readinessText(before.readiness)}`, `${readinessText(after.readiness)}`),
    text('uids of processes', uids(before), uids(after)),
    ...before.answers.map((answer, index) =>
      text(`${answer.request.method} ${answer.request.path}`, answerText(answer), answerText(after.answers[index])),
    ),
    text('health check', healthText(before.health), healthText(after.health)),
    text('stop', stopText(before), stopText(after)),
  ];
}

function text(label: string, before: string, after: string): Row {
  return { label, before, after, ratio: undefined };
}

function answerText(result: ProbeResult | undefined): string {
  if (result === undefined) return 'not asked';
  const { answer } = result;
  return answer.kind === 'silent' ? `no answer (${answer.cause})` : String(answer.status);
}

function healthText({ kind }: Health): string {
  return {
    none: 'none',
    healthy: 'healthy',
    unhealthy: 'unhealthy',
    'tool-missing': 'its program is missing',
    unknown: '?',
  }[kind];
}

function stopText({ stopped }: RunFacts): string {
  if (stopped === undefined) return '?';
  return `${secondsText(stopped.seconds)}, ${stopped.exitCode === 137 ? 'killed' : `code ${stopped.exitCode}`}`;
}

/** Decimal units, as engines print them. */
export function bytesText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e3).toFixed(0)} kB`;
}

function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
