/** THE LIST. Its order is the order of the pipeline and nothing else orders steps. */
import type { Transform } from '../src/transform.ts';
import { addHealthcheck } from './add-healthcheck.ts';
import { dropRoot } from './drop-root.ts';
import { hoistManifests } from './hoist-manifests.ts';
import { lockInstall } from './lock-install.ts';
import { pruneDevDependencies } from './prune-dev-dependencies.ts';
import { slimRuntime } from './slim-runtime.ts';
import { splitStages } from './split-stages.ts';
import { writeDockerignore } from './write-dockerignore.ts';

export const transforms: readonly Transform[] = [
  splitStages, // first: everything below asks which stage builds and which runs
  hoistManifests, // in the build stage, before the install's words change
  lockInstall, // the install has its final place
  pruneDevDependencies, // what the runtime stage copies is final after this
  slimRuntime, // the runtime stage holds only what runs
  dropRoot, // users differ between bases
  addHealthcheck, // probe tools differ between bases and users
  writeDockerignore, // last: it must not hide what any step above copies
];
