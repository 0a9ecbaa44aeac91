import { posix } from 'node:path';
import { type Edit, keywordLike } from '../src/dockerfile/edit.ts';
import type { Dockerfile, From, Instruction } from '../src/dockerfile/model.ts';
import {
  blockText,
  copyWords,
  fromLike,
  insertAbove,
  insertBehind,
  nameStage,
  removeBlocks,
  sourceText,
  textUsesVariable,
} from '../src/dockerfile/rewrite.ts';
import { type Artifact, type Artifacts, isLaidOver } from '../src/ecosystems/ecosystem.ts';
import { ignoring } from '../src/project/ignore-file.ts';
import { flavoursFor } from '../src/reading/base-swap.ts';
import { isWithin } from '../src/reading/commands.ts';
import { credentialNotes } from '../src/reading/credentials.ts';
import { artifactsOf } from '../src/reading/needs.ts';
import { packageNames } from '../src/reading/os-packages.ts';
import { ownedAgain } from '../src/reading/ownership.ts';
import { plan } from '../src/reading/placement.ts';
import type { Place, Placement, Plan } from '../src/reading/plan.ts';
import { runtimePrograms } from '../src/reading/programs.ts';
import { otherStarts, type Reading } from '../src/reading/reading.ts';
import { defineTransform, done, refuse, type Wishes } from '../src/transform.ts';

/**
 * Rewrites: one stage => the same stage named `build`, and behind it a runtime stage on the same base that copies the
 * artifacts to the path they had.
 * Safe because: every instruction is placed by what it writes; what no artifact carries over is repeated verbatim, in order,
 * so the runtime stage sees the same environment, users and files, and CMD and ENTRYPOINT stay byte-equal.
 * Refuses when: an artifact is not known, a command may write something outside of it, or somebody builds this stage by name.
 * Leaves alone: files that have stages already, and images in which nothing would stay behind.
 */
export const splitStages = defineTransform({
  name: 'split-stages',
  summary: 'build in one stage, run in another',
  tags: ['story', 'size', 'security'],
  default: true,
  changes: ['ENV'],
  reasons: {
    'already-staged': 'the image is built from {count} stages already',
    'no-context': {
      says: 'the build context is not known, so it cannot be told what the program needs of it',
      settle: 'run dfmigrate on the file in its project, or pass --context',
    },
    'nothing-to-leave-behind': 'nothing is there for the build only, so a second stage would carry everything over',
    'only-downloads': {
      says: 'only the download cache of {tools} would stay behind, and {what} would take its room in a second stage',
      settle: 'add --with clean-package-caches, which leaves the cache out of the layer',
    },
    'no-build-tool': {
      says: 'no build tool that dfmigrate knows installs or builds anything here',
      settle: 'nothing, when all files are copied ready-made; the other steps apply all the same',
    },
    'two-tool-chains': '{tools} build in one image; which of them the running program needs cannot be told',
    'stage-is-a-target': {
      says: 'the service {service} in {file} builds the stage {stage} by name',
      settle: 'remove `target` from the service',
    },
    'sibling-needs':
      '{path} must not come from the host, but {sibling} may be built from the same context and copies it',
    'copied-from-host': {
      says: 'the build makes {path} anew, and line {line} copies what the host has there',
      settle: 'leave the COPY out, or build to another directory',
    },
    split: 'the runtime stage gets {artifacts}; the build stage keeps {leaves}',
    'overlay-ignored': '{paths} must not come from the host any more, because the runtime stage copies the sources too',
    'packages-left': 'only the build needs {packages}',
  },
  run(reading, explain, wishes) {
    if (!reading.project.present) return refuse(explain('no-context'));
    if (reading.reachable.length > 1) return done(explain('already-staged', { count: reading.reachable.length }));
    if (reading.ecosystem === undefined) return done(explain('no-build-tool'));
    const tools = working(reading);
    if (tools.length > 1) return refuse(explain('two-tool-chains', { tools: tools.join(' and ') }));
    const target = reading.project
      .services()
      .find((service) => service.target !== undefined && service.target.toLowerCase() === reading.stage.name);
    if (target !== undefined)
      return refuse(
        explain('stage-is-a-target', { service: target.name, file: target.file, stage: target.target ?? '' }),
      );
    if (reading.commands.length === 0 && reading.opaque.length === 0) return done(explain('nothing-to-leave-behind'));
    const artifacts = artifactsOf(reading);
    if (artifacts === undefined) return done(explain('no-build-tool'));
    if (!artifacts.known) return refuse(artifacts.why);
    const planned = plan(reading, artifacts.value, new Set(runtimePrograms(reading).keys()));
    if ('code' in planned) return refuse(planned);
    const behind = leftBehind(reading, planned, artifacts.value, wishes);
    const { downloads = [] } = artifacts.value;
    const repeated = repeatedPackages(reading, planned);
    if (behind.length === 0 && planned.packagesLeft.length === 0)
      return done(
        downloads.length === 0
          ? explain('nothing-to-leave-behind')
          : explain('only-downloads', {
              tools: listing(downloads),
              what: artifacts.value.outweighs ?? `${listing(repeated)}, installed once more,`,
            }),
      );
    const complete = withStartPaths(reading, planned);
    const hosted = hostPaths(reading, complete);
    const named = namedFromHost(reading, hosted);
    if (named !== undefined) return refuse(explain('copied-from-host', named));
    const overlays = ignoring(reading.project, hosted);
    if (overlays.needed !== undefined) return refuse(explain('sibling-needs', overlays.needed));
    const names = complete.artifacts.map((artifact) => artifact.path).join(', ');
    const because = [explain('split', { artifacts: names, leaves: listing(behind) }, { evidence: artifacts.evidence })];
    if (planned.packagesLeft.length > 0)
      because.push(explain('packages-left', { packages: planned.packagesLeft.join(', ') }));
    if (overlays.paths.length > 0) because.push(explain('overlay-ignored', { paths: overlays.paths.join(', ') }));
    return {
      kind: 'change',
      edits: splitEdits(reading, complete, artifacts.value),
      files: overlays.files,
      because,
      notes: [
        ...planned.notes,
        ...credentialNotes(reading, complete, (path) => complete.artifacts.some((one) => carries(one, path))),
      ],
    };
  },
});

