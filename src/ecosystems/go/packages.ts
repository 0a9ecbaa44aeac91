/** The Go sources below a context directory: which directories are programs, and which sources end up in each. */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { sourcesBelow } from '../../project/sources.ts';
import { type ModFile, readModFile, readWorkspace } from './modfile.ts';
import { type GoSource, readGoSource } from './source.ts';

export interface GoFacts {
  /** Context directory in which the build runs. */
  readonly directory: string;
  /** `go.mod` of that directory or of one above it. */
  readonly mod: ModFile | undefined;
  /** Context directory of the module, or the build's own without one. */
  readonly root: string;
  readonly sum: boolean;
  /** `vendor/modules.txt`, or a vendor directory of the time before modules. */
  readonly vendored: boolean;
  /** `go.work` that holds for this module. */
  readonly workspace: { readonly file: string; readonly uses: readonly string[] } | undefined;
  readonly project: Project;
  /** Sources by context directory, test files left out; read once, when first asked for. */
  sources(): GoTree;
}

export interface GoTree {
  readonly byDirectory: ReadonlyMap<string, readonly GoSource[]>;
  readonly complete: boolean;
}

/** Facts of a directory with Go sources or a module; `undefined`: neither. */
export function readGoFacts(project: Project, directory: string): GoFacts | undefined {
  const mod = moduleAbove(project, directory);
  const root = mod?.directory ?? directory;
  if (mod === undefined && !hasGoSources(project, directory)) return undefined;
  let tree: GoTree | undefined;
  return {
    directory,
    mod,
    root,
    sum: project.kind(posix.join(root, 'go.sum')) === 'file' && project.sends(posix.join(root, 'go.sum')),
    vendored: isVendored(project, root),
    workspace: workspaceOf(project, root),
    project,
    sources: () => (tree ??= readTree(project, root)),
  };
}

function hasGoSources(project: Project, directory: string): boolean {
  const names = project.list(directory);
  if (names.some((name) => name.endsWith('.go') || /^(Gopkg\.toml|glide\.yaml|Godeps|Gopkg\.lock)$/.test(name)))
    return true;
  return project.files(directory, 5000)?.some((path) => path.endsWith('.go')) === true;
}

function moduleAbove(project: Project, directory: string): ModFile | undefined {
  for (let at = directory, depth = 0; depth < 32; depth++) {
    const mod = readModFile(project, posix.join(at, 'go.mod'));
    if (mod !== undefined) return mod;
    if (at === '') return undefined;
    at = posix.dirname(at).replace(/^\.$/, '');
  }
  return undefined;
}

function isVendored(project: Project, root: string): boolean {
  const path = posix.join(root, 'vendor');
  return project.kind(path) === 'directory' && project.sends(posix.join(path, 'modules.txt'));
}

function workspaceOf(project: Project, root: string): GoFacts['workspace'] {
  for (let at = root, depth = 0; depth < 32; depth++) {
    const file = posix.join(at, 'go.work');
    const uses = project.sends(file) ? readWorkspace(project, file) : undefined;
    if (uses !== undefined) return { file, uses };
    if (at === '') return undefined;
    at = posix.dirname(at).replace(/^\.$/, '');
  }
  return undefined;
}

function readTree(project: Project, root: string): GoTree {
  const files = sourcesBelow(
    project,
    [root],
    (path) =>
      path.endsWith('.go') &&
      !path.endsWith('_test.go') &&
      !/(^|\/)(vendor|testdata)\//.test(path.slice(root.length)) &&
      project.sends(path),
  );
  const byDirectory = new Map<string, GoSource[]>();
  for (const { path, text } of files ?? []) {
    const source = readGoSource(path, text);
    if (source === undefined) continue;
    const directory = posix.dirname(path).replace(/^\.$/, '');
    byDirectory.set(directory, [...(byDirectory.get(directory) ?? []), source]);
  }
  return { byDirectory, complete: files !== undefined };
}

/** Context directories of programs at or below a directory, in path order. */
export function mainDirectories(facts: GoFacts, below: string): readonly string[] {
  return [...facts.sources().byDirectory]
    .filter(([directory, sources]) => inside(directory, below) && sources.some((one) => one.package === 'main'))
    .map(([directory]) => directory)
    .sort();
}

function inside(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`);
}

/** Sources that are compiled into a program: its own and, through imports, those of the module; all of them when that is not known. */
export function compiledInto(facts: GoFacts, main: string | undefined): readonly GoSource[] {
  const { byDirectory } = facts.sources();
  const start = main === undefined ? undefined : byDirectory.get(main);
  if (main === undefined || start === undefined || facts.mod === undefined) return [...byDirectory.values()].flat();
  const seen = new Set([main]);
  const queue = [main];
  const found: GoSource[] = [];
  for (let directory = queue.pop(); directory !== undefined; directory = queue.pop()) {
    const sources = byDirectory.get(directory) ?? [];
    found.push(...sources);
    for (const imported of sources.flatMap((source) => source.imports)) {
      const local = imported.startsWith('.') ? posix.join(directory, imported) : localDirectory(facts.mod, imported);
      if (local !== undefined && !seen.has(local)) {
        seen.add(local);
        queue.push(local);
      }
    }
  }
  return found;
}

/** Context directory of a package of the module. */
export function localDirectory(mod: ModFile, imported: string): string | undefined {
  if (imported === mod.module) return mod.directory;
  if (!imported.startsWith(`${mod.module}/`)) return undefined;
  return posix.join(mod.directory, imported.slice(mod.module.length + 1));
}

/** Import paths outside of the standard library and of the module. */
export function foreignImports(facts: GoFacts, sources: readonly GoSource[]): ReadonlySet<string> {
  const own = facts.mod?.module;
  return new Set(
    sources
      .flatMap((source) => source.imports)
      .filter(
        (path) =>
          /^[^/]*\./.test(path) &&
          !path.startsWith('.') &&
          path !== own &&
          (own === undefined || !path.startsWith(`${own}/`)),
      ),
  );
}
