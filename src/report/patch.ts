/** `--format diff`: nothing but a patch on stdout, exact for `git apply` unless a person looks at it. */
import { gitPatch } from './diff.ts';
import { diffText } from './diff-text.ts';
import { faultText, noteText } from './fault-text.ts';
import { type Reporter, type RunHead, type Sink, wholeChange } from './report.ts';
import type { Style } from './style.ts';
import { summaryLine } from './summary-text.ts';
import type { Verbosity } from './text.ts';

export interface PatchOptions {
  /** `undefined`: stdout is no terminal, so the patch is raw. */
  readonly style: Style | undefined;
  readonly errStyle: Style;
  readonly verbosity: Verbosity;
}

export function patchReporter(sink: Sink, options: PatchOptions): Reporter {
  const { style, errStyle, verbosity } = options;
  let mode: RunHead['mode'] = 'preview';
  return {
    begin: (head) => {
      mode = head.mode;
    },
    planned: (file) =>
      sink.out(
        style === undefined ? gitPatch(wholeChange(file, 'patch')) : diffText(wholeChange(file, 'patch'), style),
      ),
    note: (_path, reason) => {
      if (verbosity !== 'quiet') sink.err(noteText(reason, errStyle));
    },
    fault: (fault) => sink.err(faultText(fault, errStyle, verbosity === 'verbose')),
    finished: () => undefined,
    end: (summary) => {
      const total = Object.values(summary.files).reduce((sum, count) => sum + count, 0);
      if (total > 0 && verbosity !== 'quiet') sink.err(summaryLine(summary, mode, errStyle));
    },
  };
}
