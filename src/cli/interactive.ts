/** Step by step: every step of every file is shown and asked about; a file is written once its last step is answered. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transforms } from '../../transforms/index.ts';
import { parseDockerfile } from '../dockerfile/parse.ts';
import { unreadableReason } from '../dockerfile/reasons.ts';
import { messageOf } from '../fault.ts';
import type { Migration, Step } from '../migration.ts';
import { hunksOf } from '../report/diff.ts';
import { diffText } from '../report/diff-text.ts';
import { hang, wrap } from '../report/layout.ts';
import { type FileReport, reasonsOf, stepChanges } from '../report/report.ts';
import type { Style } from '../report/style.ts';
import type { FileEdit } from '../transform.ts';
import type { Host } from './host.ts';
import type { Loaded } from './load.ts';
import { isFault } from './options.ts';

export interface Reviewed {
  readonly loaded: Loaded;
  /** `quit`: no further file is asked about; `gone`: nobody answers any more, and nothing of this file is kept. */
  readonly end: 'next' | 'all' | 'quit' | 'gone';
}

type Answer = 'yes' | 'no' | 'all' | 'rest' | 'quit' | 'gone' | { readonly edited: string };

interface Draft {
  text: string;
  readonly steps: Step[];
  readonly files: Map<string, FileEdit>;
}

/** The file with the steps that were accepted. `all`: an earlier answer accepted everything. */
export async function review(loaded: Loaded, all: boolean, host: Host, style: Style): Promise<Reviewed> {
  const { migration } = loaded.report;
  const draft: Draft = { text: migration.before, steps: [], files: new Map() };
  const changing = migration.steps.filter(({ outcome }) => outcome.kind === 'change').length;
  let [asks, number] = [!all, 0];
  let end: Reviewed['end'] = all ? 'all' : 'next';
  for (const { transform } of migration.steps) {
    const step = next(loaded, draft, transform);
    if (step === undefined) continue;
    if (step.outcome.kind !== 'change') {
      draft.steps.push(step);
      continue;
    }
    number += 1;
    if (asks) host.sink.out(stepText(loaded.report, step, `step ${number}/${Math.max(number, changing)}`, style));
    const answer = asks ? await answerTo(loaded.report, step, host, style) : 'yes';
    if (answer === 'gone')
      return { loaded: accepted(loaded, { text: migration.before, steps: [], files: new Map() }), end: 'gone' };
    if (answer === 'quit') end = 'quit';
    if (answer === 'quit' || answer === 'rest') break;
    if (answer === 'all') [asks, end] = [false, 'all'];
    if (answer !== 'no') keep(draft, typeof answer === 'object' ? { ...step, after: answer.edited } : step);
  }
  return { loaded: accepted(loaded, draft), end };
}

/** What this transform does to the text as accepted so far. */
function next(loaded: Loaded, draft: Draft, name: string): Step | undefined {
  const transform = transforms.find((one) => one.name === name);
  if (transform === undefined || loaded.again === undefined) return undefined;
  const result = loaded.again(draft.text, [transform], [...draft.files.values()]);
  return isFault(result) ? undefined : result.steps[0];
}

function keep(draft: Draft, step: Step): void {
  draft.steps.push(step);
  draft.text = step.after;
  if (step.outcome.kind !== 'change') return;
  for (const file of step.outcome.files ?? []) {
    const earlier = draft.files.get(file.path);
    draft.files.set(file.path, earlier === undefined ? file : { ...file, before: earlier.before });
  }
}

function accepted(loaded: Loaded, draft: Draft): Loaded {
  const migration: Migration = {
    ...loaded.report.migration,
    after: draft.text,
    steps: draft.steps,
    files: [...draft.files.values()],
  };
  return { ...loaded, report: { ...loaded.report, migration } };
}

