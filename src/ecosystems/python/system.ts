/**
 * Python from the packages of Debian and Ubuntu. Its pip installs for everybody below /usr/local and leaves /usr to dpkg (Debian
 * Python Policy 2.5), so that directory carries all of it, and the runtime stage installs the interpreter again without pip.
 */
import type { Evidence, Reason } from '../../answer.ts';
import { osAction } from '../../reading/os-packages.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import type { RuntimeNeeds } from '../ecosystem.ts';
import { executions } from './executes.ts';
import type { PythonFacts } from './facts.ts';
import { type PythonInstall, pythonInstalls, requirementsOf } from './installs.ts';
import { interpreterOf } from './interpreter.ts';
import { pythonReasons } from './reasons.ts';
import { runningSources } from './sources.ts';
import { pythonCall } from './words.ts';

const { explain } = pythonReasons;

/** Where pip of the distribution puts packages and their programs. */
export const systemDirectory = '/usr/local';

/** Programs of what python3-pip recommends: a compiler and the tools that make packages. */
const broughtAlong = new Set(
  'gcc g++ cc c++ make patch xz unxz bzip2 bunzip2 fakeroot file dpkg-buildpackage pip pip3'.split(' '),
);

/** Packages of Debian and Ubuntu with the one python3 of the release. */
const ordinary = /^python3(-[a-z0-9.+-]+)?$/;
const interpreters = /^(python[\d.]*|libpython[\d.]+|pypy\d*)(-|$)/;

function packagesOf(reading: Reading): readonly { readonly name: string; readonly command: ReadCommand }[] {
  return reading.commands.flatMap((command) => {
    const action = osAction(command);
    return action?.kind === 'install' ? action.install.packages.map(({ name }) => ({ name, command })) : [];
  });
}

/** Why what is installed for a distribution's Python cannot be carried over; `undefined`: it can. */
export function systemObstacle(reading: Reading<PythonFacts>, installs: readonly PythonInstall[]): Reason | undefined {
  const image = reading.contract.from;
  const why = (what: string) => explain('system-python', { image, what });
  const { base } = reading;
  if (base?.family === 'uv') return explain('managed-python', { why: `${image} has no Python of its own` });
  if (base?.packageManager === 'apk') return why('and pip puts its packages among their files');
  if (base?.packageManager !== 'apt') return why('and what these bring along is not known');
  if (!installs.some((one) => !one.tool)) return explain('no-install');
  const names = packagesOf(reading).map(({ name }) => name);
  if (!names.some((name) => ordinary.test(name))) return why('and no line installs them');
  const other = names.find((name) => interpreters.test(name) && !ordinary.test(name) && name !== 'python-is-python3');
  if (other !== undefined) return why(`and ${other} is another one than that of the release`);
  const foreign = installs.find((one) => one.place.kind === 'site' && pythonCall(one.command.argv).tool !== 'pip');
  if (foreign !== undefined) return why(`into which ${pythonCall(foreign.command.argv).tool} installs`);
  const embedding = requirementsOf(reading).find((one) => one.name === 'uwsgi' || one.name === 'mod-wsgi');
  if (embedding !== undefined) return why(`and ${embedding.name} links the libpython that headers bring`);
  const { open, programs } = executions(runningSources(reading) ?? []);
  const at = (evidence: Evidence) => `${evidence.file}:${evidence.line ?? 1}`;
  if (open !== undefined) return explain('programs-unknown', { where: at(open) }, { evidence: [open] });
  const lost = programs.find(({ name }) => broughtAlong.has(name) && !names.includes(name));
  return lost === undefined ? undefined : why(`and ${lost.name} (${at(lost.evidence)}) may come with them`);
}

/**
 * What python3-pip and python3-venv bring besides pip, which packages installed by pip may have found and not installed again
 * (their `Depends` in Debian 11 to 13 and Ubuntu 20.04 to 24.04). Empty for an image made for Python.
 */
export function systemPackagesNeeded(reading: Reading<PythonFacts>): RuntimeNeeds['packages'] {
  if (interpreterOf(reading.base).kind !== 'system' || reading.base?.packageManager !== 'apt') return [];
  if (!pythonInstalls(reading).some((one) => !one.tool)) return [];
  const brought = packagesOf(reading).find(({ name }) => /^python3-(pip|venv|virtualenv|dev)$/.test(name));
  if (brought === undefined) return [];
  const evidence = commandEvidence(brought.command);
  return ['python3', 'python3-setuptools', 'python3-wheel', 'ca-certificates'].map((name) => ({
    name,
    alpine: undefined,
    evidence,
  }));
}
