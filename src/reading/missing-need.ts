/** What a build step reads that nothing has brought into the image when it runs: such a file does not build as it stands. */
import { posix } from 'node:path';
import type { Need } from '../ecosystems/ecosystem.ts';
import { isWithin } from './commands.ts';
import type { PlacedCopy } from './origins.ts';
import type { ReadCommand, Reading } from './reading.ts';

export interface MissingNeed {
  readonly command: ReadCommand;
  readonly need: Need;
}

/** The first command that is bound to fail for want of a file. Silent about images, commands and copies it cannot read. */
export function missingNeed(reading: Reading): MissingNeed | undefined {
  if (!reading.project.present) return undefined;
  for (const command of reading.commands) {
    if (command.needs.length === 0 || !mustSucceed(reading, command) || !startsEmpty(reading, command)) continue;
    const need = command.needs.find((paths) => !paths.some((path) => mayBeThere(reading, command, path)));
    if (need !== undefined) return { command, need };
  }
  return undefined;
}

/** Every command of its RUN is tied by `&&`, and it sees nothing but the image: when it fails, so does the build. */
export function mustSucceed(reading: Reading, { instruction }: ReadCommand): boolean {
  return (
    instruction.flags.length === 0 &&
    reading.commands.every(
      (one) =>
        one.instruction !== instruction ||
        (one.command.depth === 0 && (one.command.join === '' || one.command.join === '&&')),
    )
  );
}

/** The stage is built on an image that brings no project of its own, and all that runs before is read. */
export function startsEmpty(reading: Reading, { position: { stage }, span }: ReadCommand): boolean {
  const base = reading.baseOf(stage);
  const named = reading.file.stages.some((one) => one.name === stage.from.image.toLowerCase());
  const hidden = reading.opaque.some((run) => stage.instructions.includes(run) && run.span.start < span.start);
  return base !== undefined && !named && !hidden;
}

function mayBeThere(reading: Reading, { position: { stage }, span }: ReadCommand, path: string): boolean {
  const related = (other: string) => isWithin(path, other) || isWithin(other, path);
  return (
    reading.copies.some(
      (copy) =>
        copy.position.stage === stage && copy.instruction.span.start < span.start && brings(reading, copy, path),
    ) ||
    reading.commands.some(
      (one) => one.position.stage === stage && one.span.start < span.start && makes(one, path, related),
    )
  );
}

/** Installs fill directories of their own and make no sources; whatever nobody knows may make everything. */
export function makes({ work }: ReadCommand, path: string, related: (other: string) => boolean): boolean {
  if (work.role.startsWith('os-') || work.role === 'inspect' || work.role === 'shell' || work.role === 'user')
    return false;
  if (work.writes === undefined) return true;
  return work.role === 'dependencies' ? work.writes.includes(path) : work.writes.some(related);
}

function brings(reading: Reading, copy: PlacedCopy, path: string): boolean {
  const { target, instruction } = copy;
  if (target === undefined) return true;
  if (copy.from !== undefined || !copy.complete || copy.origins.length === 0 || unpacks(copy))
    return isWithin(path, target) || isWithin(target, path);
  return copy.origins.some((origin) => {
    if (isWithin(origin.path, path)) return true;
    if (!isWithin(path, origin.path) || origin.kind === 'file') return false;
    const inside = posix.join(origin.source, posix.relative(origin.path, path));
    return instruction.flags.some((flag) => flag.name === 'parents') || stands(reading, inside);
  });
}

function unpacks({ instruction, origins }: PlacedCopy): boolean {
  return instruction.keyword === 'ADD' && origins.some(({ source }) => /\.(tar|tgz|tbz2?|txz|gz|bz2|xz)$/.test(source));
}

/** A file that is in the checkout and left out of the context is made for nobody else either. */
function stands({ project }: Reading, path: string): boolean {
  const kind = project.kind(path);
  return kind === 'directory' || (kind !== undefined && project.sends(path));
}
