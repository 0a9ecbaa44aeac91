/** The command in a real process on a real engine: what it prints, writes, and leaves behind when it is interrupted. */
import { spawn } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, dfmigrate, folder, program, text } from '../cli/scratch.ts';
import { server, single, split } from './by-hand.ts';
import { leftovers, noEngine, standIns } from './harness.ts';

const story = fileURLToPath(new URL('../../fixtures/story/npm-typescript/', import.meta.url));

function project(): string {
  const directory = folder();
  cpSync(`${story}before`, directory, { recursive: true });
  return directory;
}

describe.skipIf(noEngine !== undefined)('dfmigrate verify --build', () => {
  beforeAll(async () => {
    buildProgram();
    expect(
      await standIns([
        text(`${story}before`, 'Dockerfile'),
        text(`${story}after`, 'Dockerfile'),
        single,
        split('', 'node:20-slim'),
      ]),
    ).toEqual([]);
  });

  it('proves a story, shows the table, and writes it', () => {
    const directory = project();
    const { code, out } = dfmigrate(directory, ['verify', '--build', '--rebuild', '-w', '--markdown', '-q']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^### Dockerfile: proved by building \(docker [^)]*, buildkit\)\n\n\| \| before \| after \| ratio \|\n/,
    );
    expect(out).toMatch(/\| image \| \d+ MB \| \d+ MB \| 0\.\d\d \|\n/);
    expect(out).toMatch(/\| steps from the cache \| \d+ of \d+ \| \d+ of \d+ \|/);
    expect(text(directory, 'Dockerfile')).toBe(text(`${story}after`, 'Dockerfile'));
  });

  it('ends with 5 and writes nothing when the new file is broken', () => {
    const files = { ...server, 'old.Dockerfile': single, Dockerfile: split('', 'node:20-slim', ['views']) };
    const directory = folder(files);
    const { code, out } = dfmigrate(directory, [
      'verify',
      'Dockerfile',
      '--before',
      'old.Dockerfile',
      '--build',
      '-w',
      '-q',
    ]);
    expect([code, out.includes('broken  the new container ends with 1, the old one runs')]).toEqual([5, true]);
    expect(text(directory, 'Dockerfile')).toBe(files.Dockerfile);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves no container, image or folder', async (signal, expected) => {
    const temporary = folder();
    const child = spawn(process.execPath, [program, 'verify', '--build'], {
      cwd: project(),
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (line: string) => {
      if (line.includes('starting')) child.kill(signal);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(expected);
    expect(leftovers('docker', child.pid)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
