/** The command in real processes; the engines are small scripts on PATH that behave as broken ones do. */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, dfmigrate, folder, text } from '../cli/scratch.ts';

const story = fileURLToPath(new URL('../../fixtures/story/maven-spring/before', import.meta.url));

beforeAll(buildProgram, 120_000);

function project(): string {
  const directory = folder();
  cpSync(story, directory, { recursive: true });
  return directory;
}

/** A PATH on which these scripts are the only engines. */
function engines(scripts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const bin = folder();
  for (const [name, body] of Object.entries(scripts)) {
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return {
    PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].filter((at) => at !== '/usr/local/bin').join(delimiter),
  };
}

/** Scripts for the engines that a machine might have, all missing unless given. */
function only(scripts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const absent = 'echo not here >&2; exit 127';
  return engines({
    docker: absent,
    podman: absent,
    nerdctl: absent,
    buildah: absent,
    hadolint: 'exit 127',
    ...scripts,
  });
}

const down =
  'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1';
const forbidden = 'echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1';
/** Answers questions, and fails every build with the given words. */
const failing = (words: string): string =>
  `case "$1" in version) echo 26.1.5 ;; buildx) echo v0.13 ;; network) echo bridge ;; rmi|rm) exit 0 ;; build) echo "${words}" >&2; exit 1 ;; *) exit 1 ;; esac`;

describe('dfmigrate verify', () => {
  it('checks the result without an engine', () => {
    const { code, out } = dfmigrate(project(), ['verify'], { env: only({}) });
    expect([code, out]).toEqual([
      0,
      'Dockerfile  fine, as far as can be said without building\n' +
        '  ok      the result parses, passes every check of the pipeline, and a second run changes nothing\n',
    ]);
  });

  it('says why no engine answers, each in its own words, and ends with 3', () => {
    const { code, out } = dfmigrate(project(), ['verify', '--build', '--json'], {
      env: only({ docker: down, podman: forbidden }),
    });
    const { files } = JSON.parse(out) as {
      files: readonly { findings: readonly { code: string; message: string }[] }[];
    };
    expect(code).toBe(3);
    expect(files[0]?.findings.at(-1)?.message).toBe(
      'no container engine answers: docker is installed, but its service does not answer; ' +
        'this user may not use the socket of podman; nerdctl does not work: not here; buildah does not work: not here',
    );
  });

  it.each([
    [
      'a name that cannot be resolved',
      'dial tcp: lookup registry.example on 1.1.1.1:53: no such host',
      'the build cannot reach the network',
    ],
    ['a full disk', 'write /var/lib/x: no space left on device', 'the disk is full'],
    ['a daemon that dies', 'error during connect: Cannot connect to the Docker daemon', 'docker stopped answering'],
    ['a program that a step does not find', '/bin/sh: 1: apk: not found', 'the build fails'],
    [
      'a base image that is not there',
      'failed to solve: node:99: failed to resolve source metadata for docker.io/library/node:99: docker.io/library/node:99: not found',
      'node:99 cannot be pulled: the registry does not have it',
    ],
  ])('%s is no fault of the migration', (_name, words, said) => {
    const directory = project();
    const { code, out } = dfmigrate(directory, ['verify', '--build', '-w', '--markdown'], {
      env: only({ docker: failing(words) }),
    });
    expect([code, out.includes(`nothing to compare with: ${said}`)]).toEqual([3, true]);
    expect(text(directory, 'Dockerfile')).toBe(text(story, 'Dockerfile'));
  });

  it('writes what was checked, on request', () => {
    const directory = project();
    const { code, err } = dfmigrate(directory, ['verify', '-w'], { env: only({}) });
    expect([code, err]).toEqual([0, 'wrote Dockerfile\n']);
    expect(text(directory, 'Dockerfile')).toContain('FROM eclipse-temurin:21-jre-noble AS runtime');
  });

  it.each([
    [['verify', '--probe', 'GET:/'], '--probe goes with --build'],
    [['verify', '--build', '--probe', 'health'], '--probe wants METHOD:/path, such as GET:/health'],
    [['verify', '--build', '--engine', 'rkt'], '--engine knows docker, podman, nerdctl, buildah, not "rkt"'],
    [['verify', '--build', '--port', '99999'], '--port wants a number from 1 to 65535'],
    [['verify', '--build', '--compose', 'compose.yml'], '--compose wants a file and a service'],
    [['verify', '--build', '--timeout', '0'], 'a time limit is a number of seconds from 1 to 86400'],
    [['verify', '--build', '--bisect', '--before', 'x'], '--bisect and --before contradict each other'],
    [['verify', '--buidl'], "unknown option '--buidl'"],
  ])('%j: usage', (args, said) => {
    const { code, err } = dfmigrate(project(), args, { env: only({}) });
    expect([code, err.includes(said)]).toEqual([2, true]);
  });

  it('compares with a file of the past', () => {
    const directory = project();
    const { code, out } = dfmigrate(directory, ['verify', '--before', 'none'], { env: only({}) });
    expect([code, out]).toEqual([2, '']);
  });
});
