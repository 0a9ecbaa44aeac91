/** What kind of image this is. Only an application that is served or run from files of the context may be restructured. */
import type { Reason } from '../answer.ts';
import type { Stage } from '../dockerfile/model.ts';
import { lineage } from '../dockerfile/stages.ts';
import { speaksBusyBox } from '../images/users.ts';
import { defineReasons } from '../reason.ts';
import { isWithin, resolvePath } from './commands.ts';
import { mountsOver, namedForDevelopment, servesByItself, starts } from './compose-start.ts';
import { missingNeed, mustSucceed } from './missing-need.ts';
import { missingPackage } from './missing-package.ts';
import { osAction } from './os-packages.ts';
import type { ReadCommand, Reading } from './reading.ts';

export const imageReasons = defineReasons('image', {
  windows: 'the base image is Windows; only Linux images are migrated',
  'not-a-posix-shell': 'the commands run in {shell}, which dfmigrate does not read',
  'base-variable': {
    says: 'the base image {image} depends on a build argument without a default',
    settle: 'give the ARG a default',
  },
  'no-start':
    'nothing is started: there is no CMD or ENTRYPOINT, and no compose file says what runs, so this is a base, tool or CI image',
  'service-without-start': {
    says: 'there is no CMD or ENTRYPOINT, and of the services that compose builds of this image, {service} in {file} does not say what it starts',
    settle: 'write the command of that service, or a CMD',
  },
  'base-starts': {
    says: 'there is no CMD or ENTRYPOINT, so the base image {image} says what is started, and nothing is known about it',
    settle: 'write the CMD that the base image has',
  },
  'start-not-json': {
    says: '{instruction} in line {line} is no JSON list, because JSON has no single quotes, so a shell looks for a program whose name begins with a bracket',
    settle: 'write double quotes',
  },
  'sources-mounted':
    'compose alone says what is started, and its service {service} in {file} mounts sources of the host over those of the image, so this is an image for development',
  'no-files': 'no file of the build context is copied, so there is no application in it to split off',
  'keeps-alive':
    'the container only keeps a shell or a sleep alive ({command}), so it is a workbench and not a service',
  'several-processes': '{program} starts several processes; which of them needs what cannot be told',
  onbuild: 'ONBUILD instructions run in other Dockerfiles, whose needs are not known here',
  'onbuild-base': 'the base image {image} runs ONBUILD instructions that are not written here',
  infrastructure: 'the image customises {image}, a server that is not built here',
  lambda: 'the base image {image} brings its own runtime contract (AWS Lambda)',
  accelerator:
    'the base image {image} brings its own runtime (CUDA, conda, notebooks or machine learning), which no slim image replaces',
  'clones-sources': 'the sources are cloned in a RUN, so the build context says nothing about what is built',
  development: '{program} is a development server or watcher, so this is a development image',
  'development-too': {
    says: '{program} can start here too, a development server or watcher, so this image is for development as well',
    settle: 'start that by a Dockerfile or a compose command of its own',
  },
  preview: {
    says: '{program} shows a finished build to its author and is not meant to serve it, so this is a development image',
    settle: 'serve the build with a web server',
  },
  'builds-at-start': '{program} compiles or installs when the container starts, so its tools have to stay in the image',
  tests: '{program} runs tests, so this is a test image, which needs its sources and its tools',
  'program-missing': {
    says: 'line {line} runs `{program}`, which {image} does not have, so the file does not build as it stands',
    settle: 'name a version of the image that has it, or install it',
  },
  'file-missing': {
    says: 'line {line} runs `{program}`, which needs {path}, and nothing brings that into the image before, so the file does not build as it stands',
    settle: 'copy it into the image first',
  },
  'package-missing': {
    says: 'line {line} installs {name}, which {release} does not have, so the file does not build as it stands',
    settle: 'name an image of a release that has it, or the package that took its place',
  },
  'release-archived': {
    says: 'line {line} asks apt for packages of {release}, which were moved to an archive where the image does not look, so the file does not build as it stands',
    settle: 'name an image of a newer release; for a deprecated image, --with replace-deprecated-base does',
  },
  'foreign-options': {
    says: 'line {line} runs `{command}` with options of Alpine, which {image} does not understand, so the file does not build as it stands',
    settle: 'use groupadd and useradd, or an Alpine image',
  },
  'named-for-development': 'the file is named {name}, which marks an image for development or tests',
} as const);
const { explain } = imageReasons;