/** What the runtime stage does without, beside OS packages, in a few words each; empty: a second stage is not worth its lines. */
function leftBehind(reading: Reading, planned: Plan, artifacts: Artifacts, wishes: Wishes): readonly string[] {
  const downloads = (artifacts.downloads ?? []).map((tool) => `the download cache of ${tool}`);
  const toolChain = shrinks(reading, wishes) ? (artifacts.toolChain ?? []) : [];
  const pays = artifacts.worth ?? worthIt(reading, planned);
  if (pays || planned.packagesLeft.length > 0) return [...toolChain, ...downloads, ...artifacts.leaves];
  const outweighed = artifacts.outweighs !== undefined || repeatedPackages(reading, planned).length > 0;
  return outweighed ? [] : downloads;
}

/** OS packages that both stages would install. */
function repeatedPackages(reading: Reading, planned: Plan): readonly string[] {
  const repeated = planned.placements.filter(({ place }) => place.at === 'both');
  const instructions = new Set<Instruction>(repeated.map(({ position }) => position.instruction));
  return reading.commands.filter(({ instruction }) => instructions.has(instruction)).flatMap(packageNames);
}

/** A smaller base than that of the build is known for the program, or is wished for. */
function shrinks(reading: Reading, { runtime }: Wishes): boolean {
  const { base, ecosystem, images } = reading;
  if (runtime === 'keep') return false;
  if (typeof runtime === 'object') return true;
  if (base === undefined || ecosystem === undefined) return false;
  const needs = ecosystem.runtime(reading);
  if (!needs.known || needs.value.keepsBase !== undefined) return false;
  const { kind } = needs.value;
  return flavoursFor(kind, runtime).some((flavour) => images.counterparts(base, kind, flavour).length > 0);
}

