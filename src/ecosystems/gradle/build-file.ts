/**
 * Gradle build files, in Groovy or Kotlin. They are programs, so nothing is concluded from what is not in them: a plugin, a
 * dependency or a construct is a finding when its text is there.
 */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { longestLine } from '../jvm/calls.ts';
import type { Declared } from '../jvm/module.ts';

export interface BuildFile {
  /** Context path. */
  readonly file: string;
  readonly directory: string;
  /** Without comments; line numbers are kept. */
  readonly text: string;
}

const largest = 512 * 1024;
const names = ['build.gradle', 'build.gradle.kts'];

export function readBuildFile(project: Project, directory: string): BuildFile | undefined {
  for (const name of names) {
    const file = posix.join(directory, name);
    const text = project.read(file);
    if (text !== undefined && text.length <= largest) return { file, directory, text: withoutComments(text) };
  }
  return undefined;
}

export function readSettings(project: Project, directory: string): BuildFile | undefined {
  for (const name of ['settings.gradle', 'settings.gradle.kts']) {
    const file = posix.join(directory, name);
    const text = project.read(file);
    if (text !== undefined && text.length <= largest) return { file, directory, text: withoutComments(text) };
  }
  return undefined;
}

const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*|\/\//g;

/** Comments become blank, strings stay; a comment that is not closed reaches to the end. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  let from = 0;
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] !== '/*' && match[0] !== '//') continue;
    const end = text.indexOf(match[0] === '/*' ? '*/' : '\n', match.index + 2);
    const behind = end < 0 ? text.length : end + (match[0] === '/*' ? 2 : 0);
    parts.push(text.slice(from, match.index), text.slice(match.index, behind).replace(/[^\n]/g, ' '));
    from = behind;
    token.lastIndex = behind;
  }
  return [...parts, text.slice(from)].join('');
}

const inclusion = /\binclude\b\s*\(?((?:[\s,]*["'][\w:./-]+["'])+)\s*\)?/g;

/** Paths (`:a:b`) of all projects of the settings; `undefined`: some are named by code, or lie elsewhere than their path says. */
export function projectPaths(settings: BuildFile): readonly string[] | undefined {
  const rest = settings.text.replace(inclusion, '');
  if (/\binclude|projectDir|buildFileName|\bproject\s*\(/.test(rest)) return undefined;
  const names = [...settings.text.matchAll(inclusion)].flatMap((match) => (match[1] ?? '').match(/[\w:./-]+/g) ?? []);
  return names.some((name) => /[./]/.test(name))
    ? undefined
    : [...new Set(names.map((name) => `:${name.replace(/^:/, '')}`))];
}

/** Directories of the projects that `include` names (`:a:b` lies in `a/b`), and those that `projectDir` moves. */
export function includedProjects(settings: BuildFile | undefined): readonly string[] {
  if (settings === undefined) return [];
  const found: string[] = [];
  for (const match of settings.text.matchAll(inclusion)) {
    for (const name of (match[1] ?? '').matchAll(/["']([\w:./-]+)["']/g)) {
      found.push(posix.join(settings.directory, (name[1] ?? '').replace(/^:/, '').replaceAll(':', '/')));
    }
  }
  for (const match of settings.text.matchAll(/projectDir\s*=\s*(?:new\s+File|file)\([^"')]*["']([\w./-]+)["']/g))
    found.push(posix.join(settings.directory, match[1] ?? ''));
  return [...new Set(found)];
}

const configurations =
  /\b(implementation|api|compile|runtime|runtimeOnly|developmentOnly|compileOnlyApi|providedRuntime|kapt|ksp)\b[\s(]+(?:platform\s*\(|enforcedPlatform\s*\()?\s*(?:["']([\w.-]+):([\w.-]+)(?::[^"']*)?["']|libs\.([\w.]+)|group\s*[:=]\s*["'][\w.-]+["']\s*,\s*name\s*[:=]\s*["']([\w.-]+)["'])/;

/** Dependencies that are there at run time, by artifact id; `catalog`: aliases of the version catalogue. */
export function declaredIn(build: BuildFile, catalog: ReadonlyMap<string, string>): readonly Declared[] {
  return build.text.split('\n').flatMap((line, index) => {
    const match = line.length > longestLine ? null : configurations.exec(line);
    const alias = match?.[4]?.replace(/\.(get\(\)|asProvider).*$/, '');
    const name = match?.[3] ?? match?.[5] ?? (alias === undefined ? ktor(line) : catalog.get(alias));
    return name === undefined
      ? []
      : name.split(' ').map((one) => ({ name: one, evidence: { file: build.file, line: index + 1, says: one } }));
  });
}

/** `id("io.ktor.plugin")` and the like bring no dependency, but say which framework runs. */
function ktor(line: string): string | undefined {
  return /["']io\.quarkus["']/.test(line) ? undefined : /\bktor\s*\(\s*["'](server-[\w-]+)["']/.exec(line)?.[1];
}

const catalogLine =
  /^\s*([\w-]+)\s*=\s*(?:\{[^}]*?(?:module\s*=\s*"[\w.-]+:([\w.-]+)"|name\s*=\s*"([\w.-]+)")|"[\w.-]+:([\w.-]+):)/;
const bundleLine = /^\s*([\w-]+)\s*=\s*\[([^\]]*)\]/;

/** Aliases of `gradle/libs.versions.toml` as build scripts write them (`spring-boot-web` is `spring.boot.web`). */
export function readCatalog(project: Project, directory: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const text = project.read(posix.join(directory, 'gradle/libs.versions.toml')) ?? '';
  for (const line of text.slice(0, largest).split('\n')) {
    if (line.length > longestLine) continue;
    const match = catalogLine.exec(line);
    const name = match?.[2] ?? match?.[3] ?? match?.[4];
    if (match?.[1] !== undefined && name !== undefined) found.set(match[1].replaceAll(/[-_]/g, '.'), name);
    const bundle = bundleLine.exec(line);
    if (bundle?.[1] === undefined) continue;
    const members = [...(bundle[2] ?? '').matchAll(/"([\w-]+)"/g)].map(
      (one) => found.get((one[1] ?? '').replaceAll(/[-_]/g, '.')) ?? '',
    );
    found.set(`bundles.${bundle[1].replaceAll(/[-_]/g, '.')}`, members.filter((one) => one !== '').join(' '));
  }
  return found;
}

/** Directories of the projects of the same build that this one uses: `project(":core")`, `projects.core`. */
export function usedProjects(build: BuildFile, root: string): readonly string[] {
  const found = [...build.text.matchAll(/\bproject\s*\(\s*(?:path\s*[:=]\s*)?["']:([\w:-]+)["']/g)].map((match) =>
    (match[1] ?? '').replaceAll(':', '/'),
  );
  const accessors = [...build.text.matchAll(/\bprojects\.([\w.]+)/g)].map((match) =>
    (match[1] ?? '')
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replaceAll('.', '/'),
  );
  return [...new Set([...found, ...accessors])].map((path) => posix.join(root, path));
}
