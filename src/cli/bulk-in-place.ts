/** `bulk --in-place`: one work tree found, migrated and written as a run of its own would. */
import type { Reason } from '../answer.ts';
import { bulkFault, bulkReason } from '../bulk/reasons.ts';
import type { InPlaceResult } from '../bulk/settings.ts';
import { gitDirectory, type Source } from '../bulk/sources.ts';
import { discover } from '../discover.ts';
import type { Fault } from '../fault.ts';
import { outcomeOf } from '../migration.ts';
import type { FileResult } from '../report/report.ts';
import type { Transform } from '../transform.ts';
import { apply, guardAll, objections, plansFor } from './apply.ts';
import { configurator } from './configure.ts';
import { type Edits, loader } from './gather.ts';
import type { Loaded } from './load.ts';
import { isFault, type RunOptions } from './options.ts';

export interface InPlaceOptions {
  readonly run: RunOptions;
  readonly transforms: readonly Transform[];
}

const nothing = { notes: [], optedOut: [] };

/** Every file of the repository is planned before the first one is written. */
export async function migrateInPlace(source: Source, { run, transforms }: InPlaceOptions): Promise<InPlaceResult> {
  const { location, id: repo } = source;
  if (source.kind === 'url' || gitDirectory(location) === location)
    return { results: [], faults: [bulkFault(bulkReason('in-place-needs-work-tree', { repo }), 4)], ...nothing };
  const configure = configurator(run, transforms, location);
  if (isFault(configure)) return { results: [], faults: [configure], ...nothing };
  const load = loader(run, configure, location);
  const found = await discover(['.'], location, []);
  const faults: Fault[] = [...found.faults];
  const notes = [...found.notes];
  const optedOut: Reason[] = [];
  const loaded: Loaded[] = [];
  const edits: Edits = new Map();
  for (const target of found.targets) {
    const result = load(target, edits);
    if ('code' in result) {
      notes.push({ path: target.path, reason: result });
      optedOut.push(result);
    } else if (isFault(result)) faults.push(result);
    else loaded.push(result);
  }
  const written = write(loaded, run);
  return { results: written.results, faults: [...faults, ...written.faults], notes, optedOut };
}

function write(
  loaded: readonly Loaded[],
  run: RunOptions,
): { readonly results: readonly FileResult[]; readonly faults: readonly Fault[] } {
  const changed = loaded.filter(({ report }) => outcomeOf(report.migration) === 'changed');
  const guarded = guardAll(changed.map(plansFor));
  const faults: Fault[] = [];
  const results = loaded.map((one): FileResult => {
    const group = guarded[changed.indexOf(one)];
    if (group === undefined) return { file: one.report, writing: 'not-asked', undo: [] };
    const refused = run.mode === 'write' ? [] : objections(group, run.allowDirty);
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
