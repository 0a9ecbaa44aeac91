/** Where the paths a program writes get their owner: in the stage that makes them when possible, because there it costs no layer. */
import { posix } from 'node:path';
import type { Copy, Instruction, Stage } from '../dockerfile/model.ts';
import { isWithin } from './commands.ts';
import { contextPath, type PlacedCopy } from './origins.ts';
import type { Reading } from './reading.ts';

export interface OwnedPaths {
  /** Paths of another stage, to be made and owned at its end; COPY --from keeps the owner. */
  readonly inStages: readonly {
    readonly behind: Instruction;
    readonly made: readonly string[];
    readonly kept: readonly string[];
  }[];
  /** Copies of the final stage that bring nothing but what the program writes. */
  readonly copies: readonly Copy[];
  /** Directories of the final stage that exist already, to be owned without what lies in them. */
  readonly directories: readonly string[];
  /** Paths of the final stage to be made and owned there. */
  readonly made: readonly string[];
  /** Files of the final stage to be owned there. */
  readonly kept: readonly string[];
}

/**
 * Sorts absolute paths; those inside others are left out. `after`: the user is made by a RUN that ends there, so that other
 * stages and earlier copies do not know it; what they bring is owned in the final stage.
 */
export function ownedPaths(reading: Reading, paths: readonly string[], after?: number): OwnedPaths {
  const outer = outermost(paths);
  const early = (copy: Copy) => after !== undefined && copy.span.start < after;
  const directories = outer.filter((path) => {
    const copies = copiesInto(reading, path);
    return copies.length > 0 && !copies.some(early) && !filledByRuns(reading, path);
  });
  const inStages = new Map<Instruction, { made: string[]; kept: string[] }>();
  const made: string[] = [];
  const kept: string[] = [];
  for (const path of outer) {
    if (directories.includes(path)) continue;
    const source = after === undefined ? inBuildStage(reading, path) : undefined;
    const isFile = isContextFile(reading, path);
    if (source === undefined) {
      (isFile ? kept : made).push(path);
      continue;
    }
    const entry = inStages.get(source.behind) ?? { made: [], kept: [] };
    (isFile ? entry.kept : entry.made).push(source.path);
    inStages.set(source.behind, entry);
  }
  return {
    inStages: [...inStages].map(([behind, entry]) => ({ behind, ...entry })),
    copies: [...new Set(directories.flatMap((path) => copiesInto(reading, path)))],
    directories,
    made,
    kept,
  };
}

function outermost(paths: readonly string[]): readonly string[] {
  const unique = [...new Set(paths)];
  return unique.filter((path) => !unique.some((other) => other !== path && isWithin(path, other)));
}

/** Copies of the final stage whose files lie in a path the program writes. */
function copiesInto(reading: Reading, path: string): readonly Copy[] {
  return reading.copies
    .filter((copy) => copy.position.stage === reading.stage && copy.target !== undefined && isWithin(copy.target, path))
    .map((copy) => copy.instruction);
}

/** A RUN of the final stage leaves files there, which belong to root: a database that a migration makes. */
function filledByRuns(reading: Reading, path: string): boolean {
  return reading.commands.some(
    ({ argv, cwd, position, work }) =>
      position.stage === reading.stage &&
      ['build', 'unknown', 'files', 'download'].includes(work.role) &&
      argv[0] !== 'mkdir' &&
      (work.writes === undefined
        ? cwd === undefined || isWithin(cwd, path)
        : work.writes.some((written) => isWithin(written, path))),
  );
}

/** The path in the stage it is copied from, when that stage ends as root in an image with a shell. */
function inBuildStage(
  reading: Reading,
  path: string,
): { readonly behind: Instruction; readonly path: string } | undefined {
  const copy = reading.copies.findLast((one) => one.position.stage === reading.stage && brings(reading, one, path));
  const origin = copy?.origins.find((one) => isWithin(path, one.path));
  if (copy === undefined || origin === undefined || typeof copy.from !== 'object' || copy.from === reading.stage)
    return undefined;
  if (copy.instruction.flags.some((flag) => flag.name === 'chown')) return undefined;
  const behind = endAsRoot(reading, copy.from);
  return behind === undefined
    ? undefined
    : { behind, path: posix.join(origin.source, posix.relative(origin.path, path)) };
}

/** A directory of the context that stands around the path brings it only when the context has it. */
function brings({ project }: Reading, { from, origins }: PlacedCopy, path: string): boolean {
  return origins.some((origin) => {
    if (!isWithin(path, origin.path)) return false;
    if (from !== undefined || path === origin.path) return true;
    const context = posix.join(origin.source, posix.relative(origin.path, path));
    return project.kind(context) !== undefined && project.sends(context);
  });
}

function endAsRoot(reading: Reading, stage: Stage): Instruction | undefined {
  const last = reading.positions.findLast((position) => position.stage === stage);
  const base = reading.baseOf(stage);
  const user = last?.user ?? base?.config.user ?? 'root';
  return base?.shell === true && /^(root|0)(:|$)/.test(user) ? last?.instruction : undefined;
}

function isContextFile(reading: Reading, path: string): boolean {
  const context = contextPath(reading.copies, reading.stage, path, reading.project);
  return context !== undefined && reading.project.kind(context) === 'file';
}
