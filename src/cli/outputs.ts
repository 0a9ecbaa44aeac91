/** Where a run reports to: standard output, and the files of `--report`. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { causeOf, cliReason, type Fault } from '../fault.ts';
import type { Reporter } from '../report/report.ts';
import type { Host } from './host.ts';
import type { RunOptions } from './options.ts';
import { fileReporter, reporterFor } from './reporters.ts';

export interface Outputs {
  readonly reporter: Reporter;
  /** A report file that cannot be written: the run must not begin. */
  readonly fault: Fault | undefined;
}

/** Opens every report file before anything is done, so that no run ends without the report it was asked for. */
export async function openOutputs(options: RunOptions, host: Host): Promise<Outputs> {
  const reporters = [await reporterFor(options, host)];
  for (const { format, path: shown } of options.reports) {
    const file = path.resolve(host.cwd, shown);
    const fault = refused(file, shown);
    if (fault !== undefined) return { reporter: every(reporters), fault };
    const parts: string[] = [];
    const reporter = await fileReporter(format, (text) => parts.push(text), options);
    reporters.push({
      ...reporter,
      end: (summary) => {
        reporter.end(summary);
        writeFileSync(file, parts.join(''));
      },
    });
  }
  return { reporter: every(reporters), fault: undefined };
}

function refused(file: string, shown: string): Fault | undefined {
  try {
    closeSync(openSync(file, 'a'));
    return undefined;
  } catch (error) {
    return { reason: cliReason('write-failed', { path: shown, cause: causeOf(error) }), exit: 2, path: shown };
  }
}

function every(reporters: readonly Reporter[]): Reporter {
  const [only] = reporters;
  if (reporters.length === 1 && only !== undefined) return only;
  return {
    begin: (head) => {
      for (const each of reporters) each.begin(head);
    },
    planned: (file) => {
      for (const each of reporters) each.planned(file);
    },
    note: (shown, reason) => {
      for (const each of reporters) each.note(shown, reason);
    },
    fault: (fault) => {
      for (const each of reporters) each.fault(fault);
    },
    finished: (result) => {
      for (const each of reporters) each.finished(result);
    },
    end: (summary) => {
      for (const each of reporters) each.end(summary);
    },
  };
}
