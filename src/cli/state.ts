/** What a run has gathered so far, and how it ends. */
import type { Fault } from '../fault.ts';
import type { Migration } from '../migration.ts';
import { countAll, type Reporter, type RunHead } from '../report/report.ts';
import { exitCode } from './exit.ts';
import type { Host } from './host.ts';
import type { Loaded } from './load.ts';
import type { RunOptions } from './options.ts';

export interface Run {
  readonly options: RunOptions;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly mode: RunHead['mode'];
  readonly faults: Fault[];
  readonly loaded: Loaded[];
  readonly started: number;
  /** Which of the migrations count for `--fail-on`; all of them without a baseline. */
  pending?: (migrations: readonly Migration[]) => readonly Migration[] | Fault;
  written: number;
}

/** Reports last faults and the summary. */
export function end(state: Run, faults: readonly Fault[]): number {
  const { reporter, options, started } = state;
  for (const fault of faults) tell(state, fault);
  const reports = state.loaded.map(({ report }) => report);
  const migrations = reports.map(({ migration }) => migration);
  const pending = state.pending?.(migrations) ?? migrations;
  if ('reason' in pending) tell(state, pending);
  const known = 'reason' in pending || pending.length < migrations.length;
  const code = exitCode(state.faults, 'reason' in pending ? [] : pending, options.failOn, known);
  const errors = new Set(state.faults.filter(({ exit }) => exit === 3 || exit === 70).map((fault) => fault.path)).size;
  const milliseconds = options.timings ? performance.now() - started : undefined;
  reporter.end({ exitCode: code, ...countAll(reports, errors), written: state.written, milliseconds });
  return code;
}

/** Remembers a fault for the exit code and reports it. */
export function tell(state: Run, fault: Fault): void {
  state.faults.push(fault);
  state.reporter.fault(fault);
}
