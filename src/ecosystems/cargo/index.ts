/** Cargo: `Cargo.toml`, `Cargo.lock` and the `cargo` command. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import { type CarriedFile, carriedFiles } from '../../reading/carried.ts';
import { isWithin, type PlacedCommand, resolvePath, withParents } from '../../reading/commands.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import type { StartCommand } from '../../reading/start.ts';
import {
  type Artifact,
  type Artifacts,
  defineEcosystem,
  type Listener,
  type Need,
  type RuntimeNeeds,
  type StartMode,
  type Work,
} from '../ecosystem.ts';
import { builtFacts, sourcesOf } from './built.ts';
import { cargoFetch } from './fetch.ts';
import { besideCrate, librariesOf } from './libraries.ts';
import { type CargoFacts, readCargoFacts } from './manifest.ts';
import { cargoReasons } from './reasons.ts';
import {
  executionOf,
  listeningLine,
  type Port,
  type PortVariable,
  portsOf,
  portVariableOf,
  writingLine,
} from './scan.ts';

const { explain } = cargoReasons;

export const cargo = defineEcosystem<CargoFacts>({
  name: 'cargo',
  title: 'Cargo',
  reasons: cargoReasons.table,
  claims: (argv) => /(^|\/)cargo$/.test(argv[0] ?? ''),
  facts: readCargoFacts,
  describe: ({ file, package: name }) => [{ file, says: `Cargo (${name ?? 'workspace'})` }],
  role: (command) => role(command),
  needs,
  startMode,
  startsItsBuild: (reading) => started(reading).length > 0,
  dependencyStep: cargoFetch,
  lockedInstalls: () => known([]),
  prune: () => known(undefined),
  artifacts,
  runtime,
  listener,
  readsHistory: ({ facts }) =>
    facts.crates.some(({ name }) =>
      /^(vergen|vergen-\w+|shadow-rs|git-version|git_version|built|rustc_tools_util)$/.test(name),
    ) || facts.project.kind(posix.join(facts.directory, 'build.rs')) !== undefined,
  ignorable: ({ facts }) => [{ pattern: posix.join(facts.directory, 'target'), says: 'build output' }],
});

const fetchTools = ['git', 'ssh'];

function role(command: PlacedCommand): Work | undefined {
  const program = command.argv[0]?.split('/').at(-1) ?? '';
  if (program === 'rustup') return { role: 'tool', writes: [], provides: [], calls: fetchTools };
  if (program === 'strip' || program === 'upx')
    return { role: 'build', writes: command.cwd === undefined ? undefined : [command.cwd] };
  if (program !== 'cargo') return undefined;
  const here = command.cwd === undefined ? undefined : [command.cwd];
  const verb = command.argv.slice(1).find((word) => !word.startsWith('-') && !word.startsWith('+'));
  switch (verb) {
    case 'fetch':
    case 'vendor':
    case 'update':
    case 'generate-lockfile':
      return { role: 'dependencies', writes: here, calls: fetchTools };
    case 'install':
      return isOwnInstall(command)
        ? { role: 'build', writes: here, calls: fetchTools, toolChain: true }
        : { role: 'tool', writes: [], provides: [], calls: fetchTools };
    case 'test':
    case 'clippy':
    case 'fmt':
    case 'check':
    case 'bench':
    case 'audit':
    case 'deny':
      return { role: 'test', writes: [] };
    case undefined:
    case 'version':
    case 'help':
      return { role: 'inspect', writes: [] };
    default:
      return { role: 'build', writes: here, calls: fetchTools, toolChain: true };
  }
}

/** Cargo looks for its manifest upwards (The Cargo Book, "cargo build"). */
function needs({ argv, cwd, literal }: PlacedCommand): readonly Need[] {
  const verb = argv[1] ?? '';
  const plain = argv[0] === 'cargo' && /^(build|fetch|test|check|vendor|update|generate-lockfile)$/.test(verb);
  if (!plain || !literal || cwd === undefined || argv.some((word) => /^(--manifest-path|-C)/.test(word))) return [];
  return [withParents(cwd).map((at) => posix.join(at, 'Cargo.toml'))];
}

