/**
 * What COPY --from does not keep: files and directories below the copied directory keep owner and mode, the directory itself
 * becomes root's with mode 755 (measured with BuildKit and the classic builder of Docker 26.1). A build that gives it to a user
 * has to say so again behind the copy.
 */
import type { Artifact } from '../ecosystems/ecosystem.ts';
import { shellWord } from '../shell/program.ts';
import { isWithin } from './commands.ts';
import type { PlacedCopy } from './origins.ts';
import type { ReadCommand, Reading } from './reading.ts';

/** Commands that give a path another owner or mode. */
export const owning: ReadonlySet<string> = new Set(['chown', 'chgrp', 'chmod']);

/**
 * The `owning` commands of the build again, without what lies below: for copied directories, for the working directory and
 * for directories that the runtime stage makes itself (`made`).
 */
export function ownedAgain(
  reading: Reading,
  artifacts: readonly Artifact[],
  commands: readonly ReadCommand[],
  made: readonly string[],
): readonly string[] {
  const workdir = reading.chain.at(-1)?.workdir;
  const directories = [
    ...artifacts.filter((artifact) => artifact.kind === 'directory').map((artifact) => artifact.path),
    ...(workdir === undefined ? [] : [workdir]),
    ...made,
  ];
  const given = reading.copies.flatMap((copy) => byCopy(reading, copy, directories));
  return [...new Set([...given, ...commands.flatMap((command) => again(command, directories))])];
}

/** A directory that `COPY --chown` makes belongs to that owner; one that stands there already keeps its own. */
function byCopy(reading: Reading, copy: PlacedCopy, directories: readonly string[]): readonly string[] {
  const { target, instruction } = copy;
  const owner = instruction.flags.find((flag) => flag.name === 'chown')?.value;
  if (owner === undefined || isRoot(owner) || target === undefined || !directories.includes(target)) return [];
  const stood =
    reading.positions.some(
      ({ instruction: one, workdir }) =>
        one.keyword === 'WORKDIR' && one.span.start < instruction.span.start && isWithin(workdir ?? '/', target),
    ) ||
    reading.commands.some(
      ({ span, work }) => span.start < instruction.span.start && work.writes?.some((path) => isWithin(path, target)),
    );
  return stood ? [] : [`chown ${owner} ${shellWord(target)}`];
}

function again(command: ReadCommand, directories: readonly string[]): readonly string[] {
  const [program = '', ...words] = command.argv;
  const value = words.find((word) => !word.startsWith('-'));
  if (value === undefined || (program === 'chown' && isRoot(value))) return [];
  const deep = words.some((word) => /^-[a-zA-Z]*R|^--recursive$/.test(word));
  const changed = command.work.writes ?? [];
  const paths = [...new Set(directories)].filter(
    (directory) => directory !== '/' && changed.some((path) => (deep ? isWithin(directory, path) : directory === path)),
  );
  if (paths.length === 0) return [];
  return [
    [program, ...words.filter((word) => word.startsWith('-')).flatMap(shallow), value, ...paths.map(shellWord)].join(
      ' ',
    ),
  ];
}

/** Does it change one of these files, by its path or below a directory? */
export function changesAny({ argv, work }: ReadCommand, files: readonly string[]): boolean {
  const deep = argv.some((word) => /^(-[a-zA-Z]*R[a-zA-Z]*|--recursive)$/.test(word));
  const reaches = (path: string, file: string) => isWithin(path, file) || (deep && isWithin(file, path));
  return work.writes?.some((path) => files.some((file) => reaches(path, file))) === true;
}

/** The option without its R. */
function shallow(option: string): readonly string[] {
  const kept = option.replace(/^-([a-zA-Z]*)R([a-zA-Z]*)$/, '-$1$2').replace(/^--recursive$/, '');
  return kept === '' || kept === '-' ? [] : [kept];
}

/**
 * A directory that another user than root makes and a COPY --from fills: made again before the copy it keeps that owner, which
 * WORKDIR alone gives it with BuildKit only (measured with Docker 26.1: the classic builder makes it root's).
 */
export function makesOwned({ argv, position, work }: ReadCommand, artifacts: readonly Artifact[]): boolean {
  if (argv[0] !== 'mkdir' || position.user === undefined || isRoot(position.user)) return false;
  return artifacts.some(({ kind, path }) => kind === 'directory' && work.writes?.includes(path) === true);
}

function isRoot(owner: string): boolean {
  return /^(root|0)(:(root|0)?)?$/.test(owner);
}
