/**
 * BuildKit's own word lexer (`frontend/dockerfile/shell`): quotes, escapes, `$name` and `${name…}` of Dockerfile
 * arguments, and the words it sees when it looks for heredocs. It is not the shell of a RUN.
 */
import { replacePattern, trimPattern } from './pattern.ts';
import { isSpace } from './space.ts';

/** `unknown`: the name is set, or may be, to something that cannot be told here. */
export type Value = { readonly value: string } | 'unset' | 'unknown';

export interface LexRules {
  readonly escape: string;
  /** Keep quotes, and the escape characters outside them, in the result. */
  readonly raw: { readonly quotes: boolean; readonly escapes: boolean };
  readonly lookup: (name: string) => Value;
  /** Collect the words too. */
  readonly words?: boolean;
}

export interface Lexed {
  readonly text: string;
  readonly words: readonly string[];
  /** False when a variable without value was used; its reference stays in the text as written. */
  readonly complete: boolean;
}

interface State {
  readonly text: string;
  readonly rules: LexRules;
  at: number;
  depth: number;
  word: string;
  readonly words: string[];
  complete: boolean;
  /** Characters that values have brought in. */
  expanded: number;
}

const MAX_DEPTH = 64;
/** Keeps `ENV A=$A$A`, written again and again, from doubling for ever; what goes beyond counts as not known. */
const MAX_EXPANDED = 16_384;

/** `undefined` where BuildKit reports a syntax error. Nesting beyond 64 levels is taken as one. */
export function lex(text: string, rules: LexRules): Lexed | undefined {
  const state: State = { text, rules, at: 0, depth: 0, word: '', words: [], complete: true, expanded: 0 };
  const result = scan(state, undefined, rules.raw.escapes);
  if (result === undefined) return undefined;
  if (state.word !== '') state.words.push(state.word);
  return { text: result, words: state.words, complete: state.complete };
}

/** Reads up to `stop` (consumed) or the end. A nested read forgets the word begun outside it, as BuildKit's does. */
function scan(state: State, stop: string | undefined, rawEscapes: boolean): string | undefined {
  const top = stop === undefined;
  let out = '';
  while (state.at < state.text.length) {
    const char = state.text[state.at] as string;
    if (char === stop) {
      state.at += 1;
      return out;
    }
    const piece = special(state, char, rawEscapes);
    if (piece === undefined) return undefined;
    out += piece.text;
    if (top && state.rules.words) addToWord(state, piece);
  }
  return top ? out : undefined;
}

/** `splits`: blanks in it end the word. */
interface Piece {
  readonly text: string;
  readonly splits: boolean;
}

function special(state: State, char: string, rawEscapes: boolean): Piece | undefined {
  if (char === "'") return whole(singleQuoted(state));
  if (char === '"') return whole(doubleQuoted(state, rawEscapes));
  if (char === '<') return whole(heredocMark(state));
  if (char === '$') {
    const text = dollar(state);
    return text === undefined ? undefined : { text, splits: true };
  }
  state.at += 1;
  if (char !== state.rules.escape) return { text: char, splits: true };
  const next = state.text[state.at] ?? '';
  state.at += 1;
  return { text: rawEscapes ? char + next : next, splits: false };
}

function whole(text: string | undefined): Piece | undefined {
  return text === undefined ? undefined : { text, splits: false };
}

function addToWord(state: State, piece: Piece): void {
  if (!piece.splits) {
    state.word += piece.text;
    return;
  }
  for (const char of piece.text) {
    if (!isSpace(char.charCodeAt(0))) state.word += char;
    else if (state.word !== '') {
      state.words.push(state.word);
      state.word = '';
    }
  }
}

function singleQuoted(state: State): string | undefined {
  const end = state.text.indexOf("'", state.at + 1);
  if (end < 0) return undefined;
  const inner = state.text.slice(state.at + 1, end);
  state.at = end + 1;
  return state.rules.raw.quotes ? `'${inner}'` : inner;
}

function doubleQuoted(state: State, rawEscapes: boolean): string | undefined {
  const { escape: escapeChar, raw } = state.rules;
  let out = raw.quotes ? '"' : '';
  state.at += 1;
  while (state.at < state.text.length) {
    const char = state.text[state.at] as string;
    if (char === '"') {
      state.at += 1;
      return raw.quotes ? `${out}"` : out;
    }
    if (char === '$') {
      const value = dollar(state);
      if (value === undefined) return undefined;
      out += value;
    } else {
      out += char === escapeChar ? escaped(state, escapeChar, rawEscapes) : char;
      state.at += 1;
    }
  }
  return undefined;
}

