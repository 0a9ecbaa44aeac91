/** Maven: `pom.xml`, `mvn` and the wrapper `mvnw`. */
import { posix } from 'node:path';
import { type Answer, known, notKnown } from '../../answer.ts';
import type { PlacedCommand } from '../../reading/commands.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import { defineReasons } from '../../reason.ts';
import { type Artifact, type Artifacts, defineEcosystem, type DependencyStep, type Work } from '../ecosystem.ts';
import { jvmReasons } from '../jvm/reasons.ts';
import { type JvmFacts, jvmListener, jvmRuntime } from '../jvm/runtime.ts';
import { javaStart } from '../jvm/start.ts';
import { type Pom, readPom } from './pom.ts';

interface MavenFacts {
  readonly pom: Pom;
  readonly directory: string;
  readonly wrapper: boolean;
}

const reasons = defineReasons('maven', {
  'no-install': 'no Maven command runs here',
  'several-modules': { says: '{file} builds several modules, and a download of their dependencies needs all of their POMs', settle: 'nothing: the build stays as it is' },
  'parent-outside': { says: 'the parent of {file} is {parent}, which is not in the build context', settle: 'set an empty relativePath when the parent comes from a repository' },
  'local-files': { says: '{file} uses files of the project as dependencies, which a download cannot bring', settle: 'put them into a repository' },
  'command-unclear': { says: '`{command}` is not a plain Maven build, so the download before it cannot be written', settle: 'run `mvn` with goals and options only' },
} as const);
const { explain } = reasons;

const program = /(^|\/)mvnw?(\.cmd)?$/;
/** Options that choose what is resolved, and how Maven talks; they must be the same in both commands. */
const shared = /^(-[qBUeoX]+|-ntp|--(batch-mode|quiet|no-transfer-progress|offline|errors)|-s|--settings|-P.*|--activate-profiles|-D.*|-f|--file|-gs)$/;
const valued = new Set(['-s', '--settings', '-f', '--file', '-P', '--activate-profiles', '-gs', '-pl', '--projects', '-D', '-T', '--threads']);
const skipped = /^-D(skipTests|maven\.test\.skip|skipITs)\b/;

export const maven = defineEcosystem<MavenFacts>({
  name: 'maven',
  title: 'Maven',
  reasons: reasons.table,
  claims: (argv) => program.test(argv[0] ?? ''),
  facts(project, directory) {
    const pom = readPom(project, posix.join(directory, 'pom.xml'));
    return pom === undefined ? undefined : { pom, directory, wrapper: project.kind(posix.join(directory, 'mvnw')) === 'file' };
  },
  describe: ({ pom }) => [{ file: pom.file, says: `Maven (${pom.packaging} ${pom.artifactId ?? ''})` }],
  role: (command) => role(command),
  startMode(reading) {
    const command = reading.start.commands.find((one) => program.test(one.argv[0] ?? ''));
    return command === undefined ? undefined : { mode: 'builds-at-start', program: command.argv.join(' '), evidence: command.evidence };
  },
  dependencyStep,
  lockedInstalls: () => known([]),
  prune: () => known(undefined),
  artifacts,
  runtime: (reading) => jvmRuntime(reading, jvmFacts(reading.facts)),
  listener: (reading) => jvmListener(reading, jvmFacts(reading.facts)),
  readsHistory: ({ facts }) => facts.pom.plugins.some((name) => /git-commit-id|buildnumber|jgitver|git-versioning/.test(name)),
  ignorable: ({ facts }) => [{ pattern: posix.join(facts.directory, 'target'), says: 'build output' }],
});

function role(command: PlacedCommand): Work | undefined {
  if (!program.test(command.argv[0] ?? '')) return undefined;
  const words = goals(command.argv);
  const directory = command.cwd;
  if (words.length > 0 && words.every((goal) => /^(dependency:(go-offline|resolve|resolve-plugins)|.*:go-offline|.*go-offline-maven-plugin.*)$/.test(goal))) {
    return { role: 'dependencies', writes: [] };
  }
  if (words.length === 0 || words.every((goal) => goal === 'clean' || goal.startsWith('help:'))) return { role: 'inspect', writes: [] };
  return { role: 'build', writes: directory === undefined ? undefined : [directory] };
}

/** Words that are neither options nor their values. */
function goals(argv: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (valued.has(word)) i++;
    else if (!word.startsWith('-')) found.push(word);
  }
  return found;
}

function builds(reading: Reading<MavenFacts>): readonly ReadCommand[] {
  return reading.commands.filter((command) => command.owner === 'maven' && command.work.role === 'build');
}

