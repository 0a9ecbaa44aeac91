/**
 * The shared, read-only interpretation of one text of one Dockerfile in its project: what every command does, what starts,
 * which build tool speaks for it. Computed anew for every text; facts of the project are cached by the session.
 */
import { posix } from 'node:path';
import type { Evidence } from '../answer.ts';
import { type Contract, runtimeContract } from '../dockerfile/contract.ts';
import { type Position, walkStage } from '../dockerfile/effective.ts';
import type { Dockerfile, Run, Stage } from '../dockerfile/model.ts';
import { baseImage, finalStage, reachable } from '../dockerfile/stages.ts';
import type { Ecosystem, Need, Work } from '../ecosystems/ecosystem.ts';
import type { ImageFacts, Images } from '../images/image.ts';
import type { ComposeService, Project } from '../project/project.ts';
import { type PlacedCommand, placedCommands } from './commands.ts';
import { namedForDevelopment, starts } from './compose-start.ts';
import { answeringOnce } from './once.ts';
import { directoriesMade, type PlacedCopy, placedCopy, projectDirectory } from './origins.ts';
import { readStart, type Start, servicesStart } from './start.ts';
import { systemWork } from './system.ts';

export interface ReadCommand extends PlacedCommand {
  readonly work: Work;
  /** Name of the ecosystem that knows it; `undefined`: the system's own tools, or nobody. */
  readonly owner: string | undefined;
  /** Says its build tool, whether that found its manifests or not. */
  readonly needs: readonly Need[];
}

/** An ecosystem that found its manifests and at least one of its commands. */
export interface Active<F = unknown> {
  readonly ecosystem: Ecosystem<F>;
  readonly facts: F;
  /** Context directory of its manifests. */
  readonly directory: string;
}

export interface Reading<F = unknown> {
  readonly file: Dockerfile;
  readonly project: Project;
  readonly images: Images;
  /** The stage that is built (the last, or the wished target). */
  readonly stage: Stage;
  /** Stages its build reaches, in source order, itself included. */
  readonly reachable: readonly Stage[];
  /** Every instruction of the reachable stages in source order, with what is in force there. */
  readonly positions: readonly Position[];
  /** Positions of the final stage and of the stages it is built on with FROM. */
  readonly chain: readonly Position[];
  /** Facts of the external image under a stage. */
  baseOf(stage: Stage): ImageFacts | undefined;
  readonly base: ImageFacts | undefined;
  /** Commands of all RUNs that are understood. */
  readonly commands: readonly ReadCommand[];
  /** RUNs whose text is not understood. */
  readonly opaque: readonly Run[];
  readonly copies: readonly PlacedCopy[];
  readonly start: Start;
  readonly contract: Contract;
  /** The build tool that speaks for this image; `undefined`: none is recognised. */
  readonly ecosystem: Ecosystem<F> | undefined;
  readonly facts: F;
  readonly directory: string;
  readonly active: readonly Active[];
}

/** What is kept from one text to the next of the same project. */
export interface Session {
  readonly project: Project;
  readonly images: Images;
  readonly ecosystems: readonly Ecosystem[];
  readonly cache: Map<string, unknown>;
}

export function session(project: Project, images: Images, ecosystems: readonly Ecosystem[]): Session {
  return { project, images, ecosystems, cache: new Map() };
}

/** Reads a Dockerfile. `target` names the stage that is built when it is not the last. Never throws on input. */
export function read(file: Dockerfile, around: Session, target?: string): Reading {
  const { project, images } = around;
  const stage = finalStage(file, target);
  const stages = reachable(file, stage);
  const bases = new Map(stages.map((one) => [one, factsUnder(file, one, images)]));
  const positions = stages.flatMap((one) =>
    walkStage(file, one, bases.get(one)?.config).filter((position) => position.stage === one),
  );
  const chain = walkStage(file, stage, bases.get(stage)?.config);
  const placed: PlacedCommand[] = [];
  const opaque: Run[] = [];
  for (const position of positions) {
    const commands = placedCommands(position);
    if (commands === undefined) opaque.push(position.instruction as Run);
    else placed.push(...commands);
  }
  const isDirectory = directoriesMade(positions, placed);
  const copies = positions.flatMap((position) => placedCopy(file, position, project, isDirectory) ?? []);
  const start = readStart({ positions: chain, stage, copies, project, base: bases.get(stage) });
  const active = activeEcosystems(around, placed, start, copies, stage, chain);
  const commands = placed.map((command) => readCommand(command, active, around, copies));
  const unspoken: Reading = {
    file,
    project,
    images,
    stage,
    reachable: stages,
    positions,
    chain,
    baseOf: (one) => bases.get(one),
    base: bases.get(stage),
    commands,
    opaque,
    copies,
    start,
    contract: runtimeContract(file, stage, (image) => images.lookup(image)?.config),
    ecosystem: undefined,
    facts: undefined,
    directory: '',
    active,
  };
  const primary = primaryOf(unspoken);
  return primary === undefined
    ? unspoken
    : { ...spokenBy(unspoken, primary), ecosystem: answeringOnce(primary.ecosystem) };
}

function spokenBy(reading: Reading, { ecosystem, facts, directory }: Active): Reading {
  return { ...reading, ecosystem, facts, directory };
}

/** The same image as this compose service starts it. */
export function startedBy(reading: Reading, service: ComposeService): Reading {
  const { chain, stage, copies, project, base, active, ecosystem } = reading;
  const speaker = active.find((one) => one.ecosystem.name === ecosystem?.name)?.ecosystem;
  const start = servicesStart({ positions: chain, stage, copies, project, base }, [service]);
  return { ...reading, start, ecosystem: speaker === undefined ? undefined : answeringOnce(speaker) };
}

