/** The reporter for a format. Each one is loaded only when it is asked for. */

import { redact } from '../report/redact.ts';
import type { Reporter, Sink } from '../report/report.ts';
import { styleOf } from '../report/style.ts';
import { type Host, styleFor } from './host.ts';
import type { Format, ShowOptions } from './options.ts';

export async function reporterFor(options: ShowOptions, host: Host): Promise<Reporter> {
  const { verbosity, format } = options;
  const errStyle = styleFor(host, 'error', options);
  const sink = await sinkOf(host, format);
  if (format === 'diff') {
    const style = host.isTerminal.output ? styleFor(host, 'output', options) : undefined;
    return (await import('../report/patch.ts')).patchReporter(sink, { style, errStyle, verbosity });
  }
  if (format === 'text') {
    const { textReporter } = await import('../report/text.ts');
    return textReporter(sink, { style: styleFor(host, 'output', options), errStyle, verbosity });
  }
  return machineReporter(format, sink, options.redact);
}

/** A reporter whose product is a file: no colours, nothing for the conversation. */
export async function fileReporter(format: Format, out: (text: string) => void, shown: ShowOptions): Promise<Reporter> {
  const sink: Sink = { out, err: () => undefined };
  const { verbosity } = shown;
  const style = styleOf({ colour: false, columns: 110, ascii: false, redact: shown.redact });
  if (format === 'diff') {
    return (await import('../report/patch.ts')).patchReporter(sink, { style: undefined, errStyle: style, verbosity });
  }
  if (format === 'text') {
    return (await import('../report/text.ts')).textReporter(sink, { style, errStyle: style, verbosity });
  }
  return machineReporter(format, sink, shown.redact);
}

async function machineReporter(
  format: Exclude<Format, 'text' | 'diff'>,
  sink: Sink,
  hides: boolean,
): Promise<Reporter> {
  const hide = hides ? redact : (text: string): string => text;
  const { jsonReporter, jsonlReporter, renderedReporter } = await import('../report/rendered.ts');
  if (format === 'json') return jsonReporter(sink, hide);
  return format === 'jsonl' ? jsonlReporter(sink, hide) : renderedReporter(format, sink, hide);
}

/** In a workflow, text that quotes the repository must not be obeyed. */
async function sinkOf(host: Host, format: Format): Promise<Sink> {
  if (format !== 'text' || host.env.GITHUB_ACTIONS !== 'true') return host.sink;
  return (await import('../report/workflow.ts')).withoutCommands(host.sink);
}
