/** The pipeline: a loop in which every transform sees the text that the one before it left. Pure and synchronous. */
import { transforms as allTransforms } from '../transforms/index.ts';
import type { Evidence, Reason } from './answer.ts';
import { checkReasons } from './checks/check.ts';
import { checks } from './checks/index.ts';
import { disturbed, ignoredFile, ignoredStep } from './config/pragma.ts';
import { applyEdits } from './dockerfile/edit.ts';
import type { Dockerfile, Unreadable } from './dockerfile/model.ts';
import { parseAlone, parseDockerfile } from './dockerfile/parse.ts';
import { unreadableReason } from './dockerfile/reasons.ts';
import { identityLines, type LineTable, linesAfter, renumbered } from './dockerfile/renumber.ts';
import type { Ecosystem } from './ecosystems/ecosystem.ts';
import { ecosystems as allEcosystems } from './ecosystems/index.ts';
import { catalogue } from './images/catalogue.ts';
import type { Migration, Step } from './migration.ts';
import { withFiles } from './project/overlay.ts';
import type { Project } from './project/project.ts';
import { leaveAlone } from './reading/kind.ts';
import { type Reading, read, type Session, session } from './reading/reading.ts';
import { defaultWishes, type FileEdit, type Outcome, refuse, type Transform, type Wishes } from './transform.ts';

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
  const around = session(project, catalogue(), allEcosystems);
  const reading = read(parsed, around, options.target);
  const recognised = recognise(reading);
  const begin: State = { reading, around, table: identityLines(source) };
  const run = { path, selected, wishes: options.wishes ?? defaultWishes, target: options.target };
  const alone = leaveAlone(reading, path);
  const keeps = alone !== undefined && !isMended(begin, { ...run, parse: parseAlone });
  const why = ignoredFile(parsed) ?? (keeps ? alone : undefined);
  if (why !== undefined) return { ...unchanged, recognised, leftAlone: why };
  const quick = runSteps(begin, { ...run, parse: parseAlone });
  const agreed = quick.after === source || parseDockerfile(quick.after).kind === 'dockerfile';
  const result = agreed ? quick : runSteps(begin, { ...run, parse: parseDockerfile });
  return { path, before: source, recognised, leftAlone: undefined, ...result };
}

/** Another base makes it a file to migrate: one that does not build as it stands for want of what its base had once. */
function isMended(begin: State, run: Run): boolean {
  const selected = run.selected.filter(({ mends }) => mends === true);
  if (selected.length === 0) return false;
  const parsed = run.parse(runSteps(begin, { ...run, selected }).after);
  return parsed.kind !== 'unreadable' && leaveAlone(read(parsed, begin.around, run.target), run.path) === undefined;
}

/** What one step hands to the next. */
interface State {
  readonly reading: Reading;
  readonly around: Session;
  readonly table: LineTable;
}

interface Run {
  readonly path: string;
  readonly selected: readonly Transform[];
  readonly wishes: Wishes;
  readonly target: string | undefined;
  /** Reads the text a step made. The second parser is asked about the last text; only when it objects, about each. */
  readonly parse: (source: string) => Dockerfile | Unreadable;
}

function runSteps(begin: State, run: Run): Pick<Migration, 'after' | 'steps' | 'files'> {
  const steps: Step[] = [];
  const files = new Map<string, FileEdit>();
  let state = begin;
  for (const transform of run.selected) {
    const before = state.reading.file.source;
    const result = runStep(transform, state, run);
    const outcome = placed(result.outcome, before, state.table, run.path);
    steps.push({ transform: transform.name, outcome, before, after: result.reading.file.source });
    state = result;
    if (result.outcome.kind !== 'change') continue;
    for (const file of result.outcome.files ?? [])
      files.set(file.path, { ...file, before: files.has(file.path) ? files.get(file.path)?.before : file.before });
  }
  return { after: state.reading.file.source, steps, files: [...files.values()] };
}

interface StepResult extends State {
  readonly outcome: Step['outcome'];
}

function runStep(transform: Transform, state: State, run: Run): StepResult {
  const rejected = (reason: Reason): StepResult => ({ ...state, outcome: { kind: 'rejected', reason } });
  try {
    const ignored = ignoredStep(state.reading.file, transform.name);
    const outcome = ignored === undefined ? transform.run(state.reading, run.wishes) : refuse(ignored);
    if (outcome.kind !== 'change') return { ...state, outcome };
    const next = advance(state, outcome, run);
    if ('code' in next) return rejected(next);
    const unwanted = disturbed(state.reading.file, next.reading.file, transform.name);
    if (unwanted !== undefined) return { ...state, outcome: refuse(unwanted) };
    const reason = firstFailure(transform, outcome, state.reading, next.reading, run.wishes);
    return reason === undefined ? { ...next, outcome } : rejected(reason);
  } catch (error) {
    return rejected(checkReasons.explain('threw', { message: error instanceof Error ? error.message : String(error) }));
  }
}

/** The reading of the edited text, with the line numbers of the user's file. */
function advance(
  { reading, around, table }: State,
  outcome: Extract<Outcome, { kind: 'change' }>,
  run: Run,
): State | Reason {
  const { source } = reading.file;
  const parsed = run.parse(applyEdits(source, outcome.edits));
  if (parsed.kind === 'unreadable') return checkReasons.explain('unreadable', { why: unreadableReason(parsed).text });
  const files = outcome.files ?? [];
  const next = files.length === 0 ? around : { ...around, project: withFiles(around.project, files) };
  const lines = linesAfter(table, source, outcome.edits);
  return { reading: read(renumbered(parsed, lines), next, run.target), around: next, table: lines };
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

/** Reasons that point into the text of a step point into the user's file instead, and call it by its name. */
function placed(outcome: Step['outcome'], before: string, table: LineTable, path: string): Step['outcome'] {
  const name = path.split('/').at(-1) ?? path;
  const place = (reason: Reason): Reason => {
    const own = reason.evidence?.map((one) => (one.file === 'Dockerfile' ? { ...one, file: name } : one)) ?? [];
    if (reason.at === undefined || own.length > 0) return own.length === 0 ? reason : { ...reason, evidence: own };
    const line = before.slice(0, reason.at.start).split('\n').length;
    const says = before.slice(reason.at.start, reason.at.end).split('\n')[0]?.trim() ?? '';
    return { ...reason, evidence: [{ file: name, line: table[line - 1] ?? line, says }] };
  };
  if (outcome.kind !== 'change') return { ...outcome, reason: place(outcome.reason) };
  return {
    ...outcome,
    because: outcome.because.map(place),
    ...(outcome.notes === undefined ? {} : { notes: outcome.notes.map(place) }),
  };
}

/** Of one family only the tool that speaks for the image is named. */
function speaks(reading: Reading, ecosystem: Ecosystem): boolean {
  const speaker = reading.ecosystem;
  return ecosystem.name === speaker?.name || ecosystem.family === undefined || ecosystem.family !== speaker?.family;
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
  for (const active of reading.active)
    if (speaks(reading, active.ecosystem)) facts.push(...active.ecosystem.describe(active.facts));
  const main = reading.start.main;
  if (main !== undefined) facts.push({ ...main.evidence, says: main.argv.join(' ') });
  return facts;
}
