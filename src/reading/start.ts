/** What runs when a container of the final stage starts: CMD and ENTRYPOINT, the scripts they name, the program at the end. */
import type { Evidence } from '../answer.ts';
import type { Position } from '../dockerfile/effective.ts';
import type { Healthcheck, Run, Stage } from '../dockerfile/model.ts';
import type { ImageFacts } from '../images/image.ts';
import type { ComposeService, Project } from '../project/project.ts';
import { type EntryScript, readEntryScript } from '../shell/entry-script.ts';
import { commandsOf, programName } from '../shell/instruction.ts';
import { resolvePath } from './commands.ts';
import { servesByItself, startingServices } from './compose-start.ts';
import { contextPath, type PlacedCopy } from './origins.ts';

export interface StartCommand {
  readonly argv: readonly string[];
  /** Every word is literal. */
  readonly literal: boolean;
  /** A shell runs it (shell form, `sh -c`, or a script). */
  readonly shell: boolean;
  readonly evidence: Evidence;
}

export interface Start {
  /** Instructions of this file in force in the final stage. */
  readonly entrypoint: Run | undefined;
  readonly cmd: Run | undefined;
  /** Neither is written in this file: the base image's own start is used, unless `services` say otherwise. */
  readonly inherited: boolean;
  /** Compose services that say what runs, because this file does not. */
  readonly services: readonly ComposeService[];
  /** Everything that is run, in order, commands of entry scripts included. */
  readonly commands: readonly StartCommand[];
  /** The program that stays: the last command. */
  readonly main: StartCommand | undefined;
  /** `undefined`: all of it is understood. */
  readonly unclear: string | undefined;
  /** Entry scripts read, by context path. */
  readonly scripts: readonly { readonly path: string; readonly script: EntryScript }[];
  /** Absolute image paths of copied files that the start commands name. */
  readonly paths: readonly { readonly path: string; readonly context: string; readonly evidence: Evidence }[];
}

export interface Surroundings {
  /** Of the stage and its parents, in order. */
  readonly positions: readonly Position[];
  readonly stage: Stage;
  readonly copies: readonly PlacedCopy[];
  readonly project: Project;
  readonly base: ImageFacts | undefined;
}

interface Collected {
  readonly commands: StartCommand[];
  readonly scripts: { path: string; script: EntryScript }[];
  unclear: string | undefined;
}

/** Reads the start of the final stage: what the file says, else what compose runs in it, else what the base image starts. */
export function readStart(around: Surroundings): Start {
  const entrypoint = last(around.positions, 'ENTRYPOINT');
  const cmd = last(around.positions, 'CMD');
  const inherited = entrypoint === undefined && cmd === undefined;
  const services = inherited && !servesByItself(around.base?.family) ? startingServices(around.project.services()) : [];
  if (services.length > 0) return servicesStart(around, services);
  const collected: Collected = { commands: [], scripts: [], unclear: undefined };
  const own = inherited ? around.base?.config.cmd : undefined;
  if (entrypoint !== undefined) collect(around, entrypoint, collected, cmd);
  else if (cmd !== undefined) collectCmd(around, cmd, collected);
  else if (own !== undefined)
    push(around, collected, own, true, false, { file: 'base image', says: `CMD ${JSON.stringify(own)}` });
  return { entrypoint, cmd, inherited, services, ...startOf(around, collected) };
}

/** What these compose services run in the image, in place of its own start. */
export function servicesStart(around: Surroundings, services: readonly ComposeService[]): Start {
  const collected: Collected = { commands: [], scripts: [], unclear: undefined };
  for (const service of services) collectService(around, service, collected);
  return { entrypoint: undefined, cmd: undefined, inherited: true, services, ...startOf(around, collected) };
}

function startOf(
  around: Surroundings,
  { commands, scripts, unclear }: Collected,
): Pick<Start, 'commands' | 'main' | 'unclear' | 'scripts' | 'paths'> {
  const main = commands.findLast(({ argv }) => !/^(exit|return)$/.test(argv[0] ?? '')) ?? commands.at(-1);
  return { commands, main, unclear, scripts, paths: namedPaths(around, commands) };
}

