/** What the running program needs from the build: the installed packages as one directory, and the sources. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown, type Reason } from '../../answer.ts';
import { isWithin } from '../../reading/commands.ts';
import { contextPath } from '../../reading/origins.ts';
import { commandEvidence, type Reading } from '../../reading/reading.ts';
import type { Artifact, Artifacts, Environment } from '../ecosystem.ts';
import { buildCommands, buildWrites, narrowWrites } from './build-commands.ts';
import { contractOf } from './contract-bases.ts';
import { ownManifests } from './dependency-step.ts';
import { keptDownloads, outweighs } from './download-cache.ts';
import type { PythonFacts } from './facts.ts';
import { environmentsBefore, type PythonInstall, pythonInstalls, requirementsOf } from './installs.ts';
import { interpreterOf, packageDirectories, programOf, satisfies } from './interpreter.ts';
import { pythonReasons } from './reasons.ts';
import { keepsBase } from './runtime.ts';
import { absoluteUse, shippedSources } from './sources.ts';
import { type StartTool, startTool } from './start-tool.ts';
import { systemDirectory, systemObstacle } from './system.ts';
import { pythonCall } from './words.ts';

const { explain } = pythonReasons;

/** Answers for every tool: they all fill the same interpreter. */
export function pythonArtifacts(reading: Reading<PythonFacts>): Answer<Artifacts> {
  const installs = pythonInstalls(reading);
  const starter = startTool(reading, installs);
  const refusal = unfitting(reading, installs, starter);
  if (refusal !== undefined) return notKnown(refusal);
  const tool = starter !== undefined && 'code' in starter ? undefined : starter;
  const written = buildWrites(reading);
  if ('code' in written) return notKnown(written);
  const packages = installedPackages(reading, installs, tool);
  if ('code' in packages) return notKnown(packages);
  const changed = changedTree(reading, installs, written);
  if (changed !== undefined && 'code' in changed) return notKnown(changed);
  const paths = outermost([...packages.paths, ...(changed?.paths ?? [])]);
  const heavy = sheds(reading, tool);
  const outweighing = outweighs(reading);
  const full = reading.base?.has('gcc') === 'present';
  const evidence: readonly Evidence[] = installs
    .filter((one) => !one.tool)
    .slice(0, 3)
    .map((one) => commandEvidence(one.command));
  return known(
    {
      paths,
      ...(packages.environment === undefined ? {} : { environment: packages.environment }),
      sourcesToo: changed?.whole !== true,
      buildOnly: tool === undefined ? installOnly(reading, installs) : [],
      leaves: full ? [] : ['build tools', 'headers'],
      downloads: keptDownloads(reading),
      ...(outweighing === undefined ? {} : { outweighs: outweighing }),
      toolChain: full ? ['the compilers, headers and tools of the full image'] : [],
      worth: heavy && installs.length > 0,
    },
    ...evidence,
    ...packages.evidence,
  );
}

/** Manifests that installs read and no source mentions. */
function installOnly(reading: Reading<PythonFacts>, installs: readonly PythonInstall[]): readonly string[] {
  const files = [...new Set(installs.flatMap((one) => [...one.requirements.files, ...ownManifests(reading, one)]))];
  const sources = shippedSources(reading);
  if (sources === undefined) return [];
  const names = files.map((file) => posix.basename(file));
  const mentioned = names.filter((name) =>
    sources.some(({ path, text }) => !path.endsWith(name) && text.includes(name)),
  );
  return files.filter((_, index) => !mentioned.includes(names[index] ?? ''));
}

