/** Instructions into stages, and the rules between stages that BuildKit enforces. */
import { parseImageRef } from './image-ref.ts';
import type { Arg, From, Instruction, Stage } from './model.ts';
import { mountFields } from './mount.ts';
import { MAX_STAGES, type Problem, problem } from './reasons.ts';

export interface Built {
  readonly globals: readonly Arg[];
  readonly stages: readonly Stage[];
}

export function buildStages(instructions: readonly Instruction[]): Built | Problem {
  const globals: Arg[] = [];
  const stages: { index: number; from: From; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') {
      stages.push({ index: stages.length, from: instruction, name: instruction.as?.toLowerCase(), instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') globals.push(instruction);
    else return problem('before-from', instruction.span.start, { keyword: instruction.keyword });
  }
  if (stages.length === 0) return problem('no-from', 0);
  if (stages.length > MAX_STAGES) {
    return problem('too-many-stages', 0, { stages: String(stages.length), comments: 'some' });
  }
  return invalidEdge(stages) ?? { globals, stages };
}

function invalidEdge(stages: readonly Stage[]): Problem | undefined {
  for (const stage of stages) {
    const bad = invalidImage(stages, stage) ?? stage.instructions.map((one) => badSource(stages, one)).find(Boolean);
    if (bad !== undefined) return bad;
  }
  return cycle(stages);
}

function invalidImage(stages: readonly Stage[], { from, index }: Stage): Problem | undefined {
  const { image, span } = from;
  if (/[$"'\\`]/.test(image) || baseStage(stages, index, image) !== undefined) return undefined;
  return parseImageRef(image) === undefined ? problem('invalid-image', span.start, { image }) : undefined;
}

/** The stage FROM means: the last earlier one of exactly that lower-case name. */
export function baseStage(stages: readonly Stage[], index: number, image: string): Stage | undefined {
  return stages.slice(0, index).findLast((stage) => stage.name === image);
}

/** The stage a `--from` means: an index, or a name in any case; the last stage of that name wins. */
export function sourceStage(stages: readonly Stage[], from: string): Stage | undefined {
  if (/^[+-]?\d+$/.test(from)) return stages[Number(from)];
  const name = from.toLowerCase();
  return stages.findLast((stage) => stage.name === name);
}

function badSource(stages: readonly Stage[], instruction: Instruction): Problem | undefined {
  const at = instruction.span.start;
  if (instruction.keyword === 'RUN') {
    const name = mountSources(instruction).find((from) => /\$./.test(from));
    return name === undefined ? undefined : problem('variable-in-from', at, { name });
  }
  if (instruction.keyword !== 'COPY' || !instruction.from) return undefined;
  const name = instruction.from;
  if (name.includes('$')) return problem('variable-in-from', at, { name });
  const missing = /^[+-]?\d+$/.test(name) && stages[Number(name)] === undefined;
  return missing ? problem('no-such-stage', at, { index: name }) : undefined;
}

/** The `from` of every `--mount` of a RUN. */
export function mountSources(instruction: Instruction): readonly string[] {
  if (instruction.keyword !== 'RUN') return [];
  return instruction.flags
    .filter((flag) => flag.name === 'mount')
    .flatMap((flag) => mountFields(flag.value ?? ''))
    .filter((field) => field.key === 'from' && field.value)
    .map((field) => field.value ?? '');
}

/** An edge to another stage with the instruction that makes it. */
export interface Edge {
  readonly to: Stage;
  readonly by: Instruction;
}

/** Stages a stage needs: its base, sources of COPY --from, mounts of RUN. `image`: its base, variables expanded. */
export function edges(stages: readonly Stage[], stage: Stage, image: string = stage.from.image): readonly Edge[] {
  const base = baseStage(stages, stage.index, image);
  const found: Edge[] = base === undefined ? [] : [{ to: base, by: stage.from }];
  for (const by of stage.instructions) {
    const names = by.keyword === 'COPY' ? [by.from ?? ''] : mountSources(by);
    for (const name of names) {
      const to = name === '' ? undefined : sourceStage(stages, name);
      if (to !== undefined) found.push({ to, by });
    }
  }
  return found;
}

/** Depth first with three colours and an explicit stack: no recursion however many stages there are. */
function cycle(stages: readonly Stage[]): Problem | undefined {
  const state = new Map<Stage, 'open' | 'done'>();
  for (const root of stages) {
    if (state.has(root)) continue;
    const path: { readonly stage: Stage; readonly rest: Edge[] }[] = [];
    const enter = (stage: Stage) => {
      state.set(stage, 'open');
      path.push({ stage, rest: [...edges(stages, stage)] });
    };
    enter(root);
    while (path.length > 0) {
      const top = path[path.length - 1];
      const edge = top?.rest.pop();
      if (edge === undefined) {
        if (top !== undefined) state.set(top.stage, 'done');
        path.pop();
      } else if (state.get(edge.to) === 'open') {
        return problem('stage-cycle', edge.by.span.start, { name: edge.to.name ?? String(edge.to.index) });
      } else if (!state.has(edge.to)) enter(edge.to);
    }
  }
  return undefined;
}
