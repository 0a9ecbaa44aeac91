/**
 * JSON with comments and trailing commas, read with the line of every key, so that a complaint can name its place. Sizes and
 * depth are bounded: the text may come from any repository.
 */

export type Node =
  | { readonly kind: 'text'; readonly value: string; readonly line: number }
  | { readonly kind: 'number'; readonly value: number; readonly line: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly line: number }
  | { readonly kind: 'null'; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly line: number }
  | { readonly kind: 'object'; readonly entries: readonly Entry[]; readonly line: number };

export interface Entry {
  readonly key: string;
  readonly line: number;
  readonly value: Node;
}

export interface SyntaxProblem {
  readonly kind: 'problem';
  readonly line: number;
  readonly message: string;
}

export const largestConfig = 64 * 1024;
const deepest = 16;

/** The value, or the first thing wrong. Never throws. */
export function parseJsonc(text: string): Node | SyntaxProblem {
  if (text.length > largestConfig)
    return { kind: 'problem', line: 1, message: `it is longer than ${largestConfig} characters` };
  const tokens = tokenise(text.replace(/^\ufeff/, ''));
  if (!Array.isArray(tokens)) return tokens;
  const reader: Reader = { tokens, at: 0 };
  const value = readValue(reader, 0);
  if (value.kind === 'problem') return value;
  const rest = reader.tokens[reader.at];
  return rest === undefined
    ? value
    : { kind: 'problem', line: rest.line, message: `"${shown(rest.text)}" is too much` };
}

interface Token {
  readonly text: string;
  readonly line: number;
}
interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

const pattern = /\s+|\/\/[^\n]*|\/\*|"(?:[^"\\\n]|\\.)*"|[{}[\],:]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_$][\w$]*/y;

function tokenise(text: string): Token[] | SyntaxProblem {
  const tokens: Token[] = [];
  let [at, line] = [0, 1];
  while (at < text.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined)
      return { kind: 'problem', line, message: `"${shown(text.slice(at, at + 1))}" is not expected here` };
    const whole = found === '/*' ? comment(text, at) : found;
    if (whole === undefined) return { kind: 'problem', line, message: 'a comment is not closed' };
    if (/^[^\s/]/.test(whole)) tokens.push({ text: whole, line });
    line += whole.split('\n').length - 1;
    at += whole.length;
  }
  return tokens;
}

function comment(text: string, at: number): string | undefined {
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? undefined : text.slice(at, end + 2);
}

function readValue(reader: Reader, depth: number): Node | SyntaxProblem {
  const token = reader.tokens[reader.at];
  if (token === undefined)
    return { kind: 'problem', line: reader.tokens.at(-1)?.line ?? 1, message: 'it ends too early' };
  const { text, line } = token;
  if (depth > deepest) return { kind: 'problem', line, message: 'it is nested too deeply' };
  reader.at += 1;
  if (text === '{') return readObject(reader, line, depth);
  if (text === '[') return readList(reader, line, depth);
  return scalar(text, line) ?? { kind: 'problem', line, message: `"${shown(text)}" is no value` };
}

function scalar(text: string, line: number): Node | undefined {
  if (!/^(?:".*"|-?\d.*|true|false|null)$/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return { kind: 'text', value, line };
    if (typeof value === 'number') return { kind: 'number', value, line };
    return typeof value === 'boolean' ? { kind: 'boolean', value, line } : { kind: 'null', line };
  } catch {
    return undefined;
  }
}

function readList(reader: Reader, line: number, depth: number): Node | SyntaxProblem {
  const items: Node[] = [];
  for (;;) {
    if (take(reader, ']')) return { kind: 'list', items, line };
    const item = readValue(reader, depth + 1);
    if (item.kind === 'problem') return item;
    items.push(item);
    if (!take(reader, ',') && reader.tokens[reader.at]?.text !== ']') return expected(reader, '"," or "]"');
  }
}

function readObject(reader: Reader, line: number, depth: number): Node | SyntaxProblem {
  const entries: Entry[] = [];
  for (;;) {
    if (take(reader, '}')) return { kind: 'object', entries, line };
    const token = reader.tokens[reader.at];
    const key = token?.text.startsWith('"') ? scalar(token.text, token.line) : undefined;
    if (token === undefined || key?.kind !== 'text') return expected(reader, 'a key in quotes');
    if (entries.some((entry) => entry.key === key.value)) {
      return { kind: 'problem', line: token.line, message: `"${shown(key.value)}" is there twice` };
    }
    reader.at += 1;
    if (!take(reader, ':')) return expected(reader, '":"');
    const value = readValue(reader, depth + 1);
    if (value.kind === 'problem') return value;
    entries.push({ key: key.value, line: token.line, value });
    if (!take(reader, ',') && reader.tokens[reader.at]?.text !== '}') return expected(reader, '"," or "}"');
  }
}

function take(reader: Reader, text: string): boolean {
  if (reader.tokens[reader.at]?.text !== text) return false;
  reader.at += 1;
  return true;
}

function expected(reader: Reader, what: string): SyntaxProblem {
  const token = reader.tokens[reader.at];
  const line = token?.line ?? reader.tokens.at(-1)?.line ?? 1;
  const found = token === undefined ? 'the text ends' : `"${shown(token.text)}" stands`;
  return { kind: 'problem', line, message: `${found} where ${what} belongs` };
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
