/** Go: `go.mod`, the `go` command, and the tools of the time before modules (dep, glide, go-wrapper). */
import { posix } from 'node:path';
import { type Answer, known, notKnown } from '../../answer.ts';
import { isWithin, type PlacedCommand, resolvePath, withParents } from '../../reading/commands.ts';
import { contextDirectory } from '../../reading/origins.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import { type DependencyStep, defineEcosystem, type Need, type Work } from '../ecosystem.ts';
import { goArtifacts, startedPrograms } from './artifacts.ts';
import { environmentOf, goCommand, isForeignPackage, programNameOf } from './command.ts';
import { goVersion } from './declared.ts';
import { makeWork } from './make.ts';
import { goListener } from './network.ts';
import { outputsOf } from './outputs.ts';
import { type GoFacts, readGoFacts } from './packages.ts';
import { goProduction } from './production.ts';
import { goReasons } from './reasons.ts';
import { goRuntime } from './runtime.ts';
import { goStartMode, watchers } from './start-mode.ts';
import { strippedBuilds } from './strip.ts';

const { explain } = goReasons;

/** Programs of Go projects that write sources or data below the directory they run in, by their own documentation. */
const generators = new Set([
  'swag',
  'templ',
  'sqlc',
  'wire',
  'mockgen',
  'mockery',
  'stringer',
  'statik',
  'packr',
  'packr2',
  'rice',
  'go-bindata',
  'go-bindata-assetfs',
  'esc',
  'fileb0x',
  'gqlgen',
  'oapi-codegen',
  'easyjson',
  'qtc',
  'goctl',
  'buf',
  'protoc',
  'enumer',
  'ent',
  'garble',
  'gox',
  'goimports',
  'gofmt',
  'upx',
  'strip',
  'xgo',
]);
const fetchers = new Set(['dep', 'glide', 'godep', 'govendor', 'gvt', 'gom', 'trash']);
const checkers = new Set([
  'golangci-lint',
  'golint',
  'staticcheck',
  'gotestsum',
  'ginkgo',
  'govulncheck',
  'gosec',
  'revive',
  'goveralls',
]);
export const go = defineEcosystem<GoFacts>({
  name: 'go',
  title: 'Go',
  reasons: goReasons.table,
  claims: (argv) =>
    /(^|\/)(go|go-wrapper|make)$/.test(argv[0] ?? '') ||
    fetchers.has(argv[0] ?? '') ||
    (watchers.has(base(argv)) && base(argv) !== 'nodemon'),
  facts: readGoFacts,
  describe: ({ mod, directory }) => [
    mod === undefined
      ? { file: directory === '' ? '.' : directory, says: 'Go without go.mod' }
      : { file: mod.file, line: mod.moduleLine, says: `Go (${mod.module})` },
  ],
  role,
  needs,
  startMode: goStartMode,
  startsItsBuild: (reading) => startedPrograms(reading).some(({ output }) => output !== undefined),
  dependencyStep,
  lockedInstalls: () => known([]),
  prune: () => known(undefined),
  artifacts: goArtifacts,
  runtime: goRuntime,
  listener: goListener,
  readsHistory: ({ facts }) => {
    const { byDirectory, complete } = facts.sources();
    return (
      !complete ||
      [...byDirectory.values()].flat().some((source) => /\bdebug\.ReadBuildInfo\b/.test(source.code)) ||
      /\bgit\b/.test(facts.project.read(posix.join(facts.root, 'Makefile')) ?? '')
    );
  },
  stripped: strippedBuilds,
  declaredVersion: goVersion,
  productionEnvironment: goProduction,
  ignorable: builtHere,
});

function base(argv: readonly string[]): string {
  return argv[0]?.split('/').at(-1) ?? '';
}

/** Programs that `go` calls to fetch modules. */
const fetchTools = ['git', 'hg', 'svn', 'bzr', 'fossil', 'ssh'];
const fetching = new Set(['dependencies', 'build', 'tool']);

