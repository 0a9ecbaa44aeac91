/** Scripts of the project itself that an install runs (npm documentation "scripts", "Life Cycle Operation Order"). */
import { posix } from 'node:path';
import type { Reason } from '../../answer.ts';
import { nodeCommand } from './command.ts';
import { expand } from './expand.ts';
import type { NodeFacts } from './facts.ts';
import { type Manifest, manifestEvidence } from './manifest.ts';
import { nodeReasons } from './reasons.ts';

/** In the order in which an install runs them. */
export const hooks = [
  'preinstall',
  'install',
  'postinstall',
  'preprepare',
  'prepare',
  'postprepare',
  'prepublish',
  'dependencies',
];
/** Programs that need no source of the project, with the files they read below it. */
const reading: Readonly<Record<string, readonly string[]>> = {
  husky: [],
  'is-ci': [],
  'patch-package': ['patches'],
  'only-allow': [],
  echo: [],
  true: [],
  exit: [],
  test: [],
  '[': [],
  'simple-git-hooks': [],
  lefthook: [],
  pinst: [],
  ngcc: [],
  'opencollective-postinstall': [],
  opencollective: [],
  'electron-builder': [],
  'npm-force-resolutions': [],
  'yarn-deduplicate': [],
  git: [],
  rimraf: [],
  'check-node-version': [],
  'check-engine': [],
  prisma: ['prisma'],
};

/** Context files and directories that the install's own scripts read, or the script that may read sources. */
export function lifecycleFiles(facts: NodeFacts, manifests: readonly Manifest[]): readonly string[] | Reason {
  const files: string[] = [];
  for (const manifest of manifests) {
    for (const name of hooks) {
      const body = manifest.scripts.get(name);
      if (body === undefined) continue;
      const directory = posix.dirname(manifest.file).replace(/^\.$/, '');
      const evidence = manifestEvidence(manifest, 'scripts', name, `scripts.${name}: ${body.slice(0, 100)}`);
      const needed = filesOf(facts, body, directory, evidence);
      if (needed === undefined)
        return nodeReasons.explain('needs-sources', { script: body.slice(0, 80), name }, { evidence: [evidence] });
      files.push(...needed);
    }
  }
  return files;
}

function filesOf(
  facts: NodeFacts,
  body: string,
  directory: string,
  evidence: ReturnType<typeof manifestEvidence>,
): readonly string[] | undefined {
  const { leaves, missing, unclear } = expand(facts, ['sh', '-c', body], evidence, directory);
  if (missing !== undefined || unclear !== undefined) return undefined;
  const found: string[] = [];
  for (const leaf of leaves) {
    const program = leaf.argv[0] ?? '';
    if (program === 'node' && (leaf.argv[1] === '-e' || leaf.argv[1] === '--eval' || leaf.argv[1] === '-p')) continue;
    if (nodeCommand(leaf.argv)?.kind === 'inspect' || nodeCommand(leaf.argv)?.kind === 'config') continue;
    if (!Object.hasOwn(reading, program)) return undefined;
    if (program === 'prisma' && leaf.argv[1] !== 'generate' && leaf.argv[1] !== '-v') return undefined;
    found.push(...(reading[program] ?? []).map((name) => posix.join(leaf.directory, name)));
  }
  return found;
}
