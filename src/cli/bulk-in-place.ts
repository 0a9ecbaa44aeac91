/** `bulk --in-place`: one work tree found, migrated and written as a run of its own would. */
import { transforms } from '../../transforms/index.ts';
import { migrateBytes } from '../attempt.ts';
import { bulkFault, bulkReason } from '../bulk/reasons.ts';
import type { InPlaceResult, Settings } from '../bulk/settings.ts';
import { gitDirectory, type Source } from '../bulk/sources.ts';
import { discover } from '../discover.ts';
import type { Fault } from '../fault.ts';
import { outcomeOf } from '../migration.ts';
import { diskProject } from '../project/disk.ts';
import { withFiles } from '../project/overlay.ts';
import type { FileResult } from '../report/report.ts';
import type { FileEdit } from '../transform.ts';
import { apply, guardAll, objections, plansFor } from './apply.ts';
import { contextOf } from './context.ts';
import { type Loaded, readTarget, reportOn } from './load.ts';
import { isFault } from './options.ts';

export interface InPlaceOptions {
  readonly settings: Pick<Settings, 'transforms' | 'wishes' | 'target' | 'fileLimitMs'>;
  /** Write what git could not give back, too. */
  readonly anyway: boolean;
  readonly allowDirty: boolean;
}

/** Every file of the repository is planned before the first one is written. */
export async function migrateInPlace(source: Source, options: InPlaceOptions): Promise<InPlaceResult> {
  const { location, id: repo } = source;
  if (source.kind === 'url' || gitDirectory(location) === location)
    return { results: [], faults: [bulkFault(bulkReason('in-place-needs-work-tree', { repo }), 4)], notes: [] };
  const found = await discover(['.'], location, []);
  const faults: Fault[] = [...found.faults];
  const loaded: Loaded[] = [];
  const edits = new Map<string, readonly FileEdit[]>();
  const { wishes, target: stage, fileLimitMs } = options.settings;
  const chosen = transforms.filter(({ name }) => options.settings.transforms.includes(name));
  for (const target of found.targets) {
    const bytes = readTarget(target);
    if (isFault(bytes)) {
      faults.push(bytes);
      continue;
    }
    const context = contextOf(target.file, target.root);
    const earlier = edits.get(context) ?? [];
    const disk = diskProject(context, target.file);
    const project = earlier.length === 0 ? disk : withFiles(disk, earlier);
    const choice = { transforms: chosen, wishes, target: stage, limitMs: fileLimitMs };
    const migration = migrateBytes(bytes, target.path, project, choice);
    if (isFault(migration)) {
      faults.push(migration);
      continue;
    }
    if (migration.files.length > 0) edits.set(context, [...earlier, ...migration.files]);
    loaded.push({ target, bytes, context, report: reportOn(migration, target, context, location) });
  }
  const written = write(loaded, options);
  return { results: written.results, faults: [...faults, ...written.faults], notes: found.notes };
}

function write(
  loaded: readonly Loaded[],
  options: InPlaceOptions,
): { readonly results: readonly FileResult[]; readonly faults: readonly Fault[] } {
  const changed = loaded.filter(({ report }) => outcomeOf(report.migration) === 'changed');
  const guarded = guardAll(changed.map(plansFor));
  const faults: Fault[] = [];
  const results = loaded.map((one): FileResult => {
    const group = guarded[changed.indexOf(one)];
    if (group === undefined) return { file: one.report, writing: 'not-asked', undo: [] };
    const refused = options.anyway ? [] : objections(group, options.allowDirty);
    if (refused.length > 0) {
      faults.push(...refused);
      return { file: one.report, writing: 'failed', undo: [] };
    }
    const applied = apply(one, group);
    faults.push(...applied.faults);
    return applied.result;
  });
  return { results, faults };
}
