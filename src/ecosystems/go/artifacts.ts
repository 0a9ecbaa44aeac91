/** What the start command needs of a Go build: the program, and the files it reads while it runs. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown, type Reason } from '../../answer.ts';
import type { Stage } from '../../dockerfile/model.ts';
import { absentSources, type CarriedFile, carriedFiles, outermost } from '../../reading/carried.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import { contextPath } from '../../reading/origins.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import type { StartCommand } from '../../reading/start.ts';
import type { Artifact, Artifacts } from '../ecosystem.ts';
import { environmentOf, goCommand } from './command.ts';
import { embedded, isTooling, namedFiles, uncommittedRead } from './files.ts';
import { type Output, outputsOf } from './outputs.ts';
import { compiledInto, type GoFacts } from './packages.ts';
import { goReasons } from './reasons.ts';
import { type Scan, scanSources } from './scan.ts';

const { explain } = goReasons;

/** A program that the container starts, with where it was built when that is known. */
export interface Started {
  readonly command: StartCommand;
  /** Absolute path in the final image. */
  readonly path: string;
  readonly output: Output | undefined;
  /** Another command than `go` puts it there. */
  readonly placedBy: ReadCommand | undefined;
}

/** Every start command that is a program of this build. */
export function startedPrograms(reading: Reading<GoFacts>): readonly Started[] {
  const outputs = outputsOf(reading);
  return reading.start.commands.flatMap((command) => {
    for (const path of candidatePaths(reading, command)) {
      const output = outputs.findLast((one) =>
        sources(reading, reading.stage, path).some(
          ([stage, at]) => one.path === at && one.command.position.stage === stage,
        ),
      );
      const placedBy = output === undefined ? placedThere(reading, path) : undefined;
      if (output !== undefined || placedBy !== undefined)
        return [{ command, path, output: output ?? outputBehind(reading, outputs, placedBy), placedBy }];
    }
    return [];
  });
}

