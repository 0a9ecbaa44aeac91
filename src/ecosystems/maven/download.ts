/** `dependency:go-offline` before the sources: which POMs it reads, with which options, and when it cannot stand in for the build. */
import { posix } from 'node:path';
import { type Answer, known, notKnown } from '../../answer.ts';
import { commandText, isWithin } from '../../reading/commands.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import type { DependencyStep } from '../ecosystem.ts';
import { jvmReasons } from '../jvm/reasons.ts';
import { isBrought } from '../jvm/started.ts';
import { runsBeforeSources, wrapperPreparations } from '../jvm/wrapper.ts';
import { isDownload, type MavenCommand, mavenCommand, optionOf } from './command.ts';
import type { MavenFacts } from './facts.ts';
import { mavenReasons } from './reasons.ts';

const { explain } = mavenReasons;

/** Options that decide what is resolved, and how Maven talks; the rest is about building. */
const kept =
  /^(-[qBUeX]|-ntp|--(batch-mode|quiet|no-transfer-progress|errors|update-snapshots|debug|settings|global-settings|activate-profiles|file|define)|-s|-gs|-P.*|-D.*|-f)$/;
const aboutTests =
  /^(-D)?(skipTests|maven\.test\.skip|skipITs|maven\.test\.failure\.ignore|maven\.javadoc\.skip|checkstyle\.skip|spotless\.\w+\.skip|jacoco\.skip)\b/;

export function mavenDownload(reading: Reading<MavenFacts>): Answer<DependencyStep> {
  const own = reading.commands.filter((command) => command.owner === 'maven');
  const build = own.find((command) => command.work.role === 'build');
  const fetched = own.find((command) => command.work.role === 'dependencies');
  const first = fetched ?? build;
  const command = first === undefined ? undefined : mavenCommand(first);
  if (first === undefined || command === undefined) return notKnown(jvmReasons.explain('no-install'));
  const problem = projectProblem(reading, first, command, fetched !== undefined);
  if (problem !== undefined) return notKnown(problem);
  const manifests = manifestsOf(reading, command);
  if (manifests === undefined)
    return notKnown(explain('command-unclear', { command: first.argv.join(' ') }, { at: first.span }));
  const step = { manifests, directory: reading.facts.directory, overlays: [] };
  const { pom, reactor } = reading.facts;
  const count = reactor.poms.reduce((sum, one) => sum + one.dependencies.length, 0);
  const evidence = [{ file: pom.file, says: `${count} dependencies` }];
  if (fetched !== undefined || runsBeforeSources(reading, first, manifests))
    return known({ ...step, install: { kind: 'existing', command: first } }, ...evidence);
  const prepared = wrapperPreparations(reading, first, manifests, reading.facts.directory);
  const assignments = first.command.assignments.map(({ name, value }) => `${name}=${value?.raw ?? ''}`);
  const options = command.options.filter(
    (option) => kept.test(option.name) && !aboutTests.test(option.name) && !aboutTests.test(option.value ?? ''),
  );
  const goal = [
    ...assignments,
    command.program,
    ...options.flatMap((option) => option.words),
    'dependency:go-offline',
  ].join(' ');
  const text = [...prepared.map(commandText), goal].join(' && ');
  return known({ ...step, install: { kind: 'added', text, before: first, repeats: prepared } }, ...evidence);
}

/** Why the download cannot run with the POMs alone, or would not do what the build does. */
function projectProblem(reading: Reading<MavenFacts>, placed: ReadCommand, command: MavenCommand, existing: boolean) {
  const { pom, reactor } = reading.facts;
  const at = { at: placed.span };
  const flag = placed.instruction.flags.find((one) => ['mount', 'network', 'security'].includes(one.name));
  if (flag !== undefined) return explain('run-flag', { flag: `--${flag.name}=${flag.value ?? ''}` }, at);
  if (!placed.literal || placed.command.depth > 0)
    return explain('command-unclear', { command: placed.argv.join(' ') }, at);
  if (optionOf(command, '-pl', '--projects', '-rf', '--resume-from', '-o', '--offline') !== undefined && !existing)
    return explain('command-unclear', { command: placed.argv.join(' ') }, at);
  if (!existing && isDownload(command)) return jvmReasons.explain('no-install');
  if (reactor.missing.length > 0)
    return explain('module-missing', { file: pom.file, module: reactor.missing[0] ?? '' });
  if (reactor.parentOutside !== undefined) return explain('parent-outside', reactor.parentOutside);
  const extension = reading.facts.historyExtensions[0];
  if (extension !== undefined) return explain('history', { file: extension });
  const local = [...reactor.poms, ...reactor.parents].find((one) => one.local);
  if (local !== undefined) return explain('local-files', { file: local.file });
  const [first, second] = innerDependency(reading.facts);
  if (first !== undefined && second !== undefined) return explain('modules-depend', { file: first, module: second });
  return undefined;
}

/** A module that another one depends on is in no repository before it is built: `dependency:go-offline` fails on it, in a reactor too (MDEP-204, MDEP-516). */
function innerDependency({ reactor }: MavenFacts): readonly [string?, string?] {
  for (const pom of reactor.poms) {
    const inner = pom.dependencies.find((one) =>
      reactor.poms.some((other) => other !== pom && other.artifactId === one.artifact),
    );
    if (inner !== undefined) return [pom.file, inner.artifact];
  }
  return [];
}

/** POMs, the wrapper, `.mvn` and named settings; `undefined`: one of them is not sent or cannot be named. */
function manifestsOf(reading: Reading<MavenFacts>, command: MavenCommand): readonly string[] | undefined {
  const { project } = reading;
  const { directory, reactor } = reading.facts;
  const found = [...reactor.poms, ...reactor.parents].map((pom) => pom.file);
  if (command.program.includes('mvnw')) found.push(posix.join(directory, 'mvnw'));
  const config = posix.join(directory, '.mvn');
  const settings = [optionOf(command, '-s', '--settings')?.value, optionOf(command, '-gs', '--global-settings')?.value];
  const configured = /(?:^|\s)(?:-s|-gs|--settings|--global-settings)[=\s]+(\S+)/.exec(
    project.read(posix.join(config, 'maven.config')) ?? '',
  )?.[1];
  for (const path of [...settings, configured]) {
    if (path === undefined || path.startsWith('/')) continue;
    const inContext = posix.normalize(posix.join(directory, path));
    if (/[$`]/.test(path) || inContext.startsWith('..')) return undefined;
    if (!isWithin(inContext, config)) found.push(inContext);
  }
  if (project.kind(config) === 'directory') found.push(config);
  const unique = [...new Set(found)].filter((path) => isBrought(reading, path));
  if (!unique.includes(reading.facts.pom.file)) return undefined;
  const missing = unique.some(
    (path) =>
      project.kind(path) === undefined ||
      path.startsWith('..') ||
      !project.sends(project.kind(path) === 'directory' ? `${path}/x` : path),
  );
  return missing || !unique.every((path) => directory === '' || isWithin(path, directory)) ? undefined : unique;
}
