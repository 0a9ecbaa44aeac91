/** `dfmigrate verify`: the result of a migration, proved without and with a container engine. Writes only what was proved. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { transforms } from '../../transforms/index.ts';
import type { Reason } from '../answer.ts';
import { type MigrateChoice, migrateBytes } from '../attempt.ts';
import { discover, display, type Target } from '../discover.ts';
import { causeOf, cliReason, type Fault } from '../fault.ts';
import type { Migration } from '../migration.ts';
import { diskProject } from '../project/disk.ts';
import { withFiles } from '../project/overlay.ts';
import type { Project } from '../project/project.ts';
import { faultText, noteText } from '../report/fault-text.ts';
import { redact } from '../report/redact.ts';
import { sanitise } from '../report/sanitise.ts';
import type { Style } from '../report/style.ts';
import type { ContractField } from '../transform.ts';
import { type ComposeRequest, startDependencies } from '../verify/compose.ts';
import { type Engine, findEngine } from '../verify/engine.ts';
import { type Finding, note, unknown } from '../verify/finding.ts';
import { openLedger } from '../verify/ledger.ts';
import { bisect, type ProofCall, type ProofSubject, prove } from '../verify/prove.ts';
import { verifyReason } from '../verify/reasons.ts';
import { verificationJson, verificationMarkdown, verificationText } from '../verify/report.ts';
import { staticFindings } from '../verify/static.ts';
import { type Bisected, holds, outcomeOf, type Verification } from '../verify/verification.ts';
import { apply, guardAll, objections, plansFor } from './apply.ts';
import { type Configure, type Configured, configurator } from './configure.ts';
import { checkContext, contextOf } from './context.ts';
import { type Host, styleFor } from './host.ts';
import { type Loaded, readTarget, reportOn } from './load.ts';
import { isFault, type RawOptions, type RunOptions, toRunOptions, toShowOptions } from './options.ts';
import { commandNames } from './run.ts';
import { select } from './select.ts';
import { type RawVerifyOptions, toVerifyOptions, type VerifyOptions } from './verify-options.ts';

interface Command {
  readonly options: VerifyOptions;
  readonly run: RunOptions;
  readonly host: Host;
  readonly configure: Configure;
  readonly engine: Engine | undefined;
  /** Of the whole command: no engine, no surroundings. */
  readonly obstacles: readonly Finding[];
}

interface Subject extends Loaded {
  /** What its configuration and the command line make of the migration. */
  readonly choice: MigrateChoice;
}

interface Verified {
  readonly loaded: Subject;
  readonly verification: Verification;
}

/**
 * Verifies what the command line names; `raw` are the program's own options. Exit code: 5 broken (nothing is written), 3 not
 * proved, 2 usage, 4 refused, 0 proved or checked.
 */
export async function verify(
  paths: readonly string[],
  own: RawVerifyOptions,
  raw: RawOptions,
  host: Host,
): Promise<number> {
  const options = toVerifyOptions(own, paths, raw.format, raw.target, host.cwd);
  const run = isFault(options) ? options : toRunOptions(raw, options.paths);
  if (!isFault(options) && !isFault(run)) return verifyAll(options, run, host);
  const fault = isFault(options) ? options : isFault(run) ? run : undefined;
  if (fault === undefined) return 70;
  host.sink.err(faultText(fault, styleFor(host, 'error', toShowOptions(raw)), false));
  return fault.exit;
}

async function verifyAll(options: VerifyOptions, run: RunOptions, host: Host): Promise<number> {
  const chosen = select(transforms, run.selection);
  if (isFault(chosen)) return complain([chosen], run, host);
  const configure = configurator(run, chosen, host.cwd);
  if (isFault(configure)) return complain([configure], run, host);
  const context = run.context === undefined ? undefined : path.resolve(host.cwd, run.context);
  const badContext = context === undefined ? undefined : checkContext(context, run.context ?? '');
  if (badContext !== undefined) return complain([badContext], run, host);
  const found = await discover(options.paths, host.cwd, commandNames);
  if (found.faults.length > 0 || found.targets.length === 0) {
    if (found.targets.length === 0 && found.faults.length === 0)
      host.sink.err(
        noteText(cliReason('none-found', { where: options.paths.join(' ') || '.' }), styleFor(host, 'error', run)),
      );
    const code = complain(found.faults, run, host);
    if (found.targets.length === 0 || code === 2) return code;
  }
  const { engine, obstacles } = await engineOf(options);
  const command: Command = { options, run, host, configure, engine, obstacles };
  const faults: Fault[] = [];
  const done: Verified[] = [];
  for (const target of found.targets) {
    const loaded = load(command, target, context);
    if ('code' in loaded) host.sink.err(noteText(loaded, styleFor(host, 'error', run)));
    else if (isFault(loaded)) faults.push(loaded);
    else done.push({ loaded, verification: await verifyOne(command, loaded) });
  }
  print(command, done);
  const outcomes = done.map(({ verification }) => outcomeOf(verification));
  const broken = outcomes.includes('broken');
  if (run.mode === 'write') faults.push(...writeProved(command, done));
  const code = complain(faults, run, host);
  if (code !== 0) return code === 2 || !broken ? code : 5;
  return broken ? 5 : outcomes.includes('unclear') ? 3 : 0;
}