/** Paths a command word may stand for: itself, or a file in a directory of PATH. */
function candidatePaths(reading: Reading<GoFacts>, command: StartCommand): readonly string[] {
  const word = command.argv[0] ?? '';
  if (word === '' || /[$`*]/.test(word)) return [];
  if (word.includes('/')) {
    const path = resolvePath(reading.chain.at(-1)?.workdir, word);
    return path === undefined ? [] : [path];
  }
  const path =
    reading.contract.env['PATH'] ??
    reading.base?.config.env['PATH'] ??
    '/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return path
    .split(':')
    .filter((one) => one.startsWith('/'))
    .map((directory) => posix.join(directory, word));
}

/** The path in this stage, and in the stages a COPY brought it from. */
function sources(
  reading: Reading<GoFacts>,
  stage: Stage,
  path: string,
  depth = 0,
): readonly (readonly [Stage, string])[] {
  const found: (readonly [Stage, string])[] = [[stage, path]];
  if (depth > 8) return found;
  for (const copy of reading.copies) {
    if (copy.position.stage !== stage || typeof copy.from !== 'object') continue;
    for (const origin of copy.origins) {
      if (!isWithin(path, origin.path)) continue;
      const inside = posix.relative(origin.path, path);
      found.push(...sources(reading, copy.from, posix.join(origin.source, inside), depth + 1));
      if (posix.basename(origin.source) === posix.basename(path))
        found.push(...sources(reading, copy.from, origin.source, depth + 1));
    }
  }
  return found;
}

function placedThere(reading: Reading<GoFacts>, path: string): ReadCommand | undefined {
  return reading.commands.findLast((command) => {
    if (!['cp', 'mv', 'install', 'ln'].includes(command.argv[0] ?? '') || command.work.writes === undefined)
      return false;
    const target = command.work.writes.at(-1);
    const name = posix.basename(command.work.reads?.[0] ?? '');
    return sources(reading, reading.stage, path).some(
      ([stage, at]) =>
        command.position.stage === stage &&
        (target === at || (target !== undefined && posix.join(target, name) === at)),
    );
  });
}

function outputBehind(
  reading: Reading<GoFacts>,
  outputs: readonly Output[],
  command: ReadCommand | undefined,
): Output | undefined {
  const from = command?.work.reads?.[0];
  return from === undefined
    ? undefined
    : outputs.findLast((one) => one.path === from && reading.commands.includes(one.command));
}

/** Scans what is compiled into the started programs; cached by the facts of the project and the set of programs. */
export function scanOf(reading: Reading<GoFacts>): Scan {
  const mains = [...new Set(startedPrograms(reading).map((one) => one.output?.main))];
  const key = mains.includes(undefined) || mains.length === 0 ? '*' : mains.join('\n');
  const cached = scans.get(reading.facts) ?? new Map<string, Scan>();
  scans.set(reading.facts, cached);
  const found = cached.get(key);
  if (found !== undefined) return found;
  const compiled =
    key === '*' ? compiledInto(reading.facts, undefined) : mains.flatMap((main) => compiledInto(reading.facts, main));
  const scan = scanSources(reading.facts, [...new Set(compiled)]);
  cached.set(key, scan);
  return scan;
}

const scans = new WeakMap<GoFacts, Map<string, Scan>>();

export function goArtifacts(reading: Reading<GoFacts>): Answer<Artifacts> {
  const outside = composeNeedsGo(reading);
  if (outside !== undefined) return notKnown(outside);
  const started = startedPrograms(reading);
  const workdir = reading.chain.at(-1)?.workdir;
  const main = reading.start.main;
  if (started.length === 0 && (main === undefined || !mayBeBuilt(reading, main, workdir)))
    return notKnown(notStarted(reading));
  const evidence = started.flatMap((one) => [
    one.command.evidence,
    ...(one.output === undefined ? [] : [commandEvidence(one.output.command)]),
  ]);
  const programs: readonly Artifact[] = started.map(({ path }) => ({ path, kind: 'file' }));
  const scripts: readonly Artifact[] = reading.start.paths
    .filter(({ path }) => workdir !== undefined && workdir !== '/' && isWithin(path, workdir))
    .map(({ path, context }) => ({ path, kind: reading.project.kind(context) === 'directory' ? 'directory' : 'file' }));
  const files = filesFor(reading, started.length === 0 || startsUnlisted(reading, started, workdir));
  if ('code' in files) return notKnown(files);
  const paths = outermost([...programs, ...scripts, ...files.artifacts]);
  const { sources: given } = files;
  return known(
    {
      paths: given === 'again' ? paths.map((one) => ({ ...one, among: 'built' as const })) : paths,
      ...(given === 'again' ? { sourcesToo: true } : {}),
      leaves: given === 'none' ? ['the module cache', 'the sources'] : ['the module cache'],
      toolChain: ['the Go tool chain'],
    },
    ...(evidence.length > 0 || main === undefined ? evidence : [main.evidence]),
    ...files.evidence,
  );
}

function notStarted(reading: Reading<GoFacts>): Reason {
  const main = reading.start.main;
  const word = main?.argv[0] ?? '';
  const unclear = reading.commands
    .map((command) => goCommand(command))
    .find((go) => go !== undefined && (go.verb === 'build' || go.verb === 'install') && !go.clear);
  if (unclear !== undefined)
    return explain('command-unclear', { command: unclear.placed.argv.join(' ') }, { at: unclear.placed.span });
  if (main === undefined || /[$`*]/.test(word))
    return explain('start-unclear', { command: main?.argv.join(' ') ?? '' });
  return explain('not-built', { path: word }, { evidence: [main.evidence] });
}

/** The start names a file below the working directory that is copied ready-made, or that a build nobody can list may leave there. */
function mayBeBuilt(reading: Reading<GoFacts>, main: StartCommand, workdir: string | undefined): boolean {
  if (workdir === undefined || workdir === '/' || isWithin('/go/bin', workdir)) return false;
  const path = candidatePaths(reading, main)[0];
  if (path === undefined || main.argv[0]?.includes('/') !== true || !isWithin(path, workdir)) return false;
  const copied = contextPath(reading.copies, reading.stage, path, reading.project) !== undefined;
  return copied || reading.commands.some((command) => buildsUnlisted(command));
}

