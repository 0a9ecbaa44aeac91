/** The Python version a project declares: version files, `requires-python`, Poetry, Pipenv (PEP 440, version specifiers). */
import { posix } from 'node:path';
import type { Answer } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { agreed, type Declaration, declaration } from '../declared.ts';
import type { DeclaredVersion } from '../ecosystem.ts';

const places: readonly (readonly [file: string, pattern: RegExp])[] = [
  ['.python-version', /^[ \t]*(\d[\d.]*)[ \t\r]*$/],
  ['runtime.txt', /^python-(\d[\d.]*)/],
  ['.tool-versions', /^python[ \t]+(\d[\d.]*)/],
  ['Pipfile', /^python_(?:full_)?version[ \t]*=[ \t]*["']([^"']+)["']/],
  ['pyproject.toml', /^requires-python[ \t]*=[ \t]*["']([^"']+)["']/],
  ['pyproject.toml', /^python[ \t]*=[ \t]*["']([^"']+)["']/],
];

export function pythonVersion(project: Project, directory: string): Answer<DeclaredVersion> {
  const found = places.flatMap(([name, pattern]) => {
    const file = posix.join(directory, name);
    const one = declaration(file, project.read(file), pattern);
    return one === undefined ? [] : [ofSpecifier(one.value, one.evidence)];
  });
  return agreed('python', 'Python', '.python-version', found);
}

function ofSpecifier(text: string, evidence: Declaration['evidence']): Declaration {
  const plain = /^(?:==|~=?)?[ \t]*(\d+\.\d+(?:\.\d+)?)(?:\.\*)?$/.exec(text.trim());
  if (plain?.[1] !== undefined) return { version: exactness(text, plain[1]), evidence };
  const clauses = text.split(',').map((clause) => clause.trim());
  const allows = (version: string) => clauses.every((clause) => holds(clause, numbers(version, 99)));
  const minors = Array.from({ length: 40 }, (_, minor) => minor).filter(
    (minor) => allows(`3.${minor}.0`) || allows(`3.${minor}`),
  );
  const only = minors.length === 1 && allows(`3.${minors[0]}`);
  return only ? { version: `3.${minors[0]}`, evidence } : { version: undefined, allows, evidence };
}

/** `~3.11.2` and `~=3.11.2` mean the newest 3.11; `==3.11.2` means exactly that. */
function exactness(text: string, version: string): string {
  return text.trim().startsWith('~') ? version.split('.').slice(0, 2).join('.') : version;
}

function numbers(version: string, missing: number): readonly number[] {
  const given = version.split('.').map(Number);
  return [given[0] ?? 3, given[1] ?? missing, given[2] ?? missing];
}

function holds(clause: string, version: readonly number[]): boolean {
  const match = /^(>=|<=|>|<|==|!=|\^|~=?)?[ \t]*(\d+(?:\.\d+){0,2})(\.\*)?$/.exec(clause);
  if (match === null) return true;
  const bound = numbers(match[2] ?? '3', 0);
  const compared = compare(version, bound);
  const length = (match[2] ?? '').split('.').length;
  const within = bound.slice(0, Math.max(1, length)).every((one, index) => one === version[index]);
  switch (match[1] ?? '==') {
    case '>=':
      return compared >= 0;
    case '<=':
      return compared <= 0;
    case '>':
      return compared > 0;
    case '<':
      return compared < 0;
    case '!=':
      return !within;
    case '^':
      return compared >= 0 && version[0] === bound[0];
    case '~':
    case '~=':
      return compared >= 0 && bound.slice(0, Math.max(1, length - 1)).every((one, index) => one === version[index]);
    default:
      return within;
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < 3; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
