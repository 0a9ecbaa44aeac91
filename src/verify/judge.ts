/** Compares what two images are and do. The old one is the measure: what it does not do either is not held against the new one. */
import type { Project } from '../project/project.ts';
import type { ContractField } from '../transform.ts';
import { configDifferences, type OwnNames, shownValue } from './config.ts';
import { broken, type Comparison, type Finding, type Measured, note, ok, unknown } from './finding.ts';
import { lostFiles } from './lost-files.ts';
import { compareResults, onlyBodiesDiffer, type ProbeResult, steadiedText } from './probe.ts';
import { verifyReason } from './reasons.ts';
import type { Health, Readiness, RunFacts } from './run.ts';

const killed = 137;

export interface Grounds {
  /** Fields that the applied steps declare. */
  readonly declared: ReadonlySet<ContractField>;
  readonly own: OwnNames;
  readonly project: Project;
  /** What the old file does after it was built once more without a cache, where that is known. */
  readonly anew?: RunFacts;
}

/** Do the two images answer some request with another body, and only that? A build may draw its names by lot. */
export function mayBeDrawnByLot(before: Measured, after: Measured): boolean {
  const old = before.run?.answers ?? [];
  return after.run?.answers.some((answer, index) => onlyBodiesDiffer(old[index] ?? answer, answer)) === true;
}

export function compare(before: Measured, after: Measured, grounds: Grounds): Comparison {
  const differences = configDifferences(before.config, after.config, grounds.declared, grounds.own);
  const lost =
    before.contents === undefined || after.contents === undefined
      ? []
      : lostFiles(before.contents, after.contents, before.config.workdir, grounds.project);
  const findings = [
    ...configFindings(differences),
    ...fileFindings(lost, before.config.workdir),
    ...(before.run === undefined || after.run === undefined
      ? []
      : runFindings(before.run, after.run, after.config.user, grounds.anew)),
  ];
  return { differences, lost, findings };
}

function configFindings(differences: Comparison['differences']): readonly Finding[] {
  const told = differences.map(({ field, name, before, after, standing }): Finding => {
    const params = {
      field: name === undefined ? field : `${field} ${name}`,
      before: shownValue(name, before),
      after: shownValue(name, after),
    };
    if (standing === 'undeclared') return broken(verifyReason('config-undeclared', params));
    return note(verifyReason(standing === 'base' ? 'config-base' : 'config-declared', params));
  });
  return told.some(({ verdict }) => verdict === 'broken') ? told : [ok(verifyReason('config-equal')), ...told];
}

const shownFiles = 8;

function fileFindings(lost: Comparison['lost'], workdir: string): readonly Finding[] {
  if (lost.length === 0) return [];
  const count = lost.reduce((sum, { files }) => sum + files, 0);
  const names = lost.slice(0, shownFiles).map(({ path, files }) => (files === 1 ? path : `${path} (${files})`));
  const list = `${names.join(', ')}${lost.length > shownFiles ? ', …' : ''}`;
  const mentioned = lost.flatMap(({ path, mentionedBy }) =>
    mentionedBy === undefined ? [] : [note(verifyReason('files-mentioned', { path, source: mentionedBy }))],
  );
  return [...mentioned, note(verifyReason('files-lost', { count, workdir, list }))];
}

function runFindings(before: RunFacts, after: RunFacts, user: string, anew: RunFacts | undefined): readonly Finding[] {
  const starting = startFinding(before.readiness, after);
  if (!isUp(before.readiness) && saysTheSame(before.log, after.log))
    return [starting, note(verifyReason('start-same-log'))];
  if (!isUp(before.readiness) || !isUp(after.readiness) || starting.verdict === 'broken') return [starting];
  return [
    starting,
    ...after.answers.flatMap((answer, index) => probeFinding(before.answers[index], answer, anew?.answers[index])),
    ...healthFinding(before.health, after.health, after.log),
    ...userFinding(before.uids, after.uids, user),
    ...stopFinding(before, after),
  ];
}

function saysTheSame(before: RunFacts['log'], after: RunFacts['log']): boolean {
  return before.length > 0 && steadiedText(before.join('\n')) === steadiedText(after.join('\n'));
}

function isUp({ kind }: Readiness): boolean {
  return kind === 'listening' || kind === 'said' || kind === 'stayed';
}

