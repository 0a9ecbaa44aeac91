/** What was decided about one line of a Dockerfile: which steps change it, and which reasons rest on it. */
import { hunksOf } from './diff.ts';
import { hang, wrap } from './layout.ts';
import { type FileReport, lineAt, reasonsOf, type StepResult } from './report.ts';
import type { Style } from './style.ts';

/** `line` is 1-based, of the file as it is now. */
export function lineText(file: FileReport, line: number, style: Style): string {
  const { migration } = file;
  const lines = migration.before.split('\n');
  const shown = style.show((lines[line - 1] ?? '').replace(/\r$/, ''));
  const head = `${style.palette.bold(`${style.showName(migration.path)}:${line}`)}  ${shown}\n`;
  if (line < 1 || line > lines.length) return `${head}  the file has ${lines.length} lines\n`;
  const decisions: string[] = [];
  if (migration.leftAlone !== undefined) decisions.push(`the file is left as it is: ${migration.leftAlone.text}`);
  let at: number | undefined = line;
  for (const step of migration.steps) {
    const here: number = at ?? 0;
    const next: number | undefined = at === undefined ? undefined : moved(step, at);
    if (at !== undefined && next === undefined) decisions.push(...said(step, 'changes it'));
    else if (at !== undefined && restsOn(step, here)) decisions.push(...said(step, verbs[step.outcome.kind]));
    at = next;
  }
  const none = ['  no step changes this line, and no reason rests on it\n'];
  return (
    head +
    (decisions.length === 0
      ? none
      : decisions.map((text) => hang('  ', wrap(style.show(text), style.columns - 2)))
    ).join('')
  );
}

const verbs = { change: 'rests on it', done: 'is settled', refuse: 'is refused', rejected: 'was dropped' } as const;

function said(step: StepResult, verb: string): readonly string[] {
  return reasonsOf(step).because.map((reason) => `${step.transform} ${verb}: ${reason.text} [${reason.code}]`);
}

function restsOn(step: StepResult, line: number): boolean {
  return reasonsOf(step).because.some(
    (reason) =>
      (reason.at !== undefined && lineAt(step.before, reason.at.start) === line) ||
      (reason.evidence ?? []).some((evidence) => evidence.file === 'Dockerfile' && evidence.line === line),
  );
}

/** Where the line stands after the step; `undefined`: the step replaced or removed it. */
function moved(step: StepResult, line: number): number | undefined {
  let shift = 0;
  for (const hunk of hunksOf(step.before, step.after)) {
    if (hunk.oldStart > line) break;
    let [old, now] = [hunk.oldStart, hunk.newStart];
    for (const text of hunk.lines) {
      if (text.startsWith('-') && old === line) return undefined;
      if (text.startsWith(' ') && old === line) return now;
      if (text.startsWith('-') || text.startsWith(' ')) old += 1;
      if (text.startsWith('+') || text.startsWith(' ')) now += 1;
    }
    shift = now - old;
  }
  return line + shift;
}
