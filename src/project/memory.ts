/** A project held in memory: for the playground, for editors and for tests. */
import { posix } from 'node:path';
import { isComposeFile } from './compose.ts';
import type { EntryKind, Project } from './project.ts';
import { type Entry, joined, largestFile, normalPath, type Tree } from './tree.ts';
import { projectOver } from './view.ts';

export interface MemoryOptions {
  /** Relative to the context root; default `Dockerfile`. It need not be among the files. */
  readonly dockerfile?: string;
  /** Absolute path of the context root, as compose files above it would name it; default `/context`. */
  readonly location?: string;
}

/**
 * A project of these files, by path relative to the context root. Compose files above the context may be given as
 * `../compose.yaml`; other keys that leave the root are not seen.
 */
export function memoryProject(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: MemoryOptions = {},
): Project {
  const dockerfile = options.dockerfile ?? 'Dockerfile';
  const context = options.location ?? '/context';
  return projectOver(memoryTree(files), {
    dockerfile: normalPath(dockerfile),
    location: { context, dockerfile: posix.resolve(context, dockerfile) },
    composeAbove: () =>
      Object.entries(files).flatMap(([path, text]) =>
        path.startsWith('../') && isComposeFile(posix.basename(path)) && typeof text === 'string'
          ? [{ path, text }]
          : [],
      ),
  });
}

function memoryTree(files: Readonly<Record<string, string | Uint8Array>>): Tree {
  const contents = new Map<string, Uint8Array>();
  const directories = new Map<string, Map<string, EntryKind>>([['', new Map()]]);
  for (const [key, content] of Object.entries(files)) {
    const path = normalPath(key);
    if (path === undefined || path === '') continue;
    contents.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    enter(directories, path, 'file');
  }
  return {
    kind: (path) => (directories.has(path) ? 'directory' : contents.has(path) ? 'file' : undefined),
    read: (path) => {
      const bytes = directories.has(path) ? undefined : contents.get(path);
      return bytes === undefined || bytes.length > largestFile ? undefined : bytes;
    },
    list: (directory) =>
      [...(directories.get(directory) ?? [])].map(([name, kind]): Entry => ({ name, kind, link: false })),
  };
}

/** Enters a path in its parent, and the parents in theirs. */
function enter(directories: Map<string, Map<string, EntryKind>>, path: string, kind: EntryKind): void {
  const slash = path.lastIndexOf('/');
  const parent = path.slice(0, Math.max(0, slash));
  const names = directories.get(parent) ?? new Map<string, EntryKind>();
  if (names.get(path.slice(slash + 1)) !== 'directory') names.set(path.slice(slash + 1), kind);
  if (directories.has(parent)) return;
  directories.set(joined('', parent), names);
  enter(directories, parent, 'directory');
}
