/** Maven: `pom.xml`, `mvn` and the wrapper `mvnw`. */
import { posix } from 'node:path';
import { type Answer, known } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import type { PlacedCommand } from '../../reading/commands.ts';
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
import { buildDirectory, isDownload, isInspection, isMaven, mavenCommand, optionOf } from './command.ts';
import { mavenDownload } from './download.ts';
import type { MavenFacts } from './facts.ts';
import { type Pom, readPom } from './pom.ts';
import { moduleOf, parentsOf, readReactor } from './reactor.ts';
import { mavenReasons } from './reasons.ts';

export const maven = defineEcosystem<MavenFacts>({
  name: 'maven',
  title: 'Maven',
  reasons: mavenReasons.table,
  claims: (argv) => isMaven(argv[0]) || (/^(ba)?sh$/.test(argv[0] ?? '') && isMaven(argv[1])) || claimsJava(argv),
  facts(project, directory) {
    const pom = readPom(project, posix.join(directory, 'pom.xml'));
    if (pom === undefined) return undefined;
    const reactor = readReactor(project, pom);
    const all = [...reactor.poms, ...reactor.parents];
    const modules = new Map<string, ReturnType<typeof moduleOf>>();
    const module = (at: string) => {
      const own = all.find((one) => one.directory === at) ?? pom;
      const kept = modules.get(own.directory) ?? moduleOf(project, own, all);
      modules.set(own.directory, kept);
      return kept;
    };
    return { pom, directory, reactor, historyExtensions: historyExtensions(project, directory, all), module };
  },
  describe: ({ pom }) => [{ file: pom.file, says: `Maven (${pom.packaging} ${pom.artifactId ?? ''})` }],
  role,
  needs,
  startMode(reading) {
    const command = reading.start.commands.find((one) => isMaven(one.argv[0]));
    if (command === undefined) return undefined;
    const goals = command.argv.slice(1).filter((word) => !word.startsWith('-'));
    const tests = goals.includes('test') && goals.every((goal) => goal === 'test' || goal === 'clean');
    const { argv, evidence } = command;
    return { mode: tests ? 'tests' : 'builds-at-start', program: argv.join(' '), evidence };
  },
  dependencyStep: mavenDownload,
  lockedInstalls: () => known([]),
  prune: () => known(undefined),
  artifacts,
  runtime: (reading) =>
    jvmRuntime(reading, started(reading), {
      native: isNative(reading),
      plainLauncher: usesPlugin(reading, /^appassembler-maven-plugin$/),
    }),
  listener: (reading) => jvmListener(reading, started(reading)),
  readsHistory: ({ facts }) =>
    facts.historyExtensions.length > 0 ||
    [...facts.reactor.poms, ...facts.reactor.parents].some((pom) => pom.plugins.some((name) => history.test(name))),
  declaredVersion: ({ project, directory }) => javaVersion(project, directory, 'pom.xml'),
  ignorable: (reading) =>
    sentOutputs(
      reading,
      reading.facts.reactor.poms.map((pom) => posix.join(pom.directory, 'target')),
    ),
});

const history = /git-commit-id|buildnumber|jgitver|git-versioning|gitflow|versions-git/;

/** Core extensions (`.mvn/extensions.xml`) and build extensions run before any goal does. */
function historyExtensions(project: Project, directory: string, poms: readonly Pom[]): readonly string[] {
  const core = posix.join(directory, '.mvn/extensions.xml');
  const own = /jgitver|git-versioning|gitver|nisse/i.test(project.read(core) ?? '') ? [core] : [];
  return [...own, ...poms.filter((pom) => pom.extensions.some((name) => history.test(name))).map((pom) => pom.file)];
}

function role(command: PlacedCommand): Work | undefined {
  if (unpacksItself(command.argv))
    return { role: 'build', writes: command.cwd === undefined ? undefined : [command.cwd] };
  const words = mavenCommand(command);
  if (words === undefined) return undefined;
  if (isDownload(words)) return { role: 'dependencies', writes: [] };
  if (isInspection(words)) return { role: 'inspect', writes: [] };
  const directory = buildDirectory(command, words);
  return { role: 'build', writes: directory === undefined ? undefined : [directory] };
}

