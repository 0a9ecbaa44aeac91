/** What the build of this image has of the project: the lockfile only when it is copied, and the sources of what is started. */
import { posix } from 'node:path';
import type { Source } from '../../project/sources.ts';
import type { Reading } from '../../reading/reading.ts';
import { type CargoFacts, tablesOf } from './manifest.ts';

/** The facts as they hold in the image. Without its lockfile Cargo takes the newest packages, whatever the project's lockfile says. */
export function builtFacts(reading: Reading<CargoFacts>): CargoFacts {
  const { facts, copies } = reading;
  const lock = posix.join(facts.directory, 'Cargo.lock');
  const brought = copies.some(
    (copy) =>
      copy.from === undefined &&
      copy.origins.some(({ source }) => source === '' || source === lock || lock.startsWith(`${source}/`)),
  );
  return !facts.locked || brought ? facts : { ...facts, locked: false, crates: facts.direct };
}

/** Sources without the main files of other programs than these; `undefined`: more than are read. */
export function sourcesOf(facts: CargoFacts, programs: readonly string[]): readonly Source[] | undefined {
  const mains = mainFiles(facts);
  const own = mains.filter(({ program }) => programs.includes(program)).map(({ path }) => path);
  const others = own.length === 0 ? [] : mains.map(({ path }) => path).filter((path) => !own.includes(path));
  return facts.sources()?.filter(({ path }) => !others.includes(path));
}

/** Programs of the package with the file each begins in (The Cargo Book, "Target auto-discovery"). */
function mainFiles({ project, directory, entries, package: name }: CargoFacts) {
  const bare = (text: string | undefined) => text?.replaceAll(/["']/g, '');
  const declared = tablesOf(entries)
    .filter(({ section }) => section === 'bin')
    .map(({ values }) => ({ program: bare(values.get('name')), path: bare(values.get('path')) }));
  const found = project
    .list(posix.join(directory, 'src/bin'))
    .filter((file) => file.endsWith('.rs'))
    .map((file) => ({ program: file.slice(0, -'.rs'.length), path: `src/bin/${file}` }));
  return [...declared, ...found, { program: name, path: 'src/main.rs' }].flatMap(({ program, path }) =>
    program === undefined || path === undefined ? [] : [{ program, path: posix.join(directory, path) }],
  );
}
