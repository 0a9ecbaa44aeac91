/** One Dockerfile of a commit migrated: what a worker is asked, what it answers, and the work itself. */
import { posix } from 'node:path';
import type { Reason } from '../answer.ts';
import { type MigrateChoice, migrateBytes, tooLarge } from '../attempt.ts';
import type { Config } from '../config/config.ts';
import { configFault, configReason } from '../config/reasons.ts';
import { type Asked, settle } from '../config/settle.ts';
import { configInTree } from '../config/tree.ts';
import type { Fault } from '../fault.ts';
import type { Migration } from '../migration.ts';
import { composeContexts, isComposeFile } from '../project/compose.ts';
import { withFiles } from '../project/overlay.ts';
import type { Project } from '../project/project.ts';
import { joined, normalPath } from '../project/tree.ts';
import { projectOver } from '../project/view.ts';
import type { FileEdit, Transform } from '../transform.ts';
import { gitTree, type Known } from './git-tree.ts';

/** Files beside a Dockerfile that an earlier one of the same context brought; both relative to the repository's root. */
export interface ContextEdits {
  readonly context: string;
  readonly files: readonly FileEdit[];
}

export interface Task {
  /** Object id of the commit's tree. */
  readonly root: string;
  /** The Dockerfile, relative to the root, and its object id. */
  readonly path: string;
  readonly id: string;
  readonly earlier: readonly ContextEdits[];
  readonly limitMs: number;
}

/** A request forgets the objects of earlier ones when it is `fresh`; `objects` are those not sent since. */
export interface TaskRequest {
  readonly task: Task;
  readonly fresh: boolean;
  readonly objects: readonly (readonly [string, Uint8Array | undefined])[];
}

/** `context` is relative to the root, `''` for the root itself. */
export type TaskReply =
  | { readonly kind: 'wanted'; readonly ids: readonly string[] }
  | { readonly kind: 'migrated'; readonly migration: Migration; readonly context: string }
  /** Its configuration leaves it alone. */
  | { readonly kind: 'left'; readonly reason: Reason }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** What a worker is started with: names instead of transforms, which cannot be sent. */
export interface WorkerChoice {
  /** Selected transforms, in pipeline order. */
  readonly transforms: readonly string[];
  /** Those that the command line named itself. */
  readonly insisted: readonly string[];
  readonly asked: Pick<Asked, 'runtime' | 'healthcheck' | 'user'>;
  readonly target: string | undefined;
  /** `look`: the repository's own configuration counts; else one that the operator gave, its paths relative to each root. */
  readonly config: 'look' | Config | undefined;
  readonly policy: Config | undefined;
}

/** The same with the transforms themselves; `all` there are. */
export interface TaskChoice extends Pick<WorkerChoice, 'target' | 'config' | 'policy'> {
  readonly asked: Asked;
  readonly all: readonly Transform[];
}

/** Compose files are looked for in the directory itself and at most this many above it. */
const levelsAbove = 3;

/** The migration, or the objects it needs to know first. */
export function migrateInTree(task: Task, known: Known, choice: TaskChoice): TaskReply {
  const { path, root } = task;
  const whole = gitTree(root, '', known);
  const repository = projectOver(whole, { dockerfile: undefined });
  const configured = configuredFor(path, repository, choice);
  const context = configured.kind === 'run' ? (configured.context ?? contextIn(repository, path)) : '';
  const beside = ignoreBeside(repository, path, context);
  const above = composeFilesAbove(repository, context);
  if (!known.has(task.id)) return { kind: 'wanted', ids: [task.id, ...whole.wanted] };
  if (whole.wanted.size > 0) return { kind: 'wanted', ids: [...whole.wanted] };
  if (configured.kind !== 'run') return configured;
  const bytes = known.get(task.id);
  if (bytes === undefined) return { kind: 'fault', fault: tooLarge(path) };
  const tree = gitTree(root, context, known);
  const project = projectOver(tree, {
    dockerfile: isBelow(path, context) ? relative(context, path) : undefined,
    besideDockerfile: beside,
    location: { context: `/${context}`, dockerfile: `/${path}` },
    composeAbove: () => above,
  });
  const edits = task.earlier.filter((each) => each.context === context).flatMap(({ files }) => files);
  const seen = edits.length === 0 ? project : withFiles(project, edits);
  const result = migrateBytes(Buffer.from(bytes), path, seen, { ...configured.choice, limitMs: task.limitMs });
  if (tree.wanted.size > 0 && !isOverTime(result)) return { kind: 'wanted', ids: [...tree.wanted] };
  return 'reason' in result ? { kind: 'fault', fault: result } : { kind: 'migrated', migration: result, context };
}

