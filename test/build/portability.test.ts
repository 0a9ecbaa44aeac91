/** What dfmigrate writes must be read by every builder of the last years: BuildKit, the classic builder, buildah. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Copy, Dockerfile, Instruction } from '../../src/dockerfile/model.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import type { Engine } from '../../src/verify/engine.ts';
import { byHand, discardByHand, server, single, split } from './by-hand.ts';
import {
  changingFixtures,
  engineFor,
  faultsOf,
  leftovers,
  migrationOf,
  noEngine,
  proofSettings,
  proved,
  standIns,
} from './harness.ts';

const unportableFlags = ['link', 'parents', 'exclude', 'chmod', 'checksum', 'start-interval', 'network', 'security'];

/** Constructs that some builder in use rejects, each as often as the file has it. */
function unportable(file: Dockerfile): readonly string[] {
  return file.instructions.flatMap((instruction) => [
    ...instruction.heredocs.map(() => 'heredoc'),
    ...instruction.flags.map(({ name }) => name).filter((name) => unportableFlags.includes(name)),
    ...(isCopy(instruction) && instruction.sources.length > 1 && !instruction.target.value.endsWith('/')
      ? ['several sources without /']
      : []),
    ...(instruction.keyword === 'FROM' &&
    instruction.as !== undefined &&
    instruction.as !== instruction.as.toLowerCase()
      ? ['upper-case stage']
      : []),
  ]);
}

function isCopy(instruction: Instruction): instruction is Copy {
  return instruction.keyword === 'COPY' || instruction.keyword === 'ADD';
}

function added(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = [...before];
  return after.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

describe('the text of every changing fixture', () => {
  it.each(changingFixtures())('$name adds nothing that a builder in use rejects', (fixture) => {
    const { before, after } = migrationOf(fixture);
    const [old, next] = [parseDockerfile(before), parseDockerfile(after)];
    if (old.kind !== 'dockerfile' || next.kind !== 'dockerfile') throw new Error('not readable');
    expect(added(unportable(old), unportable(next))).toEqual([]);
    // numeric ids where the image has no user database to look a name up in
    const stage = next.stages.at(-1);
    if (!/^(?:scratch$|gcr\.io\/distroless\/)/.test(stage?.from.image ?? '')) return;
    const users = stage?.instructions.filter(({ keyword }) => keyword === 'USER').map(({ body }) => body.text) ?? [];
    expect(users.filter((user) => !/^(?:\d+(?::\d+)?|nonroot(?::nonroot)?)$/.test(user))).toEqual([]);
  });
});

/** One file each: does the builder take it? What is written by dfmigrate is true in every column. */
const probes: readonly (readonly [
  string,
  string,
  { readonly buildkit: boolean; readonly classic: boolean; readonly buildah: boolean },
])[] = [
  ['several sources into ./', 'FROM busybox\nCOPY a.txt b.txt ./\n', { buildkit: true, classic: true, buildah: true }],
  ['several sources into .', 'FROM busybox\nCOPY a.txt b.txt .\n', { buildkit: true, classic: false, buildah: true }],
  [
    'lower-case stages, numeric owner and user on scratch',
    'FROM busybox AS build\nRUN mkdir /out && echo x >/out/x\nFROM scratch AS runtime\nCOPY --from=build --chown=65532:65532 /out /out\nUSER 65532:65532\nCMD ["/out/x"]\n',
    { buildkit: true, classic: true, buildah: true },
  ],
  [
    'a name as owner on scratch',
    'FROM busybox AS build\nFROM scratch\nCOPY --from=build --chown=app:app /bin/sh /sh\n',
    { buildkit: false, classic: false, buildah: false },
  ],
  [
    'a health check with all its old options',
    'FROM busybox\nHEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["true"]\n',
    { buildkit: true, classic: true, buildah: true },
  ],
  [
    'a user made and directories owned before USER',
    'FROM debian:bookworm-slim\nWORKDIR /app\nRUN groupadd --system --gid 10001 app && useradd --system --uid 10001 --gid 10001 --no-create-home app && mkdir data && chown app:app data\nUSER app\nRUN touch data/x\n',
    { buildkit: true, classic: true, buildah: true },
  ],
  [
    'heredoc',
    'FROM busybox\nRUN <<EOF\ntouch /made\nEOF\nRUN test -e /made\n',
    { buildkit: true, classic: false, buildah: false },
  ],
  ['COPY --link', 'FROM busybox\nCOPY --link a.txt /\n', { buildkit: true, classic: true, buildah: false }],
  [
    'HEALTHCHECK --start-interval',
    'FROM busybox\nHEALTHCHECK --start-interval=1s CMD true\n',
    { buildkit: true, classic: true, buildah: false },
  ],
  ['COPY --parents', 'FROM busybox\nCOPY --parents a.txt /\n', { buildkit: false, classic: false, buildah: false }],
  [
    'an upper-case stage',
    'FROM busybox AS Build\nFROM busybox\nCOPY --from=build /bin/sh /sh\n',
    { buildkit: true, classic: true, buildah: false },
  ],
  ['a glob that matches nothing', 'FROM busybox\nCOPY *.none /\n', { buildkit: true, classic: false, buildah: false }],
  [
    'RUN --mount=type=cache',
    'FROM busybox\nRUN --mount=type=cache,target=/c true\n',
    { buildkit: true, classic: false, buildah: true },
  ],
];

const context = mkdtempSync(join(tmpdir(), 'dfmigrate-probes-'));

function accepts(program: string, args: readonly string[], source: string, env: NodeJS.ProcessEnv = {}): boolean {
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(context, name), name);
  writeFileSync(join(context, 'Dockerfile'), source);
  return (
    spawnSync(program, ['build', ...args, context], { env: { ...process.env, ...env }, timeout: 120_000 }).status === 0
  );
}

