/** What a context directory says about a Python project. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { type Pyproject, readLock, readPyproject } from './manifests.ts';
import type { Requirement } from './requirements.ts';

export type ToolName = 'pip' | 'poetry' | 'pipenv' | 'uv' | 'conda';
export const toolNames: ReadonlySet<string> = new Set<ToolName>(['pip', 'poetry', 'pipenv', 'uv', 'conda']);

export interface PythonFacts {
  readonly tool: ToolName;
  readonly project: Project;
  /** Context directory. */
  readonly directory: string;
  readonly pyproject: Pyproject | undefined;
  /** Packages of the lockfiles that are there, by tool. */
  readonly locks: Readonly<Partial<Record<ToolName, readonly Requirement[]>>>;
  readonly files: readonly string[];
  /** Scans of the sources, by the roots that were scanned. */
  readonly cache: Map<string, unknown>;
}

const lockNames = { poetry: 'poetry.lock', uv: 'uv.lock', pipenv: 'Pipfile.lock' } as const;

/** Facts of a directory for one tool; `undefined`: nothing there belongs to it. Without a context: facts that know no file. */
export function pythonFacts(tool: ToolName, project: Project, directory: string): PythonFacts | undefined {
  const files = project.list(directory);
  const pyproject = readPyproject(project, directory);
  if (project.present && !belongs(tool, files, pyproject, project, directory)) return undefined;
  const lock = (name: keyof typeof lockNames) => {
    const packages = files.includes(lockNames[name]) ? readLock(project, directory, lockNames[name]) : undefined;
    return packages === undefined ? {} : { [name]: packages };
  };
  const locks = { ...lock('poetry'), ...lock('uv'), ...lock('pipenv') };
  return { tool, project, directory, pyproject, locks, files, cache: new Map() };
}

function belongs(
  tool: ToolName,
  files: readonly string[],
  pyproject: Pyproject | undefined,
  project: Project,
  directory: string,
): boolean {
  switch (tool) {
    case 'poetry':
      return pyproject?.poetry === true || files.includes('poetry.lock');
    case 'pipenv':
      return files.includes('Pipfile') || files.includes('Pipfile.lock');
    case 'uv':
      return files.includes('uv.lock') || ofPip(files, project, directory);
    case 'conda':
      return files.some((name) => /^(environment|conda).*\.ya?ml$/.test(name));
    case 'pip':
      return ofPip(files, project, directory);
  }
}

/** Anything of Python: `pip install` and `uv pip install` name files that may stand anywhere. */
function ofPip(files: readonly string[], project: Project, directory: string): boolean {
  return (
    files.some(
      (name) =>
        /\.(py|ipynb)$/.test(name) || isRequirements(name) || /^(pyproject\.toml|setup\.cfg|Pipfile)$/.test(name),
    ) || deeper(project, directory, files)
  );
}

function isRequirements(name: string): boolean {
  return /require.*\.(txt|in|pip)$/i.test(name) || name === 'requirements';
}

/** Sources or requirement files one directory down (`src/app.py`, `requirements/base.txt`). */
function deeper(project: Project, directory: string, files: readonly string[]): boolean {
  return files.slice(0, 200).some((name) => {
    const path = posix.join(directory, name);
    return (
      project.kind(path) === 'directory' &&
      project.list(path).some((inner) => inner.endsWith('.py') || isRequirements(inner))
    );
  });
}

export function describePython({ tool, directory, files, pyproject }: PythonFacts): readonly Evidence[] {
  const manifest =
    tool === 'pip'
      ? files.find(isRequirements)
      : tool === 'conda'
        ? undefined
        : files.find((name) => name === lockNames[tool]);
  const title = { pip: 'pip', poetry: 'Poetry', pipenv: 'Pipenv', uv: 'uv', conda: 'conda' }[tool];
  const file = manifest === undefined ? pyproject?.file : posix.join(directory, manifest);
  const plain = tool === 'pip' && manifest === undefined;
  return [{ file: file ?? (directory === '' ? '.' : directory), says: plain ? 'Python' : `Python (${title})` }];
}
