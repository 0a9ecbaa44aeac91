/** Verification as text for people, as a table for a pull request, and as JSON for programs. */
import { hang, lengthOf, wrap } from '../report/layout.ts';
import type { Style } from '../report/style.ts';
import type { BuildStep } from './build-log.ts';
import { shownValue } from './config.ts';
import type { Finding, Verdict } from './finding.ts';
import { readinessText } from './judge.ts';
import { verifyReason } from './reasons.ts';
import { type Bisected, holds, outcomeOf, type Row, rows, type Verification } from './verification.ts';

const outcomes = {
  proved: 'proved by building',
  checked: 'fine, as far as can be said without building',
  unchanged: 'nothing changes',
  unclear: 'not proved',
  broken: 'broken',
} as const;

const tailShown = 12;

/** One file. */
export function verificationText(verification: Verification, style: Style): string {
  const { migration, engine, proof, findings } = verification;
  const outcome = outcomeOf(verification);
  const colour = { broken: style.palette.red, unclear: style.palette.yellow }[String(outcome)] ?? style.palette.green;
  const head = `${style.palette.bold(style.showName(migration.path))}  ${colour(outcomes[outcome])}${engineText(verification, style)}\n`;
  const table = proof === undefined ? '' : tableText(rows(proof), style);
  const said = [...findings]
    .sort((a, b) => weight[a.verdict] - weight[b.verdict])
    .map((finding) => findingText(finding, style));
  const bisected = verification.bisection === undefined ? '' : bisectionText(verification.bisection, style);
  const steps = proof?.rebuild === undefined ? '' : rebuildText(proof.rebuild, style);
  return engine === undefined ? head + said.join('') : `${head}${table}\n${said.join('')}${steps}${bisected}`;
}

const weight: Readonly<Record<Verdict, number>> = { broken: 0, unknown: 1, note: 2, ok: 3 };

function engineText({ engine }: Verification, style: Style): string {
  return engine === undefined ? '' : ` ${style.symbols.dot} ${engine.name} ${engine.version}, ${engine.builder}`;
}

function tableText(table: readonly Row[], style: Style): string {
  if (table.length === 0) return '';
  const all: readonly (readonly string[])[] = [
    ['', 'before', 'after', 'ratio'],
    ...table.map(({ label, before, after, ratio }) => [label, before, after, ratio?.toFixed(2) ?? '']),
  ];
  const width = (column: number): number => Math.max(...all.map((row) => lengthOf(row[column] ?? '')));
  const widths = [0, 1, 2, 3].map(width);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] ?? 0) - lengthOf(cell));
        return column === 0 ? style.show(cell) + gap : gap + style.show(cell);
      })
      .join('   ')
      .trimEnd();
  return `\n${all.map((row) => `  ${line(row)}\n`).join('')}`;
}

function findingText({ verdict, reason, tail }: Finding, style: Style): string {
  const { red, yellow, green, dim } = style.palette;
  const mark = { broken: red('broken '), unknown: yellow('unclear'), note: dim('note   '), ok: green('ok     ') }[
    verdict
  ];
  const settle = reason.settle === undefined || verdict === 'ok' ? '' : `; ${style.show(reason.settle)}`;
  const lines = wrap(`${style.show(reason.text)}${settle}`, style.columns - 10);
  const log = (verdict === 'broken' || verdict === 'unknown' ? (tail ?? []) : []).slice(-tailShown);
  return hang(`  ${mark} `, lines, 10) + log.map((line) => dim(`            | ${style.show(line)}\n`)).join('');
}

function rebuildText(rebuild: NonNullable<NonNullable<Verification['proof']>['rebuild']>, style: Style): string {
  const list = (name: string, steps: readonly BuildStep[]): string =>
    `  ${name}\n${steps.map((step) => `    ${step.cached ? 'cached' : `${step.seconds.toFixed(1)} s`.padStart(6)}  ${style.show(step.name)}\n`).join('')}`;
  const touched = `\n  after a change of ${style.showName(rebuild.touched)}\n`;
  return touched + list('before', rebuild.before.steps) + list('after', rebuild.after.steps);
}

