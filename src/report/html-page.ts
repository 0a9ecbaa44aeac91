/** One page on one tree: per file the stages before and after, the sizes of the bases, every step side by side, what was refused. */
import { sideBySide } from './html-diff.ts';
import { page } from './html-frame.ts';
import { html, joined, type Markup, nothing, said } from './html-markup.ts';
import { plural } from './layout.ts';
import type { FileRecord, ReasonRecord, SizeRecord, StageRecord, StepRecord, TreeReport } from './record.ts';
import { mask } from './redact.ts';
import { bytesText, changeText } from './size.ts';
import { changedSteps, filesText } from './tally.ts';

/** Characters of one page; what a browser still opens at once. Past it the diffs are left out. */
export const pageLimit = 4_000_000;

export interface PageLinks {
  /** Back to the index, relative; `undefined`: the page stands alone. */
  readonly index: string | undefined;
}

/** A self-contained document of at most about `limit` characters; past it without diffs, then files without any detail. */
export function treePage(tree: TreeReport, links: PageLinks, limit: number = pageLimit): string {
  for (const detail of ['diffs', 'steps', 'names'] as const) {
    const text = page(tree.name === '' ? tree.title : tree.name, treeMarkup(tree, links, detail));
    if (text.length <= limit || detail === 'names') return text;
  }
  return '';
}

type Detail = 'diffs' | 'steps' | 'names';

function treeMarkup(tree: TreeReport, links: PageLinks, detail: Detail): Markup {
  const back = links.index === undefined ? nothing : html`<p><a href="${links.index}">← all repositories</a></p>`;
  const name = tree.name === '' ? nothing : html`<p class="dim">${tree.name}</p>`;
  const most = detail === 'names' ? 2000 : Number.POSITIVE_INFINITY;
  const files = tree.files.slice(0, most).map((file, index) => fileMarkup(file, tree, detail, index));
  const cut =
    detail === 'diffs' ? nothing : html`<p class="warn">The page would be too large: details are left out.</p>`;
  return html`${back}<header>${name}<h1>${tree.title}</h1><p>${filesText(tree)}</p>${cut}${contents(tree)}</header>
<main>${files}${remarks(tree)}</main>
<footer>${tree.tool.replace('@', ' ')}: rules, not a language model; nothing of this repository was executed.</footer>`;
}

/** More of them are folded away. */
const mostLinks = 20;

function contents({ files }: TreeReport): Markup {
  if (files.length < 2) return nothing;
  const rows = files
    .slice(0, 1000)
    .map((file, index) => html`<li><a href="#f${index + 1}">${file.path}</a> ${badge(file)}</li>`);
  const list = html`<ul class="chips">${rows}</ul>`;
  if (rows.length <= mostLinks) return list;
  const rest = files.length > rows.length ? html`<p>and ${files.length - rows.length} others</p>` : nothing;
  return html`<details><summary>All ${files.length} Dockerfiles</summary><div class="in">${list}${rest}</div></details>`;
}

const badges = {
  changed: ['good', 'changed'],
  fine: ['dim', 'already fine'],
  refused: ['warn', 'refused'],
  'left-alone': ['dim', 'left as it is'],
  error: ['bad', 'error'],
} as const;

export function badge({ outcome }: Pick<FileRecord, 'outcome'>): Markup {
  const [kind, text] = badges[outcome];
  return html`<span class="tag ${kind}">${text}</span>`;
}

function fileMarkup(file: FileRecord, tree: TreeReport, detail: Detail, index: number): Markup {
  const steps = changedSteps(file);
  const count =
    steps.length === 0
      ? nothing
      : html` <span class="dim">${plural(steps.length, 'step')}, +${file.added} −${file.removed}</span>`;
  const head = html`<h2 id="f${index + 1}">${file.path} ${badge(file)}${count}</h2>`;
  if (detail === 'names') return head;
  const facts = file.recognised.map(({ says }) => html`<li>${says}</li>`);
  const left = file.leftAlone === undefined ? nothing : html`<p>Left as it is: ${reasonMarkup(file.leftAlone)}</p>`;
  const open = tree.files.length === 1;
  return html`<section>${head}${facts.length === 0 ? nothing : html`<ul class="chips">${facts}</ul>`}${left}
${graphs(file)}${sizes(file.size)}${runtime(file)}
${steps.map((step, at) => stepMarkup(step, at + 1, detail, open))}
${notDone(file)}${fileNotes(file)}${detail === 'diffs' ? patchMarkup(file) : nothing}</section>
`;
}

function graphs({ stages, outcome }: FileRecord): Markup {
  if (stages === undefined || outcome !== 'changed') return nothing;
  return html`<div class="graphs">${graph('before', stages.before)}${graph('after', stages.after)}</div>`;
}

