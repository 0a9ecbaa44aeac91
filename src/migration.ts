/** The result of running the pipeline over one Dockerfile: what reporters, writers and the bulk journal read. */
import type { Evidence, Reason } from './answer.ts';
import type { FileEdit, Outcome } from './transform.ts';

export interface Step {
  readonly transform: string;
  /** `rejected`: a check refused the step's result; the step was dropped. That is a bug of dfmigrate. */
  readonly outcome: Outcome | { readonly kind: 'rejected'; readonly reason: Reason };
  /** The Dockerfile before and after this step; equal when nothing changed. */
  readonly before: string;
  readonly after: string;
}

export interface Migration {
  /** Display path of the Dockerfile, relative, with `/`. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** What was recognised, one fact a line (`node 20`, `npm (package-lock.json)`, `CMD node dist/server.js`). */
  readonly recognised: readonly Evidence[];
  /** Set when the whole file is left alone (unreadable, a development image …); then `steps` is empty. */
  readonly leftAlone: Reason | undefined;
  /** One per selected transform, in pipeline order. */
  readonly steps: readonly Step[];
  /** Files beside the Dockerfile, folded over all steps. */
  readonly files: readonly FileEdit[];
}

/** changed: text or files differ; refused: at least one refusal and no change; fine: nothing to do. */
export type FileOutcome = 'changed' | 'refused' | 'fine' | 'left-alone' | 'error';

export function outcomeOf(migration: Migration): FileOutcome {
  if (migration.leftAlone !== undefined) return 'left-alone';
  if (migration.after !== migration.before || migration.files.length > 0) return 'changed';
  return migration.steps.some((step) => step.outcome.kind === 'refuse') ? 'refused' : 'fine';
}
