/** What of a JVM build has to be in the runtime stage: the started archive or directories, and what the program reads from its working directory. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Artifact, Artifacts } from '../ecosystem.ts';
import type { JvmModule } from './module.ts';
import { jvmReasons } from './reasons.ts';
import { expanded, type JavaStart, javaStart } from './start.ts';

/** What the build tool knows of its build. */
export interface JvmBuild {
  readonly leaves: readonly string[];
  readonly toolChain: readonly string[];
  /** Image directories in which this build works. */
  readonly roots: readonly string[];
  /** Where a jar's dependencies are: in it, in the directory it lies in, or somewhere else. */
  dependenciesOf(jar: string): 'inside' | 'beside' | 'elsewhere';
  /** A native executable is compiled. */
  readonly native: boolean;
  readonly module: JvmModule;
  readonly evidence: readonly Evidence[];
}

const { explain } = jvmReasons;
/** Directories of the system: what the build put among their files cannot be told from the rest. */
const shared = new Set([
  '/',
  '/root',
  '/home',
  '/usr',
  '/usr/src',
  '/usr/local',
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
  '/opt',
  '/etc',
  '/var',
  '/tmp',
  '/srv',
  '/lib',
  '/usr/lib',
  '/home/gradle',
  '/mnt',
]);

/** Exact paths where they are proved, else the whole working directory, else the reason why neither is possible. */
export function jvmArtifacts(reading: Reading, build: JvmBuild): Answer<Artifacts> {
  const start = javaStart(reading);
  if (!start.known)
    return start.why.code === 'jvm/class-path' || start.why.code === 'jvm/argument-file'
      ? (wholeFolder(reading, build) ?? start)
      : start;
  const main = started(reading, start.value, build);
  const whole = () =>
    wholeFolder(reading, build, main) ??
    notKnown(explain('no-folder', { path: reading.chain.at(-1)?.workdir ?? '/' }, { evidence: start.evidence }));
  if (main === 'whole') return whole();
  const lost = main.find((artifact) => !written(reading, build, artifact.path));
  if (lost !== undefined) return notKnown(explain('not-built', { path: lost.path }, { evidence: start.evidence }));
  const beside = readBeside(reading, start.value, build);
  if (beside === undefined) return whole();
  const paths = withoutNested([...main, ...beside.map((one) => one.artifact)]);
  const evidence = [...start.evidence, ...build.evidence, ...beside.map((one) => one.evidence)];
  return known({ paths, roots: build.roots, leaves: build.leaves, toolChain: build.toolChain }, ...evidence);
}

/** The artifacts that the start command names; `whole`: what it needs is not a list. */
function started(reading: Reading, start: JavaStart, build: JvmBuild): readonly Artifact[] | 'whole' {
  const { launch } = start;
  if (launch.kind === 'class-path') {
    const entries = launch.entries.filter((entry) => !carriedCopy(reading, build, entry.path));
    const open = entries.some((entry) => shared.has(entry.path) || !witnessed(reading, build, entry.path));
    return open ? 'whole' : entries;
  }
  if (launch.kind === 'launcher') return launcher(launch.path, build);
  const place = build.dependenciesOf(launch.path);
  if (place === 'inside') return [{ path: launch.path, kind: launch.glob ? 'glob' : 'file' }];
  const directory = posix.dirname(launch.path);
  return place === 'elsewhere' || shared.has(directory) ? 'whole' : [{ path: directory, kind: 'directory' }];
}

/** Directories that every build of these tools makes, and the layers of an unpacked Spring Boot jar. */
const made =
  /\/(target|build|out|classes|bin)(\/|$)|\/(application|dependencies|snapshot-dependencies|spring-boot-loader)$/;

