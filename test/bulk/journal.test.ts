import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { mergedBytes, mergeJournals } from '../../src/bulk/journal-merge.ts';
import { scanJournal } from '../../src/bulk/journal-scan.ts';
import { indexJournal, loadGroup } from '../../src/report/journal-index.ts';
import { buildProgram, dfmigrate, folder, program, put, text } from '../cli/scratch.ts';
import { violations } from '../report/schema.ts';
import { fleet, gitIn, manyRepositories } from './fleet.ts';

beforeAll(buildProgram, 120_000);

const merged = (...files: readonly string[]): string => {
  const result = mergeJournals(files);
  if ('reason' in result) throw new Error(result.reason.text);
  return Buffer.concat([...mergedBytes(result)]).toString('utf8');
};

/** Starts the program, ends it `delay` milliseconds after it has begun its journal in `run`, and waits for it. */
async function killed(
  directory: string,
  args: readonly string[],
  run: string,
  delay: number,
  signal: NodeJS.Signals,
): Promise<number | null> {
  const child = spawn(process.execPath, [program, ...args], { cwd: directory, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const lock = path.join(run, 'lock');
  const begun = async (): Promise<void> => {
    while (!existsSync(lock) || !readFileSync(lock, 'utf8').startsWith(`${child.pid} `)) await sleep(5);
    await sleep(delay);
  };
  await Promise.race([begun(), ended]);
  child.kill(signal);
  return ended;
}

const schema = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../src/report/schema/report-v1.schema.json', import.meta.url)), 'utf8'),
);

describe('a journal', () => {
  it('holds to the schema of reports, line by line', () => {
    const { out } = dfmigrate(fleet(), ['bulk', 'all', '--branch', 'x', '--format', 'jsonl']);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['run', 'step', 'file', 'repo', 'note', 'error', 'summary']),
    );
    for (const event of events)
      expect([event.type, violations(event, schema.$defs.event, schema)]).toEqual([event.type, []]);
  });

  it('of a run killed again and again is, in the end, that of an undisturbed run', async () => {
    const directory = manyRepositories(12);
    const run = folder();
    dfmigrate(directory, ['bulk', '.', '--run-dir', `${run}/whole`, '--branch', 'x', '-j', '2']);
    const whole = text(run, 'whole/report.jsonl');
    const names = gitIn(path.join(directory, 'service-0000.git'), 'for-each-ref');
    const other = manyRepositories(12);
    let started = false;
    for (let kill = 0; kill < 6; kill += 1) {
      const args = started
        ? ['bulk', '--resume', `${run}/r`]
        : ['bulk', '.', '--run-dir', `${run}/r`, '--branch', 'x', '-j', '2'];
      await killed(other, args, `${run}/r`, (kill * 137) % 400, 'SIGKILL');
      started = existsSync(path.join(run, 'r/run.json'));
    }
    dfmigrate(
      other,
      started ? ['bulk', '--resume', `${run}/r`] : ['bulk', '.', '--run-dir', `${run}/r`, '--branch', 'x'],
    );
    expect(text(run, 'r/report.jsonl')).toBe(whole);
    expect(gitIn(path.join(other, 'service-0000.git'), 'for-each-ref')).toBe(names);
  });

  it('survives Ctrl-C in good order', async () => {
    const directory = manyRepositories(15);
    const run = folder();
    const code = await killed(directory, ['bulk', '.', '--run-dir', `${run}/r`, '-j', '1'], `${run}/r`, 250, 'SIGINT');
    if (code !== 130) expect(code).toBe(3);
    const index = scanJournal(path.join(run, 'r/report.jsonl'));
    expect([index.damaged, index.closedAt]).toEqual([0, statSync(path.join(run, 'r/report.jsonl')).size]);
    expect(existsSync(path.join(run, 'r/lock'))).toBe(false);
    dfmigrate(directory, ['bulk', '--resume', `${run}/r`]);
    expect(
      merged(path.join(run, 'r/report.jsonl'))
        .split('\n')
        .filter((line) => line.startsWith('{"type":"repo"')),
    ).toHaveLength(15);
  });

  it('cut at any byte loses the cut group alone', () => {
    const directory = fleet();
    dfmigrate(directory, ['bulk', 'all', '--run-dir', 'run']);
    const file = path.join(directory, 'run/report.jsonl');
    const bytes = readFileSync(file);
    for (let length = bytes.length; length > 0; length -= Math.ceil(bytes.length / 40)) {
      put(directory, 'cut.jsonl', bytes.subarray(0, length));
      const { groups, closedAt } = scanJournal(path.join(directory, 'cut.jsonl'));
      expect(closedAt).toBeLessThanOrEqual(length);
      expect(groups.every(({ start, end }) => bytes.subarray(start, end).toString().includes('"type":"repo"'))).toBe(
        true,
      );
    }
    truncateSync(file, bytes.length - 2000);
    appendFileSync(file, 'no journal line');
    dfmigrate(directory, ['bulk', '--resume', 'run']);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('keeps lines of garbage out of the groups', () => {
    const directory = fleet();
    dfmigrate(directory, ['bulk', 'all', '--run-dir', 'run']);
    const lines = text(directory, 'run/report.jsonl').split('\n');
    put(directory, 'odd.jsonl', [lines[0], 'x', '{"type":"step"', ...lines.slice(1)].join('\n'));
    const result = mergeJournals([path.join(directory, 'odd.jsonl')]);
    if ('reason' in result) throw new Error(result.reason.text);
    expect(result.damaged).toBe(2);
    const trees = (name: string) => {
      const { groups } = indexJournal(path.join(directory, name));
      return groups.map((group) => loadGroup(group, (said) => said));
    };
    expect(trees('odd.jsonl')).toEqual(trees('run/report.jsonl'));
  });
});

describe('shards', () => {
  it('of one list, one of them killed and run again, merge into the journal of the whole', async () => {
    const directory = manyRepositories(16);
    const runs = folder();
    dfmigrate(directory, ['bulk', '.', '--run-dir', `${runs}/whole`]);
    for (let shard = 1; shard <= 8; shard += 1) {
      const args = ['bulk', '.', '--run-dir', `${runs}/${shard}`, '--shard', `${shard}/8`, '-j', '1'];
      if (shard === 3) await killed(directory, args, `${runs}/3`, 200, 'SIGKILL');
      else dfmigrate(directory, args);
    }
    const files = [1, 2, 3, 4, 5, 6, 7, 8].map((shard) => path.join(runs, String(shard), 'report.jsonl'));
    const without = mergeJournals(files.filter((_, index) => index !== 2));
    expect('reason' in without ? [] : without.missing).toEqual([2, 10]);
    if (existsSync(path.join(runs, '3/run.json'))) dfmigrate(directory, ['bulk', '--resume', `${runs}/3`]);
    else dfmigrate(directory, ['bulk', '.', '--run-dir', `${runs}/3`, '--shard', '3/8']);
    expect(merged(...files)).toBe(text(runs, 'whole/report.jsonl'));
    expect(merged(...files, ...files.toReversed())).toBe(text(runs, 'whole/report.jsonl'));
  });

  it('of different lists do not merge', () => {
    const directory = fleet();
    dfmigrate(directory, ['bulk', 'all', '--run-dir', 'one']);
    dfmigrate(directory, ['bulk', 'all/team', '--run-dir', 'two']);
    const result = mergeJournals(['one', 'two'].map((name) => path.join(directory, name, 'report.jsonl')));
    expect('reason' in result && result.reason.code).toBe('bulk/journals-differ');
  });
});
