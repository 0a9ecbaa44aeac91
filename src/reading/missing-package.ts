/** A package that apt has to install and that the release under it no longer has: such a file does not build as it stands. */
import { isWithin } from './commands.ts';
import { makes, mustSucceed, startsEmpty } from './missing-need.ts';
import { osAction } from './os-packages.ts';
import type { ReadCommand, Reading } from './reading.ts';

export interface MissingPackage {
  readonly command: ReadCommand;
  readonly name: string;
  readonly release: string;
}

/** The first one. Silent where packages may come from anywhere but the release of a known image. */
export function missingPackage(reading: Reading): MissingPackage | undefined {
  for (const command of reading.commands) {
    const action = osAction(command);
    const release = reading.baseOf(command.position.stage)?.release;
    if (action?.kind !== 'install' || action.install.manager !== 'apt' || release === undefined) continue;
    if (action.install.options.some((word) => /^(-t|--target-release|--default-release|-o|--option|-c)/.test(word)))
      continue;
    if (!mustSucceed(reading, command) || !startsEmpty(reading, command) || mayAddSources(reading, command)) continue;
    const found = action.install.packages.find(({ name }) => reading.images.osPackage(name, release, 'apt').gone);
    if (found !== undefined) return { command, name: found.name, release };
  }
  return undefined;
}

const sources = '/etc/apt';

/** Something up to the command may tell apt of another place. */
function mayAddSources(
  { commands, copies }: Reading,
  { position: { stage }, span, instruction }: ReadCommand,
): boolean {
  const related = (path: string) => isWithin(path, sources) || isWithin(sources, path);
  const before = commands.filter((one) => one.position.stage === stage && one.span.start < span.start);
  const texts = new Set([instruction, ...before.map((one) => one.instruction)]);
  return (
    [...texts].some((run) => run.body.text.includes(sources)) ||
    before.some((one) => makes(one, sources, related) || bringsFile(one)) ||
    copies.some(
      ({ position, instruction: copy, target }) =>
        position.stage === stage && copy.span.start < span.start && (target === undefined || related(target)),
    )
  );
}

/** A package out of a file or a variable may bring sources of its maker. */
function bringsFile(command: ReadCommand): boolean {
  const action = osAction(command);
  return action?.kind === 'install' && action.install.opaque !== undefined;
}
