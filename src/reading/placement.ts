/**
 * Where every instruction of a single stage belongs once it is split: with the build, with the running program, or with both.
 * The question is always the same: what does it write that nothing else carries over?
 */
import type { Reason } from '../answer.ts';
import type { Position } from '../dockerfile/effective.ts';
import type { Instruction, Run } from '../dockerfile/model.ts';
import { type Artifact, type Artifacts, isLaidOver, type Work } from '../ecosystems/ecosystem.ts';
import { isWithin } from './commands.ts';
import { composedRun, shortened } from './composed-run.ts';
import { keptFromRuntime } from './credentials.ts';
import { needsOf } from './needs.ts';
import { withoutOperands } from './operands.ts';
import { isRemote, landed, type PlacedCopy } from './origins.ts';
import { packageNames } from './os-packages.ts';
import { changesAny, makesOwned, owning } from './ownership.ts';
import { keepIndexes } from './package-lists.ts';
import { placementReasons } from './placement-reasons.ts';
import type { Decision, Place, Placement, Plan } from './plan.ts';
import type { ReadCommand, Reading } from './reading.ts';
import { removedLater } from './removed.ts';
import { withoutRepeated } from './repeated-copies.ts';
import { type RuntimeInstall, runtimeInstall } from './runtime-packages.ts';
import { isShared } from './shared-directories.ts';
import { type ToldStage, toldStage } from './told-stage.ts';

const { explain } = placementReasons;

interface Sorting {
  readonly reading: Reading;
  readonly artifacts: Artifact[];
  readonly sourcesToo: boolean;
  readonly buildOnly: readonly string[];
  /** Targets of context copies that only the build needs. */
  readonly sourceTrees: string[];
  /** Context copies repeated in the runtime stage. */
  readonly carried: string[];
  /** Files that a repeated COPY or ADD brings from elsewhere than the context. */
  readonly brought: string[];
  readonly packagesLeft: string[];
  readonly chowns: ReadCommand[];
  readonly notes: Reason[];
  readonly programs: ReadonlySet<string>;
  /** OS packages named for the program so far. */
  readonly needed: Set<string>;
  copiedFromContext: boolean;
}

/**
 * Places every instruction of the final stage, or says which one it cannot place. `programs` run in the final image. A package
 * whose program a repeated command runs does not stay behind, which may repeat further commands.
 */
export function plan(reading: Reading, artifacts: Artifacts, programs: ReadonlySet<string>): Plan | Reason {
  const planned = planFor(reading, artifacts, programs);
  if ('code' in planned) return planned;
  const called = missedPrograms(reading, planned).filter((name) => !programs.has(name));
  return called.length === 0 ? planned : plan(reading, artifacts, new Set([...programs, ...called]));
}

/** Programs of packages that stay behind, which commands of the runtime stage run. */
function missedPrograms(reading: Reading, { placements, packagesLeft }: Plan): readonly string[] {
  const { images, base } = reading;
  if (packagesLeft.length === 0 || base?.packageManager === undefined) return [];
  const manager = base.packageManager;
  const left = packagesLeft.flatMap((name) => images.osPackage(name, base.release, manager).commands);
  const run = placements.flatMap(({ position, place }) =>
    reading.commands.flatMap(({ instruction, argv, work }) => {
      if (place.at === 'build' || instruction !== position.instruction || work.role === 'os-packages') return [];
      const names = [argv[0] ?? '', ...(work.calls ?? [])];
      const text = place.at === 'both' ? place.text : undefined;
      return text === undefined || text.includes(argv[0] ?? '') ? names : [];
    }),
  );
  return left.filter((name) => run.includes(name));
}

function planFor(reading: Reading, artifacts: Artifacts, programs: ReadonlySet<string>): Plan | Reason {
  const sorting: Sorting = {
    reading,
    artifacts: [...artifacts.paths],
    sourcesToo: artifacts.sourcesToo === true,
    buildOnly: artifacts.buildOnly ?? [],
    sourceTrees: (artifacts.roots ?? []).filter((root) => root !== '/'),
    carried: [],
    brought: [],
    packagesLeft: [],
    chowns: [],
    notes: [],
    programs,
    needed: new Set(),
    copiedFromContext: false,
  };
  if (artifacts.environment !== undefined)
    sorting.artifacts.unshift({ path: artifacts.environment.path, kind: 'directory' });
  const placements: Placement[] = [];
  for (const position of reading.positions) {
    const place = placeOf(sorting, position);
    if ('code' in place) return place;
    placements.push({ position, place });
  }
  keepIndexes(reading, placements);
  return {
    placements: withoutRepeated(reading, placements),
    artifacts: sorting.artifacts,
    packagesLeft: sorting.packagesLeft,
    chowns: sorting.chowns,
    notes: sorting.notes,
  };
}

