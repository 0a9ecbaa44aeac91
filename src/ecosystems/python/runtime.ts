/** What a Python program needs of its image when it runs. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, type Reason } from '../../answer.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import { contextPath } from '../../reading/origins.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Program, RuntimeNeeds, WritablePath } from '../ecosystem.ts';
import { executions } from './executes.ts';
import type { PythonFacts } from './facts.ts';
import { homeOf } from './home.ts';
import { pythonInstalls, requirementsOf } from './installs.ts';
import { interpreterOf } from './interpreter.ts';
import { evidenceOf, executedBy, systemPackages } from './packages.ts';
import { pythonReasons } from './reasons.ts';
import { normalName } from './requirements.ts';
import { claimsPython } from './role.ts';
import { rootUse } from './root.ts';
import { absoluteUse, imagePath, runningSources } from './sources.ts';
import { systemPackagesNeeded } from './system.ts';
import { uwsgiUser, uwsgiWrites } from './uwsgi.ts';
import { isPython, startedCall } from './words.ts';
import { writableDirectory, writtenPaths } from './writes.ts';

const { explain } = pythonReasons;

export function pythonRuntime(reading: Reading<PythonFacts>): Answer<RuntimeNeeds> {
  const base = buildBase(reading);
  const interpreter = interpreterOf(base);
  const minor = interpreter.kind === 'image' ? interpreter.minor : undefined;
  const requirements = requirementsOf(reading);
  const keeps = keepsBase(reading);
  const writes = writtenBy(reading);
  const home = homeOf(reading);
  const library = base === undefined ? { packages: [] } : systemPackages(requirements, minor, base, reading.images);
  return known(
    {
      kind: 'same-language',
      programs: programs(reading),
      packages: [...library.packages, ...catalogues(reading), ...systemPackagesNeeded(reading)],
      certificates: false,
      timezones: false,
      libcBound: pythonInstalls(reading).length > 0,
      writes: Array.isArray(writes) ? writes : undefined,
      ...(Array.isArray(writes) ? {} : { writesWhy: describeOpen(writes as Evidence) }),
      ...(keeps === undefined ? {} : { keepsBase: keeps }),
      ...(home?.kind === 'any' ? { home: home.home } : {}),
      ...rootOf(reading),
    },
    ...distinct(library.packages.map((one) => one.evidence)).slice(0, 3),
  );
}

function rootOf(reading: Reading<PythonFacts>): Pick<RuntimeNeeds, 'root'> {
  const changes = uwsgiUser(reading);
  const root =
    changes === undefined ? rootUse(runningSources(reading) ?? []) : { what: `\`${changes.says}\``, evidence: changes };
  return root === undefined ? {} : { root };
}

function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.filter(
    (one, index) => evidence.findIndex((other) => other.file === one.file && other.line === one.line) === index,
  );
}

/** The base of the stage in which packages are installed: what they link is there. */
function buildBase(reading: Reading<PythonFacts>) {
  const install = pythonInstalls(reading).find((one) => !one.tool);
  return install === undefined ? reading.base : reading.baseOf(install.command.position.stage);
}

/** Something of the base is used that cannot be listed. */
export function keepsBase(reading: Reading<PythonFacts>): Reason | undefined {
  const base = buildBase(reading);
  if (base === undefined) return undefined;
  const interpreter = interpreterOf(base);
  const system = absoluteUse(reading, /\/usr\/bin\/python/);
  if (system !== undefined && interpreter.kind === 'image')
    return explain('programs-unknown', { where: place(system) }, { evidence: [system] });
  const sources = runningSources(reading) ?? [];
  const { open } = executions(sources);
  if (open !== undefined) return explain('programs-unknown', { where: place(open) }, { evidence: [open] });
  const window = sources.find(({ text }) => /^\s*(import|from)\s+(tkinter|turtle|Tkinter)\b/m.test(text));
  if (window !== undefined)
    return explain('libraries-unknown', { package: 'tkinter', where: window.path, needs: 'opens windows through Tk' });
  const minor = interpreter.kind === 'image' ? interpreter.minor : undefined;
  return unreadManifest(reading) ?? systemPackages(requirementsOf(reading), minor, base, reading.images).unknown;
}

