/** Files the old image had in its WORKDIR and the new one lacks, those that the remaining program mentions first. */
import type { Project } from '../project/project.ts';
import { literally } from '../project/sources.ts';
import type { Contents } from './contents.ts';

export interface LostFile {
  /** A file, or a whole directory of which nothing is left (ends with `/`); absolute in the image. */
  readonly path: string;
  /** Files in it; 1 for a file. */
  readonly files: number;
  /** The file of the project that mentions it, when one that is still in the image does. */
  readonly mentionedBy: string | undefined;
}

const largestSource = 256 * 1024;
const sourcesRead = 400;
const mostListed = 200;
const text =
  /\.(?:[cm]?[jt]sx?|py|go|rb|java|kt|php|rs|sh|ya?ml|json|toml|ini|conf|cfg|properties|xml|html?|ejs|hbs|tmpl)$/;
/** Names that are in every project say nothing. */
const commonNames = new Set(['index.js', 'index.ts', 'main.go', 'README.md', 'LICENSE', 'package.json', 'Dockerfile']);

/** At most 200, mentioned ones first, then by path. */
export function lostFiles(before: Contents, after: Contents, workdir: string, project: Project): readonly LostFile[] {
  const root = workdir.replace(/^\/+|\/+$/g, '');
  if (root === '') return [];
  const files = [...before.entries.values()].filter(
    ({ path, kind }) => kind !== 'directory' && path.startsWith(`${root}/`),
  );
  const lost = files.map(({ path }) => path).filter((path) => !after.entries.has(path));
  const groups = grouped(lost, after, root);
  const sources = keptSources(after, root, project);
  return groups
    .map(({ path, count }) => ({
      path: `/${path}`,
      files: count,
      mentionedBy: mentionOf(path.slice(root.length + 1), sources),
    }))
    .sort(
      (a, b) => Number(b.mentionedBy !== undefined) - Number(a.mentionedBy !== undefined) || (a.path < b.path ? -1 : 1),
    )
    .slice(0, mostListed);
}

/** A directory that the new image does not have at all stands for everything below it. */
function grouped(lost: readonly string[], after: Contents, root: string): readonly { path: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const path of lost) {
    const name = gone(path, after, root);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([path, count]) => ({ path, count }));
}

function gone(path: string, after: Contents, root: string): string {
  for (let slash = path.indexOf('/', root.length + 1); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (!after.entries.has(path.slice(0, slash))) return path.slice(0, slash + 1);
  }
  return path;
}

/** Sources of the project that are in the new image too: only what is left there can miss something. */
function keptSources(after: Contents, root: string, project: Project): readonly { name: string; content: string }[] {
  const names = project.files('') ?? [];
  return names
    .filter((name) => text.test(name) && after.entries.has(`${root}/${name}`))
    .slice(0, sourcesRead)
    .flatMap((name) => {
      const content = project.read(name);
      return content === undefined || content.length > largestSource ? [] : [{ name, content }];
    });
}

function mentionOf(relative: string, sources: readonly { name: string; content: string }[]): string | undefined {
  if (relative.startsWith('node_modules/')) return undefined;
  const path = relative.replace(/\/$/, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.length < 4 || commonNames.has(name)) return undefined;
  const words = name.includes('.') ? [path, name] : [path];
  const mention = new RegExp(`(?<![\\w-])(?:${words.map(literally).join('|')})(?![\\w-])`);
  return sources.find(({ content }) => mention.test(content))?.name;
}