/** In double quotes only the quote, `$` and the escape character itself are escaped; leaves `at` on the last one read. */
function escaped(state: State, escapeChar: string, rawEscapes: boolean): string {
  const next = state.text[state.at + 1];
  const kept = rawEscapes ? escapeChar : '';
  if (next === undefined) return kept;
  if (next !== '"' && next !== '$' && next !== escapeChar) return kept + escapeChar;
  state.at += 1;
  return kept + next;
}

/** Blanks behind `<<` stay in the word, so that `<< EOF` is one. */
function heredocMark(state: State): string {
  if (state.text[state.at + 1] !== '<') {
    state.at += 1;
    return '<';
  }
  const start = state.at;
  state.at += 2;
  while (/[\t\r ]/.test(state.text[state.at] ?? '')) state.at += 1;
  return state.text.slice(start, state.at);
}

function dollar(state: State): string | undefined {
  const start = state.at;
  state.at += 1;
  if (state.text[state.at] !== '{') {
    const name = variableName(state);
    return name === '' ? '$' : plain(state, name, start);
  }
  state.at += 1;
  const first = state.text[state.at];
  if (first === undefined || first === '{' || first === '}' || first === ':') return undefined;
  const name = variableName(state);
  state.depth += 1;
  const value = state.depth > MAX_DEPTH ? undefined : braced(state, name, start);
  state.depth -= 1;
  return value;
}

function plain(state: State, name: string, start: number): string {
  const found = settledValue(state, name);
  return typeof found === 'string' ? unresolved(state, start) : found.value;
}

function settledValue(state: State, name: string): Value {
  const found = state.rules.lookup(name);
  if (typeof found === 'string') return found;
  state.expanded += found.value.length;
  return state.expanded > MAX_EXPANDED ? 'unknown' : found;
}

function unresolved(state: State, start: number): string {
  state.complete = false;
  return state.text.slice(start, state.at);
}

/** From behind the name in `${name` to behind the closing brace. */
function braced(state: State, name: string, start: number): string | undefined {
  const mark = state.text[state.at];
  state.at += 1;
  if (mark === '}') return plain(state, name, start);
  if (mark === '/') return replaced(state, name, start);
  const emptyToo = mark === ':';
  const operator = emptyToo ? state.text[state.at++] : mark;
  if (operator === undefined || !'+-?#%'.includes(operator)) return undefined;
  const trims = operator === '#' || operator === '%';
  if (emptyToo && trims) return undefined;
  const complete = state.complete;
  const word = nested(state, '}', trims);
  if (word === undefined) return undefined;
  const found = settledValue(state, name);
  if (found === 'unknown') return unresolved(state, start);
  const value = found === 'unset' || (emptyToo && found.value === '') ? undefined : found.value;
  if (operator === '-' || operator === '+') {
    const usesWord = (value === undefined) === (operator === '-');
    if (!usesWord) state.complete = complete;
    if (operator === '+') return usesWord ? word : '';
    return value ?? word;
  }
  if (value === undefined) return operator === '?' ? undefined : unsetTrim(state, found, start);
  if (operator === '?') return value;
  const trimmed = trimPattern(value, word, operator);
  return trimmed ?? unresolved(state, start);
}

function unsetTrim(state: State, found: Value, start: number): string {
  return found === 'unset' ? unresolved(state, start) : '';
}

function replaced(state: State, name: string, start: number): string | undefined {
  const everywhere = state.text[state.at] === '/';
  if (everywhere) state.at += 1;
  const pattern = nested(state, '/', true);
  const replacement = pattern === undefined ? undefined : nested(state, '}', true);
  if (pattern === undefined || replacement === undefined) return undefined;
  const found = settledValue(state, name);
  if (typeof found === 'string') return unresolved(state, start);
  return replacePattern(found.value, pattern, replacement, everywhere) ?? unresolved(state, start);
}

function nested(state: State, stop: string, rawEscapes: boolean): string | undefined {
  const word = scan(state, stop, rawEscapes);
  state.word = '';
  return word;
}

/** Letters, digits and `_`; or digits alone; or one special parameter such as `$@`. */
function variableName(state: State): string {
  const start = state.at;
  const first = state.text[start] ?? '';
  if ('@*#?-$!0'.includes(first) && first !== '' && first !== '0') {
    state.at += 1;
    return first;
  }
  const part = /\p{Nd}/u.test(first) ? /\p{Nd}/u : /[\p{L}\p{Nd}_]/u;
  while (part.test(state.text[state.at] ?? '')) state.at += 1;
  return state.text.slice(start, state.at);
}
