import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { transforms } from '../src/index.ts';
import {
  changes,
  type Fixture,
  filesIn,
  fixturesOf,
  run,
  transformFolders,
  updating,
  writeTree,
  written,
} from './fixture.ts';
import { outcomeText } from './outcome-text.ts';

function expectText(path: string, actual: string): void {
  if (updating) writeFileSync(path, actual);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(actual);
}

function expectTree(directory: string, actual: Record<string, string>): void {
  if (updating) writeTree(directory, actual);
  expect(filesIn(directory)).toEqual(actual);
}

/** With its name, which the test runner shows and searches whole; an object's field it would cut short. */
const named = (fixtures: readonly Fixture[]) => fixtures.map((fixture) => [fixture.name, fixture] as const);

/** Names promise the outcome: `refuses-…` refuses, `done-…` has nothing to do, everything else changes something. */
function expectPromise(fixture: Fixture, kind: string): void {
  const name = fixture.name.split('/').at(-1) ?? '';
  const promised = name.startsWith('refuses-') ? 'refuse' : name.startsWith('done-') ? 'done' : 'change';
  expect(`${fixture.name}: ${kind}`).toBe(`${fixture.name}: ${promised}`);
}

describe.each(transformFolders())('fixtures of %s', (folder) => {
  const transform = transforms.filter((one) => one.name === folder);
  it.each(named(fixturesOf(folder)))('%s', (_name, fixture) => {
    const before = filesIn(join(fixture.directory, 'before'));
    const migration = run(fixture, before, transform);
    expectPromise(fixture, migration.steps[0]?.outcome.kind ?? 'refuse');
    const after = written(before, migration);
    expectTree(join(fixture.directory, 'after'), changes(before, after));
    expectText(join(fixture.directory, 'report.txt'), outcomeText(migration));
    const again = run(fixture, after, transform);
    expect(again.steps.map((step) => step.outcome.kind)).not.toContain('change');
  });
});

describe('stories', () => {
  it.each(named(fixturesOf('story')))('%s', (_name, fixture) => {
    const before = filesIn(join(fixture.directory, 'before'));
    const selected = transforms.filter((transform) => transform.default);
    const migration = run(fixture, before, selected);
    const after = written(before, migration);
    expect(migration.steps.map((step) => step.outcome.kind)).not.toContain('rejected');
    expectTree(join(fixture.directory, 'after'), changes(before, after));
    const steps = migration.steps.filter((step) => step.outcome.kind === 'change' && step.before !== step.after);
    expectTree(
      join(fixture.directory, 'steps'),
      Object.fromEntries(steps.map((step, index) => [`${index + 1}-${step.transform}.Dockerfile`, step.after])),
    );
    expectText(join(fixture.directory, 'report.txt'), outcomeText(migration));
    const again = run(fixture, after, selected);
    expect(again.steps.map((step) => step.outcome.kind)).not.toContain('change');
  });
});
