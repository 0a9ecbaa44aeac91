/** What happens in front of a build: manifests that are copied first, and a wrapper that a RUN makes executable, or whose line ends it mends, before it is called. */
import { posix } from 'node:path';
import { type PlacedCommand, resolvePath } from '../../reading/commands.ts';
import { bringsMore } from '../../reading/origins.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import type { Need } from '../ecosystem.ts';

const preparing = new Set(['chmod', 'dos2unix', 'sed']);

/** Commands before `build`, in its stage, that change nothing but these manifests: a step that runs earlier repeats them. */
export function wrapperPreparations(
  reading: Reading,
  build: ReadCommand,
  manifests: readonly string[],
  directory: string,
): readonly ReadCommand[] {
  const names = manifests
    .filter((path) => reading.project.kind(path) === 'file')
    .map((path) => posix.relative(directory, path));
  return reading.commands.filter((command) => {
    const before = command.position.stage === build.position.stage && command.span.start < build.span.start;
    if (
      !before ||
      !preparing.has(command.argv[0] ?? '') ||
      !command.literal ||
      command.command.depth > 0 ||
      command.cwd !== build.cwd
    )
      return false;
    const { writes } = command.work;
    if (!behindSources(reading, command, manifests)) return false;
    return (
      writes !== undefined &&
      writes.length > 0 &&
      writes.every((path) => names.some((name) => path === resolvePath(command.cwd, name)))
    );
  });
}

/** Nothing but manifests was copied before it: it is the step that fetches, whatever it is called. */
export function runsBeforeSources(reading: Reading, command: ReadCommand, manifests: readonly string[]): boolean {
  return !behindSources(reading, command, manifests);
}

/** A COPY before it brings more than manifests: the step in front of that COPY comes before the command. */
function behindSources(reading: Reading, command: ReadCommand, manifests: readonly string[]): boolean {
  return bringsMore(reading.copies, command.position.stage, command.span.start, manifests);
}

/** A wrapper called by a path of the project (`./gradlew`, `sh mvnw`) has to be there itself. */
export function wrapperNeed({ argv, cwd }: PlacedCommand, isTool: (word: string) => boolean): readonly Need[] {
  const word = argv.slice(0, 2).find(isTool) ?? '';
  const relative = !word.startsWith('/') && (word.includes('/') || argv[0] !== word);
  const path = relative ? resolvePath(cwd, word) : undefined;
  return path === undefined ? [] : [[path]];
}