/** Images whose packages cannot be carried over as a directory. */
function unfitting(
  reading: Reading<PythonFacts>,
  installs: readonly PythonInstall[],
  starter: StartTool | Reason | undefined,
): Reason | undefined {
  const interpreter = interpreterOf(reading.base);
  const image = reading.contract.from;
  if (installs.some((one) => one.command.owner === 'conda')) return explain('conda');
  const does = contractOf(image);
  if (does !== undefined) return explain('base-contract', { image, does });
  if (interpreter.kind === 'unknown') return explain('base-unknown', { image });
  const system = interpreter.kind === 'system' ? systemObstacle(reading, installs) : undefined;
  if (system !== undefined) return system;
  const base = reading.base?.has('gcc') === 'present' ? keepsBase(reading) : undefined;
  if (base !== undefined) return base;
  if (starter !== undefined && 'code' in starter) return starter;
  const lost = installs.find((one) => one.place.kind === 'unknown' && !one.tool && one.command.owner !== starter?.name);
  if (lost === undefined) return managedPython(reading, installs);
  const { tool } = pythonCall(lost.command.argv);
  const ground = { at: lost.command.span };
  return tool === 'pip'
    ? explain('install-unclear', { command: short(lost.command.argv) }, ground)
    : explain('environment-unclear', { tool }, ground);
}

