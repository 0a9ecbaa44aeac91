/** Hunks side by side: old on the left, new on the right, what differs within a pair of lines marked. */
import type { Hunk } from './diff.ts';
import { html, joined, type Markup, nothing } from './html-markup.ts';
import { readPatch } from './patch-reader.ts';

interface Line {
  readonly number: number;
  readonly text: string;
}
interface Row {
  readonly old: Line | undefined;
  readonly now: Line | undefined;
}

/** A page must stay readable: past this the patch itself is the better place to look. */
const mostRows = 1500;

/** One table per file of the patch. */
export function sideBySide(patch: string): Markup {
  return joined(
    readPatch(patch).map(({ path, isNew, hunks }) => {
      const rows = hunks.map(hunkRows);
      const shown = rows.reduce((sum, list) => sum + list.length, 0);
      const head = html`<figcaption>${path}${isNew ? html` <span class="tag">new file</span>` : nothing}</figcaption>`;
      if (shown > mostRows) return html`<figure>${head}<p class="dim">${shown} lines: see the patch.</p></figure>`;
      const moved = movedTexts(rows.flat());
      const parts = rows.map((list, index) => [gap(hunks, index), ...list.map((row) => rowMarkup(row, moved))]);
      return html`<figure class="diff${isNew ? ' only' : ''}">${head}<table>${columns}${parts.flat()}</table></figure>`;
    }),
  );
}

/** Widths come from here: the first row may be one wide cell. */
const columns = html`<colgroup><col class="no"><col><col class="no"><col></colgroup>`;

function gap(hunks: readonly Hunk[], index: number): Markup {
  const line = hunks[index]?.oldStart ?? 1;
  return index === 0 && line === 1 ? nothing : html`<tr class="gap"><td colspan="4">line ${line}</td></tr>`;
}

/** Runs of removed and added lines are paired in order. */
function hunkRows(hunk: Hunk): readonly Row[] {
  const rows: Row[] = [];
  let [old, now] = [hunk.oldStart, hunk.newStart];
  let removed: Line[] = [];
  let added: Line[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1)
      rows.push({ old: removed[at], now: added[at] });
    [removed, added] = [[], []];
  };
  for (const line of hunk.lines) {
    const text = line.slice(1).replace(/\r$/, '');
    if (line.startsWith('-')) removed.push({ number: old++, text });
    else if (line.startsWith('+')) added.push({ number: now++, text });
    else if (!line.startsWith('\\')) {
      flush();
      rows.push({ old: { number: old++, text }, now: { number: now++, text } });
    }
  }
  flush();
  return rows;
}

/** Texts that stand on both sides without being each other's pair: they were moved, not written. */
function movedTexts(rows: readonly Row[]): ReadonlySet<string> {
  const changed = rows.filter(({ old, now }) => old?.text !== now?.text);
  const removed = new Set(changed.map(({ old }) => old?.text.trim() ?? ''));
  return new Set(
    changed.map(({ now }) => now?.text.trim() ?? '').filter((text) => text.length > 3 && removed.has(text)),
  );
}

function rowMarkup({ old, now }: Row, moved: ReadonlySet<string>): Markup {
  const same = old !== undefined && now !== undefined && old.text === now.text;
  const [left, right] = same || old === undefined || now === undefined ? plain(old, now) : marked(old.text, now.text);
  const kind = same ? html` class="same"` : nothing;
  return html`<tr${kind}>${side(old, left, same ? '' : 'del', moved)}${side(now, right, same ? '' : 'ins', moved)}</tr>
`;
}

function side(line: Line | undefined, text: Markup, kind: string, moved: ReadonlySet<string>): Markup {
  if (line === undefined) return html`<td class="no"></td><td class="void"></td>`;
  const hint = kind !== '' && moved.has(line.text.trim()) ? 'moved' : kind;
  return html`<td class="no">${line.number}</td><td class="${hint}">${text}</td>`;
}

function plain(old: Line | undefined, now: Line | undefined): readonly [Markup, Markup] {
  return [html`${old?.text ?? ''}`, html`${now?.text ?? ''}`];
}

/** What the two lines share at their ends stays unmarked, unless that is next to nothing. */
function marked(old: string, now: string): readonly [Markup, Markup] {
  const [start, end] = shared([...old], [...now]);
  const cut = (text: string): Markup => {
    const chars = [...text];
    const middle = chars.slice(start, chars.length - end).join('');
    const mark = middle === '' ? nothing : html`<mark>${middle}</mark>`;
    return html`${chars.slice(0, start).join('')}${mark}${chars.slice(chars.length - end).join('')}`;
  };
  const enough = start + end >= 4 && (start + end) * 3 >= Math.min(old.length, now.length);
  return enough ? [cut(old), cut(now)] : [html`${old}`, html`${now}`];
}

function shared(old: readonly string[], now: readonly string[]): readonly [number, number] {
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return [start, end];
}