function namedPaths(around: Surroundings, commands: readonly StartCommand[]): Start['paths'] {
  const workdir = around.positions.at(-1)?.workdir;
  return commands.flatMap((command) =>
    command.argv.flatMap((word, index) => {
      if (index === 0 && !word.includes('/')) return [];
      if (word.startsWith('-') || /[$`*\s]/.test(word) || !/[/.]/.test(word)) return [];
      const path = resolvePath(workdir, word);
      const context = path === undefined ? undefined : contextPath(around.copies, around.stage, path, around.project);
      return path === undefined || context === undefined ? [] : [{ path, context, evidence: command.evidence }];
    }),
  );
}

function last(positions: readonly Position[], keyword: 'CMD' | 'ENTRYPOINT'): Run | undefined {
  const found = positions.findLast((position) => position.instruction.keyword === keyword);
  return found?.instruction as Run | undefined;
}

function shellOf(around: Surroundings, instruction: Run | Healthcheck): readonly string[] | undefined {
  return around.positions.find((position) => position.instruction === instruction)?.shell;
}

/** ENTRYPOINT, with CMD as its arguments when both are in exec form. */
function collect(around: Surroundings, entrypoint: Run, collected: Collected, cmd: Run | undefined): void {
  const evidence = evidenceOf(entrypoint);
  if (entrypoint.argv === undefined) {
    collectShell(around, entrypoint, collected);
    return;
  }
  const words = entrypoint.argv.map((word) => word.value);
  const extra = cmd?.argv?.map((word) => word.value) ?? [];
  const unwrapped = programName(wordsAsShell(words)).argv;
  if (unwrapped.length === 0 && cmd !== undefined) {
    collectCmd(around, cmd, collected);
    return;
  }
  if (cmd !== undefined && cmd.argv === undefined && unwrapped.length > 0) {
    push(around, collected, words, true, false, evidence);
    if (collected.scripts.some((one) => one.script.execsArguments)) collectShell(around, cmd, collected);
    return;
  }
  push(around, collected, [...words, ...extra], true, false, evidence, extra);
}

function collectCmd(around: Surroundings, cmd: Run, collected: Collected): void {
  if (cmd.argv === undefined) {
    collectShell(around, cmd, collected);
    return;
  }
  const words = cmd.argv.map((word) => word.value);
  push(around, collected, viaBaseEntrypoint(around.base, words), true, false, evidenceOf(cmd));
}

/**
 * A text is split into words as a shell would, and no shell runs it. The entrypoint of the service, else that of the file, takes
 * the command as arguments; one in shell form takes none.
 */
function collectService(
  around: Surroundings,
  { file, name, entrypoint, command }: ComposeService,
  collected: Collected,
): void {
  const evidence = { file, says: `service ${name}` };
  const calls = callsOf(command);
  const own = last(around.positions, 'ENTRYPOINT');
  if (entrypoint === undefined && own !== undefined && own.argv === undefined) {
    collectShell(around, own, collected);
    return;
  }
  const before = entrypoint === undefined ? callsOf(own?.argv?.map((word) => word.value)) : callsOf(entrypoint);
  if (before.length === 0) {
    for (const { argv, literal } of calls)
      push(around, collected, viaBaseEntrypoint(around.base, argv), literal, false, evidence);
    return;
  }
  const args = calls.flatMap(({ argv }) => argv);
  for (const { argv, literal } of before) push(around, collected, [...argv, ...args], literal, false, evidence, args);
}

function callsOf(line: ComposeService['command']): readonly { argv: readonly string[]; literal: boolean }[] {
  if (line === undefined) return [];
  if (typeof line === 'string') return readEntryScript(line).calls;
  return line.length === 0 ? [] : [{ argv: line, literal: true }];
}

/** The node image's entrypoint puts `node` before a first word that is an option or no program (docker-node, docker-entrypoint.sh). */
function viaBaseEntrypoint(base: ImageFacts | undefined, words: readonly string[]): readonly string[] {
  const entrypoint = base?.config.entrypoint?.[0];
  const first = words[0] ?? '';
  const prefixes = base?.family === 'node' && entrypoint?.endsWith('docker-entrypoint.sh') === true;
  return prefixes && (first.startsWith('-') || /\.[cm]?js$/.test(first)) ? ['node', ...words] : words;
}

/** What a substitution runs ends before the command it is a word of, and runs before it. */
function collectShell(around: Surroundings, instruction: Run, collected: Collected): void {
  const read = commandsOf(instruction, shellOf(around, instruction));
  if (!read.understood) {
    collected.unclear ??= `${instruction.keyword} is not understood`;
    return;
  }
  const asRun = [...read.commands].sort((a, b) => a.command.span.end - b.command.span.end);
  for (const entry of asRun) {
    const { argv, literal } = programName(entry.command.words);
    if (argv.length > 0) push(around, collected, argv, literal, true, evidenceOf(instruction));
  }
}

const shells = new Set(['sh', 'bash', 'ash', 'dash', '/bin/sh', '/bin/bash', '/bin/ash', '/usr/bin/env']);

/** Adds a command; when it is a script from the context, what the script runs comes instead of the words after `exec "$@"`. */
function push(
  around: Surroundings,
  collected: Collected,
  words: readonly string[],
  literal: boolean,
  shell: boolean,
  evidence: Evidence,
  args: readonly string[] = [],
): void {
  const unwrapped = literal ? programName(wordsAsShell(words)).argv : words;
  const inline = shells.has(unwrapped[0] ?? '') && /^-[a-z]*c$/.test(unwrapped[1] ?? '') ? unwrapped[2] : undefined;
  if (inline !== undefined) {
    pushInline(around, collected, inline, evidence);
    return;
  }
  collected.commands.push({ argv: unwrapped, literal, shell, evidence });
  const scriptWord = shells.has(unwrapped[0] ?? '')
    ? unwrapped.slice(1).find((word) => !word.startsWith('-'))
    : unwrapped[0];
  if (scriptWord === undefined || collected.scripts.length > 4) return;
  const found = scriptAt(around, scriptWord, shells.has(unwrapped[0] ?? ''));
  if (found === undefined) return;
  if (collected.scripts.some((one) => one.path === found.path)) return;
  collected.scripts.push(found);
  if (found.script.unclear !== undefined) collected.unclear ??= `${found.path}: ${found.script.unclear}`;
  for (const call of found.script.calls) {
    const from = { file: found.path, line: call.line, says: call.argv.join(' ') };
    if (call.argv.length > 0) push(around, collected, call.argv, call.literal, true, from);
  }
  if (found.script.execsArguments && args.length > 0) push(around, collected, args, true, false, evidence);
}

function pushInline(around: Surroundings, collected: Collected, text: string, evidence: Evidence): void {
  const script = readEntryScript(text);
  if (script.unclear !== undefined) collected.unclear ??= script.unclear;
  for (const call of script.calls) {
    if (call.argv.length > 0)
      push(around, collected, call.argv, call.literal, true, { ...evidence, says: call.argv.join(' ') });
  }
}

function scriptAt(
  around: Surroundings,
  word: string,
  throughShell: boolean,
): { path: string; script: EntryScript } | undefined {
  if (!word.includes('/') && !throughShell) return inPath(around, word);
  const workdir = around.positions.at(-1)?.workdir;
  const absolute = resolvePath(workdir, word);
  return absolute === undefined ? undefined : scriptFrom(around, absolute);
}

/** A bare name may be a script copied into a directory of PATH. */
function inPath(around: Surroundings, word: string): { path: string; script: EntryScript } | undefined {
  for (const directory of ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin']) {
    const found = scriptFrom(around, `${directory}/${word}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function scriptFrom(around: Surroundings, absolute: string): { path: string; script: EntryScript } | undefined {
  const path = contextPath(around.copies, around.stage, absolute, around.project);
  const text = path === undefined ? undefined : around.project.read(path);
  if (path === undefined || text === undefined || !looksLikeShell(path, text)) return undefined;
  return { path, script: readEntryScript(text) };
}

function looksLikeShell(path: string, text: string): boolean {
  return /^#!.*\b(ba|da|a|k|z)?sh\b/.test(text.slice(0, 200)) || (path.endsWith('.sh') && !text.startsWith('#!'));
}

function wordsAsShell(words: readonly string[]) {
  return words.map((word) => ({
    raw: word,
    value: word,
    variables: [],
    glob: false,
    substitutes: false,
    span: { start: 0, end: 0 },
  }));
}

function evidenceOf(instruction: Run): Evidence {
  return { file: 'Dockerfile', line: instruction.firstLine, says: `${instruction.keyword} ${instruction.body.text}` };
}
