/** `--format json`: one document on stdout, printed when everything is known. */
import { collectingReporter, treeOf } from './collect.ts';
import type { Hide } from './document.ts';
import { pullRequestText } from './markdown.ts';
import type { Reporter, Sink } from './report.ts';

export { titleOf } from './document.ts';

/** `title` and `markdown` are the texts of a pull request, so that an engine can lift them. */
export function jsonReporter(sink: Sink, hide: Hide): Reporter {
  return collectingReporter(sink, (run) => {
    const { document, tree } = treeOf(run, hide);
    const { v, tool, mode, select, ok, exitCode, title, ...rest } = document;
    const texts = { title, markdown: pullRequestText(tree) };
    return `${JSON.stringify({ v, tool, mode, select, ok, exitCode, ...texts, ...rest }, undefined, 2)}\n`;
  });
}
