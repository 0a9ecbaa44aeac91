import { type Edit, keywordLike } from '../src/dockerfile/edit.ts';
import type { Copy, Dockerfile } from '../src/dockerfile/model.ts';
import { insertAbove, insertBehind } from '../src/dockerfile/rewrite.ts';
import { freeUid, nonRootUser } from '../src/images/users.ts';
import { isWithin } from '../src/reading/commands.ts';
import { createdUsers, takenNames } from '../src/reading/created-users.ts';
import { readableByRoot } from '../src/reading/fetched.ts';
import { keptVolume, mountedData, mountedForWriting } from '../src/reading/mounted.ts';
import { type OwnedPaths, ownedPaths } from '../src/reading/owned-paths.ts';
import { privilegedUse } from '../src/reading/privilege.ts';
import type { Reading } from '../src/reading/reading.ts';
import { servicesNeed } from '../src/reading/service-needs.ts';
import { holdsSystem, isShared } from '../src/reading/shared-directories.ts';
import { shellWord } from '../src/shell/program.ts';
import { defineTransform, done, refuse, type Wishes } from '../src/transform.ts';

/**
 * Rewrites: an image that runs as root => the same with a USER that exists there, owning what the program writes and the
 * directory in which it starts.
 * Safe because: the paths the program writes are known and given to the user, in the build stage when they come from there (that
 * costs no layer); nothing it starts needs root; the user is one of the image, the one that the file makes, or is created with
 * the tools of that image.
 * Refuses when: what is written cannot be listed, something started needs root, or data of earlier runs belongs to root.
 * Leaves alone: images that have a user, and programs that give up root themselves.
 */
