/** Starts programs: a time limit, bounded memory, lines as they come, and an end that is always a value. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { errnoOf } from '../fault.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the environment of this process; `undefined` removes a name. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly timeLimitMs: number;
}

/** `missing`: there is no such program. `time-limit`: it was killed by us. `interrupted`: the caller gave up. */
export type End =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'time-limit' }
  | { readonly kind: 'interrupted' };

export interface Ended {
  readonly end: End;
  /** The first 8 MiB. */
  readonly out: string;
  /** The last 64 KiB. */
  readonly err: string;
  readonly milliseconds: number;
}

export interface Watch {
  /** Each line of both streams, in the order of arrival. */
  readonly line?: (line: string) => void;
  /** Takes standard output instead of collecting it; ended when the program ends. */
  readonly takeOutput?: (output: Readable) => Promise<void>;
  readonly signal?: AbortSignal;
}

const largestOutput = 8 * 1024 * 1024;
const largestErrors = 64 * 1024;
const patienceMs = 3_000;

/** Runs a program to its end. Never rejects: what went wrong is in `end`. */
export async function runProgram(command: Command, watch: Watch = {}): Promise<Ended> {
  const started = performance.now();
  const took = (): number => Math.round(performance.now() - started);
  let child: ChildProcess;
  try {
    child = spawn(command.program, [...command.args], {
      env: environment(command.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
  } catch {
    return { end: { kind: 'missing' }, out: '', err: '', milliseconds: took() };
  }
  const texts = { out: '', err: '' };
  const taken = collect(child, texts, watch);
  child.stdin?.on('error', () => undefined).end(command.input ?? '');
  const end = await endOf(child, command.timeLimitMs, watch.signal);
  await taken;
  return { end, out: texts.out, err: texts.err, milliseconds: took() };
}

/** Exit code 0? */
export function succeeded(ended: Ended): boolean {
  return ended.end.kind === 'exited' && ended.end.code === 0;
}

/** How it ended, in words: `ended with 1`. */
export function endText(end: End): string {
  if (end.kind === 'exited') return `ended with ${end.code}`;
  return { missing: 'was not found', 'time-limit': 'took too long', interrupted: 'was interrupted' }[end.kind];
}

/** Programs running now: what an exit of this process has to end. */
export const running: ReadonlySet<ChildProcess> = new Set();

function environment(added: Command['env']): NodeJS.ProcessEnv {
  return { ...process.env, ...added };
}

function collect(child: ChildProcess, texts: { out: string; err: string }, watch: Watch): Promise<unknown> {
  const { stdout, stderr } = child;
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    texts.err = (texts.err + chunk).slice(-largestErrors);
  });
  if (watch.line !== undefined) for (const stream of [stdout, stderr]) if (stream) onLines(stream, watch.line);
  if (watch.takeOutput !== undefined && stdout !== null) return watch.takeOutput(stdout).catch(() => stdout.resume());
  stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    if (texts.out.length < largestOutput) texts.out += chunk;
  });
  return Promise.resolve();
}

function onLines(stream: Readable, line: (text: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', line);
}

function endOf(child: ChildProcess, timeLimitMs: number, signal: AbortSignal | undefined): Promise<End> {
  const alive = running as Set<ChildProcess>;
  alive.add(child);
  return new Promise((resolve) => {
    let cut: End | undefined;
    const stop = (why: End): void => {
      cut ??= why;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), patienceMs).unref();
    };
    const interrupt = (): void => stop({ kind: 'interrupted' });
    const timer = setTimeout(() => stop({ kind: 'time-limit' }), timeLimitMs);
    if (signal?.aborted === true) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    const finish = (end: End): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
      alive.delete(child);
      resolve(cut ?? end);
    };
    child.once('error', (error) =>
      finish(errnoOf(error) === undefined ? { kind: 'exited', code: 126 } : { kind: 'missing' }),
    );
    child.once('close', (code) => finish({ kind: 'exited', code: code ?? 137 }));
  });
}
