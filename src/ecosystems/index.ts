/** The list of build tools, most specific first. */

import { bun } from './bun/index.ts';
import { cargo } from './cargo/index.ts';
import { conda } from './conda/index.ts';
import type { Ecosystem } from './ecosystem.ts';
import { go } from './go/index.ts';
import { gradle } from './gradle/index.ts';
import { jar } from './jar/index.ts';
import { maven } from './maven/index.ts';
import { npm } from './npm/index.ts';
import { pip } from './pip/index.ts';
import { pipenv } from './pipenv/index.ts';
import { pnpm } from './pnpm/index.ts';
import { poetry } from './poetry/index.ts';
import { uv } from './uv/index.ts';
import { yarn } from './yarn/index.ts';

export const ecosystems: readonly Ecosystem[] = [
  go,
  cargo,
  jar,
  maven,
  gradle,
  pip,
  poetry,
  pipenv,
  uv,
  conda,
  yarn,
  pnpm,
  bun,
  npm,
];
