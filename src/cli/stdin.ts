/** `--stdin`: a Dockerfile in, the migrated text out; or, with a format or a preview, a report on it. */

import { statSync } from 'node:fs';
import path from 'node:path';
import { migrateBytes, tooLarge } from '../attempt.ts';
import type { Target } from '../discover.ts';
import { MAX_FILE_BYTES } from '../dockerfile/reasons.ts';
import { cliReason } from '../fault.ts';
import { findWorkTree } from '../git.ts';
import type { Migration } from '../migration.ts';
import { absentProject } from '../project/absent.ts';
import { diskProject } from '../project/disk.ts';
import type { Project } from '../project/project.ts';
import type { FileReport } from '../report/report.ts';
import type { Transform } from '../transform.ts';
import { configurator } from './configure.ts';
import { checkContext, contextOf } from './context.ts';
import { reportOn } from './load.ts';
import { isFault } from './options.ts';
import { end, type Run } from './state.ts';

/** Reads, migrates and prints; a text that cannot be processed prints nothing on standard output. */
export async function migrateInput(run: Run, transforms: readonly Transform[]): Promise<number> {
  const { options, host } = run;
  const filters = options.format === 'text' && options.mode === 'default';
  const state = filters ? { ...run, reporter: { ...run.reporter, end: () => undefined } } : run;
  const shown = options.stdinFilename ?? 'Dockerfile';
  const target = targetAt(path.resolve(host.cwd, shown), shown);
  const given = options.context === undefined ? undefined : path.resolve(host.cwd, options.context);
  const badContext = given === undefined ? undefined : checkContext(given, options.context ?? '');
  if (badContext !== undefined) return end(state, [badContext]);
  const configure = configurator(options, transforms, host.cwd);
  const configured = isFault(configure) ? configure : configure(target);
  if (!('kind' in configured)) return end(state, [configured]);
  const bytes = await host.readInput(MAX_FILE_BYTES);
  if (bytes === undefined) return end(state, [tooLarge('standard input')]);
  if (configured.kind === 'leave') {
    if (filters) host.sink.out(bytes.toString('utf8'));
    state.reporter.note(shown, configured.reason);
    return end(state, []);
  }
  const context = given ?? configured.context ?? contextOf(target.file, target.root);
  const knowsPlace = given !== undefined || configured.context !== undefined || options.stdinFilename !== undefined;
  const project = knowsPlace ? projectAt(context, target.file) : absentProject;
  const migration = migrateBytes(bytes, shown, project, configured.choice);
  if (isFault(migration)) return end(state, [migration]);
  const report = reportOn(migration, target, context, host.cwd);
  state.loaded.push({ target, bytes, context, report });
  return filters ? filter(state, migration) : describe(state, report);
}

/** Where the text would lie; its configuration is looked for there, up to the root of the repository. */
function targetAt(file: string, shown: string): Target {
  const workTree = findWorkTree(path.dirname(file));
  return { file, path: shown, root: workTree ?? path.dirname(file), workTree };
}

function projectAt(context: string, file: string): Project {
  return statSync(context, { throwIfNoEntry: false })?.isDirectory() === true
    ? diskProject(context, file)
    : absentProject;
}

/** The text goes to standard output, what there is to say about it to standard error. */
function filter(state: Run, migration: Migration): number {
  const { reporter, host } = state;
  host.sink.out(migration.after);
  if (migration.leftAlone !== undefined) reporter.note(migration.path, migration.leftAlone);
  for (const step of migration.steps) {
    if (step.outcome.kind === 'refuse' || step.outcome.kind === 'rejected')
      reporter.note(migration.path, step.outcome.reason);
  }
  for (const edit of migration.files) reporter.note(migration.path, cliReason('beside-stdin', { path: edit.path }));
  return end(state, []);
}

function describe(state: Run, report: FileReport): number {
  state.reporter.planned(report);
  state.reporter.finished({ file: report, writing: 'not-asked', undo: [] });
  return end(state, []);
}