const build: Place = { at: 'build' };
const runtime: Place = { at: 'runtime' };
const both: Place = { at: 'both' };

function placeOf(sorting: Sorting, position: Position): Place | Reason {
  const { instruction } = position;
  const told = toldStage(sorting.reading.file, instruction);
  if (told !== undefined) return placeAsTold(sorting, instruction, told);
  switch (instruction.keyword) {
    case 'FROM':
    case 'ONBUILD':
      return build;
    case 'ENV':
    case 'WORKDIR':
    case 'USER':
    case 'SHELL':
      return both;
    case 'ARG':
      return build;
    case 'COPY':
    case 'ADD':
      return placeCopy(sorting, position);
    case 'RUN':
      return placeRun(sorting, instruction);
    default:
      return runtime;
  }
}

function placeAsTold(sorting: Sorting, instruction: Instruction, { stage, line }: ToldStage): Place {
  const { reading } = sorting;
  const where = stage === 'both' ? 'both stages' : `the ${stage} stage`;
  sorting.notes.push(explain('told', { line: instruction.firstLine, where, comment: line }, { at: instruction.span }));
  const copy = reading.copies.find((one) => one.instruction === instruction);
  if (copy?.from === undefined && copy?.target !== undefined) {
    sorting.copiedFromContext = true;
    (stage === 'build' ? sorting.sourceTrees : sorting.carried).push(copy.target);
  }
  const own = reading.commands.filter((command) => command.instruction === instruction);
  if (stage === 'build') sorting.packagesLeft.push(...own.flatMap(packageNames));
  return { at: stage };
}

function placeCopy(sorting: Sorting, position: Position): Place | Reason {
  const copy = sorting.reading.copies.find((one) => one.instruction === position.instruction);
  if (copy === undefined || copy.target === undefined)
    return explain('copy-unclear', { line: position.instruction.firstLine }, { at: position.instruction.span });
  const { target } = copy;
  if (copy.from !== undefined || copy.instruction.sources.some((word) => isRemote(word.value))) {
    if (covered(sorting.artifacts, target) || bringsBuildTool(sorting, copy)) return build;
    sorting.brought.push(...landed(copy));
    return both;
  }
  sorting.copiedFromContext = true;
  if (covered(sorting.artifacts, target)) return build;
  if (copy.origins.length > 0 && copy.origins.every((origin) => sorting.buildOnly.includes(origin.source)))
    return build;
  const secret = keptFromRuntime(sorting.reading, copy, sorting.programs);
  if (secret === 'build') return build;
  if (sorting.sourcesToo) {
    sorting.carried.push(target);
    return secret ?? both;
  }
  const feedsBuild =
    (position.workdir !== undefined && feeds(sorting, position.workdir, target)) ||
    sorting.reading.commands.some(
      ({ work, cwd }) =>
        work.role === 'build' && cwd !== undefined && cwd !== '/' && (isWithin(cwd, target) || isWithin(target, cwd)),
    );
  if (feedsBuild || sorting.artifacts.some((artifact) => isWithin(artifact.path, target))) {
    sorting.sourceTrees.push(target);
    return build;
  }
  sorting.carried.push(target);
  return secret ?? both;
}

/** A program of another image that RUNs call and nothing calls that starts. */
function bringsBuildTool({ reading, programs }: Sorting, copy: PlacedCopy): boolean {
  if (copy.from !== 'image' || copy.origins.length === 0) return false;
  const names = copy.origins.map((origin) => origin.source.split('/').at(-1) ?? '');
  const called = names.some((name) => reading.commands.some((command) => command.argv[0]?.split('/').at(-1) === name));
  return called && !names.some((name) => programs.has(name));
}

/** Copied into the working directory, or around it. Everything lies in `/`: there it counts only when the build runs there. */
function feeds(sorting: Sorting, workdir: string, target: string): boolean {
  if (workdir !== '/') return isWithin(target, workdir) || isWithin(workdir, target);
  const here = ({ work, cwd }: ReadCommand) => (work.role === 'build' || work.role === 'dependencies') && cwd === '/';
  return target === '/' || sorting.reading.commands.some(here);
}

/** A path that some artifact carries over. */
export function covered(artifacts: readonly Artifact[], path: string): boolean {
  return artifacts.some((artifact) =>
    artifact.kind === 'glob' ? sameDirectory(artifact.path, path) : isWithin(path, artifact.path),
  );
}

function sameDirectory(glob: string, path: string): boolean {
  return path.slice(0, path.lastIndexOf('/')) === glob.slice(0, glob.lastIndexOf('/')) && path.includes('*');
}

