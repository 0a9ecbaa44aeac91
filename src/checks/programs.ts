import { carriedProgram } from '../reading/base-swap.ts';
import { installedPrograms } from '../reading/installed.ts';
import { runtimePrograms } from '../reading/programs.ts';
import type { Reading } from '../reading/reading.ts';
import { type Check, checkReasons } from './check.ts';

/** Programs named by the start, the healthcheck and shell-form RUNs exist in the final image where the catalogue knows it. */
export const programsPresent: Check = ({ before, after }) => {
  const base = after.base;
  if (base === undefined || (base.ref.text === before.base?.ref.text && !healthcheckChanged(before, after)))
    return undefined;
  if (!base.shell) {
    const shellForm = after.chain.find(
      ({ instruction, stage }) =>
        stage === after.stage &&
        (instruction.keyword === 'RUN' ||
          ((instruction.keyword === 'CMD' || instruction.keyword === 'ENTRYPOINT') && instruction.form === 'shell')),
    );
    if (shellForm !== undefined)
      return checkReasons.explain('shell-missing', {
        by: `${shellForm.instruction.keyword} in line ${shellForm.instruction.firstLine}`,
        image: base.ref.text,
      });
  }
  const installed = installedPrograms(after);
  const ranBefore = runtimePrograms(before);
  for (const [program, evidence] of runtimePrograms(after)) {
    if (base.has(program) !== 'absent' || installed.has(program) || carriedProgram(after, program)) continue;
    if (program.includes('.') || after.start.paths.some(({ path }) => path.endsWith(`/${program}`))) continue;
    if (ranBefore.has(program) && before.base?.has(program) === 'absent') continue;
    return checkReasons.explain('program-missing', {
      program,
      image: base.ref.text,
      by: `${evidence.file}${evidence.line === undefined ? '' : `:${evidence.line}`}`,
    });
  }
  return undefined;
};

function healthcheckChanged(before: Reading, after: Reading): boolean {
  return JSON.stringify(before.contract.healthcheck) !== JSON.stringify(after.contract.healthcheck);
}
