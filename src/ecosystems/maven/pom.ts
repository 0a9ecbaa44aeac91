/** `pom.xml`, as far as a build in a container depends on it (Maven POM reference). */
import { createRequire } from 'node:module';
import { posix } from 'node:path';
import type { XmlElement, XmlNode } from '@rgrove/parse-xml';
import type { Project } from '../../project/project.ts';

export interface Dependency {
  readonly group: string;
  readonly artifact: string;
  readonly scope: string;
  /** As written; `undefined`: managed elsewhere. */
  readonly version: string | undefined;
  readonly line: number;
}

export interface Pom {
  /** Path relative to the context root. */
  readonly file: string;
  readonly directory: string;
  readonly artifactId: string | undefined;
  readonly packaging: string;
  readonly finalName: string | undefined;
  /** Directories (or files) of its modules as written, those of profiles included. */
  readonly modules: readonly string[];
  /** `parent.relativePath` as written, `../pom.xml` when it is not; `undefined` without a parent, `''` when it is looked up in a repository only. */
  readonly parentPath: string | undefined;
  readonly parent: string | undefined;
  /** Groups of its own and of its parent. */
  readonly groups: readonly string[];
  /** Versions of its own and of its parent, as written. */
  readonly versions: readonly string[];
  readonly dependencies: readonly Dependency[];
  /** Artifact ids of the plugins that are applied, in profiles too. */
  readonly plugins: readonly string[];
  /** Artifact ids of build extensions. */
  readonly extensions: readonly string[];
  /** `system` scope or a `file:` repository: files that a download cannot bring. */
  readonly local: boolean;
  readonly profiles: readonly string[];
  readonly text: string;
}

const load = createRequire(import.meta.url);
const largest = 1024 * 1024;

/** Reads a POM; `undefined`: not there or not well-formed XML. */
export function readPom(project: Project, file: string): Pom | undefined {
  const text = project.read(file);
  if (text === undefined || text.length > largest) return undefined;
  const { parseXml } = load('@rgrove/parse-xml') as typeof import('@rgrove/parse-xml');
  try {
    const root = parseXml(text, { includeOffsets: true }).root;
    return root?.name === 'project' ? pomOf(root, file, text) : undefined;
  } catch {
    return undefined;
  }
}

function pomOf(root: XmlElement, file: string, text: string): Pom {
  const build = child(root, 'build');
  const parent = child(root, 'parent');
  const profiles = children(child(root, 'profiles'), 'profile');
  const scopes = [root, ...profiles];
  const dependencies = scopes
    .flatMap((scope) => children(child(scope, 'dependencies'), 'dependency'))
    .map((one) => dependencyOf(one, text));
  const named = (elements: readonly XmlElement[]) => elements.map((one) => textOf(one, 'artifactId') ?? '');
  return {
    file,
    directory: posix.dirname(file).replace(/^\.$/, ''),
    artifactId: textOf(root, 'artifactId'),
    packaging: textOf(root, 'packaging') ?? 'jar',
    finalName: textOf(build, 'finalName'),
    modules: scopes.flatMap((scope) => children(child(scope, 'modules'), 'module')).map((one) => one.text.trim()),
    parentPath:
      parent === undefined
        ? undefined
        : (textOf(parent, 'relativePath') ?? (child(parent, 'relativePath') === undefined ? '../pom.xml' : '')),
    parent: parent === undefined ? undefined : textOf(parent, 'artifactId'),
    groups: [root, parent].flatMap((one) => textOf(one, 'groupId') ?? []),
    versions: [root, parent].flatMap((one) => textOf(one, 'version') ?? []),
    dependencies,
    plugins: named(scopes.flatMap((scope) => children(child(child(scope, 'build'), 'plugins'), 'plugin'))),
    extensions: named(children(child(build, 'extensions'), 'extension')),
    local: dependencies.some((one) => one.scope === 'system') || /<url>\s*(file:|\$\{(project\.)?basedir\})/.test(text),
    profiles: profiles.map((one) => textOf(one, 'id') ?? ''),
    text,
  };
}

function dependencyOf(element: XmlElement, text: string): Dependency {
  return {
    group: textOf(element, 'groupId') ?? '',
    artifact: textOf(element, 'artifactId') ?? '',
    scope: textOf(element, 'scope') ?? 'compile',
    version: textOf(element, 'version'),
    line: text.slice(0, Math.max(0, element.start)).split('\n').length,
  };
}

function isElement(node: XmlNode): node is XmlElement {
  return node.type === 'element';
}

function children(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter(isElement).filter((one) => one.name === name) ?? [];
}

function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return children(element, name)[0];
}

function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return child(element, name)?.text.trim();
}
