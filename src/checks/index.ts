/** The checks, cheapest first. */
import type { Check } from './check.ts';
import { commentsSurvive } from './comments.ts';
import { contractKept } from './contract.ts';
import { programsPresent } from './programs.ts';
import { referencesResolve } from './references.ts';
import { userExists } from './users.ts';

export const checks: readonly Check[] = [commentsSurvive, contractKept, referencesResolve, userExists, programsPresent];
