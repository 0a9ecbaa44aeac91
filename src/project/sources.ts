/** A bounded walk over the sources that an image gets: whole trees and single files of the build context. */
import type { Project } from './project.ts';

export interface Source {
  readonly path: string;
  readonly text: string;
}

export type SourceText = Source;

/** `complete` false: there are more than are read, and nothing may be concluded from absence. */
export interface Sources {
  readonly files: readonly SourceText[];
  readonly complete: boolean;
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** A regular expression's source that matches this text and nothing else. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Files read and characters read at most; beyond that nothing may be concluded from absence. */
const MOST_FILES = 3_000;
const MOST_CHARACTERS = 16_000_000;

/**
 * Texts of the sent files at or below context paths, whose path passes. For several paths the answer is `undefined` when there
 * are more than are read; for one tree it says so in `complete`.
 */
export function sourcesBelow(project: Project, root: string, wanted: (path: string) => boolean): Sources;
export function sourcesBelow(
  project: Project,
  roots: readonly string[],
  wanted: (path: string) => boolean,
): readonly Source[] | undefined;
export function sourcesBelow(
  project: Project,
  roots: string | readonly string[],
  wanted: (path: string) => boolean,
): Sources | readonly Source[] | undefined {
  if (typeof roots !== 'string') return textsBelow(project, roots, wanted);
  const files = textsBelow(project, [roots], wanted);
  return { files: files ?? [], complete: files !== undefined };
}

function textsBelow(
  project: Project,
  roots: readonly string[],
  wanted: (path: string) => boolean,
): readonly Source[] | undefined {
  const paths = new Set<string>();
  for (const root of new Set(roots)) {
    if (root !== '' && project.kind(root) === 'file') {
      if (wanted(root)) paths.add(root);
      continue;
    }
    const files = project.files(root);
    if (files === undefined) return undefined;
    for (const file of files) if (wanted(file) && project.sends(file)) paths.add(file);
    if (paths.size > MOST_FILES) return undefined;
  }
  const sources: Source[] = [];
  let characters = 0;
  for (const path of [...paths].sort()) {
    const text = project.read(path);
    if (text === undefined) continue;
    characters += text.length;
    if (characters > MOST_CHARACTERS) return undefined;
    sources.push({ path, text });
  }
  return sources;
}
