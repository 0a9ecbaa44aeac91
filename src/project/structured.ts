/** Values of YAML, TOML and JSON texts. The libraries are loaded when first needed: most projects have no such file. */
import { createRequire } from 'node:module';

export type Mapping = Readonly<Record<string, unknown>>;

const load = createRequire(import.meta.url);
const longestYaml = 1024 * 1024;

/** `undefined`: malformed, longer than 1 MiB, or an alias bomb. */
export function parseYaml(text: string): unknown {
  if (text.length > longestYaml) return undefined;
  return attempt(() => (load('yaml') as typeof import('yaml')).parse(text, { merge: true, logLevel: 'error' }));
}

/** `undefined`: malformed. */
export function parseToml(text: string): unknown {
  return attempt(() => (load('smol-toml') as typeof import('smol-toml')).parse(text));
}

/** `undefined`: malformed. */
export function parseJson(text: string): unknown {
  return attempt(() => JSON.parse(text));
}

function attempt(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** The value, when it has keys. */
export function mapping(value: unknown): Mapping | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : undefined;
}

/** The items of a list; none of anything else. */
export function sequence(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
