/** One container of one image: start, watch, ask, stop. What is told about it is raw; judging is elsewhere. */

import { label } from './build.ts';
import { ask, type Engine, firstLine } from './engine.ts';
import { fieldsOf, numberOf, parseJson, textOf } from './json.ts';
import type { Ledger } from './ledger.ts';
import { ownAddress } from './probe.ts';
import { succeeded } from './process.ts';

export interface StartSettings {
  readonly env: readonly string[];
  readonly envFiles: readonly string[];
  readonly readOnly: boolean;
  /** Network to join instead of the default one (a compose project's). */
  readonly network: string | undefined;
  /** Ports to publish; with `reach: 'namespace'` they need no publishing. */
  readonly ports: readonly number[];
  /** Has the image a HEALTHCHECK? Its interval is then shortened where the engine runs it by itself. */
  readonly healthcheck: boolean;
}

export interface Container {
  readonly name: string;
  readonly engine: Engine;
  readonly reach: Engine['reach'];
  /** Removes it, running or not. */
  readonly remove: () => void;
}

export interface State {
  readonly running: boolean;
  readonly exitCode: number;
  /** On the engine's machine; 0 when not running. */
  readonly pid: number;
  /** `starting`, `healthy`, `unhealthy`; `undefined`: the engine does not check. */
  readonly health: string | undefined;
  /** Of the last check run. */
  readonly lastCheck: { readonly exitCode: number; readonly output: string } | undefined;
  readonly outOfMemory: boolean;
}

/** A container, or what the engine said when it could not start one. */
export async function start(
  engine: Engine,
  image: string,
  name: string,
  settings: StartSettings,
  ledger: Ledger,
): Promise<Container | { readonly cause: string }> {
  const reach = settings.network === undefined ? engine.reach : 'publish';
  const remove = ledger.add({ what: `container ${name}`, program: engine.program, args: ['rm', '-f', '-v', name] });
  const ended = await ask(engine, startArguments(engine, reach, image, name, settings), 60_000);
  if (succeeded(ended)) return { name, engine, reach, remove };
  // some engines leave the container when its command cannot be executed
  remove();
  return { cause: firstLine(ended.err.replace(/^.*WARNING.*\n/gm, '')) };
}

/** The same for both containers: programs print it, and engines would give each another one. */
const hostname = 'container';

function startArguments(
  engine: Engine,
  reach: Engine['reach'],
  image: string,
  name: string,
  settings: StartSettings,
): readonly string[] {
  const network = settings.network ?? (reach === 'publish' ? undefined : 'none');
  return [
    'run',
    '-d',
    '--name',
    name,
    '--label',
    `${label}=1`,
    '--hostname',
    hostname,
    ...(network === undefined ? [] : ['--network', network]),
    // without a network no engine gives the host name an address, and some programs listen on it
    ...(network === 'none' ? ['--add-host', `${hostname}:${ownAddress}`] : []),
    ...(reach === 'publish' ? settings.ports.flatMap((port) => ['-p', `127.0.0.1::${port}`]) : []),
    ...(settings.readOnly ? ['--read-only', '--tmpfs', '/tmp'] : []),
    ...(settings.healthcheck && engine.health === 'loop' ? ['--health-interval=1s'] : []),
    ...settings.env.flatMap((pair) => ['--env', pair]),
    ...settings.envFiles.flatMap((file) => ['--env-file', file]),
    image,
  ];
}

/** `undefined` when the engine does not answer. */
export async function stateOf({ engine, name }: Container): Promise<State | undefined> {
  const answer = await ask(engine, ['container', 'inspect', name]);
  const parsed = parseJson(answer.out);
  if (!succeeded(answer) || !Array.isArray(parsed)) return undefined;
  const state = fieldsOf(fieldsOf(parsed[0]).State);
  const health = fieldsOf(state.Health ?? state.Healthcheck);
  const checks = Array.isArray(health.Log) ? health.Log : [];
  const last = fieldsOf(checks.at(-1));
  return {
    running: state.Running === true,
    exitCode: numberOf(state.ExitCode) ?? 0,
    pid: numberOf(state.Pid) ?? 0,
    health: textOf(health.Status),
    lastCheck:
      last.ExitCode === undefined
        ? undefined
        : { exitCode: numberOf(last.ExitCode) ?? 0, output: textOf(last.Output) ?? '' },
    outOfMemory: state.OOMKilled === true,
  };
}

/** The port of the loopback interface that leads to a container's port; `undefined` when it is not published. */
export async function publishedPort({ engine, name }: Container, port: number): Promise<number | undefined> {
  const answer = await ask(engine, ['port', name, `${port}/tcp`]);
  const found = /:(\d{1,5})\s*$/m.exec(answer.out)?.[1];
  return succeeded(answer) && found !== undefined ? Number(found) : undefined;
}

/** The last lines of both streams. */
export async function logTail({ engine, name }: Container, lines = 20): Promise<readonly string[]> {
  const answer = await ask(engine, ['logs', '--tail', String(lines), name]);
  return `${answer.out}\n${answer.err}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines);
}

/** Everything it has said so far, up to 8 MiB. */
export async function wholeLog({ engine, name }: Container): Promise<string> {
  const answer = await ask(engine, ['logs', name]);
  return `${answer.out}\n${answer.err}`;
}

export interface CheckRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs the image's health check once, where the engine does not do so by itself; a failed one again, to see what it says. */
export async function runHealthcheck({ engine, name }: Container, test: readonly string[]): Promise<CheckRun> {
  const [kind = '', ...words] = test;
  const argv = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : words;
  const requested =
    engine.health === 'request' ? await ask(engine, ['healthcheck', 'run', name], healthLimitMs) : undefined;
  if (requested !== undefined && succeeded(requested)) return { exitCode: 0, output: '' };
  const ended = await ask(engine, ['exec', name, ...argv], healthLimitMs);
  const code = ended.end.kind === 'exited' ? ended.end.code : 1;
  return {
    exitCode: requested !== undefined && code === 0 ? 1 : code,
    output: firstLine(`${ended.err}\n${ended.out}`),
  };
}

const healthLimitMs = 40_000;

/** Processes as the engine lists them, for when its machine is not this one. */
export async function listedUids({ engine, name }: Container): Promise<readonly number[] | undefined> {
  const answer = await ask(engine, engine.name === 'podman' ? ['top', name, 'uid'] : ['top', name, '-eo', 'pid,uid']);
  if (!succeeded(answer)) return undefined;
  const rows = answer.out.trim().split('\n').slice(1);
  const uids = rows.map((row) => Number(row.trim().split(/\s+/).at(-1)));
  return uids.every((uid) => Number.isInteger(uid)) ? uids : undefined;
}

/** What `stop` did: `seconds` until the container was down, and the code it ended with (137: it had to be killed). */
export interface Stopped {
  readonly seconds: number;
  readonly exitCode: number;
}

export async function stop(container: Container, patienceSeconds: number): Promise<Stopped | undefined> {
  const started = performance.now();
  const { engine, name } = container;
  const ended = await ask(engine, ['stop', '-t', String(patienceSeconds), name], (patienceSeconds + 30) * 1000);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const state = succeeded(ended) ? await stateOf(container) : undefined;
  return state === undefined ? undefined : { seconds, exitCode: state.exitCode };
}
