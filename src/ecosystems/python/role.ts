/** What a command of Python or of one of its tools does in a RUN. */
import { posix } from 'node:path';

import type { PlacedCommand } from '../../reading/commands.ts';
import { resolvePath } from '../../reading/commands.ts';
import type { Work } from '../ecosystem.ts';
import type { PythonFacts, ToolName } from './facts.ts';
import { readRequirements } from './requirements.ts';
import { type Call, installsToolsOnly, isPython, pythonCall, readInstall } from './words.ts';

/** Which ecosystem speaks for a tool. `pip` speaks for Python itself. */
const owners: Readonly<Record<string, ToolName>> = {
  poetry: 'poetry',
  pipenv: 'pipenv',
  uv: 'uv',
  uvx: 'uv',
  conda: 'conda',
  mamba: 'conda',
  micromamba: 'conda',
  'conda-lock': 'conda',
};
const serverTools = new Set([
  'gunicorn',
  'uvicorn',
  'hypercorn',
  'daphne',
  'uwsgi',
  'waitress-serve',
  'granian',
  'celery',
  'flask',
  'django-admin',
  'streamlit',
  'fastapi',
  'rq',
  'dramatiq',
  'huey_consumer',
  'aiohttp',
  'sanic',
  'gradio',
  'chainlit',
  'locust',
  'opentelemetry-instrument',
  'ddtrace-run',
  'newrelic-admin',
  'litestar',
  'robyn',
  'pserve',
  'mod_wsgi-express',
  'alembic',
  'prefect',
  'airflow',
  'mlflow',
  'watchmedo',
  'jupyter',
  'debugpy',
  'pytest',
]);
const buildTools = new Set([
  'pip',
  'easy_install',
  'virtualenv',
  'pybabel',
  'pyinstaller',
  'spacy',
  'playwright',
  'django-admin',
  'flask',
  'alembic',
  'pytest',
  'tox',
  'nox',
  'flake8',
  'mypy',
  'black',
  'ruff',
  'isort',
  'pylint',
  'cython',
  'cythonize',
  'huggingface-cli',
  'hf',
  'nltk',
  'celery',
  'gunicorn',
  'uvicorn',
]);

/** Do these words belong to the tool? Start programs belong to `pip`, whoever installed them. */
export function claimsPython(tool: ToolName, argv: readonly string[]): boolean {
  const { tool: name } = pythonCall(argv);
  const owner = owners[name];
  if (owner !== undefined) return owner === tool;
  return tool === 'pip' && (isPython(argv[0]) || serverTools.has(name) || buildTools.has(name));
}

export function pythonRole(tool: ToolName, command: PlacedCommand, facts: PythonFacts): Work | undefined {
  const call = pythonCall(command.argv);
  const owner = owners[call.tool] ?? (isPython(command.argv[0]) || buildTools.has(call.tool) ? 'pip' : undefined);
  if (owner !== tool) return undefined;
  switch (tool) {
    case 'pip':
      return pipRole(call, command, facts);
    case 'poetry':
      return managerRole(call, new Set(['install', 'add', 'update', 'sync']));
    case 'pipenv':
      return managerRole(call, new Set(['install', 'sync', 'update']));
    case 'uv':
      return uvRole(call, command, facts);
    case 'conda':
      return managerRole(call, new Set(['install', 'create', 'update', 'env']));
  }
}

const nothing: Work = { role: 'inspect', writes: [] };
/** Prepares later commands of the build and leaves nothing that runs. */
const preparation: Work = { role: 'tool', writes: [], provides: [] };
const dependencies: Work = { role: 'dependencies', writes: [], toolChain: true };

function managerRole(call: Call, installing: ReadonlySet<string>): Work {
  const verb = call.args.find((word) => !word.startsWith('-')) ?? '';
  if (verb === 'run') return { role: 'build', writes: undefined };
  return installing.has(verb)
    ? dependencies
    : verb === '' || verb === 'check' || verb === 'show' || verb === 'list' || verb === 'info'
      ? nothing
      : preparation;
}