function role(command: PlacedCommand, facts: GoFacts): Work | undefined {
  const work = goWork(command, facts) ?? makeWork(command, facts);
  return work !== undefined && fetching.has(work.role) ? { ...work, calls: fetchTools } : work;
}

/** Modules are fetched for the `go.mod` here or above, or for a workspace (go.dev/ref/mod). */
function needs(command: PlacedCommand): readonly Need[] {
  const call = goCommand(command);
  if (call?.verb !== 'mod' || !/^(download|tidy|vendor|verify)$/.test(call.action ?? '')) return [];
  if (command.cwd === undefined || call.operands.length > 0 || call.flags.size > 0) return [];
  return [withParents(command.cwd).flatMap((at) => [posix.join(at, 'go.mod'), posix.join(at, 'go.work')])];
}

function goWork(command: PlacedCommand, facts: GoFacts): Work | undefined {
  const program = base(command.argv);
  const here = command.cwd === undefined ? undefined : [command.cwd];
  if (generators.has(program)) return { role: 'build', writes: here };
  if (checkers.has(program)) return { role: 'test', writes: [] };
  if (fetchers.has(program)) return { role: 'dependencies', writes: here };
  if (program === 'go-wrapper')
    return { role: command.argv[1] === 'download' ? 'dependencies' : 'build', writes: here };
  if (program === 'git' && command.argv[1] === 'config')
    return { role: 'tool', writes: ['/root/.gitconfig'], provides: ['git'] };
  const go = goCommand(command);
  if (go === undefined) return undefined;
  switch (go.verb) {
    case 'mod':
      if (go.action === 'download') return { role: 'dependencies', writes: [] };
      if (go.action === 'tidy' || go.action === 'vendor') return { role: 'dependencies', writes: here };
      return go.action === 'init' || go.action === 'edit'
        ? { role: 'build', writes: here }
        : { role: 'inspect', writes: [] };
    case 'install':
    case 'get':
      return installWork(command, go.operands, go.flags.has('d'), go.verb, facts);
    case 'build':
    case 'generate':
    case 'run':
    case 'tool':
    case 'work':
      return { role: 'build', writes: outputPaths(command, go.flags.get('o')) };
    case 'test':
    case 'vet':
    case 'fix':
    case 'fmt':
      return { role: 'test', writes: [] };
    case 'env':
      return { role: 'tool', writes: [], provides: [] };
    default:
      return { role: 'inspect', writes: [] };
  }
}

