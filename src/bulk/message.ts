/** What a commit says about a migration. The text of a pull request is that of the reports (`report/markdown.ts`). */
import type { FileReport, StepResult } from '../report/report.ts';
import { reasonsOf } from '../report/report.ts';
import { sanitise, sanitiseName } from '../report/sanitise.ts';

/** A trailer in every commit by which dfmigrate knows its own branches. */
export const runTrailer = 'Dfmigrate-Run';

/** Is the commit one that dfmigrate made? `message` is the whole of it. */
export function isOwnMessage(message: string): boolean {
  const trailers = message.trimEnd().split('\n\n').at(-1) ?? '';
  return trailers.split('\n').some((line) => new RegExp(`^${runTrailer}: sha256:[0-9a-f]{64}$`).test(line));
}

export interface ChangedStep {
  readonly file: FileReport;
  readonly step: StepResult;
}

/** Steps that change something, in the order in which they are committed. */
export function changedSteps(files: readonly FileReport[]): readonly ChangedStep[] {
  return files.flatMap((file) =>
    file.migration.steps.filter(({ outcome }) => outcome.kind === 'change').map((step) => ({ file, step })),
  );
}

/** The message of the commit of one step. */
export function stepMessage({ file, step }: ChangedStep, key: string): string {
  const title = `${step.transform}: ${sanitiseName(file.patchPath)}`;
  return `${title}\n\n${reasonLines(step).join('\n')}\n\n${runTrailer}: ${key}\n`;
}

/** The message of one commit for everything; `title` is its first line. */
export function squashMessage(title: string, steps: readonly ChangedStep[], key: string): string {
  return `${title}\n\n${storyLines(steps).join('\n')}\n\n${runTrailer}: ${key}\n`;
}

function storyLines(steps: readonly ChangedStep[]): readonly string[] {
  return steps.flatMap((each) => [
    `- ${each.step.transform} (${code(each.file.patchPath)})`,
    ...reasonLines(each.step).map((line) => `  ${line}`),
  ]);
}

/** Repository text stands in code spans or behind an indent, where it links to nobody and forges no trailer. */
function reasonLines(step: StepResult): readonly string[] {
  const { because, notes } = reasonsOf(step);
  const said = because.map((reason) => `  ${oneLine(reason.text)} [${reason.code}]`);
  return [...said, ...notes.map((reason) => `  note: ${oneLine(reason.text)} [${reason.code}]`)];
}

function oneLine(text: string): string {
  return sanitise(text).replace(/\s*\n\s*/g, ' ');
}

function code(text: string): string {
  return `\`${sanitiseName(text).replace(/[`|]/g, '?')}\``;
}
