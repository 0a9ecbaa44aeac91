/** `--format json`: one document on stdout, printed when everything is known. */
import type { Fault } from '../fault.ts';
import { outcomeOf } from '../migration.ts';
import {
  faultDocument,
  fileDocument,
  type Hide,
  hidden,
  type Json,
  runDocument,
  stepDocument,
  summaryDocument,
  wholeDiff,
} from './document.ts';
import { plural } from './layout.ts';
import type { FileResult, Reporter, RunHead, Sink } from './report.ts';

export function jsonReporter(sink: Sink, hide: Hide): Reporter {
  const results: FileResult[] = [];
  const faults: Fault[] = [];
  const notes: Json[] = [];
  let head: RunHead = { version: '', transforms: [], mode: 'preview' };
  return {
    begin: (run) => {
      head = run;
    },
    planned: () => undefined,
    note: (path, reason) => notes.push({ path, code: reason.code, message: reason.text }),
    fault: (fault) => faults.push(fault),
    finished: (result) => results.push(result),
    end: (summary) => {
      const document = {
        ...runDocument(head),
        ok: summary.exitCode === 0,
        exitCode: summary.exitCode,
        title: titleOf(results),
        summary: summaryDocument(summary),
        files: results.map((result) => ({
          ...fileDocument(result),
          steps: result.file.migration.steps.map((step) => stepDocument(result.file, step)),
          diff: wholeDiff(result.file),
        })),
        notes,
        errors: faults.map(faultDocument),
      };
      sink.out(`${JSON.stringify(hidden(document, hide), undefined, 2)}\n`);
    },
  };
}

/** One line that can title a commit or a pull request. */
export function titleOf(results: readonly FileResult[]): string {
  const changed = results
    .filter(({ file }) => outcomeOf(file.migration) === 'changed')
    .map(({ file }) => file.migration);
  const [only] = changed;
  if (only === undefined) return 'No Dockerfile needs a migration';
  const steps = changed.flatMap((migration) => migration.steps).filter(({ outcome }) => outcome.kind === 'change');
  const ids = [...new Set(steps.map(({ transform }) => transform))];
  const subject = changed.length === 1 ? only.path : plural(changed.length, 'Dockerfile');
  return `Migrate ${subject}: ${ids.length > 3 ? plural(steps.length, 'step') : ids.join(', ')}`;
}