function bisectionText({ step, findings, without }: Bisected, style: Style): string {
  const lines = [step === undefined ? verifyReason('bisect-none') : verifyReason('bisect-step', { step })];
  if (step !== undefined && without !== undefined)
    lines.push(
      holds(without.findings)
        ? verifyReason('bisect-without', { step })
        : verifyReason('bisect-without-broken', { step }),
    );
  const hint = step !== undefined && without !== undefined && holds(without.findings) ? `  use: --skip ${step}\n` : '';
  const faults = findings.map((finding) => findingText(finding, style));
  return `\n${lines.map(({ text }) => `  ${style.palette.bold(text)}\n`).join('')}${faults.join('')}${hint}`;
}

/** A table for a pull request, with the findings below it. */
export function verificationMarkdown(verification: Verification, show: (text: string) => string): string {
  const { migration, engine, proof, findings } = verification;
  const cell = (content: string): string =>
    show(content)
      .replace(/[|\\`<>]/g, '\\$&')
      .replace(/\s*\n\s*/g, ' ');
  const how = engine === undefined ? '' : ` (${engine.name} ${engine.version}, ${engine.builder})`;
  const head = `### ${cell(migration.path)}: ${outcomes[outcomeOf(verification)]}${how}\n\n`;
  const table = proof === undefined ? [] : rows(proof);
  const body = table.map(
    ({ label, before, after, ratio }) =>
      `| ${[label, before, after, ratio?.toFixed(2) ?? ''].map(cell).join(' | ')} |\n`,
  );
  const tableLines = body.length === 0 ? '' : `| | before | after | ratio |\n|---|---:|---:|---:|\n${body.join('')}\n`;
  const list = findings.map(
    ({ verdict, reason }) => `- ${verdict === 'unknown' ? 'unclear' : verdict}: ${cell(reason.text)}\n`,
  );
  const step = verification.bisection?.step;
  const named = step === undefined ? '' : `- ${cell(verifyReason('bisect-step', { step }).text)}\n`;
  return `${head}${tableLines}${list.join('')}${named}`;
}

/** What a program may rely on: names are kept, fields are only added. */
export function verificationJson(verification: Verification): object {
  const { migration, engine, proof, findings, bisection } = verification;
  const finding = ({ verdict, reason, tail }: Finding) => ({
    verdict,
    code: reason.code,
    message: reason.text,
    ...(reason.settle === undefined ? {} : { settle: reason.settle }),
    ...(tail === undefined || tail.length === 0 ? {} : { tail }),
  });
  return {
    path: migration.path,
    outcome: outcomeOf(verification),
    engine: engine === undefined ? null : { name: engine.name, version: engine.version, builder: engine.builder },
    before: sideJson(proof?.before),
    after: sideJson(proof?.after),
    config: (proof?.comparison?.differences ?? []).map(({ before, after, ...rest }) => ({
      ...rest,
      before: before === undefined ? null : shownValue(rest.name, before),
      after: after === undefined ? null : shownValue(rest.name, after),
    })),
    lostFiles: proof?.comparison?.lost ?? [],
    rebuild: proof?.rebuild ?? null,
    findings: findings.map(finding),
    bisect:
      bisection === undefined
        ? null
        : {
            step: bisection.step ?? null,
            findings: bisection.findings.map(finding),
            withoutIsProved: bisection.without === undefined ? null : holds(bisection.without.findings),
          },
  };
}

function sideJson(side: NonNullable<Verification['proof']>['before']): object | null {
  if (side === undefined) return null;
  const { seconds, steps, config, layers, contents, run } = side;
  return {
    bytes: layers?.bytes ?? null,
    compressedBytes: contents?.compressedBytes ?? null,
    layers: layers?.count ?? null,
    packages: contents?.packages ?? null,
    setuid: contents?.setuid ?? null,
    buildSeconds: seconds,
    steps,
    config: {
      ...config,
      env: Object.fromEntries(Object.entries(config.env).map(([name, value]) => [name, shownValue(name, value)])),
    },
    run:
      run === undefined
        ? null
        : {
            start: readinessText(run.readiness),
            seconds: run.seconds,
            answers: run.answers.map(({ request, answer }) => ({
              probe: `${request.method}:${request.path}`,
              ...(answer.kind === 'answered'
                ? { status: answer.status, contentType: answer.contentType }
                : { cause: answer.cause }),
            })),
            health: run.health.kind,
            uids: run.uids ?? null,
            stop: run.stopped ?? null,
          },
  };
}