function short(argv: readonly string[]): string {
  const text = argv.join(' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** uv downloads a Python of its own when the one of the image does not fit (uv documentation, "Python versions"). */
function managedPython(reading: Reading<PythonFacts>, installs: readonly PythonInstall[]): Reason | undefined {
  const chosen = reading.commands.find((command) => {
    const { tool, args } = pythonCall(command.argv);
    return (
      tool === 'uv' &&
      ((args[0] === 'python' && args[1] === 'install') ||
        args.some((word) => /^(-p|--python|--managed-python)(=|$)/.test(word)))
    );
  });
  const making = installs.find((one) => pythonCall(one.command.argv).tool === 'uv' && one.place.kind === 'directory');
  if (chosen !== undefined)
    return explain('managed-python', { why: `\`${chosen.argv.join(' ')}\` asks for one` }, { at: chosen.span });
  if (making === undefined || /^(never|manual|0|false)$/i.test(reading.contract.env['UV_PYTHON_DOWNLOADS'] ?? ''))
    return undefined;
  const interpreter = interpreterOf(reading.base);
  const minor = interpreter.kind === 'image' ? interpreter.minor : undefined;
  if (minor === undefined)
    return explain('managed-python', { why: `the tag of ${reading.contract.from} does not say which Python it has` });
  const { pyproject } = reading.facts;
  const pinned = pinnedVersion(reading, making);
  if (pinned !== undefined && pinned !== minor)
    return explain('managed-python', {
      why: `.python-version asks for ${pinned.split('\n')[0] ?? ''}, and the image has ${minor}`,
    });
  const range = pyproject?.requiresPython;
  if (range !== undefined && satisfies(minor, range) !== true)
    return explain('managed-python', {
      why: `${pyproject?.file ?? 'pyproject.toml'} asks for ${range}, and the image has ${minor}`,
    });
  return undefined;
}

/** What `.python-version` says, when the image has that file: uv reads it in the build and at the start. */
function pinnedVersion(reading: Reading<PythonFacts>, { command }: PythonInstall): string | undefined {
  const { project, directory } = reading.facts;
  const path = posix.join(command.cwd ?? '/', '.python-version');
  const isThere =
    command.instruction.body.text.includes('--mount') ||
    contextPath(reading.copies, command.position.stage, path, project) !== undefined;
  return isThere ? project.read(posix.join(directory, '.python-version'))?.trim() : undefined;
}

interface Packages {
  readonly paths: readonly Artifact[];
  readonly environment: Environment | undefined;
  readonly evidence: readonly Evidence[];
}

function installedPackages(
  reading: Reading<PythonFacts>,
  installs: readonly PythonInstall[],
  tool: StartTool | undefined,
): Packages | Reason {
  const directories = installs.flatMap(({ place }) => (place.kind === 'directory' ? [place.path] : []));
  const paths: Artifact[] = [...new Set(directories)].map((path) => ({ path, kind: 'directory' }));
  const own = installs
    .flatMap((one) => environmentsBefore(reading, one.command))
    .filter((path) => !directories.includes(path));
  paths.push(...[...new Set(own)].map((path): Artifact => ({ path, kind: 'directory' })), ...(tool?.paths ?? []));
  const site = installs.filter((one) => one.place.kind === 'site');
  if (tool?.inPlace === undefined && !site.some((one) => !one.tool))
    return { paths, environment: undefined, evidence: [] };
  if (interpreterOf(reading.base).kind === 'system')
    return { paths: [...paths, { path: systemDirectory, kind: 'directory' }], environment: undefined, evidence: [] };
  const obstacle = tool?.inPlace ?? venvObstacle(reading, site);
  if (obstacle === undefined) return { paths, environment: environment(reading, site), evidence: [] };
  const inPlace = packageDirectories(interpreterOf(reading.base));
  if (inPlace === undefined)
    return explain(
      'version-unknown',
      {
        where: obstacle.line === undefined ? obstacle.file : `${obstacle.file}:${obstacle.line}`,
        image: reading.contract.from,
      },
      { evidence: [obstacle] },
    );
  paths.push(...inPlace.map((path): Artifact => ({ path, kind: 'directory' })));
  return { paths, environment: undefined, evidence: [obstacle] };
}

/** Names of the interpreter's own directories; a program copied to /usr/local/bin by the file is none of them. */
const ownPaths =
  /\/opt\/pypy\/|\/usr\/local\/(lib\/python|bin\/(python|pypy|pip|gunicorn|uvicorn|flask|celery|django|uwsgi|hypercorn|daphne|streamlit|poetry|alembic|supervisor))/;
const pathResetting = new Set([
  'cron',
  'crond',
  'su',
  'sudo',
  'runuser',
  'login',
  'unitd',
  'apache2',
  'apache2ctl',
  'httpd',
  'mod_wsgi-express',
]);

/** Why an environment elsewhere would not be found: an absolute path, or a start that does not keep PATH. */
function venvObstacle(reading: Reading<PythonFacts>, site: readonly PythonInstall[]): Evidence | undefined {
  const interpreter = interpreterOf(reading.base);
  const first = site[0]?.command;
  if (interpreter.kind === 'image' && interpreter.major === 2)
    return {
      file: 'Dockerfile',
      line: reading.stage.from.firstLine,
      says: 'Python 2 makes no virtual environments by itself',
    };
  if (interpreter.kind === 'image' && bringsOldPip(reading) && !upgradesPip(site))
    return {
      file: 'Dockerfile',
      line: reading.stage.from.firstLine,
      says: `virtual environments of Python ${reading.base?.version} bring a pip older than that of the image`,
    };
  const outside = site.find(
    (one) => one.install?.system === true || (pythonCall(one.command.argv).tool === 'uv' && one.install !== undefined),
  );
  if (outside !== undefined)
    return {
      ...commandEvidence(outside.command),
      says: 'uv passes over virtual environments when it installs into the system',
    };
  const used = absoluteUse(reading, ownPaths);
  if (used !== undefined) return used;
  const resetting = reading.start.commands.find(
    (command) =>
      pathResetting.has(command.argv[0]?.split('/').at(-1) ?? '') ||
      command.argv.some((word) => /^(-l|-lc|--login)$/.test(word)),
  );
  if (resetting !== undefined) return resetting.evidence;
  const embedding = requirementsOf(reading).find((one) => one.name === 'uwsgi' || one.name === 'mod-wsgi');
  if (embedding !== undefined)
    return {
      file: embedding.file,
      line: embedding.line,
      says: `${embedding.name} embeds the interpreter of the image`,
    };
  const later = reading.chain.find(
    ({ instruction }) =>
      instruction.keyword === 'ENV' &&
      first !== undefined &&
      instruction.span.start > first.span.start &&
      instruction.pairs.some(({ key, value }) => key === 'PATH' && !/\$\{?PATH/.test(value)),
  );
  return later === undefined
    ? undefined
    : {
        file: 'Dockerfile',
        line: later.instruction.firstLine,
        says: `${later.instruction.body.text} leaves out the PATH of before`,
      };
}

/**
 * `venv` installs the pip that CPython carries, which stopped at 18.1 in Python 3.6 and was below 20.3 up to 3.7.12 and 3.8.9
 * (`Lib/ensurepip`), while the images kept theirs current: an older pip passes over wheels for manylinux2014 and later. A tag of
 * Debian 9 without a patch stopped at one that it does not name.
 */
function bringsOldPip({ base }: Reading): boolean {
  const [major = 3, minor, patch] = (base?.version ?? '').split('.').map(Number);
  if (major !== 3 || minor === undefined || Number.isNaN(minor)) return false;
  const current = { 7: 13, 8: 10 }[minor];
  if (current === undefined) return minor < 7;
  return patch === undefined ? base?.release === 'stretch' : patch < current;
}

function upgradesPip(site: readonly PythonInstall[]): boolean {
  const first = site[0]?.install;
  return (
    first?.packages.some(({ name }) => name === 'pip') === true &&
    /(^| )(-U|--upgrade)( |$)/.test(first.words.join(' '))
  );
}

function environment(reading: Reading<PythonFacts>, site: readonly PythonInstall[]): Environment {
  const taken = reading.positions.some(
    ({ instruction }) => instruction.keyword !== 'FROM' && instruction.body.text.includes('/opt/venv'),
  );
  const path = taken ? '/opt/app-venv' : '/opt/venv';
  const marked = site.some((one) => ['poetry', 'pipenv'].includes(pythonCall(one.command.argv).tool));
  const first = site[0]?.command;
  return {
    path,
    create: `${programOf(interpreterOf(reading.base))} -m venv ${path}`,
    env: [...(marked ? [`VIRTUAL_ENV=${path}`] : []), `PATH=${path}/bin:$PATH`],
    ...(first === undefined ? {} : { before: first }),
  };
}

interface Changed {
  readonly paths: readonly Artifact[];
  /** They hold the sources too. */
  readonly whole: boolean;
}

/** Directories that have to come from the build because commands or an editable install change them; `undefined`: none. */
function changedTree(
  reading: Reading<PythonFacts>,
  installs: readonly PythonInstall[],
  written: readonly string[],
): Changed | Reason | undefined {
  const editable = installs.some((one) => one.editable && one.place.kind !== 'unknown');
  if (buildCommands(reading).length === 0 && !editable) return undefined;
  const workdir = reading.chain.at(-1)?.workdir;
  if (workdir === undefined || workdir === '/' || written.includes('/')) {
    const narrow = editable ? undefined : narrowWrites(reading);
    if (narrow === undefined) return explain('app-in-root');
    return { paths: narrow.map((path) => ({ path, kind: 'directory', among: 'built' })), whole: false };
  }
  const own = installs.filter((one) => one.editable).flatMap((one) => one.command.cwd ?? []);
  const paths = [workdir, ...written, ...own].filter((path) => !isWithin(path, '/tmp'));
  return { paths: paths.map((path) => ({ path, kind: 'directory' })), whole: true };
}

function outermost(paths: readonly Artifact[]): readonly Artifact[] {
  const unique = paths.filter((one, index) => paths.findIndex((other) => other.path === one.path) === index);
  return unique.filter((one) => !unique.some((other) => other !== one && isWithin(one.path, other.path)));
}

/** The base has a compiler that a slimmer base of the same Python does not have, and nothing holds it back. */
function sheds(reading: Reading<PythonFacts>, tool: StartTool | undefined): boolean {
  const { base, images } = reading;
  if (base === undefined || base.has('gcc') !== 'present' || keepsBase(reading) !== undefined) return false;
  if (tool !== undefined && base.family === tool.name) return false;
  return images.counterparts(base, 'same-language', 'slim').some((one) => one.facts.has('gcc') === 'absent');
}
