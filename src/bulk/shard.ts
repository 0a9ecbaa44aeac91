/** Parts of one list for several machines: every n-th repository, so that the parts differ by at most one. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that tell a job its place among its siblings: index, number of jobs, and what the first index is. */
const places: readonly { readonly index: string; readonly count: string | undefined; readonly first: 0 | 1 }[] = [
  { index: 'CI_NODE_INDEX', count: 'CI_NODE_TOTAL', first: 1 },
  { index: 'CIRCLE_NODE_INDEX', count: 'CIRCLE_NODE_TOTAL', first: 0 },
  { index: 'BUILDKITE_PARALLEL_JOB', count: 'BUILDKITE_PARALLEL_JOB_COUNT', first: 0 },
  { index: 'JOB_COMPLETION_INDEX', count: undefined, first: 0 },
  { index: 'AWS_BATCH_JOB_ARRAY_INDEX', count: 'AWS_BATCH_JOB_ARRAY_SIZE', first: 0 },
];

/** `2/8`, `auto`, or `auto/8` where the environment tells the index only. A string is what is wrong with it. */
export function parseShard(text: string, environment: Environment): Shard | string {
  const [, word = '', total] = /^(auto|\d{1,6})(?:\/(\d{1,6}))?$/.exec(text) ?? [];
  if (word === '') return `--shard wants i/n, auto or auto/n, not "${text}"`;
  if (word !== 'auto') {
    if (total === undefined) return `--shard wants the number of shards too: ${word}/<n>`;
    return checked(Number(word), Number(total), text);
  }
  return fromEnvironment(environment, total === undefined ? undefined : Number(total), text);
}

function fromEnvironment(environment: Environment, given: number | undefined, text: string): Shard | string {
  const array = slurm(environment);
  if (array !== undefined) return checked(array.index, given ?? array.count, text);
  for (const { index, count, first } of places) {
    const place = whole(environment[index]);
    if (place === undefined) continue;
    const total = given ?? (count === undefined ? undefined : whole(environment[count]));
    if (total === undefined)
      return `--shard auto needs the number of shards here: auto/<n> (${index} tells the index only)`;
    return checked(place + 1 - first, total, text);
  }
  const names = `${places.map(({ index }) => index).join(', ')}, SLURM_ARRAY_TASK_ID`;
  const matrix = 'a GitHub job knows its place only from its matrix: --shard ${{ matrix.shard }}/<n>';
  return `--shard auto finds none of ${names}${environment.GITHUB_ACTIONS === 'true' ? `; ${matrix}` : ''}`;
}

/** A Slurm array may start anywhere and leave out numbers between (`--array=10-40:10`). */
function slurm(environment: Environment): Shard | undefined {
  const id = whole(environment.SLURM_ARRAY_TASK_ID);
  const count = whole(environment.SLURM_ARRAY_TASK_COUNT);
  if (id === undefined || count === undefined) return undefined;
  const [first, step] = [whole(environment.SLURM_ARRAY_TASK_MIN) ?? 0, whole(environment.SLURM_ARRAY_TASK_STEP) ?? 1];
  return { index: (id - first) / Math.max(1, step) + 1, count };
}

function checked(index: number, count: number, text: string): Shard | string {
  return Number.isInteger(index) && index >= 1 && index <= count
    ? { index, count }
    : `--shard ${text}: there is no shard ${index} of ${count}`;
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Does the item at this position of the list, from 0, belong to the shard? */
export function isInShard(position: number, shard: Shard): boolean {
  return position % shard.count === shard.index - 1;
}
