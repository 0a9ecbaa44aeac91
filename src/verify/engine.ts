/** Container engines: what each is asked, and which of its differences verification has to know. */

import type { Reason } from '../answer.ts';
import { type Command, type Ended, runProgram, succeeded } from './process.ts';
import { verifyReason } from './reasons.ts';

export type EngineName = 'docker' | 'podman' | 'nerdctl' | 'buildah';
export type Builder = 'buildkit' | 'classic' | 'buildah';

interface EngineTraits {
  readonly name: EngineName;
  /** Prints the version of what does the work: a client without its server proves nothing. */
  readonly ask: readonly string[];
  readonly runs: boolean;
  /** How the image's HEALTHCHECK is run: by the engine's own loop, on request, or by executing its command. */
  readonly health: 'loop' | 'request' | 'execute';
}

/** In the order they are looked for. */
const traits: readonly EngineTraits[] = [
  { name: 'docker', ask: ['version', '--format', '{{.Server.Version}}'], runs: true, health: 'loop' },
  { name: 'podman', ask: ['info', '--format', '{{.Version.Version}}'], runs: true, health: 'request' },
  { name: 'nerdctl', ask: ['info', '--format', '{{.ServerVersion}}'], runs: true, health: 'execute' },
  { name: 'buildah', ask: ['version', '--format', '{{.Version}}'], runs: false, health: 'execute' },
];

export const engineNames: readonly EngineName[] = traits.map(({ name }) => name);

/**
 * How containers are reached. `publish`: a port of the loopback interface; `namespace`: no network but its own loopback,
 * entered with nsenter (root on Linux); `none`: not at all.
 */
export type Reach = 'publish' | 'namespace' | 'none';

export interface Engine {
  readonly name: EngineName;
  readonly program: string;
  readonly version: string;
  readonly builder: Builder;
  readonly runs: boolean;
  readonly health: EngineTraits['health'];
  readonly reach: Reach;
  /** Network that builds need because the engine has no default one. */
  readonly buildNetwork: string | undefined;
}

export interface Tried {
  readonly name: EngineName;
  readonly reason: Reason;
}

const questionLimitMs = 20_000;

/** Asks an engine something short. */
export function ask(
  engine: Pick<Engine, 'program'>,
  args: readonly string[],
  timeLimitMs = questionLimitMs,
): Promise<Ended> {
  return runProgram(commandOf(engine, args, timeLimitMs));
}

export function commandOf(engine: Pick<Engine, 'program'>, args: readonly string[], timeLimitMs: number): Command {
  return { program: engine.program, args, timeLimitMs };
}

/** The first engine that answers, or only `wanted`; else why each one does not. */
export async function findEngine(
  wanted: EngineName | undefined,
  builder: Builder | undefined = undefined,
): Promise<Engine | { readonly tried: readonly Tried[] }> {
  const tried: Tried[] = [];
  for (const one of traits.filter(({ name }) => wanted === undefined || wanted === name)) {
    const answer = await ask({ program: one.name }, one.ask);
    const version = answer.out.trim().split('\n').at(-1) ?? '';
    if (succeeded(answer) && /\d/.test(version)) return describe(one, version, builder);
    tried.push({ name: one.name, reason: whyNot(one.name, answer) });
  }
  return { tried };
}

async function describe(one: EngineTraits, version: string, builder: Builder | undefined): Promise<Engine> {
  const podman = one.name === 'docker' && /podman/i.test((await ask({ program: 'docker' }, ['--version'])).out);
  const traitsInForce = podman ? { ...one, health: 'request' as const } : one;
  const networks = one.runs ? await networkNames(one.name) : [];
  const bridged = networks.some((name) => name === 'bridge' || name === 'podman' || name === 'nat');
  return {
    name: one.name,
    program: one.name,
    version,
    builder: builder ?? (podman ? 'buildah' : await builderOf(one.name, version)),
    runs: one.runs,
    health: traitsInForce.health,
    reach: bridged ? 'publish' : canEnterNamespaces() ? 'namespace' : 'none',
    buildNetwork: bridged || one.name === 'nerdctl' ? undefined : 'host',
  };
}

async function networkNames(program: EngineName): Promise<readonly string[]> {
  const answer = await ask({ program }, ['network', 'ls', '--format', '{{.Name}}']);
  return answer.out.split('\n').map((line) => line.trim());
}

/** nsenter needs root; a remote or virtualised daemon is noticed later, when its process ids mean nothing here. */
export function canEnterNamespaces(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** docker brings BuildKit as the buildx plugin, and before version 23 in the client itself. */
async function builderOf(name: EngineName, version: string): Promise<Builder> {
  if (name === 'nerdctl') return 'buildkit';
  if (name !== 'docker') return 'buildah';
  if (process.env.DOCKER_BUILDKIT === '0') return 'classic';
  if (succeeded(await ask({ program: 'docker' }, ['buildx', 'version']))) return 'buildkit';
  const major = Number.parseInt(version, 10);
  return major >= 18 && major < 23 ? 'buildkit' : 'classic';
}

function whyNot(name: EngineName, answer: Ended): Reason {
  if (answer.end.kind === 'missing') return verifyReason('engine-missing', { engine: name });
  if (answer.end.kind === 'time-limit') return verifyReason('engine-silent', { engine: name });
  const said = firstLine(answer.err);
  if (/permission denied|EACCES|access denied/i.test(answer.err))
    return verifyReason('engine-permission', { engine: name });
  if (
    /cannot connect|is the docker daemon running|connection refused|no such file or directory|cannot access containerd/i.test(
      answer.err,
    )
  )
    return verifyReason('engine-down', { engine: name });
  return verifyReason('engine-failed', { engine: name, said });
}

/** The first line that says something. */
export function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').trim().slice(0, 300);
}