function dependencyStep(reading: Reading<MavenFacts>): Answer<DependencyStep> {
  const { pom, directory } = reading.facts;
  const fetched = reading.commands.find((command) => command.owner === 'maven' && command.work.role === 'dependencies');
  const build = builds(reading)[0];
  if (build === undefined) return notKnown(explain('no-install'));
  if (pom.modules.length > 0) return notKnown(explain('several-modules', { file: pom.file }));
  if (pom.local) return notKnown(explain('local-files', { file: pom.file }));
  const parent = parentProblem(reading, pom, directory);
  if (parent !== undefined) return notKnown(explain('parent-outside', { file: pom.file, parent }));
  const words = build.command.words.slice(-build.argv.length).map((word) => word.raw);
  if (!build.literal || build.command.depth > 0 || build.argv.some((word) => word === '-f' || word === '--file' || word === '-pl')) {
    return notKnown(explain('command-unclear', { command: build.argv.join(' ') }, { at: build.span }));
  }
  const manifests = ['pom.xml', 'mvnw', '.mvn'].map((name) => posix.join(directory, name)).filter((path) => wanted(reading, path, words[0] ?? ''));
  const step = { manifests, directory, overlays: [] };
  const evidence = [{ file: pom.file, says: `${pom.dependencies.length} dependencies` }];
  if (fetched !== undefined) return known({ ...step, install: { kind: 'existing', command: fetched } }, ...evidence);
  const options = words.slice(1).filter((word) => shared.test(word) && !skipped.test(word));
  const text = [words[0], ...options, 'dependency:go-offline'].join(' ');
  return known({ ...step, install: { kind: 'added', text, before: build } }, ...evidence);
}

/** The wrapper's files are needed when the build runs the wrapper. */
function wanted(reading: Reading, path: string, programWord: string): boolean {
  const name = posix.basename(path);
  if (name === 'mvnw' && !programWord.includes('mvnw')) return false;
  return reading.project.kind(path) !== undefined && reading.project.sends(name === '.mvn' ? `${path}/x` : path);
}

function parentProblem(reading: Reading, pom: Pom, directory: string): string | undefined {
  if (pom.parentPath === undefined || pom.parentPath === '') return undefined;
  const path = posix.normalize(posix.join(directory, pom.parentPath));
  if (pom.parentPath === '../pom.xml' && (path.startsWith('..') || reading.project.kind(path) === undefined)) return undefined;
  return path.startsWith('..') || reading.project.kind(path) === undefined ? pom.parentPath : path;
}

function artifacts(reading: Reading<MavenFacts>): Answer<Artifacts> {
  const start = javaStart(reading);
  if (!start.known) return start;
  const { jar, glob } = start.value;
  const build = builds(reading).at(-1);
  const output = build?.cwd === undefined ? undefined : resolvePath(build.cwd, 'target');
  const made = output !== undefined && isWithin(jar, build?.cwd ?? output) && jar.includes('/target/');
  const placed = reading.commands.some((command) => command.work.role === 'files' && command.work.writes?.some((path) => path === jar || path === posix.dirname(jar)));
  if (!made && !placed) return notKnown(jvmReasons.explain('not-built', { path: jar }, { evidence: start.evidence }));
  const main: Artifact = selfContained(reading.facts.pom) ? { path: jar, kind: glob ? 'glob' : 'file' } : { path: posix.dirname(jar), kind: 'directory' };
  const evidence = [...start.evidence, ...(build === undefined ? [] : [commandEvidence(build)])];
  return known({ paths: [main, ...besides(reading)], leaves: 'Maven, its repository, the compiler and the sources' }, ...evidence);
}

/** The jar carries its dependencies, or has none. */
function selfContained(pom: Pom): boolean {
  if (pom.plugins.some((name) => /spring-boot-maven-plugin|maven-shade-plugin|onejar/.test(name))) return true;
  return pom.parent === 'spring-boot-starter-parent' || pom.dependencies.every((one) => one.scope === 'test' || one.scope === 'provided');
}

/** Files beside the jar that a Spring program reads from its working directory (Spring Boot reference, "External Application Properties"). */
function besides(reading: Reading<MavenFacts>): readonly Artifact[] {
  const { directory } = reading.facts;
  const workdir = reading.chain.at(-1)?.workdir;
  if (workdir === undefined) return [];
  const found: Artifact[] = [];
  for (const name of reading.project.list(directory)) {
    const path = posix.join(directory, name);
    if (!reading.project.sends(path)) continue;
    if (/^application[\w.-]*\.(properties|ya?ml)$/.test(name)) found.push({ path: posix.join(workdir, name), kind: 'file' });
    if (name === 'config' && reading.project.kind(path) === 'directory') found.push({ path: posix.join(workdir, name), kind: 'directory' });
  }
  return found;
}

function jvmFacts({ pom, directory }: MavenFacts): JvmFacts {
  const find = (pattern: RegExp) => {
    const found = pom.dependencies.find((one) => pattern.test(one.artifact) && one.scope !== 'test');
    return found === undefined ? undefined : { file: pom.file, line: found.line, says: found.artifact };
  };
  const spring = find(/^spring-boot-starter-(web|webflux|jersey|data-rest|graphql|hateoas|web-services|tomcat|jetty|undertow)$/);
  const quarkus = find(/^quarkus-(rest|resteasy|vertx-http|undertow|reactive-routes).*/);
  const micronaut = find(/^micronaut-http-server.*/);
  const framework = spring !== undefined ? 'spring' : quarkus !== undefined ? 'quarkus' : 'micronaut';
  const evidence = spring ?? quarkus ?? micronaut;
  return {
    module: directory,
    web: evidence === undefined ? undefined : { framework, evidence },
    actuator: find(/^spring-boot-starter-actuator$/),
    security: find(/security|oauth2|keycloak/) !== undefined,
  };
}

