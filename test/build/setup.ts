/** Before all build tests: the engine, or a sentence why there is none. It is stopped again when it was started here. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const engine = fileURLToPath(new URL('engine/engine.sh', import.meta.url));
const call = (...args: readonly string[]) =>
  spawnSync('bash', [engine, ...args], { encoding: 'utf8', timeout: 300_000 });

export function setup(): (() => void) | undefined {
  const reason = whyNot();
  if (reason !== undefined) {
    process.env['DFMIGRATE_BUILD_SKIPPED'] = reason;
    process.stdout.write(`build tests are skipped: ${reason}\n`);
    return undefined;
  }
  const wasUp = call('status').status === 0;
  const up = call('up');
  if (up.status !== 0) {
    process.env['DFMIGRATE_BUILD_SKIPPED'] = `the engine does not start (${up.stderr.trim().split('\n').at(-1) ?? ''})`;
    process.stdout.write(`build tests are skipped: ${process.env['DFMIGRATE_BUILD_SKIPPED']}\n`);
    return undefined;
  }
  for (const [, name = '', value = ''] of call('env').stdout.matchAll(/(\w+)=(\S+)/g))
    process.env[name] = value.replace('$PATH', process.env['PATH'] ?? '');
  return wasUp ? undefined : () => void call('down');
}

function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'the private engine runs on Linux only';
  if (process.getuid?.() !== 0) return 'the private engine needs root';
  if (spawnSync('apt-get', ['--version']).status !== 0) return 'base images are made with apt-get, which is not here';
  return undefined;
}
