/** Reporters for the formats that are rendered once the run is over. */
import { collectingReporter, treeOf } from './collect.ts';
import type { Hide } from './document.ts';
import type { TreeReport } from './record.ts';
import type { Reporter, Sink } from './report.ts';

export const renderedFormats = ['markdown', 'github', 'sarif', 'html', 'csv'] as const;
export type RenderedFormat = (typeof renderedFormats)[number];

export function renderedReporter(sink: Sink, hide: Hide, render: Render): Reporter {
  return collectingReporter(sink, (run) => render(treeOf(run, hide).tree));
}

export type Render = (tree: TreeReport) => string;

/** Loads what renders the format, and nothing else. */
export async function rendererOf(format: RenderedFormat): Promise<Render> {
  switch (format) {
    case 'markdown':
      return (await import('./markdown.ts')).pullRequestText;
    case 'github':
      return (await import('./github.ts')).annotations;
    case 'html': {
      const { treePage } = await import('./html-page.ts');
      return (tree) => treePage(tree, { index: undefined });
    }
    case 'csv': {
      const { csvHead, csvRows } = await import('./csv.ts');
      return (tree) => csvHead + csvRows(tree);
    }
    case 'sarif': {
      const { sarifLog } = await import('./sarif.ts');
      return (tree) => sarifLog([tree], { skips: false });
    }
  }
}