function stepText(file: FileReport, step: Step, title: string, style: Style): string {
  const { bold, dim } = style.palette;
  const { because, notes } = reasonsOf(step);
  const paragraph = (head: string, text: string): string => hang(head, wrap(style.show(text), style.columns - 12), 11);
  const said = because.map((reason) => paragraph(`  ${dim('because')}  `, reason.text));
  const noted = notes.map((note) => paragraph(`  ${dim('note')}     `, note.text));
  const head = `\n${bold(title)}  ${bold(step.transform)}  ${dim(style.showName(file.migration.path))}\n`;
  return head + said.join('') + noted.join('') + diffText(stepChanges(file, step, 'shown'), style);
}

const help = `y  apply this step
n  skip it
a  apply this step and all that follow, in all files
d  skip this and the remaining steps of this file
s  split it into hunks, where they stand alone
e  edit the result in $VISUAL or $EDITOR
w  why: the evidence
q  quit; what was accepted is kept
?  this help
`;

async function answerTo(file: FileReport, step: Step, host: Host, style: Style): Promise<Answer> {
  for (let attempts = 0; attempts < 50; attempts += 1) {
    const line = await host.ask('[y,n,a,d,s,e,w,q,?] ');
    const key = line?.trim().toLowerCase();
    const answers = { y: 'yes', n: 'no', a: 'all', d: 'rest', q: 'quit' } as const;
    const answer = Object.entries(answers).find(([letter]) => letter === key)?.[1];
    if (answer !== undefined) return answer;
    if (key === undefined) return 'gone';
    if (key === 'w') host.sink.out(evidenceText(file, step, style));
    else if (key === 's') host.sink.out(splitText(step));
    else if (key === 'e') {
      const edited = edit(step.after, host);
      if ('text' in edited) return { edited: edited.text };
      host.sink.err(`${style.show(edited.problem)}\n`);
    } else host.sink.out(help);
  }
  return 'gone';
}

function evidenceText(file: FileReport, step: Step, style: Style): string {
  const { because, notes } = reasonsOf(step);
  const indented = (depth: number, text: string): string =>
    hang(' '.repeat(depth), wrap(style.show(text), style.columns - depth - 1));
  const lines = [...because, ...notes].flatMap((reason) => [
    indented(2, `${reason.text} [${reason.code}]`),
    ...(reason.settle === undefined ? [] : [indented(4, `${style.symbols.arrow} ${reason.settle}`)]),
    ...(reason.evidence ?? []).map(({ file: name, line, says }) =>
      indented(4, `${line === undefined ? name : `${name}:${line}`}: ${says}`),
    ),
  ]);
  return lines.length === 0 ? indented(2, `nothing more is known about ${file.migration.path}`) : lines.join('');
}

/** A step is checked as a whole: half of a split leaves a stage without its files. */
function splitText(step: Step): string {
  const hunks = hunksOf(step.before, step.after).length;
  return hunks < 2
    ? 'it is a single hunk\n'
    : `its ${hunks} hunks need each other: a step is proved right as a whole. n skips it, e edits its result\n`;
}

/** The text as the user's editor leaves it, when it still is a Dockerfile. */
function edit(text: string, host: Host): { readonly text: string } | { readonly problem: string } {
  const editor = host.env.VISUAL || host.env.EDITOR;
  if (editor === undefined || editor === '') return { problem: 'neither VISUAL nor EDITOR is set' };
  const directory = mkdtempSync(path.join(tmpdir(), 'dfmigrate-'));
  try {
    const file = path.join(directory, 'Dockerfile');
    writeFileSync(file, text, { mode: 0o600 });
    const ended = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    if (ended.status !== 0) return { problem: `the editor ended with ${ended.status ?? 'an error'}` };
    const edited = readFileSync(file, 'utf8');
    const parsed = parseDockerfile(edited);
    return parsed.kind === 'unreadable'
      ? { problem: `not taken: line ${parsed.line}: ${unreadableReason(parsed).text}` }
      : { text: edited };
  } catch (error) {
    return { problem: messageOf(error) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
