/** Packages that apt has to install and that the release under it does not have, or no longer: such a file does not build as it stands. */
import { isArchived } from '../images/release.ts';
import { isWithin } from './commands.ts';
import { makes, mustSucceed, startsEmpty } from './missing-need.ts';
import { osAction } from './os-packages.ts';
import type { ReadCommand, Reading } from './reading.ts';

export interface MissingPackage {
  readonly command: ReadCommand;
  /** `undefined`: the release is archived, so there are none at all. */
  readonly name: string | undefined;
  readonly release: string;
}

/** The first one. Silent where packages may come from anywhere but the release of a known image. */
export function missingPackage(reading: Reading): MissingPackage | undefined {
  for (const command of reading.commands) {
    const release = reading.baseOf(command.position.stage)?.release;
    if (release === undefined || !asksApt(command)) continue;
    const archived = isArchived(release);
    const name = archived ? undefined : goneFrom(reading, command, release);
    if (!archived && name === undefined) continue;
    if (!mustSucceed(reading, command) || !startsEmpty(reading, command) || mayAddSources(reading, command)) continue;
    return { command, name, release };
  }
  return undefined;
}

/** An upgrade without lists finds nothing to do, and a package out of a file may need no other. */
function asksApt(command: ReadCommand): boolean {
  const action = osAction(command);
  if (action?.kind === 'install') return action.install.manager === 'apt' && action.install.packages.length > 0;
  return /(^|\/)(apt|apt-get|aptitude)$/.test(command.argv[0] ?? '') && command.argv.includes('update');
}

const choosing = /^(-t|--target-release|--default-release|-o|--option|-c)/;

function goneFrom({ images }: Reading, command: ReadCommand, release: string): string | undefined {
  const action = osAction(command);
  if (action?.kind !== 'install' || action.install.options.some((word) => choosing.test(word))) return undefined;
  return action.install.packages.find(({ name }) => images.osPackage(name, release, 'apt').gone)?.name;
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
