/** Values of small JavaScript expressions, as far as they can be read without running anything. */

/** Text of the arguments behind an opening bracket, split at top-level commas; what is longer than `limit` is not read. */
export function argumentsAt(text: string, open: number, limit = 600): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  const end = Math.min(text.length, open + limit);
  for (let at = open; at < end; at++) {
    const char = text[at] ?? '';
    if (char === "'" || char === '"' || char === '`') at = stringEnd(text, at, end);
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) {
      depth--;
      if (depth === 0) return [...parts, text.slice(start, at).trim()].filter((part) => part !== '');
    } else if (char === ',' && depth === 1) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts;
}

function stringEnd(text: string, start: number, end: number): number {
  const quote = text[start];
  let at = start + 1;
  while (at < end && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Splits at an operator outside of brackets and strings. */
export function splitTop(text: string, operator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === "'" || char === '"' || char === '`') at = stringEnd(text, at, text.length);
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (depth === 0 && text.startsWith(operator, at)) {
      parts.push(text.slice(start, at).trim());
      at += operator.length - 1;
      start = at + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

/** Without `as T`, `!`, `await` and enclosing parentheses. */
export function bare(text: string): string {
  let one = text
    .trim()
    .replace(/\s+as\s+[\w<>[\]. |]+$/, '')
    .replace(/!+$/, '')
    .replace(/^await\s+/, '')
    .trim();
  while (one.startsWith('(') && one.endsWith(')') && splitTop(one.slice(1, -1), ')').length === 1)
    one = one.slice(1, -1).trim();
  return one;
}

/** A string literal without expansions. */
export function literal(text: string): string | undefined {
  const match = /^(['"`])([^'"`\\]*)\1$/.exec(text);
  return match === null || (match[1] === '`' && match[2]?.includes('${')) ? undefined : match[2];
}

/** What `name` is declared to be in this text: the right side of its first declaration. */
export function declared(text: string, name: string): string | undefined {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return undefined;
  const match = new RegExp(
    `(?:^|[^\\w$.])(?:const|let|var)\\s+${name.replaceAll('$', '\\$')}\\s*(?::[^=\\n]{1,80})?=\\s*`,
  ).exec(text);
  if (match === null) return undefined;
  return statement(text, match.index + match[0].length);
}

/** From here to the end of the statement: a semicolon, a line break outside of brackets, or a comma of the declaration. */
function statement(text: string, start: number): string {
  let depth = 0;
  const end = Math.min(text.length, start + 400);
  for (let at = start; at < end; at++) {
    const char = text[at] ?? '';
    if (char === "'" || char === '"' || char === '`') at = stringEnd(text, at, end);
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (depth === 0 && (char === ';' || char === ',')) return text.slice(start, at).trim();
    else if (
      depth === 0 &&
      char === '\n' &&
      !/^\s*(\|\||\?\?|\+|\.|\?|:)/.test(text.slice(at + 1, at + 80)) &&
      !/(\|\||\?\?|\+|=)\s*$/.test(text.slice(start, at))
    )
      return text.slice(start, at).trim();
  }
  return text.slice(start, end).trim();
}

/** `process.env.NAME`, `process.env['NAME']`. */
export function environmentName(text: string): string | undefined {
  const match = /^(?:process\.env|env|Bun\.env|import\.meta\.env)(?:\.([A-Za-z_]\w*)|\[['"]([A-Za-z_]\w*)['"]\])$/.exec(
    text,
  );
  return match?.[1] ?? match?.[2];
}