/** A requirement file that cannot be read may list packages that load libraries of the base. */
function unreadManifest(reading: Reading<PythonFacts>): Reason | undefined {
  const unread = pythonInstalls(reading).find((one) => !one.tool && one.missing.length > 0);
  const [file] = unread?.missing ?? [];
  if (unread === undefined || file === undefined) return undefined;
  return explain('manifest-missing', { file, command: unread.command.argv.join(' ') }, { at: unread.command.span });
}

/** Django compiles message catalogues with a program of gettext. */
function catalogues(reading: Reading<PythonFacts>): RuntimeNeeds['packages'] {
  const compiling = reading.start.commands.find((command) =>
    command.argv.some((word) => /^(compile|make)messages$/.test(word)),
  );
  return compiling === undefined
    ? []
    : [{ name: 'gettext', alpine: 'gettext', program: 'msgfmt', evidence: compiling.evidence }];
}

function place(evidence: Evidence): string {
  return evidence.line === undefined ? evidence.file : `${evidence.file}:${evidence.line}`;
}

/** What is said in words, not quoted from a file. */
const sentence = / keeps files in the home directory$|^there are | installs into the home of root$/;

function describeOpen(evidence: Evidence): string {
  return sentence.test(evidence.says)
    ? `${evidence.says} (${place(evidence)})`
    : `${place(evidence)} has \`${evidence.says}\``;
}

function programs(reading: Reading<PythonFacts>): readonly Program[] {
  return [
    ...executions(runningSources(reading) ?? []).programs.filter(({ name }) => !isPython(name)),
    ...executedBy(requirementsOf(reading)),
  ];
}

/** Directories of the system: nobody gives one of them to an application. */
const systemPath = /^\/((etc|usr|bin|lib\w*|sbin|boot|sys)(\/.*)?|var|var\/lib|opt|root|home|dev|proc)$/;

/** Every path that is written, or the first one that cannot be listed. */
function writtenBy(reading: Reading<PythonFacts>): readonly WritablePath[] | Evidence {
  const sources = runningSources(reading);
  if (sources === undefined)
    return { file: reading.directory === '' ? '.' : reading.directory, says: 'there are more sources than are read' };
  if (!reading.project.present) return { file: 'Dockerfile', says: 'there are sources that are not known here' };
  const home = homeOf(reading);
  if (home?.kind === 'roots') return home.evidence;
  if (reading.start.unclear !== undefined)
    return { file: reading.start.scripts[0]?.path ?? 'Dockerfile', says: reading.start.unclear };
  const workdir = reading.chain.at(-1)?.workdir ?? '/';
  const found: WritablePath[] = home?.kind === 'path' ? [home.path] : [];
  const flags = requirementsOf(reading).find((one) => one.name === 'gradio');
  if (flags !== undefined && workdir === '/')
    return { ...evidenceOf(flags), says: `there are flagged inputs of ${flags.name} in the working directory /` };
  if (flags !== undefined) found.push({ path: workdir, evidence: evidenceOf(flags) });
  for (const one of writtenPaths(sources, reading.contract.env)) {
    if (one.kind === 'unknown') return one.evidence;
    const path =
      one.kind === 'path'
        ? madeIn(reading, workdir, one.path, one.directory)
        : applicationRoot(reading, one.evidence.file);
    if (path === undefined || path === '/' || systemPath.test(path) || isWithin(path, '/root')) return one.evidence;
    found.push({ path, evidence: one.evidence });
  }
  const started = foreignStart(reading) ?? writtenByStart(reading, workdir);
  return Array.isArray(started) ? [...found, ...(started as readonly WritablePath[])] : started;
}

/** What starts and is neither Python, nor a system program, nor a script of an installed package: its files are not known. */
function foreignStart(reading: Reading<PythonFacts>): Evidence | undefined {
  const names = new Set(requirementsOf(reading).map((one) => one.name));
  const packaged = pythonInstalls(reading).some((one) => one.sources !== undefined);
  const read = new Set(reading.start.scripts.map((one) => posix.basename(one.path)));
  const known = (word: string) => {
    const name = posix.basename(word);
    if (isPython(word) || read.has(name) || reading.base?.has(name) === 'present') return true;
    if (claimsPython('pip', [word]) || names.has(normalName(name))) return true;
    return !word.includes('/') && (packaged || !/^[a-z]/i.test(name));
  };
  const foreign = reading.start.commands.find((command) => {
    const word = command.argv[0] ?? '';
    return word !== '' && !builtins.has(word) && !known(word);
  });
  return foreign === undefined ? undefined : { ...foreign.evidence, says: foreign.argv.join(' ').slice(0, 80) };
}

