/** What verification found: judged measurements. */
import type { Reason } from '../answer.ts';
import type { BuildStep } from './build-log.ts';
import type { ConfigDifference } from './config.ts';
import type { Contents } from './contents.ts';
import type { ImageConfig, Layers } from './image.ts';
import type { LostFile } from './lost-files.ts';
import type { RunFacts } from './run.ts';

/** `broken`: the migration changed what it must not. `unknown`: it could not be found out. */
export type Verdict = 'ok' | 'note' | 'unknown' | 'broken';

export interface Finding {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** Last lines of the log that shows it. */
  readonly tail?: readonly string[];
}

export const ok = (reason: Reason): Finding => ({ verdict: 'ok', reason });
export const note = (reason: Reason): Finding => ({ verdict: 'note', reason });
export const unknown = (reason: Reason, tail: readonly string[] = []): Finding => ({
  verdict: 'unknown',
  reason,
  tail,
});
export const broken = (reason: Reason, tail: readonly string[] = []): Finding => ({ verdict: 'broken', reason, tail });

/** One built image and what it does. */
export interface Measured {
  readonly image: string;
  readonly seconds: number;
  readonly steps: readonly BuildStep[];
  readonly config: ImageConfig;
  readonly layers: Layers | undefined;
  readonly contents: Contents | undefined;
  /** `undefined`: it was not started. */
  readonly run: RunFacts | undefined;
}

/** A build after one source file changed. */
export interface Rebuild {
  readonly touched: string;
  readonly before: { readonly seconds: number; readonly steps: readonly BuildStep[] };
  readonly after: { readonly seconds: number; readonly steps: readonly BuildStep[] };
}

export interface Comparison {
  readonly differences: readonly ConfigDifference[];
  readonly lost: readonly LostFile[];
  readonly findings: readonly Finding[];
}
