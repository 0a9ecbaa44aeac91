/**
 * Repositories per second and peak memory of `dfmigrate bulk` over generated repositories (see repositories.ts), beside a loop
 * that clones, runs the command in the clone, and commits.
 *
 *   node dist/bench/bulk.js DIRECTORY [plan|branch|loop ...]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [directory, ...asked] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: bulk.js DIRECTORY [plan|branch|loop ...]');
  process.exit(2);
}
const program = fileURLToPath(new URL('../bundle/main.js', import.meta.url));
const count = readdirSync(directory).length;
const scratch = mkdtempSync(path.join(tmpdir(), 'dfm-bench-'));

const loop = `for repo in "$1"/*; do
  rm -rf "$2/clone" && git clone -q --depth 1 "file://$(realpath "$repo")" "$2/clone" &&
    (cd "$2/clone" && node "$3" -w -q >/dev/null 2>&1; git add -A && git -c user.name=x -c user.email=x@example.org commit -q -m migrated) || true
done`;

interface Contestant {
  readonly name: string;
  readonly kind: string;
  readonly command: readonly [string, ...string[]];
}

const bulk = (name: string, kind: string, ...args: readonly string[]): Contestant => ({
  name,
  kind,
  command: [process.execPath, program, 'bulk', directory, '-q', ...args],
});
const contestants: readonly Contestant[] = [
  bulk('plan, -j 1', 'plan', '-j', '1', '--run-dir', path.join(scratch, 'plan-1')),
  bulk('plan, -j 2', 'plan', '-j', '2', '--run-dir', path.join(scratch, 'plan-2')),
  bulk('branches, -j 1', 'branch', '-j', '1', '--branch', 'bench-1', '--run-dir', path.join(scratch, 'branch-1')),
  bulk('branches, -j 2', 'branch', '-j', '2', '--branch', 'bench-2', '--run-dir', path.join(scratch, 'branch-2')),
  { name: 'clone, run, commit', kind: 'loop', command: ['bash', '-c', loop, 'loop', directory, scratch, program] },
];

console.log(`${count} repositories, ${cpus().length} cores, node ${process.version}`);
for (const { name, kind, command } of contestants) {
  if (asked.length > 0 && !asked.includes(kind)) continue;
  const { seconds, peakMb } = await measured(command);
  const memory = kind === 'loop' ? '' : `  peak ${peakMb.toFixed(0).padStart(4)} MB`;
  console.log(
    `${name.padEnd(20)} ${(count / seconds).toFixed(1).padStart(7)} repositories/s  ${seconds.toFixed(1).padStart(7)} s${memory}`,
  );
}
rmSync(scratch, { recursive: true });

/** The peak is the process's own high-water mark, read until it ends. */
async function measured([command, ...args]: readonly [string, ...string[]]): Promise<{
  seconds: number;
  peakMb: number;
}> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: 'ignore' });
  let peakMb = 0;
  const poll = setInterval(() => {
    peakMb = Math.max(peakMb, highWaterMb(child.pid ?? 0));
  }, 50);
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(poll);
  return { seconds: (performance.now() - started) / 1000, peakMb };
}

function highWaterMb(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