export interface OtherStart {
  readonly service: ComposeService;
  readonly reading: Reading;
}

const others = new WeakMap<Reading, readonly OtherStart[]>();

/** The same image as each compose service starts it that replaces its start. Files for development and tests do not count. */
export function otherStarts(reading: Reading): readonly OtherStart[] {
  const found =
    others.get(reading) ??
    (reading.start.services.length > 0 ? [] : reading.project.services())
      .filter((one) => starts(one) && !namedForDevelopment(posix.basename(one.file)))
      .map((service) => ({ service, reading: startedBy(reading, service) }));
  others.set(reading, found);
  return found;
}

function factsUnder(file: Dockerfile, stage: Stage, images: Images): ImageFacts | undefined {
  const image = baseImage(file, stage);
  return image === undefined ? undefined : images.lookup(image);
}

/** Candidates by the words of their commands, then by the manifests in the directory those commands run in: of several, where the image starts. */
function activeEcosystems(
  around: Session,
  placed: readonly PlacedCommand[],
  start: Start,
  copies: readonly PlacedCopy[],
  stage: Stage,
  chain: readonly Position[],
): readonly Active[] {
  const found: Active[] = [];
  const context = { copies, project: around.project };
  for (const ecosystem of around.ecosystems) {
    const directories = new Set<string>();
    for (const command of placed) {
      if (!ecosystem.claims(command.argv) || command.cwd === undefined) continue;
      directories.add(projectDirectory(context, command.position.stage, command.cwd, ecosystem.marks) ?? '');
    }
    const workdir = chain.at(-1)?.workdir;
    const started = workdir === undefined ? undefined : projectDirectory(context, stage, workdir, ecosystem.marks);
    const starts = start.commands.some((command) => ecosystem.claims(command.argv));
    const first = starts && started !== undefined && directories.has(started) ? [started] : [];
    if (starts) directories.add(started ?? '');
    for (const directory of [...first, ...directories]) {
      const facts = cached(around, ecosystem, directory);
      if (facts === undefined) continue;
      found.push({ ecosystem, facts, directory });
      break;
    }
  }
  return found;
}

function cached(around: Session, ecosystem: Ecosystem, directory: string): unknown {
  const key = `${ecosystem.name}:${directory}`;
  if (!around.cache.has(key)) around.cache.set(key, ecosystem.facts(around.project, directory));
  return around.cache.get(key);
}

/** A command belongs to the package it runs in; what it does is told by the image's main one where that has no facts. */
function readCommand(
  command: PlacedCommand,
  active: readonly Active[],
  around: Session,
  copies: readonly PlacedCopy[],
): ReadCommand {
  const { cwd, position } = command;
  const context = { copies, project: around.project };
  const ownFacts = ({ ecosystem, facts }: Active) => {
    const own = cwd === undefined ? undefined : projectDirectory(context, position.stage, cwd, ecosystem.marks);
    return own === undefined ? facts : cached(around, ecosystem, own);
  };
  const needs = around.ecosystems.flatMap((one) => {
    const speaker = active.find(({ ecosystem }) => ecosystem === one);
    return one.needs?.(command, speaker === undefined ? undefined : ownFacts(speaker)) ?? [];
  });
  for (const one of active) {
    const { ecosystem } = one;
    const work = ecosystem.role(command, ownFacts(one) ?? one.facts);
    if (work !== undefined) return { ...command, work, owner: ecosystem.name, needs };
  }
  const work: Work = systemWork(command) ?? { role: 'unknown', writes: undefined };
  return { ...command, work, owner: undefined, needs };
}

/** What is started decides, by its words or by who built it; else the tool that installs or builds last. Of one family, the tool that installs speaks. */
function primaryOf(reading: Reading): Active | undefined {
  const { active, start, commands } = reading;
  if (active.length <= 1) return active[0];
  const familyOf = ({ ecosystem }: Active) => ecosystem.family ?? ecosystem.name;
  const starting = new Set(
    active
      .filter(
        (one) =>
          start.commands.some((command) => one.ecosystem.claims(command.argv)) ||
          one.ecosystem.startsItsBuild?.(spokenBy(reading, one)) === true,
      )
      .map((one) => familyOf(one)),
  );
  const last = (one: Active, ...roles: readonly Work['role'][]) =>
    commands.findLastIndex((command) => command.owner === one.ecosystem.name && roles.includes(command.work.role));
  const candidates = starting.size > 0 ? active.filter((one) => starting.has(familyOf(one))) : active;
  const busiest = [...candidates].sort(
    (a, b) => last(b, 'build', 'dependencies') - last(a, 'build', 'dependencies'),
  )[0];
  if (busiest === undefined) return undefined;
  const relatives = candidates.filter((one) => familyOf(one) === familyOf(busiest));
  return [...relatives].sort((a, b) => last(b, 'dependencies') - last(a, 'dependencies'))[0];
}

/** Commands of one owner and role, in order. */
export function commandsOf(reading: Reading, owner: string, role: Work['role']): readonly ReadCommand[] {
  return reading.commands.filter((command) => command.owner === owner && command.work.role === role);
}

/** Evidence that points at a command of the Dockerfile. */
export function commandEvidence(command: PlacedCommand): Evidence {
  return { file: 'Dockerfile', line: command.instruction.firstLine, says: command.argv.join(' ') };
}