function uvRole(call: Call, command: PlacedCommand, facts: PythonFacts): Work {
  const [verb = '', next = ''] = call.args.filter((word) => !word.startsWith('-'));
  if (verb === 'pip' && next === 'install')
    return installRole(call.args.slice(call.args.indexOf('install') + 1), facts);
  if (verb === 'sync' || verb === 'add' || (verb === 'pip' && next === 'sync')) return dependencies;
  if (verb === 'run' || call.tool === 'uvx') return runRole(command);
  return verb === 'tool' && next === 'install' ? { role: 'tool', writes: undefined } : preparation;
}

function runRole(command: PlacedCommand): Work {
  return { role: 'build', writes: command.cwd === undefined ? undefined : [command.cwd] };
}

function pipRole(call: Call, command: PlacedCommand, facts: PythonFacts): Work {
  const [verb = ''] = call.args;
  switch (call.tool) {
    case 'pip':
      return verbRole(call, command, facts);
    case 'easy_install':
      return dependencies;
    case 'venv':
    case 'virtualenv':
    case 'ensurepip':
      return preparation;
    case 'pytest':
    case 'tox':
    case 'nox':
    case 'flake8':
    case 'mypy':
    case 'black':
    case 'ruff':
    case 'isort':
    case 'pylint':
    case 'unittest':
      return { role: 'test', writes: [] };
    case 'spacy':
      return verb === 'download' ? dependencies : runRole(command);
    case 'compileall':
      return runRole(command);
    case 'python':
      return scriptRole(call, command);
    default:
      return call.args.every((word) => /^(--version|-V|--help|-h|check)$/.test(word)) && call.args.length > 0
        ? nothing
        : runRole(command);
  }
}

function verbRole(call: Call, command: PlacedCommand, facts: PythonFacts): Work {
  const verb = call.args.find((word) => !word.startsWith('-')) ?? '';
  if (verb === 'install') return installRole(call.args.slice(call.args.indexOf('install') + 1), facts);
  if (verb === 'wheel' || verb === 'download') return { ...dependencies, writes: wheelDirectory(call, command) };
  return ['uninstall', 'config', 'cache'].includes(verb) ? preparation : nothing;
}

function wheelDirectory(call: Call, command: PlacedCommand): readonly string[] {
  const at = call.args.findIndex((word) => /^(-w|--wheel-dir|-d|--dest)$/.test(word));
  const path = at < 0 ? command.cwd : resolvePath(command.cwd, call.args[at + 1] ?? '');
  return path === undefined ? [] : [path];
}

function installRole(args: readonly string[], { project, directory }: PythonFacts): Work {
  const install = readInstall(args);
  const names = install.packages.flatMap((one) => one.name ?? []);
  if (installsToolsOnly(install))
    return { role: 'tool', writes: [install.directory ?? '/usr/local/bin'], provides: names, toolChain: true };
  const files = install.files.map((file) =>
    posix.join(directory, posix.isAbsolute(file) ? posix.basename(file) : file),
  );
  const cloned =
    install.packages.some((one) => one.kind === 'repository') ||
    readRequirements(project, files).repositories.length > 0;
  const calls = cloned ? ['git'] : [];
  return { ...dependencies, calls };
}

/** `python x.py`, `python -c …`. */
function scriptRole(call: Call, command: PlacedCommand): Work {
  const [script = ''] = call.args;
  if (script === '' || /^(--version|-V|--help)$/.test(script)) return nothing;
  if (script.endsWith('setup.py'))
    return /^(install|develop|build|build_ext|bdist_wheel|egg_info)$/.test(call.args[1] ?? '')
      ? dependencies
      : runRole(command);
  if (
    script.endsWith('manage.py') &&
    /^(test|check|makemigrations|diffsettings|showmigrations)$/.test(call.args[1] ?? '')
  )
    return { role: 'test', writes: [] };
  return runRole(command);
}
