/** Whole-file invariants that every step has to keep. A failed check drops the step: it means dfmigrate has a bug. */
import type { Reason } from '../answer.ts';
import type { Reading } from '../reading/reading.ts';
import { defineReasons } from '../reason.ts';
import type { Outcome, Transform } from '../transform.ts';

export interface Checked {
  readonly before: Reading;
  readonly after: Reading;
  readonly transform: Transform;
  readonly outcome: Extract<Outcome, { kind: 'change' }>;
}

export type Check = (step: Checked) => Reason | undefined;

export const checkReasons = defineReasons('check', {
  unreadable: 'the result is not a Dockerfile BuildKit accepts: {why}',
  threw: 'the step failed: {message}',
  'comment-lost': 'the comment `{comment}` would be lost',
  'contract-changed': '{field} of the image would change from {before} to {after}, which this step does not declare',
  'stage-unknown': 'line {line} copies from {stage}, which is no stage of the result',
  'source-missing': 'line {line} copies {source}, which is not in the build context or is ignored',
  'not-written': 'line {line} copies {path} from {stage}, where nothing writes it',
  'user-unknown': 'USER {user} does not exist in the result',
  'program-missing': '{program} is not in the image {image}, and {by} runs it',
  'shell-missing': '{by} needs a shell, which the image {image} does not have',
  'not-settled': 'a second run of the step would change the result again',
} as const);