function placeRun(sorting: Sorting, instruction: Run): Place | Reason {
  const { reading } = sorting;
  const commands = reading.commands.filter((command) => command.instruction === instruction);
  if (reading.opaque.includes(instruction))
    return explain('run-unreadable', { line: instruction.firstLine }, { at: instruction.span });
  const decided: Decision[] = [];
  for (const command of commands) {
    const decision = keptOr(sorting, command, decide(sorting, command));
    if (typeof decision === 'object' && 'code' in decision) return decision;
    decided.push(decision);
  }
  const kept = decided.flatMap((decision, index) =>
    decision === 'both' || typeof decision === 'object' ? [index] : [],
  );
  if (kept.length === 0) return build;
  const rest = decided.some((decision) => decision === 'build');
  const rewritten = decided.some((decision) => typeof decision === 'object');
  if (!rest && !rewritten) return both;
  return composedRun(instruction, commands, decided);
}

function keptOr({ reading, programs }: Sorting, command: ReadCommand, decision: Decision | Reason): Decision | Reason {
  return decision === 'build' ? decision : (keptFromRuntime(reading, command, programs) ?? decision);
}

function decide(sorting: Sorting, command: ReadCommand): Decision | Reason {
  const { work } = command;
  switch (work.role) {
    case 'inspect':
    case 'shell':
    case 'os-index':
    case 'os-clean':
      return 'neutral';
    case 'dependencies':
    case 'build':
    case 'test':
    case 'prune':
      return 'build';
    case 'os-packages':
      return decidePackages(sorting, command);
    case 'tool':
      return decideTool(sorting, work);
    case 'user':
      return 'both';
    case 'download':
      return decideDownload(sorting, command);
    case 'files':
    case 'configure':
      return withoutCovered(sorting, command, decideFiles(sorting, command));
    default:
      return decideUnknown(sorting, command);
  }
}

/** A program for everybody is installed again where something calls it, unless its files are copied. */
function decideTool({ artifacts, programs }: Sorting, { provides, writes = [] }: Work): Decision {
  const called = provides === undefined || provides.some((program) => programs.has(program));
  const carried = writes.length > 0 && writes.every((path) => covered(artifacts, path));
  return called && !carried ? 'both' : 'build';
}

function decidePackages(sorting: Sorting, command: ReadCommand): Decision | Reason {
  const result = runtimeInstall(sorting.reading, command, sorting.programs);
  if (result.kind === 'unclear') return explain('packages-unclear', { word: result.word }, { at: command.span });
  sorting.packagesLeft.push(...result.left);
  if (result.undecided.length > 0) sorting.notes.push(explain('tool-kept', { packages: result.undecided.join(', ') }));
  return result.kind === 'same' ? 'both' : { text: withNeeded(sorting, result) };
}

/** Packages the program needs that those left behind may have brought along: named once, on a base without development packages. */
function withNeeded(
  sorting: Sorting,
  { text, options }: Extract<RuntimeInstall, { kind: 'reduced' }>,
): string | undefined {
  const { reading } = sorting;
  const needs = reading.base?.has('gcc') === 'present' ? undefined : needsOf(reading);
  const words = new Set([...(text?.split(/\s+/) ?? []), ...reading.commands.flatMap(packageNames)]);
  const packages = (needs?.known === true ? needs.value.packages : []).filter(
    (one) =>
      (one.program === undefined || reading.base?.has(one.program) !== 'present') &&
      ![...words].some((word) => one.broughtBy?.test(word) === true),
  );
  const missing = packages
    .flatMap((one) => (reading.base?.packageManager === 'apk' ? (one.alpine ?? []) : one.name))
    .filter((name) => !words.has(name) && !sorting.needed.has(name));
  for (const name of missing) sorting.needed.add(name);
  return missing.length === 0 ? text : [text ?? options.join(' '), ...missing].join(' ');
}

function decideDownload(sorting: Sorting, command: ReadCommand): Decision | Reason {
  const { writes } = command.work;
  if (writes === undefined) return decideUnknown(sorting, command);
  const outside = writes.filter(
    (path) => !covered(sorting.artifacts, path) && !inTrees(sorting, path) && !isTemporary(path),
  );
  if (outside.length === 0) return 'build';
  if (outside.includes(command.cwd ?? '/')) return sorting.copiedFromContext ? decideUnknown(sorting, command) : 'both';
  sorting.artifacts.push(...outside.map((path) => artifactAt(sorting, path, 'file')));
  return 'build';
}

