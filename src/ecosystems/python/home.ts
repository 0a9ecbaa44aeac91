/** Whether the program keeps files in a home directory, and whether an empty one of another user would do. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import { isWithin } from '../../reading/commands.ts';
import { commandEvidence, type Reading } from '../../reading/reading.ts';
import type { RuntimeNeeds, WritablePath } from '../ecosystem.ts';
import { buildCommands } from './build-commands.ts';
import { type PythonFacts, toolNames } from './facts.ts';
import { pythonInstalls, requirementsOf } from './installs.ts';
import { evidenceOf, homeKeeper } from './packages.ts';
import { pythonCall } from './words.ts';

export type Home =
  /** Files of the home of root are needed, as far as can be told. */
  | { readonly kind: 'roots'; readonly evidence: Evidence }
  /** Any home directory does. */
  | { readonly kind: 'any'; readonly home: NonNullable<RuntimeNeeds['home']> }
  /** HOME names a directory of the application. */
  | { readonly kind: 'path'; readonly path: WritablePath };

/** `undefined`: nothing of the program is at home. */
export function homeOf(reading: Reading<PythonFacts>): Home | undefined {
  const bound = boundTo(reading);
  if (bound !== undefined) return { kind: 'roots', evidence: bound };
  const keeper = homeKeeper(requirementsOf(reading));
  if (keeper === undefined) return undefined;
  const evidence = evidenceOf(keeper.one);
  const what = `${keeper.one.name} keeps files in the home directory`;
  if (!keeper.refills || filledBefore(reading)) return { kind: 'roots', evidence: { ...evidence, says: what } };
  if (!Object.hasOwn(reading.contract.env, 'HOME')) return { kind: 'any', home: { what, evidence } };
  const path = reading.contract.env['HOME'];
  return path?.startsWith('/') === true && !path.includes('$') && !isWithin(path, '/root') && path !== '/'
    ? { kind: 'path', path: { path: posix.normalize(path), evidence } }
    : { kind: 'roots', evidence: { ...evidence, says: what } };
}

/** The build, a service or a manifest may put something there that the program finds as root only. */
function filledBefore(reading: Reading<PythonFacts>): boolean {
  const { project, directory } = reading;
  const mounted = project.services().some(({ volumes }) => volumes.some(({ target }) => isWithin(target, '/root')));
  const named = project
    .list(directory)
    .some((name) => /\.ya?ml$/.test(name) && project.read(posix.join(directory, name))?.includes('/root/') === true);
  return mounted || named || buildCommands(reading).length > 0;
}

/** Packages in the home of root, and tools that keep their settings and caches at home while they run the program. */
function boundTo(reading: Reading<PythonFacts>): Evidence | undefined {
  const install = pythonInstalls(reading).find(
    ({ place, tool }) => !tool && place.kind === 'directory' && isWithin(place.path, '/root'),
  );
  if (install !== undefined)
    return {
      ...commandEvidence(install.command),
      says: `${install.command.argv.join(' ')} installs into the home of root`,
    };
  for (const command of reading.start.commands) {
    const { tool } = pythonCall(command.argv);
    if (toolNames.has(tool) && tool !== 'pip')
      return { ...command.evidence, says: `${tool} keeps files in the home directory` };
  }
  return undefined;
}
