/** `--format github`: workflow commands that a CI run shows as annotations, then one line for the log. */
import type { FileRecord, TreeReport } from './record.ts';
import { sanitise } from './sanitise.ts';
import { changedSteps, filesText } from './tally.ts';

/** A workflow shows ten annotations of a kind; the others would only fill the log. */
const mostOfAKind = 50;

export function annotations(tree: TreeReport): string {
  const steps = tree.files.flatMap((file) =>
    changedSteps(file).map((step) => {
      const said = step.reasons.map(({ message }) => message).join('; ');
      const message = file.written ? said : `${said}. To apply: npx dfmigrate --write ${file.path}`;
      return command(file.written ? 'notice' : 'warning', place(file, step.line), step.transform, message);
    }),
  );
  const errors = tree.errors.map(({ path, line, code, message, hint }) =>
    command('error', { file: path, line }, code, hint === '' ? message : `${message}. ${hint}`),
  );
  const rest = steps.length > mostOfAKind ? `${steps.length - mostOfAKind} further steps are not shown\n` : '';
  const lines = [...errors.slice(0, mostOfAKind), ...steps.slice(0, mostOfAKind)];
  return `${lines.join('')}${rest}${line(filesText(tree))}\n`;
}

interface Place {
  readonly file: string | undefined;
  readonly line: number | undefined;
}

function place(file: FileRecord, at: number | undefined): Place {
  return { file: file.repoPath, line: at ?? 1 };
}

function command(kind: 'error' | 'warning' | 'notice', at: Place, title: string, message: string): string {
  const properties = [
    ...(at.file === undefined ? [] : [`file=${property(at.file)}`]),
    ...(at.line === undefined ? [] : [`line=${at.line}`]),
    `title=${property(title)}`,
  ];
  return `::${kind} ${properties.join(',')}::${data(message)}\n`;
}

/** What a runner takes for the end of a message, or for the start of another command, is escaped as it wants. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A line of the log that no runner takes for a command. */
function line(text: string): string {
  return sanitise(text)
    .replace(/\n/g, ' ')
    .replace(/^(\s*)(::|##\[)/, '$1 $2')
    .trimStart();
}
