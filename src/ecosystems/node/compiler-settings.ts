/** `tsconfig.json` and `nest-cli.json`, as far as they say where a compiler puts its output (TypeScript documentation, "TSConfig Reference"). */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { jsonObject, object } from './manifest.ts';

export interface CompilerOutput {
  /** Context path of the directory or file that is written; `undefined`: nothing is. */
  readonly path: string | undefined;
  readonly kind: 'directory' | 'file';
  readonly evidence: Evidence;
}

const deepest = 6;

/** Where the compiler writes for a settings file, by context path; a sentence part: why that is not known. */
export function compilerOutput(project: Project, file: string): CompilerOutput | string {
  const options = readOptions(project, file, 0);
  if (typeof options === 'string') return options;
  const { noEmit, outFile, outDir } = options;
  if (noEmit?.value === true) return { path: undefined, kind: 'directory', evidence: noEmit.evidence };
  const chosen = outFile ?? outDir;
  if (chosen === undefined) return `${file} names no outDir`;
  const { value, evidence } = chosen;
  const path = typeof value === 'string' ? value : undefined;
  if (path === undefined || path.includes('$') || posix.isAbsolute(path))
    return `${evidence.file} sets an output that is not literal`;
  const whole = posix.join(posix.dirname(evidence.file), path).replace(/\/$/, '');
  if (whole === '.' || whole.startsWith('..')) return `${evidence.file} puts the output beside the sources`;
  return { path: whole, kind: outFile === undefined ? 'directory' : 'file', evidence };
}

/** What `tsc -b` builds for a settings file: itself, when it has files of its own, and what it refers to. */
export function builtProjects(project: Project, file: string, depth = 0): readonly string[] | string {
  const settings = readJson(project, file);
  if (settings === undefined || depth > deepest) return `${file} cannot be read`;
  const references = Array.isArray(settings['references']) ? settings['references'] : [];
  const own = Array.isArray(settings['files']) && settings['files'].length === 0 && settings['include'] === undefined;
  const found: string[] = own ? [] : [file];
  for (const reference of references) {
    const path = object(reference)['path'];
    if (typeof path !== 'string') return `${file} has a reference that cannot be read`;
    const inner = builtProjects(project, settingsFile(project, posix.join(posix.dirname(file), path)), depth + 1);
    if (typeof inner === 'string') return inner;
    found.push(...inner);
  }
  return [...new Set(found)];
}

/** `-p` takes a file, or a directory with a `tsconfig.json`. */
export function settingsFile(project: Project, path: string): string {
  return project.kind(path) === 'directory' || path === '.' || path === ''
    ? posix.join(path, 'tsconfig.json')
    : posix.normalize(path);
}

interface Option {
  readonly value: unknown;
  readonly evidence: Evidence;
}

type Options = Readonly<Record<'noEmit' | 'outFile' | 'outDir', Option | undefined>>;

/** Bases of packages that set neither an output nor `noEmit` (github.com/tsconfig/bases). */
const silentBases = /^@tsconfig\/(node|recommended|strictest|esm)/;

function readOptions(project: Project, file: string, depth: number): Options | string {
  const settings = readJson(project, file);
  if (settings === undefined || depth > deepest) return `${file} cannot be read`;
  let found: Options = { noEmit: undefined, outFile: undefined, outDir: undefined };
  for (const base of [settings['extends']].flat()) {
    if (base === undefined) continue;
    if (typeof base !== 'string') return `${file} cannot be read`;
    if (!base.startsWith('.')) {
      if (silentBases.test(base)) continue;
      return `${file} extends ${base}`;
    }
    const path = posix.join(posix.dirname(file), base);
    const inner = readOptions(project, path.endsWith('.json') ? path : `${path}.json`, depth + 1);
    if (typeof inner === 'string') return inner;
    found = overlaid(found, inner);
  }
  const own = object(settings['compilerOptions']);
  const option = (name: keyof Options): Option | undefined =>
    own[name] === undefined
      ? undefined
      : { value: own[name], evidence: { file, says: `${name}: ${JSON.stringify(own[name])}` } };
  return overlaid(found, { noEmit: option('noEmit'), outFile: option('outFile'), outDir: option('outDir') });
}

function overlaid(below: Options, above: Options): Options {
  return {
    noEmit: above.noEmit ?? below.noEmit,
    outFile: above.outFile ?? below.outFile,
    outDir: above.outDir ?? below.outDir,
  };
}

/** JSON with comments and trailing commas, when the builder gets the file. */
export function readJson(project: Project, file: string): Readonly<Record<string, unknown>> | undefined {
  const text = project.sends(file) ? project.read(file) : undefined;
  const kept = (_: string, quoted: string | undefined) => quoted ?? '';
  const plain = text
    ?.replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, kept)
    .replace(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[\]}])/g, kept);
  return plain === undefined ? undefined : jsonObject(plain);
}
