/** Whether git could give a file's bytes back after dfmigrate has overwritten them, decided with hashes of our own. */
import path from 'node:path';
import { blobId, git, records } from './git.ts';

/**
 * `restorable` carries the command that brings the bytes back. `untracked`: git has no copy. `dirty`: git has another text.
 * `unsure`: git could not be asked, or the entry is in conflict.
 */
export type Restorable =
  | { readonly kind: 'restorable'; readonly undo: readonly string[] }
  | { readonly kind: 'untracked' }
  | { readonly kind: 'dirty' }
  | { readonly kind: 'no-git' }
  | { readonly kind: 'unsure'; readonly cause: string };

/** `file` is absolute and without links, below `workTree`; `bytes` is its present content. */
export function restorable(file: string, workTree: string | undefined, bytes: Uint8Array): Restorable {
  if (workTree === undefined) return { kind: 'no-git' };
  const name = path.relative(workTree, file).split(path.sep).join('/');
  const listed = git(workTree, 'ls-files', ['-s', '-z', '--', name]);
  if (!listed.ok) return { kind: 'unsure', cause: listed.cause };
  const entries = records(listed.stdout).map((record) => /^(\d{6}) ([0-9a-f]{40,64}) (\d)\t/.exec(record));
  const [entry] = entries;
  if (entry === undefined) return { kind: 'untracked' };
  const [, mode = '', id = '', stage = ''] = entry ?? [];
  if (entries.length !== 1 || stage !== '0') return { kind: 'unsure', cause: 'it is in conflict' };
  if (!mode.startsWith('100')) return { kind: 'unsure', cause: 'git tracks it as something else than a file' };
  if (sameContent(bytes, id, workTree, name)) return { kind: 'restorable', undo: ['git', 'checkout', '--'] };
  return equalsHead(bytes, workTree, name)
    ? { kind: 'restorable', undo: ['git', 'checkout', 'HEAD', '--'] }
    : { kind: 'dirty' };
}

function equalsHead(bytes: Uint8Array, workTree: string, name: string): boolean {
  const listed = git(workTree, 'ls-tree', ['-z', '--full-tree', 'HEAD', '--', name]);
  const id = listed.ok ? /^100\d{3} blob ([0-9a-f]{40,64})\t/.exec(records(listed.stdout)[0] ?? '')?.[1] : undefined;
  return id !== undefined && sameContent(bytes, id, workTree, name);
}

function sameContent(bytes: Uint8Array, id: string, workTree: string, name: string): boolean {
  const algorithm = id.length === 64 ? 'sha256' : 'sha1';
  if (blobId(bytes, algorithm) === id) return true;
  return isTextToGit(workTree, name) && blobId(withoutCarriageReturns(bytes), algorithm) === id;
}

/** Declared as text: git itself stores it with LF, so CRLF in the work tree is no change. */
function isTextToGit(workTree: string, name: string): boolean {
  const listed = git(workTree, 'ls-files', ['--eol', '-z', '--', name]);
  return listed.ok && /attr\/(?:text|[^\t]*eol=)/.test(listed.stdout.toString('utf8'));
}

function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, index) => !(byte === 0x0d && bytes[index + 1] === 0x0a));
}
