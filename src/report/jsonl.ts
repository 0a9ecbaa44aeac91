/** `--format jsonl`: one event per line, as things happen. */
import type { Reason } from '../answer.ts';
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
import type { FileReport, Reporter, Sink } from './report.ts';

export function jsonlReporter(sink: Sink, hide: Hide): Reporter {
  const emit = (type: string, fields: { readonly [name: string]: Json | undefined }): void =>
    sink.out(`${JSON.stringify(hidden({ type, ...fields }, hide))}\n`);
  return {
    begin: (head) => emit('run', runDocument(head)),
    planned: (file: FileReport) => {
      for (const step of file.migration.steps) emit('step', { path: file.migration.path, ...stepDocument(file, step) });
    },
    note: (path: string, reason: Reason) => emit('note', { path, code: reason.code, message: reason.text }),
    fault: (fault) => emit('error', faultDocument(fault)),
    finished: (result) => emit('file', { ...fileDocument(result), diff: wholeDiff(result.file) }),
    end: (summary) => emit('summary', { exitCode: summary.exitCode, ...summaryDocument(summary) }),
  };
}
