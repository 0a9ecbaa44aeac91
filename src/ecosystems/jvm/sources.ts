/** What the sources of a JVM program say literally: what they write, execute, listen on and name. Bounded and never complete by luck. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { literally } from '../../project/sources.ts';
import { childProcesses, isComment, literalWrites, longestLine, pathFromOutside, type WriteCall } from './calls.ts';

export interface SourcePort {
  readonly port: number;
  /** The environment's variable that comes before this number. */
  readonly variable: string | undefined;
  readonly evidence: Evidence;
}

export interface Sources {
  /** Context paths of the files read. */
  readonly files: readonly string[];
  /** Some program source was found. */
  readonly present: boolean;
  /** Some program source was found, and none was left out. */
  readonly complete: boolean;
  readonly writes: readonly WriteCall[];
  /** Programs started; `name` is `undefined` when it is not literal. */
  readonly programs: readonly { readonly name: string | undefined; readonly evidence: Evidence }[];
  /** The first use of a compiler, debugger or attach interface, which only a JDK has. */
  readonly jdk: Evidence | undefined;
  /** The first use of fonts, images or documents that are drawn. */
  readonly fonts: Evidence | undefined;
  /** The first use of what may turn a request away before a route answers: Spring Security, filters of requests. */
  readonly guard: Evidence | undefined;
  /** Port numbers given to something that listens. */
  readonly ports: readonly SourcePort[];
  /** Does any of the files name this path, as a path or the beginning of one? */
  names(path: string): Evidence | undefined;
  /** Paths below `src/` that a string names. */
  readonly ownPaths: readonly string[];
  /** The first import of a package that is named like those of the program and that none of the files declares. */
  elsewhere(): Evidence | undefined;
  /** Variables of the environment and settings that say which file is opened. */
  readonly pathsFromOutside: readonly { readonly name: string; readonly evidence: Evidence }[];
}

const program = /\.(java|kt|kts|groovy|scala|clj)$/;
const resource = /\.(properties|ya?ml|xml|conf|json|toml|edn|ini|cfg|txt|html|ftl|mustache)$/;
const tests =
  /(^|\/)(src\/(test|it|integration-?test|jmh|testFixtures)|test|tests|\.[^/]+|target|build|out|bin|gradle|buildSrc)\//i;
const mostFiles = 3_000;
const largest = 512 * 1024;

/** JDK-only interfaces: JSR 199, the attach, debug and jshell modules (JEP 220 module list). */
const jdkOnly =
  /\b(ToolProvider\s*\.\s*getSystemJavaCompiler|com\.sun\.tools\.|com\.sun\.jdi\.|jdk\.jshell\.|VirtualMachine\.attach|javax\.tools\.JavaCompiler)\b/;
const drawing =
  /\b(java\.awt\.|javax\.imageio\.|javax\.swing\.|net\.sf\.jasperreports|org\.jfree\.|org\.apache\.poi\.|com\.itextpdf|com\.lowagie|org\.apache\.pdfbox|\.captcha\.)/;
const guarding =
  /\b(org\.springframework\.security\.|SecurityFilterChain|OncePerRequestFilter|GenericFilterBean|FilterRegistrationBean|(javax|jakarta)\.servlet\.(Filter\b|annotation\.WebFilter)|web\.server\.WebFilter|org\.apache\.shiro|cn\.dev33\.satoken)/;
