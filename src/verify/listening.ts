/** Linux's view of a container from outside: its processes and the ports they listen on, by the pid of its first process. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ContainerProcess {
  readonly pid: number;
  /** Effective user. */
  readonly uid: number;
  readonly command: string;
}

/** TCP ports in state LISTEN, sorted; `undefined` when the process cannot be seen from here. */
export function listeningPorts(pid: number): readonly number[] | undefined {
  const tables = ['tcp', 'tcp6'].map((name) => attempt(`/proc/${pid}/net/${name}`));
  if (tables.every((table) => table === undefined)) return undefined;
  return [...new Set(tables.flatMap((table) => portsIn(table ?? '')))].sort((a, b) => a - b);
}

/** Ports of the LISTEN rows of a `/proc/net/tcp` table. */
export function portsIn(table: string): readonly number[] {
  const listen = '0A';
  return table.split('\n').flatMap((row) => {
    const [, local = '', , state] = row.trim().split(/\s+/);
    const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
    return state === listen && port > 0 ? [port] : [];
  });
}

/** A process and everything below it; `undefined` when it cannot be seen from here. */
export function processTree(pid: number): readonly ContainerProcess[] | undefined {
  if (attempt(`/proc/${pid}/status`) === undefined) return undefined;
  const all = new Map(
    pids()
      .flatMap((each) => statusOf(each))
      .map((each) => [each.pid, each]),
  );
  const below = (each: number): boolean => {
    for (let at = all.get(each), depth = 0; at !== undefined && depth < 64; at = all.get(at.parent), depth += 1)
      if (at.pid === pid) return true;
    return false;
  };
  return [...all.values()]
    .filter((each) => below(each.pid))
    .map(({ pid: id, uid, command }) => ({ pid: id, uid, command }));
}

function pids(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function statusOf(pid: number): readonly (ContainerProcess & { readonly parent: number })[] {
  const status = attempt(`/proc/${pid}/status`);
  if (status === undefined) return [];
  const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  const uid = Number(/^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return [{ pid, parent, uid, command: /^Name:\s*(.*)$/m.exec(status)?.[1] ?? '' }];
}

function attempt(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
