/**
 * What package managers leave behind in the layer that used them, and the change of their command that avoids it.
 * Sources: apt-get(8), apk(8) and the cache page of the Alpine wiki, dnf(8), yum(8), microdnf(8).
 */
import type { Edit } from '../dockerfile/edit.ts';
import type { Instruction, Run } from '../dockerfile/model.ts';
import { mountFields } from '../dockerfile/mount.ts';
import { lineage } from '../dockerfile/stages.ts';
import { commandsOf } from '../shell/instruction.ts';
import type { PlacedCommand } from './commands.ts';
import { osAction } from './os-packages.ts';
import type { ReadCommand, Reading } from './reading.ts';

/** `manager` is the program that makes the cache. */
export type CacheFinding =
  | { readonly kind: 'clean'; readonly manager: string; readonly run: Run; readonly edit: Edit; readonly what: string }
  | { readonly kind: 'relied'; readonly manager: string; readonly run: Run; readonly by: Instruction }
  | { readonly kind: 'own-layer'; readonly manager: string; readonly run: Run }
  | { readonly kind: 'unclear'; readonly manager: string; readonly run: Run };

/** One finding per RUN of the shipped stage whose package manager leaves something behind; in source order. */
export function cacheFindings(reading: Reading): readonly CacheFinding[] {
  const stages = new Set(reading.chain.map((position) => position.stage));
  const runs = new Map<Run, ReadCommand[]>();
  for (const command of reading.commands) {
    if (!stages.has(command.position.stage) || command.instruction.keyword !== 'RUN') continue;
    runs.set(command.instruction, [...(runs.get(command.instruction) ?? []), command]);
  }
  return [...runs].flatMap(([run, commands]) => {
    if (hasCacheMount(run)) return [];
    return apt(reading, run, commands) ?? apk(reading, run, commands) ?? rpm(reading, run, commands) ?? [];
  });
}

/** A cache mount takes what the package manager keeps, so the layer gets nothing of it (Dockerfile reference, `RUN --mount`). */
export function hasCacheMount(run: Instruction): boolean {
  return run.flags.some(
    (flag) =>
      flag.name === 'mount' &&
      mountFields(flag.value ?? '').some(({ key, value }) => key === 'type' && value === 'cache'),
  );
}

function programOf(command: PlacedCommand): string {
  const word = command.argv[0] ?? '';
  return word.slice(word.lastIndexOf('/') + 1);
}

/** Verb of a package manager's command line: its first word that is no option. */
function verbOf(command: PlacedCommand): string {
  return command.argv.slice(1).find((word) => !word.startsWith('-')) ?? '';
}

const aptPrograms: ReadonlySet<string> = new Set(['apt-get', 'apt', 'aptitude']);
const aptWithoutLists: ReadonlySet<string> = new Set([
  ...['update', 'clean', 'autoclean', 'distclean', 'autoremove', 'remove', 'purge', 'list', 'download', 'help', ''],
]);

function apt(reading: Reading, run: Run, commands: readonly ReadCommand[]): CacheFinding[] | undefined {
  const own = commands.filter((command) => aptPrograms.has(programOf(command)));
  if (own.length === 0) return undefined;
  const manager = programOf(own[0] as ReadCommand);
  const updates = own.some((command) => verbOf(command) === 'update');
  if (commands.some(removesLists)) return [];
  const uses = own.some((command) => !aptWithoutLists.has(verbOf(command)));
  if (!updates) return uses ? [{ kind: 'own-layer', manager, run }] : [];
  if (!uses) return [];
  const by = relies(reading, run, usesAptLists, /\bapt(-get|itude|-cache)?\b/);
  if (by !== undefined) return [{ kind: 'relied', manager, run, by }];
  return [appended(reading, run, commands, own, 'rm -rf /var/lib/apt/lists/*', manager, 'the package lists')];
}

