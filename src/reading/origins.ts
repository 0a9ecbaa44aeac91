/** Which file of the build context stands at which path of a stage, as far as COPY says, through `--from` of other stages too. */
import { posix } from 'node:path';
import type { Position } from '../dockerfile/effective.ts';
import type { Copy, Dockerfile, Stage } from '../dockerfile/model.ts';
import { findStage } from '../dockerfile/stages.ts';
import { expand } from '../dockerfile/variables.ts';
import type { Project } from '../project/project.ts';
import { isWithin, type PlacedCommand, resolvePath } from './commands.ts';

/** One thing a COPY/ADD brings: `source` (a context path, or an absolute path of the other stage) stands at `path`. */
export interface Origin {
  readonly source: string;
  readonly kind: 'file' | 'directory' | 'unknown';
  readonly path: string;
}

export interface PlacedCopy {
  readonly instruction: Copy;
  readonly position: Position;
  /** Another stage of this file, or `image` for `--from` of something outside of it; `undefined`: the build context. */
  readonly from: Stage | 'image' | undefined;
  /** Absolute; `undefined`: not known. */
  readonly target: string | undefined;
  readonly intoDirectory: boolean;
  readonly origins: readonly Origin[];
  /** Every source and the target are known. */
  readonly complete: boolean;
}

/** Directories of every Linux image with a file system of its own (FHS 3.0, chapter 3). */
const everywhere = ['/', '/bin', '/etc', '/home', '/opt', '/root', '/srv', '/tmp', '/usr', '/usr/local', '/var'];

/** Is this path of a stage surely a directory when a COPY lands there? */
export type IsDirectory = (stage: Stage, path: string) => boolean;

/**
 * Working directories with their parents, operands of `mkdir`, and what every image has. One WORKDIR behind the COPY counts
 * too: a file in its place would end the build.
 */
export function directoriesMade(positions: readonly Position[], commands: readonly PlacedCommand[]): IsDirectory {
  return (stage, path) =>
    (stage.from.image !== 'scratch' && everywhere.includes(path)) ||
    positions.some((one) => one.stage === stage && one.workdir !== undefined && isWithin(one.workdir, path)) ||
    commands.some(
      ({ position, argv, cwd }) =>
        position.stage === stage &&
        argv[0] === 'mkdir' &&
        argv.some((word, index) => {
          const made = index === 0 || word.startsWith('-') ? undefined : resolvePath(cwd, word);
          return made !== undefined && isWithin(made, path);
        }),
    );
}

/** Reads a COPY/ADD; `undefined` for other instructions. */
export function placedCopy(
  file: Dockerfile,
  position: Position,
  project: Project,
  isDirectory: IsDirectory,
): PlacedCopy | undefined {
  const instruction = position.instruction;
  if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return undefined;
  const from =
    instruction.from === undefined ? undefined : (findStage(file, instruction.from, position.stage) ?? 'image');
  const targetText = expand(instruction.target.value, position.scope);
  const target = targetText.complete ? resolvePath(position.workdir, targetText.text) : undefined;
  // A source of another stage may be a directory of any name, whose content would land in the target.
  const saysSo = endsAsDirectory(targetText.text) || instruction.sources.length > 1 || target === position.workdir;
  const intoDirectory = saysSo || (from === undefined && target !== undefined && isDirectory(position.stage, target));
  const origins: Origin[] = [];
  let complete = target !== undefined && (from !== undefined || project.present);
  for (const word of instruction.sources) {
    const source = expand(word.value, position.scope);
    if (!source.complete || isRemote(source.text)) complete = false;
    else if (target !== undefined)
      origins.push(...originsOf(source.text, target, intoDirectory, from === undefined ? project : undefined));
  }
  return { instruction, position, from, target, intoDirectory, origins, complete };
}

function originsOf(
  source: string,
  target: string,
  intoDirectory: boolean,
  context: Project | undefined,
): readonly Origin[] {
  if (context === undefined) {
    const path = resolvePath('/', source) ?? source;
    const lands =
      intoDirectory && !endsAsDirectory(source) && /[.*][^/]*$/.test(source)
        ? posix.join(target, posix.basename(path))
        : target;
    return [{ source: path, kind: 'unknown', path: lands }];
  }
  const matches = context.matches(source);
  const several = intoDirectory || matches.length > 1;
  return matches.map((match) => ({
    source: match.path,
    kind: match.kind,
    path: match.kind === 'directory' || !several ? target : posix.join(target, posix.basename(match.path)),
  }));
}