/** Another start command is a file below the working directory that nobody can say where it comes from. */
function startsUnlisted(reading: Reading<GoFacts>, started: readonly Started[], workdir: string | undefined): boolean {
  return reading.start.commands.some((command) => {
    const path = candidatePaths(reading, command)[0];
    if (path === undefined || workdir === undefined || command.argv[0]?.includes('/') !== true) return false;
    if (!isWithin(path, workdir) || started.some((one) => one.command === command)) return false;
    return contextPath(reading.copies, reading.stage, path, reading.project) === undefined;
  });
}

function buildsUnlisted(command: ReadCommand): boolean {
  if (command.work.role !== 'build') return false;
  const go = goCommand(command);
  return go === undefined || go.verb === 'run' || go.verb === 'generate' || go.verb === 'tool' || !go.clear;
}

/** A service that overrides the start with something of the tool chain runs the same image. */
function composeNeedsGo(reading: Reading<GoFacts>): Reason | undefined {
  for (const service of reading.project.services()) {
    for (const given of [service.command, service.entrypoint]) {
      const text = typeof given === 'string' ? given : (given?.join(' ') ?? '');
      if (/(^|[\s;&|/])(go|air|CompileDaemon|reflex|dlv|realize|modd|fresh|gow|nodemon|gin)\s/.test(`${text} `)) {
        return explain('compose-runs-go', { service: service.name, file: service.file, command: text });
      }
    }
  }
  return makeNeedsTool(reading);
}

/** A Makefile that runs an installed tool in the container (`docker-compose run --rm api migrate up`) needs it there. */
function makeNeedsTool(reading: Reading<GoFacts>): Reason | undefined {
  const file = posix.join(reading.facts.root, 'Makefile');
  const text = reading.project.read(file) ?? '';
  const tools = reading.commands.flatMap(({ owner, work }) =>
    owner === 'go' && work.role === 'tool' ? (work.writes ?? []).map((path) => posix.basename(path)) : [],
  );
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    const run = /\bdocker(?:[- ]compose)?\s+(?:run|exec)\s+(.*)$/.exec(line);
    const words = (run?.[1] ?? '').split(/\s+/);
    const at = words.findIndex((word, index) => index > 0 && tools.includes(word));
    if (at > 0) return explain('make-runs-tool', { file, command: words[at] ?? '' });
  }
  return undefined;
}

interface Files {
  readonly artifacts: readonly Artifact[];
  /** They stay behind, lie in the artifacts, or are copied from the context again. */
  readonly sources: 'none' | 'carried' | 'again';
  readonly evidence: readonly Evidence[];
}

/**
 * Nothing, the files that the sources name, or the whole directories when it cannot be told which. Where a directory holds more
 * than the application, what the context brings is copied again instead, as long as no command but the build leaves files there.
 */
function filesFor(reading: Reading<GoFacts>, whole: boolean): Files | Reason {
  const workdir = reading.chain.at(-1)?.workdir;
  const carried = carriedFiles(reading, [reading.stage]);
  const scan = scanOf(reading);
  const why = carried === undefined ? 'they cannot all be listed' : openReason(reading, scan, carried);
  if (!whole && carried !== undefined && why === undefined) {
    const named = namedFiles(reading, scan, carried, reading.stage);
    return { artifacts: named, sources: 'none', evidence: [] };
  }
  const roots = wholeDirectories(reading, carried, workdir);
  if (roots.length > 0 && !roots.some((path) => path === '/' || path === '/go'))
    return { artifacts: roots.map((path) => ({ path, kind: 'directory' })), sources: 'carried', evidence: [] };
  const makes = generator(reading);
  if (!whole && roots.length > 0 && makes === undefined) return { artifacts: [], sources: 'again', evidence: [] };
  const open = makes === undefined ? why : `\`${makes.argv.join(' ')}\` may leave some`;
  return explain('root-directory', { path: roots[0] ?? workdir ?? '/', why: open ?? 'its build is not understood' });
}

