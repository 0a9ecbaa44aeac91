/** `--csv`: one row per Dockerfile, for a spreadsheet. RFC 4180: all fields quoted, CRLF. */
import type { FileRecord, TreeReport } from './record.ts';
import { sanitiseName } from './sanitise.ts';
import { changedSteps, refusalsOf } from './tally.ts';

/** A spreadsheet takes a field that starts like this for a formula, quoted or not. */
const formula = /^[=+\-@\t\r]/;

export const csvHead = row([
  'repository',
  'dockerfile',
  'outcome',
  'steps',
  'added',
  'removed',
  'base before',
  'base after',
  'base bytes before (estimate)',
  'base bytes after (estimate)',
  'reason',
  'message',
]);

/** Rows of one tree; an error has a row too. */
export function csvRows(tree: TreeReport): string {
  const errors = tree.errors.map(({ path, code, message }) =>
    row([tree.name, path ?? '', 'error', '', '', '', '', '', '', '', code, message]),
  );
  return [...tree.files.map((file) => fileRow(file, tree.name)), ...errors].join('');
}

function fileRow(file: FileRecord, name: string): string {
  const [reason] = refusalsOf(file);
  const size = file.size;
  return row([
    name,
    file.path,
    file.outcome,
    changedSteps(file)
      .map(({ transform }) => transform)
      .join(' '),
    String(file.added),
    String(file.removed),
    file.stages?.before.at(-1)?.base ?? '',
    file.stages?.after.at(-1)?.base ?? '',
    size === undefined ? '' : String(size.before.bytes),
    size === undefined ? '' : String(size.after.bytes),
    reason?.code ?? '',
    reason?.message ?? '',
  ]);
}

function row(fields: readonly string[]): string {
  return `${fields.map(field).join(',')}\r\n`;
}

function field(text: string): string {
  const shown = sanitiseName(text);
  return `"${(formula.test(text) ? `'${shown}` : shown).replaceAll('"', '""')}"`;
}
