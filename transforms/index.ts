/** THE LIST. Its order is the order of the pipeline and nothing else orders steps. */
import type { Transform } from '../src/transform.ts';
import { addHealthcheck } from './add-healthcheck.ts';
import { cleanPackageCaches } from './clean-package-caches.ts';
import { dropRoot } from './drop-root.ts';
import { execForm } from './exec-form.ts';
import { hoistManifests } from './hoist-manifests.ts';
import { lockInstall } from './lock-install.ts';
import { pinBase } from './pin-base.ts';
import { pruneDevDependencies } from './prune-dev-dependencies.ts';
import { replaceDeprecatedBase } from './replace-deprecated-base.ts';
import { setProductionEnv } from './set-production-env.ts';
import { slimRuntime } from './slim-runtime.ts';
import { splitStages } from './split-stages.ts';
import { stripBinary } from './strip-binary.ts';
import { writeDockerignore } from './write-dockerignore.ts';

export const transforms: readonly Transform[] = [
  pinBase, // before everything: each step below asks which version the base has, and stages repeat its name
  replaceDeprecatedBase, // needs the version in the tag; both stages then start from the image that is maintained
  splitStages, // first of the story: everything below asks which stage builds and which runs
  hoistManifests, // in the build stage, before the install's words change
  lockInstall, // the install has its final place
  pruneDevDependencies, // what the runtime stage copies is final after this
  stripBinary, // a static program allows a smaller base below
  execForm, // a start command without a shell allows a base without one
  slimRuntime, // the runtime stage holds only what runs
  dropRoot, // users differ between bases
  setProductionEnv, // below every RUN, so behind the steps that add one
  addHealthcheck, // probe tools differ between bases and users
  cleanPackageCaches, // sees the RUNs that the steps above have moved and added
  writeDockerignore, // last: it must not hide what any step above copies
];

// Not included:
// serve-static: another server has its own port, fallback routes and base path, and no file of a project declares them.
// layer-jar: the launcher class and the extraction mode belong to a version of the framework that the manifest only bounds.
// slim-builder: a wrapper downloads its tool in the build, which needs programs and certificates nobody can list.
// add-test-stage: which command tests, and what it needs to run, is the owner's choice; a stage nobody builds proves nothing.
// add-debug-stage: a debugger needs another build, another port and another start, each a choice of its owner.
// share-base-args: replaces one literal by another notation; no image gets better by it.
// add-cache-mounts: the classic builder and older podman reject them, and the layers of hoist-manifests are portable.
// merge-runs: one layer less, and every change of one command then repeats the others.