/** `rm` or `find -delete` of anything in /var/lib, however the path is written. */
function removesLists(command: PlacedCommand): boolean {
  return command.command.words.some((word) => /\/var\/(lib|\{)/.test(word.raw));
}

function usesAptLists(commands: readonly PlacedCommand[]): boolean {
  let fresh = false;
  for (const command of commands) {
    const program = programOf(command);
    if (program === 'apt-cache' && !fresh) return true;
    if (!aptPrograms.has(program)) continue;
    if (verbOf(command) === 'update') fresh = true;
    else if (!fresh && !aptWithoutLists.has(verbOf(command))) return true;
  }
  return false;
}

function apk(reading: Reading, run: Run, commands: readonly ReadCommand[]): CacheFinding[] | undefined {
  const own = commands.filter((command) => programOf(command) === 'apk');
  if (own.length === 0) return undefined;
  if (
    commands.some((command) =>
      command.command.words.some((word) => /\/var\/cache\/apk|\/var\/cache\/\*/.test(word.raw)),
    )
  )
    return [];
  const by = relies(reading, run, usesApkIndex, /\bapk\b/);
  const left = { manager: 'apk', run };
  if (own.some((command) => verbOf(command) === 'update')) {
    if (by !== undefined) return [{ kind: 'relied', ...left, by }];
    return [appended(reading, run, commands, own, 'rm -rf /var/cache/apk/*', 'apk', 'the package index')];
  }
  const keeping = own.filter((command) => verbOf(command) === 'add' && !command.argv.includes('--no-cache'));
  if (keeping.length === 0) return [];
  if (by !== undefined) return [{ kind: 'relied', ...left, by }];
  const edits = keeping.map((command) => behindVerb(command, 'add', '--no-cache'));
  const known = edits.filter((edit) => edit !== undefined);
  if (known.length !== edits.length || beforeNoCache(reading)) return [{ kind: 'unclear', ...left }];
  return known.map((edit) => ({ kind: 'clean', ...left, edit, what: 'the package index' }));
}

/** `--no-cache` came with Alpine 3.3. */
function beforeNoCache(reading: Reading): boolean {
  const minor = /^alpine3\.(\d+)$/.exec(reading.base?.release ?? '')?.[1];
  return (minor !== undefined && Number(minor) < 3) || /^alpine[12]\./.test(reading.base?.release ?? '');
}

/** `add` and `upgrade` fetch an index that is missing; these do not. */
function usesApkIndex(commands: readonly PlacedCommand[]): boolean {
  return commands.some(
    (command) =>
      programOf(command) === 'apk' &&
      (command.argv.includes('--no-network') || ['search', 'policy'].includes(verbOf(command))),
  );
}

const rpmPrograms: ReadonlySet<string> = new Set(['dnf', 'yum', 'microdnf', 'tdnf']);

function rpm(reading: Reading, run: Run, commands: readonly ReadCommand[]): CacheFinding[] | undefined {
  const own = commands.filter((command) => rpmPrograms.has(programOf(command)));
  const installs = own.filter(
    (command) => osAction(command)?.kind === 'install' || /^(update|upgrade)$/.test(verbOf(command)),
  );
  const manager = installs[0] === undefined ? undefined : programOf(installs[0]);
  if (manager === undefined) return undefined;
  const cleaned =
    own.some((command) => verbOf(command) === 'clean') ||
    commands.some((command) => command.command.words.some((word) => /\/var\/cache/.test(word.raw)));
  if (cleaned) return [];
  const by = relies(reading, run, usesRpmCache, /\b(dnf|yum|microdnf|tdnf)\b/);
  if (by !== undefined) return [{ kind: 'relied', manager, run, by }];
  return [appended(reading, run, commands, own, `${manager} clean all`, manager, 'packages and metadata')];
}

/** Only `-C` asks for what an earlier command has fetched. */
function usesRpmCache(commands: readonly PlacedCommand[]): boolean {
  return commands.some(
    (command) =>
      rpmPrograms.has(programOf(command)) && command.argv.some((word) => word === '-C' || word === '--cacheonly'),
  );
}

/** The first instruction behind `run` that needs what it leaves: in its stage, or in a stage built on it. */
function relies(
  reading: Reading,
  run: Run,
  uses: (commands: readonly PlacedCommand[]) => boolean,
  names: RegExp,
): Instruction | undefined {
  const stage = reading.file.stages.find((one) => one.instructions.includes(run));
  for (const other of reading.file.stages) {
    if (stage === undefined || !lineage(reading.file, other).includes(stage)) continue;
    for (const instruction of other.instructions) {
      if (instruction.span.start <= run.span.start || instruction.keyword !== 'RUN') continue;
      const commands = reading.commands.filter((command) => command.instruction === instruction);
      if (uses(commands)) return instruction;
      const read = commands.length > 0;
      if (!read && names.test(instruction.body.text + instruction.heredocs.map((one) => one.text).join('\n')))
        return instruction;
      if (commands.some((command) => runsScript(reading, command, names))) return instruction;
    }
  }
  return undefined;
}

/** A script of the project that names the package manager. */
function runsScript(reading: Reading, command: PlacedCommand, names: RegExp): boolean {
  return command.argv.slice(0, 3).some((word) => {
    if (!/\.(sh|bash)$/.test(word) && !word.startsWith('./')) return false;
    const name = word.slice(word.lastIndexOf('/') + 1);
    const copied = reading.copies.flatMap((copy) =>
      copy.origins.flatMap((origin) =>
        origin.kind === 'directory'
          ? [`${origin.source === '' ? '' : `${origin.source}/`}${word.replace(/^\.\//, '')}`]
          : [origin.source],
      ),
    );
    const text = copied
      .filter((path) => path.endsWith(name))
      .map((path) => reading.project.read(path))
      .find((one) => one !== undefined);
    return text !== undefined && names.test(text);
  });
}

/** Puts a command at the end of the RUN, when its commands are one plain list and none of them is wrapped in `sudo`. */
function appended(
  reading: Reading,
  run: Run,
  commands: readonly ReadCommand[],
  own: readonly PlacedCommand[],
  text: string,
  manager: string,
  what: string,
): CacheFinding {
  const last = commands.at(-1);
  const plain = commands.every(
    ({ command }) =>
      command.depth === 0 &&
      ['', '&&', ';'].includes(command.join) &&
      !command.redirects.some((one) => one.operator.startsWith('<<')),
  );
  const unwrapped = own.every((command) => programOf(command) === baseName(command.command.words[0]?.value));
  const ended = last !== undefined && !(last.argv[0] === 'exec' || last.argv[0] === 'exit');
  if (!plain || !unwrapped || !ended || run.form === 'exec' || run.heredocs.length > 0)
    return { kind: 'unclear', manager, run };
  const at = last.span.end;
  const edit = { span: { start: at, end: at }, text: joined(reading, run, at, text) };
  return { kind: 'clean', manager, run, what, edit };
}

/** ` && text`, on a line of its own when the RUN has several. */
function joined({ file }: Reading, run: Run, at: number, text: string): string {
  if (run.firstLine === run.lastLine) return ` && ${text}`;
  const line = file.source.slice(file.source.lastIndexOf('\n', at - 1) + 1, at);
  return ` ${file.escape}${file.eol}${/^[ \t]*/.exec(line)?.[0] ?? ''}&& ${text}`;
}

function baseName(word: string | undefined): string | undefined {
  return word?.slice(word.lastIndexOf('/') + 1);
}

/** Inserts an option behind the verb of a command. */
function behindVerb(placed: PlacedCommand, verb: string, option: string): Edit | undefined {
  const read = commandsOf(placed.instruction, placed.position.shell);
  const located = read.understood ? read.commands[placed.index] : undefined;
  const index = located?.command.words.findIndex((word) => word.value === verb) ?? -1;
  const span = located?.words[index];
  return span === undefined ? undefined : { span: { start: span.end, end: span.end }, text: ` ${option}` };
}
