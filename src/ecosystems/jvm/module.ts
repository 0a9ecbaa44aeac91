/** One module of a JVM project: what its build file declares, and its sources, whatever the build tool is. */
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { type Setting, settingsOf } from './settings.ts';
import { type Sources, scanSources } from './sources.ts';

export interface Declared {
  /** Artifact id (`spring-boot-starter-web`). */
  readonly name: string;
  readonly evidence: Evidence;
}

/** Something of the same makers that no file of the context describes: a parent may bring dependencies, a library code and settings too. */
export interface Unseen {
  readonly name: string;
  readonly library: boolean;
  /** It may add other projects of the same build. */
  readonly projects?: true;
}

export interface JvmModule {
  /** Context directory. */
  readonly directory: string;
  /** Dependencies that are there when the program runs, those of sibling modules it uses included. */
  readonly dependencies: readonly Declared[];
  readonly unseen: Unseen | undefined;
  /** Read when first asked for. */
  sources(): Sources;
  settings(): readonly Setting[];
}

/** A module with the siblings whose code runs with it. */
export function jvmModule(
  project: Project,
  directory: string,
  dependencies: readonly Declared[],
  siblings: readonly string[] = [],
  unseen?: Unseen,
): JvmModule {
  let sources: Sources | undefined;
  let settings: readonly Setting[] | undefined;
  return {
    directory,
    dependencies,
    unseen,
    sources: () => {
      sources ??= scanSources(project, [directory, ...siblings]);
      return sources;
    },
    settings: () => {
      settings ??= settingsOf(project, directory);
      return settings;
    },
  };
}

/** Nothing is known of it: its build file or its sources are not those that lie in the context under these names. */
export function unknownModule(project: Project): JvmModule {
  return {
    directory: '',
    dependencies: [],
    unseen: undefined,
    sources: () => scanSources(project, []),
    settings: () => [],
  };
}
