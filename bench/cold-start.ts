/** Cold start of a dry run of one file beside an empty Node process, in turn. `node dist/bench/cold-start.js [rounds]` */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[2] ?? 15);
const main = fileURLToPath(new URL('../bundle/main.js', import.meta.url));
const story = fileURLToPath(new URL('../../fixtures/story/maven-spring/before', import.meta.url));
const commands = {
  'node -e 0': ['-e', '0'],
  'dfmigrate --version': [main, '--version'],
  'dfmigrate --dry-run': [main, '--dry-run', story],
};

const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
for (let round = -1; round < rounds; round++) {
  for (const [name, argv] of Object.entries(commands)) {
    const start = process.hrtime.bigint();
    const { status } = spawnSync(process.execPath, argv, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
    if (round >= 0) times.get(name)?.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
const base = median(times.get('node -e 0') ?? []);
for (const [name, all] of times)
  console.log(`${name.padEnd(22)} ${median(all).toFixed(0).padStart(5)} ms   ${(median(all) / base).toFixed(2)}x`);

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
}
