/** A project in a directory of this machine. Nothing outside the directory is opened through it, whatever links say. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isComposeFile } from './compose.ts';
import type { EntryKind, Project } from './project.ts';
import { decoded, type Entry, joined, largestFile, type Tree } from './tree.ts';
import { projectOver } from './view.ts';

/** Compose files are looked for in at most this many directories above the context. */
const levelsAbove = 3;

/**
 * The project of `docker build -f dockerfilePath contextDir`; both may be relative to the working directory. Read-only and
 * lazy: each file is read when asked for, at most once. A context that is not a directory makes an empty project.
 */
export function diskProject(contextDir: string, dockerfilePath: string): Project {
  const root = realPath(contextDir) ?? resolve(contextDir);
  const dockerfile = placed(dockerfilePath);
  const inside = isInside(root, dockerfile) ? slashed(relative(root, dockerfile)) : undefined;
  return projectOver(diskTree(root), {
    dockerfile: inside,
    besideDockerfile: inside === undefined ? ignoreBeside(root, dockerfile) : undefined,
    location: { context: slashed(root), dockerfile: slashed(dockerfile) },
    composeAbove: () => composeAbove(root),
  });
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}

/** The Dockerfile's path with its directory made real and its own name kept: it may be a link, or not there. */
function placed(path: string): string {
  const absolute = resolve(path);
  return join(realPath(dirname(absolute)) ?? dirname(absolute), basename(absolute));
}

function ignoreBeside(root: string, dockerfile: string): { readonly path: string; readonly text: string } | undefined {
  const file = `${dockerfile}.dockerignore`;
  const bytes = readRegular(file);
  const text = bytes === undefined ? undefined : decoded(bytes);
  return text === undefined ? undefined : { path: slashed(relative(root, file)), text };
}

function diskTree(root: string): Tree {
  const directories = new Map<string, string | undefined>();
  const realDirectory = (path: string): string | undefined => {
    if (!directories.has(path)) directories.set(path, realInside(root, path));
    return directories.get(path);
  };
  /** Only a link needs to be followed once its directory is known. */
  const realEntry = (path: string): string | undefined => {
    const slash = path.lastIndexOf('/');
    const directory = realDirectory(path.slice(0, Math.max(0, slash)));
    const entry = directory === undefined ? undefined : join(directory, path.slice(slash + 1));
    const isLink = entry === undefined || attempt(() => lstatSync(entry))?.isSymbolicLink() !== false;
    return isLink ? realInside(root, path) : entry;
  };
  return {
    kind: (path) => {
      const real = realInside(root, path);
      return real === undefined ? undefined : kindOf(attempt(() => statSync(real)));
    },
    read: (path) => {
      const real = realEntry(path);
      return real === undefined ? undefined : readRegular(real);
    },
    list: (directory) => {
      const real = realDirectory(directory);
      return real === undefined ? [] : listed(root, directory, real);
    },
  };
}

function listed(root: string, directory: string, real: string): readonly Entry[] {
  const entries = attempt(() => readdirSync(real, { withFileTypes: true })) ?? [];
  return entries.map((entry) => {
    const link = entry.isSymbolicLink();
    const target = link ? realInside(root, joined(directory, entry.name)) : undefined;
    const stats = target === undefined ? undefined : attempt(() => statSync(target));
    return { name: entry.name, kind: kindOf(link ? stats : entry), link };
  });
}

function kindOf(entry: Pick<Stats, 'isFile' | 'isDirectory'> | undefined): EntryKind | undefined {
  if (entry === undefined) return undefined;
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : undefined;
}

/** Where a path of the context really lies; `undefined` when that is nowhere, or outside the root. */
function realInside(root: string, path: string): string | undefined {
  if (sep !== '/' && path.includes(sep)) return undefined;
  const real = realPath(join(root, path));
  return real !== undefined && isInside(root, real) ? real : undefined;
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function realPath(path: string): string | undefined {
  return attempt(() => realpathSync.native(path));
}

/** Never waits on a FIFO, never follows a link that appeared since the path was resolved, never reads more than allowed. */
function readRegular(path: string): Uint8Array | undefined {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  if (attempt(() => lstatSync(path))?.isFile() !== true) return undefined;
  const file = attempt(() => openSync(path, flags));
  if (file === undefined) return undefined;
  try {
    const stats = fstatSync(file);
    return stats.isFile() && stats.size <= largestFile ? readWhole(file, stats.size) : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function readWhole(file: number, size: number): Uint8Array {
  const buffer = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const read = readSync(file, buffer, length, size - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

/** Up to the directory that holds `.git`; without one, nothing above the context is looked at. */
function composeAbove(root: string): readonly { readonly path: string; readonly text: string }[] {
  return directoriesAbove(root).flatMap(({ directory, up }) =>
    (attempt(() => readdirSync(directory)) ?? [])
      .filter(isComposeFile)
      .sort()
      .flatMap((name) => {
        const bytes = readRegular(join(directory, name));
        const text = bytes === undefined ? undefined : decoded(bytes);
        return text === undefined ? [] : [{ path: up + name, text }];
      }),
  );
}

function directoriesAbove(root: string): readonly { readonly directory: string; readonly up: string }[] {
  const above: { readonly directory: string; readonly up: string }[] = [];
  let directory = root;
  while (attempt(() => lstatSync(join(directory, '.git'))) === undefined) {
    if (dirname(directory) === directory) return [];
    directory = dirname(directory);
    above.push({ directory, up: '../'.repeat(above.length + 1) });
  }
  return above.slice(0, levelsAbove);
}

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
