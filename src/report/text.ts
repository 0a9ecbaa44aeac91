/** The report people read: what was recognised, each step with its reason, what was refused and why, the diffs, what is next. */
import type { Evidence, Reason } from '../answer.ts';
import { type Migration, outcomeOf } from '../migration.ts';
import { countLines, hunksOf } from './diff.ts';
import { diffText } from './diff-text.ts';
import { faultText, noteText } from './fault-text.ts';
import { compareImages } from './image-facts.ts';
import { hang, lengthOf, plural, wrap } from './layout.ts';
import {
  type FileReport,
  type FileResult,
  lineAt,
  type Reporter,
  type RunHead,
  reasonsOf,
  type Sink,
  type StepResult,
  stepChanges,
  wholeChange,
} from './report.ts';
import { bytesText } from './size.ts';
import type { Style } from './style.ts';
import { reasonTable, summaryLine } from './summary-text.ts';

export type Verbosity = 'quiet' | 'normal' | 'verbose';

export interface TextOptions {
  readonly style: Style;
  /** For the other stream: faults and notes. */
  readonly errStyle: Style;
  readonly verbosity: Verbosity;
}

/** A report as text; with `quiet` only faults and one summary line. */
export function textReporter(sink: Sink, options: TextOptions): Reporter {
  const { style, verbosity } = options;
  const speaks = verbosity !== 'quiet';
  const files: FileReport[] = [];
  let head: RunHead | undefined;
  return {
    begin: (run) => {
      head = run;
    },
    planned: (file) => {
      if (speaks) sink.out(`${files.length === 0 ? '' : '\n'}${fileText(file, style, verbosity)}`);
      files.push(file);
    },
    note: (_path, reason) => {
      if (speaks) sink.err(noteText(reason, options.errStyle));
    },
    fault: (fault) => sink.err(faultText(fault, options.errStyle, verbosity === 'verbose')),
    finished: (result) => {
      if (speaks && result.writing === 'written') sink.out(writtenText(result, style));
    },
    end: (summary) => {
      const mode = head?.mode ?? 'preview';
      const changed = files.filter(({ migration }) => outcomeOf(migration) === 'changed');
      if (speaks && changed.length > 0 && summary.written === 0 && mode === 'preview')
        sink.out(nextText(changed, style));
      if (speaks && files.length > 1) sink.out(reasonTable(files, style));
      const total = Object.values(summary.files).reduce((sum, count) => sum + count, 0);
      if (total > 1 || (total === 1 && (!speaks || mode === 'check'))) sink.out(summaryLine(summary, mode, style));
    },
  };
}

/** Everything about one file. */
export function fileText(file: FileReport, style: Style, verbosity: Verbosity): string {
  const { migration } = file;
  const head = headText(migration, style);
  if (migration.leftAlone !== undefined) return head + leftAloneText(migration.leftAlone, migration, style);
  const common = commonRefusal(migration);
  if (common !== undefined) return head + leftAloneText(common, migration, style) + notesText(file, style);
  const steps = stepsText(migration, style, verbosity);
  const fine = outcomeOf(migration) === 'fine' ? '  nothing to do\n' : '';
  return `${head}${fine}${steps === '' ? '' : `\n${steps}`}${diffsText(file, style)}${sizeText(migration, style)}${notesText(file, style)}`;
}

function headText(migration: Migration, style: Style): string {
  const facts = migration.recognised.map(({ says }) => style.show(says)).join(` ${style.symbols.dot} `);
  const name = style.showName(migration.path);
  if (facts === '') return `${style.palette.bold(name)}\n`;
  const lines = wrap(facts, Math.max(20, style.columns - lengthOf(name) - 2));
  return hang(`${style.palette.bold(name)}  `, lines, lengthOf(name) + 2);
}

function leftAloneText(reason: Reason, migration: Migration, style: Style): string {
  const place = reason.at === undefined ? '' : ` (line ${lineAt(migration.before, reason.at.start)})`;
  const said = wrap(`left as it is: ${style.show(reason.text)}${place}`, style.columns - 4);
  return hang('  - ', said) + settleText(reason, 4, style) + evidenceText(reason, 4, style);
}

/** The one refusal every step gave, when there was nothing but that. */
function commonRefusal(migration: Migration): Reason | undefined {
  const [first, ...others] = migration.steps.map((step) =>
    step.outcome.kind === 'refuse' ? step.outcome.reason : undefined,
  );
  if (first === undefined || others.length === 0) return undefined;
  return others.every((reason) => reason?.text === first.text && reason.code.split('/')[1] === first.code.split('/')[1])
    ? first
    : undefined;
}

function stepsText(migration: Migration, style: Style, verbosity: Verbosity): string {
  const shown = migration.steps.filter(({ outcome }) => outcome.kind !== 'done' || verbosity === 'verbose');
  const width = Math.max(0, ...shown.map(({ transform }) => transform.length));
  const changing = migration.steps.filter(({ outcome }) => outcome.kind === 'change');
  return shown.map((step) => stepText(step, changing.indexOf(step) + 1, width, style, verbosity)).join('');
}

