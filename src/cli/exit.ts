/** What the exit code says: the gravest thing that happened, or a condition the user named. */
import type { Fault } from '../fault.ts';
import { type Migration, outcomeOf } from '../migration.ts';
import type { FailCondition } from './options.ts';

const gravestFirst = [70, 2, 3, 4] as const;

/** `othersFound`: there are Dockerfiles that do not count. 0, 1 (a --fail-on condition), 2, 3, 4 or 70. `never` silences all but usage errors and bugs. */
export function exitCode(
  faults: readonly Fault[],
  migrations: readonly Migration[],
  failOn: ReadonlySet<FailCondition>,
  othersFound = false,
): number {
  const gravest = gravestFirst.find((code) => faults.some(({ exit }) => exit === code));
  if (gravest !== undefined && (gravest === 70 || gravest === 2 || !failOn.has('never'))) return gravest;
  return migrations.some((migration) => holds(migration, failOn)) ||
    (migrations.length === 0 && !othersFound && failOn.has('none-found'))
    ? 1
    : 0;
}

function holds(migration: Migration, failOn: ReadonlySet<FailCondition>): boolean {
  const outcome = outcomeOf(migration);
  if (outcome === 'changed' && failOn.has('changes')) return true;
  const skips =
    outcome === 'left-alone' ||
    migration.steps.some((step) => step.outcome.kind === 'refuse' || step.outcome.kind === 'rejected');
  return skips && failOn.has('skipped');
}