type Configured =
  | { readonly kind: 'run'; readonly choice: MigrateChoice; readonly context: string | undefined }
  | Extract<TaskReply, { kind: 'left' | 'fault' }>;

/** What the repository's configuration and the policy make of the choice. */
function configuredFor(path: string, repository: Project, choice: TaskChoice): Configured {
  const fault = (each: Fault): Configured => ({ kind: 'fault', fault: each });
  const found =
    choice.config === 'look'
      ? configInTree(path, (name) => repository.read(name))
      : choice.config && { config: choice.config, directory: '' };
  if (found !== undefined && 'exit' in found) return fault(found);
  const place = found === undefined ? path : posix.relative(`/${found.directory}`, `/${path}`);
  const settled = settle(choice.asked, found?.config, choice.policy, place, choice.all);
  if ('exit' in settled) return fault(settled);
  if (settled.kind === 'leave') return { kind: 'left', reason: settled.reason };
  const { transforms, wishes } = settled;
  const own = { transforms, wishes, target: choice.target };
  if (settled.context === undefined || found === undefined) return { kind: 'run', choice: own, context: undefined };
  const { path: given, line } = settled.context;
  const context = normalPath(joined(found.directory, given));
  if (context !== undefined && repository.kind(context) === 'directory') return { kind: 'run', choice: own, context };
  const shown = found.config.path;
  return fault(configFault(configReason('outside', { path: shown, line, key: 'context' }), shown, line));
}

function isOverTime(result: Migration | Fault): boolean {
  return 'reason' in result && result.reason.code === 'cli/over-time';
}

/** The one context that all compose services building this Dockerfile name; else the Dockerfile's directory. */
function contextIn(repository: Project, dockerfile: string): string {
  const own = parentOf(dockerfile);
  const named = new Set(
    directoriesFrom(own).flatMap((directory) =>
      composeContexts({
        context: `/${directory}`,
        dockerfile: `/${dockerfile}`,
        files: composeFilesIn(repository, directory, ''),
      }),
    ),
  );
  const [only] = named;
  if (named.size !== 1 || only === undefined) return own;
  const inside = only.replace(/^\/+/, '');
  return repository.kind(inside) === 'directory' ? inside : own;
}

function composeFilesAbove(repository: Project, context: string): readonly { path: string; text: string }[] {
  return directoriesFrom(context)
    .slice(1)
    .flatMap((directory, index) => composeFilesIn(repository, directory, '../'.repeat(index + 1)));
}

function composeFilesIn(repository: Project, directory: string, up: string): readonly { path: string; text: string }[] {
  return repository
    .list(directory)
    .filter(isComposeFile)
    .flatMap((name) => {
      const text = repository.read(joined(directory, name));
      return text === undefined ? [] : [{ path: up + name, text }];
    });
}

function ignoreBeside(
  repository: Project,
  dockerfile: string,
  context: string,
): { readonly path: string; readonly text: string } | undefined {
  if (isBelow(dockerfile, context)) return undefined;
  const text = repository.read(`${dockerfile}.dockerignore`);
  return text === undefined ? undefined : { path: posix.relative(context, `${dockerfile}.dockerignore`), text };
}

/** The directory and those above it, nearest first, up to the root or `levelsAbove`. */
function directoriesFrom(directory: string): readonly string[] {
  const found = [directory];
  for (let at = directory; at !== '' && found.length <= levelsAbove; at = parentOf(at)) found.push(parentOf(at));
  return found;
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`);
}

function relative(directory: string, path: string): string {
  return directory === '' ? path : path.slice(directory.length + 1);
}
