/** Starts an image as its users do and writes down what it does: port, answers, health, users, and how it stops. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Container,
  listedUids,
  logTail,
  publishedPort,
  runHealthcheck,
  type StartSettings,
  type State,
  type Stopped,
  start,
  stateOf,
  stop,
  wholeLog,
} from './container.ts';
import { canEnterNamespaces, type Engine } from './engine.ts';
import type { ImageConfig } from './image.ts';
import type { Ledger } from './ledger.ts';
import { listeningPorts, processTree } from './listening.ts';
import { type Address, type ProbeRequest, type ProbeResult, probe } from './probe.ts';

export interface RunSettings {
  readonly probes: readonly ProbeRequest[];
  /** Instead of those the image exposes. */
  readonly ports: readonly number[];
  /** Ready when the log has this text, instead of when a port answers. */
  readonly readyLog: string | undefined;
  readonly env: readonly string[];
  readonly envFiles: readonly string[];
  readonly readOnly: boolean;
  readonly network: string | undefined;
  /** Until it listens or says its line. */
  readonly startLimitMs: number;
  readonly stopSeconds: number;
}

export type Readiness =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'said' }
  /** Neither a port nor a line was asked for: it stayed up for a while. */
  | { readonly kind: 'stayed' }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'silent'; readonly listens: readonly number[] }
  | { readonly kind: 'not-started'; readonly cause: string };

export type Health =
  | { readonly kind: 'none' }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'unhealthy'; readonly output: string }
  /** The probe's program is not in the image. */
  | { readonly kind: 'tool-missing'; readonly output: string }
  | { readonly kind: 'unknown' };

export interface RunFacts {
  readonly readiness: Readiness;
  readonly seconds: number;
  readonly answers: readonly ProbeResult[];
  readonly health: Health;
  /** Users of all processes below the first one, each once, sorted. */
  readonly uids: readonly number[] | undefined;
  readonly stopped: Stopped | undefined;
  readonly log: readonly string[];
}

const pollMs = 150;
/** How long a container without a port must stay up to count as running. */
const settleMs = 8_000;
/** How long one that listens must stay up to count as running. */
const confirmMs = 1_500;
const healthLimitMs = 20_000;

/**
 * Runs and removes one container; never throws on what the program in it does. `usual` is the port the other image was found to
 * listen on: it is waited for instead of the exposed ones, which are only a promise.
 */
export async function observe(
  engine: Engine,
  image: string,
  config: ImageConfig,
  name: string,
  settings: RunSettings,
  ledger: Ledger,
  signal: AbortSignal | undefined,
  usual: number | undefined,
): Promise<RunFacts> {
  const ports = portsToAwait(settings, config, usual);
  const startSettings: StartSettings = { ...settings, ports, healthcheck: config.healthcheck !== undefined };
  const container = await startReachable(engine, image, name, startSettings, ledger);
  if ('cause' in container) return nothing({ kind: 'not-started', cause: container.cause }, []);
  const named = settings.ports.length > 0 || usual !== undefined;
  const facts = await watch(container, config, { ports, named }, settings, signal);
  container.remove();
  return facts;
}

function portsToAwait(settings: RunSettings, config: ImageConfig, usual: number | undefined): readonly number[] {
  if (settings.ports.length > 0) return settings.ports;
  return usual === undefined ? tcpPorts(config) : [usual];
}

/** An engine may list a network that does not work; where its ports are not published, its namespace is entered. */
async function startReachable(
  engine: Engine,
  image: string,
  name: string,
  settings: StartSettings,
  ledger: Ledger,
): Promise<Container | { readonly cause: string }> {
  const container = await start(engine, image, name, settings, ledger);
  if (engine.reach !== 'publish' || settings.network !== undefined || !canEnterNamespaces()) return container;
  const works =
    'cause' in container ? !networkFault.test(container.cause) : await isPublished(container, settings.ports);
  if (works) return container;
  if (!('cause' in container)) container.remove();
  return start({ ...engine, reach: 'namespace' }, image, `${name}-inside`, settings, ledger);
}

const networkFault = /netavark|aardvark|\bcni\b|slirp4netns|pasta|iptables|network|port is already allocated/i;

async function isPublished(container: Container, ports: readonly number[]): Promise<boolean> {
  const [first] = ports;
  if (first === undefined || (await publishedPort(container, first)) !== undefined) return true;
  return (await stateOf(container))?.running !== true;
}

interface AwaitedPorts {
  readonly ports: readonly number[];
  /** Told or measured; what an image exposes is only a promise. */
  readonly named: boolean;
}

async function watch(
  container: Container,
  config: ImageConfig,
  awaited: AwaitedPorts,
  settings: RunSettings,
  signal: AbortSignal | undefined,
): Promise<RunFacts> {
  const started = performance.now();
  const readiness = await untilReady(container, awaited, settings, signal);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const up = readiness.kind === 'listening' || readiness.kind === 'said' || readiness.kind === 'stayed';
  if (!up) return { ...nothing(readiness, await logTail(container)), seconds };
  const state = await stateOf(container);
  const uids = await uidsOf(container, state);
  const address = readiness.kind === 'listening' ? await addressOf(container, readiness.port, state) : undefined;
  const answers = address === undefined ? [] : await answersOf(address, settings.probes);
  const health = await healthOf(container, config);
  const log = await logTail(container);
  const stopped = await stop(container, settings.stopSeconds);
  return { readiness, seconds, answers, health, uids, stopped, log };
}

