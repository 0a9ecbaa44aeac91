/** One Go source file: its strings, imports and calls (The Go Programming Language Specification, "Lexical elements"). */

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

export interface GoLiteral {
  readonly value: string;
  readonly start: number;
}

export interface GoSource {
  /** Relative to the context root. */
  readonly path: string;
  readonly package: string;
  /** The text with comments blanked; strings stand where they stood. */
  readonly code: string;
  readonly literals: readonly GoLiteral[];
  readonly imports: readonly string[];
  /** Patterns of `//go:embed`. */
  readonly embeds: readonly string[];
}

export interface GoCall {
  /** The name as matched (`os.Open`). */
  readonly name: string;
  /** Source texts of the arguments. */
  readonly arguments: readonly string[];
  readonly source: GoSource;
  readonly line: number;
  /** Where its name begins. */
  readonly offset: number;
}

/** Reads one file; `undefined`: no package clause, or a build constraint that Linux containers never meet. */
export function readGoSource(path: string, text: string): GoSource | undefined {
  if (foreign(path, text)) return undefined;
  const { code, literals } = withoutComments(text);
  const name = /^[ \t]*package[ \t]+(\w+)/m.exec(code)?.[1];
  if (name === undefined) return undefined;
  const embeds = [...text.matchAll(/^[ \t]*\/\/go:embed[ \t]+(.+)$/gm)].flatMap((match) => patterns(match[1] ?? ''));
  return { path, package: name, code, literals, imports: importsOf(code), embeds };
}

const otherSystems = 'windows|darwin|freebsd|openbsd|netbsd|plan9|solaris|android|ios|js|wasm|aix|dragonfly';

/** File names and constraints as in `go help buildconstraint`; only those that exclude Linux for certain. */
function foreign(path: string, text: string): boolean {
  if (new RegExp(`_(${otherSystems})(_\\w+)?\\.go$`).test(path)) return true;
  const constraint = /^\/\/go:build[ \t]+(.+?)[ \t]*$/m.exec(text.slice(0, 4000))?.[1];
  return constraint !== undefined && new RegExp(`^(ignore|tools|${otherSystems}|!linux)$`).test(constraint);
}

function patterns(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/^["`]|["`]$/g, '').replace(/^all:/, ''));
}

/** Blanks comments and collects strings in one pass; an unterminated string ends at its line's end. */
function withoutComments(text: string): { readonly code: string; readonly literals: readonly GoLiteral[] } {
  const literals: GoLiteral[] = [];
  const parts: string[] = [];
  let kept = 0;
  let at = 0;
  const blank = (end: number) => {
    parts.push(text.slice(kept, at), text.slice(at, end).replace(/[^\n]/g, ' '));
    kept = end;
    at = end;
  };
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    const one = text[at];
    if (two === '//') blank(endOr(text.indexOf('\n', at), text));
    else if (two === '/*') blank(Math.min(text.length, endOr(text.indexOf('*/', at + 2), text) + 2));
    else if (one === '"' || one === '`' || one === "'") {
      const end = stringEnd(text, at);
      if (one !== "'") literals.push({ value: literalValue(text.slice(at, end)), start: at });
      at = end;
    } else at++;
  }
  parts.push(text.slice(kept));
  return { code: parts.join(''), literals };
}

function endOr(index: number, text: string): number {
  return index < 0 ? text.length : index;
}

function stringEnd(text: string, start: number): number {
  const quote = text[start];
  if (quote === '`') return Math.min(text.length, endOr(text.indexOf('`', start + 1), text) + 1);
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === '\n') return at;
  }
  return text.length;
}

function literalValue(raw: string): string {
  const inner = raw.slice(1, -1);
  if (raw.startsWith('`')) return inner;
  return inner.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped));
}

function importsOf(code: string): readonly string[] {
  const found: string[] = [];
  const quoted = (text: string) => {
    for (const match of text.matchAll(/["`]([^"`\n]+)["`]/g)) found.push(match[1] ?? '');
  };
  for (const match of code.matchAll(/^[ \t]*import[ \t]*(?:\(([^)]*)\)|([^(\n]*))/gm))
    quoted(match[1] ?? match[2] ?? '');
  return found;
}

