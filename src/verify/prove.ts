/** The proof by building: both files, from copies of the same context, built, started and compared; and which step broke it. */
import { randomBytes } from 'node:crypto';
import type { Reason } from '../answer.ts';
import { runtimeContract } from '../dockerfile/contract.ts';
import { parseDockerfile } from '../dockerfile/parse.ts';
import { causeOf } from '../fault.ts';
import type { Migration } from '../migration.ts';
import type { Project } from '../project/project.ts';
import type { ContractField } from '../transform.ts';
import { type BuildCall, type BuildFailure, type BuildSettings, type Built, build } from './build.ts';
import type { OwnNames } from './config.ts';
import { contentsOf } from './contents.ts';
import type { Engine } from './engine.ts';
import { broken, type Comparison, type Finding, type Measured, note, type Rebuild, unknown } from './finding.ts';
import { imageConfig, layersOf } from './image.ts';
import { compare, mayBeDrawnByLot } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { verifyReason } from './reasons.ts';
import { observe, type RunFacts, type RunSettings } from './run.ts';
import { type Source, type Staged, stage, type Variant } from './stage.ts';
import { blankLine, sourceToTouch, touch } from './touch.ts';

export interface ProofSettings {
  readonly build: BuildSettings;
  /** `undefined`: build and compare, start nothing. */
  readonly run: RunSettings | undefined;
  readonly rebuild: boolean;
  /** File to touch for the rebuild, relative to the context; `undefined`: one is chosen. */
  readonly touch: string | undefined;
  /** Look into the file systems: packages, setuid files, lost files. Costs a second per 200 MB. */
  readonly contents: boolean;
  /** Measure them compressed too. */
  readonly compress: boolean;
}

export interface ProofSubject {
  readonly migration: Migration;
  readonly source: Source;
  readonly project: Project;
  /** Fields that a transform declares, by its name. */
  readonly changesOf: (transform: string) => readonly ContractField[];
}

export interface ProofCall {
  readonly engine: Engine;
  readonly settings: ProofSettings;
  readonly ledger: Ledger;
  readonly signal: AbortSignal | undefined;
  /** `what` is being done; `line` of the engine, when it is building. */
  readonly progress: (what: string, line?: string) => void;
}

export interface Proof {
  readonly before: Measured | undefined;
  readonly after: Measured | undefined;
  readonly comparison: Comparison | undefined;
  readonly rebuild: Rebuild | undefined;
  readonly findings: readonly Finding[];
}

interface Bench {
  readonly call: ProofCall;
  readonly subject: ProofSubject;
  /** Names of images and containers begin with it. */
  readonly id: string;
}

interface Trial {
  readonly staged: Staged;
  readonly measured: Measured;
}

/** Builds, starts and compares both files of a migration. Never rejects: what cannot be found out is a finding. */
export async function prove(subject: ProofSubject, call: ProofCall): Promise<Proof> {
  const bench = benchOf(subject, call);
  const { migration } = subject;
  const before = await attempt(bench, { text: migration.before, files: [] }, 'before');
  if ('verdict' in before) return { ...nothing, findings: [asBaseline(before)] };
  const after = await attempt(bench, { text: migration.after, files: migration.files }, 'after', before.measured);
  if ('verdict' in after) return { ...nothing, before: before.measured, findings: [after] };
  const comparison = await compareTrials(bench, before, after, changedSteps(migration));
  const again = call.settings.rebuild ? await rebuildBoth(bench, before, after) : undefined;
  return {
    before: before.measured,
    after: after.measured,
    comparison,
    rebuild: again?.rebuild,
    findings: [...comparison.findings, ...(again?.findings ?? []), ...unreached(call)],
  };
}

const nothing = { before: undefined, after: undefined, comparison: undefined, rebuild: undefined };

