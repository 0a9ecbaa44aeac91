/** What the program needs of its image and of the build, however it is started. */
import { type Answer, known } from '../answer.ts';
import type { Artifacts, RuntimeNeeds } from '../ecosystems/ecosystem.ts';
import { outermost } from './carried.ts';
import { isWithin } from './commands.ts';
import { otherStarts, type Reading } from './reading.ts';

/**
 * What the start of the file needs, with the programs, packages and settings that the starts of compose services need besides.
 * Where and as whom a service writes is a question of its own. `undefined`: no build tool speaks for the program.
 */
export function needsOf(reading: Reading): Answer<RuntimeNeeds> | undefined {
  const own = reading.ecosystem?.runtime(reading);
  if (own?.known !== true) return own;
  const others = otherStarts(reading).flatMap(({ reading: other }) => {
    const needs = other.ecosystem?.runtime(other);
    return needs?.known === true ? [needs.value] : [];
  });
  if (others.length === 0) return own;
  const all = [own.value, ...others];
  const keepsBase = all.find((one) => one.keepsBase !== undefined)?.keepsBase;
  return known(
    {
      ...own.value,
      programs: all.flatMap((one) => one.programs),
      packages: all.flatMap((one) => one.packages),
      certificates: all.some((one) => one.certificates),
      timezones: all.some((one) => one.timezones),
      libcBound: all.some((one) => one.libcBound),
      ...(keepsBase === undefined ? {} : { keepsBase }),
    },
    ...own.evidence,
  );
}

/** What the start of the file needs from the build, and what those of compose services need that start something else of it. */
export function artifactsOf(reading: Reading): Answer<Artifacts> | undefined {
  const own = reading.ecosystem?.artifacts(reading);
  if (own?.known !== true) return own;
  const others = otherStarts(reading).flatMap(({ reading: other }) => {
    const artifacts = other.ecosystem?.artifacts(other);
    return artifacts?.known === true ? artifacts.value.paths : [];
  });
  const carried = (path: string) => own.value.paths.some((one) => isWithin(path, one.path));
  const besides = outermost(others).filter((one) => !carried(one.path));
  return besides.length === 0 ? own : known({ ...own.value, paths: [...own.value.paths, ...besides] }, ...own.evidence);
}
