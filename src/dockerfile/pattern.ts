/** Shell patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}` as BuildKit reads them: only `*` and `?`. */

const MAX_VALUE = 512;
const MAX_PATTERN = 64;

type Token = { readonly any: '*' | '?' } | { readonly char: string };

/** `undefined`: an escape BuildKit refuses, or beyond the sizes looked at. */
function tokens(pattern: string): readonly Token[] | undefined {
  if (pattern.length > MAX_PATTERN) return undefined;
  const found: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] as string;
    if (char === '*' || char === '?') found.push({ any: char });
    else if (char !== '\\') found.push({ char });
    else {
      const next = pattern[at + 1];
      if (next === undefined || !'}/*?\\'.includes(next)) return undefined;
      found.push({ char: next });
      at += 1;
    }
  }
  return found;
}

/** Does all of `text[from, to)` match? */
function matches(pattern: readonly Token[], text: string, from: number, to: number): boolean {
  let at = from;
  let token = 0;
  let star = -1;
  let resume = from;
  while (at < to) {
    const wanted = pattern[token];
    if (wanted !== undefined && 'any' in wanted && wanted.any === '*') {
      star = token;
      token += 1;
      resume = at;
    } else if (wanted !== undefined && ('any' in wanted || wanted.char === text[at])) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      token = star + 1;
    } else return false;
  }
  return pattern.slice(token).every((rest) => 'any' in rest && rest.any === '*');
}

/** `#`/`##` cut a matching prefix, `%`/`%%` a suffix; a doubled operator (first character of `word`) cuts the longest. */
export function trimPattern(value: string, word: string, operator: string): string | undefined {
  const longest = word.startsWith(operator);
  const pattern = tokens(longest ? word.slice(1) : word);
  if (pattern === undefined || value.length > MAX_VALUE) return undefined;
  for (let step = 0; step <= value.length; step += 1) {
    const length = longest ? value.length - step : step;
    const start = operator === '#' ? 0 : value.length - length;
    if (matches(pattern, value, start, start + length)) {
      return operator === '#' ? value.slice(length) : value.slice(0, start);
    }
  }
  return value;
}

/** Replaces the first or every longest match. `undefined` also for patterns that match nothing, and `$` in the text. */
export function replacePattern(value: string, pattern: string, text: string, everywhere: boolean): string | undefined {
  const wanted = tokens(pattern);
  if (wanted === undefined || value.length > MAX_VALUE || text.length > MAX_VALUE || text.includes('$'))
    return undefined;
  if (matches(wanted, '', 0, 0)) return undefined;
  let out = '';
  let at = 0;
  while (at < value.length) {
    const end = longestMatch(wanted, value, at);
    if (end < 0) {
      out += value[at];
      at += 1;
    } else {
      out += text;
      at = end;
      if (!everywhere) break;
    }
  }
  return out + value.slice(at);
}

function longestMatch(pattern: readonly Token[], value: string, from: number): number {
  for (let end = value.length; end > from; end -= 1) if (matches(pattern, value, from, end)) return end;
  return -1;
}