/** What the engine at hand could not do at all. */
function unreached({ engine, settings }: ProofCall): readonly Finding[] {
  if (settings.run === undefined) return [];
  if (!engine.runs) return [unknown(verifyReason('no-runs', { engine: engine.name }))];
  return engine.reach === 'none' ? [unknown(verifyReason('no-reach', { engine: engine.name }))] : [];
}

export interface Bisection {
  /** `undefined`: no single step does. */
  readonly step: string | undefined;
  readonly findings: readonly Finding[];
}

/** Applies the changed steps one after the other and names the first result that is broken. */
export async function bisect(subject: ProofSubject, call: ProofCall): Promise<Bisection> {
  const bench = benchOf(subject, call);
  const { migration } = subject;
  const before = await attempt(bench, { text: migration.before, files: [] }, 'before');
  if ('verdict' in before) return { step: undefined, findings: [asBaseline(before)] };
  const steps = changedSteps(migration);
  for (const [index, step] of steps.entries()) {
    const applied = steps.slice(0, index + 1);
    call.progress(`step ${index + 1} of ${steps.length}: ${step.transform}`);
    const variant = { text: step.after, files: filesOf(applied) };
    const trial = await attempt(bench, variant, `step${index + 1}`, before.measured);
    const findings = 'verdict' in trial ? [trial] : (await compareTrials(bench, before, trial, applied)).findings;
    const faults = findings.filter(({ verdict }) => verdict === 'broken');
    if (faults.length > 0) return { step: step.transform, findings: faults };
  }
  return { step: undefined, findings: [] };
}

/** Names of images and containers made by a process begin with this. */
export function ownedBy(pid: number): string {
  return `dfmigrate-verify-${pid.toString(36)}-`;
}

function benchOf(subject: ProofSubject, call: ProofCall): Bench {
  return { subject, call, id: `${ownedBy(process.pid)}${randomBytes(3).toString('hex')}` };
}

type Step = Migration['steps'][number];

function changedSteps(migration: Migration): readonly Step[] {
  return migration.steps.filter(({ outcome }) => outcome.kind === 'change');
}

function filesOf(steps: readonly Step[]): Variant['files'] {
  const files = new Map<string, Variant['files'][number]>();
  for (const { outcome } of steps)
    if (outcome.kind === 'change') for (const file of outcome.files ?? []) files.set(file.path, file);
  return [...files.values()];
}

async function attempt(bench: Bench, variant: Variant, name: string, model?: Measured): Promise<Trial | Finding> {
  const { call, subject, id } = bench;
  try {
    const staged = stage(subject.source, variant, name, call.ledger);
    const built = await buildOne(bench, staged, name);
    if (built.kind === 'failed') return failure(built);
    const measured = await measure(bench, built, `${id}-${name}`, listeningPort(model));
    return 'verdict' in measured ? measured : { staged, measured };
  } catch (error) {
    return unknown(verifyReason('no-space', { cause: causeOf(error) }));
  }
}

function buildOne({ call, id }: Bench, staged: Staged, name: string): Promise<Built | BuildFailure> {
  const { engine, ledger, signal, settings } = call;
  const progress = (line: string): void => call.progress(`building ${name}`, line);
  const buildCall: BuildCall = { engine, ledger, signal, settings: settings.build, progress };
  return build(buildCall, staged, `${id}:${name}`);
}

function failure({ reason, conclusive, step, tail }: BuildFailure): Finding {
  const lines = step === undefined ? tail : [step, ...tail];
  return conclusive ? broken(reason, lines) : unknown(reason, lines);
}

function asBaseline({ reason, tail }: Finding): Finding {
  const because: Reason = verifyReason('before-fails', { cause: reason.text });
  return unknown(because, tail);
}

function listeningPort(model: Measured | undefined): number | undefined {
  return model?.run?.readiness.kind === 'listening' ? model.run.readiness.port : undefined;
}