export const dropRoot = defineTransform({
  name: 'drop-root',
  summary: 'run as a user without privileges',
  tags: ['story', 'security', 'runtime'],
  default: true,
  changes: ['USER'],
  reasons: {
    'already-unprivileged': 'the image runs as {user}',
    'drops-itself': '{program} gives up root by itself',
    'root-on-purpose': 'a comment in line {line} says that running as root is intended',
    'base-unknown': {
      says: 'nothing is known about the base image {image}, so not which users it has',
      settle: 'write a USER',
    },
    'writes-unknown': {
      says: 'it is not known what the program writes: {why}',
      settle: 'write a USER and give it these paths',
    },
    'service-unclear': {
      says: 'the service {service} in {file} starts the image in another way, and it is not known whether that runs without root: {why}',
      settle: 'name a user in that service, or write a USER',
    },
    'program-unknown': { says: 'no ecosystem says what the program writes', settle: 'write a USER' },
    'needs-root': { says: '{what} needs root', settle: 'run it in another container' },
    'home-of-root': { says: '{where} uses {path}, the home of root', settle: 'keep these files outside of /root' },
    'volume-of-root': {
      says: '{path} is a volume; data of earlier runs in it belongs to root',
      settle: 'change the owner of the existing data, then write a USER',
    },
    'readable-by-root': {
      says: 'ADD in line {line} fetches {path}, which only root can read',
      settle: 'let everybody read it, with ADD --chmod or RUN chmod, or write a USER',
    },
    'system-directory': {
      says: 'the program writes into {path}, and who owns that directory can replace what the system has in it',
      settle: 'let it write into a directory of its own',
    },
    'mounted-from-host': {
      says: '{path} is mounted from the host, where files keep their owner',
      settle: 'give the mounted files to a user, then write a USER',
    },
    'no-user': {
      says: '{image} has no user without privileges and no tool that is known to create one',
      settle: 'write a USER with a number',
    },
    'no-owner': '{path} has to be writable, and {image} has no shell that could change its owner',
    unprivileged: 'the program runs as {user}',
    'has-home': '{user} gets a home directory, as {what}',
    owns: '{user} owns {paths}, which the program writes',
    'owns-directory':
      '{user} owns the directory {path}, not what lies in it, so a file that is made there unforeseen can be made',
    'owns-made': '{user} owns {paths}, which a RUN makes below /tmp',
    'privileged-port': 'port {port} is below 1024: Docker allows it to any user, Kubernetes and podman may not',
  },
  run(reading, explain, wishes) {
    const { base, contract } = reading;
    const current = contract.user ?? base?.config.user;
    if (current !== undefined && !/^(root|0)(:|$)/.test(current))
      return done(explain('already-unprivileged', { user: current }));
    const intended = reading.file.comments.find((comment) =>
      /hadolint\s+ignore=.*DL3002|runs? as root on purpose/i.test(comment.text),
    );
    if (intended !== undefined) return refuse(explain('root-on-purpose', { line: intended.line }));
    if (base === undefined) return refuse(explain('base-unknown', { image: contract.from }));
    const privileged = privilegedUse(reading);
    if (privileged?.kind === 'drops-itself') return done(explain('drops-itself', { program: privileged.what }));
    if (privileged?.kind === 'needs-root')
      return refuse(explain('needs-root', { what: privileged.what }, { evidence: [privileged.evidence] }));
    if (privileged?.kind === 'home')
      return refuse(
        explain(
          'home-of-root',
          { where: privileged.where, path: privileged.what },
          { evidence: [privileged.evidence] },
        ),
      );
    if (reading.ecosystem === undefined) return refuse(explain('program-unknown'));
    const needs = reading.ecosystem.runtime(reading);
    if (!needs.known) return refuse(needs.why);
    const { root } = needs.value;
    if (root !== undefined) return refuse(explain('needs-root', { what: root.what }, { evidence: [root.evidence] }));
    if (needs.value.writes === undefined)
      return refuse(
        explain(
          'writes-unknown',
          { why: needs.value.writesWhy ?? 'its sources cannot be read' },
          { evidence: needs.evidence },
        ),
      );
    const fetched = readableByRoot(reading);
    if (fetched !== undefined) return refuse(explain('readable-by-root', fetched));
    const services = servicesNeed(reading);
    const writes = [...needs.value.writes, ...services.writes];
    const volume = keptVolume(reading);
    if (volume !== undefined)
      return refuse(explain('volume-of-root', { path: volume.path }, { evidence: volume.evidence }));
    const written = writes.map((one) => one.path);
    const data = mountedData(reading, written);
    if (data?.kind === 'named')
      return refuse(explain('volume-of-root', { path: data.path }, { evidence: [data.evidence] }));
    const mounted = mountedForWriting(reading, written) ?? data;
    if (mounted !== undefined)
      return refuse(explain('mounted-from-host', { path: mounted.path }, { evidence: [mounted.evidence] }));
    if (services.unclear !== undefined) return refuse(explain('service-unclear', services.unclear));
    const temporary = madeForIt(reading);
    const home = needs.value.home ?? services.home;
    const user = chooseUser(reading, wishes);
    const owned = writes.filter(
      (one) => !isWithin(one.path, '/tmp') && !isWithin(one.path, '/dev') && !isWithin(one.path, '/proc'),
    );
    const system = owned.find((one) => holdsSystem(one.path));
    if (system !== undefined)
      return refuse(explain('system-directory', { path: system.path }, { evidence: [system.evidence] }));
    if (user === undefined) return refuse(explain('no-user', { image: contract.from }));
    if (home !== undefined && !user.hasHome)
      return refuse(explain('writes-unknown', { why: home.what }, { evidence: [home.evidence] }));
    const found = ownedPaths(
      reading,
      owned.map((one) => one.path),
      user.madeAt,
    );
    const own = base.shell ? ownDirectory(reading, found) : undefined;
    const directories = own === undefined ? found.directories : [...found.directories, own];
    const owner = { ...found, directories, kept: [...found.kept, ...temporary] };
    const here = [...owner.directories, ...owner.made, ...owner.kept][0];
    if (!base.shell && here !== undefined) return refuse(explain('no-owner', { image: contract.from, path: here }));
    const because = [explain('unprivileged', { user: user.says })];
    if (owned.length > 0)
      because.push(
        explain(
          'owns',
          { user: user.name, paths: [...new Set(owned.map((one) => one.path))].join(', ') },
          { evidence: owned.map((one) => one.evidence) },
        ),
      );
    if (home !== undefined)
      because.push(explain('has-home', { user: user.name, what: home.what }, { evidence: [home.evidence] }));
    if (own !== undefined) because.push(explain('owns-directory', { user: user.name, path: own }));
    if (temporary.length > 0) because.push(explain('owns-made', { user: user.name, paths: temporary.join(', ') }));
    const low = privilegedPort(reading);
    return {
      kind: 'change',
      edits: userEdits(reading, user, owner),
      because,
      notes: low === undefined ? [] : [explain('privileged-port', { port: low })],
    };
  },
});

/**
 * The directory in which the program starts: a library that nobody reads may make a file there, and the owner of the directory
 * can make one but change none that it does not own. `undefined`: it is shared with the system, or the user has it already.
 */
function ownDirectory(reading: Reading, owned: OwnedPaths): string | undefined {
  const workdir = reading.chain.at(-1)?.workdir;
  if (workdir === undefined || isShared(workdir)) return undefined;
  const given = [...owned.directories, ...owned.made].some((path) => isWithin(workdir, path));
  const carried = owned.inStages.some(({ made }) => made.some((path) => isWithin(workdir, path)));
  return given || carried ? undefined : workdir;
}

interface ChosenUser {
  readonly name: string;
  /** `uid:gid`, the same in every image. */
  readonly ids: string;
  readonly says: string;
  readonly create: readonly string[] | undefined;
  /** It certainly owns a home directory. */
  readonly hasHome: boolean;
  /** Where the RUN of the file that makes the user ends. */
  readonly madeAt?: number;
}

