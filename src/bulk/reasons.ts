/** What goes wrong around a repository of a bulk run. */
import type { Fault, FaultExit } from '../fault.ts';
import { defineReasons } from '../reason.ts';

const sentences = {
  'no-repositories': 'no repositories found under {where}',
  'no-such-repository': { says: '{repo} is no Git repository', settle: 'check the path, or comment the line out' },
  'no-such-source': {
    says: 'neither a directory, nor a list of repositories, nor a URL: {what}',
    settle: 'check the name',
  },
  'bad-line': { says: 'line {line} of the list says more than a repository and a ref: {text}', settle: 'correct it' },
  'no-pattern-match': {
    says: 'the pattern matches no repository: {pattern}',
    settle: 'quote the pattern and check it',
  },
  'no-such-ref': { says: '{repo} has no commit {ref}', settle: 'check the ref in the list' },
  'no-commit': '{repo} has no commit yet',
  'same-repository': '{repo} is the same repository as {other}, which stands for both',
  'too-many-entries': {
    says: '{repo} has more than {limit} files and directories',
    settle: 'leave this repository out',
  },
  'too-many-bytes': {
    says: '{repo} needs more than {limit} of its files to be read',
    settle: 'leave this repository out',
  },
  'repository-over-time': {
    says: '{repo} was not done within {seconds} s',
    settle: 'give it more with --timeout-per-repo',
  },
  git: { says: 'git cannot read {repo}: {cause}', settle: 'settle that with git' },
  'clone-failed': { says: '{repo} cannot be fetched: {cause}', settle: 'check the address and your access' },
  'branch-name': { says: '"{name}" is no name git would give a branch', settle: 'give another name' },
  'branch-checked-out': {
    says: 'the branch {branch} of {repo} is checked out, and its files would go stale',
    settle: 'check out another branch, or give another name with --branch',
  },
  'branch-foreign': {
    says: '{repo} has a branch {branch} that dfmigrate did not make, or that has other commits on top',
    settle: 'rename that branch, or give another name with --branch',
  },
  'branch-failed': { says: 'the branch {branch} of {repo} cannot be written: {cause}', settle: 'settle that with git' },
  'link-in-path': {
    says: '{path} of {repo} is, or lies behind, a symbolic link; a commit would replace it',
    settle: 'run dfmigrate on the real file',
  },
  'push-failed': { says: '{branch} of {repo} was not pushed: {cause}', settle: 'settle that, then --resume' },
  'push-no-remote': { says: '{repo} has no remote repository named origin', settle: 'add it, or push by hand' },
  'push-config': {
    says: '{repo} was not pushed: its own configuration sets {key}, which could name a program to run',
    settle: 'look at it and push by hand, or list the repository by its URL',
  },
  'push-local': {
    says: '{repo} was not pushed: its origin is a directory of this machine, where hooks would run',
    settle: 'push by hand, or list the repository by its URL',
  },
  'in-place-needs-work-tree': { says: '{repo} has no work tree to write to', settle: 'use --branch' },
  'patch-failed': { says: 'the patches of {repo} cannot be written: {cause}', settle: 'check the directory' },
  'run-dir-used': {
    says: '{path} holds a run already',
    settle: 'continue it with --resume {path}, or give another directory',
  },
  'run-dir-busy': { says: 'another dfmigrate works in {path} (process {pid} on {host})', settle: 'wait for it' },
  'run-dir-none': { says: '{path} holds no run that could be resumed', settle: 'check the directory' },
  'run-dir-failed': { says: '{path} cannot be used as run directory: {cause}', settle: 'check the directory' },
  'journals-differ': {
    says: '{path} is about another list of repositories than {other}',
    settle: 'merge only shards of one list',
  },
  'not-a-journal': { says: '{path} is no journal of a bulk run', settle: 'give a report.jsonl' },
  stopped: {
    says: 'stopped after {errors} errors in {done} repositories',
    settle: 'see what they have in common, then --resume',
  },
} as const;

const declared = defineReasons('bulk', sentences);

/** Reasons of owner `bulk`. */
export const bulkReasons = declared.table;
/** States one of them. */
export const bulkReason = declared.explain;

/** A fault of the whole repository or run, from a reason. */
export function bulkFault(reason: Fault['reason'], exit: FaultExit): Fault {
  return { reason, exit };
}
