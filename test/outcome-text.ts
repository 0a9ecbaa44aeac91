/** What a migration says, without diffs and layout: the form in which fixtures and the corpus are reviewed. */
import type { Evidence, Reason } from '../src/answer.ts';
import type { Migration, Step } from '../src/migration.ts';

export function outcomeText(migration: Migration): string {
  const head = migration.recognised.map((fact) => `recognised ${evidence(fact)}`);
  if (migration.leftAlone !== undefined)
    return `${[...head, 'left alone', ...reason(migration.leftAlone)].join('\n')}\n`;
  return `${[...head, ...migration.steps.flatMap(step)].join('\n')}\n`;
}

export function stepText(one: Step): string {
  return `${step(one).join('\n')}\n`;
}

function step({ transform, outcome }: Step): readonly string[] {
  const reasons = outcome.kind === 'change' ? [...outcome.because, ...(outcome.notes ?? [])] : [outcome.reason];
  return [`${transform}: ${outcome.kind}`, ...reasons.flatMap(reason)];
}

function reason(one: Reason): readonly string[] {
  const settle = one.settle === undefined ? [] : [`    settle: ${one.settle}`];
  return [`  ${one.code}: ${one.text}`, ...settle, ...(one.evidence ?? []).map((each) => `    ${evidence(each)}`)];
}

function evidence({ file, line, says }: Evidence): string {
  return `${file}${line === undefined ? '' : `:${line}`} ${says.replaceAll('\n', '\\n')}`;
}
