/**
 * Which Dockerfiles a run is about. Inside a git work tree the index and the untracked, un-ignored files answer; elsewhere the
 * directory is walked. Symbolic links are never followed and never targets.
 */
import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Reason } from './answer.ts';
import { causeOf, cliReason, errnoOf, type Fault } from './fault.ts';
import { findWorkTree, git, records } from './git.ts';
import { nearest } from './nearest.ts';

export interface Target {
  /** Absolute; its directory has no symbolic links. */
  readonly file: string;
  /** As the user would name it: relative to the working directory, with `/`. */
  readonly path: string;
  /** Absolute, without links. Nothing outside it is written for this target: the git work tree, else the named directory. */
  readonly root: string;
  readonly workTree: string | undefined;
}

export interface Discovery {
  /** Without repetitions, ordered by path. */
  readonly targets: readonly Target[];
  readonly faults: readonly Fault[];
  /** What was seen and passed over. */
  readonly notes: readonly { readonly path: string; readonly reason: Reason }[];
}

type Note = Discovery['notes'][number];

const names = /^(?:(?:Dockerfile|Containerfile)(?:[._-].+)?|dockerfile|.+\.(?:[Dd]ockerfile|[Cc]ontainerfile))$/;
const templates = /\.(?:tmpl|tpl|template|j2|jinja2?|erb|ejs|in|mustache|hbs|gotmpl|m4)$/i;
const documents =
  /\.(?:dockerignore|containerignore|md|rst|html?|json|ya?ml|toml|sh|ps1|py|js|ts|go|rb|java|patch|diff|orig|rej|bak|swp|lock|sum|log|png|svg)$|~$/i;
const passedOver = new Set(['node_modules', 'vendor', '.git']);

/** Is this base name one that Dockerfiles have? Templates are; documents about Dockerfiles are not. */
export function isDockerfileName(name: string): boolean {
  return names.test(name) && !documents.test(name);
}

/** Must the text be rendered before it is a Dockerfile, going by its name? */
export function isTemplateName(name: string): boolean {
  return templates.test(name);
}

/** Resolves paths, directories and glob patterns, all relative to `cwd`; `commands` are suggested for misspelt paths. */
export async function discover(paths: readonly string[], cwd: string, commands: readonly string[]): Promise<Discovery> {
  const found: Discovery[] = [];
  for (const named of paths.length === 0 ? ['.'] : paths) found.push(await resolve(named, cwd, commands));
  const byFile = new Map(found.flatMap(({ targets }) => targets).map((target) => [target.file, target]));
  return {
    targets: [...byFile.values()].sort((a, b) => compare(a.path, b.path)),
    faults: found.flatMap(({ faults }) => faults),
    notes: found.flatMap(({ notes }) => notes).sort((a, b) => compare(a.path, b.path)),
  };
}

async function resolve(named: string, cwd: string, commands: readonly string[]): Promise<Discovery> {
  const absolute = path.resolve(cwd, named);
  const shown = display(cwd, absolute);
  try {
    const entry = lstatSync(absolute);
    const kind = entry.isSymbolicLink() ? statSync(absolute, { throwIfNoEntry: false }) : entry;
    if (kind?.isDirectory()) return await search(realpathSync(absolute), shown);
    if (entry.isSymbolicLink()) return failed(linkFault(absolute, shown, cwd));
    if (!entry.isFile()) return failed(notRegular(entry, shown));
    return { ...nothing, targets: [namedTarget(absolute, shown)] };
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errnoOf(error) ?? '');
    if (!missing) return failed(unreadable(shown, error));
    return /[*?[\]{}!]/.test(named) ? await expand(named, cwd) : failed(noSuchFile(absolute, named, shown, commands));
  }
}

const nothing: Discovery = { targets: [], faults: [], notes: [] };

function failed(fault: Fault): Discovery {
  return { ...nothing, faults: [fault] };
}

function namedTarget(absolute: string, shown: string): Target {
  const directory = realpathSync(path.dirname(absolute));
  const workTree = findWorkTree(directory);
  return { file: path.join(directory, path.basename(absolute)), path: shown, root: workTree ?? directory, workTree };
}

/** All Dockerfiles below a directory; `shown` is the directory's display path. */
async function search(directory: string, shown: string): Promise<Discovery> {
  const workTree = findWorkTree(directory);
  const listed = workTree === undefined ? undefined : listByGit(directory);
  const useless = listed === undefined || (listed.length === 0 && directory !== workTree);
  try {
    readdirSync(directory);
    const names = useless ? await listByWalk(directory) : listed;
    return sort(names, { directory, shown, root: workTree ?? directory, workTree });
  } catch (error) {
    return failed(unreadable(shown, error));
  }
}

interface Place {
  readonly directory: string;
  readonly shown: string;
  readonly root: string;
  readonly workTree: string | undefined;
}

/** Relative names into targets and notes. A name that vanished meanwhile is neither. */
function sort(relatives: readonly string[], place: Place): Discovery {
  const targets: Target[] = [];
  const notes: Note[] = [];
  for (const relative of relatives) {
    const file = path.join(place.directory, relative);
    const shown = place.shown === '.' ? relative : path.posix.join(place.shown, relative);
    const reason = objection(file, shown, place.root);
    if (reason === 'gone') continue;
    if (reason !== undefined) notes.push({ path: shown, reason });
    else targets.push({ file, path: shown, root: place.root, workTree: place.workTree });
  }
  return { targets, faults: [], notes };
}

