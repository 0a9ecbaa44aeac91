/** Which files of the context a program may read when it runs, and which of them the runtime stage has to get. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import { type CarriedFile, outermost } from '../../reading/carried.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import { contextPath } from '../../reading/origins.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Artifact } from '../ecosystem.ts';
import type { GoFacts } from './packages.ts';
import type { FileUse, Scan } from './scan.ts';

/** Names that matter to people, version control, CI, deployment and the compiler, and to no running program. */
const tooling: readonly RegExp[] = [
  /\.(go|s|c|h|cc|cpp|cxx|hpp|hh|m|swig|swigcxx|proto|tf|puml|http|iml)$/i,
  /^[^/]*\.(md|markdown|rst|adoc)$|(^|\/)(docs?|\.github)\/.*\.(md|markdown|rst|adoc)$|(^|\/)README\.\w+$/i,
  /(^|\/)(go\.(mod|sum|work|work\.sum)|Gopkg\.(toml|lock)|glide\.(yaml|lock)|vendor\.conf)$/,
  /(^|\/)(Dockerfile|Containerfile)[^/]*$|\.(dockerfile|containerfile)$/i,
  /(^|\/)(docker-)?compose[^/]*\.ya?ml$/i,
  /(^|\/)(GNU)?[Mm]akefile$|\.mk$|(^|\/)(Taskfile|Justfile|justfile|Procfile|Jenkinsfile|Tiltfile|Earthfile|Vagrantfile|magefile)[^/]*$/,
  /(^|\/)(LICEN[CS]E|COPYING|NOTICE|AUTHORS|CONTRIBUTORS|CODEOWNERS|OWNERS|CHANGELOG|README|SECURITY|PATENTS)(\.[^/]*)?$/i,
  /(^|\/)\.(git|github|gitlab|circleci|vscode|idea|husky|devcontainer)\//,
  /(^|\/)\.(gitignore|gitattributes|gitmodules|gitkeep|keep|dockerignore|editorconfig|golangci[^/]*|goreleaser[^/]*|gitlab-ci[^/]*|travis[^/]*|air[^/]*|pre-commit[^/]*|codecov[^/]*|mockery[^/]*|tool-versions|envrc|DS_Store|prettierrc[^/]*|drone[^/]*|realize[^/]*)$/i,
  /(^|\/)(sonar-project\.properties|codecov\.ya?ml|renovate\.json|skaffold\.ya?ml|cloudbuild\.ya?ml|fly\.toml|render\.ya?ml|railway\.(json|toml)|app\.json|buf(\.gen|\.work)?\.(ya?ml|lock)|sqlc\.ya?ml|gqlgen\.ya?ml|benchmark_config\.json|azure-pipelines[^/]*|bitbucket-pipelines[^/]*|reflex\.conf|modd\.conf|air\.toml|air\.conf)$/i,
  /(^|\/)(vendor|testdata|k8s|kubernetes|helm|charts?|terraform|\.terraform|Godeps)\//,
];

export function isTooling(context: string): boolean {
  return tooling.some((pattern) => pattern.test(context));
}

/** Files that `//go:embed` compiles into the program: they are in it already. */
export function embedded(scan: Scan): (context: string) => boolean {
  const patterns = scan.sources.flatMap((source) =>
    source.embeds.map((one) => posix.join(posix.dirname(source.path), one)),
  );
  const prefixes = patterns.map((one) => (/[*?[]/.test(one) ? one.slice(0, one.search(/[*?[]/)) : one));
  return (context) =>
    prefixes.some(
      (prefix) =>
        context === prefix ||
        context.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`) ||
        (/[*?[]/.test(patterns[prefixes.indexOf(prefix)] ?? '') && context.startsWith(prefix)),
    );
}

export interface NamedFiles {
  readonly artifacts: readonly Artifact[];
  readonly evidence: readonly Evidence[];
}

/** Context files and directories that a string of the sources names, relative to the working directory or absolute, as image paths. */
export function namedFiles(
  reading: Reading<GoFacts>,
  scan: Scan,
  carried: readonly CarriedFile[],
  stage: Parameters<typeof contextPath>[1],
): readonly Artifact[] {
  const workdir = reading.chain.at(-1)?.workdir;
  const found = new Map<string, Artifact>();
  for (const text of scan.strings) {
    const cut = text.search(/[*?[{%]/);
    const literal = cut < 0 ? text : text.slice(0, text.lastIndexOf('/', cut) + 1);
    const named = literal === '' || /^[./]*$/.test(literal) ? undefined : resolvePath(workdir, literal);
    const path = named === undefined ? undefined : existing(named, workdir, carried);
    const context = path === undefined ? undefined : contextPath(reading.copies, stage, path, reading.project);
    if (path === undefined || context === undefined) continue;
    found.set(path, { path, kind: reading.project.kind(context) === 'directory' ? 'directory' : 'file' });
  }
  return outermost([...found.values()]);
}

/** The path, or the nearest directory above it that holds more than sources: a file may be made there. */
function existing(named: string, workdir: string | undefined, carried: readonly CarriedFile[]): string | undefined {
  for (let path = named; path !== '/' && path !== '.' && path !== workdir; path = posix.dirname(path)) {
    const within = carried.filter((file) => file.path === path || file.path.startsWith(`${path}/`));
    if (within.length > 0) return within.every((file) => file.context.endsWith('.go')) ? undefined : path;
  }
  return undefined;
}

/**
 * A file that the program opens by its name and that no commit has to have, below a directory that is copied whole: whoever
 * builds may have it there, and then the image has it. What a RUN makes or the program writes itself is none.
 */
export function uncommittedRead(reading: Reading<GoFacts>, scan: Scan): FileUse | undefined {
  const { project } = reading;
  const workdir = reading.chain.at(-1)?.workdir;
  const textOf = ({ value }: FileUse) => (value.kind === 'text' ? value.text : undefined);
  return scan.reads.find((one) => {
    const text = textOf(one);
    const path = text === undefined || /^[./]*$|[*?[{%]/.test(text) ? undefined : resolvePath(workdir, text);
    if (path === undefined || scan.writes.some((write) => textOf(write) === text)) return false;
    if (reading.commands.some(({ work }) => work.writes?.includes(path) === true)) return false;
    return reading.copies.some(
      (copy) =>
        copy.from === undefined &&
        copy.position.stage === reading.stage &&
        copy.origins.some((origin) => {
          if (origin.kind !== 'directory' || !isWithin(path, origin.path)) return false;
          const context = posix.join(origin.source, posix.relative(origin.path, path));
          return project.sends(context) && (project.kind(context) === undefined || isEnvironment(context));
        }),
    );
  });
}

/** Files of variables hold what differs from one machine to the next. */
function isEnvironment(context: string): boolean {
  return /^\.env(\.(local|production|prod))?$/.test(posix.basename(context));
}
