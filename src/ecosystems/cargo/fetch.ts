/**
 * `cargo fetch` before the sources. Cargo reads a manifest only when it finds a target (The Cargo Book, "Cargo Targets"), so
 * the step makes the files that a target needs, empty; the sources are copied over them. Nothing is compiled, so no old
 * result can stand in for the sources.
 */
import { posix } from 'node:path';
import { type Answer, known, notKnown, type Reason } from '../../answer.ts';
import { bringsMore, contextPath } from '../../reading/origins.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import type { DependencyStep } from '../ecosystem.ts';
import { builtFacts } from './built.ts';
import { type CargoFacts, tablesOf, targetSections } from './manifest.ts';
import { cargoReasons } from './reasons.ts';

const { explain } = cargoReasons;

/** Options of a build that change what is resolved, where from, or for which manifest. */
const elsewhere = /^(--offline|--frozen|--manifest-path|--config|-C|-Z|--lockfile-path)(=|$)|^\+|^-Z/;

export function cargoFetch(reading: Reading<CargoFacts>): Answer<DependencyStep> {
  const facts = builtFacts(reading);
  const own = reading.commands.filter(
    ({ owner, work }) => owner === 'cargo' && (work.role === 'build' || work.role === 'dependencies'),
  );
  const build = own.find(({ argv }) => argv[1] !== 'clean');
  const first = own.find(({ position }) => position.stage === build?.position.stage);
  if (build === undefined || first === undefined || (facts.locked && facts.crates.length < 2))
    return notKnown(explain('no-install'));
  const early = existing(reading, build);
  if (early !== undefined) return known(early, commandEvidence(build));
  const problem = commandProblem(reading, build) ?? manifestProblem(facts);
  if (problem !== undefined) return notKnown(problem);
  const targets = targetsOf(facts);
  if (targets === undefined || !targets.every((path) => isOverlaid(reading, build, path)))
    return notKnown(explain('needs-sources', { file: facts.file, what: 'targets whose files are not copied later' }));
  const manifests = manifestsOf(reading, build);
  const dependencies = facts.crates.length - 1;
  const step = { manifests, directory: facts.directory, overlays: [] };
  const evidence = {
    file: posix.join(facts.directory, 'Cargo.lock'),
    says: `packages besides its own: ${dependencies}`,
  };
  const names = targets.map((path) => posix.relative(facts.directory, path));
  const folders = [...new Set(names.map((name) => posix.dirname(name)))].filter((name) => name !== '.');
  const deepest = folders.filter((name) => !folders.some((other) => other.startsWith(`${name}/`)));
  const locked = build.argv.includes('--locked') ? ' --locked' : '';
  const made = deepest.length === 0 ? [] : [`mkdir -p ${deepest.join(' ')}`];
  const touched = names.length === 0 ? [] : [`touch ${names.join(' ')}`];
  const text = [...made, ...touched, `cargo fetch${locked}`].join(' && ');
  return known({ ...step, install: { kind: 'added', text, before: first } }, evidence);
}

/** A command that runs on manifests alone is the step already, whatever it makes the targets of. */
function existing(reading: Reading<CargoFacts>, command: ReadCommand): DependencyStep | undefined {
  const manifests = manifestsOf(reading, command);
  const { copies, facts } = reading;
  if (bringsMore(copies, command.position.stage, command.span.start, manifests)) return undefined;
  return { manifests, directory: facts.directory, install: { kind: 'existing', command }, overlays: [] };
}

function manifestsOf(reading: Reading<CargoFacts>, build: ReadCommand): readonly string[] {
  const { directory, file, project } = reading.facts;
  return [file, ...beside.map((name) => posix.join(directory, name))].filter(
    (path) => project.kind(path) !== undefined && comesFromHere(reading, build, path),
  );
}

const beside = ['Cargo.lock', 'rust-toolchain.toml', 'rust-toolchain', '.cargo'];

