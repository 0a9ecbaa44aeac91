/** The default command: find, migrate, show, and write what may be written. */

import path from 'node:path';
import { transforms } from '../../transforms/index.ts';
import { discover, display, type Target } from '../discover.ts';
import { cliReason, usage } from '../fault.ts';
import { outcomeOf } from '../migration.ts';
import { plural } from '../report/layout.ts';
import type { RunHead } from '../report/report.ts';
import { apply, type Guarded, guardAll, irrecoverable, objections, plansFor } from './apply.ts';
import { configurator } from './configure.ts';
import { checkContext } from './context.ts';
import { type Load, loadAll, loader } from './gather.ts';
import { type Host, styleFor } from './host.ts';
import type { Loaded } from './load.ts';
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
  if (options.interactive && !(host.isTerminal.input && host.isTerminal.output)) {
    return end(state, [usage('--interactive needs a terminal')]);
  }
  if (options.stdin) {
    const { migrateInput } = await import('./stdin.ts');
    return migrateInput(state, chosen);
  }
  const badContext =
    options.context === undefined ? undefined : checkContext(path.resolve(host.cwd, options.context), options.context);
  if (badContext !== undefined) return end(state, [badContext]);
  const found = await discover(options.paths, host.cwd, commandNames);
  const misnamed = found.faults.filter(({ exit }) => exit === 2);
  if (misnamed.length > 0) return end(state, misnamed);
  const configure = configurator(options, chosen, host.cwd);
  if (isFault(configure)) return end(state, [configure]);
  if (options.baseline !== undefined) {
    const { applyBaseline, loadBaseline } = await import('./baseline.ts');
    const baseline = loadBaseline(options.baseline, options.updateBaseline, host.cwd);
    if (baseline !== undefined && isFault(baseline)) return end(state, [baseline]);
    if (baseline !== undefined) state.pending = (migrations) => applyBaseline(state, baseline, migrations);
  }
  const load = loader(options, configure, host.cwd);
  if (options.interactive) return stepByStep(state, found.targets, load);
  await loadAll(state, found, load);
  writePatchDirectory(state);
  if ((await writeFiles(state)) === 'steps') {
    const targets = state.loaded.map(({ target }) => target);
    state.loaded.length = 0;
    return stepByStep(state, targets, load);
  }
  return end(state, []);
}

function modeOf(options: RunOptions, host: Host): RunHead['mode'] {
  if (options.mode !== 'default') return options.mode;
  if (options.interactive) return 'ask';
  if (options.stdin) return 'preview';
  return host.isTerminal.input && host.isTerminal.output ? 'ask' : 'write';
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

/** `steps`: the user wants to be asked about each of them; then nothing was written or reported as finished. */
async function writeFiles(state: Run): Promise<'done' | 'steps'> {
  const { reporter, loaded, mode } = state;
  const changed = loaded.filter(({ report }) => outcomeOf(report.migration) === 'changed');
  const guarded = mode === 'preview' || mode === 'check' ? [] : guardAll(changed.map(plansFor));
  const answer = mode !== 'ask' || changed.length === 0 ? 'yes' : await answerOf(state, changed, guarded.flat());
  if (answer === 'steps') return 'steps';
  for (const { report } of loaded) {
    if (outcomeOf(report.migration) !== 'changed') reporter.finished({ file: report, writing: 'not-asked', undo: [] });
  }
  for (const [index, one] of changed.entries()) {
    const group = guarded[index];
    if (group === undefined) reporter.finished({ file: one.report, writing: 'not-asked', undo: [] });
    else if (answer === 'no') reporter.finished({ file: one.report, writing: 'declined', undo: [] });
    else writeOne(state, one, group);
  }
  return 'done';
}

/** Every file is read again when its turn comes: what was written for the ones before it may concern it. */
async function stepByStep(state: Run, targets: readonly Target[], load: Load): Promise<number> {
  const { review } = await import('./interactive.ts');
  const { host, reporter } = state;
  const style = styleFor(host, 'output', state.options);
  let ending: 'next' | 'all' | 'quit' | 'gone' = 'next';
  for (const target of targets) {
    if (ending === 'quit' || ending === 'gone') break;
    const loaded = load(target, new Map());
    if ('code' in loaded) reporter.note(target.path, loaded);
    else if (isFault(loaded)) tell(state, loaded);
    else {
      const reviewed = await review(loaded, ending === 'all', host, style);
      ending = reviewed.end;
      state.loaded.push(reviewed.loaded);
      const changed = outcomeOf(reviewed.loaded.report.migration) === 'changed';
      const [group] = changed ? guardAll([plansFor(reviewed.loaded)]) : [];
      if (group === undefined) reporter.finished({ file: reviewed.loaded.report, writing: 'declined', undo: [] });
      else writeOne(state, reviewed.loaded, group);
    }
  }
  if (state.written === 0) host.sink.err('nothing was written\n');
  const code = end(state, []);
  return ending === 'gone' && code === 0 ? 130 : code;
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
async function answerOf(
  state: Run,
  changed: readonly Loaded[],
  guarded: readonly Guarded[],
): Promise<'yes' | 'no' | 'steps'> {
  const { host } = state;
  const lost = irrecoverable(guarded);
  for (const shown of lost) state.reporter.note(shown, cliReason('nothing-restores', { path: shown }));
  const steps = changed
    .flatMap(({ report }) => report.migration.steps)
    .filter(({ outcome }) => outcome.kind === 'change');
  const subject = changed.length === 1 ? (changed[0]?.report.migration.path ?? '') : plural(changed.length, 'file');
  const question = `\nApply ${plural(steps.length, 'step')} to ${subject}? [y]es [n]o [s]tep by step [?] `;
  for (let attempts = 0; attempts < 5; attempts += 1) {
    const answer = (await host.ask(question))?.trim().toLowerCase();
    if (answer === 'y' || answer === 'yes') return 'yes';
    if (answer === 's' || answer === 'step') return 'steps';
    if (answer === undefined || answer === '' || answer === 'n' || answer === 'no' || answer === 'q') break;
    host.sink.err(
      'y: write the files; n, Enter: write nothing; s: ask about each step. --only and --skip choose steps.\n',
    );
  }
  host.sink.err('nothing was written\n');
  return 'no';
}
