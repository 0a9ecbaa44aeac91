/** Ctrl-C during work that must end in good order: once to stop, again (or when it takes too long) to leave at once. */
import type { Interruption } from '../bulk/run.ts';

export interface Interrupted extends Interruption {
  /** Exit code of the signal that came; `undefined`: none did. */
  readonly code: () => number | undefined;
  /** Gives the signals back to whoever had them. */
  readonly release: () => void;
}

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Name = keyof typeof codes;

/** What has been begun gets this long to end by itself. */
const patienceMs = 3_000;

/** Takes over the signals that end a process. */
export function interruption(): Interrupted {
  const [stop, abandon] = [new AbortController(), new AbortController()];
  let code: number | undefined;
  const names = Object.keys(codes) as Name[];
  const before = names.map((name) => [name, process.listeners(name)] as const);
  const came = (name: Name): void => {
    if (stop.signal.aborted) abandon.abort();
    code ??= codes[name];
    stop.abort();
    setTimeout(() => abandon.abort(), patienceMs).unref();
  };
  for (const name of names) {
    process.removeAllListeners(name);
    process.on(name, came);
  }
  return {
    stop: stop.signal,
    abandon: abandon.signal,
    code: () => code,
    release: () => {
      for (const [name, listeners] of before) {
        process.removeAllListeners(name);
        for (const listener of listeners) process.on(name, listener);
      }
    },
  };
}