/** A readiness in words. */
export function readinessText(readiness: Readiness): string {
  switch (readiness.kind) {
    case 'listening':
      return `listens on ${readiness.port}`;
    case 'said':
      return 'says its ready line';
    case 'stayed':
      return 'stays up';
    case 'exited':
      return `ends with ${readiness.code}`;
    case 'silent':
      return readiness.listens.length === 0 ? 'listens on nothing' : `listens on ${readiness.listens.join(', ')} only`;
    case 'not-started':
      return `cannot be started: ${readiness.cause}`;
  }
}

function startFinding(old: Readiness, { readiness: next, log, seconds }: RunFacts): Finding {
  const how = readinessText(old);
  if (old.kind === 'exited' && next.kind === 'exited') return endFinding(old.code, next.code, log);
  if (!isUp(old)) {
    if (isUp(next)) return unknown(verifyReason('start-improved', { how }));
    return unknown(verifyReason('start-both-fail', { how }), log);
  }
  if (next.kind === 'not-started') return broken(verifyReason('start-failed', { cause: next.cause }), log);
  if (next.kind === 'exited') return broken(verifyReason('start-exited', { code: next.code }), log);
  if (next.kind === 'silent') {
    const port = old.kind === 'listening' ? old.port : 'any port';
    return broken(verifyReason('start-silent', { port, seconds }), log);
  }
  if (old.kind === 'listening' && next.kind === 'listening' && old.port !== next.port)
    return broken(verifyReason('start-other-port', { before: old.port, after: next.port }), log);
  if (old.kind === 'listening' && next.kind === 'stayed')
    return broken(verifyReason('start-silent', { port: old.port, seconds }), log);
  return ok(verifyReason('start-same', { how: readinessText(next) }));
}

/** A command that ends with 0 in both is one; anything else proves nothing. */
function endFinding(before: number, after: number, log: readonly string[]): Finding {
  if (before === 0 && after !== 0) return broken(verifyReason('start-other-end', { before, after }), log);
  if (before === after) {
    if (before === 0) return ok(verifyReason('start-ends', { code: 0 }));
    return unknown(verifyReason('start-both-fail', { how: `ends with ${before}` }), log);
  }
  return unknown(verifyReason('start-other-end', { before, after }), log);
}

function probeFinding(
  before: ProbeResult | undefined,
  after: ProbeResult,
  anew: ProbeResult | undefined,
): readonly Finding[] {
  if (before === undefined) return [];
  const name = `${after.request.method} ${after.request.path}`;
  const { steady, difference } = compareResults(before, after, anew);
  if (difference !== undefined) return [broken(verifyReason('probe-differs', { probe: name, difference }))];
  const next = after.answer;
  if (next.kind === 'silent') return [note(verifyReason('probe-silent', { probe: name, cause: next.cause }))];
  const same = ok(verifyReason('probe-same', { probe: name, status: next.status }));
  if (steady) return [same];
  const drawn = anew !== undefined && compareResults(before, after).difference !== undefined;
  return [same, note(verifyReason(drawn ? 'probe-drawn' : 'probe-unsteady', { probe: name }))];
}

function healthFinding(before: Health, after: Health, log: readonly string[]): readonly Finding[] {
  if (after.kind === 'none' || after.kind === 'unknown') return [];
  if (after.kind === 'healthy') return [ok(verifyReason('health-ok'))];
  if (before.kind === after.kind) return [unknown(verifyReason('health-both'))];
  const code = after.kind === 'tool-missing' ? 'health-tool-missing' : 'health-unhealthy';
  return [broken(verifyReason(code, { output: after.output === '' ? 'it says nothing' : after.output }), log)];
}

function userFinding(before: RunFacts['uids'], after: RunFacts['uids'], user: string): readonly Finding[] {
  if (after === undefined || before === undefined) return [];
  const isRoot = user === '' || /^(?:root|0)(?::|$)/.test(user);
  if (after.includes(0) && !isRoot) return [broken(verifyReason('user-root', { user }))];
  const shown = after.join(', ');
  if (before.join() === after.join()) return [ok(verifyReason('user-same', { uids: shown }))];
  return [ok(verifyReason('user-changed', { before: before.join(', '), after: shown }))];
}

function stopFinding({ stopped: before }: RunFacts, { stopped: after, log }: RunFacts): readonly Finding[] {
  if (before === undefined || after === undefined) return [];
  const { seconds, exitCode } = after;
  if (exitCode === killed && before.exitCode === killed) return [note(verifyReason('stop-neither'))];
  if (exitCode === killed) return [broken(verifyReason('stop-lost', { seconds }), log)];
  if (before.exitCode === killed) return [ok(verifyReason('stop-gained', { seconds }))];
  return [ok(verifyReason('stop-ok', { seconds, code: exitCode }))];
}