/** A POM, or an extension that reads the project from another file. */
function needs(command: PlacedCommand): readonly Need[] {
  const words = mavenCommand(command);
  if (words === undefined || !command.literal || isInspection(words)) return [];
  if (words.goals.length === 0 || words.goals.some((goal) => goal.includes(':') && !isDownload(words))) return [];
  const directory = buildDirectory(command, words);
  if (directory === undefined || optionOf(words, '-f', '--file') !== undefined) return [];
  const project = [posix.join(directory, 'pom.xml'), posix.join(directory, '.mvn/extensions.xml')];
  return [...wrapperNeed(command, isMaven), project];
}

function builds(reading: Reading<MavenFacts>) {
  return reading.commands.filter((command) => command.owner === 'maven' && command.work.role === 'build');
}

/** The module that the started jar is built from. */
function started(reading: Reading<MavenFacts>) {
  if (!readsItsFile(reading, roots(reading), reading.facts.directory, ['pom.xml', 'src']))
    return unknownModule(reading.project);
  return reading.facts.module(startedModule(reading, reading.facts.directory, roots(reading)));
}

function roots(reading: Reading<MavenFacts>): readonly string[] {
  return [...new Set(builds(reading).flatMap((command) => command.work.writes ?? []))];
}

function artifacts(reading: Reading<MavenFacts>): Answer<Artifacts> {
  const last = builds(reading).at(-1);
  const build: JvmBuild = {
    leaves: ['the local repository', 'the sources'],
    toolChain: ['Maven', 'the compiler'],
    roots: roots(reading),
    dependenciesOf: (jar) => dependenciesOf(reading, jar),
    native: isNative(reading),
    module: started(reading),
    evidence: last === undefined ? [] : [commandEvidence(last)],
  };
  return jvmArtifacts(reading, build);
}

function usesPlugin(reading: Reading<MavenFacts>, pattern: RegExp): boolean {
  const { reactor } = reading.facts;
  return [...reactor.poms, ...reactor.parents].some((pom) => pom.plugins.some((plugin) => pattern.test(plugin)));
}

function isNative(reading: Reading<MavenFacts>): boolean {
  return builds(reading).some((command) => {
    const words = mavenCommand(command);
    const profile = words?.options.some(
      (option) =>
        /^-P.*native|^-D(native|packaging=native-image|quarkus\.(package\.type=native|native\.enabled=true))/.test(
          option.name,
        ) ||
        (optionOf(words, '-P') === option && /native/.test(option.value ?? '')),
    );
    return profile === true || words?.goals.some((goal) => /^native:(compile|build)/.test(goal)) === true;
  });
}

const packing =
  /^(spring-boot-maven-plugin|maven-shade-plugin|onejar-maven-plugin|capsule-maven-plugin|spring-boot-thin.*)$/;

/** Does the jar carry its dependencies? A class path in its manifest, or a plugin that packs them, decides. */
function dependenciesOf(reading: Reading<MavenFacts>, jar: string): 'inside' | 'beside' | 'elsewhere' {
  const { facts, project } = reading;
  if (!readsItsFile(reading, roots(reading), facts.directory, ['pom.xml'])) return 'elsewhere';
  const own = facts.module(startedModule(reading, facts.directory, roots(reading))).directory;
  const pom = [...facts.reactor.poms, ...facts.reactor.parents].find((one) => one.directory === own) ?? facts.pom;
  const chain = [pom, ...parentsOf(project, pom)];
  const text = chain.map((one) => one.text).join('\n');
  const outside =
    /<outputDirectory>(?!\s*(\$\{project\.build\.(directory|outputDirectory)\}|target\/|\$\{(project\.)?basedir\}\/target|\$\{build\.dir))/.test(
      text,
    );
  if (/loader\.path|PropertiesLauncher/.test(text)) return 'elsewhere';
  if (/<addClasspath>\s*true|<Class-Path>|<classpathPrefix>/i.test(text))
    return outside || /<classpathPrefix>\s*(\.\.|\/|file:)/.test(text) ? 'elsewhere' : 'beside';
  const plugins = chain.flatMap((one) => one.plugins);
  if (plugins.some((name) => packing.test(name)) || chain.some((one) => one.parent === 'micronaut-parent'))
    return plugins.includes('quarkus-maven-plugin') ? 'beside' : 'inside';
  if (/jar-with-dependencies/.test(text + jar) && plugins.includes('maven-assembly-plugin')) return 'inside';
  const needed = chain
    .flatMap((one) => one.dependencies)
    .filter((one) => one.scope !== 'test' && one.scope !== 'provided');
  return needed.length === 0 && chain.at(-1)?.parent === undefined ? 'inside' : 'beside';
}
