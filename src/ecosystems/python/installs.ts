/** Every Python install of the image, with the files it reads and the place it installs to. */
import { expand } from '../../dockerfile/variables.ts';
import { resolvePath } from '../../reading/commands.ts';
import { contextPath } from '../../reading/origins.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import { type PythonFacts, type ToolName, toolNames } from './facts.ts';
import { normalName, type Requirement, type Requirements, readRequirements } from './requirements.ts';
import { type Install, pythonCall, readInstall } from './words.ts';

/** Where an install puts packages. `site`: the interpreter's own packages. */
export type Place =
  | { readonly kind: 'site' }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'unknown' };

export interface PythonInstall {
  readonly command: ReadCommand;
  /** `pip install` and `uv pip install`; `undefined` for tools that read their own manifests. */
  readonly install: Install | undefined;
  /** The requirement files, with what they include, as context paths. */
  readonly requirements: Requirements;
  /** Files that are named but do not come from the context. */
  readonly missing: readonly string[];
  /** What of the project's sources it builds a package from, in words. */
  readonly sources: string | undefined;
  readonly editable: boolean;
  readonly place: Place;
  /** Installs pip, Poetry and the like only. */
  readonly tool: boolean;
}

const memory = new WeakMap<Reading, readonly PythonInstall[]>();

/** All of them in the stages that are built, in order, those of tools included. */
export function pythonInstalls(reading: Reading<PythonFacts>): readonly PythonInstall[] {
  const known = memory.get(reading);
  if (known !== undefined) return known;
  const found = reading.commands.filter(isInstall).map((command) => readOne(reading, command));
  memory.set(reading, found);
  return found;
}

function isInstall(command: ReadCommand): boolean {
  if (command.owner === undefined || !toolNames.has(command.owner)) return false;
  return command.work.role === 'dependencies' || (command.work.role === 'tool' && command.work.toolChain === true);
}

function readOne(reading: Reading<PythonFacts>, command: ReadCommand): PythonInstall {
  const call = pythonCall(command.argv);
  const at = call.args.indexOf('install');
  const pip = (call.tool === 'pip' || (call.tool === 'uv' && call.args[0] === 'pip')) && at >= 0;
  const install = pip ? readInstall(call.args.slice(at + 1)) : undefined;
  const files = (install?.files ?? []).map((word) => fromContext(reading, command, word));
  const listed = files.flatMap((file) => file.context ?? []).filter((file) => !file.endsWith('pyproject.toml'));
  const requirements = readRequirements(reading.project, listed);
  const missing = [
    ...files.filter((file) => file.context === undefined && reading.project.present).map((file) => file.word),
    ...requirements.missing,
  ];
  const editable =
    install?.editable === true || requirements.local.some((one) => one.editable) || call.args.includes('develop');
  return {
    command,
    install,
    requirements,
    missing,
    sources: sourcesOf(reading, command, install, requirements),
    editable,
    place: placeOf(reading, command, install),
    tool: command.work.role === 'tool',
  };
}

function fromContext(
  reading: Reading,
  command: ReadCommand,
  word: string,
): { readonly word: string; readonly context: string | undefined } {
  const text = expand(word, command.position.scope);
  const path = text.complete ? resolvePath(command.cwd, text.text) : undefined;
  return {
    word,
    context:
      path === undefined ? undefined : contextPath(reading.copies, command.position.stage, path, reading.project),
  };
}

function sourcesOf(
  reading: Reading<PythonFacts>,
  command: ReadCommand,
  install: Install | undefined,
  requirements: Requirements,
): string | undefined {
  const local = install?.local[0] ?? requirements.local[0]?.text;
  if (local !== undefined) return `\`${local}\``;
  const { args, tool } = pythonCall(command.argv);
  if (tool === 'python' || tool === 'easy_install') return `\`${args.join(' ')}\``;
  const { pyproject } = reading.facts;
  if (tool === 'poetry' && !args.includes('--no-root') && pyproject?.packageMode !== false) return 'the package itself';
  if (tool === 'uv' && args[0] === 'sync' && !args.includes('--no-install-project') && pyproject?.packaged === true)
    return 'the package itself';
  return tool === 'poetry' || tool === 'uv' ? pyproject?.local[0] : undefined;
}

