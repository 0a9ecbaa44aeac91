/**
 * The settings files that Spring Boot, Quarkus and Micronaut read: keys with their values, lines and profiles.
 * Spring Boot reference, "Externalized Configuration"; Quarkus and Micronaut use the same two formats and the same places.
 */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { longestLine } from './calls.ts';

export interface Setting {
  /** Dotted, lower case, with dashes (`server.servlet.context-path`). */
  readonly key: string;
  readonly value: string;
  readonly evidence: Evidence;
  /** Name of the profile it holds for; `undefined`: always. */
  readonly profile: string | undefined;
}

const fileName = /^(?:application|bootstrap)(?:-([\w-]+))?\.(properties|ya?ml)$/;
/** Test and developer machines have settings of their own that say nothing about the image. */
const elsewhere = /^(test|tests|testing|it|dev|development|local|localhost|debug)$/;

/** Every setting of a module, and of `config/` and the directory itself, which are looked at when the program starts there. */
export function settingsOf(project: Project, module: string): readonly Setting[] {
  const directories = ['src/main/resources', 'src/main/resources/config', 'config', ''].map((part) =>
    posix.join(module, part).replace(/^\.$/, ''),
  );
  return directories.flatMap((directory) =>
    project.list(directory).flatMap((name) => {
      const match = fileName.exec(name);
      const path = posix.join(directory, name);
      const text = match === null ? undefined : project.read(path);
      if (match === null || text === undefined || text.length > 512 * 1024) return [];
      const profile = match[1];
      if (profile !== undefined && elsewhere.test(profile)) return [];
      const pairs = match[2] === 'properties' ? propertyPairs(text) : yamlPairs(text);
      return pairs
        .filter((pair) => pair.profile === undefined || !elsewhere.test(pair.profile))
        .map((pair) => settingOf(pair, path, profile));
    }),
  );
}

function settingOf(pair: Pair, file: string, profile: string | undefined): Setting {
  const evidence = { file, line: pair.line, says: `${pair.key}=${pair.value}`.slice(0, 100) };
  return { key: pair.key, value: pair.value, evidence, profile: profile ?? pair.profile };
}

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  readonly profile: string | undefined;
}

function propertyPairs(text: string): readonly Pair[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const match = line.length > longestLine ? null : /^\s*(%([\w-]+)\.)?([\w.[\]"-]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (match === null) return [];
    return [{ key: kebab(match[3] ?? ''), value: match[4] ?? '', line: index + 1, profile: match[2] }];
  });
}

const profileKey = /^spring\.(config\.activate\.on-profile|profiles)$/;

/** Scalars and list items of block-style YAML documents by dotted key; flow collections are kept as text. */
function yamlPairs(text: string): readonly Pair[] {
  return text.split(/^---.*$/m).reduce<{ readonly pairs: readonly Pair[]; readonly line: number }>(
    (done, document) => {
      const pairs = documentPairs(document, done.line);
      const profile = pairs.find((pair) => profileKey.test(pair.key))?.value;
      return {
        pairs: [...done.pairs, ...pairs.map((pair) => ({ ...pair, profile: profile ?? pair.profile }))],
        line: done.line + document.split('\n').length - 1,
      };
    },
    { pairs: [], line: 0 },
  ).pairs;
}

function documentPairs(document: string, before: number): readonly Pair[] {
  const pairs: Pair[] = [];
  const path: { indent: number; key: string }[] = [];
  for (const [index, line] of document.split(/\r?\n/).entries()) {
    if (line.length > longestLine) continue;
    const item = /^( *)- +(.*?)\s*$/.exec(line);
    const match = /^( *)(["']?)([\w.%-]+)\2:(?:\s+(.*?))?\s*$/.exec(line);
    const indent = (item ?? match)?.[1]?.length ?? 0;
    if (match !== null) {
      while (path.length > 0 && (path.at(-1)?.indent ?? 0) >= indent) path.pop();
      path.push({ indent, key: match[3] ?? '' });
    } else if (item === null) continue;
    const value = scalar(match === null ? item?.[2] : match[4]);
    const first = path[0]?.key ?? '';
    const profile = first.startsWith('%') ? first.slice(1) : undefined;
    const keys = (profile === undefined ? path : path.slice(1)).map((one) => one.key);
    if (value !== undefined) pairs.push({ key: kebab(keys.join('.')), value, line: before + index + 1, profile });
  }
  return pairs;
}

function scalar(text: string | undefined): string | undefined {
  const value = text?.replace(/\s+#.*$/, '').replace(/^(['"])(.*)\1$/, '$2');
  return value === undefined || value === '' || value.startsWith('#') ? undefined : value;
}

/** Relaxed binding: `contextPath` and `context-path` are one key. */
function kebab(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** `value`, or the default of `${NAME:value}` with the variable's name; `undefined`: it depends on something else. */
export function placeholder(
  text: string,
): { readonly value: string; readonly variable: string | undefined } | undefined {
  if (!text.includes('${')) return { value: text, variable: undefined };
  const match = /^\$\{([\w.-]+):([^${}]*)\}$/.exec(text);
  const variable = match?.[1];
  if (match === null) return undefined;
  return {
    value: match[2] ?? '',
    variable: variable !== undefined && /^[A-Z_][A-Z0-9_]*$/.test(variable) ? variable : undefined,
  };
}
