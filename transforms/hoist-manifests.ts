import { posix } from 'node:path';
import { type Edit, keywordLike } from '../src/dockerfile/edit.ts';
import type { Instruction } from '../src/dockerfile/model.ts';
import {
  blockText,
  commentsIn,
  copyWords,
  insertAbove,
  insertBehind,
  insertUnderComments,
  removeBlocks,
  sourceText,
} from '../src/dockerfile/rewrite.ts';
import type { DependencyStep } from '../src/ecosystems/ecosystem.ts';
import { ignoring } from '../src/project/ignore-file.ts';
import { bringsMatches } from '../src/reading/carried.ts';
import { commandText, isWithin, onlyCommand, type PlacedCommand, removalOf } from '../src/reading/commands.ts';
import { type PlacedCopy, targetDirectory } from '../src/reading/origins.ts';
import type { ReadCommand, Reading } from '../src/reading/reading.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: COPY sources, install => COPY manifests, install, COPY sources.
 * Safe because: the ecosystem names every file the install reads, each is in the context and sent; the sources are copied to
 * the same place right after it, and what the install made cannot be overlaid by what the host has.
 * Refuses when: the install needs sources (a local package, a lifecycle script), or something between copy and install does.
 * Leaves alone: files whose install runs before the sources are copied.
 */
export const hoistManifests = defineTransform({
  name: 'hoist-manifests',
  summary: 'copy dependency manifests and install before the sources are copied',
  tags: ['story', 'cache'],
  default: true,
  changes: [],
  reasons: {
    'no-install': 'no dependency install that dfmigrate knows runs here',
    'already-cached': '`{command}` runs before the sources are copied',
    'no-context': {
      says: 'the build context is not known, so no file can be named',
      settle: 'run dfmigrate on the file in its project, or pass --context',
    },
    'work-between': {
      says: '`{command}` runs between the source copy and the install and may need the sources',
      settle: 'move it behind the install',
    },
    'install-not-separable': {
      says: '`{command}` cannot be taken out of its RUN',
      settle: 'give the install a RUN of its own',
    },
    'place-changes': 'the working directory, user or shell changes between the source copy and `{command}`',
    'copy-unclear': 'it is not known where the COPY in line {line} puts its files',
    'sibling-needs':
      '{path} must not come from the host, but {sibling} may be built from the same context and copies it',
    hoisted: 'a change in the sources no longer repeats `{command}`',
    added: '`{command}` fetches dependencies in a layer that a change in the sources does not touch',
    'overlay-ignored':
      '{paths} must not come from the host any more, because the sources are copied over what was installed',
  },
  run(reading, explain) {
    if (!reading.project.present) return refuse(explain('no-context'));
    if (reading.ecosystem === undefined) return done(explain('no-install'));
    const early = installedFirst(reading);
    if (early !== undefined) return done(explain('already-cached', { command: early.argv.join(' ') }));
    const answer = reading.ecosystem.dependencyStep(reading);
    if (!answer.known) {
      const cached = installedBeforeSources(reading);
      if (cached !== undefined) return done(explain('already-cached', { command: cached.argv.join(' ') }));
      return answer.why.code.endsWith('/no-install') ? done(answer.why) : refuse(answer.why);
    }
    const step = answer.value;
    const anchor = step.install.kind === 'existing' ? step.install.command : step.install.before;
    const name = step.install.kind === 'existing' ? anchor.argv.join(' ') : step.install.text;
    const copies = reading.copies.filter(
      (copy) =>
        copy.from === undefined && copy.position.stage === anchor.position.stage && before(copy.instruction, anchor),
    );
    const unclear = copies.find((copy) => !copy.complete);
    if (unclear !== undefined) return refuse(explain('copy-unclear', { line: unclear.instruction.firstLine }));
    const target = imageDirectory(copies, step.directory) ?? anchor.cwd;
    const moved = copies.filter((copy) => bringsSources(copy, step.manifests, target));
    const first = moved[0];
    if (first === undefined) return done(explain('already-cached', { command: name }));
    if (target === undefined) return refuse(explain('copy-unclear', { line: first.instruction.firstLine }));
    const between = workBetween(reading, first.instruction, anchor, [
      ...(step.also ?? []),
      ...(step.install.kind === 'added' ? (step.install.repeats ?? []) : []),
    ]);
    if (between !== undefined)
      return refuse(explain('work-between', { command: between.argv.join(' ') }, { at: between.span }));
    if (placeChanges(moved, anchor, step.install.kind === 'added'))
      return refuse(explain('place-changes', { command: name }));
    const edits =
      step.install.kind === 'existing'
        ? moveCopies(reading, step, moved, anchor, target)
        : addInstall(reading, step, moved, step.install.text, target, anchor);
    if (edits === undefined) return refuse(explain('install-not-separable', { command: name }, { at: anchor.span }));
    const brought = step.overlays.filter((path) => bringsMatches(reading, path));
    const { paths: overlays, files, needed } = ignoring(reading.project, brought);
    if (needed !== undefined) return refuse(explain('sibling-needs', needed));
    const because = [
      explain(step.install.kind === 'existing' ? 'hoisted' : 'added', { command: name }, { evidence: answer.evidence }),
    ];
    if (overlays.length > 0) because.push(explain('overlay-ignored', { paths: overlays.join(', ') }));
    return { kind: 'change', edits, files, because };
  },
});