function isOwnInstall({ argv }: PlacedCommand): boolean {
  return argv.some((word) => word === '--path' || word.startsWith('--path='));
}

function startMode(reading: Reading<CargoFacts>): StartMode | undefined {
  const command = reading.start.commands.find((one) => /(^|\/)cargo$/.test(one.argv[0] ?? ''));
  if (command === undefined) return undefined;
  const verb = command.argv[1] ?? '';
  const mode = verb === 'watch' ? 'development' : /^(test|bench|nextest)$/.test(verb) ? 'tests' : 'builds-at-start';
  return { mode, program: command.argv.join(' '), evidence: command.evidence };
}

function builds(reading: Reading<CargoFacts>): readonly ReadCommand[] {
  return reading.commands.filter((command) => command.owner === 'cargo' && command.work.role === 'build');
}

/** Where Cargo leaves programs: `target/[triple/]profile/NAME` of the build, `CARGO_HOME/bin` or `--root` of an install. */
function builderOf(reading: Reading<CargoFacts>, path: string): ReadCommand | undefined {
  return builds(reading).findLast((command) => {
    const { argv, cwd } = command;
    if (cwd === undefined) return false;
    if (argv.includes('install')) return path.startsWith(`${installDirectory(reading, command)}/`);
    const inside = isWithin(path, posix.join(cwd, 'target'))
      ? posix.relative(posix.join(cwd, 'target'), path).split('/')
      : [];
    return argv.includes('build') && (inside.length === 2 || inside.length === 3);
  });
}

function installDirectory(reading: Reading<CargoFacts>, command: ReadCommand): string {
  const at = command.argv.indexOf('--root');
  const root = at < 0 ? undefined : resolvePath(command.cwd, command.argv[at + 1] ?? '');
  return posix.join(
    root ?? reading.baseOf(command.position.stage)?.config.env['CARGO_HOME'] ?? '/usr/local/cargo',
    'bin',
  );
}

interface Started {
  readonly command: StartCommand;
  readonly path: string;
  readonly by: ReadCommand;
}

function started(reading: Reading<CargoFacts>): readonly Started[] {
  return reading.start.commands.flatMap((command) => {
    for (const path of pathsOf(reading, command)) {
      const by = builderOf(reading, path) ?? placedBy(reading, path);
      if (by !== undefined) return [{ command, path, by }];
    }
    return [];
  });
}

/** Names that Cargo gave to the started programs. */
function startedNames(reading: Reading<CargoFacts>): readonly string[] {
  return started(reading).map(({ path, by }) =>
    posix.basename(by.owner === 'cargo' ? path : (by.work.reads?.[0] ?? path)),
  );
}

function pathsOf(reading: Reading<CargoFacts>, { argv }: StartCommand): readonly string[] {
  const word = argv[0] ?? '';
  if (word === '' || /[$`*]/.test(word)) return [];
  if (word.includes('/')) return [resolvePath(reading.chain.at(-1)?.workdir, word)].flatMap((path) => path ?? []);
  const path =
    reading.contract.env['PATH'] ?? '/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return path.split(':').map((directory) => posix.join(directory, word));
}

/** `cp target/release/x …` puts a program that Cargo built somewhere else. */
function placedBy(reading: Reading<CargoFacts>, path: string): ReadCommand | undefined {
  return reading.commands.findLast(({ argv, work }) => {
    const target = work.writes?.at(-1);
    const from = work.reads?.[0];
    if (!['cp', 'mv', 'install'].includes(argv[0] ?? '') || target === undefined || from === undefined) return false;
    return (
      (target === path || posix.join(target, posix.basename(from)) === path) && builderOf(reading, from) !== undefined
    );
  });
}

function artifacts(reading: Reading<CargoFacts>): Answer<Artifacts> {
  const { facts } = reading;
  const programs = started(reading);
  const main = reading.start.main;
  if (programs.length === 0) {
    const word = main?.argv[0] ?? '';
    if (main === undefined || /[$`*]/.test(word))
      return notKnown(explain('start-unclear', { command: main?.argv.join(' ') ?? '' }));
    return notKnown(explain('not-built', { path: word }, { evidence: [main.evidence] }));
  }
  const beside = besideCrate(facts);
  if (beside !== undefined)
    return notKnown(
      explain('shared-libraries', { file: beside.file, what: beside.name }, { evidence: [evidenceOf(beside)] }),
    );
  const data = dataArtifacts(reading);
  const workdir = reading.chain.at(-1)?.workdir ?? '/';
  if (data === undefined || data.length > MAX_DATA)
    return notKnown(explain('many-files', { count: data?.length ?? 'too many', path: workdir }));
  const paths: readonly Artifact[] = [...programs.map(({ path }) => ({ path, kind: 'file' as const })), ...data];
  const evidence = programs.flatMap(({ command, by }) => [command.evidence, commandEvidence(by)]);
  return known(
    { paths, leaves: ['the crates', 'the target directory'], toolChain: ['the Rust tool chain'] },
    ...evidence,
  );
}

