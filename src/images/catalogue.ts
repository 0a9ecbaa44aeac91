/** The one entry to `images/`: facts about base images, tags and OS packages. */
import { counterparts } from './counterparts.ts';
import { dated, floats } from './dated.ts';
import type { ImageFacts, Images } from './image.ts';
import { lookup, tagStatus } from './lookup.ts';
import { osPackage } from './packages.ts';
import { createUser } from './users.ts';

export { freeUid, nonRootUser } from './users.ts';

/** Remembered answers; a bound, because references come from the files of a whole organisation. */
const REMEMBERED = 512;

/** The catalogue. Data files are read when the first question needs them; answers never change during a run. */
export function catalogue(): Images {
  const known = new Map<string, ImageFacts | undefined>();
  const remembered = (image: string) => {
    if (!known.has(image)) {
      if (known.size >= REMEMBERED) known.clear();
      known.set(image, lookup(image));
    }
    return known.get(image);
  };
  const floating = (base: ImageFacts) => (floats(base) ? { dated: dated(base) } : undefined);
  return { lookup: remembered, tagStatus, counterparts, floating, osPackage, createUser };
}