/** The first install, when nothing of the context is copied before the last one. */
function installedFirst(reading: Reading): ReadCommand | undefined {
  const { first, earlier } = placedInstalls(reading);
  return earlier.length === 0 ? first : undefined;
}

/** The first install, when all that is copied before the last one are single files, which come again with the sources. */
function installedBeforeSources(reading: Reading): ReadCommand | undefined {
  const { first, earlier, later } = placedInstalls(reading);
  const sources = later.flatMap(({ origins }) => origins.filter(({ kind }) => kind === 'directory'));
  const again = (file: string) => sources.some(({ source }) => /^\.?$/.test(source) || isWithin(file, source));
  const only = earlier.every(
    ({ complete, origins }) => complete && origins.every(({ kind, source }) => kind === 'file' && again(source)),
  );
  return only ? first : undefined;
}

/** The first install, and what is copied from the context before and behind the last one. */
function placedInstalls({ commands, copies, ecosystem }: Reading) {
  const installs = commands.filter((one) => one.owner === ecosystem?.name && one.work.role === 'dependencies');
  const last = installs.at(-1);
  const ofContext = last === undefined ? [] : copies.filter((copy) => copy.from === undefined);
  const isEarlier = (copy: PlacedCopy) => last !== undefined && before(copy.instruction, last);
  return {
    first: installs[0],
    earlier: ofContext.filter((copy) => isEarlier(copy) && copy.position.stage === last?.position.stage),
    later: ofContext.filter((copy) => !isEarlier(copy)),
  };
}

function before(instruction: Instruction, command: PlacedCommand): boolean {
  return instruction.span.start < command.instruction.span.start;
}

