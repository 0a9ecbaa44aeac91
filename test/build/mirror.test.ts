/**
 * What the stand-ins mirror of the images they stand for: each row says what the catalogue knows, and what the stand-in has.
 * Sizes, exact versions and the musl behaviour of language runtimes are not mirrored.
 */
import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../src/images/catalogue.ts';
import type { ImageFacts } from '../../src/images/image.ts';
import { type Contents, contentsOf } from '../../src/verify/contents.ts';
import type { Engine } from '../../src/verify/engine.ts';
import { type ImageConfig, imageConfig } from '../../src/verify/image.ts';
import { openLedger } from '../../src/verify/ledger.ts';
import { readTar } from '../../src/verify/tar.ts';
import { engineFor, noEngine, standIns } from './harness.ts';

const images = [
  'node:20',
  'node:20-slim',
  'node:20-alpine',
  'golang:1.22',
  'golang:1.22-alpine',
  'python:3.12',
  'python:3.12-slim',
  'python:3.12-alpine',
  'debian:bookworm-slim',
  'alpine:3.19',
  'maven:3.9-eclipse-temurin-21',
  'eclipse-temurin:21-jre-noble',
  'nginx:alpine',
  'gcr.io/distroless/static-debian12:nonroot',
  'oven/bun:1.1',
];

/** Programs whose presence decides what a transform may write. */
const tools = [
  'sh',
  'bash',
  'curl',
  'wget',
  'git',
  'gcc',
  'make',
  'apt-get',
  'apk',
  'adduser',
  'useradd',
  'addgroup',
  'node',
  'npm',
  'python3',
  'pip',
  'go',
  'java',
  'mvn',
  'nginx',
];

interface Departure {
  readonly cause: string;
  readonly images: RegExp;
  readonly addsEnv?: readonly string[];
  readonly lacksEnv?: readonly string[];
  readonly tools?: Readonly<Record<string, 'present' | 'absent'>>;
}

/** Where stand-ins are known to differ, and why; anything beyond is a failure, and so is a row that no longer holds. */
const departures: readonly Departure[] = [
  {
    cause: 'npm and corepack must accept a mirroring registry behind an own certificate authority',
    images: /^node:/,
    addsEnv: ['COREPACK_INTEGRITY_KEYS', 'NODE_EXTRA_CA_CERTS'],
  },
  {
    cause: 'Bun must accept a mirroring registry behind an own certificate authority',
    images: /^oven\/bun:/,
    addsEnv: ['NODE_EXTRA_CA_CERTS'],
  },
  {
    cause: 'made from Debian 12 whatever the tag says; the image is Debian 13 by now, which has no adduser',
    images: /^python:3\.12(?:-slim)?$/,
    tools: { adduser: 'present', addgroup: 'present' },
  },
  { cause: 'the build number of the JDK is not that of Temurin', images: /temurin/, lacksEnv: ['JAVA_VERSION'] },
  { cause: "Debian's nginx has no njs", images: /^nginx:/, lacksEnv: ['NJS_VERSION', 'PKG_RELEASE'] },
];

function departing(image: string): readonly Departure[] {
  return departures.filter(({ images: pattern }) => pattern.test(image));
}

function expectedEnv(image: string, known: Readonly<Record<string, unknown>>): readonly string[] {
  const own = departing(image);
  const lacks = own.flatMap(({ lacksEnv }) => lacksEnv ?? []);
  return [
    ...Object.keys(known).filter((name) => !lacks.includes(name)),
    ...own.flatMap(({ addsEnv }) => addsEnv ?? []),
  ].sort();
}

function onPath({ entries }: Contents, config: ImageConfig, tool: string): boolean {
  const folders = (config.env['PATH'] ?? '').split(':').map((folder) => folder.replace(/^\//, ''));
  // /bin is a link to /usr/bin in newer systems: its own entries are listed there
  const real = (folder: string): readonly string[] => (/^s?bin$/.test(folder) ? [folder, `usr/${folder}`] : [folder]);
  return folders.flatMap(real).some((folder) => entries.has(`${folder}/${tool}`));
}

async function users(image: string): Promise<ReadonlyMap<string, number>> {
  const name = `dfmigrate-passwd-${process.pid}`;
  execFileSync('docker', ['create', '--name', name, '--network', 'none', image, '/none'], { stdio: 'ignore' });
  try {
    const tar = execFileSync('docker', ['cp', `${name}:/etc/passwd`, '-'], { maxBuffer: 1 << 20 });
    let text = '';
    await readTar(
      Readable.from([tar]),
      () => true,
      (_entry, bytes) => {
        text = bytes.toString('utf8');
      },
    );
    return new Map(
      text
        .split('\n')
        .flatMap((line) =>
          line.includes(':') ? [[line.split(':')[0] ?? '', Number(line.split(':')[2])] as const] : [],
        ),
    );
  } finally {
    execFileSync('docker', ['rm', name], { stdio: 'ignore' });
  }
}

function expectedTools(facts: ImageFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tools.map((tool) => [tool, facts.has(tool)] as const).filter(([, presence]) => presence !== 'unknown'),
  );
}

describe.skipIf(noEngine !== undefined)('stand-ins and the catalogue', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineFor('docker');
    expect(await standIns(images.map((image) => `FROM ${image}\n`))).toEqual([]);
  });

  it.each(images)('%s', async (image) => {
    const facts = catalogue().lookup(image);
    if (facts === undefined) throw new Error(`the catalogue does not know ${image}`);
    const config = await imageConfig(engine, image);
    const ledger = openLedger(false);
    const contents = await contentsOf(engine, image, `dfmigrate-mirror-${process.pid}`, ledger, false);
    ledger.settle();
    if (config === undefined || contents === undefined) throw new Error(`${image} is not there`);
    const passwd = await users(image);
    const standing = {
      entrypoint: config.entrypoint,
      cmd: config.cmd,
      user: config.user || 'root',
      workdir: config.workdir,
      stopsignal: config.stopsignal,
      expose: config.expose,
      env: Object.keys(config.env).sort(),
      users: Object.fromEntries(facts.users.map(({ name }) => [name, passwd.get(name)])),
      shell: onPath(contents, config, 'sh'),
      glibcLoader:
        contents.entries.has('lib64/ld-linux-x86-64.so.2') || contents.entries.has('usr/lib64/ld-linux-x86-64.so.2'),
      tools: Object.fromEntries(
        Object.keys(expectedTools(facts)).map((tool) => [tool, onPath(contents, config, tool) ? 'present' : 'absent']),
      ),
    };
    const known = facts.config;
    expect(standing).toEqual({
      entrypoint: known.entrypoint ?? [],
      cmd: known.cmd ?? [],
      user: known.user ?? 'root',
      workdir: known.workdir ?? '/',
      stopsignal: known.stopsignal,
      expose: known.expose.map((port) => (port.includes('/') ? port : `${port}/tcp`)),
      env: expectedEnv(image, known.env),
      users: Object.fromEntries(facts.users.map(({ name, uid }) => [name, uid])),
      shell: facts.shell,
      glibcLoader: facts.libc === 'glibc',
      tools: Object.assign({}, expectedTools(facts), ...departing(image).map(({ tools: other }) => other ?? {})),
    });
  });
});
