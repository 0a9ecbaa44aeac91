/** Where a project's bytes come from: a directory, a map in memory, the objects of a Git commit. */
import type { EntryKind } from './project.ts';

export interface Entry {
  readonly name: string;
  /** `undefined`: nothing a build can use (socket, device, a link that leaves the root or leads nowhere). */
  readonly kind: EntryKind | undefined;
  /** A symbolic link; `kind` is what it leads to. */
  readonly link: boolean;
}

/** Paths are normal: relative, with `/`, no `.` or `..`; the root is `''`. Nothing throws. */
export interface Tree {
  kind(path: string): EntryKind | undefined;
  /** The bytes of a regular file of at most `largestFile`. */
  read(path: string): Uint8Array | undefined;
  /** Entries of a directory in any order; `[]` when it is none. */
  list(directory: string): readonly Entry[];
}

/** Larger files are not read: no manifest or lockfile a person keeps is that large. */
export const largestFile = 8 * 1024 * 1024;

/** Linux's PATH_MAX: a longer path names nothing. */
const longestPath = 4096;

/** The normal form of a path; `undefined` when it is absolute, leaves the root, or can name nothing. */
export function normalPath(path: string): string | undefined {
  if (path.length > longestPath || path.startsWith('/') || path.includes('\0')) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

export function joined(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/**
 * Text of UTF-8 bytes, or of UTF-16 bytes that begin with a byte order mark (PowerShell's `pip freeze > requirements.txt`, which
 * pip and uv read as well); without the mark. `undefined` when they are neither.
 */
export function decoded(bytes: Uint8Array): string | undefined {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