/** `undefined`: the image has none and none can be created there. */
function chooseUser(reading: Reading, wishes: Wishes): ChosenUser | undefined {
  const base = reading.base as NonNullable<Reading['base']>;
  const existing = nonRootUser(base);
  const wished = wishes.user;
  const made = createdUsers(reading);
  const own = wished === undefined && made.length === 1 ? made[0] : made.find((one) => one.name === wished?.name);
  if (own !== undefined) {
    const says = `${own.name} (created in line ${own.line})`;
    return { name: own.name, ids: own.name, says, create: undefined, hasHome: false, madeAt: own.end };
  }
  if (wished === undefined && !base.shell) {
    const uid = existing?.uid ?? 65532;
    const ids = `${uid}:${existing?.gid ?? uid}`;
    return { name: ids, ids, says: `uid ${uid}`, create: undefined, hasHome: false };
  }
  if (existing !== undefined && (wished === undefined || wished.name === existing.name)) {
    return {
      name: existing.name,
      ids: `${existing.uid}:${existing.gid}`,
      says: `${existing.name} (uid ${existing.uid}, in the image)`,
      create: undefined,
      hasHome: existing.home?.startsWith('/home/') === true,
    };
  }
  const taken = takenNames(reading);
  const name = wished?.name ?? ['app', 'runner', 'service'].find((one) => !taken.has(one)) ?? 'unprivileged';
  const uid = wished?.uid ?? freeUid(base);
  const create = reading.images.createUser(base, { name, uid });
  return create === undefined
    ? undefined
    : { name, ids: `${uid}:${uid}`, says: `${name} (uid ${uid}, created)`, create, hasHome: true };
}

/** Creates the user and what it owns behind the last instruction that makes files, and switches to it before the start. */
function userEdits(reading: Reading, user: ChosenUser, owned: OwnedPaths): readonly Edit[] {
  const { file, stage } = reading;
  const owner = user.name.includes(':') || user.madeAt !== undefined ? user.name : `${user.name}:${user.name}`;
  const copies = owned.copies.map((copy) => withOwner(copy, owner));
  const own = [
    ...(owned.directories.length === 0 ? [] : [`chown ${owner} ${shellWords(owned.directories)}`]),
    ...ownCommands(owner, owned.made, owned.kept),
  ];
  const create = user.create ?? [];
  const early = copies.length > 0 && create.length > 0;
  const lines = [...runLine(file, early ? own : [...create, ...own]), `${keywordLike(file, 'USER')} ${user.name}`];
  const last = stage.instructions.findLast((one) => making.has(one.keyword)) ?? stage.from;
  const start = stage.instructions.find((one) => one.span.start > last.span.start && starting.has(one.keyword));
  const place = start === undefined ? insertBehind(file, last, lines) : insertAbove(file, start, lines);
  const inStages = owned.inStages.map(({ behind, made, kept }) =>
    insertBehind(file, behind, runLine(file, ownCommands(user.ids, made, kept))),
  );
  return [...inStages, ...(early ? [insertBehind(file, stage.from, runLine(file, create))] : []), ...copies, place];
}

function ownCommands(owner: string, made: readonly string[], kept: readonly string[]): readonly string[] {
  const all = [...made, ...kept];
  if (all.length === 0) return [];
  return [...(made.length === 0 ? [] : [`mkdir -p ${shellWords(made)}`]), `chown -R ${owner} ${shellWords(all)}`];
}

function shellWords(paths: readonly string[]): string {
  return paths.map(shellWord).join(' ');
}

const making = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR', 'USER']);
const starting = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK']);

/** One RUN, a command a line; none for no commands. */
function runLine(file: Dockerfile, commands: readonly string[]): readonly string[] {
  if (commands.length === 0) return [];
  return [`${keywordLike(file, 'RUN')} ${commands.join(` ${file.escape}${file.eol}    && `)}`];
}

function withOwner(copy: Copy, owner: string): Edit {
  const flag = copy.flags.find((one) => one.name === 'chown');
  if (flag !== undefined) return { span: flag.span, text: `--chown=${owner}` };
  const at = copy.span.start + copy.name.length;
  return { span: { start: at, end: at }, text: ` --chown=${owner}` };
}

function privilegedPort(reading: Reading): number | undefined {
  const listener = reading.ecosystem?.listener(reading);
  const ports = reading.contract.expose.map((port) => Number.parseInt(port, 10));
  return [...ports, ...(listener?.known === true ? [listener.value.port] : [])].find((port) => port > 0 && port < 1024);
}

/** Directories that a RUN makes below `/tmp` are made for the program, and belong to root. */
function madeForIt(reading: Reading): readonly string[] {
  const own = reading.commands.filter((command) => command.position.stage === reading.stage);
  const opened = (path: string) =>
    own.some(({ argv }) => /^(chmod|chown)$/.test(argv[0] ?? '') && argv.some((word) => isWithin(path, word)));
  return own.flatMap(({ argv, work }) =>
    argv[0] === 'mkdir' && !argv.some((word) => /^(-m|--mode)/.test(word))
      ? (work.writes ?? []).filter((path) => isWithin(path, '/tmp') && path !== '/tmp' && !opened(path))
      : [],
  );
}