function outputPaths(command: PlacedCommand, output: string | undefined): readonly string[] | undefined {
  if (command.cwd === undefined) return undefined;
  const path = output === undefined || /[$`]/.test(output) ? undefined : resolvePath(command.cwd, output);
  return path === undefined || isWithin(path, command.cwd) ? [command.cwd] : [command.cwd, path];
}

/** Programs of other modules are tools of the image; the application's own are its build. */
function installWork(
  command: PlacedCommand,
  operands: readonly string[],
  only: boolean,
  verb: string,
  facts: GoFacts,
): Work {
  const foreign = operands.length > 0 && operands.every((one) => isForeignPackage(one, facts.mod?.module));
  if (foreign && verb === 'install')
    return { role: 'tool', writes: [posix.join('/go/bin', programNameOf(operands[0] ?? ''))], provides: [] };
  if (verb === 'get' && (only || foreign || operands.length > 0))
    return { role: 'dependencies', writes: command.cwd === undefined ? undefined : [command.cwd] };
  return { role: 'build', writes: command.cwd === undefined ? undefined : [command.cwd] };
}

function owned(reading: Reading<GoFacts>, wanted: Work['role']): readonly ReadCommand[] {
  return reading.commands.filter((command) => command.owner === 'go' && command.work.role === wanted);
}

function dependencyStep(reading: Reading<GoFacts>): Answer<DependencyStep> {
  const { facts } = reading;
  const build = owned(reading, 'build').find((command) =>
    ['build', 'install', 'generate', 'run'].includes(goCommand(command)?.verb ?? ''),
  );
  const fetches = owned(reading, 'dependencies');
  const download = fetches.find((command) => goCommand(command)?.action === 'download');
  const anchor = download ?? build;
  if (anchor === undefined) return notKnown(explain('no-install'));
  const blocked = blockedStep(reading, anchor, fetches);
  if (blocked !== undefined) return blocked;
  const mod = facts.mod;
  if (mod === undefined) return notKnown(explain('no-module'));
  if (mod.requires.length === 0 && download === undefined) return notKnown(explain('no-install'));
  const manifests = [
    mod.file,
    ...(facts.sum ? [posix.join(facts.root, 'go.sum')] : []),
    ...mod.localReplaces.map(({ path }) => posix.join(facts.root, path, 'go.mod')),
  ];
  const evidence = { file: mod.file, line: mod.moduleLine, says: `${mod.requires.length} requirements` };
  const step = { manifests, directory: facts.root, overlays: [] };
  if (download !== undefined) return known({ ...step, install: { kind: 'existing', command: download } }, evidence);
  return known({ ...step, install: { kind: 'added', text: 'go mod download', before: anchor } }, evidence);
}

/** Every reason why the manifests alone do not suffice. */
function blockedStep(
  reading: Reading<GoFacts>,
  anchor: ReadCommand,
  fetches: readonly ReadCommand[],
): Answer<never> | undefined {
  const { facts } = reading;
  const made = reading.commands
    .map((command) => goCommand(command))
    .find((go) => go?.verb === 'mod' && go.action === 'init');
  if (made !== undefined)
    return notKnown(explain('module-made-here', { command: made.placed.argv.join(' ') }, { at: made.placed.span }));
  const mod = facts.mod;
  if (mod === undefined || environmentOf(anchor, 'GO111MODULE', reading.commands) === 'off')
    return notKnown(explain('no-module'));
  const flags = environmentOf(anchor, 'GOFLAGS', reading.commands) ?? '';
  if (facts.vendored || /-mod=vendor/.test(flags) || anchor.argv.includes('-mod=vendor'))
    return notKnown(explain('vendored'));
  const workspace =
    facts.workspace !== undefined && environmentOf(anchor, 'GOWORK', reading.commands) !== 'off'
      ? facts.workspace
      : undefined;
  if (workspace !== undefined) return notKnown(explain('workspace', { file: workspace.file }));
  const looksUp = fetches.find(
    (command) => goCommand(command)?.action !== 'download' && command.span.start < anchor.span.start,
  );
  if (looksUp !== undefined)
    return notKnown(explain('get-needs-sources', { command: looksUp.argv.join(' ') }, { at: looksUp.span }));
  if (mod.requires.length > 0 && !facts.sum) return notKnown(explain('no-sum', { file: mod.file }));
  for (const { path, line } of mod.localReplaces) {
    const manifest = posix.join(facts.root, path, 'go.mod');
    if (
      path.startsWith('/') ||
      manifest.startsWith('..') ||
      reading.project.kind(manifest) !== 'file' ||
      !reading.project.sends(manifest)
    ) {
      return notKnown(
        explain('replace-outside', { file: mod.file, line, path }, { evidence: [commandEvidence(anchor)] }),
      );
    }
  }
  return undefined;
}

/** Programs that the build leaves inside the tree it is built from. */
function builtHere(reading: Reading<GoFacts>): readonly { readonly pattern: string; readonly says: string }[] {
  return outputsOf(reading).flatMap(({ path, command }) => {
    if (command.cwd === undefined || !isWithin(path, command.cwd) || goCommand(command)?.flags.get('o') === undefined)
      return [];
    const directory = contextDirectory(reading.copies, command.position.stage, command.cwd, reading.project);
    if (directory === undefined || command.cwd === '/') return [];
    const pattern = posix.join(directory, posix.relative(command.cwd, path));
    return reading.project.kind(pattern) === 'directory' || pattern.endsWith('.go')
      ? []
      : [{ pattern, says: 'the program that the build makes anew' }];
  });
}