/** Why it cannot be told which files are read; `undefined`: it can. */
function openReason(reading: Reading<GoFacts>, scan: Scan, carried: readonly CarriedFile[]): string | undefined {
  const absent = absentSources(reading, reading.stage).find(({ source }) => !isTooling(source));
  if (absent !== undefined) return `the project does not have the ${absent.source} of line ${absent.line}`;
  const uncommitted = uncommittedRead(reading, scan)?.evidence;
  if (uncommitted !== undefined)
    return `${uncommitted.file}:${uncommitted.line ?? ''} has ${uncommitted.says}, which may lie where the image is built`;
  const inside = embedded(scan);
  const data = carried.filter((file) => !isTooling(file.context) && !inside(file.context));
  const generated = generator(reading);
  if (data.length === 0 && generated === undefined) return undefined;
  if (!scan.complete) return 'not all sources can be read';
  const open = scan.reads.find(({ value }) => value.kind !== 'text' || /^(\.\/?|)$/.test(value.text));
  if (open !== undefined) return `${open.evidence.file}:${open.evidence.line ?? ''} has ${open.evidence.says}`;
  if (reading.start.scripts.length > 0) return `${reading.start.scripts[0]?.path ?? ''} starts it`;
  if (scan.opaqueImport !== undefined) return `${scan.opaqueImport.file} has ${scan.opaqueImport.says}`;
  if (generated !== undefined && scan.reads.length > 0) return `\`${generated.argv.join(' ')}\` makes files`;
  return undefined;
}

/** A command that may leave files beside the sources which are not compiled in. */
function generator(reading: Reading<GoFacts>): ReadCommand | undefined {
  return reading.commands.find((command) => {
    const go = goCommand(command);
    if (go !== undefined) return go.verb === 'generate' || go.verb === 'run';
    if (command.work.role === 'download' || command.work.role === 'files')
      return (
        command.work.writes?.some((path) => isWithin(path, reading.chain.at(-1)?.workdir ?? '/')) === true &&
        !['mkdir', 'chmod', 'chown', 'rm'].includes(command.argv[0] ?? '') &&
        !moves(reading, command)
      );
    return command.work.role === 'build' || command.work.role === 'unknown';
  });
}

/** `mv main bin/app`: what it moves is the program. */
function moves(reading: Reading<GoFacts>, command: ReadCommand): boolean {
  const from = command.work.reads ?? [];
  return from.length > 0 && from.every((path) => outputsOf(reading).some((one) => one.path === path));
}

/** The working directory, and the targets of copies outside of it that hold data. */
function wholeDirectories(
  reading: Reading<GoFacts>,
  carried: readonly CarriedFile[] | undefined,
  workdir: string | undefined,
): readonly string[] {
  const roots = new Set<string>();
  if (workdir !== undefined && holdsFiles(reading, workdir)) roots.add(workdir);
  const builds = reading.commands
    .filter((command) => command.work.role === 'build')
    .flatMap((command) => command.cwd ?? []);
  for (const copy of reading.copies) {
    if (copy.from !== undefined || copy.position.stage !== reading.stage || copy.target === undefined) continue;
    const holdsBuild = builds.some((cwd) => isWithin(cwd, copy.target ?? '/'));
    const data = carried === undefined || carried.some((file) => file.copy === copy && !isTooling(file.context));
    if (holdsBuild && data) roots.add(copy.target);
  }
  const all = [...roots];
  return all.filter((path) => !all.some((other) => other !== path && isWithin(path, other)));
}

function holdsFiles(reading: Reading<GoFacts>, workdir: string): boolean {
  return reading.copies.some(
    (copy) =>
      copy.position.stage === reading.stage &&
      copy.target !== undefined &&
      (isWithin(copy.target, workdir) || isWithin(workdir, copy.target)),
  );
}

/** Is `CGO_ENABLED` in force for a command? */
export function cgoSetting(reading: Reading<GoFacts>, command: ReadCommand): string | undefined {
  return environmentOf(command, 'CGO_ENABLED', reading.commands);
}
