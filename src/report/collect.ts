/** A reporter that keeps everything and prints once, when the run is over. */
import type { Reason } from '../answer.ts';
import type { Fault } from '../fault.ts';
import { type FinishedRun, type Hide, hidden, treeDocument } from './document.ts';
import { type Fields, fieldsOf, readTree, type TreeReport } from './record.ts';
import type { FileResult, Reporter, RunHead, Sink } from './report.ts';

/** What `render` makes of the finished run goes to `sink.out`. */
export function collectingReporter(sink: Sink, render: (run: FinishedRun) => string): Reporter {
  const results: FileResult[] = [];
  const faults: Fault[] = [];
  const notes: { readonly path: string; readonly reason: Reason }[] = [];
  let head: RunHead = { version: '', transforms: [], mode: 'preview' };
  return {
    begin: (run) => {
      head = run;
    },
    planned: () => undefined,
    note: (path, reason) => {
      notes.push({ path, reason });
    },
    fault: (fault) => {
      faults.push(fault);
    },
    finished: (result) => {
      results.push(result);
    },
    end: (summary) => sink.out(render({ head, results, notes, faults, summary })),
  };
}

/** The document of a run with its secrets hidden, and the same as the renderers read it. */
export function treeOf(run: FinishedRun, hide: Hide): { readonly document: Fields; readonly tree: TreeReport } {
  const document = fieldsOf(hidden(treeDocument(run), hide)) ?? {};
  return { document, tree: readTree(document) };
}