function objection(file: string, shown: string, root: string): Reason | 'gone' | undefined {
  try {
    const entry = lstatSync(file, { throwIfNoEntry: false });
    if (entry === undefined) return 'gone';
    if (entry.isSymbolicLink()) return cliReason('symlink', { path: shown, target: readlinkSync(file) });
    if (!entry.isFile()) return 'gone';
    if (!isInside(realpathSync(path.dirname(file)), root)) return cliReason('outside-root', { path: shown, root: '.' });
    return isTemplateName(file) ? cliReason('template', { path: shown }) : undefined;
  } catch {
    return 'gone';
  }
}

/** Is `file` the directory `root` or below it? Both absolute and resolved. */
export function isInside(file: string, root: string): boolean {
  const relative = path.relative(root, file);
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative));
}

/** Is this relative path one to look at: named like a Dockerfile, and not among dependencies or in `.git`? */
export function isCandidate(relative: string): boolean {
  const parts = relative.split('/');
  return isDockerfileName(parts.at(-1) ?? '') && !parts.some((part) => passedOver.has(part));
}

/** `undefined` when git cannot say: not installed, foreign ownership, a broken repository. */
function listByGit(directory: string): readonly string[] | undefined {
  const tracked = git(directory, 'ls-files', ['-s', '-z']);
  const others = git(directory, 'ls-files', ['-o', '--exclude-standard', '-z']);
  if (!tracked.ok || !others.ok) return undefined;
  const files = records(tracked.stdout).flatMap((record) => {
    const [entry = '', name = ''] = split(record, '\t');
    return entry.startsWith('160000') ? [] : [name];
  });
  return [...new Set([...files, ...records(others.stdout)].filter(isCandidate))];
}

async function listByWalk(directory: string): Promise<readonly string[]> {
  const { default: glob } = await import('fast-glob');
  const found = await glob(['**/*[Dd]ockerfile*', '**/*[Cc]ontainerfile*'], {
    cwd: directory,
    dot: true,
    onlyFiles: false,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: [...passedOver].map((name) => `**/${name}/**`),
  });
  return found.filter(isCandidate).sort(compare);
}

/** A pattern whose last part names something takes every file it matches; `dir/**` takes Dockerfiles only. */
async function expand(pattern: string, cwd: string): Promise<Discovery> {
  const { default: glob } = await import('fast-glob');
  const found = await glob(pattern.split(path.sep).join('/'), {
    cwd,
    dot: true,
    onlyFiles: false,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: ['**/node_modules/**', '**/.git/**'],
  });
  const takesAll = /[A-Za-z]/.test(pattern.split('/').at(-1) ?? '');
  const files = found.filter(
    (name) => isFileOrLink(path.resolve(cwd, name)) && (takesAll ? !documents.test(name) : isCandidate(name)),
  );
  if (files.length === 0) return failed({ reason: cliReason('no-match', { pattern }), exit: 2 });
  const parts = files.map((name) => {
    const target = namedTarget(path.resolve(cwd, name), display(cwd, path.resolve(cwd, name)));
    return sort([path.basename(target.file)], {
      directory: path.dirname(target.file),
      shown: path.posix.dirname(target.path),
      root: target.root,
      workTree: target.workTree,
    });
  });
  return { targets: parts.flatMap(({ targets }) => targets), faults: [], notes: parts.flatMap(({ notes }) => notes) };
}

function isFileOrLink(file: string): boolean {
  const entry = lstatSync(file, { throwIfNoEntry: false });
  return entry?.isFile() === true || entry?.isSymbolicLink() === true;
}

function noSuchFile(absolute: string, named: string, shown: string, commands: readonly string[]): Fault {
  const hints: string[] = [];
  const command = nearest(named, commands);
  if (command !== undefined) hints.push(`did you mean the command "dfmigrate ${command}"?`);
  const sibling = nearest(path.basename(absolute), namesIn(path.dirname(absolute)));
  if (sibling !== undefined) hints.push(`did you mean ${path.posix.join(path.posix.dirname(shown), sibling)}?`);
  return { reason: cliReason('no-such-file', { path: shown }), exit: 2, path: shown, hints };
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).slice(0, 1000);
  } catch {
    return [];
  }
}

function linkFault(absolute: string, shown: string, cwd: string): Fault {
  const root = findWorkTree(path.dirname(absolute)) ?? cwd;
  try {
    const real = realpathSync(absolute);
    const where = isInside(real, root) ? '' : ' (outside the project)';
    const target = `${isInside(real, cwd) ? display(cwd, real) : readlinkSync(absolute)}${where}`;
    return { reason: cliReason('symlink', { path: shown, target }), exit: 4, path: shown };
  } catch {
    const target = `${readlinkSync(absolute)} (which does not exist)`;
    return { reason: cliReason('symlink', { path: shown, target }), exit: 4, path: shown };
  }
}

function notRegular(entry: ReturnType<typeof lstatSync>, shown: string): Fault {
  const kind = entry?.isFIFO() ? 'a named pipe' : entry?.isSocket() ? 'a socket' : 'a device';
  return { reason: cliReason('not-regular', { path: shown, kind }), exit: 4, path: shown };
}

function unreadable(shown: string, error: unknown): Fault {
  return { reason: cliReason('unreadable', { path: shown, cause: causeOf(error) }), exit: 3, path: shown };
}

/** Relative to the working directory, with `/`; `.` for the working directory itself. */
export function display(cwd: string, absolute: string): string {
  return path.relative(cwd, absolute).split(path.sep).join('/') || '.';
}

function split(text: string, at: string): readonly string[] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
