/** Which stage is meant, built and needed, and which image lies under it. */
import type { Dockerfile, Stage } from './model.ts';
import { baseStage, edges, sourceStage } from './stage-graph.ts';
import { expand, globalScope } from './variables.ts';

/** The stage that a `COPY --from` or mount means: a name in any case, or an index. Never the referring stage itself. */
export function findStage(file: Dockerfile, ref: string, within?: Stage): Stage | undefined {
  const found = sourceStage(file.stages, ref);
  return found === within ? undefined : found;
}

/** The stage that is built: `target` when there is such a stage, else the last. */
export function finalStage(file: Dockerfile, target?: string): Stage {
  const wished = target === undefined ? undefined : sourceStage(file.stages, target);
  const last = file.stages.at(-1);
  if (last === undefined) throw new Error('a parsed Dockerfile has at least one stage');
  return wished ?? last;
}

/** The image of FROM with its variables expanded, as far as their defaults go. */
function fromImage(file: Dockerfile, stage: Stage) {
  return expand(stage.from.image, globalScope(file));
}

/** The stage this one is built on; `undefined`: an image from outside. */
export function parentStage(file: Dockerfile, stage: Stage): Stage | undefined {
  return baseStage(file.stages, stage.index, fromImage(file, stage).text);
}

/** The stages a stage consists of: the one on the external image first, itself last. */
export function lineage(file: Dockerfile, stage: Stage): readonly Stage[] {
  const found: Stage[] = [];
  for (let at: Stage | undefined = stage; at !== undefined; at = parentStage(file, at)) found.push(at);
  return found.reverse();
}

/** The external image under a stage; `undefined` when it depends on a variable without a default. */
export function baseImage(file: Dockerfile, stage: Stage): string | undefined {
  const image = fromImage(file, lineage(file, stage)[0] ?? stage);
  return image.complete && image.text !== '' ? image.text : undefined;
}

/** The stages that building this one needs, in source order, itself included. */
export function reachable(file: Dockerfile, stage: Stage): readonly Stage[] {
  const found = new Set<Stage>([stage]);
  for (const one of found) {
    for (const edge of edges(file.stages, one, fromImage(file, one).text)) found.add(edge.to);
  }
  return [...found].sort((a, b) => a.index - b.index);
}
