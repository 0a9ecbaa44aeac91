/** Lines a person types, one per question. */
import type { Interface } from 'node:readline';

export interface Typed {
  /** The next line; `undefined` at the end of the input. Between questions the input is paused, so that it keeps nothing alive. */
  next(): Promise<string | undefined>;
}

export function typedLines(lines: Interface): Typed {
  const ahead: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let open = true;
  const answer = (line: string | undefined): void => {
    const resolve = waiting;
    waiting = undefined;
    lines.pause();
    resolve?.(line);
  };
  lines.on('line', (line) => {
    if (waiting === undefined) ahead.push(line);
    else answer(line);
  });
  lines.on('close', () => {
    open = false;
    if (waiting !== undefined) answer(undefined);
  });
  return {
    next: () => {
      const line = ahead.shift();
      if (line !== undefined || !open) return Promise.resolve(line);
      return new Promise((resolve) => {
        waiting = resolve;
        lines.resume();
      });
    },
  };
}
