/** One ecosystem per package manager over the same knowledge of Node.js. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import { defineEcosystem, type Ecosystem } from '../ecosystem.ts';
import { artifacts } from './artifacts.ts';
import { nodeVersion } from './declared.ts';
import { dependencyStep } from './dependency-step.ts';
import { installsWithoutCache } from './download-cache.ts';
import { expand } from './expand.ts';
import { type NodeFacts, nodeFacts } from './facts.ts';
import { installs } from './installs.ts';
import { listener } from './listener.ts';
import { lockedInstalls } from './locked.ts';
import { packageMarks } from './manifest.ts';
import { nodeNeeds } from './needs.ts';
import { nodeProduction } from './production.ts';
import { isNodeProgram } from './programs.ts';
import { prune } from './prune.ts';
import { nodeReasons } from './reasons.ts';
import { nodeRole } from './role.ts';
import { runtime } from './runtime.ts';
import { nodeFactsOf, startMode } from './start.ts';
import { type ToolName, toolOf, tools } from './tool.ts';

/** The ecosystem of one package manager. Programs of Node.js itself are claimed by `npm`, which every image has. */
export function nodeEcosystem(name: ToolName): Ecosystem {
  const tool = tools[name];
  const claims = (argv: readonly string[]) =>
    toolOf(argv[0]) === tool || (name === 'npm' && (isNodeProgram(argv[0]) || argv[0] === 'corepack'));
  return defineEcosystem<NodeFacts>({
    name,
    title: tool.title,
    family: 'node',
    reasons: nodeReasons.table,
    claims,
    marks: packageMarks,
    facts: (project, directory) => nodeFacts(tool, project, directory),
    describe: (facts) => [described(facts)],
    role: nodeRole,
    needs: nodeNeeds,
    startMode: (reading) => startMode(reading, nodeFactsOf(reading, name)),
    dependencyStep,
    lockedInstalls,
    prune,
    artifacts,
    runtime,
    listener,
    declaredVersion: ({ project, directory }) => nodeVersion(project, directory),
    productionEnvironment: ({ project, directory, start }) => nodeProduction(project, directory, start.commands),
    withoutCache: installsWithoutCache,
    readsHistory,
    ignorable,
  });
}

function described({ tool, manifest, directory, locks }: NodeFacts): Evidence {
  if (manifest === undefined) return { file: directory || '.', says: 'Node.js without package.json' };
  const lock = locks.length === 0 ? 'no lockfile' : locks.map((path) => posix.basename(path)).join(', ');
  return { file: manifest.file, says: `${tool.title} (${manifest.name ?? 'unnamed'}, ${lock})` };
}

/** A build script, its settings or the program ask git. */
function readsHistory(reading: Reading<NodeFacts>): boolean {
  const { facts } = reading;
  const evidence = { file: 'Dockerfile', says: 'build' };
  const builds = reading.commands.filter(({ work }) => work.role === 'build');
  if (
    builds.some(({ argv }) =>
      expand(facts, argv, evidence, facts.directory).leaves.some((leaf) => leaf.argv[0] === 'git'),
    )
  )
    return true;
  if (
    facts
      .sources()
      .programs()
      .some(({ name }) => name === 'git')
  )
    return true;
  const packages =
    facts.manifest === undefined
      ? []
      : [...facts.manifest.devDependencies.keys(), ...facts.manifest.dependencies.keys()];
  if (
    packages.some((one) =>
      /^(git-revision-webpack-plugin|git-rev-sync|git-last-commit|git-describe|git-repo-info|vite-plugin-git.*|semantic-release|simple-git|isomorphic-git|nodegit)$/.test(
        one,
      ),
    )
  )
    return true;
  const settings = reading.project
    .list(facts.directory)
    .filter((name) => /\.config\.[cm]?[jt]s$/.test(name) || name.startsWith('webpack'));
  return settings.some((name) =>
    /git (rev-parse|describe|log|show)|gitRevision/.test(reading.project.read(posix.join(facts.directory, name)) ?? ''),
  );
}

/** Output directories of frameworks, which each build makes anew, and what an install makes. */
const outputs: Readonly<Record<string, string>> = { next: '.next', nuxt: '.nuxt', '@sveltejs/kit': '.svelte-kit' };

function ignorable(reading: Reading<NodeFacts>): readonly { readonly pattern: string; readonly says: string }[] {
  const { facts } = reading;
  if (installs(reading, facts).length === 0) return [];
  const at = (name: string) => posix.join(facts.directory, name);
  const found = [{ pattern: at('node_modules'), says: 'installed packages' }];
  const builds = reading.commands.some(({ work }) => work.role === 'build');
  for (const [name, output] of Object.entries(outputs)) {
    if (
      builds &&
      (facts.manifest?.dependencies.has(name) === true || facts.manifest?.devDependencies.has(name) === true)
    )
      found.push({ pattern: at(output), says: 'build output' });
  }
  return found;
}
