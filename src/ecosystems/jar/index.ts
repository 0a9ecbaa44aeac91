/** Java without a build tool in the image: archives that are copied ready-made, and sources that `javac` compiles. */
import { posix } from 'node:path';
import { type Answer, known, notKnown } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { isWithin, type PlacedCommand, resolvePath } from '../../reading/commands.ts';
import { commandEvidence, type Reading } from '../../reading/reading.ts';
import { type Artifacts, defineEcosystem, type RuntimeNeeds, type Work } from '../ecosystem.ts';
import { gradleModule } from '../gradle/facts.ts';
import { type JvmBuild, jvmArtifacts } from '../jvm/artifacts.ts';
import { javaVersion } from '../jvm/declared.ts';
import { jvmListener } from '../jvm/listener.ts';
import { type JvmModule, jvmModule } from '../jvm/module.ts';
import { jvmReasons } from '../jvm/reasons.ts';
import { jvmRuntime } from '../jvm/runtime.ts';
import { brief, claimsJava, javaStart, sourceLaunch } from '../jvm/start.ts';
import { prebuiltModule } from '../jvm/started.ts';
import { readPom } from '../maven/pom.ts';
import { moduleOf, parentsOf } from '../maven/reactor.ts';

interface JarFacts {
  readonly directory: string;
  /** The project whose archive is copied, as far as its build file lies in the context. */
  module(directory: string): JvmModule;
}

export const jar = defineEcosystem<JarFacts>({
  name: 'jar',
  title: 'Java',
  reasons: jvmReasons.table,
  claims: claimsJava,
  facts: (project, directory) => {
    const modules = new Map<string, JvmModule>();
    const module = (at: string) => {
      const made = modules.get(at) ?? moduleAt(project, at);
      modules.set(at, made);
      return made;
    };
    return { directory, module };
  },
  describe: () => [],
  role,
  startMode(reading) {
    const command = sourceLaunch(reading);
    return command === undefined
      ? undefined
      : { mode: 'builds-at-start', program: brief(command.argv), evidence: command.evidence };
  },
  dependencyStep: () => notKnown(jvmReasons.explain('no-install')),
  lockedInstalls: () => known([]),
  prune: () => known(undefined),
  artifacts,
  runtime,
  listener: (reading) => jvmListener(reading, module(reading)),
  readsHistory: () => false,
  declaredVersion: ({ project, directory }) => javaVersion(project, directory, 'pom.xml'),
  ignorable: () => [],
});

function moduleAt(project: Project, directory: string): JvmModule {
  const pom = readPom(project, posix.join(directory, 'pom.xml'));
  if (pom !== undefined) return moduleOf(project, pom, parentsOf(project, pom));
  return gradleModule(project, directory) ?? jvmModule(project, directory, []);
}

function compiles(reading: Reading<JarFacts>) {
  return reading.commands.filter((command) => command.owner === 'jar' && command.work.role === 'build');
}

function module(reading: Reading<JarFacts>): JvmModule {
  return reading.facts.module(compiles(reading).length > 0 ? reading.facts.directory : prebuiltModule(reading));
}

/** `javac -d out` writes below `out`, without it beside the sources; `jar cf` writes its file. */
function role(command: PlacedCommand): Work | undefined {
  const program = command.argv[0]?.split('/').at(-1);
  if (program === 'java' && command.argv.some((word) => /^--?version$/.test(word)))
    return { role: 'inspect', writes: [] };
  if (program !== 'javac' && program !== 'jar') return undefined;
  if (program === 'jar' && !/^-?-?(c|create)/.test(command.argv[1] ?? ''))
    return { role: 'files', writes: command.cwd === undefined ? undefined : [command.cwd] };
  const at = command.argv.indexOf('-d');
  const target = program === 'javac' && at > 0 ? command.argv[at + 1] : undefined;
  if (target !== undefined && /[$`]/.test(target)) return { role: 'build', writes: undefined };
  const output = target === undefined ? undefined : resolvePath(command.cwd, target);
  const roots = [command.cwd, output].flatMap((path) => (path === undefined ? [] : [path]));
  return { role: 'build', writes: command.cwd === undefined ? undefined : roots };
}

/** The sources of the context say what an archive does only when it comes from there, or is compiled here. */
function runtime(reading: Reading<JarFacts>): Answer<RuntimeNeeds> {
  const needs = jvmRuntime(reading, module(reading));
  const start = javaStart(reading);
  if (!needs.known || !start.known || start.value.launch.kind !== 'jar') return needs;
  const { path } = start.value.launch;
  const brought = reading.copies.some(
    (copy) =>
      copy.target !== undefined &&
      (isWithin(path, copy.target) || copy.origins.some((origin) => isWithin(path, origin.path))),
  );
  if (brought || compiles(reading).length > 0) return needs;
  return known(
    { ...needs.value, writes: undefined, writesWhy: `${path} does not come from the build context` },
    ...needs.evidence,
  );
}

const jdk = ['the compiler', 'the rest of the JDK'];

/** Nothing is built: every COPY belongs to the running program. */
function artifacts(reading: Reading<JarFacts>): Answer<Artifacts> {
  const own = compiles(reading);
  if (own.length === 0) return known({ paths: [], sourcesToo: true, leaves: [] });
  const start = javaStart(reading);
  const flat = flatClasses(reading);
  if (flat !== undefined && start.known) return known(flat, ...start.evidence, ...own.map(commandEvidence));
  const build: JvmBuild = {
    leaves: [],
    toolChain: jdk,
    roots: [...new Set(own.flatMap((command) => command.work.writes ?? []))],
    dependenciesOf: () => 'beside',
    native: false,
    module: module(reading),
    evidence: own.map(commandEvidence),
  };
  return jvmArtifacts(reading, build);
}

/** Classes without a package, compiled in `/`: every class file of the directory, and nothing else, when no file is read. */
function flatClasses(reading: Reading<JarFacts>): Artifacts | undefined {
  const start = javaStart(reading);
  if (!start.known || start.value.launch.kind !== 'class-path') return undefined;
  const { entries } = start.value.launch;
  if (entries.length !== 1 || entries[0]?.path !== '/') return undefined;
  const own = module(reading);
  const sources = own.sources();
  const texts = sources.files.filter((file) => file.endsWith('.java')).map((file) => reading.project.read(file) ?? '');
  const simple =
    sources.complete &&
    texts.every(
      (text) =>
        !/^\s*package\s/m.test(text) &&
        !/\b(File|Files|Path|Paths|FileReader|FileInputStream|getResource\w*)\b/.test(text),
    );
  return simple ? { paths: [{ path: '/*.class', kind: 'glob' }], leaves: [], toolChain: jdk } : undefined;
}
