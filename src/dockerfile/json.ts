/** The JSON array form of COPY, ADD, RUN, CMD, ENTRYPOINT, SHELL, VOLUME and HEALTHCHECK CMD. */
import type { RawWord } from './words.ts';

/**
 * The strings of `text[from, to)` with their offsets, quotes included. `undefined`: no JSON array, so BuildKit takes the
 * text as shell or word form. `'not-strings'`: an array with something else in it, which BuildKit refuses.
 */
export function jsonStrings(text: string, from: number, to: number): readonly RawWord[] | 'not-strings' | undefined {
  if (text[from] !== '[') return undefined;
  const parsed = parseArray(text.slice(from, to));
  if (parsed === undefined) return undefined;
  if (!parsed.every((item) => typeof item === 'string')) return 'not-strings';
  return withOffsets(text, from, to, parsed);
}

function parseArray(text: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The text is a valid array of strings, so every quote that is not escaped starts or ends one. */
function withOffsets(text: string, from: number, to: number, values: readonly string[]): readonly RawWord[] {
  const words: RawWord[] = [];
  let at = from;
  for (const value of values) {
    const start = text.indexOf('"', at);
    let end = start + 1;
    while (end < to && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    at = end + 1;
    words.push({ value, start, end: at });
  }
  return words;
}