/** The reason to leave the whole file alone, or `undefined` for an application image. */
export function leaveAlone(reading: Reading, path: string): Reason | undefined {
  return (
    byName(path) ??
    byBase(reading) ??
    byStart(reading) ??
    byContent(reading) ??
    byBuild(reading) ??
    byPackages(reading) ??
    byOptions(reading) ??
    byNeed(reading)
  );
}

function byName(path: string): Reason | undefined {
  const parts = path.split('/');
  const name = parts.at(-1) ?? path;
  const marked = namedForDevelopment(name) || parts.includes('.devcontainer');
  return marked
    ? explain('named-for-development', { name: parts.includes('.devcontainer') ? '.devcontainer' : name })
    : undefined;
}

const windowsImages = /(^|\/)(windows|nanoserver|servercore|windowsservercore)\b|\bnanoserver|windowsservercore/i;
const accelerated =
  /(^|\/)(cuda|tensorflow|pytorch|jupyter|notebook|miniconda3?|anaconda3?|mambaforge|miniforge3?|micromamba|vllm|triton|beam_[a-z]|sagemaker)[^/]*$|(^|\/)jupyter\/|nvidia\//i;
const infrastructure = new Set([
  'postgres',
  'mysql',
  'mariadb',
  'mongo',
  'redis',
  'elasticsearch',
  'kibana',
  'logstash',
  'rabbitmq',
  'memcached',
  'cassandra',
  'neo4j',
  'couchdb',
  'influxdb',
  'grafana',
  'prometheus',
  'alertmanager',
  'keycloak',
  'jenkins',
  'sonarqube',
  'traefik',
  'haproxy',
  'envoy',
  'consul',
  'vault',
  'zookeeper',
  'kafka',
  'solr',
  'minio',
  'wordpress',
  'nextcloud',
  'ghost',
  'adminer',
  'pgadmin4',
  'fluentd',
  'fluent-bit',
  'telegraf',
  'clickhouse-server',
  'timescaledb',
  'postgis',
  'opensearch',
  'docker',
  'registry',
  'gitlab-runner',
  'nginx-proxy',
  'varnish',
  'squid',
  'mssql',
  'server',
]);

function byBase(reading: Reading): Reason | undefined {
  const from = reading.chain[0]?.stage.from ?? reading.stage.from;
  const image = reading.contract.from;
  if (image.includes('$')) return explain('base-variable', { image: from.image }, { at: from.imageSpan });
  if (windowsImages.test(image)) return explain('windows');
  const shell = reading.positions.find((position) =>
    /powershell|pwsh|cmd(\.exe)?$/i.test(position.shell?.[0] ?? ''),
  )?.shell;
  if (shell !== undefined) return explain('not-a-posix-shell', { shell: shell[0] ?? '' });
  if (/(^|[:-])onbuild$/.test(image)) return explain('onbuild-base', { image });
  if (/lambda/i.test(image)) return explain('lambda', { image });
  if (accelerated.test(image.replace(/[@:][^/]*$/, ''))) return explain('accelerator', { image });
  const name =
    image
      .replace(/[@:][^/]*$/, '')
      .split('/')
      .at(-1) ?? '';
  if (infrastructure.has(name)) return explain('infrastructure', { image });
  return undefined;
}

const keepAlive = new Set([
  'bash',
  'sh',
  '/bin/bash',
  '/bin/sh',
  'zsh',
  'tail',
  'sleep',
  'top',
  'cat',
  'true',
  'fish',
  'jshell',
  'python',
  'python3',
  'node',
  'irb',
  'ash',
  '/bin/ash',
  '/usr/bin/bash',
]);
const supervisors = new Set([
  'supervisord',
  's6-svscan',
  'runsvdir',
  'init',
  'forego',
  'foreman',
  'honcho',
  'my_init',
  'circusd',
  'systemd',
  'runit',
  'overmind',
  'goreman',
]);

