/** The changes of a repository as a branch: made by one `git fast-import`; no work tree, index or checkout takes part. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Fault } from '../fault.ts';
import { runGit } from '../git.ts';
import { type FileReport, joined } from '../report/report.ts';
import { type Commit, parseCommit } from './commit.ts';
import { type GitEntry, treeEntries } from './git-tree.ts';
import type { BranchRecord } from './journal.ts';
import { type ChangedStep, changedSteps, isOwnMessage, squashMessage, stepMessage } from './message.ts';
import type { Objects } from './objects.ts';
import { bulkFault, bulkReason } from './reasons.ts';
import { commonDirectory } from './sources.ts';

export interface BranchRequest {
  /** As reports name it. */
  readonly repo: string;
  /** Absolute. */
  readonly repository: string;
  readonly objects: Objects;
  readonly base: Commit;
  readonly files: readonly FileReport[];
  readonly name: string;
  readonly squash: boolean;
  /** `Name <address>`. */
  readonly committer: string;
  readonly title: string;
  readonly key: string;
  /** Hides secrets in what a message says. */
  readonly hide: (text: string) => string;
  readonly signal: AbortSignal;
}

const limitMs = 60_000;

/**
 * Makes the branch, or moves one that dfmigrate made and nobody added to. The same base, program and choice give the same
 * commits. A branch that is checked out somewhere, or not ours, is refused.
 */
export async function writeBranch(request: BranchRequest): Promise<BranchRecord | Fault> {
  const { repo, repository, name } = request;
  if (checkedOut(repository).includes(`refs/heads/${name}`))
    return bulkFault(bulkReason('branch-checked-out', { repo, branch: name }), 4);
  if (!(await isFreeOrOwn(request.objects, `refs/heads/${name}`)))
    return bulkFault(bulkReason('branch-foreign', { repo, branch: name }), 4);
  const commits = await commitsOf(request);
  if ('reason' in commits) return commits;
  const input = Buffer.concat([...commits.pieces, Buffer.from(`get-mark :${commits.count}\ndone\n`)]);
  const args = ['--quiet', '--done', '--force', '--date-format=raw'];
  const { signal } = request;
  const answer = await runGit(repository, 'fast-import', args, { limitMs, input, signal });
  const commit = answer.ok ? /^([0-9a-f]{40,64})\n/.exec(answer.stdout.toString('latin1'))?.[1] : undefined;
  if (commit !== undefined) return { name, commit, commits: commits.count };
  const cause = answer.ok ? 'git named no commit' : answer.cause;
  return bulkFault(bulkReason('branch-failed', { repo, branch: name, cause }), 3);
}

/** Is there no such ref, or one whose tip is a commit of ours? */
export async function isFreeOrOwn(objects: Objects, ref: string): Promise<boolean> {
  const [tip] = await objects.get([ref]);
  if (tip === undefined) return true;
  const commit = tip.type === 'commit' && tip.bytes !== undefined ? parseCommit(tip.id, tip.bytes) : undefined;
  return commit !== undefined && isOwnMessage(commit.message);
}

/** Full names of the branches that the repository's work trees have checked out. */
function checkedOut(repository: string): readonly string[] {
  const common = commonDirectory(repository);
  if (common === undefined) return [];
  const heads = [
    path.join(common, 'HEAD'),
    ...namesIn(path.join(common, 'worktrees')).map((name) => path.join(common, 'worktrees', name, 'HEAD')),
  ];
  return heads.flatMap((file) => {
    try {
      return /^ref: (\S+)\s*$/.exec(readFileSync(file, 'utf8'))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

interface Commits {
  readonly pieces: readonly Buffer[];
  readonly count: number;
}

interface Write {
  readonly path: string;
  readonly mode: string;
  readonly text: Buffer;
}

async function commitsOf(request: BranchRequest): Promise<Commits | Fault> {
  const { base, name, key, title, hide } = request;
  const steps = changedSteps(request.files);
  const pieces: Buffer[] = [Buffer.from('feature done\n')];
  const last = new Map<string, Write>();
  let count = 0;
  const commit = (message: string, writes: readonly Write[]): void => {
    count += 1;
    const said = Buffer.from(hide(message), 'utf8');
    const who = `${request.committer} ${base.time}`;
    const from = count === 1 ? `from ${base.id}\n` : '';
    pieces.push(
      Buffer.from(`commit refs/heads/${name}\nmark :${count}\nauthor ${who}\ncommitter ${who}\ndata ${said.length}\n`),
      said,
      Buffer.from(`\n${from}`),
      ...writes.flatMap(writeCommand),
    );
  };
  for (const step of steps) {
    const writes: Write[] = [];
    for (const change of changesOf(step)) {
      const write = await writeOf(request, change.path, change.after);
      if ('reason' in write) return write;
      writes.push(write);
      last.set(write.path, write);
    }
    if (!request.squash) commit(stepMessage(step, key), writes);
  }
  if (request.squash) commit(squashMessage(title, steps, key), [...last.values()]);
  return { pieces, count };
}

function changesOf({ file, step }: ChangedStep): readonly { readonly path: string; readonly after: string }[] {
  const files = step.outcome.kind === 'change' ? (step.outcome.files ?? []) : [];
  const beside = files.map((edit) => ({ path: joined(file.patchContext, edit.path), after: edit.after }));
  return [...(step.before === step.after ? [] : [{ path: file.patchPath, after: step.after }]), ...beside];
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** What a file becomes: its mode and byte order mark are kept. A link is never replaced, nor anything behind one. */
async function writeOf(request: BranchRequest, file: string, after: string): Promise<Write | Fault> {
  const { objects, base, repo } = request;
  const entry = await entryAt(objects, base.tree, file);
  if (entry === 'link') return bulkFault(bulkReason('link-in-path', { path: file, repo }), 4);
  const mode = entry?.mode === '100755' ? '100755' : '100644';
  const [old] = entry === undefined || after.startsWith('\ufeff') ? [] : await objects.get([entry.id]);
  const mark = old?.bytes?.subarray(0, 3).equals(byteOrderMark) ? byteOrderMark : Buffer.alloc(0);
  return { path: file, mode, text: Buffer.concat([mark, Buffer.from(after, 'utf8')]) };
}

/** The entry at a path of a tree, through real directories only; `undefined`: nothing there. */
async function entryAt(objects: Objects, root: string, file: string): Promise<GitEntry | 'link' | undefined> {
  const parts = file.split('/');
  let tree = root;
  for (const [index, part] of parts.entries()) {
    const [object] = await objects.get([tree]);
    const entry = treeEntries(object?.bytes ?? new Uint8Array(), root.length).find(({ name }) => name === part);
    if (entry === undefined) return undefined;
    if (index === parts.length - 1) return entry.kind === 'file' ? entry : 'link';
    if (entry.kind !== 'directory') return 'link';
    tree = entry.id;
  }
  return undefined;
}

function writeCommand({ path: file, mode, text }: Write): readonly Buffer[] {
  return [Buffer.from(`M ${mode} inline ${quoted(file)}\ndata ${text.length}\n`), text, Buffer.from('\n')];
}

/** Git's C-style quoting of any bytes. */
function quoted(name: string): string {
  const bytes = [...Buffer.from(name, 'utf8')].map((byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `"${bytes.join('')}"`;
}
