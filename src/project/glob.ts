/**
 * Patterns of Go's `path/filepath.Match` (go.dev/src/path/filepath/match.go, Unix rules), as tokens, and a matcher whose
 * cost is the product of the two lengths whatever the pattern.
 */

export type Token =
  | { readonly kind: 'char'; readonly char: string; readonly escaped: boolean }
  /** `?`: one character but `/`. */
  | { readonly kind: 'any' }
  /** `*`: characters but `/`. */
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  /** Any characters (`**` of ignore files, not of Go). */
  | { readonly kind: 'deep' }
  /** Nothing, or any characters up to a `/` (`**` of ignore files before more pattern). */
  | { readonly kind: 'directories' };

/** Tokens of a pattern; `undefined` when Go calls it a bad pattern. */
export function parseGlob(pattern: string): readonly Token[] | undefined {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    if (char === '[') {
      const parsed = parseClass(chars, at + 1);
      if (parsed === undefined) return undefined;
      tokens.push(parsed.token);
      at = parsed.end;
    } else if (char === '\\') {
      at += 1;
      const escaped = chars[at];
      if (escaped === undefined) return undefined;
      tokens.push({ kind: 'char', char: escaped, escaped: true });
    } else {
      tokens.push(
        char === '*' ? { kind: 'star' } : char === '?' ? { kind: 'any' } : { kind: 'char', char, escaped: false },
      );
    }
  }
  return tokens;
}

function parseClass(
  chars: readonly string[],
  start: number,
): { readonly token: Token; readonly end: number } | undefined {
  const negated = chars[start] === '^';
  const ranges: (readonly [number, number])[] = [];
  let at = negated ? start + 1 : start;
  for (;;) {
    if (chars[at] === ']' && ranges.length > 0) return { token: { kind: 'class', negated, ranges }, end: at };
    const low = classChar(chars, at);
    if (low === undefined) return undefined;
    at = low.next;
    const high = chars[at] === '-' ? classChar(chars, at + 1) : low;
    if (high === undefined) return undefined;
    at = high.next;
    ranges.push([low.code, high.code]);
  }
}

function classChar(
  chars: readonly string[],
  start: number,
): { readonly code: number; readonly next: number } | undefined {
  const first = chars[start];
  if (first === undefined || first === '-' || first === ']') return undefined;
  const at = first === '\\' ? start + 1 : start;
  const code = chars[at]?.codePointAt(0);
  return code === undefined || chars[at + 1] === undefined ? undefined : { code, next: at + 1 };
}

/** Does the whole text match? */
export function matchesTokens(tokens: readonly Token[], text: string): boolean {
  let states = closure(tokens, new Set([0]), true);
  for (const char of text) {
    const next = new Set<number>();
    for (const state of states) step(tokens, state, char, next);
    if (next.size === 0) return false;
    states = closure(tokens, next, char === '/');
  }
  return states.has(tokens.length);
}

/** Adds the states reached without a character; `directories` may end only at the start and behind a `/`. */
function closure(tokens: readonly Token[], states: Set<number>, atBoundary: boolean): Set<number> {
  for (const state of states) {
    const kind = tokens[state]?.kind;
    if (kind === 'star' || kind === 'deep') states.add(state + 1);
    if (kind === 'directories' && atBoundary) states.add(state + 1);
  }
  return states;
}

function step(tokens: readonly Token[], state: number, char: string, next: Set<number>): void {
  const token = tokens[state];
  if (token === undefined) return;
  if (token.kind === 'deep' || token.kind === 'directories' || (token.kind === 'star' && char !== '/')) next.add(state);
  else if (token.kind !== 'star' && consumes(token, char)) next.add(state + 1);
}

function consumes(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char;
  if (token.kind === 'any') return char !== '/';
  if (token.kind !== 'class') return false;
  const code = char.codePointAt(0) ?? 0;
  return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.negated;
}

/** `filepath.Match`; a bad pattern matches nothing. */
export function goMatch(pattern: string, name: string): boolean {
  const tokens = parseGlob(pattern);
  return tokens !== undefined && matchesTokens(tokens, name);
}
