/** A worker that does what the path of its task says: answers, never ends, eats all memory, or dies. */
import { parentPort } from 'node:worker_threads';

const acts = {
  answer: () => parentPort.postMessage({ kind: 'wanted', ids: ['fine'] }),
  loop: () => {
    for (;;);
  },
  eat: () => {
    const eaten = [];
    for (;;) eaten.push(new Array(1e5).fill(eaten.length));
  },
  die: () => process.exit(7),
  throw: () => {
    throw new Error('on purpose');
  },
};
parentPort.on('message', ({ task }) => acts[task.path]());
parentPort.postMessage('ready');
