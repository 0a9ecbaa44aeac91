/** `--patch-dir`: one patch per step, to be applied in the order of their names. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { causeOf, cliReason, type Fault } from '../fault.ts';
import { gitPatch } from '../report/diff.ts';
import { type FileReport, reasonsOf, type StepResult, stepChanges } from '../report/report.ts';
import { sanitise, sanitiseName } from '../report/sanitise.ts';

export interface PatchFile {
  readonly name: string;
  readonly text: string;
}

/** The patches of a run. With several Dockerfiles their paths are part of the names. */
export function patchFiles(reports: readonly FileReport[]): readonly PatchFile[] {
  const steps = reports.flatMap((report) => report.migration.steps.map((step) => ({ report, step })));
  const changing = steps.filter(({ report, step }) => stepChanges(report, step, 'patch').length > 0);
  const several = new Set(changing.map(({ report }) => report.patchPath)).size > 1;
  return changing.map(({ report, step }, index) => {
    const number = String(index + 1).padStart(4, '0');
    const infix = several ? `${slug(report.patchPath)}-` : '';
    return {
      name: `${number}-${infix}${step.transform}.patch`,
      text: head(report, step) + gitPatch(stepChanges(report, step, 'patch')),
    };
  });
}

/** Writes the patches into a directory that holds none yet; it is made when it is missing. */
export function writePatches(directory: string, shown: string, patches: readonly PatchFile[]): Fault | undefined {
  try {
    mkdirSync(directory, { recursive: true });
    if (readdirSync(directory).some((name) => /^\d{4}-.*\.patch$/.test(name))) {
      return { reason: cliReason('patches-there', { path: shown }), exit: 4, path: shown };
    }
    for (const { name, text } of patches) writeFileSync(path.join(directory, name), text, { flag: 'wx' });
    return undefined;
  } catch (error) {
    return { reason: cliReason('write-failed', { path: shown, cause: causeOf(error) }), exit: 3, path: shown };
  }
}

/** Indented, so that no line of it can be taken for a patch. */
function head(report: FileReport, step: StepResult): string {
  const reasons = reasonsOf(step).because.map(
    (reason) => `  ${sanitise(reason.text).replace(/\n/g, ' ')} [${reason.code}]\n`,
  );
  return `  ${step.transform}: ${sanitiseName(report.patchPath)}\n\n${reasons.join('')}\n`;
}

function slug(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+/, '')
    .slice(-60);
}