/** Every call of a name that the pattern matches; the pattern ends before the parenthesis and has no flags. */
export function callsOf(source: GoSource, name: RegExp): readonly GoCall[] {
  const found: GoCall[] = [];
  for (const match of source.code.matchAll(new RegExp(`${name.source}(?=\\()`, 'g'))) {
    const open = match.index + match[0].length;
    found.push({
      name: match[0],
      arguments: argumentsAt(source.code, open),
      source,
      line: lineAt(source.code, match.index),
      offset: match.index,
    });
  }
  return found;
}

const MAX_ARGUMENTS = 4000;

/** Texts between an opening parenthesis and its match, cut at the commas of that level. */
export function argumentsAt(code: string, open: number): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let start = open + 1;
  const limit = Math.min(code.length, open + MAX_ARGUMENTS);
  for (let at = open; at < limit; at++) {
    const character = code[at] ?? '';
    if (character === '"' || character === '`' || character === "'") at = stringEnd(code, at) - 1;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) {
      depth--;
      if (depth > 0) continue;
      const last = code.slice(start, at).trim();
      return last === '' ? found : [...found, last];
    } else if (character === ',' && depth === 1) {
      found.push(code.slice(start, at).trim());
      start = at + 1;
    }
  }
  return found;
}

/** What an argument is: a text known here, an environment variable, or something only the running program knows. */
export type GoValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'unknown' };

const unknown: GoValue = { kind: 'unknown' };

/** Evaluates strings, `+`, path joins, `os.Getenv` and names that are set once, to a string, in the same file or package. */
export function valueOfArgument(text: string, names: ReadonlyMap<string, string>, depth = 0): GoValue {
  const trimmed = text.trim();
  if (depth > 4 || trimmed === '') return unknown;
  if (/^"(?:[^"\\\n]|\\.)*"$/.test(trimmed) || /^`[^`]*`$/.test(trimmed))
    return { kind: 'text', text: literalValue(trimmed) };
  const known = /^\w+$/.test(trimmed) ? names.get(trimmed) : undefined;
  if (known !== undefined) return { kind: 'text', text: known };
  const variable = /^os\.Getenv\(\s*"(\w+)"\s*\)$/.exec(trimmed)?.[1];
  if (variable !== undefined) return { kind: 'variable', name: variable };
  if (/^(filepath|path)\.Join\(/.test(trimmed))
    return joined(argumentsAt(trimmed, trimmed.indexOf('(')), '/', names, depth);
  if (/^(filepath\.(FromSlash|Clean)|http\.Dir|os\.DirFS)\(/.test(trimmed) && trimmed.endsWith(')')) {
    return valueOfArgument(argumentsAt(trimmed, trimmed.indexOf('('))[0] ?? '', names, depth + 1);
  }
  return /^["`\w]/.test(trimmed) && trimmed.includes('+') ? joined(trimmed.split('+'), '', names, depth) : unknown;
}

function joined(
  parts: readonly string[],
  separator: string,
  names: ReadonlyMap<string, string>,
  depth: number,
): GoValue {
  const texts: string[] = [];
  for (const part of parts) {
    const value = valueOfArgument(part, names, depth + 1);
    if (value.kind !== 'text') return unknown;
    texts.push(value.text);
  }
  return { kind: 'text', text: texts.join(separator) };
}

/** Names declared once with a string or a number in these sources and never assigned again. */
export function constantsOf(sources: readonly GoSource[]): ReadonlyMap<string, string> {
  const values = new Map<string, string | undefined>();
  for (const { code } of sources) {
    for (const match of code.matchAll(
      /\b(\w+)(?:[ \t]+(?:string|u?int\d*))?[ \t]*(?::=|=(?!=))[ \t]*(?:("(?:[^"\\\n]|\\.)*"|\d+)[ \t]*(?=[\r\n;)])|[^\n]?)/g,
    )) {
      const name = match[1] ?? '';
      const literal = match[2];
      const value = literal?.startsWith('"') === true ? literalValue(literal) : literal;
      values.set(name, values.has(name) ? undefined : value);
    }
  }
  return new Map([...values].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