function notStarted({ project }: Reading): Reason {
  const services = project.services();
  const started = new Set(services.filter(starts).map(({ name }) => name));
  const silent = services.find(({ name }) => !started.has(name));
  if (started.size === 0 || silent === undefined) return explain('no-start');
  return explain('service-without-start', { service: silent.name, file: silent.file });
}

function byStart(reading: Reading): Reason | undefined {
  const { start, base } = reading;
  if (reading.positions.some((position) => position.instruction.keyword === 'ONBUILD')) return explain('onbuild');
  const { services } = start;
  if (start.inherited && services.length === 0 && !servesByItself(base?.family))
    return base === undefined ? explain('base-starts', { image: reading.contract.from }) : notStarted(reading);
  const workdir = reading.chain.at(-1)?.workdir;
  const [mounting] = services;
  if (mounting !== undefined && services.every((one) => mountsOver(one, workdir)))
    return explain('sources-mounted', { service: mounting.name, file: mounting.file });
  const listed = [start.entrypoint, start.cmd].find((one) => /^\s*\['/.test(one?.body.text ?? ''));
  if (listed?.form === 'shell')
    return explain('start-not-json', { line: listed.firstLine, instruction: listed.keyword }, { at: listed.span });
  const main = start.main;
  const program = main?.argv[0]?.split('/').at(-1) ?? '';
  const everyProgram = start.commands.map((command) => command.argv[0]?.split('/').at(-1) ?? '');
  const supervisor = everyProgram.find((name) => supervisors.has(name));
  if (supervisor !== undefined) return explain('several-processes', { program: supervisor });
  if (main !== undefined && idles(program, main.argv)) return explain('keeps-alive', { command: main.argv.join(' ') });
  return undefined;
}

/** Only keeps the container alive: `tail -f /dev/null`, `sleep infinity`, a shell. */
export function idles(program: string, argv: readonly string[]): boolean {
  if (program === 'tail')
    return argv.some((word) => word.startsWith('-') && word.includes('f')) && argv.some((word) => word === '/dev/null');
  if (program === 'sleep') return argv[1] === 'infinity' || Number(argv[1]) > 3600;
  return keepAlive.has(argv[0] ?? '') && argv.slice(1).every((word) => /^-[il]+$/.test(word) || word === '--login');
}

/** The program starts in the directory that `git clone` makes, and nothing of the context is copied into it. */
function startsInClone(reading: Reading, { argv, cwd }: ReadCommand): boolean {
  const at = argv.findIndex((word) => /^[^-].*[/:]/.test(word));
  const directory = argv.slice(at + 1).find((word) => !word.startsWith('-'));
  const name =
    directory ??
    argv[at]
      ?.split('/')
      .at(-1)
      ?.replace(/\.git$/, '');
  const made = name === undefined ? undefined : resolvePath(cwd, name);
  const workdir = reading.chain.at(-1)?.workdir;
  if (made === undefined || made === '/' || workdir === undefined || !isWithin(workdir, made)) return false;
  return !reading.copies.some(
    ({ from, target }) => from === undefined && target !== undefined && isWithin(target, made),
  );
}

function byContent(reading: Reading): Reason | undefined {
  const clones = reading.commands.find((command) => command.argv[0] === 'git' && command.argv.includes('clone'));
  const fromContext = reading.copies.some((copy) => copy.from === undefined);
  if (clones !== undefined && (!fromContext || startsInClone(reading, clones)))
    return explain('clones-sources', undefined, { at: clones.span });
  if (!fromContext) return explain('no-files');
  for (const { ecosystem, facts, directory } of reading.active) {
    const mode = ecosystem.startMode({ ...reading, ecosystem, facts, directory });
    if (mode === undefined) continue;
    return explain(mode.mode, { program: mode.program }, { evidence: [mode.evidence] });
  }
  return undefined;
}

/** A step of the build whose program is not in the image, and that nothing before it can have brought. */
function byBuild(reading: Reading): Reason | undefined {
  for (const [index, command] of reading.commands.entries()) {
    const program = command.argv[0] ?? '';
    const { stage } = command.position;
    const base = reading.baseOf(stage);
    if (!command.literal || program.includes('/') || base?.has(program) !== 'absent') continue;
    if (command.work.role !== 'dependencies' && command.work.role !== 'build') continue;
    const stages = lineage(reading.file, stage);
    const before = reading.commands.slice(0, index).filter((one) => stages.includes(one.position.stage));
    const hidden = reading.opaque.some((run) => stages.some(({ instructions }) => instructions.includes(run)));
    if (hidden || before.some((one) => mayBring(reading, one, program))) continue;
    if (stages.some((one) => carriesPrograms(reading, one))) continue;
    const line = command.instruction.firstLine;
    return explain('program-missing', { line, program, image: stage.from.image }, { at: command.span });
  }
  return undefined;
}

function byPackages(reading: Reading): Reason | undefined {
  const missing = missingPackage(reading);
  if (missing === undefined) return undefined;
  const { command, name, release } = missing;
  const line = command.instruction.firstLine;
  const ground = { at: command.span };
  return name === undefined
    ? explain('release-archived', { line, release }, ground)
    : explain('package-missing', { line, name, release }, ground);
}

function byOptions(reading: Reading): Reason | undefined {
  const command = reading.commands.find((one) => {
    const base = reading.baseOf(one.position.stage);
    return base !== undefined && mustSucceed(reading, one) && speaksBusyBox(base, one.argv);
  });
  if (command === undefined) return undefined;
  const { instruction, position, argv, span } = command;
  const image = position.stage.from.image;
  return explain('foreign-options', { line: instruction.firstLine, command: argv.join(' '), image }, { at: span });
}

function byNeed(reading: Reading): Reason | undefined {
  const missing = missingNeed(reading);
  if (missing === undefined) return undefined;
  const { command, need } = missing;
  const line = command.instruction.firstLine;
  const program = command.argv.join(' ');
  return explain('file-missing', { line, program, path: need[0] ?? '' }, { at: command.span });
}

/** It may put programs on PATH: installs, downloads, copies, and whatever nobody knows. */
function mayBring(reading: Reading, command: ReadCommand, program: string): boolean {
  if (command.work.role === 'os-packages') return packagesMayBring(reading, command, program);
  return !['inspect', 'shell', 'os-index', 'os-clean', 'user', 'test', 'prune'].includes(command.work.role);
}

/**
 * Packages whose programs are listed bring no others: those of Alpine, and on Debian tools, libraries and headers. Languages
 * come with more there when they are installed from their makers' own repositories.
 */
function packagesMayBring({ images, baseOf }: Reading, command: ReadCommand, program: string): boolean {
  const action = osAction(command);
  if (action?.kind !== 'install' || action.install.opaque !== undefined) return true;
  const { manager, packages } = action.install;
  const { stage } = command.position;
  if (manager === 'dnf') return true;
  return packages.some(({ name }) => {
    const facts = images.osPackage(name, baseOf(stage)?.release, manager);
    const listed =
      manager === 'apk'
        ? facts.class !== 'unknown'
        : ['tool', 'runtime'].includes(facts.class) || (facts.class === 'build' && name.endsWith('-dev'));
    return !listed || facts.commands.includes(program);
  });
}

/** Files of other images, or a PATH of the file's own, may bring programs too. */
function carriesPrograms({ copies, positions }: Reading, stage: Stage): boolean {
  return (
    copies.some((copy) => copy.position.stage === stage && copy.from !== undefined) ||
    positions.some(
      (position) =>
        position.stage === stage &&
        position.instruction.keyword === 'ENV' &&
        /(^|\s)PATH[=\s]/.test(position.instruction.body.text),
    )
  );
}
