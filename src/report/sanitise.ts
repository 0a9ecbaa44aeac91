/**
 * Text of a target repository made harmless for a terminal: control characters, bidirectional overrides and invisible
 * characters become visible escapes. Only for what is shown, never for what is written.
 */

/** Controls (C0, DEL, C1), format characters (bidi, zero width, BOM, tags), line and paragraph separators, lone surrogates. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text of several lines; tabs and line feeds stay. */
export function sanitise(text: string): string {
  return text.replace(unsafe, (char) => (char === '\n' || char === '\t' ? char : escapeOf(char)));
}

/** A name, which must stay on its line: tabs and line feeds are escaped too. */
export function sanitiseName(name: string): string {
  return sanitise(name).replace(/\n/g, '\\n').replace(/\t/g, '\\t');
}

/** Whether a reader could be misled by how this text is displayed (a carriage return before a line feed is fine). */
export function hasHiddenCharacters(text: string): boolean {
  const visible = text.replace(/^\ufeff/, '').replace(/\r\n|[\n\t\f]/g, '');
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(visible);
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
