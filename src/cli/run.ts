/** The default command: find, migrate, show, and write what may be written. */

import path from 'node:path';
import { transforms } from '../../transforms/index.ts';
import type { Reason } from '../answer.ts';
import { type MigrateChoice, migrateBytes } from '../attempt.ts';
import { type Discovery, discover, display, type Target } from '../discover.ts';
import { cliReason, type Fault } from '../fault.ts';
import { outcomeOf } from '../migration.ts';
import { diskProject } from '../project/disk.ts';
import { withFiles } from '../project/overlay.ts';
import { plural } from '../report/layout.ts';
import type { RunHead } from '../report/report.ts';
import type { FileEdit, Transform } from '../transform.ts';
import { apply, type Guarded, guardAll, irrecoverable, objections, plansFor } from './apply.ts';
import { checkContext, contextOf } from './context.ts';
import type { Host } from './host.ts';
import { type Loaded, readTarget, reportOn } from './load.ts';
import { isFault, type RunOptions } from './options.ts';
import { openOutputs } from './outputs.ts';
import { patchFiles, writePatches } from './patches.ts';
import { select } from './select.ts';
import { end, type Run, tell } from './state.ts';

/** Names a misspelt path may have meant. */
export const commandNames: readonly string[] = [
  'run',
  'list',
  'explain',
  'verify',
  'bulk',
  'report',
  'init',
  'doctor',
  'completion',
];

/** Runs and returns the exit code; the report, errors included, goes to the host's streams. */
export async function run(options: RunOptions, host: Host): Promise<number> {
  const started = performance.now();
  const { reporter, fault } = await openOutputs(options, host);
  const chosen = select(transforms, options.selection);
  const state: Run = {
    options,
    host,
    reporter,
    mode: modeOf(options, host),
    faults: [],
    loaded: [],
    started,
    written: 0,
  };
  reporter.begin({
    version: host.version,
    transforms: isFault(chosen) ? [] : chosen.map(({ name }) => name),
    mode: state.mode,
  });
  if (fault !== undefined) return end(state, [fault]);
  if (isFault(chosen)) return end(state, [chosen]);
  if (options.stdin) {
    const { migrateInput } = await import('./stdin.ts');
    return migrateInput(state, chosen);
  }
  const context = options.context === undefined ? undefined : path.resolve(host.cwd, options.context);
  const badContext = context === undefined ? undefined : checkContext(context, options.context ?? '');
  if (badContext !== undefined) return end(state, [badContext]);
  const found = await discover(options.paths, host.cwd, commandNames);
  const misnamed = found.faults.filter(({ exit }) => exit === 2);
  if (misnamed.length > 0) return end(state, misnamed);
  await loadAll(state, found, chosen, context);
  writePatchDirectory(state);
  await writeFiles(state);
  return end(state, []);
}

function modeOf(options: RunOptions, host: Host): RunHead['mode'] {
  if (options.mode !== 'default') return options.mode;
  if (options.stdin) return 'preview';
  return host.isTerminal.input && host.isTerminal.output ? 'ask' : 'write';
}

async function loadAll(
  state: Run,
  found: Discovery,
  chosen: readonly Transform[],
  context: string | undefined,
): Promise<void> {
  const { reporter, options, host } = state;
  for (const fault of found.faults) tell(state, fault);
  for (const note of found.notes) reporter.note(note.path, note.reason);
  if (found.targets.length === 0 && found.faults.length === 0) reporter.note('.', noneFound(options));
  const { wishes, target: stage, fileLimitMs } = options;
  const choice: MigrateChoice = { transforms: chosen, wishes, target: stage, limitMs: fileLimitMs };
  const edits = new Map<string, readonly FileEdit[]>();
  for (const target of found.targets) {
    const result = loadOne(target, context ?? contextOf(target.file, target.root), edits, choice, host.cwd);
    if (isFault(result)) tell(state, result);
    else {
      state.loaded.push(result);
      reporter.planned(result.report);
    }
    await new Promise(setImmediate);
  }
}

