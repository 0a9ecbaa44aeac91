/** What an install reads, so that it can run before the sources are copied. */
import { posix } from 'node:path';
import { type Answer, known, notKnown, type Reason } from '../../answer.ts';
import { contextPath } from '../../reading/origins.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import type { DependencyStep } from '../ecosystem.ts';
import type { NodeFacts } from './facts.ts';
import { type Install, installs, manifestInstall } from './installs.ts';
import { lifecycleFiles } from './lifecycle.ts';
import { type Manifest, manifestEvidence, production } from './manifest.ts';
import { nodeReasons } from './reasons.ts';

const { explain } = nodeReasons;

export function dependencyStep(reading: Reading<NodeFacts>): Answer<DependencyStep> {
  const { facts } = reading;
  const install = manifestInstall(reading, facts);
  const named = installs(reading, facts).find(
    ({ call, command }) =>
      call.packages.length > 0 && (install === undefined || command.span.start < install.command.span.start),
  );
  if (named !== undefined)
    return notKnown(explain('adds-packages', { command: named.command.argv.join(' ') }, { at: named.command.span }));
  if (install === undefined) return notKnown(explain('no-install'));
  const { manifest } = facts;
  if (manifest === undefined)
    return notKnown(explain('no-manifest', { directory: facts.directory || 'the build context' }));
  const changed = changedBefore(reading, install.cwd, install.command.span.start);
  if (changed !== undefined) return notKnown(changed);
  const all = facts.members();
  if (all === undefined) return notKnown(explain('workspaces-unclear', { file: manifest.file }));
  const members = all.filter(({ file }) => !reading.project.sends(file) || isBrought(reading, install, file));
  const manifests = [manifest, ...members];
  const scripts = install.call.options.includes('--ignore-scripts') ? [] : lifecycleFiles(facts, manifests);
  if ('code' in scripts) return notKnown(scripts);
  const local = manifests.flatMap((one) => localPackages(facts, one));
  const outside = local.find(({ inside }) => !inside);
  if (outside !== undefined) return notKnown(explain('local-package', { name: outside.name, path: outside.path }));
  const wanted = [
    ...fixedFiles(facts, manifest).filter((path) => path === manifest.file || isBrought(reading, install, path)),
    ...members.map(({ file }) => file),
    ...memberLocks(reading, members),
    ...local.flatMap(({ path }) => (isBrought(reading, install, path) ? [path] : [])),
    ...scripts,
    ...schemaFiles(facts, manifest),
  ];
  const files = [...new Set(wanted)].filter((path) => reading.project.kind(path) !== undefined);
  const hidden = files.find((path) => isNeeded(path, manifests) && !reading.project.sends(path));
  if (hidden !== undefined) return notKnown(explain('manifest-hidden', { file: hidden }));
  const sent = files.filter((path) =>
    reading.project.sends(reading.project.kind(path) === 'directory' ? `${path}/x` : path),
  );
  const overlays = [members.length > 0 ? '**/node_modules' : posix.join(facts.directory, 'node_modules')];
  const count = manifest.dependencies.size + manifest.devDependencies.size;
  return known(
    {
      manifests: withoutNested(sent),
      directory: facts.directory,
      install: { kind: 'existing', command: install.command },
      also: installsBefore(reading, facts, install),
      overlays,
    },
    manifestEvidence(manifest, 'dependencies', undefined, `${count} dependencies`),
  );
}

/**
 * What the install does not find beside it now it is not given either: a lockfile or a setting could change what it installs,
 * and a member whose sources never come would be installed and built.
 */
export function isBrought(reading: Reading<NodeFacts>, { command, cwd }: Install, path: string): boolean {
  const { copies, facts, project } = reading;
  const earlier = copies.filter((copy) => copy.instruction.span.start < command.span.start);
  const inside = project.kind(path) === 'directory' ? posix.join(path, project.list(path)[0] ?? '') : path;
  const at = posix.join(cwd, posix.relative(facts.directory, inside));
  return contextPath(earlier, command.position.stage, at, project) === inside;
}

/** Lockfiles of members that a COPY names: the install does not read them, and they are no sources either. */
function memberLocks({ copies, facts }: Reading<NodeFacts>, members: readonly Manifest[]): readonly string[] {
  const named = new Set(
    copies.flatMap(({ origins }) => origins.flatMap(({ kind, source }) => (kind === 'file' ? [source] : []))),
  );
  return members
    .flatMap(({ file }) => facts.tool.locks.map((lock) => posix.join(posix.dirname(file), lock)))
    .filter((path) => named.has(path));
}

