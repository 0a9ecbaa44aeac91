/** The proof that needs no engine: the pipeline's own checks on the result, that it is final, and linters when there are any. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Migration } from '../migration.ts';
import { broken, type Finding, note, ok } from './finding.ts';
import { fieldsOf, parseJson, textOf } from './json.ts';
import { type Ended, runProgram, succeeded } from './process.ts';
import { verifyReason } from './reasons.ts';

/** `again`: the same selection run over the result, in a context that has the migration's files. */
export async function staticFindings(migration: Migration, again: Migration): Promise<readonly Finding[]> {
  const rejected = migration.steps.flatMap(({ transform, outcome }) =>
    outcome.kind === 'rejected'
      ? [broken(verifyReason('static-rejected', { step: transform, why: outcome.reason.text }))]
      : [],
  );
  const unsettled = again.steps.flatMap(({ transform, outcome }) =>
    outcome.kind === 'change' || outcome.kind === 'rejected'
      ? [broken(verifyReason('static-unsettled', { step: transform }))]
      : [],
  );
  const faults = [...rejected, ...unsettled];
  const own = faults.length === 0 ? [ok(verifyReason('static-ok'))] : faults;
  return [...own, ...(await linterFindings(migration.before, migration.after))];
}

interface Linter {
  readonly name: string;
  readonly program: string;
  readonly args: (file: string, folder: string) => readonly string[];
  /** What it complains about, one per rule; `undefined`: this is not its output. */
  readonly read: (ended: Ended) => readonly string[] | undefined;
}

const timeLimitMs = 60_000;

const linters: readonly Linter[] = [
  { name: 'hadolint', program: 'hadolint', args: (file) => ['--no-fail', '-f', 'json', file], read: hadolintFindings },
  {
    name: 'docker build --check',
    program: 'docker',
    args: (file, folder) => ['buildx', 'build', '--check', '--call=check,format=json', '-f', file, folder],
    read: buildCheckFindings,
  },
];

/** A linter that is not installed, or too old for the question, is passed over: none is ever required. */
async function linterFindings(before: string, after: string): Promise<readonly Finding[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dfmigrate-lint-'));
  try {
    const found: Finding[] = [];
    for (const linter of linters) {
      const old = await lint(linter, before, folder);
      const next = old === undefined ? undefined : await lint(linter, after, folder);
      for (const finding of next ?? [])
        if (old?.includes(finding) !== true)
          found.push(note(verifyReason('static-linter', { linter: linter.name, finding })));
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lint(linter: Linter, source: string, folder: string): Promise<readonly string[] | undefined> {
  const file = path.join(folder, 'Dockerfile');
  writeFileSync(file, source);
  return linter.read(await runProgram({ program: linter.program, args: linter.args(file, folder), timeLimitMs }));
}

function hadolintFindings(ended: Ended): readonly string[] | undefined {
  const list = parseJson(ended.out);
  if (!succeeded(ended) || !Array.isArray(list)) return undefined;
  return [
    ...new Set(list.map(fieldsOf).map(({ code, message }) => `${textOf(code) ?? ''} ${textOf(message) ?? ''}`.trim())),
  ];
}

function buildCheckFindings(ended: Ended): readonly string[] | undefined {
  const { warnings } = fieldsOf(parseJson(ended.out));
  if (!Array.isArray(warnings)) return undefined;
  const named = warnings
    .map(fieldsOf)
    .map(({ ruleName, detail }) => `${textOf(ruleName) ?? ''} ${textOf(detail) ?? ''}`.trim());
  return [...new Set(named)];
}