function stepText(step: StepResult, number: number, width: number, style: Style, verbosity: Verbosity): string {
  const { green, yellow, red, dim, bold } = style.palette;
  const marks = {
    change: green(String(number)),
    done: dim(style.symbols.dot),
    refuse: yellow('-'),
    rejected: red('!'),
  };
  const indent = 4 + width + 2;
  const { because, notes } = reasonsOf(step);
  const paragraphs = because.flatMap((reason) => wrap(reasonLine(step, reason, style), style.columns - indent));
  const pad = ' '.repeat(3 - (number > 9 ? 2 : 1));
  const head = `${pad}${marks[step.outcome.kind]} ${bold(step.transform)}${' '.repeat(width - step.transform.length)}  `;
  const text = hang(head, paragraphs, indent);
  const details = because.map((reason) =>
    step.outcome.kind === 'change'
      ? verbosity === 'verbose'
        ? evidenceText(reason, indent, style)
        : ''
      : settleText(reason, indent, style) + (verbosity === 'verbose' ? evidenceText(reason, indent, style) : ''),
  );
  const remarks = notes.map((note) =>
    [
      hang(`${' '.repeat(indent)}note: `, wrap(style.show(note.text), style.columns - indent - 6)),
      note.settle === undefined ? '' : settleText(note, indent + 6, style),
    ].join(''),
  );
  return text + details.join('') + remarks.join('');
}

/** The sentence, and where its evidence stands. */
function reasonLine(step: StepResult, reason: Reason, style: Style): string {
  const places = [...new Set((reason.evidence ?? []).map(place))].slice(0, 3);
  const line = reason.at === undefined || places.length > 0 ? [] : [`line ${lineAt(step.before, reason.at.start)}`];
  const where = [...places.map(style.showName), ...line].join(', ');
  const prefix = step.outcome.kind === 'rejected' ? 'dropped, please report: ' : '';
  return `${prefix}${style.show(reason.text)}${where === '' ? '' : ` (${where})`}`;
}

function place(evidence: Evidence): string {
  return evidence.line === undefined ? evidence.file : `${evidence.file}:${evidence.line}`;
}

function settleText(reason: Reason, indent: number, style: Style): string {
  const { arrow } = style.symbols;
  const said = reason.settle === undefined ? `[${reason.code}]` : `${style.show(reason.settle)} [${reason.code}]`;
  const lines = wrap(said, style.columns - indent - lengthOf(arrow) - 1);
  const head = reason.settle === undefined ? ' '.repeat(indent) : `${' '.repeat(indent)}${arrow} `;
  return dimmed(hang(head, lines), style);
}

function evidenceText(reason: Reason, indent: number, style: Style): string {
  const lines = (reason.evidence ?? []).flatMap((evidence) =>
    wrap(`${style.showName(place(evidence))}: ${style.show(evidence.says)}`, style.columns - indent - 2),
  );
  return lines.length === 0 ? '' : dimmed(hang(' '.repeat(indent), lines), style);
}

function dimmed(text: string, style: Style): string {
  return text.split('\n').map(style.palette.dim).join('\n');
}

/** One diff per step, then all of them together; a single step is its own whole. */
function diffsText(file: FileReport, style: Style): string {
  const changing = file.migration.steps.filter((step) => stepChanges(file, step, 'shown').length > 0);
  const parts = changing.map((step, index) => {
    const title =
      changing.length === 1
        ? step.transform
        : `step ${index + 1} of ${changing.length} ${style.symbols.dot} ${step.transform}`;
    return `\n${ruled(title, style)}${diffText(stepChanges(file, step, 'shown'), style)}`;
  });
  if (changing.length > 1) {
    parts.push(
      `\n${ruled(`all ${changing.length} steps together`, style)}${diffText(wholeChange(file, 'shown'), style)}`,
    );
  }
  return parts.join('');
}

function ruled(title: string, style: Style): string {
  const { rule } = style.symbols;
  const tail = rule.repeat(Math.max(3, Math.min(style.columns, 80) - lengthOf(title) - 5));
  return `${style.palette.dim(rule.repeat(3))} ${style.palette.bold(title)} ${style.palette.dim(tail)}\n`;
}

/** Only when both bases are in the tables. */
function sizeText({ before, after }: Migration, style: Style): string {
  const size = compareImages(before, after)?.size;
  if (size === undefined) return '';
  const { arrow } = style.symbols;
  const [old, now] = [bytesText(size.before.bytes), bytesText(size.after.bytes)];
  const said = `estimated base image: ${size.before.image} ${old} ${arrow} ${size.after.image} ${now}`;
  const basis = `compressed, tables of ${size.after.date}, not measured; dfmigrate verify --build measures`;
  return `\n${style.show(said)} ${style.palette.dim(`(${style.show(basis)})`)}\n`;
}

function notesText(file: FileReport, style: Style): string {
  return file.notes.length === 0 ? '' : `\n${file.notes.map((note) => noteText(note, style)).join('')}`;
}

function writtenText(result: FileResult, style: Style): string {
  const { green, bold, dim } = style.palette;
  const lines = wholeChange(result.file, 'shown').map((change) => {
    const { added, removed } = countLines(hunksOf(change.before ?? '', change.after));
    return `${green('wrote')} ${bold(style.showName(change.path))} (+${added} -${removed})\n`;
  });
  const undo =
    result.undo.length === 0
      ? 'no undo: git does not have the old text'
      : `undo: ${result.undo.map(style.showName).join(' && ')}`;
  return `\n${lines.join('')}${dim(undo)}\n`;
}

function nextText(changed: readonly FileReport[], style: Style): string {
  const [only] = changed;
  const subject = changed.length === 1 && only !== undefined ? ` ${style.showName(only.migration.path)}` : '';
  const steps = changed
    .flatMap(({ migration }) => migration.steps)
    .filter(({ outcome }) => outcome.kind === 'change').length;
  return `\nnothing was written ${style.symbols.dot} to apply ${plural(steps, 'step')}: dfmigrate --write${subject}\n`;
}