/** Other installs from the same manifest that stand before it. */
function installsBefore(reading: Reading<NodeFacts>, facts: NodeFacts, install: Install): readonly ReadCommand[] {
  return installs(reading, facts).flatMap(({ call, command, cwd }) =>
    call.packages.length === 0 && cwd === install.cwd && command.span.start < install.command.span.start
      ? [command]
      : [],
  );
}

function isNeeded(path: string, manifests: readonly Manifest[]): boolean {
  return manifests.some(({ file }) => file === path) || /(lock|shrinkwrap)\b[\w.]*$/.test(path);
}

/** A file below a directory that is copied anyway needs no line of its own. */
function withoutNested(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && path.startsWith(`${other}/`)));
}

/** Manifest, lockfiles, settings and patches, in the order of the list. */
function fixedFiles(facts: NodeFacts, manifest: Manifest): readonly string[] {
  const at = (name: string) => posix.join(facts.directory, name);
  const own = facts.tool.locks.map(at).filter((path) => facts.locks.includes(path));
  const locks = own.length > 0 ? own.slice(0, 1) : facts.locks;
  return [manifest.file, ...locks, ...facts.tool.configs.map(at), ...patches(facts, manifest).map(at)];
}

function patches(facts: NodeFacts, manifest: Manifest): readonly string[] {
  const uses =
    manifest.patched.length > 0 || [...manifest.scripts.values()].some((body) => body.includes('patch-package'));
  const pnpm =
    facts.project.read(posix.join(facts.directory, 'pnpm-workspace.yaml'))?.includes('patchedDependencies') === true;
  return uses || pnpm
    ? [...new Set(['patches', ...manifest.patched.map((path) => posix.dirname(path))])].filter(
        (path) => path !== '.' && !path.startsWith('.yarn'),
      )
    : [];
}

/** The install of `@prisma/client` generates from a schema that is there (Prisma documentation, "Generating Prisma Client"). */
function schemaFiles(facts: NodeFacts, manifest: Manifest): readonly string[] {
  const uses =
    production(manifest).has('@prisma/client') ||
    manifest.devDependencies.has('@prisma/client') ||
    manifest.devDependencies.has('prisma');
  if (!uses) return [];
  const at = (name: string) => posix.join(facts.directory, name);
  const config = ['prisma.config.ts', 'prisma.config.js', 'prisma.config.mjs'].map(at);
  if (manifest.prismaSchema !== undefined) return [at(posix.normalize(manifest.prismaSchema)), ...config];
  return facts.project.kind(at('prisma')) === 'directory'
    ? [at('prisma'), ...config]
    : [at('schema.prisma'), ...config];
}

interface LocalPackage {
  readonly name: string;
  readonly path: string;
  readonly inside: boolean;
}

/** `file:` and `link:` dependencies, which are read from the context. */
function localPackages(facts: NodeFacts, manifest: Manifest): readonly LocalPackage[] {
  const directory = posix.dirname(manifest.file);
  const all = [...production(manifest), ...manifest.devDependencies];
  return all.flatMap(([name, range]) => {
    const target = /^(?:file|link|portal):(.+)$/.exec(range)?.[1] ?? (/^\.{1,2}\//.test(range) ? range : undefined);
    if (target === undefined) return [];
    const path = posix.join(directory, target).replace(/\/$/, '');
    return [{ name, path, inside: !path.startsWith('..') && path !== '.' && facts.project.kind(path) !== undefined }];
  });
}

/** A command before the install that changes the manifest or lockfile it reads. */
export function changedBefore(reading: Reading<NodeFacts>, cwd: string, before: number): Reason | undefined {
  for (const command of reading.commands) {
    if (command.span.start >= before || !['files', 'download', 'unknown'].includes(command.work.role)) continue;
    const file = command.work.writes?.find(
      (path) =>
        posix.dirname(path) === cwd &&
        /(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/.test(path),
    );
    if (file !== undefined)
      return explain(
        'manifest-changed',
        { command: command.argv.join(' ').slice(0, 80), file: posix.basename(file) },
        { at: command.span },
      );
  }
  return undefined;
}
