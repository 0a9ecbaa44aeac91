/**
 * Is a run that was killed again and again, each time resumed, in the end the run that was never disturbed? Branches included.
 *
 *   node dist/bench/bulk-kills.js DIRECTORY [kills] [seed]
 *
 * Ends with 1 when the journals differ in a byte. DIRECTORY holds repositories, as repositories.js makes them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const [directory, kills = '50', seed = '1'] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: bulk-kills.js DIRECTORY [kills] [seed]');
  process.exit(2);
}
const program = fileURLToPath(new URL('../bundle/main.js', import.meta.url));
const scratch = mkdtempSync(path.join(tmpdir(), 'dfm-kills-'));
const args = (run: string): readonly string[] => {
  const place = path.join(scratch, run);
  if (existsSync(path.join(place, 'run.json'))) return ['bulk', '--resume', place];
  return ['bulk', directory, '--branch', 'kills', '--run-dir', place, '-j', '2'];
};
const started = performance.now();
spawnSync(process.execPath, [program, ...args('whole')], { stdio: 'ignore' });
const wholeMs = performance.now() - started;

let state = Number(seed);
let [hits, before] = [0, 0];
for (let kill = 0; kill < Number(kills); kill += 1) {
  const child = spawn(process.execPath, [program, ...args('killed')], { stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await Promise.race([sleep(300 + random() * (wholeMs / Number(kills)) * 3), ended]);
  child.kill('SIGKILL');
  if ((await ended) === null) hits += 1;
  const size = existsSync(journal('killed')) ? readFileSync(journal('killed')).length : 0;
  if (size < before) console.log(`kill ${kill + 1}: a torn tail of the journal was cut`);
  before = size;
}
spawnSync(process.execPath, [program, ...args('killed')], { stdio: 'ignore' });
const same = readFileSync(journal('killed')).equals(readFileSync(journal('whole')));
console.log(`${hits} of ${kills} kills hit a running process; the journals ${same ? 'are equal' : 'DIFFER'}`);
rmSync(scratch, { recursive: true });
process.exitCode = same ? 0 : 1;

function journal(run: string): string {
  return path.join(scratch, run, 'report.jsonl');
}

/** From 0 to 1; the same numbers for the same seed. */
function random(): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state / 2_147_483_648;
}
