/** Where the instructions of a single stage go when it is split. */
import type { Reason } from '../answer.ts';
import type { Position } from '../dockerfile/effective.ts';
import type { Artifact } from '../ecosystems/ecosystem.ts';
import type { ReadCommand } from './reading.ts';

/** `both` keeps the build's text and repeats `text` (or the instruction itself) in the runtime stage; `runtime` moves it there. */
export type Place =
  | { readonly at: 'build' }
  | { readonly at: 'runtime' }
  | { readonly at: 'both'; readonly text?: string };

export interface Placement {
  readonly position: Position;
  readonly place: Place;
}

export interface Plan {
  readonly placements: readonly Placement[];
  /** What the ecosystem named, and single files that other commands put outside of it. */
  readonly artifacts: readonly Artifact[];
  /** OS packages that stay behind. */
  readonly packagesLeft: readonly string[];
  /** Commands that change owner or mode of what is copied, or of where it stands. */
  readonly chowns: readonly ReadCommand[];
  readonly notes: readonly Reason[];
}

/** `neutral` commands write nothing; an object carries the text that the runtime stage gets instead. */
export type Decision = 'build' | 'both' | 'neutral' | { readonly text: string | undefined };