async function engineOf(options: VerifyOptions): Promise<Pick<Command, 'engine' | 'obstacles'>> {
  if (options.proof === undefined) return { engine: undefined, obstacles: [] };
  const found = await findEngine(options.engine);
  if (!('tried' in found)) return { engine: found, obstacles: [] };
  const tried = found.tried.map(({ reason }) => reason.text).join('; ');
  const settle = found.tried.find(({ reason }) => reason.code !== 'verify/engine-missing')?.reason.settle;
  const reason = verifyReason('no-engine', { tried });
  return { engine: undefined, obstacles: [unknown(settle === undefined ? reason : { ...reason, settle })] };
}

function without({ choice }: Subject, step: string): MigrateChoice {
  return { ...choice, transforms: choice.transforms.filter(({ name }) => name !== step) };
}

/** A reason when its configuration leaves it alone, which stops nobody from comparing two texts of his own. */
function load(command: Command, target: Target, given: string | undefined): Subject | Reason | Fault {
  const { before } = command.options;
  const configured = before === undefined ? command.configure(target) : byHandOnly(command);
  if (!('kind' in configured)) return configured;
  if (configured.kind === 'leave') return configured.reason;
  const { choice } = configured;
  const context = given ?? configured.context ?? contextOf(target.file, target.root);
  const bytes = readTarget(target);
  if (isFault(bytes)) return bytes;
  const migration =
    before === undefined
      ? migrateBytes(bytes, target.path, diskProject(context, target.file), choice)
      : comparing(path.resolve(command.host.cwd, before), before, bytes, target);
  if (isFault(migration)) return migration;
  return { target, bytes, context, choice, report: reportOn(migration, target, context, command.host.cwd) };
}

const byHand = 'the new file';
/** What a migration by hand may change without a word; everything else is a fault there too. */
const changedByHand: readonly ContractField[] = ['FROM', 'USER', 'HEALTHCHECK'];

function byHandOnly({ run }: Command): Extract<Configured, { kind: 'run' }> {
  return { kind: 'run', choice: { transforms: [], wishes: run.wishes, target: run.target }, context: undefined };
}

/** Two texts of the user's own as a migration of one step. */
function comparing(file: string, shown: string, bytes: Buffer, target: Target): Migration | Fault {
  try {
    const [before, after] = [readFileSync(file, 'utf8'), bytes.toString('utf8')];
    const steps: Migration['steps'] = [
      { transform: byHand, outcome: { kind: 'change', edits: [], because: [] }, before, after },
    ];
    return { path: target.path, before, after, recognised: [], leftAlone: undefined, steps, files: [] };
  } catch (error) {
    return { reason: cliReason('unreadable', { path: shown, cause: causeOf(error) }), exit: 2, path: shown };
  }
}

async function verifyOne(command: Command, loaded: Subject): Promise<Verification> {
  const { migration } = loaded.report;
  const { options, engine, obstacles } = command;
  const findings = options.before === undefined ? await staticPart(loaded) : [];
  const untouched = migration.before === migration.after && migration.files.length === 0;
  const plain = { migration, engine: undefined, proof: undefined, bisection: undefined };
  if (untouched)
    return { ...plain, findings: [...findings, note(migration.leftAlone ?? verifyReason('nothing-changed'))] };
  if (engine === undefined || options.proof === undefined || !holds(findings))
    return { ...plain, findings: [...findings, ...obstacles] };
  return proveOne(command, loaded, engine, options.proof, findings);
}

function staticPart({ report, context, target, choice }: Subject): Promise<readonly Finding[]> {
  const project = withFiles(diskProject(context, target.file), report.migration.files);
  const again = migrateBytes(Buffer.from(report.migration.after), target.path, project, choice);
  return staticFindings(report.migration, isFault(again) ? report.migration : again);
}

async function proveOne(
  command: Command,
  loaded: Subject,
  engine: Engine,
  settings: NonNullable<VerifyOptions['proof']>,
  before: readonly Finding[],
): Promise<Verification> {
  const { options, host, run } = command;
  const ledger = openLedger(options.keep);
  const { migration } = loaded.report;
  const progress = progressOn(host, run);
  try {
    const around = await surroundings(engine, options.compose, settings, ledger);
    if ('reason' in around)
      return {
        migration,
        engine,
        proof: undefined,
        bisection: undefined,
        findings: [...before, unknown(around.reason)],
      };
    const call: ProofCall = { engine, settings: around, ledger, signal: undefined, progress };
    const proof = await prove(subjectOf(loaded, migration), call);
    const findings = [...before, ...proof.findings];
    const isBroken = findings.some(({ verdict }) => verdict === 'broken');
    const bisection = isBroken && options.bisect ? await bisectOne(loaded, call) : undefined;
    return { migration, engine, proof, findings, bisection };
  } finally {
    const style = styleFor(host, 'error', run);
    if (options.keep) for (const what of ledger.held()) host.sink.err(`kept ${what}\n`);
    for (const what of ledger.settle()) host.sink.err(noteText(verifyReason('leftover', { what }), style));
  }
}

