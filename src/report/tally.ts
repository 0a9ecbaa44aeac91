/** Counts over files and reasons that every summary shows. */
import { plural } from './layout.ts';
import type { FileRecord, ReasonRecord, TreeReport } from './record.ts';

export interface ReasonCount {
  readonly code: string;
  /** The sentence as it was said first. */
  readonly message: string;
  readonly count: number;
}

/** Why files or parts of them were left as they are. */
export function refusalsOf(file: FileRecord): readonly ReasonRecord[] {
  const refused = file.steps
    .filter(({ outcome }) => outcome === 'refused' || outcome === 'rejected')
    .flatMap(({ reasons }) => reasons);
  return file.leftAlone === undefined ? refused : [file.leftAlone, ...refused];
}

/** Most frequent first. */
export function countReasons(reasons: Iterable<ReasonRecord | ReasonCount>): readonly ReasonCount[] {
  const counted = new Map<string, { readonly message: string; count: number }>();
  for (const reason of reasons) {
    const row = counted.get(reason.code) ?? { message: reason.message, count: 0 };
    row.count += 'count' in reason ? reason.count : 1;
    counted.set(reason.code, row);
  }
  return [...counted]
    .map(([code, row]) => ({ code, ...row }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

export function changedSteps(file: FileRecord): FileRecord['steps'] {
  return file.steps.filter(({ outcome }) => outcome === 'changed');
}

/** `3 Dockerfiles: 1 changed, 2 left as they are`. */
export function filesText(tree: TreeReport): string {
  const count = (outcome: FileRecord['outcome']): number =>
    tree.files.filter((file) => file.outcome === outcome).length;
  const parts = [
    [count('changed'), 'changed'],
    [count('fine'), 'already fine'],
    [count('refused'), 'refused'],
    [count('left-alone'), 'left as they are'],
    [new Set(tree.errors.map(({ path }) => path)).size, 'with errors'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${plural(tree.files.length, 'Dockerfile')}${said.length === 0 ? '' : `: ${said.join(', ')}`}`;
}
