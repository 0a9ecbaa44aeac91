/**
 * What installs and builds leave in the image, path by path: for an application that lies among the system's directories, so
 * that its own cannot be copied as a whole. Everything a command may have left is listed, or the answer is that it is not known.
 */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown, type Reason } from '../../answer.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import { contextDirectory } from '../../reading/origins.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import { isShared } from '../../reading/shared-directories.ts';
import type { Artifact } from '../ecosystem.ts';
import { nodeCommand } from './command.ts';
import { type Expansion, expand, type Leaf, mayNotRun, redirected } from './expand.ts';
import { manifestIn, type NodeFacts } from './facts.ts';
import { development, type Install } from './installs.ts';
import { hooks } from './lifecycle.ts';
import { usesBerry } from './locked.ts';
import { type Manifest, production } from './manifest.ts';
import { effectOf } from './outputs.ts';
import { generated } from './prisma.ts';
import { nodeReasons } from './reasons.ts';
import { directoryOf } from './role.ts';

/** One thing that a command does to a path of the image, in order. */
type Event =
  | {
      readonly does: 'make';
      readonly path: string;
      readonly kind: 'directory' | 'file';
      readonly among: NonNullable<Artifact['among']>;
      readonly evidence: Evidence;
    }
  | { readonly does: 'remove' | 'may-change'; readonly path: string };

type Made = Extract<Event, { does: 'make' }>;

export interface MadePaths {
  /** What the runtime stage gets from the build. */
  readonly artifacts: readonly Artifact[];
  /** All paths that commands made, those that are gone again too. */
  readonly worked: readonly string[];
}

/** For a runtime stage that copies the sources from the context again. `root` is where the application lies. */
export function madePaths(reading: Reading<NodeFacts>, facts: NodeFacts, root: string): Answer<MadePaths> {
  const made = new Map<string, Made>();
  const worked: string[] = [];
  const perhaps = new Map<string, ReadCommand>();
  const removed: string[] = [];
  for (const command of reading.commands) {
    const events = eventsOf(reading, facts, command);
    const placed = command.work.role === 'files';
    const why = typeof events === 'string' ? events : placed ? undefined : problemWith(reading, events);
    if (typeof events === 'string' || why !== undefined) return notKnown(unlisted(root, command, why ?? ''));
    for (const event of events) {
      if (event.does !== 'remove') worked.push(event.path);
      if (event.does === 'may-change') perhaps.set(event.path, command);
      else if (event.does === 'make') made.set(event.path, merged(made.get(event.path), event, removed));
      else {
        removed.push(event.path);
        for (const path of made.keys()) if (isWithin(path, event.path)) made.delete(path);
      }
    }
  }
  const all = [...made.values()];
  const open = [...perhaps].find(([path]) => !all.some((one) => isWithin(path, one.path)));
  if (open !== undefined) return notKnown(unlisted(root, open[1], `it may change ${open[0]}`));
  const outer = all.filter((one) => !all.some((other) => other !== one && isWithin(one.path, other.path)));
  const artifacts = outer.map(({ path, kind, among }): Artifact => ({ path, kind, among }));
  return known({ artifacts, worked }, ...all.map(({ evidence }) => evidence));
}

function merged(before: Made | undefined, event: Made, removed: readonly string[]): Made {
  const cleared = event.among === 'built' && removed.some((path) => isWithin(event.path, path));
  const among = cleared || before?.among === 'built-anew' ? 'built-anew' : event.among;
  return { ...event, among, kind: before?.kind === 'directory' ? 'directory' : event.kind };
}

function unlisted(root: string, command: ReadCommand, why: string): Reason {
  const text = command.argv.join(' ').slice(0, 60);
  return nodeReasons.explain('in-root', { path: root, command: text, why }, { at: command.span });
}

/** Why a path cannot be copied, or one that a script removes be left out. */
function problemWith(reading: Reading, events: readonly Event[]): string | undefined {
  const made = events.filter((one) => one.does === 'make');
  const system = made.find(({ path }) => isShared(path) || isWithin(path, '/tmp'));
  if (system !== undefined) return `it puts files into ${system.path}`;
  const source = events.find(
    ({ does, path }) => does === 'remove' && isSent(reading, path) && !made.some((one) => isWithin(one.path, path)),
  );
  return source === undefined ? undefined : `it removes ${source.path}`;
}

/** A COPY brings something from the context to this place. */
function isSent({ copies, project, stage }: Reading, path: string): boolean {
  return copies.some(
    ({ from, origins, position }) =>
      from === undefined &&
      position.stage === stage &&
      origins.some((origin) => {
        const context = posix.join(origin.source, posix.relative(origin.path, path));
        return isWithin(path, origin.path) && project.kind(context) !== undefined && project.sends(context);
      }),
  );
}

function eventsOf(reading: Reading<NodeFacts>, facts: NodeFacts, command: ReadCommand): readonly Event[] | string {
  const { role } = command.work;
  if (role === 'files') return takenAway(command);
  if (role !== 'dependencies' && role !== 'build' && role !== 'prune') return [];
  const call = nodeCommand(command.argv);
  const at = call === undefined ? command.cwd : directoryOf(command, call);
  const directory = at === undefined ? undefined : contextDirectory(reading.copies, reading.stage, at, reading.project);
  if (at === undefined || directory === undefined) return 'its directory is not known';
  const own = reading.commands.filter((one) => one.instruction === command.instruction);
  const next = own[own.indexOf(command) + 1];
  if (mayNotRun(command.command, next?.command) || redirected(command.command).length > 0)
    return 'it may fail, or its output goes to a file';
  if (call?.kind === 'install' || call?.kind === 'prune' || call?.kind === 'rebuild' || call?.kind === 'other')
    return installed(facts, command, at, directory);
  return effects(facts, expand(facts, command.argv, commandEvidence(command), directory), at, directory);
}

