/** The list of build tools, most specific first. */
import type { Ecosystem } from './ecosystem.ts';
import { maven } from './maven/index.ts';

export const ecosystems: readonly Ecosystem[] = [maven];