function graph(title: string, stages: readonly StageRecord[]): Markup {
  const cards = stages.map((stage, index) => {
    const final = index === stages.length - 1;
    const from = stage.needs.length === 0 ? nothing : html`<small>takes from ${stage.needs.join(', ')}</small>`;
    const user =
      stage.user === undefined
        ? final
          ? html`<small>user of the base image</small>`
          : nothing
        : html`<small>user ${stage.user}</small>`;
    const name = /^\d+$/.test(stage.name) ? 'stage' : stage.name;
    return html`<li><div${final ? html` class="final"` : nothing}><b>${name}</b><code>${stage.base}</code><small>${plural(stage.instructions, 'instruction')}</small>${from}${user}</div></li>`;
  });
  return html`<div class="graph"><h3>${title}</h3><ol class="flow">${cards}</ol></div>`;
}

function sizes(size: SizeRecord | undefined): Markup {
  if (size === undefined) return nothing;
  const { before, after } = size;
  const widest = Math.max(before.bytes, after.bytes);
  const bar = (bytes: number, kind: string): Markup =>
    html`<span><span class="bar ${kind}" style="display:block;width:${Math.max(1, Math.round((bytes / widest) * 100))}%"></span></span>`;
  return html`<h3>Base image, compressed: ${changeText(before.bytes, after.bytes)}</h3>
<div class="bars"><code>${before.image}</code>${bar(before.bytes, 'old')}<span>${bytesText(before.bytes)}</span>
<code>${after.image}</code>${bar(after.bytes, '')}<span>${bytesText(after.bytes)}</span></div>
<p class="dim">An estimate, not a measurement: published sizes of the two bases (${before.source}, ${before.date}; ${after.source}, ${after.date}). What the Dockerfile adds to them is not counted.</p>`;
}

function runtime({ runtime: differences }: FileRecord): Markup {
  if (differences.length === 0) return nothing;
  const rows = differences.map(
    ({ field, before, after }) => html`<li><b>${field}</b>: <code>${before}</code> → <code>${after}</code></li>`,
  );
  return html`<h3>Differences at run time</h3><ul class="why">${rows}</ul>`;
}

function stepMarkup(step: StepRecord, number: number, detail: Detail, open: boolean): Markup {
  const reasons = [
    ...step.reasons.map((reason) => html`<li>${reasonMarkup(reason)}</li>`),
    ...step.notes.map((note) => html`<li class="dim">Note: ${said(note.message)}${settleMarkup(note)}</li>`),
  ];
  const diff = detail === 'diffs' ? sideBySide(step.diff) : nothing;
  const first = step.reasons[0]?.message ?? '';
  return html`<details${open ? html` open` : nothing}><summary><span class="dim">${number}</span> <b>${step.transform}</b><span class="dim brief">${said(first)}</span></summary><div class="in"><ul class="why">${reasons}</ul>${diff}</div></details>`;
}

function reasonMarkup(reason: ReasonRecord): Markup {
  const places = reason.evidence.map(
    ({ file, line, says }) =>
      html`<br><span class="dim">${line === undefined ? file : `${file}:${line}`}: ${says}</span>`,
  );
  const at = reason.line === undefined || reason.evidence.length > 0 ? nothing : html` (line ${reason.line})`;
  return html`${said(reason.message)}${at} <code class="id">${reason.code}</code>${settleMarkup(reason)}${places}`;
}

function settleMarkup({ settle }: ReasonRecord): Markup {
  return settle === undefined ? nothing : html`<br>What settles it: ${said(settle)}`;
}

function notDone(file: FileRecord): Markup {
  const refused = file.steps.filter(({ outcome }) => outcome === 'refused' || outcome === 'rejected');
  const rows = refused.flatMap((step) =>
    step.reasons.map((reason) => html`<li><b>${step.transform}</b>: ${reasonMarkup(reason)}</li>`),
  );
  return rows.length === 0 ? nothing : html`<h3>Not done</h3><ul class="why">${rows}</ul>`;
}

function fileNotes({ notes }: FileRecord): Markup {
  return notes.length === 0
    ? nothing
    : html`<ul class="why">${notes.map(({ message }) => html`<li>${said(message)}</li>`)}</ul>`;
}

function patchMarkup({ diff }: FileRecord): Markup {
  if (diff === '') return nothing;
  const warning = diff.includes(mask)
    ? html`<p class="warn">Secrets are hidden in it, so it does not apply as it stands.</p>`
    : nothing;
  return html`<details><summary>The whole patch, for <code>git apply</code></summary><div class="in">${warning}<pre>${diff}</pre></div></details>`;
}

function remarks({ errors, notes }: TreeReport): Markup {
  const failed = errors.map(({ path, line, message, hint, code }) => {
    const place = path === undefined ? nothing : html`<b>${line === undefined ? path : `${path}:${line}`}</b>: `;
    return html`<li>${place}${message} <code>${code}</code>${hint === '' ? nothing : html`<br><span class="dim">${hint}</span>`}</li>`;
  });
  const noted = notes.map(({ path, message }) => html`<li><b>${path}</b>: ${said(message)}</li>`);
  const list = (title: string, rows: readonly Markup[]): Markup =>
    rows.length === 0 ? nothing : html`<h2>${title}</h2><ul class="why">${rows.slice(0, 500)}</ul>`;
  return joined([list('Errors', failed), list('Notes', noted)]);
}
