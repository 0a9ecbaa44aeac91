/** Command lines of `mvn` and the wrapper (Maven CLI options reference). */
import { posix } from 'node:path';
import type { PlacedCommand } from '../../reading/commands.ts';
import { resolvePath } from '../../reading/commands.ts';

export interface MavenOption {
  /** `-P`, `--settings`, `-DskipTests`. */
  readonly name: string;
  /** The next word, or what stands behind `=`. */
  readonly value: string | undefined;
  /** As written. */
  readonly words: readonly string[];
}

export interface MavenCommand {
  readonly program: string;
  readonly goals: readonly string[];
  readonly options: readonly MavenOption[];
}

const valued = new Set([
  '-s',
  '--settings',
  '-gs',
  '--global-settings',
  '-f',
  '--file',
  '-P',
  '--activate-profiles',
  '-pl',
  '--projects',
  '-D',
  '--define',
  '-T',
  '--threads',
  '-l',
  '--log-file',
  '-rf',
  '--resume-from',
  '-b',
  '--builder',
  '-t',
  '--toolchains',
  '-gt',
  '--global-toolchains',
  '-is',
  '-ps',
  '--color',
]);

export function isMaven(word: string | undefined): boolean {
  return /(^|\/)mvnw?d?(\.cmd)?$/.test(word ?? '');
}

/** Splits the words behind the program; `sh mvnw …` and `./mvnw …` read alike. */
export function mavenCommand(command: PlacedCommand): MavenCommand | undefined {
  const at = /^(ba)?sh$/.test(command.argv[0] ?? '') && isMaven(command.argv[1]) ? 1 : 0;
  if (!isMaven(command.argv[at])) return undefined;
  const raw = command.command.words.slice(command.command.words.length - command.argv.length).map((word) => word.raw);
  const goals: string[] = [];
  const options: MavenOption[] = [];
  for (let i = at + 1; i < command.argv.length; i++) {
    const word = command.argv[i] ?? '';
    if (!word.startsWith('-')) goals.push(word);
    else if (valued.has(word)) {
      options.push({ name: word, value: command.argv[i + 1], words: [raw[i] ?? word, raw[i + 1] ?? ''] });
      i++;
    } else {
      const joined = /^(--[\w-]+)=(.*)$/.exec(word);
      options.push({ name: joined?.[1] ?? word, value: joined?.[2], words: [raw[i] ?? word] });
    }
  }
  return { program: raw.slice(0, at + 1).join(' '), goals, options };
}

export function optionOf(command: MavenCommand, ...names: readonly string[]): MavenOption | undefined {
  return command.options.find((option) => names.includes(option.name));
}

/** Image directory of the POM that is built; `undefined`: not known. */
export function buildDirectory(placed: PlacedCommand, command: MavenCommand): string | undefined {
  const file = optionOf(command, '-f', '--file')?.value;
  if (file === undefined) return placed.cwd;
  if (/[$`]/.test(file)) return undefined;
  const path = resolvePath(placed.cwd, file);
  return path?.endsWith('.xml') === true ? posix.dirname(path) : path;
}

const downloads =
  /^(dependency:(go-offline|resolve|resolve-plugins|resolve-sources|sources|copy-dependencies)|.*:go-offline|.*go-offline-maven-plugin.*|de\.qaware\.maven:.*)$/;

export function isDownload(command: MavenCommand): boolean {
  return (
    command.goals.length > 0 &&
    command.goals.every((goal) => downloads.test(goal) || goal === 'clean') &&
    command.goals.some((goal) => downloads.test(goal))
  );
}

/** Looks at things and writes nothing. */
export function isInspection(command: MavenCommand): boolean {
  const asks = command.options.some((option) => /^(-v|--version|-version|-h|--help)$/.test(option.name));
  return (
    asks ||
    (command.goals.length > 0 &&
      command.goals.every((goal) =>
        /^(clean|validate|help:.*|wrapper:wrapper|versions:display.*|dependency:(tree|list|analyze))$/.test(goal),
      ))
  );
}
