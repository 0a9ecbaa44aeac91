/** How far a bulk run is: one line that rewrites itself on a terminal, a line now and then elsewhere. */
import type { Style } from '../report/style.ts';
import type { Progress } from './run.ts';

export interface ProgressView {
  update(state: Progress): void;
  /** Takes the line away, so that something else can be printed. */
  clear(): void;
}

export interface ProgressOptions {
  readonly terminal: boolean;
  readonly columns: number;
  readonly style: Style;
  readonly print: (text: string) => void;
  /** Milliseconds, ever rising. */
  readonly now: () => number;
}

const redrawMs = 100;
const lineMs = 30_000;
const shortestLineMs = 2_000;

export function progressView(options: ProgressOptions): ProgressView {
  return options.terminal ? terminalView(options) : sparseView(options);
}

function terminalView({ columns, style, print, now }: ProgressOptions): ProgressView {
  const started = now();
  let last = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    update: (state) => {
      if (now() - last < redrawMs) return;
      last = now();
      const width = columns < 20 ? 80 : columns;
      const line = `${bar(state)} ${progressText(state, now() - started)}  ${style.showName(state.current ?? '')}`;
      print(`\r${line.slice(0, width - 1)}\x1b[K`);
      drawn = true;
    },
    clear: () => {
      if (drawn) print('\r\x1b[K');
      drawn = false;
    },
  };
}

function sparseView({ print, now }: ProgressOptions): ProgressView {
  const started = now();
  let [last, share] = [started, 0];
  return {
    update: (state) => {
      const reached = state.total === 0 ? 1 : (state.done + state.same) / state.total;
      const since = now() - last;
      if (since < lineMs && !(reached - share >= 0.05 && since >= shortestLineMs)) return;
      [last, share] = [now(), reached];
      print(`${progressText(state, now() - started)}\n`);
    },
    clear: () => undefined,
  };
}

function bar(state: Progress): string {
  const filled = state.total === 0 ? 20 : Math.floor((20 * (state.done + state.same)) / state.total);
  return `[${'#'.repeat(filled)}${'-'.repeat(20 - filled)}]`;
}

/** `126/200  changed 88  error 3  42/s  eta 2s`. */
export function progressText(state: Progress, elapsedMs: number): string {
  const done = state.done + state.same;
  const rate = elapsedMs <= 0 ? 0 : (done * 1000) / elapsedMs;
  const eta = rate === 0 ? '' : `  eta ${duration((state.total - done) / rate)}`;
  const speed = rate >= 10 ? rate.toFixed(0) : rate.toFixed(1);
  const same = state.same === 0 ? '' : `  unchanged ${state.same}`;
  return `${done}/${state.total}  changed ${state.changed}  error ${state.errors}${same}  ${speed}/s${eta}`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole}s`;
  return whole < 3600
    ? `${Math.floor(whole / 60)}m${whole % 60}s`
    : `${Math.floor(whole / 3600)}h${Math.floor((whole % 3600) / 60)}m`;
}
