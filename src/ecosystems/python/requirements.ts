/** Requirement files as pip reads them (pip documentation, "Requirements File Format"; PEP 508 for the lines in them). */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';

export interface Requirement {
  /** Normalised as PEP 503 says: lower case, runs of `-`, `_` and `.` are one `-`. */
  readonly name: string;
  /** As in `==1.2.3`; `undefined`: not pinned. */
  readonly version: string | undefined;
  readonly extras: readonly string[];
  readonly file: string;
  readonly line: number;
}

export interface Requirements {
  /** Every file read, in the order pip opens them, the first one included. */
  readonly files: readonly string[];
  readonly requirements: readonly Requirement[];
  /** Lines that name a file or directory of the project (`-e .`, `./lib`, `file:…`, `--find-links wheels`). */
  readonly local: readonly {
    readonly file: string;
    readonly line: number;
    readonly text: string;
    readonly editable: boolean;
  }[];
  /** Lines that need a version control program (`git+https://…`). */
  readonly repositories: readonly string[];
  /** A file that is named but is not there, or a line with a value that only the environment knows. */
  readonly missing: readonly string[];
}

interface Collected {
  readonly files: string[];
  readonly requirements: Requirement[];
  readonly local: { file: string; line: number; text: string; editable: boolean }[];
  readonly repositories: string[];
  readonly missing: string[];
}

export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Reads requirement files (context paths) with everything they include; at most 40 files. */
export function readRequirements(project: Project, paths: readonly string[]): Requirements {
  const found: Collected = { files: [], requirements: [], local: [], repositories: [], missing: [] };
  for (const path of paths) readFile(project, posix.normalize(path), found);
  return found;
}

function readFile(project: Project, path: string, found: Collected): void {
  if (found.files.includes(path)) return;
  const text = path.startsWith('..') || found.files.length >= 40 ? undefined : project.read(path);
  if (text === undefined) {
    found.missing.push(path);
    return;
  }
  found.files.push(path);
  for (const { line, number } of logicalLines(text)) readLine(project, path, line, number, found);
}

/** Lines joined at a trailing backslash, without comments. */
function logicalLines(text: string): readonly { readonly line: string; readonly number: number }[] {
  const found: { line: string; number: number }[] = [];
  let pending = '';
  let start = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (pending === '') start = index + 1;
    if (raw.endsWith('\\')) {
      pending += raw.slice(0, -1);
      continue;
    }
    const line = (pending + raw).replace(/(^|\s)#.*$/, '').trim();
    pending = '';
    if (line !== '') found.push({ line, number: start });
  }
  return found;
}

function readLine(project: Project, file: string, line: string, number: number, found: Collected): void {
  if (line.includes('${')) {
    found.missing.push(`${file}:${number}`);
    return;
  }
  const option = /^(-r|--requirement|-c|--constraint|-e|--editable|-f|--find-links)[\s=]*(.*)$/.exec(line);
  if (option !== null) readOption(project, file, number, option[1] ?? '', (option[2] ?? '').trim(), found);
  else if (!line.startsWith('-')) readTarget(file, number, line, false, found);
}

function readOption(
  project: Project,
  file: string,
  line: number,
  option: string,
  value: string,
  found: Collected,
): void {
  if (/^(-r|--requirement|-c|--constraint)$/.test(option)) {
    if (!/^[a-z]+:\/\//i.test(value)) readFile(project, posix.join(posix.dirname(file), value), found);
  } else if (/^(-f|--find-links)$/.test(option)) {
    if (!/^[a-z]+:\/\//i.test(value)) found.local.push({ file, line, text: `${option} ${value}`, editable: false });
  } else readTarget(file, line, value, true, found);
}

function readTarget(file: string, line: number, text: string, editable: boolean, found: Collected): void {
  const read = readSpecifier(text);
  if (read.kind === 'local') found.local.push({ file, line, text, editable });
  else if (read.kind === 'repository') found.repositories.push(text);
  if (read.name !== undefined)
    found.requirements.push({ name: read.name, version: read.version, extras: read.extras, file, line });
}

export interface Specifier {
  readonly kind: 'index' | 'local' | 'repository' | 'url';
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly extras: readonly string[];
}

/** One thing to install, as a word of `pip install` or a line of a file. */
export function readSpecifier(text: string): Specifier {
  const named = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*(@\s*\S+|[=<>!~;,(\s].*)?$/.exec(text);
  const target = named?.[3]?.startsWith('@') === true ? named[3].slice(1).trim() : text;
  const name = named === null || looksLikePath(text) ? eggName(text) : normalName(named[1] ?? '');
  const extras = (named?.[2] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const version = /^\(?\s*={2,3}\s*([^\s,;)]+)/.exec(named?.[3] ?? '')?.[1];
  if (/^(git|hg|svn|bzr)\+/.test(target) || target.startsWith('git@'))
    return { kind: 'repository', name, version, extras };
  if (/^file:/.test(target) || looksLikePath(target)) return { kind: 'local', name, version, extras };
  if (/^https?:/.test(target)) return { kind: 'url', name, version, extras };
  return { kind: 'index', name, version, extras };
}

function looksLikePath(text: string): boolean {
  return (
    /^(\.{1,2}(\/|\[|$)|\/|~)/.test(text) ||
    /^[^\s;=<>@[]*\/[^\s]*$/.test(text.replace(/^[a-z+]+:\/\/.*/i, '')) ||
    (/\.(whl|tar\.gz|zip)$/.test(text.split(/[\s;#]/)[0] ?? '') && !/^[a-z+]+:/i.test(text))
  );
}

function eggName(text: string): string | undefined {
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(text)?.[1];
  return egg === undefined ? undefined : normalName(egg);
}