/** The place of an install: an option, a user without privileges, an environment of the file itself, else the interpreter's. */
function placeOf(reading: Reading, command: ReadCommand, install: Install | undefined): Place {
  const value = (name: string) => {
    const text = expand(`\${${name}:-}`, command.position.scope);
    return text.complete ? text.text : '?';
  };
  if (install?.directory !== undefined)
    return directory(resolvePath(command.cwd, expand(install.directory, command.position.scope).text));
  if (value('PIP_TARGET') !== '') return directory(resolvePath('/', value('PIP_TARGET')));
  if (value('PIP_PREFIX') !== '' || value('PYTHONUSERBASE') !== '' || value('PYTHONHOME') !== '')
    return { kind: 'unknown' };
  const venv = venvOf(reading, command, value('PATH'));
  if (venv !== undefined) return directory(venv);
  const managed = managedPlace(reading, command, install, value);
  if (managed !== undefined) return managed;
  const user = command.position.user;
  const unprivileged = user !== undefined && !/^(root|0)(:|$)/.test(user);
  if (install?.user === true || /^(1|true|yes)$/i.test(value('PIP_USER')) || unprivileged)
    return directory(userBase(reading, user));
  return { kind: 'site' };
}

/**
 * Where Poetry, Pipenv and uv install when no environment is active (each tool's configuration reference): their own
 * environment, unless they are told to use the system's packages or the project's directory.
 */
function managedPlace(
  reading: Reading,
  command: ReadCommand,
  install: Install | undefined,
  value: (name: string) => string,
): Place | undefined {
  const { tool, args } = pythonCall(command.argv);
  const inProject = directory(resolvePath(command.cwd, '.venv'));
  const on = (name: string) => /^(1|true|yes)$/i.test(value(name));
  if (tool === 'poetry') {
    if (
      /^(0|false|no)$/i.test(value('POETRY_VIRTUALENVS_CREATE')) ||
      configures(reading, command, 'virtualenvs.create', 'false')
    )
      return { kind: 'site' };
    return on('POETRY_VIRTUALENVS_IN_PROJECT') || configures(reading, command, 'virtualenvs.in-project', 'true')
      ? inProject
      : { kind: 'unknown' };
  }
  if (tool === 'pipenv') {
    if (args.includes('--system') || on('PIPENV_SYSTEM')) return { kind: 'site' };
    return on('PIPENV_VENV_IN_PROJECT') ? inProject : { kind: 'unknown' };
  }
  if (tool !== 'uv') return undefined;
  if (args[0] === 'pip') return install?.system === true || on('UV_SYSTEM_PYTHON') ? undefined : inProject;
  const named = value('UV_PROJECT_ENVIRONMENT');
  return named === '' ? inProject : directory(resolvePath(command.cwd, named));
}

function configures(reading: Reading, before: ReadCommand, key: string, setting: string): boolean {
  return reading.commands.some((one) => {
    const { tool, args } = pythonCall(one.argv);
    return (
      tool === 'poetry' &&
      args[0] === 'config' &&
      args.includes(key) &&
      args.includes(setting) &&
      one.span.start < before.span.start
    );
  });
}

function directory(path: string | undefined): Place {
  return path === undefined || /[$?~]/.test(path) || path === '/' ? { kind: 'unknown' } : { kind: 'directory', path };
}

