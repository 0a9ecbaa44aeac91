/** What is known of one package directory. Everything that reads more than the manifest is read when it is asked for, once. */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { lazy } from './lazy.ts';
import { type Manifest, readManifest, workspaceMembers } from './manifest.ts';
import { type NpmLock, readNpmLock } from './npm-lock.ts';
import { type NodeSources, readSources } from './sources.ts';
import { type Tool, tools } from './tool.ts';

export interface NodeFacts {
  readonly tool: Tool;
  readonly project: Project;
  readonly directory: string;
  /** `undefined`: plain scripts without a manifest. */
  readonly manifest: Manifest | undefined;
  /** Lockfiles that are there, of whatever tool. */
  readonly locks: readonly string[];
  /** Member packages; `undefined`: they cannot be listed. */
  readonly members: () => readonly Manifest[] | undefined;
  readonly npmLock: () => NpmLock | undefined;
  readonly sources: () => NodeSources;
}

/** Facts of a directory; `undefined`: it has neither a manifest nor scripts. */
export function nodeFacts(tool: Tool, project: Project, directory: string): NodeFacts | undefined {
  const at = (name: string) => posix.join(directory, name);
  const manifest = readManifest(project, at('package.json'));
  const scripts = manifest === undefined && project.list(directory).some((name) => /\.[cm]?[jt]s$/.test(name));
  if (manifest === undefined && !scripts) return undefined;
  const names = Object.values(tools).flatMap(({ locks }) => locks);
  const npmLock = tools.npm.locks.map(at).find((path) => project.kind(path) === 'file');
  return {
    tool,
    project,
    directory,
    manifest,
    locks: names.map(at).filter((path) => project.kind(path) === 'file'),
    members: lazy(() =>
      manifest === undefined || manifest.workspaces.length === 0 ? [] : workspaceMembers(project, manifest),
    ),
    npmLock: lazy(() => (npmLock === undefined ? undefined : readNpmLock(project, npmLock))),
    sources: lazy(() => readSources(project, directory)),
  };
}

/** The manifest in force in a directory of the context. */
export function manifestIn(facts: NodeFacts, directory: string): Manifest | undefined {
  return directory === facts.directory
    ? facts.manifest
    : readManifest(facts.project, posix.join(directory, 'package.json'));
}
