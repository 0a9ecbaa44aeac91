/** What a bulk run prints: results on standard output, progress and errors on standard error. */

import type { RepoEvent, RunEvent, SummaryEvent } from '../bulk/journal.ts';
import { lineOf } from '../bulk/journal-merge.ts';
import { progressView } from '../bulk/progress.ts';
import { bulkReason } from '../bulk/reasons.ts';
import type { BulkEnd, Finished, Progress } from '../bulk/run.ts';
import { branchText, summaryText } from '../bulk/summary-text.ts';
import { faultText } from '../report/fault-text.ts';
import { plural } from '../report/layout.ts';
import { type Host, styleFor } from './host.ts';
import type { RunOptions } from './options.ts';

export interface Printer {
  begin(tasks: number): void;
  progress(state: Progress): void;
  finished(done: Finished): void;
  end(summary: SummaryEvent, repos: readonly RepoEvent[], end: BulkEnd): void;
}

/** Errors shown one by one; the journal has them all. */
const mostErrors = 20;

/** `directory`: of the run, as shown; `undefined`: nothing is kept. */
export function bulkPrinter(run: RunOptions, host: Host, event: RunEvent, directory: string | undefined): Printer {
  const { sink } = host;
  const errStyle = styleFor(host, 'error', run);
  const view = progressView({
    terminal: host.isTerminal.error,
    columns: host.columns ?? 80,
    style: errStyle,
    print: run.verbosity === 'quiet' ? () => undefined : (text) => sink.err(text),
    now: () => performance.now(),
  });
  let errors = 0;
  const tellErrors = ({ event: { repo }, faults }: Finished): void => {
    for (const fault of faults) {
      errors += 1;
      if (errors === mostErrors + 1) sink.err('further errors are not shown\n');
      if (errors > mostErrors) continue;
      view.clear();
      const text = fault.path === undefined ? fault.reason.text : `${repo}: ${fault.reason.text}`;
      sink.err(
        faultText(
          { ...fault, line: undefined, reason: { ...fault.reason, text } },
          errStyle,
          run.verbosity === 'verbose',
        ),
      );
    }
  };
  return {
    begin: (tasks) => {
      if (run.format === 'jsonl') sink.out(lineOf(event).toString('utf8'));
      if (run.format === 'text' && run.verbosity !== 'quiet')
        sink.err(
          `${plural(event.repos, 'repository', 'repositories')}${tasks === event.repos ? '' : `, ${tasks} of them in this run`}\n`,
        );
    },
    progress: (state) => view.update(state),
    finished: (done) => {
      if (run.format === 'jsonl') sink.out(done.lines);
      if (run.format !== 'jsonl') tellErrors(done);
    },
    end: (summary, repos, end) => {
      view.clear();
      if (run.format === 'jsonl') sink.out(lineOf(summary).toString('utf8'));
      else if (run.format === 'json') sink.out(document(event, summary, repos));
      else sink.out(closingText({ run, host, directory, summary, repos, end }));
      if (end.ended === 'breaker' && run.format !== 'jsonl') {
        const { errors: failed, done } = end.progress;
        sink.err(faultText({ reason: bulkReason('stopped', { errors: failed, done }), exit: 3 }, errStyle, false));
      }
    },
  };
}

function document(event: RunEvent, summary: SummaryEvent, repos: readonly RepoEvent[]): string {
  const { type: _run, ...head } = event;
  const { type: _summary, exitCode, ...counts } = summary;
  const records = repos.map(({ type: _repo, ...record }) => record);
  const whole = { ...head, ok: exitCode === 0, exitCode, summary: counts, repos: records };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

interface Closing {
  readonly run: RunOptions;
  readonly host: Host;
  readonly directory: string | undefined;
  readonly summary: SummaryEvent;
  readonly repos: readonly RepoEvent[];
  readonly end: BulkEnd;
}

function closingText({ run, host, directory, summary, repos, end }: Closing): string {
  const style = styleFor(host, 'output', run);
  const { done, same } = end.progress;
  if (run.verbosity === 'quiet') {
    const { changed, error } = summary.repos;
    return `${plural(repos.length, 'repository', 'repositories')}: ${changed} changed, ${plural(error, 'error')}\n`;
  }
  const again = same === 0 ? '' : `this run        ${done} done, ${same} unchanged since they were done\n`;
  const shown = style.showName(directory ?? '');
  const failed = summary.repos.error === 0 ? '' : ` ${style.symbols.dot} ${shown}/failed.txt`;
  const report =
    directory === undefined ? '' : `report          ${shown}/report.jsonl ${style.symbols.dot} ${shown}/pr/${failed}\n`;
  const next = directory === undefined ? '' : nextText(summary, repos, shown);
  return `${summaryText(summary, repos, style)}\n${again}${branchText(repos)}${report}${next}`;
}

/** Commands that go on from here, each with what it is for. */
function nextText(summary: SummaryEvent, repos: readonly RepoEvent[], place: string): string {
  const local = repos.some(({ branch }) => branch !== undefined && branch.pushed !== true);
  const resume = `dfmigrate bulk --resume ${place}`;
  const all: readonly (readonly [boolean, string, string])[] = [
    [summary.remaining > 0, resume, 'the next ones'],
    [summary.repos.error > 0, `${resume} --failed`, 'after fixing'],
    [local, `${resume} --push --limit 10`, 'a first wave'],
    [summary.repos.changed > 0, `dfmigrate report ${place}/report.jsonl --html ${place}/html`, 'to look at'],
  ];
  const shown = all.filter(([applies]) => applies);
  const width = Math.max(0, ...shown.map(([, command]) => command.length));
  return shown
    .map(([, command, why], index) => `${(index === 0 ? 'next' : '').padEnd(16)}${command.padEnd(width)}   ${why}\n`)
    .join('');
}
