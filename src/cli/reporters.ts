/** The reporter for a format. Each one is loaded only when it is asked for. */

import { redact } from '../report/redact.ts';
import type { Reporter } from '../report/report.ts';
import { type Host, styleFor } from './host.ts';
import type { ShowOptions } from './options.ts';

export async function reporterFor(options: ShowOptions, host: Host): Promise<Reporter> {
  const { verbosity } = options;
  const errStyle = styleFor(host, 'error', options);
  const hide = options.redact ? redact : (text: string): string => text;
  if (options.format === 'json') return (await import('../report/json.ts')).jsonReporter(host.sink, hide);
  if (options.format === 'jsonl') return (await import('../report/jsonl.ts')).jsonlReporter(host.sink, hide);
  if (options.format === 'diff') {
    const style = host.isTerminal.output ? styleFor(host, 'output', options) : undefined;
    return (await import('../report/patch.ts')).patchReporter(host.sink, { style, errStyle, verbosity });
  }
  const { textReporter } = await import('../report/text.ts');
  return textReporter(host.sink, { style: styleFor(host, 'output', options), errStyle, verbosity });
}
