/** Worker threads that migrate files and can be ended: one that is stuck or out of memory takes its file with it, nothing else. */
import { Worker } from 'node:worker_threads';
import { overTime } from '../attempt.ts';
import { cliReason, errnoOf, type Fault, messageOf } from '../fault.ts';
import type { TaskReply, TaskRequest, WorkerChoice } from './task.ts';

export interface Pool {
  /** A worker to oneself, as soon as one is free. */
  lease(): Promise<Lease>;
  /** Ends all workers. */
  close(): Promise<void>;
}

export interface Lease {
  /** `restarted`: the worker has forgotten every object, and the request must be `fresh`. Never rejects. */
  ask(request: TaskRequest): Promise<TaskReply>;
  /** Counts up whenever the worker had to be ended. */
  readonly generation: () => number;
  release(): void;
}

/** What a worker gets beyond the time limit of its file before it is ended from outside. */
const graceMs = 500;
const startLimitMs = 60_000;
const largestHeapMb = 512;
/** Larger ones make a worker faster by nothing and the process larger by themselves. */
const youngHeapMb = 16;

interface Slot {
  worker: Worker | undefined;
  generation: number;
}

/** `file` is the built worker, by default the one beside this module. */
export function createPool(size: number, choice: WorkerChoice, file = new URL('./worker.js', import.meta.url)): Pool {
  const free: Slot[] = Array.from({ length: size }, () => ({ worker: undefined, generation: 0 }));
  const all = [...free];
  const queue: ((slot: Slot) => void)[] = [];
  const give = (slot: Slot): Lease => ({
    ask: (request) => askSlot(slot, request, () => start(file, choice)),
    generation: () => slot.generation,
    release: () => {
      const next = queue.shift();
      if (next === undefined) free.push(slot);
      else next(slot);
    },
  });
  return {
    lease: async () => give(free.pop() ?? (await new Promise<Slot>((resolve) => queue.push(resolve)))),
    close: async () => {
      await Promise.all(all.map(({ worker }) => worker?.terminate()));
    },
  };
}

/** A worker that has loaded everything: none of that counts as time of a file. */
async function start(file: URL, choice: WorkerChoice): Promise<Worker> {
  const worker = new Worker(file, {
    workerData: choice,
    resourceLimits: { maxOldGenerationSizeMb: largestHeapMb, maxYoungGenerationSizeMb: youngHeapMb },
    stdout: true,
    stderr: true,
  });
  const ready = await answerOf(worker, undefined, startLimitMs);
  if (!ready.alive) throw 'late' in ready ? new Error('the worker did not start') : ready.error;
  return worker;
}

async function askSlot(slot: Slot, request: TaskRequest, fresh: () => Promise<Worker>): Promise<TaskReply> {
  const { path, limitMs } = request.task;
  try {
    slot.worker ??= await fresh();
  } catch (error) {
    return { kind: 'fault', fault: crashed(path, error) };
  }
  const reply = await answerOf(slot.worker, request, limitMs + graceMs);
  if (reply.alive) return reply.answer;
  void slot.worker.terminate();
  slot.worker = undefined;
  slot.generation += 1;
  return { kind: 'fault', fault: 'late' in reply ? overTime(path, limitMs) : crashed(path, reply.error) };
}

type Answered =
  | { readonly alive: true; readonly answer: TaskReply }
  | { readonly alive: false; readonly late: true }
  | { readonly alive: false; readonly error: unknown };

/** The worker's next message; `request` is what it answers, `undefined` for the word that it is ready. */
async function answerOf(worker: Worker, request: TaskRequest | undefined, limitMs: number): Promise<Answered> {
  return new Promise((resolve) => {
    const settle = (answered: Answered): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(answered);
    };
    const timer = setTimeout(() => settle({ alive: false, late: true }), limitMs);
    const onMessage = (answer: TaskReply): void => settle({ alive: true, answer });
    const onError = (error: unknown): void => settle({ alive: false, error });
    const onExit = (code: number): void => onError(new Error(`the worker ended with ${code}`));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    if (request !== undefined) worker.postMessage(request);
  });
}

function crashed(path: string, error: unknown): Fault {
  if (errnoOf(error) === 'ERR_WORKER_OUT_OF_MEMORY')
    return { reason: cliReason('over-memory', { path, limit: `${largestHeapMb} MiB` }), exit: 3, path };
  const message = messageOf(error);
  return { reason: cliReason('bug', { path, message, hash: 'unknown' }), exit: 70, path };
}