/** The directory of the image that holds the tree of a source file: what `BASE_DIR` stands for at most. */
function applicationRoot(reading: Reading<PythonFacts>, file: string): string | undefined {
  const own = imagePath(reading, file);
  const root = imagePath(reading, posix.join(reading.directory, 'x'));
  if (own === undefined) return undefined;
  return root !== undefined && isWithin(own, posix.dirname(root)) ? posix.dirname(root) : posix.dirname(own);
}

/** As `writableDirectory`; what is a file of the context is a file, whatever the program does with its path. */
function madeIn(reading: Reading<PythonFacts>, workdir: string, path: string, isDirectory: boolean): string {
  const whole = writableDirectory(workdir, path, isDirectory);
  const context = contextPath(reading.copies, reading.stage, whole, reading.project);
  return context !== undefined && reading.project.kind(context) === 'file' ? posix.dirname(whole) : whole;
}

/** Built-ins of the shell and loops around a start. */
const builtins = new Set([
  'exec',
  'cd',
  'set',
  'export',
  'source',
  '.',
  ':',
  'wait',
  'trap',
  'eval',
  'exit',
  'return',
  'shift',
  'unset',
  'read',
  'local',
  'command',
  'type',
  'umask',
  'ulimit',
]);

const pathOptions =
  /^(--pid|--pidfile|-p|--access-logfile|--error-logfile|--log-file|--logto|-s|--schedule|--pidfile2|--daemonize)$/;

/** Files named by options of servers (`--pid`, `--access-logfile`), and by entry scripts. */
function writtenByStart(reading: Reading<PythonFacts>, workdir: string): readonly WritablePath[] | Evidence {
  const found: WritablePath[] = [];
  for (const command of reading.start.commands) {
    const call = startedCall(command.argv);
    if (call.tool === 'uwsgi') {
      const own = uwsgiWrites(reading, command);
      if (!Array.isArray(own)) return own as Evidence;
      for (const { path, evidence } of own as readonly { readonly path: string; readonly evidence: Evidence }[])
        found.push({ path: madeIn(reading, workdir, path, false), evidence });
    }
    if (!['gunicorn', 'celery', 'uvicorn', 'hypercorn'].includes(call.tool)) continue;
    for (const [index, word] of call.args.entries()) {
      const joined = /^(--[a-z-]+\d?)=(.+)$/.exec(word);
      const option = joined?.[1] ?? word;
      const value = joined?.[2] ?? call.args[index + 1];
      if (
        !pathOptions.test(option) ||
        value === undefined ||
        value === '-' ||
        value.startsWith('-') ||
        (option === '-p' && call.tool !== 'gunicorn') ||
        (option === '-s' && call.tool !== 'celery')
      )
        continue;
      if (/[$`]/.test(value)) return command.evidence;
      found.push({ path: madeIn(reading, workdir, value, false), evidence: command.evidence });
    }
    if (call.tool === 'celery' && (call.args.includes('beat') || call.args.some((word) => /^(-B|--beat)$/.test(word))))
      found.push({ path: workdir, evidence: command.evidence });
  }
  for (const { path, script } of reading.start.scripts) {
    for (const write of script.writes) {
      const evidence = { file: path, line: write.line, says: write.raw };
      const whole =
        write.path === undefined || /[$`*~]/.test(write.path) ? undefined : resolvePath(workdir, write.path);
      if (whole === undefined) return evidence;
      if (!isWithin(whole, '/tmp') && !whole.startsWith('/dev/'))
        found.push({ path: madeIn(reading, workdir, whole, write.by === 'mkdir'), evidence });
    }
  }
  const manage = reading.start.commands.find((command) =>
    startedCall(command.argv).args.some((word) => /^(collectstatic|compilemessages|makemigrations)$/.test(word)),
  );
  return manage === undefined ? found : [...found, { path: workdir, evidence: manage.evidence }];
}
