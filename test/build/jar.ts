/** Contexts with the JAR that a fixture's Dockerfile copies: made outside of the image build, so no fixture holds it. */
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

const program = fileURLToPath(new URL('programs/Program.java', import.meta.url));
/** The oldest release that a fixture's image has. */
const release = '11';

/** A copy of `before` with the JAR in it; the caller removes the folder. Needs the stand-in `jdkImage`. */
export async function contextWithJar(before: string, jar: JarOptions): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dfmigrate-jar-'));
  const [context, work] = [join(folder, 'context'), join(folder, 'work')];
  mkdirSync(work);
  copyFileSync(program, join(work, 'Program.java'));
  writeFileSync(join(work, 'program.properties'), propertiesOf(jar));
  const commands = `javac --release ${release} -d . Program.java && jar --create --file program.jar --main-class Program *.class program.properties`;
  const args = [
    'run',
    '--rm',
    '--network',
    'none',
    '-v',
    `${work}:/work`,
    '-w',
    '/work',
    jdkImage,
    'sh',
    '-c',
    commands,
  ];
  const ended = await runProgram({ program: 'docker', args, timeLimitMs: 120_000 });
  if (!succeeded(ended) || !existsSync(join(work, 'program.jar'))) throw new Error(ended.err.slice(-2000));
  cpSync(before, context, { recursive: true });
  mkdirSync(dirname(join(context, jar.to)), { recursive: true });
  copyFileSync(join(work, 'program.jar'), join(context, jar.to));
  rmSync(work, { recursive: true, force: true });
  return context;
}

export const jdkImage = 'eclipse-temurin:21-jdk';

function propertiesOf({ port, variable, paths, writes }: JarOptions): string {
  const pairs = { port: String(port), variable, paths: paths?.join(' '), writes: writes?.join(' ') };
  return Object.entries(pairs)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
