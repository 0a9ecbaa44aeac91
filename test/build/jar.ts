/** Contexts with a JAR that is made outside of the image build, so no fixture holds it: the program's, or Gradle's wrapper. */
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, succeeded } from '../../src/verify/process.ts';

export interface JarOptions {
  /** Where the context has it. */
  readonly to: string;
  readonly port: number;
  /** Environment variable that overrides the port, as the fixture's configuration says. */
  readonly variable?: string;
  /** Paths answered with 200. */
  readonly paths?: readonly string[];
  /** Files written at the start, as the fixture's sources do. */
  readonly writes?: readonly string[];
}

/** A JAR to make from sources kept here. */
export interface Jar {
  readonly to: string;
  readonly main: string;
  /** Files and folders of Java sources. */
  readonly sources: readonly string[];
  /** The oldest Java release of the images it is for. */
  readonly release: string;
  readonly properties: string;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export function programJar(options: JarOptions): Jar {
  const properties = propertiesOf(options);
  return { to: options.to, main: 'Program', sources: [here('programs/Program.java')], release: '11', properties };
}

export const gradleWrapper: Jar = {
  to: 'gradle/wrapper/gradle-wrapper.jar',
  main: 'org.gradle.wrapper.GradleWrapperMain',
  sources: [here('programs/GradleWrapperMain.java'), here('engine/spring/org')],
  release: '17',
  properties: '',
};

export const jdkImage = 'eclipse-temurin:21-jdk';

/** A copy of `before` with the JAR in it; the caller removes the folder around it. Needs the stand-in `jdkImage`. */
export async function contextWithJar(before: string, jar: Jar): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dfmigrate-jar-'));
  const [context, work] = [join(folder, 'context'), join(folder, 'work')];
  jar.sources.forEach((source, index) => {
    cpSync(source, join(work, 'sources', String(index), source.split('/').at(-1) ?? ''), { recursive: true });
  });
  writeFileSync(join(work, 'program.properties'), jar.properties);
  const commands = [
    `javac --release ${jar.release} -d classes $(find sources -name '*.java')`,
    'mv program.properties classes/',
    `jar --create --file program.jar --main-class ${jar.main} -C classes .`,
  ];
  const inside = [jdkImage, 'sh', '-ec', commands.join(' && ')];
  const args = ['run', '--rm', '--network', 'none', '-v', `${work}:/work`, '-w', '/work', ...inside];
  const ended = await runProgram({ program: 'docker', args, timeLimitMs: 120_000 });
  if (!succeeded(ended) || !existsSync(join(work, 'program.jar'))) throw new Error(ended.err.slice(-2000));
  cpSync(before, context, { recursive: true });
  mkdirSync(dirname(join(context, jar.to)), { recursive: true });
  copyFileSync(join(work, 'program.jar'), join(context, jar.to));
  rmSync(work, { recursive: true, force: true });
  return context;
}

function propertiesOf({ port, variable, paths, writes }: JarOptions): string {
  const pairs = { port: String(port), variable, paths: paths?.join(' '), writes: writes?.join(' ') };
  return Object.entries(pairs)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
