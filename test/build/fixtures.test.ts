/** Every fixture that changes a Dockerfile is built before and after, started, asked and compared. */
import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/verify/engine.ts';
import {
  caseNames,
  changingFixtures,
  contextOf,
  engineFor,
  faultsOf,
  lacksATool,
  leftovers,
  migrationOf,
  noEngine,
  notBuilt,
  optionsOf,
  proofSettings,
  proved,
  standIns,
  subjectOf,
} from './harness.ts';
import { type SizeRow, sizeRow, sizeTable } from './sizes.ts';

const fixtures = changingFixtures();
const excluded = notBuilt();
const rows: SizeRow[] = [];
let engine: Engine;

/** With DFMIGRATE_BUILD_RECORD=file, what was found wrong is kept there, a JSON line per case, as soon as it is known. */
function record(name: string, faults: readonly string[]): void {
  const file = process.env['DFMIGRATE_BUILD_RECORD'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, faults })}\n`);
}

describe.skipIf(noEngine !== undefined).concurrent('fixtures, built before and after', () => {
  beforeAll(async () => {
    engine = await engineFor('docker');
  });
  afterAll(() => {
    if (rows.length > 0) process.stdout.write(`\n${sizeTable(rows)}\n`);
    expect(leftovers('docker')).toEqual([]);
  });
  // the name as a value of its own is searched whole by `-t`; as a field of the fixture it is cut short
  const built = fixtures.filter(({ name }) => !excluded.has(name)).map((fixture) => [fixture.name, fixture] as const);
  it.for(built)('%s', async ([name, fixture], context) => {
    const isStory = name.startsWith('story/');
    const migration = migrationOf(fixture);
    const missing = await standIns([migration.before, migration.after]);
    record(
      name,
      missing.map((image) => `no stand-in for ${image}`),
    );
    expect(missing.filter((image) => !lacksATool(image))).toEqual([]);
    if (missing.length > 0) context.skip(`no stand-in for ${missing.join(', ')}`);
    const options = optionsOf(name);
    const source = await contextOf(fixture, options);
    const settings = { ...proofSettings(options, fixture.options.target), contents: isStory };
    const proof = await proved(subjectOf(fixture, migration, source.folder), engine, settings).finally(source.discard);
    if (isStory) rows.push(sizeRow(name, proof));
    record(name, faultsOf(proof));
    expect(faultsOf(proof)).toEqual([]);
  });
});

describe('the list of what is not built', () => {
  const names = new Set(fixtures.map(({ name }) => name));
  it('names only fixtures that change a Dockerfile', () => {
    expect([...excluded.keys()].filter((name) => !names.has(name))).toEqual([]);
    expect(caseNames.filter((name) => !names.has(name))).toEqual([]);
  });
  it('gives a cause for each', () => {
    expect([...excluded].filter(([, cause]) => cause.trim().length < 10)).toEqual([]);
  });
});
