/**
 * Foreign text inside Markdown. Nothing in it may become markup, a link, a mention of somebody or a reference to an issue:
 * marks are escaped, and what a forge would link on its own stands in code spans.
 */
import { sanitise, sanitiseName } from './sanitise.ts';

/** Mentions, issue references, addresses and commit ids, which forges turn into links without any markup. */
const selfLinking = /@|#\d|\bGH-\d|:\/\/|^www\.|\b[0-9a-f]{7,40}\b/i;

type Span = (text: string) => string;

/** A sentence; code spans in it stay code spans. Line breaks become blanks. */
export function prose(text: string): string {
  return spelled(text, codeSpan);
}

/** The same for the cell of a table. */
export function cellProse(text: string): string {
  return spelled(text, cellSpan);
}

function spelled(text: string, span: Span): string {
  return sanitise(text)
    .replace(/[\n\t]/g, ' ')
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? span(part.slice(1, -1)) : words(part, span)))
    .reduce(apart, '');
}

/** Two code spans side by side would be read as one with other ends. */
function apart(before: string, part: string): string {
  return before.endsWith('`') && part.startsWith('`') ? `${before} ${part}` : before + part;
}

function words(text: string, span: Span): string {
  return text
    .split(/( +)/)
    .map((word) => (selfLinking.test(word) ? span(word) : escaped(word)))
    .join('');
}

function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>()#+!~$&]/g, (mark) => `\\${mark}`)
    .replaceAll('|', '&#124;')
    .replace(/^([-=])/, '\\$1')
    .replace(/^(\d{1,9})\.$/, '$1\\.');
}

/** Its fence is longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const shown = sanitiseName(text);
  if (shown === '') return '';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown.trim() === '' ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A code span for the cell of a table, which a bar would end even there. */
export function cellSpan(text: string): string {
  return text.includes('|') ? `<code>${entities(sanitiseName(text))}</code>` : codeSpan(text);
}

/** Inside an HTML tag Markdown is still read, inside a character reference it is not. */
function entities(text: string): string {
  return text.replace(/[^A-Za-z0-9 ]/gu, (char) => `&#${char.codePointAt(0)};`);
}

/** A code block whose fence is longer than any run of backticks inside; ends with a line feed. */
export function codeBlock(text: string, language: string): string {
  const shown = sanitise(text.replace(/\r$/gm, '')).replace(/\n$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${language}\n${shown}\n${fence}\n`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
