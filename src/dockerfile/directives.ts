/** Parser directives: the comments at the very top that BuildKit obeys. */
import { commentStart, type Line } from './lines.ts';
import type { Directive } from './model.ts';
import { type Problem, problem } from './reasons.ts';
import { skipSpace } from './space.ts';

export interface Directives {
  readonly found: readonly Directive[];
  readonly escape: '\\' | '`';
  /** How many physical lines are directives. */
  readonly lines: number;
}

const KNOWN = ['syntax', 'check', 'escape'];

/** The first line that is no known directive ends them, a blank line or an ordinary comment too. */
export function readDirectives(source: string, lines: readonly Line[]): Directives | Problem {
  const found: Directive[] = [];
  let escapeChar: '\\' | '`' = '\\';
  for (const line of lines) {
    const directive = directiveOf(source, line);
    if (directive === undefined) break;
    const { name, value, span } = directive;
    if (found.some((other) => other.name === name)) return problem('duplicate-directive', span.start, { name });
    if (name === 'escape') {
      if (value !== '\\' && value !== '`') return problem('invalid-escape', span.start, { value });
      escapeChar = value;
    }
    found.push(directive);
  }
  return { found, escape: escapeChar, lines: found.length };
}

function directiveOf(source: string, line: Line): Directive | undefined {
  const hash = commentStart(source, line);
  if (hash < 0) return undefined;
  const start = skipSpace(source, hash + 1, line.end);
  const match = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=([\s\S]*)$/.exec(source.slice(start, line.end));
  const name = match?.[1]?.toLowerCase() ?? '';
  const value = (match?.[2] ?? '').replace(/^[\t\n\f\r ]+/, '').trimEnd();
  if (!KNOWN.includes(name) || value === '') return undefined;
  return { name, value, span: { start: hash, end: line.end } };
}
