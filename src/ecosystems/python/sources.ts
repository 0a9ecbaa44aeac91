/** The Python sources that an image gets from the build context, read once per project and set of roots. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import { type Source, sourcesBelow } from '../../project/sources.ts';
import { resolvePath } from '../../reading/commands.ts';
import { contextPath, targetDirectory } from '../../reading/origins.ts';
import type { Reading } from '../../reading/reading.ts';
import type { PythonFacts } from './facts.ts';
import { pythonInstalls } from './installs.ts';
import { reached } from './modules.ts';
import { isPython, startedCall } from './words.ts';

const readable =
  /\.(py|sh|bash|ini|cfg|conf|toml|ya?ml|service|crontab|json)$|(^|\/)(crontab|Procfile|entrypoint|start)[^/.]*$/;

/** Sources and small configuration files of all context copies. `undefined`: too many. */
export function shippedSources(reading: Reading<PythonFacts>): readonly Source[] | undefined {
  const roots = [
    ...new Set(
      reading.copies
        .filter((copy) => copy.from === undefined)
        .flatMap((copy) => copy.origins.map((origin) => origin.source)),
    ),
  ].sort();
  const key = `sources:${roots.join('\n')}`;
  const { cache, project } = reading.facts;
  if (!cache.has(key))
    cache.set(
      key,
      sourcesBelow(
        project,
        roots,
        (path) => readable.test(path) && !/(^|\/)(node_modules|\.git|\.?venv\/[Ll]ib(64)?)\//.test(path),
      ),
    );
  return cache.get(key) as readonly Source[] | undefined;
}

/** The sources that run: what the start command reaches by import. `undefined`: too many to read. */
export function runningSources(reading: Reading<PythonFacts>): readonly Source[] | undefined {
  const sources = shippedSources(reading);
  if (sources === undefined) return undefined;
  const { cache } = reading.facts;
  const roots = importRoots(reading);
  const entries = entryPoints(reading);
  const key = `running:${sources.length}:${roots.join(',')}:${entries.join(',')}`;
  if (!cache.has(key)) cache.set(key, reached(sources, entries, roots));
  return cache.get(key) as readonly Source[];
}

/** Context directories that stand where imports start: the working directory, the script's directory, `src`. */
function importRoots(reading: Reading<PythonFacts>): readonly string[] {
  const found = new Set<string>([reading.directory]);
  for (const { context } of reading.start.paths) found.add(posix.dirname(context).replace(/^\.$/, ''));
  const path = reading.contract.env['PYTHONPATH'] ?? '';
  for (const name of path.split(':'))
    if (name !== '' && !name.includes('$')) found.add(posix.join(reading.directory, name.split('/').at(-1) ?? ''));
  found.add(posix.join(reading.directory, 'src'));
  for (const path of localPackages(reading)) {
    found.add(path);
    found.add(posix.join(path, 'src'));
  }
  return [...found];
}

/** Context directories that installs name as packages of the project: their modules are imported by name. */
function localPackages(reading: Reading<PythonFacts>): readonly string[] {
  const beside = (reading.facts.pyproject?.local ?? []).map((path) => posix.join(reading.facts.directory, path));
  const named = pythonInstalls(reading).flatMap(({ command, install }) =>
    (install?.local ?? []).flatMap((word) => {
      const path = resolvePath(command.cwd, word);
      return path === undefined
        ? []
        : (contextPath(reading.copies, command.position.stage, path, reading.project) ?? []);
    }),
  );
  return [...beside, ...named].filter((path) => reading.project.kind(path) === 'directory');
}

