/** All Dockerfiles of one commit migrated, each in a worker that may be ended. */
import type { Reason } from '../answer.ts';
import { notesOn } from '../attempt.ts';
import type { Fault } from '../fault.ts';
import type { Migration } from '../migration.ts';
import type { FileReport } from '../report/report.ts';
import type { Lease, Pool } from './pool.ts';
import { bulkFault, bulkReason } from './reasons.ts';
import type { ContextEdits, TaskReply } from './task.ts';
import { type Candidate, type Loader, type Walk, walkTree } from './walk.ts';

export interface Plan {
  /** One per Dockerfile that could be processed, ordered by path. */
  readonly reports: readonly FileReport[];
  readonly faults: readonly Fault[];
  readonly notes: Walk['notes'];
  /** Why configurations leave Dockerfiles alone, one per Dockerfile; these reasons are among the notes too. */
  readonly optedOut: readonly Reason[];
}

export interface PlanRequest {
  readonly repo: string;
  /** Object id of the commit's tree. */
  readonly root: string;
  readonly loader: Loader;
  readonly pool: Pool;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** What the leased worker has been sent: nothing at first, and nothing again after it had to be ended. */
interface Sent {
  generation: number | undefined;
  readonly ids: Set<string>;
}

/** Rounds in which a file may ask for more objects: each one is a migration that went further than the one before. */
const mostRounds = 200;

/** What would become of the commit's Dockerfiles; a later one sees the files that an earlier one of its context brought. */
export async function planCommit(request: PlanRequest): Promise<Plan | Fault> {
  const walk = await walkTree(request.repo, request.root, request.loader);
  if ('reason' in walk) return walk;
  const reports: FileReport[] = [];
  const faults: Fault[] = [];
  const notes = [...walk.notes];
  const optedOut: Reason[] = [];
  if (walk.candidates.length === 0) return { reports, faults, notes, optedOut };
  const lease = await request.pool.lease();
  try {
    const sent: Sent = { generation: undefined, ids: new Set() };
    const earlier: ContextEdits[] = [];
    for (const candidate of walk.candidates) {
      if (request.signal.aborted) break;
      const reply = await migrated(request, lease, sent, candidate, earlier);
      if (reply.kind === 'wanted') continue;
      if (reply.kind === 'fault') faults.push(reply.fault);
      else if (reply.kind === 'left') {
        notes.push({ path: candidate.path, reason: reply.reason });
        optedOut.push(reply.reason);
      } else {
        reports.push(reportOf(reply.migration, reply.context));
        if (reply.migration.files.length > 0) earlier.push({ context: reply.context, files: reply.migration.files });
      }
    }
  } finally {
    lease.release();
  }
  return { reports, faults, notes, optedOut };
}

async function migrated(
  request: PlanRequest,
  lease: Lease,
  sent: Sent,
  { path, id, nearby }: Candidate,
  earlier: readonly ContextEdits[],
): Promise<TaskReply> {
  const { repo, root, loader, limitMs } = request;
  const task = { root, path, id, earlier, limitMs };
  const first = await loader.load([id, ...nearby]);
  if (first !== undefined) return { kind: 'fault', fault: first };
  for (let round = 0; round < mostRounds; round += 1) {
    const fresh = sent.generation !== lease.generation();
    if (fresh) sent.ids.clear();
    sent.generation = lease.generation();
    const objects = [...loader.known].filter(([known]) => !sent.ids.has(known));
    for (const [known] of objects) sent.ids.add(known);
    const reply = await lease.ask({ task, fresh, objects });
    if (reply.kind !== 'wanted') return reply;
    const fault = await loader.load(reply.ids);
    if (fault !== undefined) return { kind: 'fault', fault: { ...fault, path } };
  }
  const reason = bulkReason('too-many-bytes', { repo, limit: `${mostRounds} rounds` });
  return { kind: 'fault', fault: { ...bulkFault(reason, 4), path } };
}

function reportOf(migration: Migration, context: string): FileReport {
  const shown = context === '' ? '.' : context;
  return { migration, context: shown, patchPath: migration.path, patchContext: shown, notes: notesOn(migration) };
}
