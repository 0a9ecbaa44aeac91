/** What verification made and must remove: containers, images, folders. Kept until each is gone, whatever happens. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { running } from './process.ts';

/** How one thing is removed. `what` names it for the user. */
export type Removal =
  | { readonly what: string; readonly directory: string }
  | { readonly what: string; readonly program: string; readonly args: readonly string[] };

export interface Ledger {
  /** Removes the thing at `settle`, or at once when the returned function is called. */
  add(removal: Removal): () => void;
  /** Removes everything, the latest first; returns what could not be removed. With `keep`, nothing is removed. */
  settle(): readonly string[];
  /** Everything still there, in the order it was made. */
  held(): readonly string[];
}

const timeLimitMs = 30_000;

/** `keep`: leave everything for the user to look at. An exit of the process settles what is open. */
export function openLedger(keep: boolean): Ledger {
  const open: Removal[] = [];
  const settle = (): readonly string[] => {
    process.removeListener('exit', atExit);
    if (keep) return [];
    return open
      .splice(0)
      .reverse()
      .flatMap((removal) => (remove(removal) ? [] : [removal.what]));
  };
  const atExit = (): void => {
    for (const child of running) child.kill('SIGKILL');
    settle();
  };
  process.on('exit', atExit);
  return {
    add: (removal) => {
      open.push(removal);
      return () => {
        const at = open.indexOf(removal);
        if (at >= 0 && !keep && remove(removal)) open.splice(at, 1);
      };
    },
    settle,
    held: () => open.map(({ what }) => what),
  };
}

/** A thing that is not there any more counts as removed. */
function remove(removal: Removal): boolean {
  try {
    if ('directory' in removal) {
      rmSync(removal.directory, { recursive: true, force: true, maxRetries: 2 });
      return true;
    }
    const ended = spawnSync(removal.program, [...removal.args], {
      encoding: 'utf8',
      timeout: timeLimitMs,
      killSignal: 'SIGKILL',
    });
    return ended.status === 0 || /no such|not found|does not exist/i.test(ended.stderr ?? '');
  } catch {
    return false;
  }
}
