/** The list of build tools, most specific first. */
import type { Ecosystem } from './ecosystem.ts';
import { go } from './go/index.ts';
import { gradle } from './gradle/index.ts';
import { jar } from './jar/index.ts';
import { maven } from './maven/index.ts';

export const ecosystems: readonly Ecosystem[] = [go, jar, maven, gradle];
