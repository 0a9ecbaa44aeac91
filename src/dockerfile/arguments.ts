/** The arguments of one instruction as BuildKit's line parser cuts them, by keyword. Offsets are into the logical line. */
import { jsonStrings } from './json.ts';
import { isBlank, skipSpace } from './space.ts';
import { blankWords, type Cut, cutInstruction, quotedWords, type RawWord } from './words.ts';

export interface RawPair {
  readonly key: RawWord;
  readonly value: RawWord;
}

export type Arguments =
  /** `json`: the words are the strings of a JSON array. */
  | { readonly kind: 'words'; readonly json: boolean; readonly words: readonly RawWord[] }
  | { readonly kind: 'pairs'; readonly legacy: boolean; readonly pairs: readonly RawPair[] }
  | { readonly kind: 'check'; readonly type: RawWord | undefined; readonly command: Arguments & { kind: 'words' } }
  | { readonly kind: 'trigger'; readonly child: Cut | undefined }
  /** No instruction of Docker's: nothing is said about its arguments. */
  | { readonly kind: 'ignored' };

export type ArgumentsFault =
  | { readonly fault: 'json-not-strings'; readonly at: number }
  | { readonly fault: 'missing-value'; readonly at: number }
  | { readonly fault: 'missing-equals'; readonly at: number; readonly word: string };

type Reader = (text: string, from: number, to: number, escapeChar: string) => Arguments | ArgumentsFault;

const READERS: Readonly<Record<string, Reader>> = {
  ADD: (text, from, to) => jsonOr(text, from, to, blankWords),
  COPY: (text, from, to) => jsonOr(text, from, to, blankWords),
  VOLUME: (text, from, to) => jsonOr(text, from, to, blankWords),
  RUN: (text, from, to) => jsonOr(text, from, to, wholeText),
  CMD: (text, from, to) => jsonOr(text, from, to, wholeText),
  ENTRYPOINT: (text, from, to) => jsonOr(text, from, to, wholeText),
  SHELL: (text, from, to) => jsonOr(text, from, to, wholeText),
  FROM: (text, from, to) => plain(blankWords(text, from, to)),
  EXPOSE: (text, from, to) => plain(blankWords(text, from, to)),
  ARG: (text, from, to, escapeChar) => plain(quotedWords(text, from, to, escapeChar)),
  WORKDIR: (text, from, to) => plain(wholeText(text, from, to)),
  USER: (text, from, to) => plain(wholeText(text, from, to)),
  STOPSIGNAL: (text, from, to) => plain(wholeText(text, from, to)),
  MAINTAINER: (text, from, to) => plain(wholeText(text, from, to)),
  ENV: pairs,
  LABEL: pairs,
  HEALTHCHECK: healthcheck,
  ONBUILD: (text, from, to, escapeChar) => ({
    kind: 'trigger',
    child: to > from ? cutInstruction(text, from, to, escapeChar) : undefined,
  }),
};

/** Reads the arguments in `text[from, to)`, which is what follows keyword and flags, trimmed. */
export function readArguments(
  keyword: string,
  text: string,
  from: number,
  to: number,
  escapeChar: string,
): Arguments | ArgumentsFault {
  const reader = Object.hasOwn(READERS, keyword) ? READERS[keyword] : undefined;
  return reader === undefined ? { kind: 'ignored' } : reader(text, from, to, escapeChar);
}

export function isFault(read: Arguments | ArgumentsFault): read is ArgumentsFault {
  return 'fault' in read;
}

function plain(words: readonly RawWord[]): Arguments & { kind: 'words' } {
  return { kind: 'words', json: false, words };
}

function wholeText(text: string, from: number, to: number): readonly RawWord[] {
  return to > from ? [{ value: text.slice(from, to), start: from, end: to }] : [];
}

type WordReader = (text: string, from: number, to: number) => readonly RawWord[];

function jsonOr(
  text: string,
  from: number,
  to: number,
  read: WordReader,
): (Arguments & { kind: 'words' }) | ArgumentsFault {
  const strings = jsonStrings(text, from, to);
  if (strings === 'not-strings') return { fault: 'json-not-strings', at: from };
  return strings === undefined ? plain(read(text, from, to)) : { kind: 'words', json: true, words: strings };
}

function pairs(text: string, from: number, to: number, escapeChar: string): Arguments | ArgumentsFault {
  const words = quotedWords(text, from, to, escapeChar);
  const first = words[0];
  if (first === undefined) return { kind: 'pairs', legacy: false, pairs: [] };
  if (!first.value.includes('=')) return legacyPair(text, from, to);
  const bad = words.find((word) => !word.value.includes('='));
  if (bad !== undefined) return { fault: 'missing-equals', at: bad.start, word: bad.value };
  return { kind: 'pairs', legacy: false, pairs: words.map(pairOf) };
}

function pairOf(word: RawWord): RawPair {
  const equals = word.value.indexOf('=');
  const middle = word.start + equals;
  return {
    key: { value: word.value.slice(0, equals), start: word.start, end: middle },
    value: { value: word.value.slice(equals + 1), start: middle + 1, end: word.end },
  };
}

/** `ENV KEY the rest`: everything behind the first blanks is the value. */
function legacyPair(text: string, from: number, to: number): Arguments | ArgumentsFault {
  let end = from;
  while (end < to && !isBlank(text.charCodeAt(end))) end += 1;
  let start = end;
  while (start < to && isBlank(text.charCodeAt(start))) start += 1;
  if (start === end) return { fault: 'missing-value', at: from };
  const key = { value: text.slice(from, end), start: from, end };
  const value = { value: text.slice(start, to), start, end: to };
  return { kind: 'pairs', legacy: true, pairs: [{ key, value }] };
}

function healthcheck(text: string, from: number, to: number): Arguments | ArgumentsFault {
  let end = from;
  while (end < to && skipSpace(text, end, end + 1) === end) end += 1;
  const command = jsonOr(text, skipSpace(text, end, to), to, wholeText);
  if (isFault(command)) return command;
  const type = end > from ? { value: text.slice(from, end), start: from, end } : undefined;
  return { kind: 'check', type, command };
}
