/** `--baseline` and `--update-baseline`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Baseline, baselineText, isKnown, readBaseline, staleEntries } from '../config/baseline.ts';
import { configFault, configReason } from '../config/reasons.ts';
import { causeOf, cliReason, type Fault } from '../fault.ts';
import type { Migration } from '../migration.ts';
import type { Run } from './state.ts';

/** The baseline of a run; `undefined` without one. A file that is missing is an empty one when it is to be written. */
export function loadBaseline(file: string | undefined, updates: boolean, cwd: string): Baseline | Fault | undefined {
  if (file === undefined) return undefined;
  const absolute = path.resolve(cwd, file);
  if (updates && !existsSync(absolute)) return { path: file, entries: new Set() };
  try {
    return readBaseline(readFileSync(absolute, 'utf8'), file);
  } catch (error) {
    return configFault(configReason('unreadable', { path: file, cause: causeOf(error) }), file);
  }
}

/** Notes what is stale, or writes the baseline anew; the migrations that still count. */
export function applyBaseline(
  state: Run,
  baseline: Baseline,
  migrations: readonly Migration[],
): readonly Migration[] | Fault {
  if (state.options.updateBaseline) {
    try {
      writeFileSync(path.resolve(state.host.cwd, baseline.path), baselineText(migrations));
      return [];
    } catch (error) {
      const reason = cliReason('write-failed', { path: baseline.path, cause: causeOf(error) });
      return { reason, exit: 3, path: baseline.path };
    }
  }
  const stale = staleEntries(baseline, migrations);
  if (stale > 0) state.reporter.note(baseline.path, configReason('stale', { count: stale, path: baseline.path }));
  return migrations.filter((migration) => !isKnown(migration, baseline));
}
