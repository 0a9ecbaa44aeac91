/** Additions to the ignore file that is in force for a build. */
import type { FileEdit } from '../transform.ts';
import type { Project } from './project.ts';
import { siblingThatNeeds } from './siblings.ts';

/** What is done so that the builder does not get these context directories from the host any more. */
export interface Ignored {
  /** Those it gets now. */
  readonly paths: readonly string[];
  readonly files: readonly FileEdit[];
  /** Another Dockerfile of the context may need one of them. */
  readonly needed: { readonly path: string; readonly sibling: string } | undefined;
}

/** Keeps directories out of the build context, as far as they are sent. */
export function ignoring(project: Project, directories: readonly string[]): Ignored {
  const paths = directories.filter((path) => project.sends(`${path}/x`));
  const needed = paths
    .map((path) => ({ path, sibling: siblingThatNeeds(project, path) }))
    .find((one): one is { readonly path: string; readonly sibling: string } => one.sibling !== undefined);
  return { paths, files: paths.length === 0 ? [] : [extendIgnoreFile(project, paths)], needed };
}

/** The ignore file in force (or a new `.dockerignore`) with these patterns at its end, in its own line ends. */
export function extendIgnoreFile(project: Project, patterns: readonly string[]): FileEdit {
  const path = project.ignoreFile?.path ?? '.dockerignore';
  const before = project.ignoreFile?.text;
  const eol = before?.includes('\r\n') === true ? '\r\n' : '\n';
  const text = patterns.map((pattern) => pattern + eol).join('');
  if (before === undefined) return { path, before, after: text };
  const ended = before === '' || before.endsWith('\n') ? before : before + eol;
  return { path, before, after: ended + text };
}
