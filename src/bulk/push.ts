/** Publishing a branch that dfmigrate made. Nothing else is pushed, nothing is overwritten that was not dfmigrate's. */
import type { Fault } from '../fault.ts';
import { records, runGit } from '../git.ts';
import { redact } from '../report/redact.ts';
import { isFreeOrOwn } from './branch.ts';
import type { Objects } from './objects.ts';
import { bulkFault, bulkReason } from './reasons.ts';
import { isUrl, withoutCredentials } from './sources.ts';

export interface PushRequest {
  readonly repo: string;
  /** Absolute. */
  readonly repository: string;
  readonly objects: Objects;
  readonly branch: string;
  /** A repository of our own cache: its configuration is ours. */
  readonly isOwnClone: boolean;
  readonly signal: AbortSignal;
}

const limitMs = 300_000;

/**
 * Settings a repository may have without its remote being contacted by means of its own choosing. Everything else is refused:
 * `core.sshCommand`, `credential.helper`, `url.*.insteadOf`, `remote.*.receivepack`, `include.path`, and what git will learn.
 */
const harmless =
  /^(?:core\.(?:repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf|sparsecheckout|sparsecheckoutcone|quotepath|abbrev|compression|bigfilethreshold|fsmonitor|hookspath|untrackedcache|commitgraph)|extensions\.(?:objectformat|partialclone|worktreeconfig|refstorage)|remote\..+\.(?:url|fetch|promisor|partialclonefilter|tagopt|prune)|branch\..+\.(?:remote|merge|rebase|description)|user\.(?:name|email)|init\.defaultbranch|pull\.(?:rebase|ff)|submodule\..+|gc\..+|index\..+|pack\..+|color\..+|lfs\.repositoryformatversion)$/;

/** Pushes, with a lease on what the remote repository was last seen to have; success when it has the commit. */
export async function pushBranch(request: PushRequest): Promise<Fault | undefined> {
  const { repo, repository, branch, signal, objects } = request;
  const failed = (cause: string): Fault => {
    const shown = redact(withoutCredentials(cause));
    return bulkFault(bulkReason('push-failed', { repo, branch, cause: shown }), 3);
  };
  if (!request.isOwnClone) {
    const objection = await configObjection(repo, repository, signal);
    if (objection !== undefined) return objection;
  }
  const seen = `refs/remotes/origin/${branch}`;
  if (!(await isFreeOrOwn(objects, seen)))
    return bulkFault(bulkReason('branch-foreign', { repo: `origin of ${repo}`, branch }), 4);
  const [tip] = await objects.get([seen]);
  const ref = `refs/heads/${branch}`;
  const args = [
    '--porcelain',
    '--no-verify',
    '--no-follow-tags',
    `--force-with-lease=${ref}:${tip?.id ?? ''}`,
    'origin',
    `${ref}:${ref}`,
  ];
  const answer = await runGit(repository, 'push', args, { limitMs, signal });
  return answer.ok ? undefined : failed(answer.cause);
}

async function configObjection(repo: string, repository: string, signal: AbortSignal): Promise<Fault | undefined> {
  const listed = await runGit(repository, 'config', ['--list', '--show-scope', '--name-only', '-z'], {
    limitMs,
    signal,
  });
  if (!listed.ok) return bulkFault(bulkReason('git', { repo, cause: listed.cause }), 3);
  const fields = records(listed.stdout);
  const own = fields.filter((_, index) => index % 2 === 1 && ['local', 'worktree'].includes(fields[index - 1] ?? ''));
  const key = own.find((name) => !harmless.test(name.toLowerCase()));
  if (key !== undefined) return bulkFault(bulkReason('push-config', { repo, key }), 4);
  const url = await runGit(repository, 'config', ['--get', 'remote.origin.url'], { limitMs, signal });
  if (!url.ok) return bulkFault(bulkReason('push-no-remote', { repo }), 4);
  const remote = url.stdout.toString('utf8').trim();
  return isUrl(remote) && !/^file:/i.test(remote) ? undefined : bulkFault(bulkReason('push-local', { repo }), 4);
}
