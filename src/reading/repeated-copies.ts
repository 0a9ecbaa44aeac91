/** Copies of the runtime stage that another one makes superfluous. */
import { posix } from 'node:path';
import { isWithin } from './commands.ts';
import type { PlacedCopy } from './origins.ts';
import type { Placement } from './plan.ts';
import type { Reading } from './reading.ts';

/**
 * The placements, with every COPY left to the build whose files a later COPY of the runtime stage brings to the same place. Behind
 * the last RUN of the build nothing is repeated: those copies only move.
 */
export function withoutRepeated(reading: Reading, placements: readonly Placement[]): readonly Placement[] {
  const built = placements.findLastIndex(
    ({ place, position }) => place.at === 'build' && position.instruction.keyword === 'RUN',
  );
  return placements.map((one, index) =>
    index < built && isRepeated(reading, one, placements.slice(index + 1)) ? { ...one, place: { at: 'build' } } : one,
  );
}

function isRepeated({ copies }: Reading, { position, place }: Placement, behind: readonly Placement[]): boolean {
  const copyOf = (one: Placement) => copies.find(({ instruction }) => instruction === one.position.instruction);
  const copy = copies.find(({ instruction }) => instruction === position.instruction);
  if (place.at !== 'both' || copy === undefined || copy.from !== undefined || !copy.complete) return false;
  const shipped = behind.filter((one) => one.place.at !== 'build');
  const ran = shipped.findIndex((one) => one.position.instruction.keyword === 'RUN');
  return shipped.slice(0, ran < 0 ? undefined : ran).some((one) => {
    const other = copyOf(one);
    return other !== undefined && bringsAll(other, copy);
  });
}

function bringsAll(other: PlacedCopy, copy: PlacedCopy): boolean {
  if (other.from !== undefined || flags(other) !== flags(copy) || copy.origins.length === 0) return false;
  return copy.origins.every((one) =>
    other.origins.some(
      (origin) =>
        isWithin(one.path, origin.path) &&
        posix.join(origin.source, posix.relative(origin.path, one.path)) === posix.normalize(one.source),
    ),
  );
}

function flags({ instruction }: PlacedCopy): string {
  return instruction.flags.map(({ name, value }) => `${name}=${value}`).join(' ');
}