/** The fetch could not be written, or would not fetch what the build uses. */
function commandProblem(reading: Reading<CargoFacts>, build: ReadCommand): Reason | undefined {
  const { facts } = reading;
  const at = { at: build.span };
  const unclear = explain('command-unclear', { command: build.argv.join(' ') }, at);
  const flag = build.instruction.flags.find((one) => ['mount', 'network', 'security'].includes(one.name));
  if (flag !== undefined) return explain('run-flag', { flag: `--${flag.name}=${flag.value ?? ''}` }, at);
  if (build.argv[0] !== 'cargo' || !/^(build|install|rustc)$/.test(build.argv[1] ?? '')) return unclear;
  if (build.command.depth > 0 || build.cwd === undefined || build.argv.some((word) => elsewhere.test(word)))
    return unclear;
  const settings = build.command.assignments.some(({ name }) => name.startsWith('CARGO_'));
  const there = reading.baseOf(build.position.stage)?.has('cargo') === 'present';
  return settings || !there || !comesFromHere(reading, build, facts.file) ? unclear : undefined;
}

/** This context file stands in the directory in which the build runs. */
function comesFromHere({ copies, project, facts }: Reading<CargoFacts>, build: ReadCommand, path: string): boolean {
  const inside = posix.join(build.cwd ?? '/', posix.relative(facts.directory, path));
  return contextPath(copies, build.position.stage, inside, project) === path;
}

function isOverlaid(reading: Reading<CargoFacts>, build: ReadCommand, path: string): boolean {
  return reading.project.kind(path) === 'file' && comesFromHere(reading, build, path);
}

/** Members, path dependencies and replaced sources are more of the project than its manifest. */
function manifestProblem(facts: CargoFacts): Reason | undefined {
  const { file, project, directory, entries } = facts;
  const needs = (what: string) => explain('needs-sources', { file, what });
  if (!facts.locked) return explain('not-locked');
  if (facts.package === undefined) return needs('a workspace');
  if (entries.some(({ section, key }) => section === 'workspace' && key === 'members')) return needs('a workspace');
  if (entries.some(({ section, key }) => section === 'package' && key === 'workspace')) return needs('a workspace');
  const above = directory === '' ? [] : parentsOf(directory).map((at) => posix.join(at, 'Cargo.toml'));
  if (above.some((path) => project.kind(path) !== undefined)) return needs('a directory below another manifest');
  const local = entries.find(
    ({ section, key, value }) =>
      !targetSections.has(section) && section !== 'package' && (key === 'path' || /\bpath\s*=/.test(value)),
  );
  if (local !== undefined) return needs('packages by their path');
  const config = ['config.toml', 'config'].map((name) => project.read(posix.join(directory, '.cargo', name)) ?? '');
  return config.some((text) => /^\s*(directory|replace-with|paths|include|local-registry)\s*=/m.test(text))
    ? needs('sources of crates that the project brings')
    : undefined;
}

function parentsOf(directory: string): readonly string[] {
  const parent = posix.dirname(directory);
  return parent === '.' ? [''] : [parent, ...parentsOf(parent)];
}

/** Files that Cargo looks for when it reads the manifest; `undefined`: they cannot be told. Those with a `path` it takes on trust. */
function targetsOf({ project, directory, entries, package: name }: CargoFacts): readonly string[] | undefined {
  const at = (path: string) => posix.join(directory, path);
  const isFile = (path: string) => project.kind(at(path)) === 'file';
  const found = new Set(['src/main.rs', 'src/lib.rs'].filter(isFile));
  const tables = tablesOf(entries);
  const named = tables.filter(({ section }) => section === 'bin').map(({ values }) => values.get('name'));
  const first = entries.find(({ section, key }) => section === 'package' && key === 'default-run')?.value;
  const wanted = tables.filter(({ section, values }) => section !== 'lib' && !values.has('path'));
  if (wanted.some(({ section }) => section !== 'bin')) return undefined;
  const programs = [
    ...wanted.map(({ values }) => values.get('name')),
    ...(first === undefined || named.includes(first) ? [] : [first]),
  ];
  for (const program of programs) {
    const bare = program?.replaceAll(/["']/g, '') ?? '';
    if (bare === name && found.has('src/main.rs')) continue;
    if (!/^[\w-]+$/.test(bare) || !isFile(`src/bin/${bare}.rs`)) return undefined;
    found.add(`src/bin/${bare}.rs`);
  }
  const placed = tables.some(({ section, values }) => /^(bin|lib)$/.test(section) && values.has('path'));
  return found.size === 0 && !placed ? undefined : [...found].map(at);
}
