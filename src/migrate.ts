/** The pipeline: a loop in which every transform sees the text that the one before it left. Pure and synchronous. */
import { transforms as allTransforms } from '../transforms/index.ts';
import type { Evidence, Reason } from './answer.ts';
import { checkReasons } from './checks/check.ts';
import { checks } from './checks/index.ts';
import { applyEdits } from './dockerfile/edit.ts';
import type { Dockerfile, Unreadable } from './dockerfile/model.ts';
import { parseDockerfile } from './dockerfile/parse.ts';
import { unreadableReason } from './dockerfile/reasons.ts';
import { ecosystems as allEcosystems } from './ecosystems/index.ts';
import { catalogue } from './images/catalogue.ts';
import type { Migration, Step } from './migration.ts';
import { withFiles } from './project/overlay.ts';
import type { Project } from './project/project.ts';
import { leaveAlone } from './reading/kind.ts';
import { type Reading, read, type Session, session } from './reading/reading.ts';
import { defaultWishes, type FileEdit, type Outcome, type Transform, type Wishes } from './transform.ts';

export interface MigrateOptions {
  /** Display path; also evidence about the image's purpose (`Dockerfile.dev`). Default `Dockerfile`. */
  readonly path?: string;
  /** In pipeline order; default: the transforms that are on by default. */
  readonly transforms?: readonly Transform[];
  readonly wishes?: Wishes;
  /** Stage that is built when it is not the last. */
  readonly target?: string;
}

/**
 * Runs the transforms over one Dockerfile. Never throws on input: an unreadable file is left alone with its reason, a step
 * that fails a check is dropped and reported as `rejected`.
 */
export function migrate(source: string, project: Project, options: MigrateOptions = {}): Migration {
  return migrateParsed(parseDockerfile(source), source, project, options);
}

/** `migrate` for a text that was read already. */
export function migrateParsed(
  parsed: Dockerfile | Unreadable,
  source: string,
  project: Project,
  options: MigrateOptions = {},
): Migration {
  const path = options.path ?? 'Dockerfile';
  const selected = options.transforms ?? allTransforms.filter((transform) => transform.default);
  const unchanged = { path, before: source, after: source, recognised: [], steps: [], files: [] };
  if (parsed.kind === 'unreadable') return { ...unchanged, leftAlone: unreadableReason(parsed) };
  let around = session(project, catalogue(), allEcosystems);
  let reading = read(parsed, around, options.target);
  const recognised = recognise(reading);
  const why = leaveAlone(reading, path);
  if (why !== undefined) return { ...unchanged, recognised, leftAlone: why };
  const wishes = options.wishes ?? defaultWishes;
  const steps: Step[] = [];
  const files = new Map<string, FileEdit>();
  for (const transform of selected) {
    const before = reading.file.source;
    const result = runStep(transform, reading, around, wishes, options.target);
    steps.push({ transform: transform.name, outcome: result.outcome, before, after: result.reading.file.source });
    reading = result.reading;
    around = result.around;
    if (result.outcome.kind !== 'change') continue;
    for (const file of result.outcome.files ?? [])
      files.set(file.path, { ...file, before: files.has(file.path) ? files.get(file.path)?.before : file.before });
  }
  return {
    path,
    before: source,
    after: reading.file.source,
    recognised,
    leftAlone: undefined,
    steps,
    files: [...files.values()],
  };
}

interface StepResult {
  readonly outcome: Step['outcome'];
  readonly reading: Reading;
  readonly around: Session;
}

function runStep(
  transform: Transform,
  reading: Reading,
  around: Session,
  wishes: Wishes,
  target: string | undefined,
): StepResult {
  const rejected = (reason: Reason): StepResult => ({ outcome: { kind: 'rejected', reason }, reading, around });
  try {
    const outcome = transform.run(reading, wishes);
    if (outcome.kind !== 'change') return { outcome, reading, around };
    const next = advance(reading, around, outcome, target);
    if ('code' in next) return rejected(next);
    const reason = firstFailure(transform, outcome, reading, next.reading, wishes);
    return reason === undefined ? { outcome, ...next } : rejected(reason);
  } catch (error) {
    return rejected(checkReasons.explain('threw', { message: error instanceof Error ? error.message : String(error) }));
  }
}

function advance(
  reading: Reading,
  around: Session,
  outcome: Extract<Outcome, { kind: 'change' }>,
  target: string | undefined,
): { reading: Reading; around: Session } | Reason {
  const parsed = parseDockerfile(applyEdits(reading.file.source, outcome.edits));
  if (parsed.kind === 'unreadable') return checkReasons.explain('unreadable', { why: unreadableReason(parsed).text });
  const files = outcome.files ?? [];
  const next = files.length === 0 ? around : { ...around, project: withFiles(around.project, files) };
  return { reading: read(parsed, next, target), around: next };
}

function firstFailure(
  transform: Transform,
  outcome: Extract<Outcome, { kind: 'change' }>,
  before: Reading,
  after: Reading,
  wishes: Wishes,
): Reason | undefined {
  for (const check of checks) {
    const reason = check({ before, after, transform, outcome });
    if (reason !== undefined) return reason;
  }
  return transform.run(after, wishes).kind === 'change' ? checkReasons.explain('not-settled') : undefined;
}

function recognise(reading: Reading): readonly Evidence[] {
  const base = reading.base;
  const facts: Evidence[] = [];
  if (base !== undefined)
    facts.push({
      file: 'Dockerfile',
      line: reading.stage.from.firstLine,
      says: `${base.ref.text}${base.release === undefined ? '' : ` (${base.release})`}`,
    });
  for (const active of reading.active) facts.push(...active.ecosystem.describe(active.facts));
  const main = reading.start.main;
  if (main !== undefined) facts.push({ ...main.evidence, says: main.argv.join(' ') });
  return facts;
}
