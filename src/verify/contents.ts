/** The files of an image, read from the engine's export of a container that was never started: no shell is needed in it. */

import { PassThrough, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { ask, commandOf, type Engine } from './engine.ts';
import type { Ledger } from './ledger.ts';
import { type Command, runProgram, succeeded } from './process.ts';
import { readTar, type TarEntry } from './tar.ts';

export interface Contents {
  /** By path without leading `/`. */
  readonly entries: ReadonlyMap<string, TarEntry>;
  /** Names of installed OS packages; `undefined`: no package database that is known here. */
  readonly packages: readonly string[] | undefined;
  /** Files that run with their owner's or group's rights. */
  readonly setuid: readonly string[];
  /** Bytes of the whole file system as a gzip stream at level 1: what a registry would move, roughly. */
  readonly compressedBytes: number | undefined;
}

const exportLimitMs = 300_000;
const databases: Readonly<Record<string, RegExp>> = {
  'var/lib/dpkg/status': /^Package: (\S+)$/gm,
  'lib/apk/db/installed': /^P:(\S+)$/gm,
  'usr/lib/apk/db/installed': /^P:(\S+)$/gm,
};
/** Distroless images have one file per package instead. */
const statusFolder = /^var\/lib\/dpkg\/status\.d\/([a-z0-9][a-z0-9+.-]*)$/;

/** `undefined` when the engine cannot export. `compress` costs about a second per 100 MB. */
export async function contentsOf(
  engine: Engine,
  image: string,
  name: string,
  ledger: Ledger,
  compress: boolean,
): Promise<Contents | undefined> {
  if (!engine.runs) return undefined;
  // a command is needed when the image has none; it is never started
  const created = await ask(engine, ['create', '--name', name, '--network', 'none', image, '/none']);
  const gone = ledger.add({ what: `container ${name}`, program: engine.program, args: ['rm', '-f', '-v', name] });
  if (!succeeded(created)) {
    gone();
    return undefined;
  }
  const reader = contentsReader(compress);
  const ended = await runProgram(exportCommand(engine, name), { takeOutput: reader.take });
  gone();
  const contents = reader.contents();
  return succeeded(ended) && contents.entries.size > 0 ? contents : undefined;
}

/** podman opens its standard output by name, which the sockets that Node gives to children do not allow: a pipe does. */
function exportCommand(engine: Engine, name: string): Command {
  if (engine.builder !== 'buildah') return commandOf(engine, ['export', name], exportLimitMs);
  return { program: 'sh', args: ['-c', '"$0" export "$1" | cat', engine.program, name], timeLimitMs: exportLimitMs };
}

interface ContentsReader {
  take(stream: Readable): Promise<void>;
  contents(): Contents;
}

export function contentsReader(compress: boolean): ContentsReader {
  const entries = new Map<string, TarEntry>();
  const packages = new Set<string>();
  let hasDatabase = false;
  let compressed = 0;
  const take = async (stream: Readable): Promise<void> => {
    const plain = new PassThrough();
    const packed = compress ? createGzip({ level: 1 }) : undefined;
    packed?.on('data', (chunk: Buffer) => {
      compressed += chunk.length;
    });
    const zipped = packed === undefined ? Promise.resolve() : new Promise((resolve) => packed.once('close', resolve));
    stream.pipe(plain);
    if (packed !== undefined) stream.pipe(packed);
    await readTar(
      plain,
      (entry) => {
        entries.set(entry.path, entry);
        const single = statusFolder.exec(entry.path)?.[1];
        if (single !== undefined && !single.endsWith('.md5sums')) packages.add(single);
        hasDatabase ||= single !== undefined || Object.hasOwn(databases, entry.path);
        return Object.hasOwn(databases, entry.path);
      },
      (entry, bytes) => {
        for (const [, found = ''] of bytes.toString('utf8').matchAll(databases[entry.path] ?? /$^/g))
          packages.add(found);
      },
    );
    await zipped;
  };
  return {
    take,
    contents: () => ({
      entries,
      packages: hasDatabase ? [...packages].sort() : undefined,
      setuid: [...entries.values()]
        .filter(isSetuid)
        .map(({ path }) => `/${path}`)
        .sort(),
      compressedBytes: compress ? compressed : undefined,
    }),
  };
}

function isSetuid(entry: TarEntry): boolean {
  return entry.kind === 'file' && (entry.mode & 0o6000) !== 0;
}