function noneFound(options: RunOptions): Reason {
  return cliReason('none-found', { where: options.paths.length === 0 ? '.' : options.paths.join(' ') });
}

/** `edits`: what earlier targets of this run change beside their Dockerfile, by build context. */
function loadOne(
  target: Target,
  context: string,
  edits: Map<string, readonly FileEdit[]>,
  choice: MigrateChoice,
  cwd: string,
): Loaded | Fault {
  const bytes = readTarget(target);
  if (isFault(bytes)) return bytes;
  const earlier = edits.get(context) ?? [];
  const disk = diskProject(context, target.file);
  const migration = migrateBytes(bytes, target.path, earlier.length === 0 ? disk : withFiles(disk, earlier), choice);
  if (isFault(migration)) return migration;
  if (migration.files.length > 0) edits.set(context, [...earlier, ...migration.files]);
  return { target, bytes, context, report: reportOn(migration, target, context, cwd) };
}

function writePatchDirectory(state: Run): void {
  const { options, host } = state;
  if (options.patchDir === undefined) return;
  const directory = path.resolve(host.cwd, options.patchDir);
  const patches = patchFiles(state.loaded.map(({ report }) => report));
  const fault = writePatches(directory, display(host.cwd, directory), patches);
  if (fault !== undefined) tell(state, fault);
  else if (options.verbosity !== 'quiet')
    host.sink.err(`wrote ${plural(patches.length, 'patch', 'patches')} to ${options.patchDir}\n`);
}

async function writeFiles(state: Run): Promise<void> {
  const { reporter, loaded, mode } = state;
  const changed = loaded.filter(({ report }) => outcomeOf(report.migration) === 'changed');
  for (const { report } of loaded) {
    if (outcomeOf(report.migration) !== 'changed') reporter.finished({ file: report, writing: 'not-asked', undo: [] });
  }
  const guarded = mode === 'preview' || mode === 'check' ? [] : guardAll(changed.map(plansFor));
  const agreed = mode !== 'ask' || changed.length === 0 || (await isAgreed(state, changed, guarded.flat()));
  for (const [index, one] of changed.entries()) {
    const group = guarded[index];
    if (group === undefined) reporter.finished({ file: one.report, writing: 'not-asked', undo: [] });
    else if (!agreed) reporter.finished({ file: one.report, writing: 'declined', undo: [] });
    else writeOne(state, one, group);
  }
}

function writeOne(state: Run, one: Loaded, group: readonly Guarded[]): void {
  const { options, mode, reporter } = state;
  const asked = options.mode === 'write' || mode === 'ask';
  const refused = asked ? [] : objections(group, options.allowDirty);
  const { result, faults } =
    refused.length > 0
      ? { result: { file: one.report, writing: 'failed' as const, undo: [] }, faults: refused }
      : apply(one, group);
  if (result.writing === 'written') state.written += 1;
  for (const fault of faults) tell(state, fault);
  reporter.finished(result);
}

/** The only question of a run. No answer means no. */
async function isAgreed(state: Run, changed: readonly Loaded[], guarded: readonly Guarded[]): Promise<boolean> {
  const { host } = state;
  const lost = irrecoverable(guarded);
  for (const shown of lost) state.reporter.note(shown, cliReason('nothing-restores', { path: shown }));
  const steps = changed
    .flatMap(({ report }) => report.migration.steps)
    .filter(({ outcome }) => outcome.kind === 'change');
  const subject = changed.length === 1 ? (changed[0]?.report.migration.path ?? '') : plural(changed.length, 'file');
  const question = `\nApply ${plural(steps.length, 'step')} to ${subject}? [y]es [n]o [?] `;
  for (let attempts = 0; attempts < 5; attempts += 1) {
    const answer = (await host.ask(question))?.trim().toLowerCase();
    if (answer === 'y' || answer === 'yes') return true;
    if (answer === undefined || answer === '' || answer === 'n' || answer === 'no' || answer === 'q') break;
    host.sink.err('y: write the files; n, Enter: write nothing. --only and --skip choose steps.\n');
  }
  host.sink.err('nothing was written\n');
  return false;
}