async function surroundings(
  engine: Engine,
  request: ComposeRequest | undefined,
  settings: ProofCall['settings'],
  ledger: ProofCall['ledger'],
): Promise<ProofCall['settings'] | Extract<Awaited<ReturnType<typeof startDependencies>>, { reason: unknown }>> {
  if (request === undefined || settings.run === undefined) return settings;
  const around = await startDependencies(engine, request, ledger);
  if ('reason' in around) return around;
  // what the user says by --env wins: engines take the last of two
  return { ...settings, run: { ...settings.run, network: around.network, env: [...around.env, ...settings.run.env] } };
}

function subjectOf({ target, context }: Loaded, migration: Migration): ProofSubject {
  const project: Project = diskProject(context, target.file);
  return {
    migration,
    source: { context, dockerfile: project.dockerfile === undefined ? undefined : display(context, target.file) },
    project,
    changesOf: (name) =>
      name === byHand ? changedByHand : (transforms.find((transform) => transform.name === name)?.changes ?? []),
  };
}

async function bisectOne(loaded: Subject, call: ProofCall): Promise<Bisected> {
  const { target, context, bytes } = loaded;
  const found = await bisect(subjectOf(loaded, loaded.report.migration), call);
  if (found.step === undefined) return { ...found, without: undefined };
  const migration = migrateBytes(bytes, target.path, diskProject(context, target.file), without(loaded, found.step));
  if (isFault(migration)) return { ...found, without: undefined };
  call.progress(`without ${found.step}`);
  const proof = await prove(subjectOf(loaded, migration), call);
  return { ...found, without: { migration, findings: proof.findings } };
}

/** On a terminal one line that is overwritten; elsewhere a line per change of activity; with -v everything the engine says. */
function progressOn(host: Host, run: RunOptions): ProofCall['progress'] {
  let last = '';
  return (what, line) => {
    if (run.verbosity === 'quiet') return;
    if (run.verbosity === 'verbose' && line !== undefined) host.sink.err(`${sanitise(redact(line))}\n`);
    else if (what !== last) host.sink.err(`${what}\n`);
    last = what;
  };
}

function print({ options, run, host }: Command, done: readonly Verified[]): void {
  const all = done.map(({ verification }) => verification);
  const style: Style = styleFor(host, 'output', run);
  if (options.format === 'json') {
    const ok = all.every((one) => ['proved', 'checked', 'unchanged'].includes(outcomeOf(one)));
    host.sink.out(
      `${JSON.stringify({ v: 1, tool: `dfmigrate@${host.version}`, ok, files: all.map(verificationJson) })}\n`,
    );
  } else if (options.format === 'markdown')
    host.sink.out(all.map((one) => verificationMarkdown(one, style.show)).join('\n'));
  else host.sink.out(all.map((one) => verificationText(one, style)).join('\n'));
}

/** Writes each file whose migration held, and of a bisected one the result without the step at fault when that held. */
function writeProved({ host, run, options }: Command, done: readonly Verified[]): readonly Fault[] {
  if (options.before !== undefined) return [];
  return done.flatMap(({ loaded, verification }) => {
    const migration = provedMigration(verification);
    if (migration === undefined || (migration.after === migration.before && migration.files.length === 0)) return [];
    const one: Loaded = { ...loaded, report: { ...loaded.report, migration } };
    const [group = []] = guardAll([plansFor(one)]);
    const refused = run.allowDirty || run.mode === 'write' ? [] : objections(group, false);
    const { result, faults } = refused.length > 0 ? { result: undefined, faults: refused } : apply(one, group);
    if (result?.writing === 'written' && run.verbosity !== 'quiet') host.sink.err(`wrote ${migration.path}\n`);
    return faults;
  });
}

function provedMigration({ migration, findings, bisection }: Verification): Migration | undefined {
  if (holds(findings)) return migration;
  return bisection?.without !== undefined && holds(bisection.without.findings)
    ? bisection.without.migration
    : undefined;
}

function complain(faults: readonly Fault[], run: RunOptions, host: Host): number {
  const style = styleFor(host, 'error', run);
  for (const fault of faults) host.sink.err(faultText(fault, style, run.verbosity === 'verbose'));
  return faults.reduce((worst, { exit }) => (worst === 70 || worst === 2 ? worst : Math.max(worst, exit)), 0);
}
