/** A transform looks at one reading of one file and answers with edits to that file, or with the reason for having none. */
import type { Reason } from './answer.ts';
import type { Edit } from './dockerfile/edit.ts';
import type { Reading } from './reading/reading.ts';
import { defineReasons, type Explain, type ReasonTable, type Sentence } from './reason.ts';

/** Fields of the final image's config, and its base. */
export type ContractField =
  | 'FROM'
  | 'CMD'
  | 'ENTRYPOINT'
  | 'ENV'
  | 'EXPOSE'
  | 'LABEL'
  | 'WORKDIR'
  | 'USER'
  | 'VOLUME'
  | 'STOPSIGNAL'
  | 'SHELL'
  | 'HEALTHCHECK';

/** A file beside the Dockerfile that a step creates or replaces. `path` is relative to the build context. */
export interface FileEdit {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

export type Outcome =
  | {
      readonly kind: 'change';
      readonly edits: readonly Edit[];
      readonly files?: readonly FileEdit[];
      /** Why this is right; at least one. */
      readonly because: readonly Reason[];
      /** What the owner should know about the result. */
      readonly notes?: readonly Reason[];
    }
  | { readonly kind: 'done'; readonly reason: Reason }
  | { readonly kind: 'refuse'; readonly reason: Reason };

export type RuntimeRequest =
  | 'auto'
  | 'slim'
  | 'alpine'
  | 'distroless'
  | 'scratch'
  | 'keep'
  | { readonly image: string };

/** The user's wishes; every field has a default (`defaultWishes`). */
export interface Wishes {
  readonly runtime: RuntimeRequest;
  /** `name[:uid]` for drop-root; `undefined`: the image's own user or `app`. */
  readonly user: { readonly name: string; readonly uid: number | undefined } | undefined;
  readonly healthcheck: 'auto' | 'off' | { readonly http: string } | { readonly command: string };
}

export const defaultWishes: Wishes = { runtime: 'auto', user: undefined, healthcheck: 'auto' };

export interface Transform {
  readonly name: string;
  readonly summary: string;
  readonly tags: readonly string[];
  /** Part of a run without `--only` or `--with`. */
  readonly default: boolean;
  /** It chooses another base to build on, with which a file that is left alone may be one to migrate. */
  readonly mends?: true;
  readonly changes: readonly ContractField[];
  readonly reasons: ReasonTable;
  run(reading: Reading, wishes: Wishes): Outcome;
}

export interface TransformDefinition<T extends Readonly<Record<string, Sentence>>> {
  readonly name: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly default: boolean;
  readonly mends?: true;
  readonly changes: readonly ContractField[];
  readonly reasons: T;
  run(reading: Reading, explain: Explain<T>, wishes: Wishes): Outcome;
}

/** Types the reason codes and their placeholders of one transform. */
export function defineTransform<const T extends Readonly<Record<string, Sentence>>>(
  definition: TransformDefinition<T>,
): Transform {
  const { table, explain } = defineReasons(definition.name, definition.reasons);
  return { ...definition, reasons: table, run: (reading, wishes) => definition.run(reading, explain, wishes) };
}

export const done = (reason: Reason): Outcome => ({ kind: 'done', reason });
export const refuse = (reason: Reason): Outcome => ({ kind: 'refuse', reason });
