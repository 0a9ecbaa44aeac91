/** Every declared reason, by owner: for `explain`, for the documentation and for the test that each of them is shown. */
import { transforms } from '../transforms/index.ts';
import { checkReasons } from './checks/check.ts';
import { fileReasons } from './dockerfile/reasons.ts';
import { declaredReasons } from './ecosystems/declared.ts';
import { ecosystems } from './ecosystems/index.ts';
import { jvmReasons } from './ecosystems/jvm/reasons.ts';
import { productionReasons } from './ecosystems/production.ts';
import { baseReasons } from './reading/base-reasons.ts';
import { credentialReasons } from './reading/credentials.ts';
import { directReasons } from './reading/direct-start.ts';
import { imageReasons } from './reading/kind.ts';
import { placementReasons } from './reading/placement-reasons.ts';
import { replacementReasons } from './reading/replacement.ts';
import type { ReasonTable } from './reason.ts';

/** Tables that several ecosystems share. */
const shared: readonly ReasonTable[] = [jvmReasons.table];

/** All tables but those of the command line, which the library does not know. */
export const reasonTables: readonly ReasonTable[] = [
  fileReasons,
  imageReasons.table,
  ...transforms.map((transform) => transform.reasons),
  placementReasons.table,
  credentialReasons.table,
  baseReasons.table,
  directReasons.table,
  replacementReasons.table,
  declaredReasons.table,
  productionReasons.table,
  ...new Set([...ecosystems.map((ecosystem) => ecosystem.reasons), ...shared]),
  checkReasons.table,
];