const listening = [
  /InetSocketAddress\(\s*(?:"[^"]*"\s*,\s*)?(\d{2,5})\s*\)/,
  /\.listen\(\s*(\d{2,5})\b/,
  /\bnew Server\(\s*(\d{2,5})\s*\)/,
  /\bforPort\(\s*(\d{2,5})\s*\)/,
  /\bServerSocket\(\s*(\d{2,5})\b/,
  /(?<![\w.])port\(\s*(\d{2,5})\s*\)/,
  /\.(?:port|setPort|withPort|httpPort)\(\s*(\d{2,5})\s*\)/,
  /\bJavalin\b.*\.start\(\s*(\d{2,5})\s*\)/,
  /\bembeddedServer\(.*\bport\s*=\s*(\d{2,5})/,
  /\baddHttpListener\(\s*(\d{2,5})\b/,
  /\basServer\(\s*\w+\(\s*(\d{2,5})/,
] as const;

/** Names of the environment that stand for the program's own port, with what is taken without them. */
const portVariable = /"((?:(?:HTTP|SERVER|APP|API|WEB)_)?PORT)"/.source;
const fallbacks = [
  new RegExp(`\\bgetOrDefault\\(\\s*${portVariable}\\s*,\\s*"(\\d{2,5})"\\s*\\)`),
  new RegExp(`\\bgetenv\\(\\s*${portVariable}\\s*\\)(?:\\?\\.toInt(?:OrNull)?\\(\\))?\\s*\\?:\\s*"?(\\d{2,5})\\b`),
] as const;

function portsIn(line: string, evidence: Evidence): readonly SourcePort[] {
  const literal = listening.map((pattern) => ({ port: Number(pattern.exec(line)?.[1]), variable: undefined }));
  const outside = fallbacks.flatMap((pattern) => {
    const match = pattern.exec(line);
    return match === null ? [] : [{ port: Number(match[2]), variable: match[1] }];
  });
  return [...literal, ...outside].flatMap((one) => (one.port > 0 && one.port < 65536 ? [{ ...one, evidence }] : []));
}

/** Reads the program sources and resources of these context directories (modules, each with `src/main` or sources of its own). */
export function scanSources(project: Project, modules: readonly string[]): Sources {
  const listed = modules.map((module) => filesOf(project, module));
  const known = listed.flatMap((one) => one ?? []);
  const files = known.slice(0, mostFiles);
  const writes: WriteCall[] = [];
  const programs: { name: string | undefined; evidence: Evidence }[] = [];
  const ports: SourcePort[] = [];
  const ownPaths = new Set<string>();
  const pathsFromOutside: { name: string; evidence: Evidence }[] = [];
  let jdk: Evidence | undefined;
  let fonts: Evidence | undefined;
  let guard: Evidence | undefined;
  let unread = false;
  for (const file of files) {
    const text = project.read(file);
    if (text === undefined || text.length > largest) {
      unread ||= program.test(file);
      continue;
    }
    for (const match of text.matchAll(/["'(=:\s](?:\.\/)?(src\/[\w./-]+)/g)) ownPaths.add(match[1] ?? '');
    if (!program.test(file)) continue;
    writes.push(...literalWrites(file, text));
    programs.push(...childProcesses(file, text));
    text.split('\n').forEach((line, index) => {
      const evidence = { file, line: index + 1, says: line.trim().slice(0, 100) };
      if (isComment(line) || line.length > longestLine) return;
      const outside = pathFromOutside(text, line);
      if (outside !== undefined) pathsFromOutside.push({ name: outside, evidence: { ...evidence, says: outside } });
      const tool = jdkOnly.exec(line)?.[0];
      if (tool !== undefined) jdk ??= { ...evidence, says: tool };
      if (drawing.test(line)) fonts ??= evidence;
      if (guarding.test(line)) guard ??= evidence;
      ports.push(...portsIn(line, evidence));
    });
  }
  const present = files.some((file) => program.test(file));
  const complete = present && listed.every((one) => one !== undefined) && known.length <= mostFiles && !unread;
  return {
    files,
    present,
    complete,
    writes,
    programs,
    jdk,
    fonts,
    guard,
    ports,
    names: (path) => naming(project, files, path),
    ownPaths: [...ownPaths],
    elsewhere: () => importedFromElsewhere(project, files),
    pathsFromOutside,
  };
}

/** Program sources and resources of one module; `undefined`: more than are looked at. */
function filesOf(project: Project, module: string): readonly string[] | undefined {
  const main = posix.join(module, 'src/main').replace(/^\.$/, '');
  const roots = project.kind(main) === 'directory' ? [main] : sourceRoots(project, module);
  const found: string[] = [];
  for (const root of roots) {
    const files = project.files(root);
    if (files === undefined) return undefined;
    found.push(...files.filter((file) => (program.test(file) || resource.test(file)) && !tests.test(file)));
  }
  const here = project.list(module).map((name) => posix.join(module, name));
  found.push(
    ...here.filter(
      (path) =>
        (/\.java$|\.(properties|ya?ml|conf)$/.test(path) || path.endsWith('.env')) &&
        !/compose[^/]*\.ya?ml$/.test(path) &&
        project.kind(path) === 'file' &&
        !found.includes(path),
    ),
  );
  return found;
}

function sourceRoots(project: Project, module: string): readonly string[] {
  const inSrc = posix.join(module, 'src');
  return project.kind(inSrc) === 'directory' ? [inSrc] : [module];
}

function naming(project: Project, files: readonly string[], path: string): Evidence | undefined {
  const escaped = literally(path);
  const inSource = new RegExp(`["'/]${escaped}["'/]`);
  const inResource = new RegExp(`(^|["'/=:\\s,(>])${escaped}($|["'/:\\s,;)<[])`);
  for (const file of files) {
    const text = project.read(file) ?? '';
    if (text.length > largest || !text.includes(path)) continue;
    const pattern = program.test(file) ? inSource : inResource;
    const index = text.split('\n').findIndex((line) => pattern.test(line) && !/^\s*import\b/.test(line));
    if (index >= 0) return { file, line: index + 1, says: path };
  }
  return undefined;
}

/** Packages of one maker share their first two names (Java Language Specification 6.1, "Package Names"). */
function importedFromElsewhere(project: Project, files: readonly string[]): Evidence | undefined {
  const texts = files
    .filter((file) => /\.(java|kt|kts|groovy)$/.test(file))
    .map((file) => [file, project.read(file) ?? ''] as const);
  const own = new Set(texts.flatMap(([, text]) => /^\s*package\s+([\w.]+)/m.exec(text)?.[1] ?? []));
  const makers = new Set([...own].flatMap((name) => /^\w+\.\w+/.exec(name)?.[0] ?? []));
  for (const [file, text] of texts) {
    for (const match of text.matchAll(/^[ \t]*import\s+(?:static\s+)?((\w+\.\w+)(?:\.[a-z_]\w*)*)\.[A-Z*]/gm)) {
      const [, name = '', maker = ''] = match;
      if (!makers.has(maker) || own.has(name)) continue;
      return { file, line: text.slice(0, match.index).split('\n').length, says: name };
    }
  }
  return undefined;
}
