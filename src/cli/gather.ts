/** The reading half of a run: every target migrated in memory, as the command line and its configuration say. */
import path from 'node:path';
import type { Reason } from '../answer.ts';
import { type MigrateChoice, migrateBytes } from '../attempt.ts';
import type { Discovery, Target } from '../discover.ts';
import { cliReason, type Fault } from '../fault.ts';
import { diskProject } from '../project/disk.ts';
import { withFiles } from '../project/overlay.ts';
import type { FileEdit } from '../transform.ts';
import type { Configure, Configured } from './configure.ts';
import { contextOf } from './context.ts';
import { type Loaded, readTarget, reportOn } from './load.ts';
import { isFault, type RunOptions } from './options.ts';
import { type Run, tell } from './state.ts';

/** `edits`: what earlier targets of this run change beside their Dockerfile, by build context. */
export type Edits = Map<string, readonly FileEdit[]>;

/** Migrates one target; a reason when its configuration leaves it alone. */
export type Load = (target: Target, edits: Edits) => Loaded | Reason | Fault;

export function loader(options: RunOptions, configure: Configure, cwd: string): Load {
  const context = options.context === undefined ? undefined : path.resolve(cwd, options.context);
  return (target, edits) => {
    const configured = configure(target);
    if (!('kind' in configured)) return configured;
    if (configured.kind === 'leave') return configured.reason;
    const place = context ?? configured.context ?? contextOf(target.file, target.root);
    return loadOne(target, place, edits, configured, cwd);
  };
}

/** Tells what discovery found wrong, then loads and reports target by target. */
export async function loadAll(state: Run, found: Discovery, load: Load): Promise<void> {
  const { reporter, options } = state;
  for (const fault of found.faults) tell(state, fault);
  for (const note of found.notes) reporter.note(note.path, note.reason);
  if (found.targets.length === 0 && found.faults.length === 0) reporter.note('.', noneFound(options));
  const edits: Edits = new Map();
  const told = new Set<string>();
  for (const target of found.targets) {
    const result = load(target, edits);
    if ('code' in result) reporter.note(target.path, result);
    else if (isFault(result)) {
      if (!told.has(result.reason.text)) tell(state, result);
      told.add(result.reason.text);
    } else {
      state.loaded.push(result);
      reporter.planned(result.report);
    }
    await new Promise(setImmediate);
  }
}

function noneFound(options: RunOptions): Reason {
  return cliReason('none-found', { where: options.paths.length === 0 ? '.' : options.paths.join(' ') });
}

function loadOne(
  target: Target,
  context: string,
  edits: Edits,
  { choice }: Extract<Configured, { kind: 'run' }>,
  cwd: string,
): Loaded | Fault {
  const bytes = readTarget(target);
  if (isFault(bytes)) return bytes;
  const earlier = edits.get(context) ?? [];
  const disk = diskProject(context, target.file);
  const project = earlier.length === 0 ? disk : withFiles(disk, earlier);
  const migration = migrateBytes(bytes, target.path, project, choice);
  if (isFault(migration)) return migration;
  if (migration.files.length > 0) edits.set(context, [...earlier, ...migration.files]);
  const again = (text: string, one: MigrateChoice['transforms'], files: readonly FileEdit[]) =>
    migrateBytes(Buffer.from(text, 'utf8'), target.path, files.length === 0 ? project : withFiles(project, files), {
      ...choice,
      transforms: one,
    });
  return { target, bytes, context, report: reportOn(migration, target, context, cwd), again };
}