function listing(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Titles of the tools that install or build in this stage, and of the one that starts. */
function working(reading: Reading): readonly string[] {
  const busy = (name: string) =>
    reading.commands.some(
      (command) => command.owner === name && (command.work.role === 'build' || command.work.role === 'dependencies'),
    );
  const titles = new Map<string, string>();
  for (const { ecosystem } of reading.active)
    if (busy(ecosystem.name)) titles.set(ecosystem.family ?? ecosystem.name, ecosystem.title);
  const speaker = reading.ecosystem;
  if (speaker !== undefined && titles.size > 0) titles.set(speaker.family ?? speaker.name, speaker.title);
  return [...titles.values()];
}

function worthIt(reading: Reading, planned: Plan): boolean {
  if (planned.packagesLeft.length > 0) return true;
  if (reading.commands.some((command) => command.work.role === 'build')) return true;
  const prune = reading.ecosystem?.prune(reading);
  return prune?.known === true && prune.value !== undefined;
}

/** What a start names is an artifact too, unless something carries it already: the image's own start, and those of services. */
function withStartPaths(reading: Reading, planned: Plan): Plan {
  const inBuild = planned.placements
    .filter(({ place }) => place.at === 'build')
    .map(({ position }) => position.instruction);
  const services = otherStarts(reading).flatMap((one) => one.reading.start.paths);
  const named = services.filter(({ context }) => reading.project.kind(context) === 'file');
  const missing = [...reading.start.paths, ...named].filter(({ path }) => {
    const copy = reading.copies.findLast((one) => one.origins.some((origin) => isWithin(path, origin.path)));
    return (
      copy !== undefined && inBuild.includes(copy.instruction) && !planned.artifacts.some((one) => carries(one, path))
    );
  });
  const added = [...new Set(missing.map(({ path }) => path))].map((path): Artifact => ({ path, kind: 'file' }));
  return { ...planned, artifacts: [...planned.artifacts, ...added] };
}

/** Context paths of what the build makes anew, where sources that the runtime stage copies again could be laid over it. */
function hostPaths({ copies }: Reading, planned: Plan): readonly string[] {
  const anew = planned.artifacts.filter(({ among }) => among === 'installed' || among === 'built-anew');
  const shipped = copies.filter(({ instruction, from }) => {
    const placed = planned.placements.find(({ position }) => position.instruction === instruction);
    return from === undefined && placed?.place.at === 'both';
  });
  const found = anew.flatMap(({ path }) =>
    shipped.flatMap(({ origins }) =>
      origins
        .filter(({ kind, path: place }) => kind === 'directory' && path !== place && isWithin(path, place))
        .map((origin) => posix.join(origin.source, posix.relative(origin.path, path))),
    ),
  );
  return [...new Set(found)];
}

/** The first COPY that takes one of these context paths, or something in it, by name. */
function namedFromHost({ copies }: Reading, paths: readonly string[]) {
  for (const { from, origins, instruction } of copies) {
    if (from !== undefined) continue;
    const path = paths.find((one) => origins.some(({ source }) => source !== '' && isWithin(`/${source}`, `/${one}`)));
    if (path !== undefined) return { path, line: instruction.firstLine };
  }
  return undefined;
}

function carries(artifact: Artifact, path: string): boolean {
  if (artifact.kind === 'glob') return path.startsWith(artifact.path.slice(0, artifact.path.lastIndexOf('/') + 1));
  return path === artifact.path || path.startsWith(`${artifact.path}/`);
}

function splitEdits(reading: Reading, planned: Plan, { environment, sourcesToo }: Artifacts): readonly Edit[] {
  const { file, stage } = reading;
  const own = planned.placements.filter(({ position }) => position.instruction.keyword !== 'FROM');
  const lastBuild = own.findLastIndex(
    ({ place, position }) =>
      position.instruction.keyword !== 'ARG' &&
      (place.at === 'build' || (place.at === 'both' && place.text !== undefined)),
  );
  const before = own.slice(0, lastBuild + 1);
  const after = own.slice(lastBuild + 1).map(({ position }) => sourceText(file, position.instruction));
  const names = stageNames(stage.from);
  const edits: Edit[] = [nameStage(stage.from, names.build)];
  const firstSource = sourcesToo === true ? before.findIndex((one) => isSourceCopy(one)) : -1;
  const head = firstSource < 0 ? before : before.slice(0, firstSource);
  const tail = firstSource < 0 ? [] : before.slice(firstSource);
  const linesOf = (some: readonly Placement[]) =>
    withoutPassedDirectories(some).flatMap(({ position: { instruction }, place }) =>
      runtimeLines(file, instruction, place),
    );
  const leaving = before.filter(({ place }) => place.at === 'runtime');
  edits.push(
    ...removeBlocks(
      file,
      leaving.map(({ position }) => position.instruction),
    ),
  );
  const create = environment === undefined ? [] : environment.env.map((pair) => `${keywordLike(file, 'ENV')} ${pair}`);
  const first = (environment?.before ?? reading.commands.find((command) => command.work.role === 'dependencies'))
    ?.instruction;
  if (environment !== undefined && first !== undefined) {
    edits.push(insertAbove(file, first, [`${keywordLike(file, 'RUN')} ${environment.create}`, ...create]));
  }
  const made = before.flatMap(({ position, place }) =>
    place.at === 'both' ? madeBy(reading, position.instruction) : [],
  );
  const isOver = ({ among }: Artifact) => isLaidOver(among);
  const copied = (some: readonly Artifact[]) => some.map((artifact) => copyLine(file, artifact, names.build));
  const under = copied(planned.artifacts.filter((artifact) => !isOver(artifact)));
  const over = copied(planned.artifacts.filter(isOver));
  const again = ownedAgain(reading, planned.artifacts, planned.chowns, made);
  const owned = ownerLines(file, again, before.at(-1)?.position.user);
  const [early, late] = over.length === 0 ? [owned, []] : [[], owned];
  const block = withArguments(
    file,
    before,
    [...linesOf(head), ...create, ...under, ...early, ...linesOf(tail), ...over, ...late],
    after,
  );
  const anchor = before.at(-1)?.position.instruction ?? stage.from;
  edits.push(insertBehind(file, anchor, ['', fromLike(file, stage.from, names.runtime), ...block]));
  return edits;
}

/** Sources that both stages copy: what the build made comes before them, so that a change in them does not copy it again. */
function isSourceCopy({ position: { instruction }, place }: Placement): boolean {
  const copies = instruction.keyword === 'COPY' || instruction.keyword === 'ADD';
  return copies && place.at === 'both' && instruction.from === undefined;
}

function runtimeLines(file: Dockerfile, instruction: Instruction, place: Place): readonly string[] {
  if (place.at === 'runtime') return [blockText(file, instruction)];
  if (place.at === 'both') return [place.text ?? sourceText(file, instruction)];
  return [];
}

/** A WORKDIR that the runtime stage would leave at once for an absolute one, with nothing between that runs in it. */
function withoutPassedDirectories(some: readonly Placement[]): readonly Placement[] {
  const shown = some.filter(({ place }) => place.at !== 'build');
  return shown.filter(({ position: { instruction } }, index) => {
    const next = shown[index + 1]?.position.instruction;
    return !(
      instruction.keyword === 'WORKDIR' &&
      next?.keyword === 'WORKDIR' &&
      next.words[0]?.value.startsWith('/') === true
    );
  });
}

/** ARG lines that the runtime stage's own lines use come first, in the order of the build stage. */
function withArguments(
  file: Dockerfile,
  before: readonly Placement[],
  block: readonly string[],
  after: readonly string[],
): readonly string[] {
  const used = before.flatMap(({ position: { instruction } }) => {
    if (instruction.keyword !== 'ARG') return [];
    const needed = instruction.names.some(({ name }) =>
      [...block, ...after].some((text) => textUsesVariable(text, name)),
    );
    return needed ? [sourceText(file, instruction)] : [];
  });
  return [...used, ...block];
}

/** Directories that a RUN makes. */
function madeBy(reading: Reading, instruction: Instruction): readonly string[] {
  return reading.commands.flatMap((command) =>
    command.instruction === instruction && command.argv[0] === 'mkdir' ? (command.work.writes ?? []) : [],
  );
}

/** Only root changes owners; the user in force comes back behind it. */
function ownerLines(file: Dockerfile, commands: readonly string[], user: string | undefined): readonly string[] {
  if (commands.length === 0) return [];
  const run = `${keywordLike(file, 'RUN')} ${commands.join(' && ')}`;
  const word = keywordLike(file, 'USER');
  return user === undefined || /^(root|0)(:|$)/.test(user) ? [run] : [`${word} root`, run, `${word} ${user}`];
}

function copyLine(file: Dockerfile, artifact: Artifact, stage: string): string {
  const target = artifact.kind === 'glob' ? artifact.path.slice(0, artifact.path.lastIndexOf('/') + 1) : artifact.path;
  return `${keywordLike(file, 'COPY')} --from=${stage} ${copyWords([artifact.path, target])}`;
}

const buildNames = new Set(['build', 'builder', 'compile', 'compiler', 'build-stage', 'build-env']);

/** A name somebody may build by stays with the image that is run; a name that means the build, or is the name of the image, stays there. */
function stageNames(from: From): { readonly build: string; readonly runtime: string | undefined } {
  if (from.as === undefined) return { build: 'build', runtime: 'runtime' };
  const tool = from.image
    .split('/')
    .at(-1)
    ?.replace(/[:@].*$/, '')
    .toLowerCase();
  if (buildNames.has(from.as.toLowerCase()) || from.as.toLowerCase() === tool)
    return { build: from.as, runtime: 'runtime' };
  return { build: 'build', runtime: from.as };
}
