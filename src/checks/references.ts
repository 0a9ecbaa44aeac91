import { expand } from '../dockerfile/variables.ts';
import { isWithin } from '../reading/commands.ts';
import type { PlacedCopy } from '../reading/origins.ts';
import { isRemote } from '../reading/origins.ts';
import type { Reading } from '../reading/reading.ts';
import { type Check, checkReasons } from './check.ts';

/** New COPY instructions name stages that exist, context paths that are sent, and stage paths that something writes. */
export const referencesResolve: Check = ({ before, after }) => {
  const known = new Set(before.copies.map((copy) => signature(copy)));
  const taken = new Set(before.copies.filter((copy) => copy.from === undefined).flatMap(sourceTexts));
  for (const copy of after.copies) {
    if (known.has(signature(copy))) continue;
    const problem = copy.from === undefined ? missingSource(after, copy, taken) : unwritten(after, copy);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

function signature(copy: PlacedCopy): string {
  return `${copy.instruction.flags.map((flag) => `${flag.name}=${flag.value}`).join(' ')} ${copy.instruction.body.text}`;
}

function sourceTexts(copy: PlacedCopy): readonly string[] {
  return copy.instruction.sources.map((word) => expand(word.value, copy.position.scope).text);
}

/** A source that the file took before already (an archive that is built outside) is no news. */
function missingSource(reading: Reading, copy: PlacedCopy, taken: ReadonlySet<string>) {
  if (!reading.project.present) return undefined;
  const line = copy.instruction.firstLine;
  for (const word of copy.instruction.sources) {
    const source = expand(word.value, copy.position.scope);
    if (!source.complete || isRemote(source.text) || taken.has(source.text)) continue;
    if (reading.project.matches(source.text).length === 0)
      return checkReasons.explain('source-missing', { line, source: source.text });
  }
  return undefined;
}

/** Decidable only when the stage runs nothing that could have written anywhere: then some COPY, WORKDIR or RUN must cover the path. */
function unwritten(reading: Reading, copy: PlacedCopy) {
  if (copy.from === 'image') {
    const reference = copy.instruction.from ?? '';
    const isStage =
      /^[a-z][a-z0-9_.-]*$/i.test(reference) &&
      reading.file.stages.some((stage) => stage.name === reference.toLowerCase());
    return isStage
      ? checkReasons.explain('stage-unknown', { line: copy.instruction.firstLine, stage: reference })
      : undefined;
  }
  const stage = copy.from;
  if (
    stage === undefined ||
    reading.commands.some((command) => command.position.stage === stage) ||
    reading.opaque.length > 0
  )
    return undefined;
  const line = copy.instruction.firstLine;
  for (const origin of copy.origins) {
    const written = reading.positions.some(
      (position) =>
        position.stage === stage && position.workdir !== undefined && isWithin(origin.source, position.workdir),
    );
    const copied = reading.copies.some(
      (one) =>
        one.position.stage === stage &&
        one.target !== undefined &&
        (isWithin(origin.source, one.target) || isWithin(one.target, origin.source)),
    );
    if (!written && !copied && reading.baseOf(stage) === undefined) {
      return checkReasons.explain('not-written', {
        line,
        path: origin.source,
        stage: stage.name ?? String(stage.index),
      });
    }
  }
  return undefined;
}
