/** What `$name` means at one place of a Dockerfile, by BuildKit's rules. */
import { lex, type Value } from './lex.ts';
import type { Arg, Dockerfile, Instruction, Pairs, Word } from './model.ts';

/** Versions of a variable in the order they came into force; value `undefined`: set, but not known here. */
type History = Map<string, { readonly at: number; readonly value: string | undefined }[]>;

/**
 * The variables in force at one place. Places of one stage share their history, each sees it up to its own version;
 * only the newest may be continued.
 */
export interface Scope {
  readonly history: ReadonlyMap<string, readonly { readonly at: number; readonly value: string | undefined }[]>;
  readonly at: number;
  readonly escape: '\\' | '`';
}

export interface Expanded {
  readonly text: string;
  /** False when a variable was used that has no value and no default: its reference stands unexpanded in `text`. */
  readonly complete: boolean;
}

type Values = Readonly<Record<string, string | undefined>>;

/** A first scope with these values; `undefined` as a value: the name is set, its value is not known. */
export function openScope(escapeChar: '\\' | '`', values: Values): Scope {
  const history: History = new Map();
  for (const [name, value] of Object.entries(values)) history.set(name, [{ at: 0, value }]);
  return { history, at: 0, escape: escapeChar };
}

/** A scope on its own, with what another one sees. */
export function copyScope(scope: Scope): Scope {
  const history: History = new Map();
  for (const name of scope.history.keys()) {
    const entry = entryOf(scope, name);
    if (entry !== undefined) history.set(name, [{ at: 0, value: entry.value }]);
  }
  return { history, at: 0, escape: scope.escape };
}

/** The scope behind an instruction that sets these. `scope` must be the newest of its history. */
function continued(scope: Scope, values: readonly (readonly [string, string | undefined])[]): Scope {
  if (values.length === 0) return scope;
  const history = scope.history as History;
  const at = scope.at + 1;
  for (const [name, value] of values) {
    const entries = history.get(name);
    if (entries === undefined) history.set(name, [{ at, value }]);
    else entries.push({ at, value });
  }
  return { ...scope, at };
}

function entryOf(scope: Scope, name: string) {
  const entries = scope.history.get(name) ?? [];
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.at ?? 0) <= scope.at) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
}

/** The value of a variable here: a text, `unset`, or `unknown` (set to something not known). */
export function lookUp(scope: Scope, name: string): Value {
  const entry = entryOf(scope, name);
  if (entry === undefined) return 'unset';
  return entry.value === undefined ? 'unknown' : { value: entry.value };
}

/** All names in force here, with their values. */
export function variablesOf(scope: Scope): Values {
  const names = [...scope.history.keys()].filter((name) => entryOf(scope, name) !== undefined);
  return Object.fromEntries(names.map((name) => [name, entryOf(scope, name)?.value]));
}

/**
 * Quotes and escapes removed, variables replaced: what BuildKit makes of an argument of any instruction but RUN, CMD and
 * ENTRYPOINT. Text that BuildKit refuses comes back as it is, not complete.
 */
export function expand(text: string, scope: Scope): Expanded {
  if (!/["'\\`$]/.test(text)) return { text, complete: true };
  const lookup = (name: string) => lookUp(scope, name);
  const lexed = lex(text, { escape: scope.escape, raw: { quotes: false, escapes: false }, lookup });
  return lexed === undefined ? { text, complete: false } : { text: lexed.text, complete: lexed.complete };
}

/** Expands one argument from its written form; a string of a JSON array from its decoded one. */
export function expandWord(word: Word, scope: Scope): Expanded {
  const decoded = word.raw.startsWith('"') && JSON.stringify(word.value) !== undefined && isJsonOf(word);
  return expand(decoded ? word.value : word.raw, scope);
}

function isJsonOf({ raw, value }: Word): boolean {
  try {
    return JSON.parse(raw) === value;
  } catch {
    return false;
  }
}

/** Set by the builder for FROM, and for stages that declare them; the values depend on the build. */
export const PLATFORM_ARGS = [
  'BUILDPLATFORM',
  'BUILDOS',
  'BUILDOSVERSION',
  'BUILDARCH',
  'BUILDVARIANT',
  'TARGETPLATFORM',
  'TARGETOS',
  'TARGETOSVERSION',
  'TARGETARCH',
  'TARGETVARIANT',
  'TARGETSTAGE',
] as const;

const globals = new WeakMap<Dockerfile, Scope>();

/** What FROM is expanded with, and what a stage's `ARG name` takes its value from: the ARGs before the first FROM. */
export function globalScope(file: Dockerfile): Scope {
  const cached = globals.get(file);
  if (cached !== undefined) return cached;
  let scope = openScope(file.escape, Object.fromEntries(PLATFORM_ARGS.map((name) => [name, undefined])));
  for (const { names } of file.globals) {
    for (const { name, value } of names) {
      if (value !== undefined) scope = continued(scope, [[name, known(expand(value, scope))]]);
    }
  }
  globals.set(file, scope);
  return scope;
}

/** The scope behind an instruction. Defaults of ARGs count as their values: a build may override them. */
export function scopeAfter(file: Dockerfile, scope: Scope, instruction: Instruction): Scope {
  if (instruction.keyword === 'ENV') return continued(scope, envValues(instruction, scope));
  return instruction.keyword === 'ARG' ? afterArg(file, scope, instruction) : scope;
}

/** What an ENV or LABEL sets: every value sees the scope before the whole instruction. */
export function envValues(instruction: Pairs, scope: Scope): readonly (readonly [string, string | undefined])[] {
  return instruction.pairs.map(({ key, value }) => {
    const name = expand(key, scope);
    return [name.text, known(expand(value, scope))];
  });
}

function afterArg(file: Dockerfile, before: Scope, instruction: Arg): Scope {
  const outside = globalScope(file);
  let scope = before;
  for (const { name, value } of instruction.names) {
    if (value !== undefined) scope = continued(scope, [[name, known(expand(value, scope))]]);
    else {
      const given = lookUp(outside, name);
      if (given !== 'unset') scope = continued(scope, [[name, given === 'unknown' ? undefined : given.value]]);
    }
  }
  return scope;
}

function known({ text, complete }: Expanded): string | undefined {
  return complete ? text : undefined;
}
