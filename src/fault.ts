/** What goes wrong around a migration: with the command line, with a file, with writing. Data, not exceptions. */
import type { Reason } from './answer.ts';
import { defineReasons } from './reason.ts';

/** Process status: 1 a --fail-on condition, 2 usage, 3 not processed, 4 refused for safety, 70 a bug. */
export type FaultExit = 2 | 3 | 4 | 70;

export interface Fault {
  readonly reason: Reason;
  readonly exit: FaultExit;
  /** Display path of the file concerned. */
  readonly path?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** Lines of the file around `line`, as `[number, text]`. */
  readonly excerpt?: readonly (readonly [number, string])[];
  /** Further help for the reader: a suggestion, or what happened to other files. */
  readonly hints?: readonly string[];
  /** Stack of a bug; shown on request only. */
  readonly stack?: string | undefined;
}

const sentences = {
  usage: '{message}',
  conflict: { says: '{one} and {other} contradict each other', settle: 'give one of them' },
  'unknown-transform': { says: 'unknown transform "{id}"', settle: 'see all ids with: dfmigrate list' },
  'nothing-selected': {
    says: '"{pattern}" selects no transform',
    settle: 'see ids and tags with: dfmigrate list',
  },
  'unknown-subject': {
    says: '"{what}" is neither a transform, nor a reason code, nor a file',
    settle: 'see all transforms with: dfmigrate list',
  },
  'no-such-file': {
    says: 'no such file or directory: {path}',
    settle: 'check the name, or give a directory to search',
  },
  'no-match': { says: 'the pattern matches no file: {pattern}', settle: 'quote the pattern and check it' },
  'no-context': { says: 'the build context {path} is no directory', settle: 'give the directory docker build gets' },
  'none-found': 'no Dockerfiles found under {where} (looked for Dockerfile*, *.Dockerfile, Containerfile*)',
  template: {
    says: '{path} is a template, not a Dockerfile',
    settle: 'run dfmigrate on the rendered file',
  },
  symlink: { says: '{path} is a symbolic link to {target}', settle: 'run dfmigrate on the real file' },
  'outside-root': { says: '{path} lies outside {root}', settle: 'run dfmigrate on the real file' },
  'not-regular': { says: '{path} is not a regular file ({kind})', settle: 'give a Dockerfile or a directory' },
  'too-large': { says: '{path} is larger than {limit}', settle: 'split it by hand first' },
  'over-time': {
    says: '{path} was not done within {seconds} s',
    settle: 'give it more with --timeout-per-file, or leave this file out',
  },
  'over-memory': { says: '{path} needs more than {limit} of memory', settle: 'leave this file out' },
  unreadable: { says: '{path} cannot be read: {cause}', settle: 'check its permissions' },
  'not-in-git': {
    says: '{path} is not in git, which could give the old text back',
    settle: '--write (write anyway) or -n (only look)',
  },
  untracked: {
    says: '{path} is not tracked by git, which could give the old text back',
    settle: 'add and commit it first, or: --write (write anyway), -n (only look)',
  },
  dirty: {
    says: '{path} has changes that git does not have; writing would mix them with the migration',
    settle: 'commit or stash them, or: --write, --allow-dirty (write anyway), -n (only look)',
  },
  'git-unsure': {
    says: 'git cannot tell whether it could give {path} back: {cause}',
    settle: 'settle that with git, or: --write (write anyway), -n (only look)',
  },
  changed: {
    says: '{path} changed while it was being migrated; it was left as it is',
    settle: 'run dfmigrate again',
  },
  'already-there': { says: '{path} exists already; it was left as it is', settle: 'run dfmigrate again' },
  'write-failed': { says: '{path} cannot be written: {cause}', settle: 'nothing of this migration was kept' },
  'rollback-failed': { says: '{path} could not be put back: {cause}', settle: 'restore it from version control' },
  'patches-there': {
    says: '{path} holds patches already',
    settle: 'give an empty directory, or remove the old patches',
  },
  'different-lists': {
    says: 'the reports are about {count} different lists of repositories',
    settle: 'merge only shards of one bulk run',
  },
  'config-there': { says: '{path} exists already; it was left as it is', settle: 'edit it by hand' },
  'no-report': { says: 'there is no report in {path}', settle: 'give files written by bulk or by --format jsonl' },
  'hidden-characters': {
    says: '{path} holds control or invisible characters, shown here as escapes',
    settle: 'look at them before you trust the file',
  },
  'beside-stdin': '{path} belongs to the migration but cannot go to standard output',
  'nothing-restores': '{path}: git could not give its present text back',
  bug: {
    says: 'dfmigrate itself failed on {path}: {message} (input {hash})',
    settle: 'the file was left untouched; please report this, with the stack that -v shows',
  },
} as const;

const declared = defineReasons('cli', sentences);

/** Reasons of owner `cli`. */
export const cliReasons = declared.table;
/** States one of them. */
export const cliReason = declared.explain;

/** A usage error with its own sentence, as the option parser states it. */
export function usage(message: string, ...hints: readonly string[]): Fault {
  return { reason: cliReason('usage', { message }), exit: 2, hints };
}

/** The message of anything that was thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `ENOENT` and its like; `undefined` for anything else that was thrown. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const causes: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is no directory',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'symbolic links loop',
  EIO: 'input/output error',
  ENOENT: 'no such file or directory',
};

/** The cause of a failed system call in words, without the absolute path Node puts into its message. */
export function causeOf(error: unknown): string {
  const code = errnoOf(error);
  return code === undefined ? messageOf(error) : (causes[code] ?? code);
}