const MAX_DATA = 12;
const sourceLike =
  /\.(rs|md)$|(^|\/)(Cargo\.(toml|lock)|rust-toolchain(\.toml)?|rustfmt\.toml|clippy\.toml|build\.rs|LICENSE[^/]*|README[^/]*|Makefile|justfile|\.gitignore|\.dockerignore|\.gitkeep|[^/]*[Dd]ockerfile[^/]*|(docker-)?compose[^/]*\.ya?ml|benchmark_config\.json)$|(^|\/)(target|tests|benches|examples|\.cargo|\.git|\.github|\.vscode|\.idea|vendor)\//;

/** Everything besides sources that the image gets, as directories where they hold nothing else; copied into the runtime stage as it is. */
function dataArtifacts(reading: Reading<CargoFacts>): readonly Artifact[] | undefined {
  const carried = carriedFiles(reading, [reading.stage]);
  if (carried === undefined) return undefined;
  const inTree = carried.filter(({ copy }) => feedsBuild(reading, copy.target));
  const data = inTree.filter(({ context }) => !sourceLike.test(context));
  return collapse(inTree, data);
}

function feedsBuild(reading: Reading<CargoFacts>, target: string | undefined): boolean {
  return (
    target !== undefined &&
    builds(reading).some(({ cwd }) => cwd !== undefined && (isWithin(target, cwd) || isWithin(cwd, target)))
  );
}