/** What the file's own `rm` and `mv` take away; where sources go is for the placement to say. */
function takenAway({ argv, cwd }: ReadCommand): readonly Event[] {
  const words = argv.slice(1).filter((word) => !word.startsWith('-') && !/[*?[$]/.test(word));
  const gone = argv[0] === 'rm' ? words : argv[0] === 'mv' ? words.slice(0, -1) : [];
  return gone.flatMap((word) => {
    const path = resolvePath(cwd, word);
    return path === undefined || path === '/' ? [] : [{ does: 'remove', path }];
  });
}

/** Packages, and what the scripts of the project that an install runs leave. */
function installed(facts: NodeFacts, command: ReadCommand, at: string, directory: string): readonly Event[] | string {
  const call = nodeCommand(command.argv);
  const manifest = manifestIn(facts, directory);
  if (manifest === undefined) return 'it has no package.json';
  if (manifest.workspaces.length > 0) return 'it installs for several packages';
  if (call?.tool.name === 'yarn' && usesBerry(facts)) return 'Yarn keeps its state outside of node_modules';
  const moved = movedPackages(facts, directory, call?.options ?? []);
  if (moved !== undefined) return `${moved} may put packages elsewhere`;
  const local = [...production(manifest), ...manifest.devDependencies].find(([, range]) =>
    /^(file|link|portal|workspace):|^\.{0,2}\//.test(range),
  );
  if (local !== undefined) return `${local[0]} is a package of the project`;
  const path = posix.join(at, 'node_modules');
  const packages: Event = {
    does: 'make',
    path,
    kind: 'directory',
    among: 'installed',
    evidence: commandEvidence(command),
  };
  if (call?.kind !== 'install') return [packages];
  if (!brings(facts, { command, call, cwd: at }, manifest)) return 'it may install nothing';
  const client = clientOutputs(facts, manifest, at, directory);
  const scripts = call.options.includes('--ignore-scripts') ? [] : lifecycle(facts, manifest, at, directory);
  return typeof scripts === 'string' ? scripts : [packages, ...client, ...scripts];
}

/** Settings and options of pnpm and Yarn 1 that name another place than `node_modules`. */
const placing =
  /\b(virtual-store-dir|virtualStoreDir|modules-dir|modulesDir|modules-folder|enable-global-virtual-store)\b/;

function movedPackages(facts: NodeFacts, directory: string, options: readonly string[]): string | undefined {
  const option = options.find((word) => placing.test(word));
  const files = ['.npmrc', '.yarnrc', 'pnpm-workspace.yaml'].map((name) => posix.join(directory, name));
  return option ?? files.find((file) => placing.test(facts.project.read(file) ?? ''));
}

function brings(facts: NodeFacts, install: Install, manifest: Manifest): boolean {
  if (production(manifest).size > 0 || install.call.packages.length > 0) return true;
  return manifest.devDependencies.size > 0 && development(install, facts) === 'installed';
}

/** The install script of `@prisma/client` generates what the schema says, when it finds one. */
function clientOutputs(facts: NodeFacts, manifest: Manifest, at: string, directory: string): readonly Event[] {
  if (!production(manifest).has('@prisma/client') && !manifest.devDependencies.has('@prisma/client')) return [];
  const outputs = generated(facts.project, directory);
  return typeof outputs === 'string' ? [] : outputs.map((path) => ({ does: 'may-change', path: posix.join(at, path) }));
}

function lifecycle(facts: NodeFacts, manifest: Manifest, at: string, directory: string): readonly Event[] | string {
  const all: Event[] = [];
  for (const name of hooks) {
    const body = manifest.scripts.get(name);
    if (body === undefined) continue;
    const evidence = { file: manifest.file, says: `scripts.${name}: ${body.slice(0, 100)}` };
    const found = effects(facts, expand(facts, ['sh', '-c', body], evidence, directory), at, directory);
    if (typeof found === 'string') return found;
    all.push(...found);
  }
  return all;
}

/** What the programs at the end of a command leave; `at` is the image's place of the context directory. */
function effects(facts: NodeFacts, expansion: Expansion, at: string, directory: string): readonly Event[] | string {
  const { leaves, redirections, missing, unclear } = expansion;
  if (missing !== undefined) return `the script ${missing.script} is missing`;
  if (unclear !== undefined) return `${unclear.says} is not understood`;
  const place = (leaf: Pick<Leaf, 'directory'>, path: string) =>
    resolvePath(resolvePath(at, posix.relative(directory, leaf.directory)), path) ?? path;
  const events: Event[] = [];
  for (const leaf of leaves) {
    const effect = effectOf(leaf.argv, facts.project, leaf.directory);
    if (typeof effect === 'string') return effect;
    events.push(...effect.removes.map((path): Event => ({ does: 'remove', path: place(leaf, path) })));
    events.push(...(effect.changes ?? []).map((path): Event => ({ does: 'may-change', path: place(leaf, path) })));
    for (const { path, kind, anew, evidence = leaf.evidence } of effect.makes) {
      const among = anew ? 'built-anew' : 'built';
      if (leaf.optional === true) events.push({ does: 'may-change', path: place(leaf, path) });
      else events.push({ does: 'make', path: place(leaf, path), kind, among, evidence });
    }
  }
  for (const { path, evidence, optional, ...leaf } of redirections) {
    if (path === undefined) return 'its output goes to a file that is not known';
    if (optional === true) events.push({ does: 'may-change', path: place(leaf, path) });
    else events.push({ does: 'make', path: place(leaf, path), kind: 'file', among: 'built', evidence });
  }
  return events;
}
