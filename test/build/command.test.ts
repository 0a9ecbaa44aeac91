/** The command in a real process on a real engine: what it prints, writes, and leaves behind when it is interrupted. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, dfmigrate, folder, program, text } from '../cli/scratch.ts';
import { server, single, split } from './by-hand.ts';
import { leftovers, noEngine, standIns } from './harness.ts';

const story = fileURLToPath(new URL('../../fixtures/story/npm-typescript/', import.meta.url));

const noCompose =
  noEngine ?? (spawnSync('docker', ['compose', 'version']).status === 0 ? undefined : 'no docker compose');

/** Names are not resolved on the networks of the private engine, so the dependency has an address. */
const composeFile = `services:
  web:
    build: .
    environment:
      STORE: 172.30.247.10
    depends_on:
      - store
  store:
    image: node:20
    command: ["node", "-e", "require('node:net').createServer((socket) => socket.end('kept')).listen(6000)"]
    networks:
      default:
        ipv4_address: 172.30.247.10
networks:
  default:
    ipam:
      config:
        - subnet: 172.30.247.0/24
`;

const asksTheStore = `const net = require('node:net');
const store = net.connect(6000, process.env.STORE);
store.on('error', () => process.exit(1));
store.on('data', (said) => require('node:http').createServer((_request, response) => response.end(said)).listen(3000));
process.on('SIGTERM', () => process.exit(0));
`;

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
    expect(code, out).toBe(0);
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

  it.skipIf(noCompose !== undefined)('starts what the compose service depends on, and takes all of it away', () => {
    const files = { ...server, 'src/server.js': asksTheStore, 'compose.yaml': composeFile };
    const migrated = { 'old.Dockerfile': single, Dockerfile: split('', 'node:20-slim') };
    const directory = folder({ ...files, ...migrated });
    const verify = ['verify', 'Dockerfile', '--before', 'old.Dockerfile', '--build', '-q'];
    const alone = dfmigrate(directory, verify);
    expect(alone.out).toContain('the original does not start here either');
    const { code, out } = dfmigrate(directory, [...verify, '--compose', 'compose.yaml', 'web']);
    expect([code, out.includes('GET /')]).toEqual([0, true]);
    const networks = spawnSync('docker', ['network', 'ls', '--format', '{{.Name}}'], { encoding: 'utf8' }).stdout;
    expect(networks).not.toContain('dfmigrate-verify');
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