/** The highest directories that hold data only. */
function collapse(all: readonly CarriedFile[], data: readonly CarriedFile[]): readonly Artifact[] {
  const sources = all.filter((file) => !data.includes(file)).map(({ path }) => path);
  const found = new Map<string, Artifact>();
  for (const { path, copy } of data) {
    let best: Artifact = { path, kind: 'file' };
    for (
      let at = posix.dirname(path);
      at !== '/' && at !== copy.target && !sources.some((source) => isWithin(source, at));
      at = posix.dirname(at)
    ) {
      best = { path: at, kind: 'directory' };
    }
    found.set(best.path, best);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function evidenceOf({
  name,
  file,
  line,
}: {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}): Evidence {
  return { file, line, says: name };
}

const tlsCrates =
  /^(native-tls|openssl|rustls|rustls-native-certs|rustls-platform-verifier|reqwest|ureq|hyper-tls|hyper-rustls|isahc|curl|surf|tungstenite|lettre|aws-config)$/;

function runtime(reading: Reading<CargoFacts>): Answer<RuntimeNeeds> {
  const facts = builtFacts(reading);
  const beside = besideCrate(facts);
  if (beside !== undefined)
    return notKnown(
      explain('shared-libraries', { file: beside.file, what: beside.name }, { evidence: [evidenceOf(beside)] }),
    );
  const release = (
    builds(reading)
      .map(({ position }) => reading.baseOf(position.stage))
      .at(-1) ?? reading.base
  )?.release;
  const libraries = librariesOf(facts, release);
  if ('name' in libraries) {
    if (facts.locked)
      return notKnown(
        explain(
          'libraries-unknown',
          { file: libraries.file, what: libraries.name },
          { evidence: [evidenceOf(libraries)] },
        ),
      );
    return notKnown(explain('no-lock', undefined, { evidence: [evidenceOf(libraries)] }));
  }
  const sources = sourcesOf(facts, startedNames(reading));
  const execution = sources === undefined ? undefined : executionOf(sources);
  if (execution === undefined || execution.unknown !== undefined) {
    const at = execution?.unknown;
    return notKnown(
      explain('executes-unknown', {
        where: at === undefined ? 'a source beyond those that are read' : `${at.file}:${at.line}`,
      }),
    );
  }
  const tls = facts.crates.find(({ name }) => tlsCrates.test(name));
  const line = writingLine(sources ?? []);
  const store = facts.crates.find(({ name }) =>
    /^(libsqlite3-sys|rusqlite|sled|rocksdb|librocksdb-sys|redb|tracing-appender|log4rs|fern|flexi_logger)$/.test(name),
  );
  const writer = line ?? (store === undefined ? undefined : evidenceOf(store));
  return known(
    {
      kind: 'native',
      programs: execution.programs,
      packages: libraries.map(({ name, alpine, crate }) => ({ name, alpine, evidence: evidenceOf(crate) })),
      certificates: tls !== undefined || !facts.locked,
      timezones: reading.contract.env['TZ'] !== undefined,
      libcBound: true,
      ...(writer === undefined
        ? { writes: [] }
        : { writes: undefined, writesWhy: `${writer.file}:${writer.line} has ${writer.says}` }),
    },
    ...builds(reading)
      .slice(-1)
      .map((command) => commandEvidence(command)),
    ...(tls === undefined ? [] : [evidenceOf(tls)]),
  );
}

const serverCrates =
  /^(actix-web|actix-http|axum|rocket|warp|tide|hyper|poem|salvo|gotham|ntex|trillium|thruster|saphir|may_minihttp|iron|nickel|rouille|tiny_http|tonic|xitca-web|xitca-http|viz|hyperlane)$/;

function listener(reading: Reading<CargoFacts>): Answer<Listener> {
  const facts = builtFacts(reading);
  const sources = sourcesOf(facts, startedNames(reading)) ?? [];
  const exposed = [
    ...new Set(reading.contract.expose.filter((one) => !one.endsWith('/udp')).map((one) => Number.parseInt(one, 10))),
  ];
  const ports = portsOf(sources);
  const agreed = ports.filter(({ port }) => exposed.includes(port));
  const crate = facts.crates.find(({ name }) => serverCrates.test(name));
  const where = listeningLine(sources) ?? (crate === undefined ? undefined : evidenceOf(crate)) ?? agreed[0]?.evidence;
  if (where === undefined) return notKnown(explain('no-listener'));
  const variable = portVariableOf(sources);
  const port = portFrom(ports, exposed, variable);
  if (port === undefined || !Number.isInteger(port))
    return notKnown(explain('port-unclear', { where: `${where.file}:${where.line ?? 1}` }, { evidence: [where] }));
  const evidence =
    ports.find((one) => one.port === port)?.evidence ??
    (variable?.byDefault === port ? variable.evidence : { file: 'Dockerfile', says: `EXPOSE ${port}` });
  const portVariable = variable !== undefined && ports.length === 0 ? variable.name : undefined;
  return known({ port, portVariable, route: undefined, startPeriod: 10, probe: undefined }, where, evidence);
}

/** The one address of the sources, the one that EXPOSE names too, what stands in for the variable, or EXPOSE. */
function portFrom(
  ports: readonly Port[],
  exposed: readonly number[],
  variable: PortVariable | undefined,
): number | undefined {
  const distinct = [...new Set(ports.map(({ port }) => port))];
  if (distinct.length === 1) return distinct[0];
  const agreed = distinct.filter((port) => exposed.includes(port));
  if (distinct.length > 0) return agreed.length === 1 ? agreed[0] : undefined;
  return variable?.byDefault ?? (exposed.length === 1 ? exposed[0] : undefined);
}
