/** How a JVM program starts: java(1), "Synopsis" and "Standard options"; scripts that a build writes around it. */
import type { Answer, Evidence } from '../../answer.ts';
import { known, notKnown } from '../../answer.ts';
import { resolvePath } from '../../reading/commands.ts';
import type { Reading } from '../../reading/reading.ts';
import type { StartCommand } from '../../reading/start.ts';
import { jvmReasons } from './reasons.ts';

/** A directory, an archive, or every archive of a directory (`lib/*`). */
export interface ClassPathEntry {
  /** Absolute; the directory for `dir/*`. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
}

export type Launch =
  /** `java -jar FILE`, or an archive that is executable itself. `path` may hold a pattern in its last component. */
  | { readonly kind: 'jar'; readonly path: string; readonly glob: boolean }
  /** `java -cp … Class`, `java -p … -m module`, or a class from the working directory. */
  | { readonly kind: 'class-path'; readonly entries: readonly ClassPathEntry[] }
  /** A program or script that the build made. */
  | { readonly kind: 'launcher'; readonly path: string };

export interface JavaStart {
  readonly launch: Launch;
  readonly evidence: Evidence;
  /** `-Dname=value` and `--name=value` words. */
  readonly properties: ReadonlyMap<string, string>;
  /** Words before the jar or class, and behind it. */
  readonly options: readonly string[];
  readonly args: readonly string[];
}

const valued = new Set([
  '-cp',
  '-classpath',
  '--class-path',
  '-p',
  '--module-path',
  '--upgrade-module-path',
  '--add-modules',
  '--add-opens',
  '--add-exports',
  '--add-reads',
  '--limit-modules',
  '--patch-module',
  '--source',
  '--enable-native-access',
  '--finalization',
]);
const classPathOptions = new Set(['-cp', '-classpath', '--class-path', '-p', '--module-path']);
const servers = new Set(['catalina.sh', 'run.sh', 'startup.sh']);

export function isJava(word: string | undefined): boolean {
  return word === 'java' || word?.endsWith('/java') === true;
}

/** Words of a start or RUN that only a JVM program has. */
export function claimsJava(argv: readonly string[]): boolean {
  const program = argv[0] ?? '';
  return (
    isJava(program) ||
    /(^|\/)(javac|jar)$/.test(program) ||
    program.endsWith('.jar') ||
    argv.slice(0, 2).some((word) => word.endsWith('catalina.sh'))
  );
}

/** A Spring Boot jar that is run to unpack itself (`-Djarmode=layertools … extract`): a step of the build, below where it is run. */
export function unpacksItself(argv: readonly string[]): boolean {
  return isJava(argv[0]) && argv.some((word) => word.startsWith('-Djarmode='));
}

/** Source files given to `java` are compiled in memory when the container starts (JEP 330). */
export function sourceLaunch(reading: Reading): StartCommand | undefined {
  return reading.start.commands.find(
    (command) => isJava(command.argv[0]) && operand(command.argv)?.word.endsWith('.java') === true,
  );
}

/** A word with the variables that the image's own environment sets; `undefined` when it expands anything else. */
export function expanded(reading: Reading, word: string): string | undefined {
  const text = word.replace(
    /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g,
    (whole, braced?: string, plain?: string) => reading.contract.env[braced ?? plain ?? ''] ?? whole,
  );
  return /[$`]/.test(text) ? undefined : text.replace(/^(["'])(.*)\1$/, '$2');
}

/** What the container starts. */
export function javaStart(reading: Reading): Answer<JavaStart> {
  const { explain } = jvmReasons;
  const command = reading.start.commands.findLast((one) => isJava(one.argv[0])) ?? reading.start.main;
  if (command === undefined) return notKnown(explain('not-started'));
  const evidence = { evidence: [command.evidence] };
  if (!isJava(command.argv[0])) return launched(reading, command);
  const main = operand(command.argv);
  if (main === undefined) return notKnown(explain('not-started', undefined, evidence));
  const args = command.argv.slice(main.index + 1);
  const options = command.argv.slice(1, main.index);
  const common = { evidence: command.evidence, properties: properties(command.argv), options, args };
  if (options.some((word) => word.startsWith('@')))
    return notKnown(explain('argument-file', { word: options.find((word) => word.startsWith('@')) ?? '' }, evidence));
  if (main.jar) {
    const launch = jarAt(reading, main.word);
    return launch === undefined
      ? notKnown(explain('jar-variable', { word: main.word }, evidence))
      : known({ ...common, launch }, command.evidence);
  }
  const entries = classPath(reading, options);
  if (entries === undefined) return notKnown(explain('class-path', { command: brief(command.argv) }, evidence));
  return known({ ...common, launch: { kind: 'class-path', entries } }, command.evidence);
}

function launched(reading: Reading, command: StartCommand): Answer<JavaStart> {
  const { explain } = jvmReasons;
  const word = expanded(reading, command.argv[0] ?? '');
  const path =
    word?.includes('/') === true && !servers.has(word.split('/').at(-1) ?? '')
      ? resolvePath(reading.chain.at(-1)?.workdir, word)
      : undefined;
  if (path === undefined || /^\/(usr\/)?s?bin\//.test(path))
    return notKnown(explain('not-started', undefined, { evidence: [command.evidence] }));
  const launch: Launch =
    path.endsWith('.jar') || path.endsWith('.war') ? { kind: 'jar', path, glob: false } : { kind: 'launcher', path };
  const common = {
    evidence: command.evidence,
    properties: properties(command.argv),
    options: [],
    args: command.argv.slice(1),
  };
  return known({ ...common, launch }, command.evidence);
}

/** The jar or class: the first word that is neither an option nor the value of one. A variable on its own stands for options. */
function operand(
  argv: readonly string[],
): { readonly word: string; readonly index: number; readonly jar: boolean } | undefined {
  let jar = false;
  for (let index = 1; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '-jar') jar = true;
    else if (word === '-m' || word === '--module') return { word: argv[index + 1] ?? '', index: index + 1, jar: false };
    else if (valued.has(word)) index++;
    else if (word.startsWith('-') || word.startsWith('@')) continue;
    else if (isOptions(word) && index < argv.length - 1) continue;
    else return { word, index, jar };
  }
  return undefined;
}

/** `$JAVA_OPTS`, `${JAVA_OPTS}`, `"$@"`: expands to any number of options. */
function isOptions(word: string): boolean {
  return /^"?\$(\{?\w*(OPT|ARG|FLAG|AGENT|PARAM|XM)\w*(:?-[^}]*)?\}?|@)"?$/i.test(word);
}

function jarAt(reading: Reading, word: string): Extract<Launch, { kind: 'jar' }> | undefined {
  const text = expanded(reading, word);
  const path = text === undefined ? undefined : resolvePath(reading.chain.at(-1)?.workdir, text);
  if (path === undefined || /[*?[]/.test(path.slice(0, path.lastIndexOf('/')))) return undefined;
  return { kind: 'jar', path, glob: /[*?[]/.test(path) };
}

/** Class and module path, in order; the working directory when there is none. `undefined`: a part of it is not known. */
function classPath(reading: Reading, options: readonly string[]): readonly ClassPathEntry[] | undefined {
  const workdir = reading.chain.at(-1)?.workdir;
  const values: string[] = [];
  options.forEach((word, index) => {
    if (classPathOptions.has(word)) values.push(options[index + 1] ?? '');
    const joined = /^--(?:class|module)-path=(.*)$/.exec(word)?.[1];
    if (joined !== undefined) values.push(joined);
  });
  if (values.length === 0)
    values.push('CLASSPATH' in reading.contract.env ? (reading.contract.env['CLASSPATH'] ?? '$') : '.');
  const entries: ClassPathEntry[] = [];
  for (const value of values) {
    const text = expanded(reading, value);
    if (text === undefined) return undefined;
    for (const part of text.split(':')) {
      const archive = /\.(jar|war|zip)$/i.test(part);
      const path = resolvePath(workdir, part.replace(/\/?\*$/, '') || '.');
      if (path === undefined || /[*?[]/.test(path)) return undefined;
      entries.push({ path, kind: archive ? 'file' : 'directory' });
    }
  }
  return entries;
}

function properties(argv: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const word of argv) {
    const match = /^(?:-D|--)([\w.-]+)=(.*)$/.exec(word);
    if (match?.[1] !== undefined) found.set(match[1], match[2] ?? '');
  }
  return found;
}

export function brief(argv: readonly string[]): string {
  const text = argv.join(' ');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
