/**
 * `gradle dependencies` before the sources: it fetches the wrapper's distribution, the plugins and the metadata of the
 * dependencies. It runs the build files, so it is written only for those that need nothing else.
 */
import { posix } from 'node:path';
import type { Reason } from '../../answer.ts';
import { type Answer, known, notKnown } from '../../answer.ts';
import { commandText, isWithin } from '../../reading/commands.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import type { DependencyStep } from '../ecosystem.ts';
import { jvmReasons } from '../jvm/reasons.ts';
import { isBrought } from '../jvm/started.ts';
import { runsBeforeSources, wrapperPreparations } from '../jvm/wrapper.ts';
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
  const { build, directory } = reading.facts;
  const step = { manifests, directory, overlays: [] };
  const evidence =
    build === undefined ? [] : [{ file: build.file, says: 'one project without code of its own in the build' }];
  if (fetched !== undefined || runsBeforeSources(reading, first, manifests))
    return known({ ...step, install: { kind: 'existing', command: first } }, ...evidence);
  const prepared = wrapperPreparations(reading, first, manifests, directory);
  const assignments = first.command.assignments.map(({ name, value }) => `${name}=${value?.raw ?? ''}`);
  const options = command.options.filter((option) => kept.test(option.name)).flatMap((option) => option.words);
  const task = [...assignments, command.program, ...options, 'dependencies'].join(' ');
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
  const { build, settings, projects, directory } = reading.facts;
  const flag = placed.instruction.flags.find((one) => ['mount', 'network', 'security'].includes(one.name));
  if (flag !== undefined) return explain('run-flag', { flag: `--${flag.name}=${flag.value ?? ''}` }, at);
  const redirected = command.options.some((option) =>
    /^(-b|--build-file|-c|--settings-file|--include-build|--offline|-p|--project-dir)$/.test(option.name),
  );
  if (projects.length > 0 && settings !== undefined) return explain('several-projects', { file: settings.file });
  if (!placed.literal || placed.command.depth > 0 || redirected || build === undefined)
    return explain('command-unclear', { command: placed.argv.join(' ') }, at);
  if (reading.project.kind(posix.join(directory, 'buildSrc')) !== undefined)
    return explain('build-code', { file: build.file, what: 'buildSrc' });
  for (const script of [build, ...(settings === undefined ? [] : [settings])]) {
    const found = readsMore.find(([pattern]) => pattern.test(script.text));
    if (found !== undefined) return explain('build-code', { file: script.file, what: found[1] });
  }
  return cacheVolume(reading, placed, command);
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

/** Build files, the wrapper and `gradle/`; `undefined`: one of them is not sent. */
function manifestsOf(reading: Reading<GradleFacts>, command: GradleCommand): readonly string[] | undefined {
  const { project } = reading;
  const { directory, build, settings } = reading.facts;
  const wrapper = command.program.includes('gradlew');
  const wanted = [
    build?.file,
    settings?.file,
    ...['gradle.properties', 'gradle', ...(wrapper ? ['gradlew'] : [])].map((name) => posix.join(directory, name)),
  ];
  const there = wanted.flatMap((path) =>
    path !== undefined && project.kind(path) !== undefined && isBrought(reading, path) ? [path] : [],
  );
  if (build === undefined || !there.includes(build.file)) return undefined;
  if (wrapper && !there.includes(posix.join(directory, 'gradlew'))) return undefined;
  return there.every((path) => project.sends(project.kind(path) === 'directory' ? `${path}/x` : path))
    ? there
    : undefined;
}
