import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { contentsReader } from '../../src/verify/contents.ts';
import { readTar, type TarEntry } from '../../src/verify/tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'dfm-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const deep = `deep/${'directory-with-a-long-name/'.repeat(8)}`;
mkdirSync(join(folder, 'in', deep), { recursive: true });
writeFileSync(join(folder, 'in', deep, 'ünïcode.txt'), 'far down');
writeFileSync(join(folder, 'in', 'tool'), '#!/bin/sh\n');
chmodSync(join(folder, 'in', 'tool'), 0o4755);
symlinkSync('tool', join(folder, 'in', 'link'));
mkdirSync(join(folder, 'in/var/lib/dpkg'), { recursive: true });
writeFileSync(
  join(folder, 'in/var/lib/dpkg/status'),
  'Package: zlib1g\nStatus: install ok installed\n\nPackage: bash\nVersion: 5\n',
);

function archive(format: string): Buffer {
  return execFileSync('tar', [`--format=${format}`, '--owner=1000', '--group=33', '-C', join(folder, 'in'), '-c', '.']);
}

async function entries(bytes: Buffer, chunk = 100): Promise<ReadonlyMap<string, TarEntry>> {
  const found = new Map<string, TarEntry>();
  const parts = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk),
  );
  await readTar(
    Readable.from(parts, { objectMode: true }),
    (entry) => {
      found.set(entry.path, entry);
      return false;
    },
    () => undefined,
  );
  return found;
}

describe('file systems as engines export them', () => {
  it.each(['pax', 'gnu'])('%s: long names, modes, owners, links', async (format) => {
    const found = await entries(archive(format));
    expect(found.get(`${deep}ünïcode.txt`)?.size).toBe(8);
    expect(found.get('tool')).toEqual({ path: 'tool', kind: 'file', mode: 0o4755, uid: 1000, gid: 33, size: 10 });
    expect(found.get('link')?.kind).toBe('link');
    expect(found.get('var/lib')?.kind).toBe('directory');
  });

  it('the size of the chunks does not matter', async () => {
    const bytes = archive('pax');
    expect(await entries(bytes, 7)).toEqual(await entries(bytes, 65_536));
  });

  it('anything that is no archive ends quietly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        expect((await entries(Buffer.from(bytes))).size).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('packages and setuid files are read on the way', async () => {
    const reader = contentsReader(true);
    await reader.take(Readable.from([archive('gnu')]));
    const { packages, setuid, compressedBytes } = reader.contents();
    expect([packages, setuid, (compressedBytes ?? 0) > 100]).toEqual([['bash', 'zlib1g'], ['/tool'], true]);
  });
});
