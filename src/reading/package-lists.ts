/** Lists of the system's package manager: an install needs them in its own stage. */
import type { Position } from '../dockerfile/effective.ts';
import { commandText } from './commands.ts';
import type { Place, Placement } from './plan.ts';
import type { ReadCommand, Reading } from './reading.ts';

/** A RUN of the runtime stage that installs packages without refreshing their lists needs the RUN that did it before. */
export function keepIndexes(reading: Reading, placements: Placement[]): void {
  const refreshIn = ({ instruction }: Position) =>
    reading.commands.find((one) => one.instruction === instruction && refreshesLists(one));
  for (const [index, { position, place }] of placements.entries()) {
    const own = reading.commands.filter((one) => one.instruction === position.instruction);
    if (place.at === 'build' || !own.some((one) => one.work.role === 'os-packages')) continue;
    if (
      place.at === 'both' && place.text !== undefined
        ? /\b(update|makecache)\b/.test(place.text)
        : refreshIn(position) !== undefined
    )
      continue;
    const at = placements.slice(0, index).findLastIndex((one) => refreshIn(one.position) !== undefined);
    const found = placements[at];
    if (found === undefined) placements[index] = { position, place: withLists(reading, position, place) };
    const refresh = found === undefined ? undefined : refreshIn(found.position);
    if (found === undefined || refresh === undefined || found.place.at !== 'build') continue;
    placements[at] = { ...found, place: { at: 'both', text: `RUN ${commandText(refresh)}` } };
  }
}

/** An upgrade reads the lists that are there. */
function refreshesLists({ argv, work }: ReadCommand): boolean {
  return work.role === 'os-index' && argv.some((word) => word === 'update' || word === 'makecache');
}

/**
 * `apt-get install` without lists succeeds only for what is installed already. In the runtime stage it may ask for other
 * packages, and its base may change, so the lists are fetched first.
 */
function withLists(reading: Reading, { instruction }: Position, place: Place): Place {
  const apt = reading.commands.some((one) => one.instruction === instruction && /^apt(-get)?$/.test(one.argv[0] ?? ''));
  if (place.at !== 'both' || !apt || instruction.keyword !== 'RUN' || instruction.form !== 'shell') return place;
  const text = place.text ?? `RUN ${instruction.body.text}`;
  return { at: 'both', text: text.replace(/^RUN /, 'RUN apt-get update && ') };
}
