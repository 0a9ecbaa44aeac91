/** How BuildKit cuts one logical line: keyword, flags, words. All offsets are into that line. */
import { isBlank, isSpace, skipSpace, trimEnd } from './space.ts';

export interface RawWord {
  /** As BuildKit's line parser hands it on. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface Cut {
  readonly name: RawWord;
  readonly flags: readonly RawWord[];
  /** What follows keyword and flags, trimmed. */
  readonly start: number;
  readonly end: number;
}

/** Cuts `text[from, to)` into keyword, flags (for any keyword) and the rest. */
export function cutInstruction(text: string, from: number, to: number, escapeChar: string): Cut {
  const start = skipSpace(text, from, to);
  const end = trimEnd(text, start, to);
  let at = start;
  while (at < end && !isBlank(text.charCodeAt(at))) at += 1;
  const name = { value: text.slice(start, at), start, end: at };
  const { flags, rest } = leadingFlags(text, at, end, escapeChar);
  const bodyStart = skipSpace(text, rest, end);
  return { name, flags, start: bodyStart, end };
}

function isFlagBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Words that start with `--`, quotes and escapes removed; a bare `--` ends them and is dropped. */
function leadingFlags(text: string, from: number, to: number, escapeChar: string) {
  const flags: RawWord[] = [];
  let at = from;
  for (;;) {
    while (at < to && isFlagBlank(text.charCodeAt(at))) at += 1;
    if (!text.startsWith('--', at) || at + 1 >= to) return { flags, rest: at };
    const flag = flagWord(text, at, to, escapeChar);
    if (flag.value === '--') return { flags, rest: flag.end };
    flags.push(flag);
    at = flag.end;
  }
}

function flagWord(text: string, start: number, to: number, escapeChar: string): RawWord {
  let value = '';
  let quote = '';
  let at = start;
  for (; at < to; at += 1) {
    const char = text[at] as string;
    if (quote === '' && isFlagBlank(text.charCodeAt(at))) break;
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === escapeChar) {
      at += 1;
      if (at < to) value += text[at];
    } else value += char;
  }
  return { value, start, end: Math.min(at, to) };
}

/** Words between blanks, nothing removed: FROM, COPY, ADD, EXPOSE, VOLUME. */
export function blankWords(text: string, from: number, to: number): readonly RawWord[] {
  const words: RawWord[] = [];
  let at = from;
  while (at < to) {
    const start = at;
    while (at < to && !isBlank(text.charCodeAt(at))) at += 1;
    words.push({ value: text.slice(start, at), start, end: at });
    while (at < to && isBlank(text.charCodeAt(at))) at += 1;
  }
  return words;
}

/** Words between spaces where quotes and escapes hold a word together and stay in it: ENV, LABEL, ARG. */
export function quotedWords(text: string, from: number, to: number, escapeChar: string): readonly RawWord[] {
  const words: RawWord[] = [];
  let at = skipSpace(text, from, to);
  while (at < to) {
    const { end, dropped } = quotedWordEnd(text, at, to, escapeChar);
    const value = text.slice(at, dropped ? end - 1 : end);
    if (value !== '') words.push({ value, start: at, end });
    at = skipSpace(text, end, to);
  }
  return words;
}

/** `dropped`: the text ends in a lone escape character, which BuildKit leaves out. */
function quotedWordEnd(text: string, start: number, to: number, escapeChar: string) {
  let quote = '';
  for (let at = start; at < to; at += 1) {
    const char = text[at] as string;
    if (quote === '' && isSpace(text.charCodeAt(at))) return { end: at, dropped: false };
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === escapeChar && quote !== "'") {
      if (at + 1 === to) return { end: to, dropped: true };
      at += 1;
    }
  }
  return { end: to, dropped: false };
}
