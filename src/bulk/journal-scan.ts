/** Where the groups of a journal stand in its file, found in one pass with memory for the index only. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { RepoEvent, RunEvent } from './journal.ts';

/** A piece of a journal file: whole lines. */
export interface Extent {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export interface GroupExtent extends Extent {
  readonly repo: RepoEvent;
}

export interface JournalIndex {
  /** The last `run` event and the line it stands on. */
  readonly run: (Extent & { readonly event: RunEvent }) | undefined;
  /** In the order of the file; a repository may have several. */
  readonly groups: readonly GroupExtent[];
  /** Offset behind the last line that closed something; what follows is the torn tail of a killed run. */
  readonly closedAt: number;
  /** Lines that are no events, or events of a group that was never closed. */
  readonly damaged: number;
}

const chunkBytes = 1024 * 1024;

/** Throws what reading throws. */
export function scanJournal(file: string): JournalIndex {
  const groups: GroupExtent[] = [];
  let run: JournalIndex['run'];
  let closedAt = 0;
  let damaged = 0;
  let open = 0;
  eachLine(file, (line, offset) => {
    const end = offset + line.length + 1;
    const kind = kindOf(line);
    if (kind === 'event') {
      open += 1;
      return;
    }
    const event = kind === 'unknown' ? undefined : parsed(line);
    if (event === undefined) {
      damaged += 1;
      return;
    }
    if (isRepo(event)) groups.push({ file, offset: closedAt, length: end - closedAt, repo: event });
    else damaged += open;
    if (isRun(event)) run = { file, offset, length: end - offset, event };
    open = 0;
    closedAt = end;
  });
  return { run, groups, closedAt, damaged: damaged + open };
}

/** Calls back with every line that is ended, without its line feed. */
function eachLine(file: string, take: (line: Buffer, offset: number) => void): void {
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(chunkBytes);
    let rest: Buffer[] = [];
    let start = 0;
    for (let at = 0; ; ) {
      const length = readSync(descriptor, chunk, 0, chunkBytes, at);
      if (length === 0) return;
      let from = 0;
      for (let newline = chunk.indexOf(0x0a); newline >= 0 && newline < length; newline = chunk.indexOf(0x0a, from)) {
        const line = Buffer.concat([...rest, chunk.subarray(from, newline)]);
        rest = [];
        take(line, start);
        start = at + newline + 1;
        from = newline + 1;
      }
      if (from < length) rest.push(Buffer.from(chunk.subarray(from, length)));
      at += length;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Only the few lines that structure a journal are parsed; `type` is the first field of every event. */
function kindOf(line: Buffer): 'structure' | 'event' | 'unknown' {
  const type = /^\{"type":"(\w{1,20})"/.exec(line.toString('latin1', 0, 40))?.[1];
  if (type === 'run' || type === 'repo' || type === 'summary') return 'structure';
  return type === undefined || line.at(-1) !== 0x7d ? 'unknown' : 'event';
}

function parsed(line: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRepo(event: object): event is RepoEvent {
  return (
    'type' in event &&
    event.type === 'repo' &&
    'repo' in event &&
    typeof event.repo === 'string' &&
    'index' in event &&
    typeof event.index === 'number' &&
    'key' in event &&
    'outcome' in event &&
    'files' in event &&
    'steps' in event
  );
}

function isRun(event: object): event is RunEvent {
  return (
    'type' in event && event.type === 'run' && 'v' in event && event.v === 1 && 'list' in event && 'repos' in event
  );
}
