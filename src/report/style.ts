/** How text goes onto one stream: colour, width, symbols, and what is hidden from the reader. */
import { ansi, type Palette, plain } from './colour.ts';
import { redact } from './redact.ts';
import { sanitise, sanitiseName } from './sanitise.ts';

export interface Symbols {
  readonly dot: string;
  readonly rule: string;
  readonly arrow: string;
}

export interface Style {
  readonly palette: Palette;
  /** At least 40. */
  readonly columns: number;
  readonly symbols: Symbols;
  /** Text of the repository, made harmless; secrets hidden unless asked otherwise. */
  readonly show: (text: string) => string;
  /** A file name, kept on one line. */
  readonly showName: (name: string) => string;
}

const unicode: Symbols = { dot: '·', rule: '─', arrow: '→' };
const ascii: Symbols = { dot: '-', rule: '-', arrow: '->' };

export interface StyleChoice {
  readonly colour: boolean;
  readonly columns: number;
  readonly ascii: boolean;
  readonly redact: boolean;
}

export function styleOf(choice: StyleChoice): Style {
  const hide = choice.redact ? redact : (text: string): string => text;
  return {
    palette: choice.colour ? ansi : plain,
    columns: Math.max(40, choice.columns),
    symbols: choice.ascii ? ascii : unicode,
    show: (text) => sanitise(hide(text)),
    showName: (name) => sanitiseName(hide(name)),
  };
}
