/** The POMs of a project and how they hang together: parents by `relativePath`, modules by directory (Maven POM reference, "Inheritance", "Aggregation"). */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { type Declared, type JvmModule, jvmModule, type Unseen } from '../jvm/module.ts';
import { type Pom, readPom } from './pom.ts';

export interface Reactor {
  /** The POM the build runs on, first. */
  readonly poms: readonly Pom[];
  /** Modules that are named and not there. */
  readonly missing: readonly string[];
  /** Parents in the context, nearest first, of all these POMs. */
  readonly parents: readonly Pom[];
  /** A `relativePath` that leaves the context or names nothing in it. */
  readonly parentOutside: { readonly file: string; readonly parent: string } | undefined;
}

const mostPoms = 200;

/** Everything a build of this POM reads of POMs. */
export function readReactor(project: Project, pom: Pom): Reactor {
  const poms: Pom[] = [pom];
  const missing: string[] = [];
  for (let index = 0; index < poms.length && poms.length < mostPoms; index++) {
    const one = poms[index] as Pom;
    for (const name of one.modules) {
      const path = posix.normalize(posix.join(one.directory, name));
      const found = path.startsWith('..')
        ? undefined
        : readPom(project, path.endsWith('.xml') ? path : posix.join(path, 'pom.xml'));
      if (found === undefined) missing.push(path);
      else if (!poms.some((other) => other.file === found.file)) poms.push(found);
    }
  }
  const parents: Pom[] = [];
  let parentOutside: Reactor['parentOutside'];
  for (const one of poms) {
    for (const parent of parentsOf(project, one))
      if (!parents.some((other) => other.file === parent.file)) parents.push(parent);
    parentOutside ??= outside(project, one, poms);
  }
  return { poms, missing, parents, parentOutside };
}

/** Parents in the context, nearest first. */
export function parentsOf(project: Project, pom: Pom): readonly Pom[] {
  const found: Pom[] = [];
  for (let one: Pom | undefined = pom; one !== undefined && found.length < 20; ) {
    const file: string | undefined = parentFile(one);
    const parent: Pom | undefined = file === undefined || file.startsWith('..') ? undefined : readPom(project, file);
    one = parent === undefined || parent.artifactId !== one.parent || found.includes(parent) ? undefined : parent;
    if (one !== undefined) found.push(one);
  }
  return found;
}

function parentFile(pom: Pom): string | undefined {
  if (pom.parentPath === undefined || pom.parentPath === '') return undefined;
  const path = posix.normalize(posix.join(pom.directory, pom.parentPath));
  return path.endsWith('.xml') ? path : posix.join(path, 'pom.xml');
}

/** Without a file at `relativePath`, Maven asks the repositories; only a path that is written out says that it must be there. */
function outside(project: Project, pom: Pom, poms: readonly Pom[]): Reactor['parentOutside'] {
  const file = parentFile(pom);
  if (file === undefined || poms.some((one) => one.file === file)) return undefined;
  const there = !file.startsWith('..') && project.kind(file) === 'file';
  return there || pom.parentPath === '../pom.xml' ? undefined : { file: pom.file, parent: pom.parentPath ?? '' };
}

/** A module with what it inherits and the modules of the same project whose code it uses. */
export function moduleOf(project: Project, pom: Pom, siblings: readonly Pom[]): JvmModule {
  const used: Pom[] = [pom];
  for (let index = 0; index < used.length; index++) {
    for (const dependency of (used[index] as Pom).dependencies) {
      const sibling = siblings.find((one) => one.artifactId === dependency.artifact && !used.includes(one));
      if (sibling !== undefined && dependency.scope !== 'test') used.push(sibling);
    }
  }
  const all = [...new Set(used.flatMap((one) => [one, ...parentsOf(project, one)]))];
  const declared = all.flatMap((one) =>
    one.dependencies
      .filter(({ scope }) => scope !== 'test')
      .map(
        (dependency): Declared => ({
          name: dependency.artifact,
          evidence: { file: one.file, line: dependency.line, says: dependency.artifact },
        }),
      ),
  );
  return jvmModule(
    project,
    pom.directory,
    declared,
    used.slice(1).map((one) => one.directory),
    unseenOf(used, all, project),
  );
}

/** Groups whose parents and libraries are public: what they bring is known by name. */
const published =
  /^(org\.(springframework|apache|codehaus|eclipse|jboss|junit)|io\.(quarkus|micronaut|helidon|vertx)|com\.google)(\.|$)/;

/** A library is the project's own when its group is, and it is released together with the project; a parent, when its group is not public. */
function unseenOf(used: readonly Pom[], all: readonly Pom[], project: Project): Unseen | undefined {
  const groups = new Set(used.flatMap((one) => one.groups).filter((group) => !published.test(group)));
  const versions = new Set(used.flatMap((one) => one.versions));
  const library = used
    .flatMap((one) => one.dependencies)
    .find(
      ({ group, scope, artifact, version = '' }) =>
        scope !== 'test' &&
        (groups.has(group) || /^\$\{(project\.)?(parent\.)?groupId\}$/.test(group)) &&
        (versions.has(version) || /-SNAPSHOT$|^\$\{(project\.)?(parent\.)?version\}$|^\$\{revision\}$/.test(version)) &&
        !all.some((one) => one.artifactId === artifact),
    );
  if (library !== undefined) return { name: library.artifact, library: true };
  const parent = all.find((one) => {
    const group = one.groups.at(-1) ?? '';
    return one.parent !== undefined && !published.test(group) && parentsOf(project, one).length === 0;
  });
  return parent?.parent === undefined ? undefined : { name: parent.parent, library: false };
}
