/** What is known, with its evidence, or why it is not: the currency between facts, ecosystems and transforms. */
import type { Span } from './dockerfile/model.ts';

/** A fact about the project or an image, where it was read. `file` is relative to the build context, or `Dockerfile`. */
export interface Evidence {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  readonly says: string;
}

/** A sentence with a stable code `owner/name`; `settle` says what would turn a refusal into a change. */
export interface Reason {
  readonly code: string;
  readonly text: string;
  readonly settle?: string;
  readonly at?: Span;
  readonly evidence?: readonly Evidence[];
}

export interface Known<T> {
  readonly known: true;
  readonly value: T;
  readonly evidence: readonly Evidence[];
}
export interface NotKnown {
  readonly known: false;
  readonly why: Reason;
}
export type Answer<T> = Known<T> | NotKnown;

export function known<T>(value: T, ...evidence: readonly Evidence[]): Known<T> {
  return { known: true, value, evidence };
}

export function notKnown(why: Reason): NotKnown {
  return { known: false, why };
}