async function measure(
  bench: Bench,
  built: Built,
  name: string,
  usual: number | undefined,
): Promise<Measured | Finding> {
  const { engine, settings, ledger, signal, progress } = bench.call;
  const config = await imageConfig(engine, built.image);
  if (config === undefined) return unknown(verifyReason('no-inspection', { engine: engine.name }));
  if (settings.contents) progress(`looking into ${name}`);
  const contents = settings.contents
    ? await contentsOf(engine, built.image, `${name}-files`, ledger, settings.compress)
    : undefined;
  const starts = settings.run !== undefined && engine.runs && engine.reach !== 'none';
  if (starts) progress(`starting ${name}`);
  const run = starts
    ? await observe(engine, built.image, config, name, settings.run, ledger, signal, usual)
    : undefined;
  const { image, seconds, steps } = built;
  return { image, seconds, steps, config, layers: await layersOf(engine, built.image), contents, run };
}

async function compareTrials(bench: Bench, before: Trial, after: Trial, steps: readonly Step[]): Promise<Comparison> {
  const { changesOf, migration, project } = bench.subject;
  const declared = new Set(steps.flatMap(({ transform }) => changesOf(transform)));
  const own = namesIn(migration.before, bench.call.settings.build.target);
  const anew = mayBeDrawnByLot(before.measured, after.measured) ? await runAnew(bench, before) : undefined;
  const grounds = { declared, own, project, ...(anew === undefined ? {} : { anew }) };
  return compare(before.measured, after.measured, grounds);
}

/** The original, built without a cache and started once more: what its build draws by lot shows. `undefined`: it did not work. */
async function runAnew(bench: Bench, { staged, measured }: Trial): Promise<RunFacts | undefined> {
  const { call, id } = bench;
  const build = { ...call.settings.build, noCache: true } as const;
  const anew: Bench = { ...bench, call: { ...call, settings: { ...call.settings, build, contents: false } } };
  const built = await buildOne(anew, staged, 'before-anew');
  if (built.kind === 'failed') return undefined;
  const found = await measure(anew, built, `${id}-before-anew`, listeningPort(measured));
  return 'verdict' in found ? undefined : found.run;
}

/** What the file itself sets in the image it builds; of an unreadable file, nothing. */
export function namesIn(source: string, target: string | undefined): OwnNames {
  const parsed = parseDockerfile(source);
  const stages = parsed.kind === 'dockerfile' ? parsed.stages : [];
  const stage = stages.find(({ name }) => target !== undefined && name === target.toLowerCase()) ?? stages.at(-1);
  if (parsed.kind !== 'dockerfile' || stage === undefined)
    return { env: new Set(), labels: new Set(), expose: new Set(), volumes: new Set() };
  const contract = runtimeContract(parsed, stage, () => undefined);
  return {
    env: new Set(Object.keys(contract.env)),
    labels: new Set(Object.keys(contract.labels)),
    expose: new Set(contract.expose),
    volumes: new Set(contract.volumes),
  };
}

async function rebuildBoth(
  bench: Bench,
  before: Trial,
  after: Trial,
): Promise<{ rebuild: Rebuild | undefined; findings: readonly Finding[] }> {
  const touched = bench.call.settings.touch ?? sourceToTouch(bench.subject.project);
  const line = blankLine();
  const found = touched !== undefined && [before, after].every(({ staged }) => touch(staged, touched, line));
  if (!found) return { rebuild: undefined, findings: [note(verifyReason('rebuild-nothing'))] };
  const old = await buildOne(bench, before.staged, 'before-again');
  const next = await buildOne(bench, after.staged, 'after-again');
  if (old.kind === 'failed') return { rebuild: undefined, findings: [asBaseline(failure(old))] };
  if (next.kind === 'failed') return { rebuild: undefined, findings: [failure(next)] };
  const code = next.seconds > old.seconds * 1.2 + 1 ? 'rebuild-slower' : 'rebuild-faster';
  return {
    rebuild: { touched, before: old, after: next },
    findings: [note(verifyReason(code, { before: old.seconds, after: next.seconds }))],
  };
}
