/** `go.mod` and `go.work`, as far as a build in a container depends on them (Go Modules Reference, "go.mod files"). */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';

export interface Requirement {
  readonly path: string;
  readonly version: string;
  readonly line: number;
  readonly indirect: boolean;
}

export interface ModFile {
  /** Relative to the context root. */
  readonly file: string;
  readonly directory: string;
  readonly module: string;
  readonly moduleLine: number;
  /** The language version of the `go` line. */
  readonly go: string | undefined;
  readonly requires: readonly Requirement[];
  /** Targets of `replace … => ./directory`, as written, with their line. */
  readonly localReplaces: readonly { readonly path: string; readonly line: number }[];
}

interface Directive {
  readonly verb: string;
  readonly words: readonly string[];
  readonly comment: string;
  readonly line: number;
}

/** Reads a `go.mod`; `undefined`: not there, or without a module line. */
export function readModFile(project: Project, file: string): ModFile | undefined {
  const text = project.read(file);
  if (text === undefined) return undefined;
  const directives = directivesOf(text);
  const module = directives.find((one) => one.verb === 'module');
  const name = module?.words[0];
  if (module === undefined || name === undefined) return undefined;
  return {
    file,
    directory: posix.dirname(file).replace(/^\.$/, ''),
    module: name,
    moduleLine: module.line,
    go: directives.find((one) => one.verb === 'go')?.words[0],
    requires: directives
      .filter((one) => one.verb === 'require' && one.words.length >= 2)
      .map(({ words, comment, line }) => ({
        path: words[0] ?? '',
        version: words[1] ?? '',
        line,
        indirect: /\bindirect\b/.test(comment),
      })),
    localReplaces: directives
      .filter((one) => one.verb === 'replace')
      .flatMap(({ words, line }) => {
        const path = words[words.indexOf('=>') + 1] ?? '';
        return words.includes('=>') && /^(\.{1,2}(\/|$)|\/)/.test(path) ? [{ path, line }] : [];
      }),
  };
}

/** Directories of the `use` lines of a `go.work`; `undefined`: there is none. */
export function readWorkspace(project: Project, file: string): readonly string[] | undefined {
  const text = project.read(file);
  if (text === undefined) return undefined;
  return directivesOf(text).flatMap(({ verb, words }) => (verb === 'use' ? words.slice(0, 1) : []));
}

/** One entry per line; `verb (` opens a block whose lines all have that verb. */
function directivesOf(text: string): readonly Directive[] {
  const found: Directive[] = [];
  let block: string | undefined;
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const slashes = whole.indexOf('//');
    const comment = slashes < 0 ? '' : whole.slice(slashes + 2);
    const words = (slashes < 0 ? whole : whole.slice(0, slashes))
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(unquoted);
    const first = words[0];
    if (first === undefined) continue;
    if (block !== undefined && first === ')') block = undefined;
    else if (block !== undefined) found.push({ verb: block, words, comment, line: index + 1 });
    else if (words[1] === '(') block = first;
    else found.push({ verb: first, words: words.slice(1), comment, line: index + 1 });
  }
  return found;
}

function unquoted(word: string): string {
  return /^(["`]).*\1$/.test(word) ? word.slice(1, -1) : word;
}