/** A class path may name what is not there, a COPY may not: some command or COPY has to speak for it. */
function witnessed(reading: Reading, build: JvmBuild, path: string): boolean {
  if (made.test(path) && build.roots.some((root) => isWithin(path, root))) return true;
  const evidence = { file: 'Dockerfile', says: path };
  if (fromContext(reading, build, path, evidence) !== undefined) return true;
  return reading.commands.some(
    (command) =>
      command.work.writes?.some((one) => one === path || (one !== command.cwd && isWithin(path, one))) === true,
  );
}

/** A start script lies in `bin/` of its distribution (Gradle `installDist`, appassembler, jlink); a native program stands alone. */
function launcher(path: string, build: JvmBuild): readonly Artifact[] | 'whole' {
  if (build.native && build.module.sources().fonts === undefined) return [{ path, kind: 'file' }];
  const home = /^(.*\/[^/]+)\/bin\/[^/]+$/.exec(path)?.[1];
  return home === undefined || shared.has(home) ? 'whole' : [{ path: home, kind: 'directory' }];
}

/** A COPY that is repeated in the runtime stage brings it. */
function carriedCopy(reading: Reading, build: JvmBuild, path: string): boolean {
  return reading.copies.some(
    (copy) =>
      copy.position.stage === reading.stage &&
      copy.target !== undefined &&
      copy.target !== '/' &&
      isWithin(path, copy.target) &&
      !build.roots.some((root) => isWithin(path, root) || isWithin(copy.target ?? '/', root)),
  );
}

