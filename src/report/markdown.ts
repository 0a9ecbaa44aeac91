/** The text of a pull request on one tree: what was done and why it is right, what was not done and what would settle it. */
import { plural } from './layout.ts';
import { cellProse, cellSpan, codeBlock, codeSpan, prose } from './markdown-text.ts';
import type { FileRecord, ReasonRecord, SizeRecord, StepRecord, TreeReport } from './record.ts';
import { sanitiseName } from './sanitise.ts';
import { bytesText, changeText } from './size.ts';
import { changedSteps, countReasons, filesText, refusalsOf } from './tally.ts';

/** Forges refuse a body of more than 65,536 characters. */
export const pullRequestLimit = 60_000;

/** From everything to next to nothing; the first that fits is used. */
const details = ['diffs', 'steps', 'tables', 'totals'] as const;
export type Detail = (typeof details)[number];

/** At most `limit` UTF-16 units. */
export function pullRequestText(tree: TreeReport, limit: number = pullRequestLimit): string {
  return firstFitting(
    details.map((detail) => () => treeText(tree, detail)),
    (text) => text.length <= limit,
  );
}

/** The same with the title as the first line, for engines that take it from there (`turbolift`, `git request-pull`). */
export function pullRequestFile(tree: TreeReport): string {
  const title = sanitiseName(tree.title);
  return `${title}\n\n${pullRequestText(tree, pullRequestLimit - title.length).replace(/^## [^\n]*\n\n/, '')}`;
}

/** The first text that fits; the last one cut at a line when none does. */
export function firstFitting(makers: readonly (() => string)[], fits: (text: string) => boolean): string {
  let text = '';
  for (const make of makers) {
    text = make();
    if (fits(text)) return text;
  }
  while (text !== '' && !fits(text)) text = text.slice(0, Math.max(0, text.lastIndexOf('\n', text.length - 2) + 1));
  return text;
}

function treeText(tree: TreeReport, detail: Detail): string {
  const head = `## ${prose(tree.title)}\n\n${prose(filesText(tree))}.\n`;
  const changed = tree.files.filter(({ outcome }) => outcome === 'changed');
  const others = tree.files.filter(({ outcome }) => outcome !== 'changed');
  const parts =
    detail === 'totals'
      ? [totals(tree)]
      : [...changed.map((file) => changedText(file, tree, detail)), leftText(others), errorsText(tree)];
  const cut = detail === 'diffs' ? '' : '\nLeft out for length: the diffs of the steps. The commits carry them.\n';
  return [head, ...parts.filter((part) => part !== ''), `${cut}${footer(tree)}`].join('\n');
}

function changedText(file: FileRecord, tree: TreeReport, detail: Detail): string {
  const several = tree.files.length > 1;
  const head = several ? `### ${codeSpan(file.path)}\n\n` : '';
  if (detail === 'tables') return `${head}${stepTable(file)}`;
  const parts = [
    stepTable(file),
    stagesText(file),
    sizeText(file.size),
    runtimeText(file),
    remarksText(file),
    refusedText(file),
    detail === 'diffs' ? diffsText(file) : '',
    againText(file, tree),
  ];
  return head + parts.filter((part) => part !== '').join('\n');
}

function stepTable(file: FileRecord): string {
  const rows = changedSteps(file).map((step) => {
    const said = step.reasons.map(({ message }) => cellProse(message)).join('<br>');
    return `| ${cellSpan(step.transform)} | ${said} | ${placesOf(step)} |\n`;
  });
  return `| step | why | seen in |\n| --- | --- | --- |\n${rows.join('')}`;
}

function placesOf(step: StepRecord): string {
  const places = step.reasons.flatMap(({ evidence }) => evidence.map(({ file, line }) => placeText(file, line)));
  return [...new Set(places)].slice(0, 3).map(cellSpan).join(', ');
}

function placeText(file: string, line: number | undefined): string {
  return line === undefined ? file : `${file}:${line}`;
}

function stagesText({ stages }: FileRecord): string {
  if (stages === undefined || stages.after.length === stages.before.length) return '';
  const said = stages.after.map(({ name, base }) => `${codeSpan(name)} from ${codeSpan(base)}`);
  return `**Stages**: ${said.join(' → ')}\n`;
}

function sizeText(size: SizeRecord | undefined): string {
  if (size === undefined) return '';
  const { before, after } = size;
  const change = changeText(before.bytes, after.bytes);
  return `**Base image**: ${codeSpan(before.image)} ${bytesText(before.bytes)} → ${codeSpan(after.image)} ${bytesText(after.bytes)} (${change}; compressed, an estimate from tables of ${prose(after.date)}, without what the Dockerfile adds)\n`;
}

