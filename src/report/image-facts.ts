/** What can be said of the images that two texts of one Dockerfile build, without building them: stages, base sizes, config. */
import { type Contract, contractDifferences, runtimeContract } from '../dockerfile/contract.ts';
import type { Dockerfile, Stage } from '../dockerfile/model.ts';
import { parseAlone } from '../dockerfile/parse.ts';
import { edges } from '../dockerfile/stage-graph.ts';
import { baseImage, finalStage, reachable } from '../dockerfile/stages.ts';
import { catalogue } from '../images/catalogue.ts';
import type { BaseSize, DifferenceRecord, SizeRecord, StageRecord } from './record.ts';

export interface ImageComparison {
  readonly stages: { readonly before: readonly StageRecord[]; readonly after: readonly StageRecord[] };
  /** Only when the catalogue has measured both bases and they differ. */
  readonly size: SizeRecord | undefined;
  /** Variables and labels by name only: a report is no place for their values. */
  readonly runtime: readonly DifferenceRecord[];
}

const longestValue = 200;

/** `undefined` when one of the texts is no Dockerfile or nothing differs. The image is that of the last stage. */
export function compareImages(before: string, after: string): ImageComparison | undefined {
  if (before === after) return undefined;
  const [old, now] = [imageOf(before), imageOf(after)];
  if (old === undefined || now === undefined) return undefined;
  return {
    stages: { before: old.stages, after: now.stages },
    size: sizes(old, now),
    runtime: differences(old.contract, now.contract),
  };
}

interface Image {
  readonly stages: readonly StageRecord[];
  readonly base: string | undefined;
  readonly contract: Contract;
}

const images = catalogue();

function imageOf(source: string): Image | undefined {
  const file = parseAlone(source);
  if (file.kind === 'unreadable') return undefined;
  const final = finalStage(file);
  const contract = runtimeContract(file, final, (image) => images.lookup(image)?.config);
  const stages = reachable(file, final).map((stage) =>
    stageRecord(file, stage, stage === final ? contract.user : undefined),
  );
  return { stages, base: baseImage(file, final), contract };
}

function stageRecord(file: Dockerfile, stage: Stage, user: string | undefined): StageRecord {
  return {
    name: nameOf(stage),
    base: stage.from.image,
    needs: [...new Set(edges(file.stages, stage).map(({ to }) => nameOf(to)))],
    instructions: stage.instructions.length + 1,
    user,
  };
}

function nameOf(stage: Stage): string {
  return stage.name ?? String(stage.index);
}

/** Sum of the layers a registry sends for the two bases. */
function sizes(old: Image, now: Image): SizeRecord | undefined {
  const before = baseSize(old.base);
  const after = baseSize(now.base);
  return before === undefined || after === undefined || before.image === after.image ? undefined : { before, after };
}

function baseSize(image: string | undefined): BaseSize | undefined {
  const size = image === undefined ? undefined : images.lookup(image)?.size;
  if (image === undefined || size === undefined) return undefined;
  return { image, bytes: size.compressedBytes, source: size.source, date: size.date };
}

function differences(old: Contract, now: Contract): readonly DifferenceRecord[] {
  return contractDifferences(old, now).flatMap(({ field, before, after }) => {
    if (field === 'FROM') return [];
    if (field === 'ENV') return names(field, old.env, now.env);
    if (field === 'LABEL') return names(field, old.labels, now.labels);
    if (field === 'HEALTHCHECK') return [{ field, before: probe(old), after: probe(now) }];
    return [{ field, before: shortened(before), after: shortened(after) }];
  });
}

function probe({ healthcheck }: Contract): string {
  return healthcheck === undefined ? 'none' : shortened(healthcheck.test.slice(1).join(' ') || 'none');
}

function names(field: string, old: Contract['env'], now: Contract['env']): readonly DifferenceRecord[] {
  const without = (one: Contract['env'], other: Contract['env']): string =>
    Object.keys(one)
      .filter((name) => !(name in other))
      .sort()
      .join(', ');
  const other = Object.keys(old)
    .filter((name) => name in now && old[name] !== now[name])
    .sort();
  const [gone, added] = [without(old, now), without(now, old)];
  const lost = gone === '' && added === '' ? [] : [{ field, before: gone || 'none', after: added || 'none' }];
  return [...lost, ...other.map((name) => ({ field, before: name, after: `${name} with another value` }))].map(
    (one) => ({ ...one, before: shortened(one.before), after: shortened(one.after) }),
  );
}

function shortened(text: string): string {
  const plain = /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : text;
  return plain.length > longestValue ? `${plain.slice(0, longestValue - 3)}...` : plain;
}
