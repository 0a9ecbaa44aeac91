/** Reads a tar stream entry by entry (POSIX.1-2001 pax and GNU long names, as engines export file systems). */
import type { Readable } from 'node:stream';

export interface TarEntry {
  /** Without leading `./` or `/`, without trailing `/`. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits, set-user-id and set-group-id included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
}

const block = 512;
/** Longest content that is handed on whole. */
const largestText = 16 * 1024 * 1024;

/**
 * Calls `entry` for each member; when it answers true, its content follows in `content` (not for more than 16 MiB). Ends
 * early on a stream that is no tar archive. Rejects when the stream fails.
 */
export async function readTar(
  stream: Readable,
  entry: (entry: TarEntry) => boolean,
  content: (entry: TarEntry, bytes: Buffer) => void,
): Promise<void> {
  const source = chunks(stream);
  let long: Readonly<Record<string, string>> = {};
  for (;;) {
    const header = await source.take(block);
    if (header === undefined || !isHeader(header)) break;
    const type = String.fromCharCode(header[156] ?? 0);
    const size = numberAt(header, 124, 12);
    const padded = Math.ceil(size / block) * block;
    if (type === 'x' || type === 'L' || type === 'K') {
      const bytes = size <= largestText ? await source.take(padded) : undefined;
      if (bytes === undefined) break;
      long = { ...long, ...extended(type, bytes.subarray(0, size)) };
      continue;
    }
    const found = entryOf(header, type, long);
    long = {};
    if (entry(found) && size > 0 && size <= largestText) {
      const bytes = await source.take(padded);
      if (bytes === undefined) break;
      content(found, bytes.subarray(0, size));
    } else await source.skip(padded);
  }
  stream.resume();
}

function isHeader(header: Buffer): boolean {
  return header.toString('latin1', 257, 262) === 'ustar';
}

function entryOf(header: Buffer, type: string, long: Readonly<Record<string, string>>): TarEntry {
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textAt(header, 345, 155) : '';
  const name = long.path ?? (prefix === '' ? textAt(header, 0, 100) : `${prefix}/${textAt(header, 0, 100)}`);
  return {
    path: name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, ''),
    kind: kindOf(type),
    mode: numberAt(header, 100, 8) & 0o7777,
    uid: long.uid === undefined ? numberAt(header, 108, 8) : Number(long.uid),
    gid: long.gid === undefined ? numberAt(header, 116, 8) : Number(long.gid),
    size: type === '0' || type === '\0' ? (long.size === undefined ? numberAt(header, 124, 12) : Number(long.size)) : 0,
  };
}

function kindOf(type: string): TarEntry['kind'] {
  if (type === '0' || type === '\0' || type === '1') return 'file';
  return type === '5' ? 'directory' : type === '2' ? 'link' : 'other';
}

function textAt(header: Buffer, start: number, length: number): string {
  const end = header.indexOf(0, start);
  return header.toString('utf8', start, end < 0 || end > start + length ? start + length : end);
}

/** Octal text, or GNU's base 256 when the first bit is set. */
function numberAt(header: Buffer, start: number, length: number): number {
  const bytes = header.subarray(start, start + length);
  if (((bytes[0] ?? 0) & 0x80) === 0) return Number.parseInt(bytes.toString('latin1').trim() || '0', 8) || 0;
  return bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, (bytes[0] ?? 0) & 0x7f);
}

function extended(type: string, bytes: Buffer): Readonly<Record<string, string>> {
  if (type === 'L') return { path: textAt(bytes, 0, bytes.length) };
  if (type === 'K') return {};
  const found: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number.parseInt(bytes.toString('latin1', at, space), 10);
    if (space < 0 || !(length > 0)) break;
    const record = bytes.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (equals > 0) found[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return found;
}

interface Chunks {
  /** Exactly this many bytes; `undefined` at the end of the stream. */
  take(length: number): Promise<Buffer | undefined>;
  skip(length: number): Promise<void>;
}

function chunks(stream: Readable): Chunks {
  const source: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let length = 0;
  const more = async (): Promise<boolean> => {
    const next = await source.next();
    if (next.done === true) return false;
    held.push(Buffer.from(next.value));
    length += next.value.length;
    return true;
  };
  const cut = (wanted: number): Buffer => {
    const all = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = [all.subarray(wanted)];
    length = all.length - wanted;
    return all.subarray(0, wanted);
  };
  return {
    take: async (wanted) => {
      while (length < wanted) if (!(await more())) return undefined;
      return cut(wanted);
    },
    skip: async (wanted) => {
      let left = wanted;
      while (left > length) {
        left -= length;
        held = [];
        length = 0;
        if (!(await more())) return;
      }
      cut(left);
    },
  };
}
