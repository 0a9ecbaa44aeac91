/**
 * `.dfmigrate.json`: what a repository wants of dfmigrate. It comes from a repository, so it may only narrow what is done there;
 * a policy is the same file given by the operator, and wins over everything.
 */
import type { Fault } from '../fault.ts';
import { nearest } from '../nearest.ts';
import type { Wishes } from '../transform.ts';
import { type Entry, type Node, parseJsonc } from './jsonc.ts';
import { configFault, configReason } from './reasons.ts';
import { readHealthcheck, readRuntime, readUser } from './wishes.ts';

/** Patterns with the line they stand in. */
export interface Patterns {
  readonly line: number;
  readonly patterns: readonly string[];
}

export interface Settings {
  readonly enabled: boolean | undefined;
  readonly only: Patterns | undefined;
  readonly skip: Patterns | undefined;
  readonly runtime: Wishes['runtime'] | undefined;
  readonly healthcheck: Wishes['healthcheck'] | undefined;
  readonly user: Wishes['user'];
  /** Relative to the directory of the file. */
  readonly context: { readonly line: number; readonly path: string } | undefined;
  readonly reason: string | undefined;
}

export interface Override extends Settings {
  /** Patterns over paths relative to the directory of the file. */
  readonly files: readonly string[];
}

export interface Config extends Settings {
  /** As messages name it. */
  readonly path: string;
  readonly exclude: readonly string[];
  readonly overrides: readonly Override[];
}

const settingKeys = ['enabled', 'only', 'skip', 'runtime', 'healthcheck', 'user', 'context', 'reason'];
const topKeys = [...settingKeys, '$schema', 'exclude', 'overrides'];
/** Options of the command line that a repository must not decide. */
const operatorKeys = [
  'unsafe',
  'plugin',
  'plugins',
  'report',
  'write',
  'yes',
  'format',
  'branch',
  'push',
  'policy',
  'verify',
];

/** Reads the text of a configuration file, or of the value of `dfmigrate` in a package.json. */
export function readConfig(text: string, path: string): Config | Fault {
  const node = parseJsonc(text);
  if (node.kind === 'problem') {
    return configFault(configReason('syntax', { path, line: node.line, message: node.message }), path, node.line);
  }
  return configFrom(node, path);
}

/** The value of a key of an object text; `undefined` when there is none or the text is no object. */
export function valueUnder(text: string, key: string): Node | undefined {
  const node = parseJsonc(text);
  return node.kind === 'object' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}

export function configFrom(node: Node, path: string): Config | Fault {
  if (node.kind !== 'object') return wrong(path, node.line, 'the file', 'an object');
  const problem = unknownKey(node.entries, topKeys, path);
  if (problem !== undefined) return problem;
  const reader = readerFor(path);
  const settings = settingsFrom(node.entries, reader);
  const exclude = reader.texts(find(node.entries, 'exclude'))?.patterns ?? [];
  const overrides = overridesFrom(find(node.entries, 'overrides'), reader);
  return reader.fault() ?? { ...settings, path, exclude, overrides };
}

interface Reader {
  readonly path: string;
  fault(): Fault | undefined;
  fail(fault: Fault): undefined;
  text(entry: Entry | undefined): string | undefined;
  texts(entry: Entry | undefined): Patterns | undefined;
}

/** Keeps the first thing wrong. */
function readerFor(path: string): Reader {
  let first: Fault | undefined;
  const fail = (fault: Fault): undefined => {
    first ??= fault;
    return undefined;
  };
  const text = (entry: Entry | undefined): string | undefined => {
    if (entry === undefined) return undefined;
    if (entry.value.kind === 'text' && entry.value.value.length <= 1000) return entry.value.value;
    return fail(wrong(path, entry.line, entry.key, 'a text'));
  };
  const texts = (entry: Entry | undefined): Patterns | undefined => {
    if (entry === undefined) return undefined;
    const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    const patterns = items.flatMap((item) => (item.kind === 'text' && item.value.length <= 1000 ? [item.value] : []));
    const complete = patterns.length === items.length && items.length <= 200;
    return complete ? { line: entry.line, patterns } : fail(wrong(path, entry.line, entry.key, 'a list of texts'));
  };
  return { path, fault: () => first, fail, text, texts };
}

function settingsFrom(entries: readonly Entry[], reader: Reader): Settings {
  const { path } = reader;
  const enabled = find(entries, 'enabled');
  if (enabled !== undefined && enabled.value.kind !== 'boolean') {
    reader.fail(wrong(path, enabled.line, 'enabled', 'true or false'));
  }
  const context = find(entries, 'context');
  const contextPath = reader.text(context);
  return {
    enabled: enabled?.value.kind === 'boolean' ? enabled.value.value : undefined,
    only: reader.texts(find(entries, 'only')),
    skip: reader.texts(find(entries, 'skip')),
    runtime: wish(entries, 'runtime', readRuntime, 'auto, slim, alpine, distroless, scratch, keep or image=…', reader),
    healthcheck: wish(entries, 'healthcheck', readHealthcheck, 'auto, off, http:/path or cmd:…', reader),
    user: wish(entries, 'user', userOf, 'a name or name:uid, not root', reader),
    context: context === undefined || contextPath === undefined ? undefined : { line: context.line, path: contextPath },
    reason: reader.text(find(entries, 'reason')),
  };
}

function userOf(text: string): NonNullable<Wishes['user']> | undefined {
  const read = readUser(text);
  return read.known ? read.user : undefined;
}

function wish<T>(
  entries: readonly Entry[],
  key: string,
  read: (text: string) => T | undefined,
  wanted: string,
  reader: Reader,
): T | undefined {
  const entry = find(entries, key);
  const text = reader.text(entry);
  if (entry === undefined || text === undefined) return undefined;
  return read(text) ?? reader.fail(wrong(reader.path, entry.line, key, wanted));
}

function overridesFrom(entry: Entry | undefined, reader: Reader): readonly Override[] {
  if (entry === undefined) return [];
  const { path } = reader;
  if (entry.value.kind !== 'list') {
    reader.fail(wrong(path, entry.line, 'overrides', 'a list'));
    return [];
  }
  return entry.value.items.flatMap((item): readonly Override[] => {
    if (item.kind !== 'object') {
      reader.fail(wrong(path, item.line, 'overrides', 'a list of objects'));
      return [];
    }
    const problem = unknownKey(item.entries, [...settingKeys, 'files'], path);
    if (problem !== undefined) reader.fail(problem);
    const files = reader.texts(find(item.entries, 'files'));
    if (files === undefined) reader.fail(wrong(path, item.line, 'files', 'a list of texts'));
    return [{ ...settingsFrom(item.entries, reader), files: files?.patterns ?? [] }];
  });
}

function unknownKey(entries: readonly Entry[], known: readonly string[], path: string): Fault | undefined {
  for (const { key, line } of entries) {
    if (known.includes(key)) continue;
    if (operatorKeys.includes(key)) return configFault(configReason('forbidden-key', { path, line, key }), path, line);
    const near = nearest(key, known);
    const hints = near === undefined ? [] : [`did you mean "${near}"?`];
    return { ...configFault(configReason('unknown-key', { path, line, key }), path, line), hints };
  }
  return undefined;
}

function wrong(path: string, line: number, key: string, wanted: string): Fault {
  return configFault(configReason('bad-value', { path, line, key, wanted }), path, line);
}

function find(entries: readonly Entry[], key: string): Entry | undefined {
  return entries.find((entry) => entry.key === key);
}
