/**
 * Owners that the build gives to what the runtime stage takes from it: COPY --from makes everything root's, so they are
 * given again (Dockerfile reference, "COPY --chown").
 */
import type { Artifact } from '../ecosystems/ecosystem.ts';
import { isWithin } from './commands.ts';
import type { ReadCommand, Reading } from './reading.ts';

export interface Ownership {
  /** Value of `--chown` for an artifact; `undefined`: it stays root's. */
  ownerOf(artifact: Artifact): string | undefined;
  /** Commands to run behind the copies, for directories that no copy gives an owner. */
  readonly commands: readonly string[];
}

interface Event {
  readonly at: number;
  readonly path: string;
  /** `undefined`: root again. */
  readonly owner: string | undefined;
}

/** `chowns`: commands of the build that change owners of what is copied or of where it stands. `made`: directories the runtime stage makes itself. */
export function ownershipOf(
  reading: Reading,
  artifacts: readonly Artifact[],
  chowns: readonly ReadCommand[],
  made: readonly string[],
): Ownership {
  const events = [...fromCopies(reading), ...fromUsers(reading), ...chowns.flatMap(fromChown)].sort(
    (a, b) => a.at - b.at,
  );
  const ownerOf = (artifact: Artifact) => events.findLast(({ path }) => isWithin(artifact.path, path))?.owner;
  const commands = chowns.flatMap((command) => repeated(reading, command, artifacts, made));
  return { ownerOf, commands };
}

function fromCopies(reading: Reading): readonly Event[] {
  return reading.copies.flatMap((copy) => {
    if (copy.position.stage !== reading.stage || copy.target === undefined) return [];
    const owner = copy.instruction.flags.find((flag) => flag.name === 'chown')?.value;
    return [{ at: copy.instruction.span.start, path: copy.target, owner: isRoot(owner) ? undefined : owner }];
  });
}

/** What a command makes belongs to the user it runs as. */
function fromUsers(reading: Reading): readonly Event[] {
  return reading.commands.flatMap(({ position, work, span }) => {
    if (position.stage !== reading.stage || !['build', 'dependencies'].includes(work.role)) return [];
    const user = isRoot(position.user) ? undefined : position.user;
    return user === undefined ? [] : (work.writes ?? []).map((path) => ({ at: span.start, path, owner: user }));
  });
}

function fromChown(command: ReadCommand): readonly Event[] {
  const owner = ownerWord(command);
  if (owner === undefined || !recursive(command)) return [];
  return (command.work.writes ?? []).map((path) => ({
    at: command.span.start,
    path,
    owner: isRoot(owner) ? undefined : owner,
  }));
}

function isRoot(owner: string | undefined): boolean {
  return owner === undefined || /^(root|0)(:(root|0)?)?$/.test(owner);
}

/** `user` or `user:group` of a chown; `undefined` for chgrp and for forms that COPY does not know (`user:`, `:group`). */
function ownerWord(command: ReadCommand): string | undefined {
  const word = command.argv[0] === 'chown' ? command.argv.slice(1).find((one) => !one.startsWith('-')) : undefined;
  return word !== undefined && /^[^:\s`()]+(:[^:\s`()]+)?$/.test(word) ? word : undefined;
}

function recursive(command: ReadCommand): boolean {
  return command.argv.some((word) => /^-[a-zA-Z]*R|^--recursive$/.test(word));
}

/** The command again, for those of its paths that the runtime stage has. What lies below is done by `--chown`, unless the stage makes it. */
function repeated(
  reading: Reading,
  command: ReadCommand,
  artifacts: readonly Artifact[],
  made: readonly string[],
): readonly string[] {
  const options = command.argv.slice(1).filter((word) => word.startsWith('-'));
  const owner = command.argv.slice(1).find((word) => !word.startsWith('-'));
  if (owner === undefined || isRoot(owner)) return [];
  const workdir = reading.chain.at(-1)?.workdir;
  const there = (path: string) =>
    artifacts.some((one) => isWithin(one.path, path) || (one.kind === 'directory' && isWithin(path, one.path))) ||
    (workdir !== undefined && isWithin(workdir, path)) ||
    made.some((one) => isWithin(one, path));
  const paths = (command.work.writes ?? []).filter((path) => path !== '/' && there(path));
  if (paths.length === 0) return [];
  const below =
    ownerWord(command) === undefined ||
    paths.some(
      (path) =>
        made.some((one) => one !== path && isWithin(one, path)) ||
        artifacts.some((one) => one.path !== path && isWithin(path, one.path)),
    );
  const kept = below
    ? options
    : options
        .map((word) => word.replace(/^-([a-zA-Z]*)R([a-zA-Z]*)$/, '-$1$2').replace(/^--recursive$|^-$/, ''))
        .filter((word) => word !== '' && word !== '-');
  return [[command.argv[0], ...kept, owner, ...paths].join(' ')];
}
