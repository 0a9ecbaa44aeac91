/** Command lines of `gradle` and the wrapper (Gradle command-line interface reference). */
import type { PlacedCommand } from '../../reading/commands.ts';
import { resolvePath } from '../../reading/commands.ts';

export interface GradleCommand {
  /** As written, `sh` included. */
  readonly program: string;
  /** Task names without their project path. */
  readonly tasks: readonly string[];
  /** Project paths of the tasks (`apache:shadowJar` is `apache`). */
  readonly projects: readonly string[];
  readonly options: readonly {
    readonly name: string;
    readonly value: string | undefined;
    readonly words: readonly string[];
  }[];
}

const valued = new Set([
  '-p',
  '--project-dir',
  '-b',
  '--build-file',
  '-c',
  '--settings-file',
  '-x',
  '--exclude-task',
  '-g',
  '--gradle-user-home',
  '-I',
  '--init-script',
  '--include-build',
  '--tests',
  '--project-cache-dir',
  '--max-workers',
  '--warning-mode',
  '--console',
]);

export function isGradle(word: string | undefined): boolean {
  return /(^|\/)gradlew?(\.bat)?$/.test(word ?? '');
}

export function gradleCommand(command: PlacedCommand): GradleCommand | undefined {
  const at = /^(ba)?sh$/.test(command.argv[0] ?? '') && isGradle(command.argv[1]) ? 1 : 0;
  if (!isGradle(command.argv[at])) return undefined;
  const raw = command.command.words.slice(command.command.words.length - command.argv.length).map((word) => word.raw);
  const names: string[] = [];
  const options: { name: string; value: string | undefined; words: readonly string[] }[] = [];
  for (let i = at + 1; i < command.argv.length; i++) {
    const word = command.argv[i] ?? '';
    if (!word.startsWith('-')) names.push(word);
    else if (valued.has(word)) {
      options.push({ name: word, value: command.argv[i + 1], words: [raw[i] ?? word, raw[i + 1] ?? ''] });
      i++;
    } else {
      const joined = /^(--[\w-]+)=(.*)$/.exec(word);
      options.push({ name: joined?.[1] ?? word, value: joined?.[2], words: [raw[i] ?? word] });
    }
  }
  const parts = names.map((name) => name.replace(/^:/, '').split(':'));
  return {
    program: raw.slice(0, at + 1).join(' '),
    tasks: parts.map((part) => part.at(-1) ?? ''),
    projects: parts.flatMap((part) => (part.length > 1 ? [part.slice(0, -1).join('/')] : [])),
    options,
  };
}

/** Image directory of the build; `undefined`: not known. */
export function buildDirectory(placed: PlacedCommand, command: GradleCommand): string | undefined {
  const directory = command.options.find((option) => option.name === '-p' || option.name === '--project-dir')?.value;
  if (directory === undefined) return placed.cwd;
  return /[$`]/.test(directory) ? undefined : resolvePath(placed.cwd, directory);
}

const looking = /^(dependencies|tasks|projects|properties|help|wrapper|clean|buildEnvironment|--version|-v)$/;

export function isDownload(command: GradleCommand): boolean {
  return (
    command.tasks.length > 0 &&
    command.tasks.every((task) =>
      /^(dependencies|resolveDependencies|downloadDependencies|cacheDependencies|dependencyReport)$/.test(task),
    )
  );
}

export function isInspection(command: GradleCommand): boolean {
  const asks = command.options.some((option) => /^(-v|--version|-h|--help|--stop|--status)$/.test(option.name));
  return asks || (command.tasks.length > 0 && command.tasks.every((task) => looking.test(task)));
}