/** `~/.local` of the user; `undefined`: the home is not known. */
function userBase(reading: Reading, user: string | undefined): string | undefined {
  const name = user?.split(':')[0];
  if (name === undefined || name === 'root' || name === '0') return '/root/.local';
  const known = reading.base?.users.find((one) => one.name === name || String(one.uid) === name)?.home;
  if (known !== undefined) return `${known}/.local`;
  const made = reading.commands.find(
    (one) => one.work.role === 'user' && /^(useradd|adduser)$/.test(one.argv[0] ?? '') && one.argv.includes(name),
  );
  if (
    made === undefined ||
    made.argv.some(
      (word) => /^(--no-create-home|-M|-H|--system|-S|-r)$/.test(word) || /^-[a-zA-Z]*[rSMH][a-zA-Z]*$/.test(word),
    )
  )
    return undefined;
  const at = made.argv.findIndex((word) => /^(-d|--home|--home-dir|-h)$/.test(word));
  const home = at < 0 ? `/home/${name}` : made.argv[at + 1];
  return home?.startsWith('/') === true ? `${home}/.local` : undefined;
}

/** A virtual environment that the file makes itself and that is active where the command runs. */
function venvOf(reading: Reading, command: ReadCommand, path: string): string | undefined {
  for (const venv of environmentsBefore(reading, command)) {
    if (path.split(':')[0] === `${venv}/bin` || command.argv[0]?.startsWith(`${venv}/bin/`) === true) return venv;
    const activated = reading.commands.some(
      (one) =>
        one.instruction === command.instruction &&
        one.index < command.index &&
        /^(\.|source)$/.test(one.argv[0] ?? '') &&
        resolvePath(one.cwd, one.argv[1] ?? '') === `${venv}/bin/activate`,
    );
    if (activated) return venv;
  }
  return undefined;
}

/** Directories given to `python -m venv`, `virtualenv` and `uv venv` before a command. */
export function environmentsBefore(reading: Reading, command: ReadCommand): readonly string[] {
  return reading.commands.flatMap((one) => {
    if (one.position.stage !== command.position.stage || one.span.start > command.span.start) return [];
    const { tool, args } = pythonCall(one.argv);
    const words =
      tool === 'uv' && args[0] === 'venv'
        ? ['.venv', ...args.slice(1)]
        : tool === 'venv' || tool === 'virtualenv'
          ? args
          : [];
    const last = words
      .filter((word, index) => !word.startsWith('-') && !/^(-p|--python|--prompt)$/.test(words[index - 1] ?? ''))
      .at(-1);
    const text = last === undefined ? undefined : expand(last, one.position.scope);
    const path = text?.complete === true ? resolvePath(one.cwd, text.text) : undefined;
    return path === undefined ? [] : [path];
  });
}

/** Everything that is installed by name, as far as files and words say; lockfiles first. */
export function requirementsOf(reading: Reading<PythonFacts>): readonly Requirement[] {
  const found: Requirement[] = [];
  for (const { command, install, requirements } of pythonInstalls(reading)) {
    found.push(...requirements.requirements);
    const line = command.instruction.firstLine;
    for (const one of install?.packages ?? [])
      if (one.name !== undefined)
        found.push({ name: normalName(one.name), version: one.version, extras: one.extras, file: 'Dockerfile', line });
  }
  const { pyproject } = reading.facts;
  const manifest = pythonInstalls(reading).some(
    ({ install, sources }) =>
      install === undefined || sources !== undefined || install.files.some((file) => file.endsWith('pyproject.toml')),
  );
  if (manifest || found.length === 0) found.push(...(lockedBy(reading) ?? pyproject?.requirements ?? []));
  return found;
}

/** The lockfile of the tool that installs from its own manifest. */
function lockedBy(reading: Reading<PythonFacts>): readonly Requirement[] | undefined {
  for (const { command, install } of pythonInstalls(reading)) {
    const packages = install === undefined ? reading.facts.locks[command.owner as ToolName] : undefined;
    if (packages !== undefined) return packages;
  }
  return undefined;
}