function runtimeText(file: FileRecord): string {
  if (file.runtime.length === 0) return '';
  const rows = file.runtime.map(
    ({ field, before, after }) => `- ${codeSpan(field)}: ${codeSpan(before)} → ${codeSpan(after)}\n`,
  );
  return `**Runtime differences to check**\n\n${rows.join('')}`;
}

function remarksText(file: FileRecord): string {
  const notes = [...changedSteps(file).flatMap((step) => step.notes), ...file.notes];
  if (notes.length === 0) return '';
  return `**Worth knowing**\n\n${notes.map(({ message, settle }) => `- ${saying(message, settle)}\n`).join('')}`;
}

function refusedText(file: FileRecord): string {
  const refused = file.steps.filter(({ outcome }) => outcome === 'refused' || outcome === 'rejected');
  if (refused.length === 0) return '';
  const rows = refused.flatMap((step) =>
    step.reasons.map((reason) => `- ${codeSpan(step.transform)}: ${whyText(reason)}\n`),
  );
  return `**Not done**\n\n${rows.join('')}`;
}

function whyText(reason: ReasonRecord): string {
  return `${saying(reason.message, reason.settle ?? '')} (${codeSpan(reason.code)})`;
}

/** The sentence; with a full stop where another one follows, or could. */
function saying(message: string, settle: string | undefined): string {
  if (settle === undefined) return prose(message);
  return `${prose(message)}.${settle === '' ? '' : ` What settles it: ${prose(settle)}.`}`;
}

function diffsText(file: FileRecord): string {
  const blocks = changedSteps(file)
    .filter(({ diff }) => diff !== '')
    .map((step) => `${codeSpan(step.transform)}\n\n${codeBlock(step.diff, 'diff')}`);
  return blocks.length === 0 ? '' : folded('The diff of each step', blocks.join('\n'));
}

function againText(file: FileRecord, tree: TreeReport): string {
  const ids = changedSteps(file).map(({ transform }) => transform);
  const version = tree.tool.split('@')[1] ?? 'latest';
  const again = codeBlock(`npx dfmigrate@${version} --only ${ids.join(',')} ${shellWord(file.path)}`, 'sh');
  return folded('Reproduce or undo', `${again}\nUndo: revert the commits, one per step or one for all.\n`);
}

function shellWord(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function leftText(files: readonly FileRecord[]): string {
  if (files.length === 0) return '';
  const rows = files.flatMap((file) => {
    const reasons = refusalsOf(file);
    if (reasons.length === 0) return [`- ${codeSpan(file.path)}: nothing to do\n`];
    return countReasons(reasons)
      .slice(0, 3)
      .map(({ code, message }) => `- ${codeSpan(file.path)}: ${prose(message)} (${codeSpan(code)})\n`);
  });
  return `**Left as they are**\n\n${rows.join('')}`;
}

function errorsText({ errors }: TreeReport): string {
  if (errors.length === 0) return '';
  const rows = errors.map(({ path, line, message, code }) => {
    const place = path === undefined ? '' : `${codeSpan(placeText(path, line))}: `;
    return `- ${place}${prose(message)} (${codeSpan(code)})\n`;
  });
  return `**Errors**\n\n${rows.join('')}`;
}

const mostRows = 10;
const longestMessage = 300;

/** Counts by step and by reason: bounded, however many files there are. */
function totals(tree: TreeReport): string {
  const steps = new Map<string, number>();
  for (const step of tree.files.flatMap(changedSteps)) steps.set(step.transform, (steps.get(step.transform) ?? 0) + 1);
  const done = [...steps].map(([name, count]) => `- ${codeSpan(name)}: ${plural(count, 'file')}\n`);
  const reasons = countReasons(tree.files.flatMap(refusalsOf))
    .slice(0, mostRows)
    .map(({ code, message, count }) => `- ${count} × ${prose(message.slice(0, longestMessage))} (${codeSpan(code)})\n`);
  const applied = done.length === 0 ? '' : `**Steps**\n\n${done.join('')}\n`;
  return `${applied}${reasons.length === 0 ? '' : `**Not done**\n\n${reasons.join('')}`}`;
}

function footer(tree: TreeReport): string {
  return `<sub>${prose(tree.tool.replace('@', ' '))}: rules, not a language model; nothing of this repository was executed.</sub>\n`;
}

/** Blank lines around what is inside, so that it is read as Markdown. */
function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n</details>\n`;
}
