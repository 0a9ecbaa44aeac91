/** The list of build tools, most specific first. */
import type { Ecosystem } from './ecosystem.ts';
import { conda } from './conda/index.ts';
import { go } from './go/index.ts';
import { gradle } from './gradle/index.ts';
import { jar } from './jar/index.ts';
import { maven } from './maven/index.ts';
import { pip } from './pip/index.ts';
import { pipenv } from './pipenv/index.ts';
import { poetry } from './poetry/index.ts';
import { uv } from './uv/index.ts';

export const ecosystems: readonly Ecosystem[] = [go, jar, maven, gradle, pip, poetry, pipenv, uv, conda];
