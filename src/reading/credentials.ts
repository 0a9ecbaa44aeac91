/**
 * Secrets that a single stage takes in, and what a split does with them: those that only installers read stay with the build,
 * keys are not copied into a second stage, and whatever reaches the running image is named.
 */
import { posix } from 'node:path';
import type { Reason } from '../answer.ts';
import type { Copy, Instruction } from '../dockerfile/model.ts';
import { sourceText } from '../dockerfile/rewrite.ts';
import { defineReasons } from '../reason.ts';
import { holdsSecret, isSecretValue, usesSecret, withoutSecrets } from '../secrets.ts';
import { carriedFiles } from './carried.ts';
import { resolvePath } from './commands.ts';
import type { PlacedCopy } from './origins.ts';
import type { Placement, Plan } from './plan.ts';
import type { ReadCommand, Reading } from './reading.ts';
import { fromHome, removedLater } from './removed.ts';

export const credentialReasons = defineReasons('credentials', {
  'left-behind': {
    says: 'only the build reads the credentials that line {line} puts into {path}; they stay in the build stage',
    settle: 'mount them with RUN --mount=type=secret, and no stage holds them',
  },
  'key-repeated': {
    says: 'line {line} puts a key into {path}; whether the running program uses it cannot be told, and a split would copy it into a second stage',
    settle:
      'mount it for the build with RUN --mount=type=ssh or --mount=type=secret, or into the container when it starts',
  },
  'copied-along': {
    says: 'the runtime image gets files with credentials in them, as before: {paths}',
    settle: 'leave it out by the ignore file, or mount it with RUN --mount=type=secret, unless the program reads it',
  },
  'in-environment': {
    says: '{name}, which line {line} sets, looks like a secret; whoever has the runtime image can read it, as before',
    settle: 'pass it when the container starts',
  },
  repeated: {
    says: 'line {line} uses a secret and is repeated in the runtime stage, whose history shows it, as before',
    settle: 'mount it with RUN --mount=type=secret',
  },
} as const);
const { explain } = credentialReasons;

