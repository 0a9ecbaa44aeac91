/** The body of a worker thread: answers one task after the other. Whatever a file does to it, the program goes on. */
import { parentPort, workerData } from 'node:worker_threads';
import { transforms } from '../../transforms/index.ts';
import { migrateInTree, type TaskChoice, type TaskReply, type TaskRequest, type WorkerChoice } from './task.ts';

const { transforms: names, insisted, asked, target, config, policy } = workerData as WorkerChoice;
const choice: TaskChoice = {
  asked: {
    ...asked,
    transforms: transforms.filter(({ name }) => names.includes(name)),
    insisted: new Set(insisted),
  },
  all: transforms,
  target,
  config,
  policy,
};
const known = new Map<string, Uint8Array | undefined>();

parentPort?.on('message', ({ task, fresh, objects }: TaskRequest) => {
  if (fresh) known.clear();
  for (const [id, bytes] of objects) known.set(id, bytes);
  const reply: TaskReply = migrateInTree(task, known, choice);
  parentPort?.postMessage(reply);
});
parentPort?.postMessage('ready');
