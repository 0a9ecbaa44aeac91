/** Reporters for the formats that are read by programs or rendered once the run is over. Loaded together, and only when one of them is asked for. */
import { collectingReporter, treeOf } from './collect.ts';
import { csvHead, csvRows } from './csv.ts';
import type { Hide } from './document.ts';
import { annotations } from './github.ts';
import { treePage } from './html-page.ts';
import { pullRequestText } from './markdown.ts';
import type { TreeReport } from './record.ts';
import type { Reporter, Sink } from './report.ts';
import { sarifLog } from './sarif.ts';

export { jsonReporter } from './json.ts';
export { jsonlReporter } from './jsonl.ts';

const renderers = {
  markdown: (tree: TreeReport) => pullRequestText(tree),
  github: annotations,
  sarif: (tree: TreeReport) => sarifLog([tree], { skips: false }),
  html: (tree: TreeReport) => treePage(tree, { index: undefined }),
  csv: (tree: TreeReport) => csvHead + csvRows(tree),
} as const;

export type RenderedFormat = keyof typeof renderers;

export function renderedReporter(format: RenderedFormat, sink: Sink, hide: Hide): Reporter {
  return collectingReporter(sink, (run) => renderers[format](treeOf(run, hide).tree));
}