/** Settings of tools that install: their file, and the programs that read it. */
const installers: readonly { readonly file: RegExp; readonly readers: readonly string[] }[] = [
  { file: /(^|\/)\.npmrc$/, readers: ['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'bun', 'bunx', 'node-gyp'] },
  { file: /(^|\/)\.yarnrc(\.yml)?$/, readers: ['yarn', 'yarnpkg'] },
  { file: /(^|\/)(pip\.conf|pip\.ini)$/, readers: ['pip', 'pip3', 'pipx'] },
  { file: /(^|\/)\.pypirc$/, readers: ['twine', 'flit', 'hatch'] },
  { file: /(^|\/)pypoetry\/auth\.toml$/, readers: ['poetry'] },
  { file: /(^|\/)(\.git-credentials|\.gitconfig|\.config\/git\/credentials)$/, readers: ['git', 'go'] },
  { file: /(^|\/)\.m2\/settings\.xml$/, readers: ['mvn', 'mvnw', 'mvnd'] },
  { file: /(^|\/)\.gradle\/(gradle\.properties|init\.gradle)$/, readers: ['gradle', 'gradlew'] },
  { file: /(^|\/)\.cargo\/credentials(\.toml)?$/, readers: ['cargo'] },
  { file: /(^|\/)\.?composer\/auth\.json$/, readers: ['composer'] },
  { file: /(^|\/)NuGet\.Config$/i, readers: ['dotnet', 'nuget'] },
];
/** Subcommands of script runners that install and fetch nothing. */
const running = new Set(['start', 'run', 'run-script', 'restart', 'stop', 'test']);
const keyFile = /(^|\/)(id_(rsa|dsa|ecdsa|ed25519)(_\w+)?|[._]netrc)$/;
const environmentFile = /(^|\/)\.env(\.(?!example|sample|template|dist|test|schema|defaults?)[\w-]+)*$/;
const otherKeyFile = /(^|\/)[\w.-]+\.(key|pem|p12|pfx|jks|keystore)$/;
const elsewhere = /(^|\/)(tests?|__tests__|spec|fixtures?|testdata|examples?|samples?|docs?)\//i;

/**
 * Decides for what would otherwise be repeated in the runtime stage: `build` when it only handles credentials that installers
 * of the build read, or that are removed again; a reason when it is a key; `undefined` when it is neither.
 */
export function keptFromRuntime(
  reading: Reading,
  one: ReadCommand | PlacedCopy,
  programs: ReadonlySet<string>,
): 'build' | Reason | undefined {
  const touched = 'command' in one ? handledPaths(one) : credentialPaths(reading, one);
  if (!touched.some((path) => isInstallerFile(path) || keyFile.test(path))) return undefined;
  const left = pathsLeft(reading, programs);
  if (touched.every((path) => left.has(path)) && !bringsMore(one, touched)) return 'build';
  const key = credentialPaths(reading, one).find((path) => keyFile.test(path) && !left.has(path));
  if (key === undefined) return undefined;
  const { firstLine, span } = one.instruction;
  return explain('key-repeated', { line: firstLine, path: key }, { at: span });
}

function bringsMore(one: ReadCommand | PlacedCopy, paths: readonly string[]): boolean {
  return 'origins' in one && paths.length < one.instruction.sources.length;
}

/** Credential files that need not be in the runtime stage. */
function pathsLeft(reading: Reading, programs: ReadonlySet<string>): ReadonlySet<string> {
  const own = [...reading.commands, ...reading.copies].filter(({ position }) => position.stage === reading.stage);
  return new Set(
    own.flatMap((one) =>
      credentialPaths(reading, one).filter(
        (path) => removedLater(reading, one.instruction.span, [path]) || isInstallerOnly(reading, path, programs),
      ),
    ),
  );
}

/** What a reviewer must know of the secrets in a split. Names and lines, never a value. */
export function credentialNotes(
  reading: Reading,
  planned: Plan,
  isCarried: (path: string) => boolean,
): readonly Reason[] {
  return [
    ...planned.placements.flatMap(({ position, place }) => environmentNotes(position.instruction, place.at)),
    ...planned.placements.flatMap((placement) => repeatedNotes(reading, placement)),
    ...leftBehind(reading, planned, isCarried),
    ...copiedAlong(reading, planned, isCarried),
  ];
}

/** Absolute paths of credential files that a command writes or a COPY brings. */
function credentialPaths(reading: Reading, one: ReadCommand | PlacedCopy): readonly string[] {
  if ('command' in one) return writtenPaths(one).filter((path) => keyFile.test(path) || isGiven(reading, one, path));
  if (one.from !== undefined || one.target === undefined) return [];
  const sources = one.instruction.sources.map(({ value }) => ({ source: value, path: landing(one, value) }));
  const known = one.origins.filter(({ kind }) => kind === 'file');
  return (known.length > 0 ? known : sources)
    .filter(({ source, path }) => holdsCredentials(reading, source, path))
    .map(({ path }) => path);
}

function landing({ target = '/', intoDirectory }: PlacedCopy, source: string): string {
  return intoDirectory ? posix.join(target, posix.basename(source)) : target;
}

/** By its content; a file that is not in the project but copied all the same is kept out of it for a reason. */
function holdsCredentials(reading: Reading, source: string, path: string): boolean {
  if (keyFile.test(path)) return true;
  const named = isInstallerFile(path) || environmentFile.test(path) || otherKeyFile.test(path);
  const content = named ? reading.project.read(source) : undefined;
  if (content !== undefined) return holdsSecret(content) || hasXmlPassword(content);
  return isInstallerFile(path) && reading.project.kind(source) === undefined;
}

function hasXmlPassword(content: string): boolean {
  return (
    /<(?:password|ClearTextPassword|passphrase)\b[^>]*>\s*[^<$\s]/i.test(content) ||
    /key="ClearTextPassword"/i.test(content)
  );
}

function isInstallerFile(path: string): boolean {
  return installers.some(({ file }) => file.test(path));
}

const changing = new Set(['chmod', 'chown', 'touch', 'rm', 'sed', 'truncate']);

/** What a command writes, changes or removes, as far as that is a file of interest here. */
function handledPaths(one: ReadCommand): readonly string[] {
  const words = changing.has(one.argv[0] ?? '') ? one.argv.slice(1) : [];
  const named = words.flatMap((word) => resolvePath(one.cwd, fromHome(word)) ?? []);
  return [...writtenPaths(one), ...named.filter((path) => isInstallerFile(path) || keyFile.test(path))];
}

/** Targets of redirections, and of `tee`; `~` is root's home. */
function writtenPaths(one: ReadCommand): readonly string[] {
  const redirected = one.command.redirects
    .filter(({ operator }) => operator.startsWith('>'))
    .flatMap(({ target }) => (target === undefined ? [] : [target.value ?? target.raw.replace(/^"|"$/g, '')]));
  const tee = one.argv[0] === 'tee' ? one.argv.slice(1).filter((word) => !word.startsWith('-')) : [];
  const isGit = one.argv[0] === 'git' && one.argv[1] === 'config' && one.argv.includes('--global');
  const named = [...redirected, ...tee, ...(isGit ? ['~/.gitconfig'] : [])].flatMap(
    (path) => resolvePath(one.cwd, fromHome(path)) ?? [],
  );
  return named.filter((path) => !path.startsWith('/dev/'));
}

/** The instruction gives an installer something to identify itself with. */
function isGiven(reading: Reading, { instruction }: ReadCommand, path: string): boolean {
  if (!isInstallerFile(path)) return false;
  return mentionsSecret(sourceText(reading.file, instruction));
}

function mentionsSecret(text: string): boolean {
  return usesSecret(text) || /_auth(?:Token)?\b|_password\b/i.test(text) || withoutSecrets(text, '*') !== text;
}

/** None of the programs that read the file runs in the image, or they only start a script there. */
function isInstallerOnly(reading: Reading, path: string, programs: ReadonlySet<string>): boolean {
  const readers = installers.find(({ file }) => file.test(path))?.readers;
  if (readers === undefined) return false;
  const called = readers.filter((name) => programs.has(name));
  const starts = reading.start.commands.map(({ argv }) => [argv[0]?.split('/').at(-1), argv[1]] as const);
  return called.every((name) => {
    const own = starts.filter(([program]) => program === name);
    return path.endsWith('.npmrc') && own.length > 0 && own.every(([, word]) => running.has(word ?? ''));
  });
}

function environmentNotes(instruction: Instruction, at: Placement['place']['at']): readonly Reason[] {
  if (instruction.keyword !== 'ENV' || at === 'build') return [];
  return instruction.pairs
    .filter(({ key, value }) => isSecretValue(key, value))
    .map(({ key }) => explain('in-environment', { name: key, line: instruction.firstLine }, { at: instruction.span }));
}

function repeatedNotes(reading: Reading, { position: { instruction }, place }: Placement): readonly Reason[] {
  if (instruction.keyword !== 'RUN' || place.at !== 'both') return [];
  const text = place.text ?? sourceText(reading.file, instruction);
  return usesSecret(text) || withoutSecrets(text, '*') !== text
    ? [explain('repeated', { line: instruction.firstLine }, { at: instruction.span })]
    : [];
}

type Carries = (path: string) => boolean;

function inBuild({ placements }: Plan, instruction: Instruction): boolean {
  return placements.some(
    ({ position, place }) =>
      position.instruction === instruction &&
      (place.at === 'build' || (place.at === 'both' && place.text !== undefined)),
  );
}

function leftBehind(reading: Reading, planned: Plan, isCarried: Carries): readonly Reason[] {
  return [...reading.commands, ...reading.copies]
    .filter(({ instruction, position }) => position.stage === reading.stage && inBuild(planned, instruction))
    .flatMap((one) =>
      credentialPaths(reading, one)
        .filter((path) => !isCarried(path) && !removedLater(reading, one.instruction.span, [path]))
        .map((path) => explain('left-behind', { line: one.instruction.firstLine, path }, { at: one.instruction.span })),
    );
}

/** Files with credentials that stand in what is copied from the build, or in a COPY of the runtime stage. */
function copiedAlong(reading: Reading, planned: Plan, isCarried: Carries): readonly Reason[] {
  const found: { readonly path: string; readonly line: number }[] = [];
  const add = (path: string, { firstLine, span }: Copy | ReadCommand['instruction']): void => {
    if (!removedLater(reading, span, [path])) found.push({ path, line: firstLine });
  };
  for (const { context, path, copy } of carriedFiles(reading, [reading.stage]) ?? []) {
    const stays = inBuild(planned, copy.instruction);
    if (elsewhere.test(context) || (stays && !isCarried(path))) continue;
    if (reading.project.read(context) !== undefined && holdsCredentials(reading, context, path))
      add(path, copy.instruction);
  }
  for (const command of reading.commands)
    for (const path of command.position.stage === reading.stage ? credentialPaths(reading, command) : [])
      if (isCarried(path)) add(path, command.instruction);
  if (found.length === 0) return [];
  const named = [...new Map(found.map((one) => [one.path, one])).values()];
  const shown = named.slice(0, mostNamed).map(({ path, line }) => `${path} (line ${line})`);
  const more = named.length > mostNamed ? [`${named.length - mostNamed} more`] : [];
  return [explain('copied-along', { paths: [...shown, ...more].join(', ') })];
}

const mostNamed = 3;
