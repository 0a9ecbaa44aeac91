/** Lines of a file that may be larger than memory, with their places in it. */
import { closeSync, openSync, readSync } from 'node:fs';

export interface FileLine {
  /** Without its line feed. */
  readonly bytes: Buffer;
  /** Byte offsets of the line, its line feed included. */
  readonly start: number;
  readonly end: number;
  /** False: the last line, and no line feed ends it. */
  readonly ended: boolean;
}

const chunkBytes = 256 * 1024;
/** A longer line is no record of ours; it is given empty. */
export const longestLine = 64 * 1024 * 1024;

/** Throws what opening or reading the file throws. */
export function* fileLines(file: string): Generator<FileLine> {
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(chunkBytes);
    let parts: Buffer[] = [];
    let [start, length, position] = [0, 0, 0];
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0 && at < read; at = chunk.indexOf(10, from)) {
        parts.push(Buffer.from(chunk.subarray(from, at)));
        const bytes = length + at - from > longestLine ? Buffer.alloc(0) : Buffer.concat(parts);
        const end = position + at + 1;
        yield { bytes, start, end, ended: true };
        [parts, length, start, from] = [[], 0, end, at + 1];
      }
      length += read - from;
      if (length <= longestLine) parts.push(Buffer.from(chunk.subarray(from, read)));
      position += read;
    }
    if (length > 0) yield { bytes: Buffer.concat(parts), start, end: position, ended: false };
  } finally {
    closeSync(descriptor);
  }
}

/** The bytes `[start, end)` of a file; fewer when it is shorter. */
export function readRange(file: string, start: number, end: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(end - start);
    let at = 0;
    for (let read = 1; at < bytes.length && read > 0; at += read) {
      read = readSync(descriptor, bytes, at, bytes.length - at, start + at);
    }
    return bytes.subarray(0, at);
  } finally {
    closeSync(descriptor);
  }
}
