/** The process dfmigrate runs in, as its commands may use it. Every question to a person goes through `ask`. */

import { wantsColour } from '../report/colour.ts';
import type { Sink } from '../report/report.ts';
import { type Style, styleOf } from '../report/style.ts';
import type { ShowOptions } from './options.ts';

export interface Host {
  readonly cwd: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly version: string;
  readonly sink: Sink;
  readonly isTerminal: { readonly input: boolean; readonly output: boolean; readonly error: boolean };
  /** Width of the terminal; 0 or `undefined` when it does not say. */
  readonly columns: number | undefined;
  /** One line typed by the user; `undefined` when there is nobody to ask (no terminal, end of input). */
  ask(question: string): Promise<string | undefined>;
  /** Standard input; `undefined` when it is longer than `limit` bytes. */
  readInput(limit: number): Promise<Buffer | undefined>;
}

const widest = 110;
const unknownWidth = 80;

/** How text goes to one of the two streams. What is no terminal gets a fixed width, so that its bytes depend on nothing. */
export function styleFor(host: Host, stream: 'output' | 'error', options: ShowOptions): Style {
  const terminal = host.isTerminal[stream];
  const width = host.columns === undefined || host.columns < 20 ? unknownWidth : host.columns;
  return styleOf({
    colour: wantsColour(options.colour, terminal, host.env),
    columns: terminal ? Math.min(width, widest) : widest,
    ascii: terminal && !speaksUtf8(host.env),
    redact: options.redact,
  });
}

function speaksUtf8(env: Readonly<NodeJS.ProcessEnv>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale === undefined || locale === '' || /utf-?8/i.test(locale);
}
