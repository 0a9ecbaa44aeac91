/** Gradle: `build.gradle`, `build.gradle.kts`, `gradle` and the wrapper `gradlew`. */
import { posix } from 'node:path';
import { type Answer, known } from '../../answer.ts';
import { type PlacedCommand, withParents } from '../../reading/commands.ts';
import { commandEvidence, type Reading } from '../../reading/reading.ts';
import { type Artifacts, defineEcosystem, type Need, type Work } from '../ecosystem.ts';
import { type JvmBuild, jvmArtifacts } from '../jvm/artifacts.ts';
import { javaVersion } from '../jvm/declared.ts';
import { jvmListener } from '../jvm/listener.ts';
import { unknownModule } from '../jvm/module.ts';
import { jvmRuntime } from '../jvm/runtime.ts';
import { claimsJava, unpacksItself } from '../jvm/start.ts';
import { readsItsFile, sentOutputs, startedModule } from '../jvm/started.ts';
import { wrapperNeed } from '../jvm/wrapper.ts';
import { buildDirectory, gradleCommand, isDownload, isGradle, isInspection } from './command.ts';
import { gradleDownload } from './download.ts';
import { type GradleFacts, gradleFacts } from './facts.ts';
import { gradleReasons } from './reasons.ts';

export const gradle = defineEcosystem<GradleFacts>({
  name: 'gradle',
  title: 'Gradle',
  reasons: gradleReasons.table,
  claims: (argv) => isGradle(argv[0]) || (/^(ba)?sh$/.test(argv[0] ?? '') && isGradle(argv[1])) || claimsJava(argv),
  facts: gradleFacts,
  describe: ({ build, settings, projects }) => {
    const file = build?.file ?? settings?.file ?? 'build.gradle';
    return [{ file, says: projects.length === 0 ? 'Gradle' : `Gradle (${projects.length} projects)` }];
  },
  role,
  needs,
  startMode(reading) {
    const command = reading.start.commands.find((one) => isGradle(one.argv[0]));
    if (command === undefined) return undefined;
    const tasks = command.argv.slice(1).filter((word) => !word.startsWith('-'));
    const tests = tasks.includes('test') && tasks.every((task) => task === 'test' || task === 'clean');
    const { argv, evidence } = command;
    return { mode: tests ? 'tests' : 'builds-at-start', program: argv.join(' '), evidence };
  },
  dependencyStep: gradleDownload,
  lockedInstalls: () => known([]),
  prune: () => known(undefined),
  artifacts,
  runtime: (reading) =>
    jvmRuntime(reading, started(reading), { native: isNative(reading), plainLauncher: installs(reading) }),
  listener: (reading) => jvmListener(reading, started(reading)),
  readsHistory: ({ facts }) =>
    [facts.directory, ...facts.projects].some((at) =>
      facts
        .scripts(at)
        .some(({ text }) =>
          /git-?properties|git-?version|grgit|jgitver|axion-release|nebula|palantir|reckon|['"]git['"]|git (describe|rev-parse)/i.test(
            text,
          ),
        ),
    ),
  declaredVersion: ({ project, directory }) => javaVersion(project, directory, 'build.gradle'),
  ignorable: (reading) => {
    const { directory, projects } = reading.facts;
    return sentOutputs(reading, [
      posix.join(directory, '.gradle'),
      ...[directory, ...projects].map((at) => posix.join(at, 'build')),
    ]);
  },
});

function role(command: PlacedCommand): Work | undefined {
  if (unpacksItself(command.argv))
    return { role: 'build', writes: command.cwd === undefined ? undefined : [command.cwd] };
  const words = gradleCommand(command);
  if (words === undefined) return undefined;
  if (isDownload(words)) return { role: 'dependencies', writes: [] };
  if (isInspection(words)) return { role: 'inspect', writes: [] };
  if (words.tasks.length > 0 && words.tasks.every((task) => /^(test|check|integrationTest)$/.test(task)))
    return { role: 'test', writes: [] };
  const directory = buildDirectory(command, words);
  return { role: 'build', writes: directory === undefined ? undefined : [directory] };
}