/** The private podman, when it can be had. */
function podmanPath(): string | undefined {
  const script = fileURLToPath(new URL('engine/podman.sh', import.meta.url));
  const ended =
    noEngine === undefined ? spawnSync('bash', [script, 'up'], { encoding: 'utf8', timeout: 300_000 }) : undefined;
  if (ended?.status === 0) return ended.stdout.trim();
  if (ended !== undefined) process.stdout.write(`podman is skipped: ${ended.stderr.trim().split('\n').at(-1) ?? ''}\n`);
  return undefined;
}

const podman = podmanPath();
const right = [
  { name: 'split-stages', after: split('USER node\n', 'node:20-slim'), changes: ['FROM', 'USER'] as const },
];

afterAll(() => {
  rmSync(context, { recursive: true, force: true });
  discardByHand();
});

describe.skipIf(noEngine !== undefined)('Docker, both builders', () => {
  beforeAll(async () => {
    expect(
      await standIns(['FROM busybox\n', 'FROM debian:bookworm-slim\n', single, split('', 'node:20-slim')]),
    ).toEqual([]);
  });
  it.each(probes)('%s', (_name, source, expected) => {
    const args = ['--network', 'host', '-q'];
    const found = {
      buildkit: accepts('docker', args, source, { DOCKER_BUILDKIT: '1' }),
      classic: accepts('docker', [...args, '--force-rm'], source, { DOCKER_BUILDKIT: '0' }),
    };
    expect(found).toEqual({ buildkit: expected.buildkit, classic: expected.classic });
  });
  it('a migration is proved with the classic builder too', async () => {
    const engine: Engine = await engineFor('docker', 'classic');
    const proof = await proved(byHand(server, single, right), engine, {
      ...proofSettings({ probes: ['/', '/page'] }),
      rebuild: true,
    });
    expect(faultsOf(proof)).toEqual([]);
    expect(proof.rebuild?.before.steps.map(({ cached }) => cached)).toEqual([true, false, false, false, false, false]);
    expect(leftovers('docker')).toEqual([]);
  });
});

describe.skipIf(podman === undefined)('podman', () => {
  const path = process.env['PATH'];
  beforeAll(async () => {
    process.env['PATH'] = `${podman}:${path ?? ''}`;
    expect(
      await standIns(['FROM busybox\n', 'FROM debian:bookworm-slim\n', single, split('', 'node:20-slim')], true),
    ).toEqual([]);
  });
  afterAll(() => {
    process.env['PATH'] = path;
  });
  it.each(probes)('%s', (_name, source, { buildah }) => {
    expect(accepts('podman', ['--network', 'host', '--format', 'docker', '--pull=never', '-q'], source)).toBe(buildah);
  });
  it('a migration is proved, its health check is run, its users are counted', async () => {
    const engine = await engineFor('podman');
    const health =
      'USER node\nHEALTHCHECK CMD ["node", "-e", "fetch(\'http://127.0.0.1:3000/\').then((r) => process.exit(r.ok ? 0 : 1))"]\n';
    const steps = [
      { name: 'x', after: split(health, 'node:20-slim'), changes: ['FROM', 'USER', 'HEALTHCHECK'] as const },
    ];
    const proof = await proved(byHand(server, single, steps), engine, proofSettings({ probes: ['/', '/page'] }));
    expect(faultsOf(proof)).toEqual([]);
    expect([proof.after?.run?.health.kind, proof.after?.run?.uids]).toEqual(['healthy', [1000]]);
    expect((proof.after?.contents?.entries.size ?? 0) > 100).toBe(true);
  });
  it('a health check whose program is missing is found there too', async () => {
    const engine = await engineFor('podman');
    const steps = [
      {
        name: 'x',
        after: split('HEALTHCHECK CMD curl -f http://127.0.0.1:3000/\n', 'node:20-slim'),
        changes: ['FROM', 'HEALTHCHECK'] as const,
      },
    ];
    const proof = await proved(byHand(server, single, steps), engine, proofSettings({}));
    expect(proof.findings.filter(({ verdict }) => verdict === 'broken').map(({ reason }) => reason.code)).toEqual([
      'verify/health-tool-missing',
    ]);
  });
});
