/** The sources that run: which files count, and where a string is named in them. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { lineAt, type Sources, type SourceText, sourcesBelow } from '../../project/sources.ts';
import { lazy } from './lazy.ts';
import { type Listen, listens, portServers } from './ports.ts';
import { type CalledProgram, calledPrograms } from './processes.ts';
import { doubtfulRoute, type HealthRoute, healthRoute } from './routes.ts';
import { type Write, writes } from './writes.ts';

export interface NodeSources extends Sources {
  readonly writes: () => readonly Write[];
  readonly programs: () => readonly CalledProgram[];
  readonly listens: () => readonly Listen[];
  readonly health: () => HealthRoute | undefined;
  /** A health route of which it is not known whether and where it answers. */
  readonly doubtful: () => string | undefined;
}

/** Reads the sources below a package directory. */
export function readSources(project: Project, directory: string): NodeSources {
  const inside = (path: string) => posix.relative(directory, path);
  const all = sourcesBelow(project, directory, (path) => isSource(inside(path)));
  const files = all.files.filter(({ text }) => !isBundle(text));
  const listening = (): readonly Listen[] => {
    const called = files.flatMap((file) => listens(file, files));
    return called.length > 0 ? called : files.flatMap((file) => portServers(file, files));
  };
  return {
    files,
    complete: all.complete,
    writes: lazy(() => files.flatMap((file) => writes(file))),
    programs: lazy(() => files.flatMap((file) => calledPrograms(file))),
    listens: lazy(listening),
    health: lazy(() => healthRoute(project, directory, files)),
    doubtful: lazy(() => doubtfulRoute(files)),
  };
}

/** Minified output: one enormous line, whose literals say nothing. */
function isBundle(text: string): boolean {
  return text.length > 20_000 && text.length / (text.split('\n').length || 1) > 500;
}

const extension = /\.([cm]?[jt]sx?|vue|svelte|coffee)$/;
const ignored =
  /(^|\/)(node_modules|bower_components|public|static|assets|vendor|coverage|\.next|\.nuxt|\.output|\.svelte-kit|\.[\w-]+|__tests__|__mocks__|tests?|specs?|e2e|[\w.-]+-e2e|cypress|eslint-config[\w-]*|\.storybook|docs?|fixtures|\.husky)\//;
const testing = /(\.(test|spec|stories|e2e|cy)\.[cm]?[jt]sx?|\.d\.[cm]?ts|[.-]min\.js)$/;
const tooling =
  /^(\.?[\w.-]+rc|\.pnp(\.loader)?|[\w.-]*\.config|gulpfile|gruntfile|[\w.-]*\.conf|jest[\w.-]*|karma[\w.-]*|webpack[\w.-]*|rollup[\w.-]*|babel[\w.-]*|setupTests|vitest[\w.-]*)(\.(dev|prod|common|base))?\.[cm]?[jt]s$/i;
/** Settings of tools that only test and look; those of compilers lie beside sources of the same name in larger programs. */
const checking =
  /^((cypress|playwright|karma|protractor|wdio|nightwatch|codecept|eslint|prettier|stylelint|commitlint)\.(config|conf|preset)|(jest|vitest)[\w.-]*|setupTests)\.[cm]?[jt]s$/;
/** Settings that a server reads when it starts. */
const runtimeSettings = /^(next|nuxt|ecosystem|remix|server|app|db|database|knex|orm)\.config\./;

function isSource(path: string): boolean {
  if (posix.basename(path) === 'www') return true;
  if (!extension.test(path) || ignored.test(path) || testing.test(path)) return false;
  if (checking.test(posix.basename(path))) return false;
  return path.includes('/') || !tooling.test(path) || runtimeSettings.test(path);
}

/** First place where one of the names stands as a whole string (`'pg'`) or as the package of one (`'pg/lib/x'`). */
export function literalUse(
  files: readonly SourceText[],
  names: ReadonlySet<string>,
): { readonly name: string; readonly evidence: Evidence } | undefined {
  for (const { path, text } of files) {
    for (const match of text.matchAll(/(['"`])((?:@[\w.-]+\/)?[\w.-]+)(?:\/[\w./-]*)?\1/g)) {
      const name = match[2] ?? '';
      if (!names.has(name) || isTypeImport(text, match.index)) continue;
      return { name, evidence: { file: path, line: lineAt(text, match.index), says: match[0] } };
    }
  }
  return undefined;
}

/** `import type … from 'x'` and `typeof import('x')` are gone when it runs, and so is a line that is a comment. */
function isTypeImport(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', offset) + 1, offset);
  return (
    /^\s*(import|export)\s+type\s/.test(line) ||
    /typeof import\($/.test(line) ||
    /^\s*(\/\/|\*)/.test(line) ||
    /<reference types=$/.test(line)
  );
}