/** Modules and files that the start command names: `app.main` of `app.main:app`, `server.py`, `-c conf.py`. */
function entryPoints(reading: Reading<PythonFacts>): readonly string[] {
  const found = new Set<string>();
  for (const { context } of reading.start.paths) if (context.endsWith('.py')) found.add(context);
  for (const command of reading.start.commands) {
    const call = startedCall(command.argv);
    for (const word of call.args) {
      const module = /^([A-Za-z_][\w.]*)(:[A-Za-z_]\w*(\(.*\))?)?$/.exec(word);
      if (
        module?.[1] !== undefined &&
        (module[2] !== undefined || (servers.has(call.tool) && sourcesHave(reading, module[1])))
      )
        found.add(module[1]);
    }
    const at = command.argv.indexOf('-m');
    const module = at > 0 && isPython(command.argv[0]) ? command.argv[at + 1] : undefined;
    if (module !== undefined && sourcesHave(reading, module)) found.add(module);
    const application =
      call.tool === 'celery'
        ? call.args.find((_, index) => /^(-A|--app)$/.test(call.args[index - 1] ?? ''))?.split(':')[0]
        : undefined;
    if (application !== undefined) found.add(application);
    if (call.tool === 'flask')
      found.add(
        (reading.contract.env['FLASK_APP'] ?? 'app').replace(/:.*$/, '').replace(/\.py$/, '').replaceAll('/', '.'),
      );
    if (
      call.tool === 'gunicorn' &&
      reading.project.kind(posix.join(reading.directory, 'gunicorn.conf.py')) !== undefined
    )
      found.add(posix.join(reading.directory, 'gunicorn.conf.py'));
  }
  return [...found];
}

const servers = new Set(['gunicorn', 'uvicorn', 'hypercorn', 'daphne', 'waitress-serve', 'granian']);

function sourcesHave(reading: Reading<PythonFacts>, module: string): boolean {
  const path = posix.join(reading.directory, ...module.split('.'));
  return reading.project.kind(`${path}.py`) !== undefined || reading.project.kind(path) === 'directory';
}

/** Where a context path stands in the image; `undefined`: no COPY brings it. */
export function imagePath(reading: Reading<PythonFacts>, path: string): string | undefined {
  for (const copy of reading.copies.toReversed()) {
    if (copy.from !== undefined) continue;
    const exact = copy.origins.find((origin) => origin.kind === 'file' && origin.source === path);
    if (exact !== undefined) return exact.path;
    const directory = targetDirectory(
      { ...copy, origins: copy.origins.filter((origin) => origin.kind === 'directory') },
      posix.dirname(path).replace(/^\.$/, ''),
    );
    if (directory !== undefined) return posix.join(directory, posix.basename(path));
  }
  return undefined;
}

/** A Python script that nothing starts by its own name: its first line names an interpreter that nobody asks for. */
function isGivenToPython(reading: Reading<PythonFacts>, path: string): boolean {
  const name = posix.basename(path);
  if (!name.endsWith('.py')) return false;
  const started = (word: string | undefined) => word?.split('/').at(-1) === name;
  const named = (text: string) => text.includes(`/${name}`);
  return (
    !reading.start.commands.some(({ argv }) => started(argv[0])) &&
    !reading.commands.some(({ argv }) => started(argv[0])) &&
    !(shippedSources(reading) ?? []).some((one) => one.path !== path && named(one.text))
  );
}

/** The first use of a path by its absolute name that moving the packages would break. */
export function absoluteUse(reading: Reading<PythonFacts>, pattern: RegExp): Evidence | undefined {
  for (const { path, text } of shippedSources(reading) ?? []) {
    const lines = text.split('\n');
    const index = lines.findIndex(
      (line, number) =>
        pattern.test(line) &&
        !/^\s*(#(?!!)|;)/.test(line) &&
        !(number === 0 && line.startsWith('#!') && isGivenToPython(reading, path)),
    );
    if (index >= 0) return { file: path, line: index + 1, says: (lines[index] ?? '').trim().slice(0, 80) };
  }
  for (const { instruction } of reading.positions) {
    if (!['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ENV'].includes(instruction.keyword)) continue;
    if (pattern.test(instruction.body.text))
      return { file: 'Dockerfile', line: instruction.firstLine, says: instruction.body.text.slice(0, 80) };
  }
  return undefined;
}
