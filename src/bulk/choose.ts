/** The list of a run out of everything that was found: patterns, a sample, and the digest by which shards know each other. */
import { createHash } from 'node:crypto';
import type { Fault } from '../fault.ts';
import { fits } from '../wildcard.ts';
import type { Digest } from './journal.ts';
import { bulkReason } from './reasons.ts';
import { digestOf } from './settings.ts';
import type { Source } from './sources.ts';

export interface ListChoice {
  /** Patterns over ids: `*` any characters, `?` one. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly sample: { readonly size: number; readonly seed: string } | undefined;
}

/** The chosen sources in their order; a pattern that matches nothing is a fault, for it may be what keeps one safe. */
export function chooseSources(sources: readonly Source[], choice: ListChoice): readonly Source[] | Fault {
  const idle = [...choice.only, ...choice.skip].find((pattern) => !sources.some(({ id }) => fits(id, pattern)));
  if (idle !== undefined) return { reason: bulkReason('no-pattern-match', { pattern: idle }), exit: 2 };
  const matches = (id: string, patterns: readonly string[]): boolean => patterns.some((pattern) => fits(id, pattern));
  const chosen = sources.filter(
    ({ id }) => (choice.only.length === 0 || matches(id, choice.only)) && !matches(id, choice.skip),
  );
  return choice.sample === undefined ? chosen : sampled(chosen, choice.sample.size, choice.sample.seed);
}

/** Those whose digests with the seed are smallest: the same repositories on every machine, spread over the list. */
function sampled(sources: readonly Source[], size: number, seed: string): readonly Source[] {
  const rank = ({ id }: Source): string => createHash('sha256').update(`${seed}\0${id}`).digest('hex');
  const ranked = sources.map((source) => ({ source, rank: rank(source) }));
  const chosen = new Set(
    ranked
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, size)
      .map(({ source }) => source),
  );
  return sources.filter((source) => chosen.has(source));
}

/** Equal for equal lists, wherever their repositories lie. */
export function listDigest(sources: readonly Source[]): Digest {
  return digestOf(sources.map(({ id, ref }) => [id, ref ?? null]));
}