/** Some command of the build may have written it: the build itself, or one that places files. */
function written(reading: Reading, build: JvmBuild, path: string): boolean {
  if (build.roots.some((root) => root !== '/' && isWithin(path, root))) return true;
  if (build.roots.includes('/') && /^\/(?:[\w.-]+\/)*(target|build|out)\//.test(path)) return true;
  return reading.commands.some(
    (command) =>
      (command.work.role === 'files' || command.work.role === 'download') &&
      command.work.writes?.some((one) => one === path || isWithin(path, one)) === true,
  );
}

function wholeFolder(
  reading: Reading,
  build: JvmBuild,
  main: readonly Artifact[] | 'whole' = 'whole',
): Answer<Artifacts> | undefined {
  const workdir = reading.chain.at(-1)?.workdir;
  const root = build.roots.find((one) => workdir !== undefined && (isWithin(workdir, one) || isWithin(one, workdir)));
  if (workdir === undefined || root === undefined) return undefined;
  const path = isWithin(workdir, root) ? root : workdir;
  if (shared.has(path)) return undefined;
  const others = main === 'whole' ? [] : main.filter((artifact) => !isWithin(artifact.path, path));
  const evidence = reading.start.main === undefined ? [] : [reading.start.main.evidence];
  return known(
    {
      paths: [{ path, kind: 'directory' }, ...others],
      roots: build.roots,
      leaves: build.leaves.filter((one) => one !== 'the sources'),
      toolChain: build.toolChain,
    },
    ...evidence,
    ...build.evidence,
  );
}

interface Found {
  readonly artifact: Artifact;
  readonly evidence: Evidence;
}

/** Names of a project's directory that only builds, editors and people read, and that programs name for other reasons. */
const buildInputs =
  /^(src|target|build|out|bin|gradle|buildSrc|test|tests|docs?|pom\.xml|mvnw.*|gradlew.*|(build|settings)\.gradle(\.kts)?|gradle\.properties|.*[Dd]ockerfile.*|.*compose.*\.ya?ml|README.*|LICENSE.*|.*\.md|\.git.*|\.idea|\.vscode|\.mvn|\.gradle|\.dockerignore|\.editorconfig|Jenkinsfile|\.travis\.yml|node_modules|k8s|helm|.*\.iml)$/;

/** What frameworks look for in the working directory: Spring Boot ("External Application Properties", `DocumentRoot`), Quarkus, Jooby, Play. */
const conventions: readonly (readonly [dependency: RegExp, name: RegExp])[] = [
  [/^spring-boot/, /^(config|application[\w.-]*\.(properties|ya?ml)|public|static)$/],
  [/^quarkus/, /^(config|\.env)$/],
  [/^micronaut/, /^(config|application[\w.-]*\.(properties|ya?ml))$/],
  [/^jooby/, /^(conf|public)$/],
  [/^vertx/, /^(conf|webroot)$/],
];

/** Files of the context that the program reads from where it stands; `undefined`: its sources cannot all be read. */
function readBeside(reading: Reading, start: JavaStart, build: JvmBuild): readonly Found[] | undefined {
  const sources = build.module.sources();
  const named = namedFiles(reading, start, build);
  if (!sources.complete || readsVariables(reading, build)) return undefined;
  const found = [...named];
  const outside = openedFromOutside(reading, build.module);
  for (const { path, context } of candidates(reading, build)) {
    const name = posix.basename(context);
    const evidence =
      reasonToKeep(build.module, name, context) ??
      (buildInputs.test(name) || name.startsWith('.') ? undefined : outside);
    if (evidence !== undefined) found.push({ artifact: artifactAt(reading.project, context, path), evidence });
  }
  for (const own of sources.ownPaths) {
    const kept = ownPath(reading, build, own);
    if (kept !== undefined) found.push(kept);
  }
  return found;
}

/** A dotenv library reads `.env`, which no commit has to have: whoever builds may have it, and then the image has it. */
function readsVariables({ project }: Reading, { module }: JvmBuild): boolean {
  return (
    module.dependencies.some(({ name }) => /dotenv/.test(name)) && project.sends(posix.join(module.directory, '.env'))
  );
}

/** A path that the image's environment and the settings leave open may be any file of the project. */
function openedFromOutside({ contract }: Reading, module: JvmModule): Evidence | undefined {
  const settings = module.settings();
  return module
    .sources()
    .pathsFromOutside.find(
      ({ name }) => contract.env[name] === undefined && !settings.some(({ key }) => key === name.toLowerCase()),
    )?.evidence;
}

function reasonToKeep(module: JvmModule, name: string, context: string): Evidence | undefined {
  const byConvention = conventions.find(
    ([dependency, names]) => names.test(name) && module.dependencies.some((one) => dependency.test(one.name)),
  );
  if (byConvention !== undefined) return { file: context, says: 'read from the working directory' };
  return buildInputs.test(name) ? undefined : module.sources().names(name);
}

/** Entries of the context that stand in the directories of this build, one level deep in the project and in its module. */
function candidates(reading: Reading, build: JvmBuild): readonly { readonly path: string; readonly context: string }[] {
  const { project } = reading;
  const found: { path: string; context: string }[] = [];
  for (const copy of reading.copies) {
    if (copy.from !== undefined || copy.position.stage !== reading.stage) continue;
    for (const origin of copy.origins) {
      const holds = build.roots.some((root) => isWithin(root, origin.path));
      const inside = build.roots.some((root) => isWithin(origin.path, root));
      if (origin.kind === 'directory' && (holds || origin.source === '')) {
        const { directory } = build.module;
        const below =
          directory !== '' && (origin.source === '' || directory.startsWith(`${origin.source}/`)) ? [directory] : [];
        for (const parent of [origin.source, ...below]) {
          for (const name of project.list(parent)) {
            const context = posix.join(parent, name);
            if (project.sends(context))
              found.push({ context, path: posix.join(origin.path, posix.relative(origin.source, context)) });
          }
        }
      } else if (inside) found.push({ context: origin.source, path: origin.path });
    }
  }
  return found;
}

function artifactAt(project: Project, context: string, path: string): Artifact {
  return { path, kind: project.kind(context) === 'directory' ? 'directory' : 'file' };
}

/** A path below `src/` that a string of the program names, when it exists: the longest part that does. */
function ownPath(reading: Reading, build: JvmBuild, own: string): Found | undefined {
  const { module } = build;
  let part = own.replace(/[/.]+$/, '');
  while (part.includes('/') && reading.project.kind(posix.join(module.directory, part)) === undefined)
    part = posix.dirname(part);
  if (!part.includes('/') || /^src\/(test|it|main\/(java|kotlin|groovy|scala))(\/|$)/.test(part)) return undefined;
  return locate(reading, build, posix.join(module.directory, part), {
    file: module.directory === '' ? 'src' : `${module.directory}/src`,
    says: `a source names ${own}`,
  });
}

function locate(reading: Reading, build: JvmBuild, context: string, evidence: Evidence): Found | undefined {
  for (const copy of reading.copies) {
    if (copy.from !== undefined || copy.position.stage !== reading.stage) continue;
    for (const origin of copy.origins) {
      const inside = origin.source === '' || context === origin.source || context.startsWith(`${origin.source}/`);
      if (!inside) continue;
      const path = posix.join(origin.path, posix.relative(origin.source, context));
      if (build.roots.some((root) => isWithin(path, root)))
        return { artifact: artifactAt(reading.project, context, path), evidence };
    }
  }
  return undefined;
}

/** Files and directories of the project that a word of the start command or a variable of the image points at. */
function namedFiles(reading: Reading, start: JavaStart, build: JvmBuild): readonly Found[] {
  const workdir = reading.chain.at(-1)?.workdir;
  const values = Object.values(reading.contract.env).flatMap((value) => (value === undefined ? [] : [value]));
  const words = [
    ...reading.start.commands.flatMap(({ argv }) => (argv[0]?.includes('/') === true ? argv : argv.slice(1))),
    ...start.options,
    ...values,
  ];
  words.push(...reading.start.scripts.flatMap(({ script }) => script.reads.flatMap(({ path }) => path ?? [])));
  const found: Found[] = [];
  for (const word of words) {
    for (const part of (expanded(reading, word) ?? '').split(/[=:,\s]+/)) {
      const plain = part.replace(/^["']+|["']+$/g, '');
      const path =
        !/[/.]/.test(plain) || plain.startsWith('-') || plain === '.' ? undefined : resolvePath(workdir, plain);
      if (path === undefined || found.some((one) => one.artifact.path === path)) continue;
      const kept =
        fromContext(reading, build, path, { ...start.evidence, says: plain }) ??
        agent(build, word, path, start.evidence);
      if (kept !== undefined) found.push(kept);
    }
  }
  return found;
}

/** `-javaagent:` and `-agentpath:` may name what the build itself made. */
function agent(build: JvmBuild, word: string, path: string, evidence: Evidence): Found | undefined {
  if (!/^-(javaagent|agentpath):/.test(word) || !/\.(jar|so)$/.test(path)) return undefined;
  return build.roots.some((root) => root !== '/' && isWithin(path, root))
    ? { artifact: { path, kind: 'file' }, evidence }
    : undefined;
}

function fromContext(reading: Reading, build: JvmBuild, path: string, evidence: Evidence): Found | undefined {
  for (const copy of reading.copies.toReversed()) {
    if (copy.from !== undefined || copy.position.stage !== reading.stage) continue;
    for (const origin of copy.origins) {
      if (!isWithin(path, origin.path)) continue;
      const context = posix.join(origin.source, posix.relative(origin.path, path)).replace(/^\.$/, '');
      if (context === '' || reading.project.kind(context) === undefined || !reading.project.sends(context)) continue;
      if (!build.roots.some((root) => isWithin(path, root)) || /(^|\/)(target|build)(\/|$)/.test(context))
        return undefined;
      return { artifact: artifactAt(reading.project, context, path), evidence };
    }
  }
  return undefined;
}

/** Without what lies in a directory that is copied anyway, and without doubles. */
function withoutNested(artifacts: readonly Artifact[]): readonly Artifact[] {
  return artifacts.filter((one, index) => {
    const double = artifacts.findIndex((other) => other.path === one.path && other.kind === one.kind) < index;
    return (
      !double &&
      !artifacts.some(
        (other) =>
          other !== one && other.kind === 'directory' && other.path !== one.path && isWithin(one.path, other.path),
      )
    );
  });
}