const scripts = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'];

/** Gradle looks for the settings of a build in the parents too (Gradle, "Organizing Gradle Projects"). */
function needs(command: PlacedCommand): readonly Need[] {
  const words = gradleCommand(command);
  const elsewhere = /^(-b|--build-file|-c|--settings-file|-I|--init-script|--include-build)$/;
  if (words === undefined || !command.literal || isInspection(words) || words.tasks.includes('init')) return [];
  const directory = buildDirectory(command, words);
  if (directory === undefined || words.options.some(({ name }) => elsewhere.test(name))) return [];
  const build = withParents(directory).flatMap((at) => scripts.map((name) => posix.join(at, name)));
  return [...wrapperNeed(command, isGradle), build];
}

function builds(reading: Reading<GradleFacts>) {
  return reading.commands.filter((command) => command.owner === 'gradle' && command.work.role === 'build');
}

function roots(reading: Reading<GradleFacts>): readonly string[] {
  return [...new Set(builds(reading).flatMap((command) => command.work.writes ?? []))];
}

function started(reading: Reading<GradleFacts>) {
  const { directory, build } = reading.facts;
  const names = ['src', ...(build === undefined ? [] : [posix.basename(build.file)])];
  if (!readsItsFile(reading, roots(reading), directory, names)) return unknownModule(reading.project);
  return reading.facts.module(startedModule(reading, reading.facts.directory, roots(reading)));
}

function artifacts(reading: Reading<GradleFacts>): Answer<Artifacts> {
  const last = builds(reading).at(-1);
  const build: JvmBuild = {
    leaves: ["Gradle's caches", 'the sources'],
    toolChain: ['Gradle', 'the compiler'],
    roots: roots(reading),
    dependenciesOf: (jar) => dependenciesOf(reading, jar),
    native: isNative(reading),
    module: started(reading),
    evidence: last === undefined ? [] : [commandEvidence(last)],
  };
  return jvmArtifacts(reading, build);
}

/** The `application` plugin's start script sets a class path and runs `java` (Gradle, "The Application Plugin"). */
function installs(reading: Reading<GradleFacts>): boolean {
  return builds(reading).some(
    (command) =>
      gradleCommand(command)?.tasks.some((task) =>
        /^(installDist|installShadowDist|installBootDist|install\w*Dist|distTar|distZip|assemble|build)$/.test(task),
      ) === true,
  );
}

function isNative(reading: Reading<GradleFacts>): boolean {
  return builds(reading).some(
    (command) =>
      gradleCommand(command)?.tasks.some((task) => /^native(Compile|Image|Build)|^buildNative/.test(task)) === true ||
      command.argv.some((word) => /quarkus\.(package\.type=native|native\.enabled=true)/.test(word)),
  );
}

/** Plugins and tasks that pack the dependencies into the jar. */
const packing =
  /org\.springframework\.boot|shadow(Jar)?\b|io\.ktor\.plugin|buildFatJar|com\.github\.johnrengelman|com\.gradleup\.shadow|dorkbox\.uberjar|application\.fatJar/;
const ownFatJar =
  /configurations\.(runtimeClasspath|compileClasspath|compile|runtime)\b|configurations\[["']runtimeClasspath["']\]|configurations\.named\(["']runtimeClasspath/;

/** Does the jar carry its dependencies? */
function dependenciesOf(reading: Reading<GradleFacts>, jar: string): 'inside' | 'beside' | 'elsewhere' {
  const text = reading.facts
    .scripts(started(reading).directory)
    .map((one) => one.text)
    .join('\n');
  if (/["']?Class-Path["']?|PropertiesLauncher|loader\.path/.test(text)) return 'elsewhere';
  if (/io\.quarkus/.test(text)) return 'beside';
  return packing.test(text) || ownFatJar.test(text) || /-(all|fat|uber|shadow|standalone)\.jar$/.test(jar)
    ? 'inside'
    : 'beside';
}
