/** The page over all pages of a merged report. */
import { type Book, type BookTotals, gaps, totalsOf } from './book.ts';
import { outcomeWords } from './book-text.ts';
import { page } from './html-frame.ts';
import { html, type Markup, nothing, said } from './html-markup.ts';
import { type GroupEntry, type TreeOutcome, treeOutcomes } from './journal-index.ts';
import { plural } from './layout.ts';
import { bytesText, changeText } from './size.ts';

const colours: Readonly<Record<TreeOutcome, string>> = {
  changed: 'good',
  refused: 'warn',
  'left-alone': 'dim',
  fine: 'dim',
  'none-found': 'dim',
  error: 'bad',
};

/** Rows of one table; a browser is slow beyond. */
const mostRows = 20_000;
const mostReasons = 10;

/** `linkTo`: address of an entry's page, relative to the index. */
export function indexPage(book: Book, linkTo: (index: number) => string): string {
  const totals = totalsOf(book);
  const title = `${plural(book.entries.length, 'repository', 'repositories')}, ${plural(totals.dockerfiles, 'Dockerfile')}`;
  const warnings = gaps(book).map((gap) => html`<li>${gap}</li>`);
  return page(
    title,
    html`<header><h1>${title}</h1>${warnings.length === 0 ? nothing : html`<ul class="why warn">${warnings}</ul>`}</header>
<main>${outcomeBar(totals)}${stepsMarkup(totals)}${sizeMarkup(totals)}${reasonsMarkup(totals, book, linkTo)}
<h2>Repositories</h2>${repositories(book, linkTo)}</main>
<footer>${book.tools.join(', ').replaceAll('@', ' ')}: rules, not a language model; nothing of these repositories was executed.</footer>`,
  );
}

function outcomeBar(totals: BookTotals): Markup {
  const present = treeOutcomes.filter((outcome) => totals.outcomes[outcome] > 0);
  const all = present.reduce((sum, outcome) => sum + totals.outcomes[outcome], 0);
  const parts = present.map(
    (outcome) =>
      html`<i class="${colours[outcome]}" style="width:${((totals.outcomes[outcome] / all) * 100).toFixed(2)}%;background:currentColor;border-right:1px solid var(--bg)"></i>`,
  );
  const legend = present.map(
    (outcome) => html`<li><b class="${colours[outcome]}">${totals.outcomes[outcome]}</b> ${outcomeWords[outcome]}</li>`,
  );
  return html`<div class="stack" aria-hidden="true">${parts}</div><ul class="chips">${legend}</ul>`;
}

function stepsMarkup({ steps }: BookTotals): Markup {
  if (steps.length === 0) return nothing;
  return html`<h2>Steps</h2>${bars(steps.map(([name, count]) => [html`<code>${name}</code>`, count]))}`;
}

function bars(rows: readonly (readonly [Markup, number])[]): Markup {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const cells = rows.map(
    ([label, count]) =>
      html`<span>${label}</span><span><span class="bar" style="display:block;width:${Math.max(1, Math.round((count / most) * 100))}%"></span></span><span>${count}</span>
`,
  );
  return html`<div class="bars">${cells}</div>`;
}

function sizeMarkup({ size, changed }: BookTotals): Markup {
  if (size === undefined) return nothing;
  const unknown = changed - size.files;
  return html`<h2>Base images, compressed</h2><p><b>${bytesText(size.before)} → ${bytesText(size.after)}</b> (${changeText(size.before, size.after)})</p>
<p class="dim">An estimate over ${plural(size.files, 'Dockerfile')} whose bases have published sizes${unknown > 0 ? `; ${unknown} unknown` : ''}.</p>`;
}

function reasonsMarkup({ reasons }: BookTotals, book: Book, linkTo: (index: number) => string): Markup {
  if (reasons.length === 0) return nothing;
  const rows = reasons.slice(0, 200).map(({ code, message, count }) => {
    const where = book.entries.flatMap((entry, index) =>
      entry.reasons.some((one) => one.code === code) ? [index] : [],
    );
    const links = where
      .slice(0, 20)
      .map((index) => html`<li><a href="${linkTo(index)}">${book.entries[index]?.name ?? ''}</a></li>`);
    const rest = where.length > 20 ? html`<li>and ${where.length - 20} others</li>` : nothing;
    return html`<details id="${code}"><summary><b>${count}</b> <code>${code}</code> <span class="dim">${said(message)}</span></summary><div class="in"><ul class="chips">${links}${rest}</ul></div></details>`;
  });
  const others = rows.slice(mostReasons);
  const more =
    others.length === 0
      ? nothing
      : html`<details><summary>${plural(others.length, 'other reason')}</summary><div class="in">${others}</div></details>`;
  return html`<h2>Left undone, by reason</h2>${rows.slice(0, mostReasons)}${more}`;
}

function repositories(book: Book, linkTo: (index: number) => string): Markup {
  const rows = book.entries.slice(0, mostRows).map((entry, index) => row(entry, linkTo(index)));
  const rest = book.entries.length > mostRows ? html`<p>and ${book.entries.length - mostRows} others</p>` : nothing;
  return html`<table class="grid"><thead><tr><th>repository</th><th>outcome</th><th class="num">Dockerfiles</th><th>steps or reason</th><th class="num">base images</th></tr></thead><tbody>${rows}</tbody></table>${rest}`;
}

function row(entry: GroupEntry, link: string): Markup {
  const files = Object.values(entry.dockerfiles).reduce((sum, count) => sum + count, 0);
  const steps = Object.keys(entry.steps).join(', ');
  const [reason] = entry.reasons;
  const why =
    steps !== ''
      ? html`${steps}`
      : reason === undefined
        ? nothing
        : html`<a href="#${reason.code}"><code>${reason.code}</code></a>`;
  const size = entry.size === undefined ? '' : changeText(entry.size.before, entry.size.after);
  return html`<tr><td><a href="${link}">${entry.name}</a></td><td><span class="tag ${colours[entry.outcome]}">${outcomeWords[entry.outcome]}</span></td><td class="num" data-is="Dockerfiles">${files}</td><td>${why}</td><td class="num" data-is="base images">${size}</td></tr>
`;
}
