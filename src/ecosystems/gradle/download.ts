/**
 * `gradle dependencies` before the sources: it fetches the wrapper's distribution, the plugins and the metadata of the
 * dependencies. It runs the build files, so it is written only for those that need nothing else.
 */
import { posix } from 'node:path';
import type { Reason } from '../../answer.ts';
import { type Answer, known, notKnown } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { commandText, isWithin } from '../../reading/commands.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import type { DependencyStep } from '../ecosystem.ts';
import { jvmReasons } from '../jvm/reasons.ts';
import { isBrought } from '../jvm/started.ts';
import { runsBeforeSources, wrapperPreparations } from '../jvm/wrapper.ts';
import { type BuildFile, projectPaths, readBuildFile } from './build-file.ts';
import { type GradleCommand, gradleCommand } from './command.ts';
import type { GradleFacts } from './facts.ts';
import { gradleReasons } from './reasons.ts';

const { explain } = gradleReasons;

const kept =
  /^(--(no-daemon|quiet|info|warn|stacktrace|console|no-build-cache|refresh-dependencies|init-script|gradle-user-home|configuration-cache|no-configuration-cache)|-q|-i|-w|-s|-g|-P.*|-D.*)$/;
/** Constructs of a build script that read files or run programs when the script runs (Gradle DSL reference). */
const readsMore: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bapply\s*\(?\s*\{?\s*\(?from\b|\bapply\s+from\s*[:=]/, '`apply from`'],
  [/\bincludeBuild\b/, 'an included build'],
  [
    /\b(rootProject\.|project\.|layout\.projectDirectory\.)?(file|files|fileTree|flatDir)\s*[({]/,
    'files of the project',
  ],
  [
    /\bnew File\b|\bFile\s*\(|\.readText\b|\.text\b|\.readLines\b|FileInputStream|\bProperties\s*\(/,
    'files of the project',
  ],
  [/\bexec\s*[({]|\.execute\s*\(|providers\.exec|ProcessBuilder/, 'a program'],
  [/git-version|gitversion|nebula\.release|axion-release|grgit|com\.palantir\.git/i, 'the history of the repository'],
];

/** A property that is set to a place of the sources; tasks read it when they run, which a report does not. */
const sourcePlace = /^\s*[\w.]+\s*=\s*file\((["'])src\/[^"'\n]*\1\)(\.toPath\(\))?\s*;?\s*$/gm;

export function gradleDownload(reading: Reading<GradleFacts>): Answer<DependencyStep> {
  const own = reading.commands.filter((command) => command.owner === 'gradle');
  const fetched = own.find((command) => command.work.role === 'dependencies');
  const first = fetched ?? own.find((command) => command.work.role === 'build');
  const command = first === undefined ? undefined : gradleCommand(first);
  if (first === undefined || command === undefined) return notKnown(jvmReasons.explain('no-install'));
  const problem = projectProblem(reading, first, command);
  if (problem !== undefined) return notKnown(problem);
  const manifests = manifestsOf(reading, command);
  if (manifests === undefined)
    return notKnown(explain('command-unclear', { command: first.argv.join(' ') }, { at: first.span }));
  const { build, settings, directory } = reading.facts;
  const step = { manifests, directory, overlays: [] };
  const root = build ?? settings;
  const evidence = root === undefined ? [] : [{ file: root.file, says: 'the build reads nothing but its build files' }];
  if (fetched !== undefined || runsBeforeSources(reading, first, manifests))
    return known({ ...step, install: { kind: 'existing', command: first } }, ...evidence);
  const prepared = wrapperPreparations(reading, first, manifests, directory);
  const assignments = first.command.assignments.map(({ name, value }) => `${name}=${value?.raw ?? ''}`);
  const options = command.options.filter((option) => kept.test(option.name)).flatMap((option) => option.words);
  const task = [...assignments, command.program, ...options, ...reportTasks(reading.facts, command)].join(' ');
  return known(
    {
      ...step,
      install: {
        kind: 'added',
        text: [...prepared.map(commandText), task].join(' && '),
        before: first,
        repeats: prepared,
      },
    },
    ...evidence,
  );
}

function projectProblem(
  reading: Reading<GradleFacts>,
  placed: ReadCommand,
  command: GradleCommand,
): Reason | undefined {
  const at = { at: placed.span };
  const { build, settings, directory } = reading.facts;
  const flag = placed.instruction.flags.find((one) => ['mount', 'network', 'security'].includes(one.name));
  if (flag !== undefined) return explain('run-flag', { flag: `--${flag.name}=${flag.value ?? ''}` }, at);
  const redirected = command.options.some((option) =>
    /^(-b|--build-file|-c|--settings-file|--include-build|--offline|-p|--project-dir)$/.test(option.name),
  );
  if (!placed.literal || placed.command.depth > 0 || redirected || (build ?? settings) === undefined)
    return explain('command-unclear', { command: placed.argv.join(' ') }, at);
  const scripts = buildScripts(reading.facts, reading.project);
  if (settings !== undefined && scripts === undefined) return explain('several-projects', { file: settings.file });
  const code = buildCode(reading.project, directory);
  if (code === undefined)
    return explain('build-code', { file: posix.join(directory, 'buildSrc'), what: 'more code than is read' });
  for (const script of [...(scripts ?? []), ...code]) {
    const text = script.text.replace(sourcePlace, '');
    const found = readsMore.find(([pattern]) => pattern.test(text));
    if (found !== undefined) return explain('build-code', { file: script.file, what: found[1] });
  }
  return cacheVolume(reading, placed, command);
}

/** Settings and build files of every project; `undefined`: a project cannot be named, or has no build file that would make its directory. */
function buildScripts({ build, settings, directory }: GradleFacts, project: Project): readonly BuildFile[] | undefined {
  const own = [build, settings].flatMap((one) => one ?? []);
  const paths = settings === undefined ? [] : projectPaths(settings);
  const found = paths?.map((path) => readBuildFile(project, posix.join(directory, ...path.split(':'))));
  return found === undefined || found.some((one) => one === undefined)
    ? undefined
    : [...own, ...found.flatMap((one) => one ?? [])];
}

/** `buildSrc` is a build of its own that comes first: its scripts and what they compile. `undefined`: too much to read. */
function buildCode(project: Project, directory: string): readonly BuildFile[] | undefined {
  const root = posix.join(directory, 'buildSrc');
  if (project.kind(root) === undefined) return [];
  const files = project.files(root, 200)?.filter((file) => /\.(gradle|kts|groovy|kt|java)$/.test(file));
  const read = files?.map((file) => ({ file, directory: root, text: project.read(file) }));
  const known = read?.flatMap(({ text, ...rest }) => (text === undefined ? [] : [{ ...rest, text }]));
  return known !== undefined && known.length === read?.length ? known : undefined;
}

/** A report resolves the project it runs on (Gradle, "Viewing and debugging dependencies"): those that are built, else all. */
function reportTasks({ settings }: GradleFacts, command: GradleCommand): readonly string[] {
  const paths = settings === undefined ? [] : (projectPaths(settings) ?? []);
  const built = command.projects.map((path) => `:${path.replaceAll('/', ':')}`).filter((path) => paths.includes(path));
  const whole = built.length === 0 || built.length < command.tasks.length;
  return (whole ? ['', ...paths] : [...new Set(built)]).map((path) =>
    path === '' ? 'dependencies' : `${path}:dependencies`,
  );
}

/** docker-gradle: `/root/.gradle` is a link to `/home/gradle/.gradle`, which is a volume. */
function cacheVolume(reading: Reading<GradleFacts>, placed: ReadCommand, command: GradleCommand): Reason | undefined {
  const base = reading.baseOf(placed.position.stage);
  const volume = base?.config.volume.find((path) => path.endsWith('/.gradle'));
  if (volume === undefined) return undefined;
  const named = command.options.find((option) => option.name === '-g' || option.name === '--gradle-user-home')?.value;
  const set = reading.positions.find((position) => position.instruction === placed.instruction)?.scope;
  const home = named ?? (set === undefined ? undefined : homeOf(reading, placed));
  return home !== undefined && !isWithin(home, volume) && home !== '/root/.gradle'
    ? undefined
    : explain('cache-volume', { image: base?.ref.text ?? '' });
}

function homeOf(reading: Reading, placed: ReadCommand): string | undefined {
  for (const { instruction, stage } of reading.positions) {
    if (stage !== placed.position.stage || instruction.keyword !== 'ENV' || instruction.span.start > placed.span.start)
      continue;
    const pair = instruction.pairs.find((one) => one.key === 'GRADLE_USER_HOME');
    if (pair !== undefined) return pair.value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return undefined;
}

const besides = ['gradle.properties', 'gradle.lockfile', 'buildscript-gradle.lockfile', 'settings-gradle.lockfile'];

/** Build files of all projects, `buildSrc`, the wrapper and `gradle/`; `undefined`: one of them is not sent. */
function manifestsOf(reading: Reading<GradleFacts>, command: GradleCommand): readonly string[] | undefined {
  const { project } = reading;
  const { directory } = reading.facts;
  const wrapper = command.program.includes('gradlew');
  const scripts = buildScripts(reading.facts, project) ?? [];
  const wanted = [
    ...scripts.map((script) => script.file),
    ...[...new Set(scripts.map((script) => script.directory))].flatMap((at) =>
      besides.map((name) => posix.join(at, name)),
    ),
    ...['gradle', 'buildSrc', ...(wrapper ? ['gradlew'] : [])].map((name) => posix.join(directory, name)),
  ];
  const there = wanted.flatMap((path) => (project.kind(path) !== undefined && isBrought(reading, path) ? [path] : []));
  if (scripts.length === 0 || !scripts.every((script) => there.includes(script.file))) return undefined;
  if (wrapper && !there.includes(posix.join(directory, 'gradlew'))) return undefined;
  return there.every((path) => project.sends(project.kind(path) === 'directory' ? `${path}/x` : path))
    ? there
    : undefined;
}
