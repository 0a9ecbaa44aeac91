import { contractDifferences } from '../dockerfile/contract.ts';
import type { ContractField } from '../transform.ts';
import { type Check, checkReasons } from './check.ts';

/** The final image's config differs only in the fields that the transform declares; FROM covers what the base contributed. */
export const contractKept: Check = ({ before, after, transform }) => {
  const declared = new Set<ContractField>(transform.changes);
  for (const difference of contractDifferences(before.contract, after.contract)) {
    if (declared.has(difference.field)) continue;
    return checkReasons.explain('contract-changed', difference);
  }
  return undefined;
};