function nothing(readiness: Readiness, log: readonly string[]): RunFacts {
  return { readiness, seconds: 0, answers: [], health: { kind: 'none' }, uids: undefined, stopped: undefined, log };
}

/** Exposed TCP ports as numbers. */
export function tcpPorts(config: ImageConfig): readonly number[] {
  return config.expose.filter((port) => port.endsWith('/tcp')).map((port) => Number.parseInt(port, 10));
}

async function untilReady(
  container: Container,
  { ports, named }: AwaitedPorts,
  settings: RunSettings,
  signal: AbortSignal | undefined,
): Promise<Readiness> {
  const began = performance.now();
  const passed = (): number => performance.now() - began;
  let listens: readonly number[] = [];
  while (passed() < settings.startLimitMs && signal?.aborted !== true) {
    const state = await stateOf(container);
    if (state === undefined) return { kind: 'not-started', cause: 'the engine stopped answering' };
    if (!state.running && passed() > 200) return { kind: 'exited', code: state.exitCode };
    if (settings.readyLog !== undefined) {
      if ((await wholeLog(container)).includes(settings.readyLog)) return { kind: 'said' };
    } else {
      listens = await openPorts(container, ports, state);
      const port = ports.find((each) => listens.includes(each)) ?? (ports.length === 0 ? listens[0] : undefined);
      if (port !== undefined && (await staysUp(container))) return { kind: 'listening', port };
      if (ports.length === 0 && passed() > settleMs) return { kind: 'stayed' };
    }
    await wait(pollMs);
  }
  const [other] = listens;
  return other === undefined || named ? { kind: 'silent', listens } : { kind: 'listening', port: other };
}

/** A program may listen first and end when it finds no database. */
async function staysUp(container: Container): Promise<boolean> {
  await wait(confirmMs);
  return (await stateOf(container))?.running === true;
}

/** What listens inside; through published ports, those of the asked ones that keep a connection open. */
async function openPorts(container: Container, ports: readonly number[], state: State): Promise<readonly number[]> {
  const seen = container.reach === 'namespace' ? listeningPorts(state.pid) : undefined;
  if (seen !== undefined || container.reach !== 'publish') return seen ?? [];
  const open: number[] = [];
  for (const port of ports) {
    const here = await publishedPort(container, port);
    if (here !== undefined && (await answers(here))) open.push(port);
  }
  return open;
}

/** The engine's own proxy accepts for a port nobody listens on, and then hangs up. */
async function answers(port: number): Promise<boolean> {
  const answer = await probe({ port, namespaceOf: undefined }, { method: 'GET', path: '/' });
  return answer.kind === 'answered' || answer.cause === 'no HTTP';
}

async function addressOf(container: Container, port: number, state: State | undefined): Promise<Address | undefined> {
  if (container.reach === 'namespace') return state === undefined ? undefined : { port, namespaceOf: state.pid };
  const here = await publishedPort(container, port);
  return here === undefined ? undefined : { port: here, namespaceOf: undefined };
}

async function answersOf(address: Address, probes: readonly ProbeRequest[]): Promise<readonly ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const request of probes) {
    const answer = await probe(address, request);
    results.push({ request, answer, again: await probe(address, request) });
  }
  return results;
}

/** Processes that do not descend from the first one (a running health check, an exec) are not the program's. */
async function uidsOf(container: Container, state: State | undefined): Promise<readonly number[] | undefined> {
  const tree = container.reach === 'namespace' && state !== undefined ? processTree(state.pid) : undefined;
  const uids = tree?.map(({ uid }) => uid) ?? (await listedUids(container));
  return uids === undefined ? undefined : [...new Set(uids)].sort((a, b) => a - b);
}

async function healthOf(container: Container, config: ImageConfig): Promise<Health> {
  const check = config.healthcheck;
  if (check === undefined) return { kind: 'none' };
  const began = performance.now();
  let last = '';
  while (performance.now() - began < healthLimitMs) {
    const run = container.engine.health === 'loop' ? undefined : await runHealthcheck(container, check.test);
    const state = run === undefined ? await stateOf(container) : undefined;
    if (run?.exitCode === 0 || state?.health === 'healthy') return { kind: 'healthy' };
    if (run === undefined && (state === undefined || state.health === undefined)) return { kind: 'unknown' };
    const shown = run ?? state?.lastCheck;
    last = shown?.output.trim() ?? last;
    if (shown !== undefined && isMissingTool(shown.exitCode, shown.output))
      return { kind: 'tool-missing', output: last };
    if (state?.running === false) break;
    await wait(400);
  }
  return { kind: 'unhealthy', output: last };
}

/** A shell says 126 or 127; an engine that starts the program itself says so in words. */
function isMissingTool(exitCode: number, output: string): boolean {
  if (exitCode === 0) return false;
  return (
    exitCode === 126 ||
    exitCode === 127 ||
    /executable file not found|: not found|no such file or directory: unknown/i.test(output)
  );
}
