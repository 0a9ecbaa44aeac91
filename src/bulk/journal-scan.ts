/**
 * Where the groups of a journal stand in its file, for the run that goes on with it: byte for byte, and without parsing what is
 * inside a group. What a report shows of one or many journals is read by `report/journal-index.ts`.
 */
import { fileLines } from '../report/lines.ts';
import type { RepoEvent, RunEvent } from './journal.ts';

/** A piece of a journal file: whole lines. */
export interface Extent {
  readonly file: string;
  /** Byte offsets. */
  readonly start: number;
  readonly end: number;
}

export interface GroupExtent extends Extent {
  readonly repo: RepoEvent;
}

export interface JournalScan {
  /** The last `run` event and the line it stands on. */
  readonly run: (Extent & { readonly event: RunEvent }) | undefined;
  /** In the order of the file; a repository may have several. */
  readonly groups: readonly GroupExtent[];
  /** Offset behind the last line that closed something; what follows is the torn tail of a killed run. */
  readonly closedAt: number;
  /** Lines that are no events, or events of a group that was never closed. */
  readonly damaged: number;
}

/** Throws what reading throws. */
export function scanJournal(file: string): JournalScan {
  const groups: GroupExtent[] = [];
  let run: JournalScan['run'];
  let closedAt = 0;
  let damaged = 0;
  let open = 0;
  for (const { bytes, start, end, ended } of fileLines(file)) {
    const kind = ended ? kindOf(bytes) : 'torn';
    if (kind === 'event') open += 1;
    if (kind === 'event' || kind === 'torn') continue;
    const event = kind === 'unknown' ? undefined : parsed(bytes);
    if (event === undefined) {
      damaged += 1;
      continue;
    }
    if (isRepo(event)) groups.push({ file, start: closedAt, end, repo: event });
    else damaged += open;
    if (isRun(event)) run = { file, start, end, event };
    open = 0;
    closedAt = end;
  }
  return { run, groups, closedAt, damaged: damaged + open };
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
