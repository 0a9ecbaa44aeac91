/** The image of the tool itself, built from its Dockerfile and run as its first lines say. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, repository, text } from '../cli/scratch.ts';
import { noEngine, standIns } from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const image = `dfmigrate-own-image-${process.pid}`;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function docker(...args: readonly string[]): Ended {
  const child = spawnSync('docker', args, { cwd: root, encoding: 'utf8' });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

/** With nothing but the directory: no network, no writable root, no privilege. */
function runImage(directory: string, options: readonly string[], ...args: readonly string[]): Ended {
  const closed = ['--network', 'none', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  return docker('run', '--rm', ...closed, ...options, '-v', `${directory}:/work`, image, ...args);
}

describe.skipIf(noEngine !== undefined)('the image of the tool', () => {
  beforeAll(async () => {
    expect(await standIns([readFileSync(`${root}/Dockerfile`, 'utf8')])).toEqual([]);
    const built = docker('build', '--network', 'host', '-q', '-t', image, '.');
    expect(built.code === 0 ? '' : built.err).toBe('');
  });
  afterAll(() => void docker('image', 'rm', '-f', image));

  it('previews a repository as an unprivileged user on a read-only root', () => {
    const directory = repository();
    const { code, out, err } = runImage(directory, [], '--dry-run', '--format', 'diff');
    expect([code, err]).toEqual([0, expect.stringContaining('1 would change')]);
    expect(out).toContain('+++ b/Dockerfile');
    expect(docker('inspect', '--format', '{{.Config.User}}', image).out).toBe('node\n');
    expect(git(directory, 'status', '--porcelain')).toBe('');
  });

  it('writes as the user who owns the files', () => {
    const directory = repository();
    const who = ['--user', `${process.getuid?.()}:${process.getgid?.()}`, '--cap-add', 'DAC_OVERRIDE'];
    expect(runImage(directory, who, '--write', '-q').code).toBe(0);
    expect(text(directory, 'Dockerfile')).toContain(' AS runtime');
  });

  it('says why a file stays that it may not write', () => {
    const directory = repository();
    chmodSync(`${directory}/Dockerfile`, 0o444);
    const { code, err } = runImage(directory, ['--user', '65534:65534'], '--write', '-q');
    expect([code, err]).toEqual([3, expect.stringContaining('Dockerfile')]);
    expect(git(directory, 'status', '--porcelain')).toBe('');
  });

  it('has Git, and needs neither a network nor a home', () => {
    const { code, out } = runImage(repository(), ['-e', 'HOME=/nowhere'], 'doctor');
    expect([code, out]).toEqual([0, expect.stringMatching(/git {2,}git version \d/)]);
  });

  it('has nothing left to migrate', () => {
    const { code, out, err } = docker(
      'run',
      '--rm',
      '--network',
      'none',
      '-v',
      `${root}:/work:ro`,
      image,
      '--check',
      'Dockerfile',
    );
    expect([code, `${out}${err}`]).toEqual([0, expect.not.stringContaining('would change')]);
  });
});