export function isRemote(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source) || source.startsWith('git@');
}

/** Where the files stand that a COPY/ADD brings by an address or from elsewhere than the context; a directory stands there by its name too. */
export function landed({ instruction, position, target, intoDirectory }: PlacedCopy): readonly string[] {
  if (target === undefined) return [];
  if (!intoDirectory) return [target];
  return instruction.sources.map(({ value }) =>
    posix.join(target, posix.basename(expand(value, position.scope).text.replace(/[?#].*$/, ''))),
  );
}

function endsAsDirectory(path: string): boolean {
  return path.endsWith('/') || path === '.' || path === '..' || path.endsWith('/.') || path === '';
}

/** Context path of the file or directory at `path` of a stage, from the last COPY that brings it; `undefined`: not from the context, or not known. */
export function contextPath(
  copies: readonly PlacedCopy[],
  stage: Stage,
  path: string,
  project: Project,
  depth = 0,
): string | undefined {
  if (depth > 8) return undefined;
  const own = copies.filter((copy) => copy.position.stage === stage);
  for (const copy of own.toReversed()) {
    for (const origin of copy.origins.toReversed()) {
      if (!isWithin(path, origin.path)) continue;
      const inside = posix.relative(origin.path, path);
      if (copy.from === 'image') return undefined;
      if (copy.from !== undefined) {
        const found = contextPath(copies, copy.from, posix.join(origin.source, inside), project, depth + 1);
        if (found !== undefined) return found;
        continue;
      }
      const candidate = posix.join(origin.source, inside).replace(/^\.$/, '');
      const kind = candidate === '' ? 'directory' : project.kind(candidate);
      if (kind !== undefined && (candidate === '' || project.sends(candidate))) return candidate;
    }
  }
  return undefined;
}

/** Context directory whose content stands in this directory of a stage, also when only single files were copied into it. */
export function contextDirectory(
  copies: readonly PlacedCopy[],
  stage: Stage,
  directory: string,
  project: Project,
  depth = 0,
): string | undefined {
  const whole = contextPath(copies, stage, directory, project);
  if (whole !== undefined && (whole === '' || project.kind(whole) === 'directory')) return whole;
  for (const copy of copies.filter((one) => one.position.stage === stage).toReversed()) {
    for (const origin of copy.origins) {
      if (copy.from === undefined && origin.kind === 'file' && posix.dirname(origin.path) === directory) {
        return posix.dirname(origin.source).replace(/^\.$/, '');
      }
      if (typeof copy.from === 'object' && depth < 8 && isWithin(origin.path, directory)) {
        const up = posix.join(origin.source, posix.relative(origin.path, directory));
        const found = contextDirectory(copies, copy.from, up, project, depth + 1);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

/**
 * Context directory of the project that stands in this directory of a stage: where a file comes from that marks one
 * (`COPY package.json ./` beside `COPY src .`), else where the content of the directory comes from.
 */
export function projectDirectory(
  { copies, project }: { readonly copies: readonly PlacedCopy[]; readonly project: Project },
  stage: Stage,
  directory: string,
  marks: readonly string[] = [],
): string | undefined {
  for (const mark of marks) {
    const found = contextPath(copies, stage, posix.join(directory, mark), project);
    if (found !== undefined && posix.basename(found) === mark) return posix.dirname(found).replace(/^\.$/, '');
  }
  return contextDirectory(copies, stage, directory, project);
}

/** Has a COPY of this stage that ends before `offset` brought more of the context than these paths? */
export function bringsMore(
  copies: readonly PlacedCopy[],
  stage: Stage,
  offset: number,
  paths: readonly string[],
): boolean {
  return copies.some(
    (copy) =>
      copy.position.stage === stage &&
      copy.instruction.span.start < offset &&
      copy.from === undefined &&
      copy.origins.some((origin) => !paths.some((path) => isWithin(origin.source, path))),
  );
}

/** Image directory in which a COPY puts the content of a context directory; `undefined`: it does not bring it. */
export function targetDirectory(copy: PlacedCopy, directory: string): string | undefined {
  for (const origin of copy.origins) {
    if (
      origin.kind === 'directory' &&
      (origin.source === '' || directory === origin.source || directory.startsWith(`${origin.source}/`))
    ) {
      return posix.join(origin.path, posix.relative(origin.source, directory));
    }
    if (origin.kind === 'file' && posix.dirname(origin.source).replace(/^\.$/, '') === directory)
      return posix.dirname(origin.path);
  }
  return undefined;
}
