/** The ecosystem of one Python tool. All of them share what a Python program is; they differ in the commands they speak for. */
import { type Answer, known, notKnown } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import { defineEcosystem, type Ecosystem, type StartMode } from '../ecosystem.ts';
import { pythonArtifacts } from './artifacts.ts';
import { pythonVersion } from './declared.ts';
import { pythonDependencyStep } from './dependency-step.ts';
import { installsWithoutCache } from './download-cache.ts';
import { describePython, type PythonFacts, pythonFacts, type ToolName } from './facts.ts';
import { readsHistory } from './history.ts';
import { pythonInstalls } from './installs.ts';
import { pythonListener } from './listener.ts';
import { pythonReasons } from './reasons.ts';
import { claimsPython, pythonRole } from './role.ts';
import { pythonRuntime } from './runtime.ts';
import { type Call, pythonCall, startedCall } from './words.ts';

const { explain } = pythonReasons;

export function pythonEcosystem(tool: ToolName, title: string): Ecosystem {
  return defineEcosystem<PythonFacts>({
    name: tool,
    title,
    family: 'python',
    reasons: pythonReasons.table,
    claims: (argv) => claimsPython(tool, argv),
    facts: (project, directory) => pythonFacts(tool, project, directory),
    describe: describePython,
    role: (command, facts) => pythonRole(tool, command, facts),
    startMode,
    dependencyStep: pythonDependencyStep,
    lockedInstalls: (reading) =>
      pythonInstalls(reading).some((one) => !one.tool) ? known([]) : notKnown(explain('no-install')),
    prune,
    artifacts: pythonArtifacts,
    runtime: pythonRuntime,
    listener: pythonListener,
    declaredVersion: ({ project, directory }) => pythonVersion(project, directory),
    withoutCache: installsWithoutCache,
    readsHistory,
    ignorable: ({ facts }) => [
      { pattern: '**/__pycache__', says: 'byte code, made anew' },
      ...['.venv', 'venv'].map((name) => ({
        pattern: facts.directory === '' ? name : `${facts.directory}/${name}`,
        says: 'environment of the host',
      })),
    ],
  });
}

const watchers = new Set([
  'watchmedo',
  'watchfiles',
  'hupper',
  'ptw',
  'debugpy',
  'nodemon',
  'jupyter',
  'jupyter-lab',
  'jupyter-notebook',
  'reflex',
  'ipython',
  'jurigged',
  'pudb',
  'pdb',
]);

/** Test runners by their own documentation. */
const testRunners = new Set(['pytest', 'py.test', 'tox', 'nox', 'nosetests', 'behave', 'robot', 'unittest', 'green']);

/** Servers that reload or wait for a debugger; `flask run` and `runserver` without such an option are only slow. */
function startMode(reading: Reading<PythonFacts>): StartMode | undefined {
  for (const command of reading.start.commands) {
    const call = startedCall(command.argv);
    const reloads =
      call.args.some((word) => /^(--reload|--debug|--debugger|--autoreload|--dev|--auto-reload)$/.test(word)) &&
      ['uvicorn', 'flask', 'gunicorn', 'hypercorn', 'sanic', 'granian', 'litestar', 'fastapi', 'robyn'].includes(
        call.tool,
      );
    const dev = call.tool === 'fastapi' && call.args[0] === 'dev';
    if (command === reading.start.main && testRunners.has(call.tool))
      return { mode: 'tests', program: command.argv.join(' '), evidence: command.evidence };
    if (installsAtStart(call))
      return { mode: 'builds-at-start', program: command.argv.join(' '), evidence: command.evidence };
    if (reloads || dev || watchers.has(call.tool))
      return { mode: 'development', program: command.argv.join(' '), evidence: command.evidence };
  }
  return undefined;
}

function installsAtStart({ tool, args }: Call): boolean {
  if (tool === 'pip') return args[0] === 'install';
  if (tool === 'uv') return args[0] === 'sync' || (args[0] === 'pip' && args[1] === 'install');
  return (tool === 'poetry' || tool === 'pipenv') && (args[0] === 'install' || args[0] === 'sync');
}

/** Poetry, Pipenv and uv install development groups unless told not to; which of them the program imports is not known. */
function prune(
  reading: Reading<PythonFacts>,
): Answer<{ readonly command: string; readonly drops: string } | undefined> {
  const groups = reading.facts.pyproject?.devGroups ?? [];
  for (const { command, install } of pythonInstalls(reading)) {
    const { tool, args } = pythonCall(command.argv);
    if (install !== undefined || groups.length === 0 || (tool !== 'poetry' && tool !== 'uv')) continue;
    if (
      args.some((word) =>
        /^(--no-dev|--only|--only-dev|--without|--no-default-groups|--only=.*|--without=.*|--no-group.*)$/.test(word),
      )
    )
      continue;
    return notKnown(explain('development-kept', { command: command.argv.join(' ') }, { at: command.span }));
  }
  return known(undefined);
}
