/** The files an install reads, so that it can run before the sources are copied. */
import { posix } from 'node:path';
import { type Answer, known, notKnown } from '../../answer.ts';
import { contextDirectory, contextPath } from '../../reading/origins.ts';
import { commandEvidence, type Reading } from '../../reading/reading.ts';
import type { DependencyStep } from '../ecosystem.ts';
import type { PythonFacts, ToolName } from './facts.ts';
import { type PythonInstall, pythonInstalls } from './installs.ts';
import { pythonReasons } from './reasons.ts';

const { explain } = pythonReasons;

/** The last install and every install before it: each reads manifests only, or the step is not known. */
export function pythonDependencyStep(reading: Reading<PythonFacts>): Answer<DependencyStep> {
  const installs = pythonInstalls(reading).filter((one) => !one.tool);
  const stage = installs.at(-1)?.command.position.stage;
  const own = installs.filter((one) => one.command.position.stage === stage);
  const last = own.at(-1);
  if (last === undefined) return notKnown(explain('no-install'));
  const { project } = reading;
  const manifests: string[] = [];
  for (const one of own) {
    const command = one.command.argv.join(' ');
    if (one.sources !== undefined)
      return notKnown(explain('needs-sources', { command, what: one.sources }, { at: one.command.span }));
    if (one.missing.some((word) => /^<\(|^\/dev\//.test(word)))
      return notKnown(explain('manifest-made', { command }, { at: one.command.span }));
    const files = [...one.requirements.files, ...ownManifests(reading, one)];
    const missing = one.missing[0] ?? files.find((file) => !project.sends(file)) ?? absentLock(reading, one);
    if (missing !== undefined)
      return notKnown(explain('manifest-missing', { command, file: missing }, { at: one.command.span }));
    manifests.push(...files);
  }
  const directory =
    contextDirectory(reading.copies, last.command.position.stage, last.command.cwd ?? '/', project) ??
    reading.directory;
  const also = own.slice(0, -1).map((one) => one.command);
  return known(
    {
      manifests: [...new Set(manifests)],
      directory,
      install: { kind: 'existing', command: last.command },
      also,
      overlays: [],
    },
    commandEvidence(last.command),
  );
}

/** A lockfile that the command insists on and Git may ignore: the sources bring it from the disk of whoever builds. */
function absentLock({ facts }: Reading<PythonFacts>, { command }: PythonInstall): string | undefined {
  const insists = {
    uv: ['uv.lock', /^--(frozen|locked)$/],
    pipenv: ['Pipfile.lock', /^(--deploy|--ignore-pipfile|sync)$/],
  } as const;
  const [lock, option] = command.owner === 'uv' || command.owner === 'pipenv' ? insists[command.owner] : [];
  if (lock === undefined || facts.files.includes(lock)) return undefined;
  return command.argv.some((word) => option.test(word)) ? posix.join(facts.directory, lock) : undefined;
}

/** Files that change what a tool does: one that was not there when it ran must not be there now. */
const settings = new Set(['poetry.toml', 'uv.toml', '.python-version']);

function isBrought(reading: Reading<PythonFacts>, { command }: PythonInstall, name: string): boolean {
  const before = reading.copies.filter((copy) => copy.instruction.span.start < command.span.start);
  const path = posix.join(command.cwd ?? '/', name);
  return contextPath(before, command.position.stage, path, reading.project) !== undefined;
}

/** Manifests that Poetry, Pipenv and uv read by themselves from their directory. */
export function ownManifests(reading: Reading<PythonFacts>, one: PythonInstall): readonly string[] {
  const { directory, files } = reading.facts;
  const tool = (one.command.owner ?? 'pip') as ToolName;
  const named = one.install?.files.some((file) => file.endsWith('pyproject.toml')) === true;
  if (one.install !== undefined && !named) return [];
  const wanted = named
    ? ['pyproject.toml']
    : {
        poetry: ['pyproject.toml', 'poetry.lock', 'poetry.toml'],
        pipenv: ['Pipfile', 'Pipfile.lock'],
        uv: ['pyproject.toml', 'uv.lock', '.python-version', 'uv.toml'],
        pip: [],
        conda: ['environment.yml'],
      }[tool];
  return wanted
    .filter((name) => files.includes(name) && (!settings.has(name) || isBrought(reading, one, name)))
    .map((name) => posix.join(directory, name));
}
