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
  /\b(?:implementation|api|compile|runtime|runtimeOnly|developmentOnly|compileOnlyApi|providedRuntime|kapt|ksp)\b[\s(]{1,200}(?:(?:platform|enforcedPlatform)\s{0,9}\(\s{0,200})?(?:["']([\w.-]+):([\w.-]+)(?::[^"'\n]*)?["']|libs\.([\w.]+)|group\s*[:=]\s*["'][\w.-]+["']\s*,\s*name\s*[:=]\s*["']([\w.-]+)["'])/g;
/** One configuration takes a list of coordinates (Gradle, "Declaring dependencies"). */
const nextInList = /\)?\s{0,200},\s{0,200}(?:["']([\w.-]+):([\w.-]+)(?::[^"'\n]*)?["']|libs\.([\w.]+))/y;

/** Dependencies that are there at run time, by artifact id; `catalog`: aliases of the version catalogue. */
export function declaredIn(build: BuildFile, catalog: ReadonlyMap<string, string>): readonly Declared[] {
  const lines = build.text.split('\n').map((line) => (line.length > longestLine ? '' : line));
  const text = lines.join('\n');
  const found: Declared[] = [];
  const seen = new Set<number>();
  const add = (name: string | undefined, at: number) => {
    seen.add(at);
    for (const one of name?.split(' ') ?? [])
      found.push({ name: one, evidence: { file: build.file, line: at, says: one } });
  };
  const named = (match: RegExpExecArray) =>
    match[2] ?? match[4] ?? catalog.get((match[3] ?? '').replace(/\.(get\(\)|asProvider).*$/, ''));
  const place = lineCounter(text);
  for (const match of text.matchAll(configurations)) {
    add(named(match), place(match.index + match[0].length));
    nextInList.lastIndex = match.index + match[0].length;
    for (let next = nextInList.exec(text); next !== null; next = nextInList.exec(text))
      add(named(next), place(nextInList.lastIndex));
  }
  lines.forEach((line, index) => {
    if (!seen.has(index + 1)) add(ktor(line), index + 1);
  });
  return found.sort((a, b) => (a.evidence.line ?? 0) - (b.evidence.line ?? 0));
}

/** 1-based lines of offsets that only grow. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let from = 0;
  return (offset) => {
    for (let at = text.indexOf('\n', from); at >= 0 && at < offset; at = text.indexOf('\n', from)) {
      line++;
      from = at + 1;
    }
    return line;
  };
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
