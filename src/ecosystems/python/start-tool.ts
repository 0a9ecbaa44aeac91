/**
 * The tool that starts the program (`poetry run`, `pipenv run`, `uv run`): what has to be carried over so that it finds itself
 * and its environment again. Directories: Poetry documentation "Configuration", Pipenv documentation "Environment variables",
 * uv documentation "Running commands in projects".
 */
import { posix } from 'node:path';
import type { Evidence, Reason } from '../../answer.ts';
import { expand } from '../../dockerfile/variables.ts';
import { commandEvidence, otherStarts, type ReadCommand, type Reading } from '../../reading/reading.ts';
import type { Artifact } from '../ecosystem.ts';
import type { PythonFacts } from './facts.ts';
import type { PythonInstall } from './installs.ts';
import { pythonReasons } from './reasons.ts';
import { pythonCall } from './words.ts';

const { explain } = pythonReasons;

export interface StartTool {
  readonly name: string;
  /** Environments and settings of the tool that lie outside of the application. */
  readonly paths: readonly Artifact[];
  /** The tool is one of the interpreter's own packages, so these have to stay where they are. */
  readonly inPlace: Evidence | undefined;
}

const starters = new Set(['poetry', 'pipenv', 'uv', 'pdm', 'hatch']);

/** `undefined`: no such tool starts the program. A reason: one does, and it cannot be told what it needs. */
export function startTool(
  reading: Reading<PythonFacts>,
  installs: readonly PythonInstall[],
): StartTool | Reason | undefined {
  const starts = [reading.start, ...otherStarts(reading).map((one) => one.reading.start)];
  const command = starts.flatMap((one) => one.commands).find((one) => starters.has(pythonCall(one.argv).tool));
  if (command === undefined) return undefined;
  const name = pythonCall(command.argv).tool;
  const source = broughtBy(reading, installs, name);
  const own = installs.filter((one) => !one.tool && one.command.owner === name);
  const last = own.at(-1);
  const paths =
    source === undefined || last === undefined ? undefined : environmentPaths(reading, name, own, last.command);
  return paths === undefined || !upToDate(reading, name, own, command.argv)
    ? explain('tool-at-start', { command: command.argv.join(' '), tool: name }, { evidence: [command.evidence] })
    : { name, paths, inPlace: source === 'base' ? undefined : source };
}

/** The install that put the tool among the interpreter's packages; `base`: it comes otherwise, and stays without further ado. */
function broughtBy(
  reading: Reading<PythonFacts>,
  installs: readonly PythonInstall[],
  name: string,
): Evidence | 'base' | undefined {
  const install = installs.find((one) => one.install?.packages.some((entry) => entry.name === name) === true);
  if (install?.place.kind === 'site')
    return { ...commandEvidence(install.command), says: `${name}, which starts the program, is installed here` };
  const copied = reading.copies.some(
    ({ from, origins }) => from === 'image' && origins.some(({ source }) => posix.basename(source) === name),
  );
  return copied || (name === 'uv' && reading.base?.family === 'uv') ? 'base' : undefined;
}

/** Paths besides those that the installs name; `undefined`: they depend on something that is not known. */
function environmentPaths(
  reading: Reading<PythonFacts>,
  name: string,
  own: readonly PythonInstall[],
  command: ReadCommand,
): readonly Artifact[] | undefined {
  const value = (variable: string) => {
    const text = expand(`\${${variable}:-}`, command.position.scope);
    return text.complete ? text.text : '?';
  };
  const isRoot = (user: string | undefined) => user === undefined || /^(root|0)(:|$)/.test(user);
  const moved = ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'].some((one) => value(one) !== '');
  const places = own.map((one) => one.place.kind);
  if (name === 'uv') return places.every((kind) => kind === 'directory') ? [] : undefined;
  if (moved || !isRoot(command.position.user) || !isRoot(reading.contract.user)) return undefined;
  if (name === 'pipenv') {
    if (places.includes('site')) return undefined;
    return places.includes('unknown') ? directories(value('WORKON_HOME') || '/root/.local/share/virtualenvs') : [];
  }
  if (name !== 'poetry') return undefined;
  const settings = poetrySettings(reading, value);
  if (settings === undefined) return undefined;
  const cache = value('POETRY_CACHE_DIR') || '/root/.cache/pypoetry';
  const environments = places.includes('unknown')
    ? directories(value('POETRY_VIRTUALENVS_PATH') || `${cache}/virtualenvs`)
    : [];
  return environments === undefined ? undefined : [...environments, ...settings];
}

/** Where `poetry config` keeps what it is told; `undefined`: in the project, or it moves the environments. */
function poetrySettings(
  reading: Reading<PythonFacts>,
  value: (variable: string) => string,
): readonly Artifact[] | undefined {
  const calls = reading.commands
    .map((one) => pythonCall(one.argv))
    .filter(({ tool, args }) => tool === 'poetry' && args[0] === 'config');
  if (calls.length === 0) return [];
  if (calls.some(({ args }) => args.some((word) => /^(--local|cache-dir|virtualenvs\.path)$/.test(word))))
    return undefined;
  return directories(value('POETRY_CONFIG_DIR') || '/root/.config/pypoetry');
}

function directories(path: string): readonly Artifact[] | undefined {
  return path.startsWith('/') ? [{ path: posix.normalize(path), kind: 'directory' }] : undefined;
}

/** Options of `uv run` and `uv sync` that choose what belongs into the environment. */
const choosing = /^--(no-dev|only-dev|all-groups|all-extras|no-default-groups|all-packages)$/;
const choosingValue = /^--(group|extra|no-group|only-group|package)$/;

/**
 * `uv run` brings the environment up to date first. It finds nothing to do when the build installed the same choice from a
 * lockfile that stays as it is, and when the project itself is no package, which it would build anew.
 */
function upToDate(
  reading: Reading<PythonFacts>,
  name: string,
  own: readonly PythonInstall[],
  argv: readonly string[],
): boolean {
  if (name !== 'uv') return true;
  const last = own.at(-1)?.command;
  if (last === undefined || own.some((one) => one.install !== undefined)) return false;
  if (last.cwd !== reading.chain.at(-1)?.workdir) return false;
  const { args } = pythonCall(argv);
  const on = (variable: string) => /^(1|true|yes|on)$/i.test(reading.contract.env[variable] ?? '');
  if (args.includes('--no-sync') || on('UV_NO_SYNC')) return true;
  const { pyproject, files } = reading.facts;
  const fixed =
    last.argv.some((word) => /^--(frozen|locked)$/.test(word)) || ['UV_FROZEN', 'UV_LOCKED'].some((one) => on(one));
  if (!fixed || !files.includes('uv.lock') || pyproject === undefined) return false;
  if (pyproject.packaged || pyproject.local.length > 0) return false;
  const drops = (word: string) => word === '--no-dev' && pyproject.devGroups.length === 0;
  const chosen = (words: readonly string[]) =>
    words
      .flatMap((word, index) =>
        choosing.test(word) ? [word] : choosingValue.test(word) ? [`${word}=${words[index + 1]}`] : joined(word),
      )
      .filter((word) => !drops(word))
      .sort()
      .join(' ');
  return chosen(pythonCall(last.argv).args) === chosen(args);
}

function joined(word: string): readonly string[] {
  return choosingValue.test(word.split('=')[0] ?? '') ? [word] : [];
}
