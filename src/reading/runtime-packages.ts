/** The OS packages of an install command that the running program needs: `-dev` becomes its runtime twin, compilers stay behind. */
import type { PackageManager } from '../images/image.ts';
import { deletes, type OsInstall, osAction } from './os-packages.ts';
import type { ReadCommand, Reading } from './reading.ts';

export type RuntimeInstall =
  /** Nothing is left out: the command is repeated as it is. */
  | { readonly kind: 'same'; readonly left: readonly string[]; readonly undecided: readonly string[] }
  /** What to install instead; `text` undefined: nothing. */
  | {
      readonly kind: 'reduced';
      readonly text: string | undefined;
      /** Program, verb and options, to which names may be added. */
      readonly options: readonly string[];
      readonly left: readonly string[];
      readonly undecided: readonly string[];
    }
  | { readonly kind: 'unclear'; readonly word: string };

/** Sorts the packages of one install. `programs` are those that run in the final image. */
export function runtimeInstall(reading: Reading, command: ReadCommand, programs: ReadonlySet<string>): RuntimeInstall {
  const action = osAction(command);
  if (action?.kind !== 'install') return { kind: 'unclear', word: command.argv.join(' ') };
  const { install } = action;
  if (install.opaque !== undefined) return { kind: 'unclear', word: install.opaque };
  const { group } = install;
  if (group !== undefined && reading.commands.some((one) => one.span.start > command.span.start && deletes(one, group)))
    return {
      kind: 'reduced',
      text: undefined,
      options: install.options,
      left: install.packages.map(({ name }) => name),
      undecided: [],
    };
  const base = reading.baseOf(command.position.stage);
  const listed = executesListed(reading);
  const kept: string[] = [];
  const left: string[] = [];
  const undecided: string[] = [];
  for (const { name, raw } of install.packages) {
    const facts = reading.images.osPackage(name, base?.release, managerName(install, base?.packageManager));
    const runs = facts.commands.some((program) => programs.has(program));
    if (facts.class === 'build' && facts.runtime !== undefined && !runs) {
      left.push(name);
      kept.push(...facts.runtime.filter((twin) => base?.has(twin) !== 'present' && !alwaysThere(install, twin)));
    } else if (listed && facts.class === 'tool' && usedInBuildOnly(reading, facts.commands, programs, command)) {
      left.push(name);
    } else if (listed && facts.class !== 'runtime' && calledByInstall(reading, [name, ...facts.commands], programs)) {
      left.push(name);
    } else {
      if (facts.class === 'tool' && !runs) undecided.push(name);
      kept.push(raw);
    }
  }
  if (left.length === 0) return { kind: 'same', left, undecided };
  const unique = [...new Set(kept)];
  const text = unique.length === 0 ? undefined : [...install.options, ...unique].join(' ');
  return { kind: 'reduced', text, options: install.options, left, undecided };
}

/** What dpkg and apt themselves depend on, in every Debian and Ubuntu image (their `Depends` and `Pre-Depends`). */
const underApt = new Set(['libstdc++6', 'libgcc-s1', 'zlib1g', 'libbz2-1.0', 'liblzma5', 'libcrypt1']);

function alwaysThere(install: OsInstall, name: string): boolean {
  return install.manager === 'apt' && underApt.has(name);
}

function managerName(install: OsInstall, known: PackageManager | undefined): PackageManager {
  return known ?? install.manager;
}

/** It is known which programs the running one executes: none that is left behind can be among them. */
function executesListed(reading: Reading): boolean {
  const needs = reading.ecosystem?.runtime(reading);
  return needs?.known === true && needs.value.keepsBase === undefined;
}

/** An install is known to run it by itself, and nothing that starts does. */
function calledByInstall(reading: Reading, names: readonly string[], programs: ReadonlySet<string>): boolean {
  if (names.some((name) => programs.has(name))) return false;
  return reading.commands.some(
    ({ work }) => work.toolChain === true && work.calls?.some((name) => names.includes(name)),
  );
}

/** Its programs run in RUNs, and nowhere in what starts. */
function usedInBuildOnly(
  reading: Reading,
  names: readonly string[],
  programs: ReadonlySet<string>,
  install: ReadCommand,
): boolean {
  if (names.some((name) => programs.has(name))) return false;
  const calls = (command: ReadCommand) =>
    names.includes(command.argv[0] ?? '') || command.work.calls?.some((name) => names.includes(name));
  return reading.commands.some((command) => command !== install && calls(command));
}
