/** What is known of a Gradle build in one context directory. */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { withParents } from '../../reading/commands.ts';
import { type JvmModule, jvmModule, type Unseen } from '../jvm/module.ts';
import {
  type BuildFile,
  declaredIn,
  includedProjects,
  readBuildFile,
  readCatalog,
  readSettings,
  usedProjects,
} from './build-file.ts';

export interface GradleFacts {
  readonly directory: string;
  readonly build: BuildFile | undefined;
  readonly settings: BuildFile | undefined;
  /** Context directories of the subprojects. */
  readonly projects: readonly string[];
  module(directory: string): JvmModule;
  /** Build scripts that shape a project: its own, the root's, and conventions of `buildSrc`. */
  scripts(directory: string): readonly BuildFile[];
}

/** Every build has a settings file (Gradle, "Settings File Basics"); a project without one, and without the wrapper, belongs to a build that is configured above it. */
const rootElsewhere: Unseen = { name: 'the root project of the Gradle build', library: false, projects: true };

/** The module of a directory, described by the build it belongs to: the nearest settings file at or above it decides. */
export function gradleModule(project: Project, directory: string): JvmModule | undefined {
  for (const at of withParents(`/${directory}`).map((path) => path.slice(1))) {
    if (readSettings(project, at) !== undefined) return gradleFacts(project, at)?.module(directory);
  }
  return gradleFacts(project, directory)?.module(directory);
}

export function gradleFacts(project: Project, directory: string): GradleFacts | undefined {
  const build = readBuildFile(project, directory);
  const settings = readSettings(project, directory);
  if (build === undefined && settings === undefined) return undefined;
  const catalog = readCatalog(project, directory);
  const wrapped = project.kind(posix.join(directory, 'gradlew')) !== undefined;
  const modules = new Map<string, JvmModule>();
  const scripts = (at: string) => {
    const own = readBuildFile(project, at);
    return [
      ...(own === undefined || at === directory ? [] : [own]),
      ...(build === undefined ? [] : [build]),
      ...conventions(project, directory),
    ];
  };
  const module = (at: string) => {
    const kept = modules.get(at);
    if (kept !== undefined) return kept;
    const used = withSiblings(project, at, directory);
    const declared = [...new Set([...used.flatMap(scripts)])].flatMap((one) => declaredIn(one, catalog));
    const made = jvmModule(
      project,
      at,
      declared,
      used.slice(1),
      settings === undefined && !wrapped ? rootElsewhere : undefined,
    );
    modules.set(at, made);
    return made;
  };
  return { directory, build, settings, projects: includedProjects(settings), module, scripts };
}

/** Precompiled script plugins are build scripts of the projects that apply them. */
function conventions(project: Project, directory: string): readonly BuildFile[] {
  const root = posix.join(directory, 'buildSrc');
  const files = project.kind(root) === 'directory' ? (project.files(root, 500) ?? []) : [];
  return files.flatMap((file) => {
    const text = /\.gradle(\.kts)?$/.test(file) ? project.read(file) : undefined;
    return text === undefined ? [] : [{ file, directory: root, text }];
  });
}

function withSiblings(project: Project, at: string, root: string): readonly string[] {
  const used = [at];
  for (let index = 0; index < used.length && index < 100; index++) {
    const build = readBuildFile(project, used[index] ?? '');
    if (build === undefined) continue;
    for (const other of usedProjects(build, root))
      if (!used.includes(other) && project.kind(other) === 'directory') used.push(other);
  }
  return used;
}
