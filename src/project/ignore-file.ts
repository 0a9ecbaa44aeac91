/** Additions to the ignore file that is in force for a build. */
import type { FileEdit } from '../transform.ts';
import type { Project } from './project.ts';

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
