/** HTML whose every interpolation is escaped. Foreign text gets into a page only through `html`. */
import { sanitise } from './sanitise.ts';

/** Markup that needs no escaping any more. Only `html` and `joined` make it. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[];

/** Text and numbers are escaped, for content and for quoted attributes alike; markup is taken as it is. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const [first = '', ...rest] = strings.raw;
  return { markup: first + rest.map((text, index) => rendered(parts[index] ?? '') + text).join('') };
}

export function joined(parts: readonly Markup[]): Markup {
  return { markup: parts.map(({ markup }) => markup).join('') };
}

export const nothing: Markup = { markup: '' };

/** A sentence with what stands between backticks as code. */
export function said(text: string): Markup {
  const parts = text.split(/(`[^`]+`)/);
  return joined(
    parts.map((part) => (/^`[^`]+`$/.test(part) ? html`<code>${part.slice(1, -1)}</code>` : html`${part}`)),
  );
}

function rendered(part: Part): string {
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeHtml(part);
  return 'markup' in part ? part.markup : joined(part).markup;
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls, bidirectional overrides and invisible characters become visible escapes. */
export function escapeHtml(text: string): string {
  return sanitise(text).replace(/[&<>"']/g, (char) => references[char] ?? char);
}