/** Image directory in which the manifests' context directory stands. */
function imageDirectory(copies: readonly PlacedCopy[], directory: string): string | undefined {
  for (const copy of copies.toReversed()) {
    const found = targetDirectory(copy, directory);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Copies into the tree of the install that bring anything besides the manifests. */
function bringsSources(copy: PlacedCopy, manifests: readonly string[], target: string | undefined): boolean {
  if (copy.target === undefined || target === undefined) return false;
  if (!isWithin(copy.target, target) && !isWithin(target, copy.target)) return false;
  return copy.origins.some(
    (origin) =>
      !manifests.some(
        (manifest) => origin.source === manifest || (origin.kind === 'file' && isWithin(origin.source, manifest)),
      ),
  );
}

const harmless = new Set(['os-packages', 'os-index', 'os-clean', 'tool', 'user', 'inspect', 'shell']);

/** A command between the first source copy and the install that may read the sources. */
function workBetween(
  reading: Reading,
  copy: Instruction,
  anchor: PlacedCommand,
  repeated: readonly PlacedCommand[],
): PlacedCommand | undefined {
  return reading.commands.find(
    (command) =>
      command.position.stage === anchor.position.stage &&
      command.span.start > copy.span.start &&
      command.span.start < anchor.span.start &&
      !harmless.has(command.work.role) &&
      !repeated.includes(command),
  );
}

/** A copy whose target is absolute may move behind a WORKDIR; nothing may move behind another USER. */
function placeChanges(moved: readonly PlacedCopy[], anchor: PlacedCommand, adds: boolean): boolean {
  const at = anchor.position;
  if (!adds && anchor.cwd !== at.workdir) return true;
  return moved.some(
    ({ position, instruction }) =>
      position.user !== at.user || (position.workdir !== at.workdir && !instruction.target.value.startsWith('/')),
  );
}

/** The sources move behind the install; where the first of them stood, the manifests are copied. */
function moveCopies(
  reading: Reading,
  step: DependencyStep,
  moved: readonly PlacedCopy[],
  anchor: PlacedCommand,
  target: string,
): readonly Edit[] | undefined {
  const { file } = reading;
  const first = moved[0] as PlacedCopy;
  const manifests = manifestLines(reading, step, first, target, anchor);
  const fates = moved.map((copy) => ({
    copy,
    twin: isNeeded(reading, copy, anchor, step.overlays) ? undefined : heir(reading, copy),
  }));
  const later = fates.flatMap(({ copy, twin }) => (twin === undefined ? [blockText(file, copy.instruction)] : []));
  const edits: Edit[] = [
    insertAbove(file, first.instruction, manifests),
    ...removeBlocks(
      file,
      moved.map((copy) => copy.instruction),
    ),
    ...fates.flatMap(({ copy, twin }) => inherited(reading, copy, twin)),
  ];
  if (onlyCommand(reading.commands, anchor) || restIsHarmless(reading, anchor, step.also ?? []))
    return [...edits, insertBehind(file, anchor.instruction, later)];
  const removal = removalOf(anchor);
  if (removal === undefined || hasForerunner(reading, anchor)) return undefined;
  const install = `${keywordLike(file, 'RUN')} ${commandText(anchor)}`;
  const between = [install, ...later, ...commentsIn(file, removal)];
  return [...edits, insertUnderComments(file, anchor.instruction, between), { span: removal, text: '' }];
}

/** Nothing else in its RUN needs the sources: the RUN stays as it is. */
function restIsHarmless(reading: Reading, anchor: PlacedCommand, also: readonly PlacedCommand[]): boolean {
  return reading.commands.every(
    (command) =>
      command.instruction !== anchor.instruction ||
      command.span.start === anchor.span.start ||
      (harmless.has(command.work.role) && command.work.role !== 'user') ||
      also.some((one) => one.span.start === command.span.start),
  );
}

/** Something of its RUN that the install may need (a newer tool, a compiler) runs before it, and would run behind it. */
function hasForerunner(reading: Reading, anchor: PlacedCommand): boolean {
  return reading.commands.some(
    (command) =>
      command.instruction === anchor.instruction &&
      command.span.start < anchor.span.start &&
      !['inspect', 'shell'].includes(command.work.role),
  );
}

/** A build stage that ends with the install has no use for the sources any more, unless a later stage takes them from there. */
function isNeeded(reading: Reading, copy: PlacedCopy, anchor: PlacedCommand, hidden: readonly string[]): boolean {
  const { stage } = anchor.position;
  if (stage === reading.stage) return true;
  const used = reading.commands.some(
    (command) =>
      command.position.stage === stage && command.span.start > anchor.span.start && command.work.role !== 'inspect',
  );
  const taken = reading.copies.some(
    (one) => one.from === stage && one.origins.some(({ source }) => mayBring(reading, copy, source, hidden)),
  );
  return used || taken;
}

/** What stands at the path, or below it, may be files that this COPY brings. `hidden`: context paths that are not sent any more. */
function mayBring(
  { project }: Reading,
  { target, origins }: PlacedCopy,
  path: string,
  hidden: readonly string[],
): boolean {
  if (target === undefined || isWithin(target, path)) return true;
  return origins.some((origin) => {
    if (!isWithin(path, origin.path)) return false;
    const context = posix.join(origin.source, posix.relative(origin.path, path));
    return origin.kind !== 'directory' || (project.sends(context) && !hidden.includes(context));
  });
}

/**
 * Who keeps the comments of a copy that the build does without: `none` when it has none, else the same COPY of the runtime stage.
 * `undefined`: nobody, so the copy stays.
 */
function heir({ file, copies, stage }: Reading, { instruction }: PlacedCopy): Instruction | 'none' | undefined {
  if (commentsIn(file, instruction.block).length === 0) return 'none';
  const text = sourceText(file, instruction);
  return copies.find(
    (one) =>
      one.position.stage === stage &&
      sourceText(file, one.instruction) === text &&
      commentsIn(file, one.instruction.block).length === 0,
  )?.instruction;
}

function inherited(
  { file }: Reading,
  { instruction }: PlacedCopy,
  twin: Instruction | 'none' | undefined,
): readonly Edit[] {
  if (twin === undefined || twin === 'none') return [];
  return [insertAbove(file, twin, commentsIn(file, instruction.block))];
}

/** The new install runs before the first source copy; where a WORKDIR stands in between, the copies move behind it. */
function addInstall(
  reading: Reading,
  step: DependencyStep,
  moved: readonly PlacedCopy[],
  text: string,
  target: string,
  anchor: PlacedCommand,
): readonly Edit[] {
  const { file } = reading;
  const first = moved[0] as PlacedCopy;
  const manifests = manifestLines(reading, step, first, target, undefined);
  const stays = first.position.workdir === anchor.position.workdir || first.position.workdir === target;
  const workdir = stays ? first.position.workdir : anchor.position.workdir;
  const run = `${keywordLike(file, 'RUN')} ${workdir === target ? text : `cd ${target} && ${text}`}`;
  if (stays) return [insertAbove(file, first.instruction, [...manifests, run])];
  const later = moved.map((copy) => blockText(file, copy.instruction));
  return [
    insertAbove(file, first.instruction, manifests),
    ...removeBlocks(
      file,
      moved.map((copy) => copy.instruction),
    ),
    insertAbove(file, anchor.instruction, [run, ...later]),
  ];
}

/** One COPY per directory of manifests that no earlier COPY brings already. */
function manifestLines(
  reading: Reading,
  step: DependencyStep,
  first: PlacedCopy,
  target: string,
  anchor: PlacedCommand | undefined,
): readonly string[] {
  const kept = reading.copies.filter(
    (copy) =>
      copy.from === undefined &&
      copy.position.stage === first.position.stage &&
      copy.instruction.span.start < (anchor ?? first.instruction).span.start,
  );
  const brought = new Set(
    kept
      .filter((copy) => !bringsSources(copy, step.manifests, target))
      .flatMap((copy) => copy.origins.map((origin) => origin.source)),
  );
  const groups = new Map<string, string[]>();
  const copyWord = keywordLike(reading.file, 'COPY');
  const directories: string[] = [];
  for (const manifest of step.manifests) {
    if (brought.has(manifest)) continue;
    const place = placeOf(manifest, step.directory, target, first.position.workdir);
    if (reading.project.kind(manifest) === 'directory')
      directories.push(`${copyWord} ${copyWords([manifest, `${place}/`])}`);
    else groups.set(posix.dirname(place), [...(groups.get(posix.dirname(place)) ?? []), manifest]);
  }
  const files = [...groups].map(
    ([directory, names]) =>
      `${copyWord} ${copyWords([...names, directory === '.' ? './' : directory === '/' ? '/' : `${directory}/`])}`,
  );
  return [...files, ...directories];
}

/** Where a manifest goes: relative to the working directory when it lies below it, else absolute. */
function placeOf(manifest: string, directory: string, target: string, workdir: string | undefined): string {
  const absolute = posix.join(target, posix.relative(directory, manifest));
  if (workdir !== undefined && isWithin(absolute, workdir) && workdir !== '/') return posix.relative(workdir, absolute);
  return absolute;
}