/** What a command puts among repeated sources is laid over them. */
function artifactAt({ carried }: Sorting, path: string, kind: Artifact['kind']): Artifact {
  return { path, kind, ...(carried.some((target) => isWithin(path, target)) ? { among: 'built' } : {}) };
}

function inTrees(sorting: Sorting, path: string): boolean {
  return sorting.sourceTrees.some((tree) => isWithin(path, tree));
}

function isTemporary(path: string): boolean {
  return isWithin(path, '/tmp') || isWithin(path, '/var/tmp');
}

const makers = new Set(['mkdir', 'touch']);
const placing = new Set(['cp', 'mv', 'ln', 'install', 'rsync']);

/** What a repeated COPY brings again is taken away again; what the build made is gone already. */
function decideRemoval(sorting: Sorting, { work }: ReadCommand): Decision {
  const again = (path: string) =>
    [...sorting.carried, ...sorting.brought].some((one) => isWithin(path, one)) && !covered(sorting.artifacts, path);
  return work.writes?.some(again) === true ? 'both' : 'build';
}

/** A RUN that does nothing but make directories below `/tmp` makes them for the program. */
function onlyMakes({ reading }: Sorting, { instruction }: ReadCommand, writes: readonly string[]): boolean {
  const all = reading.commands.filter((command) => command.instruction === instruction);
  return writes.some(isTemporary) && all.every(({ argv }) => makers.has(argv[0] ?? ''));
}

function decideFiles(sorting: Sorting, command: ReadCommand): Decision | Reason {
  const { writes, reads } = command.work;
  const program = command.argv[0] ?? '';
  if (program === 'rm') return decideRemoval(sorting, command);
  if (writes === undefined) return decideUnknown(sorting, command);
  if (makesOwned(command, sorting.artifacts)) return 'both';
  const outside = writes.filter((path) => !covered(sorting.artifacts, path) && !isTemporary(path));
  if (makers.has(program) && outside.length > 0 && removedLater(sorting.reading, command.span, outside)) return 'build';
  if (makers.has(program) && (outside.length > 0 || onlyMakes(sorting, command, writes))) return 'both';
  const inside = outside.every((path) => inTrees(sorting, path));
  if (owning.has(program) && inside) sorting.chowns.push(command);
  if (outside.length === 0) return 'build';
  if (!placing.has(program) && changesAny(command, sorting.brought)) return 'both';
  if (
    placing.has(program) &&
    reads?.some((path) => covered(sorting.artifacts, path) || inTrees(sorting, path)) === true
  ) {
    if (inside) return 'build';
    const elsewhere = outside.filter((path) => !inTrees(sorting, path));
    if (program !== 'ln' && !elsewhere.some(isShared)) {
      sorting.artifacts.push(...elsewhere.map((path) => artifactAt(sorting, path, 'directory')));
      return 'build';
    }
    return explain('moved-out', { command: command.argv.join(' '), path: outside[0] ?? '' }, { at: command.span });
  }
  return inside ? 'build' : 'both';
}

/** A repeated command leaves out what is not there, or not yet there, when it runs in the runtime stage. */
function withoutCovered(sorting: Sorting, command: ReadCommand, decision: Decision | Reason): Decision | Reason {
  if (decision !== 'both') return decision;
  const removes = command.argv[0] === 'rm';
  const late = sorting.artifacts.filter(({ among }) => removes || isLaidOver(among));
  const fails = removes && !command.argv.some((word) => /^(-[a-zA-Z]*f|--force$)/.test(word));
  const elsewhere = (path: string) =>
    (fails || changesAny(command, sorting.brought)) &&
    (inTrees(sorting, path) || covered(sorting.artifacts, path)) &&
    !sorting.brought.some((one) => isWithin(path, one) || isWithin(one, path));
  const rest = withoutOperands(command, (path) => covered(late, path) || elsewhere(path));
  if (rest === undefined) return decideUnknown(sorting, command);
  if (rest !== 'whole' && owning.has(command.argv[0] ?? '')) sorting.chowns.push(command);
  return rest === 'whole' ? decision : rest === 'nothing' ? 'build' : { text: rest.join(' ') };
}

/** What nobody knows may need files of the context or what was installed before it: then it cannot be repeated elsewhere. */
function decideUnknown(sorting: Sorting, command: ReadCommand): Decision | Reason {
  const installed = sorting.reading.commands.some(
    (one) => one.work.role === 'dependencies' && one.span.start < command.span.start,
  );
  if (!sorting.copiedFromContext && !installed) return 'both';
  const directory =
    sorting.artifacts.map((artifact) => artifact.path).join(', ') || (command.cwd ?? 'the working directory');
  return explain('command-unknown', { command: shortened(command.argv), directory }, { at: command.span });
}
