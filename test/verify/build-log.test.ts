import { describe, expect, it } from 'vitest';
import { buildLog } from '../../src/verify/build-log.ts';
import type { Builder } from '../../src/verify/engine.ts';

function read(builder: Builder, text: string, clock: () => number = () => 0) {
  const log = buildLog(builder, clock);
  for (const line of text.split('\n')) log.line(line);
  return { steps: log.steps(), failing: log.failing() };
}

const buildkit = `#0 building with "default" instance using docker driver
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 180B done
#1 DONE 0.0s
#4 [build 1/3] FROM docker.io/library/node:20
#4 CACHED
#6 [build 2/3] WORKDIR /app
#6 CACHED
#7 [build 3/3] RUN npm ci
#7 0.412 added 12 packages
#7 DONE 1.7s
#8 [runtime 2/2] COPY --from=build /app/dist /app/dist
#8 DONE 0.1s
#9 exporting to image
#9 DONE 0.2s`;

const failing = `#5 [2/3] RUN npm run nothing
#5 0.301 npm error Missing script: "nothing"
#5 ERROR: process "/bin/sh -c npm run nothing" did not complete successfully: exit code: 1
------
 > [2/3] RUN npm run nothing:
------`;

describe('progress of a build', () => {
  it('BuildKit: own steps with their cache and time, nothing internal', () => {
    expect(read('buildkit', buildkit).steps).toEqual([
      { name: '[build 2/3] WORKDIR /app', cached: true, seconds: 0 },
      { name: '[build 3/3] RUN npm ci', cached: false, seconds: 1.7 },
      { name: '[runtime 2/2] COPY --from=build /app/dist /app/dist', cached: false, seconds: 0.1 },
    ]);
  });

  it('BuildKit: the failing step and its last lines', () => {
    expect(read('buildkit', failing).failing).toEqual({
      name: '[2/3] RUN npm run nothing',
      tail: [
        'npm error Missing script: "nothing"',
        'process "/bin/sh -c npm run nothing" did not complete successfully: exit code: 1',
      ],
    });
  });

  it('classic: steps in order, cached ones told apart, time by arrival', () => {
    const times = [0, 0, 0, 4200, 4200, 4200];
    const text = `Step 1/3 : FROM node:20
 ---> abc
Step 2/3 : WORKDIR /app
 ---> Using cache
 ---> def
Step 3/3 : RUN npm ci
 ---> Running in 123
added 12 packages
Removing intermediate container 123
 ---> 456`;
    expect(read('classic', text, () => times.shift() ?? 4200 + 1500).steps).toEqual([
      { name: 'WORKDIR /app', cached: true, seconds: 0 },
      { name: 'RUN npm ci', cached: false, seconds: expect.any(Number) },
    ]);
  });

  it('buildah: stages are numbered in brackets, the last step is the failing one', () => {
    const text = `[1/2] STEP 1/2: FROM node:20 AS build
[1/2] STEP 2/2: RUN npm ci
--> Using cache 0123
[2/2] STEP 1/2: FROM node:20-slim
[2/2] STEP 2/2: RUN false
it does not work
Error: building at STEP "RUN false": while running runtime: exit status 1`;
    const { steps, failing: last } = read('buildah', text);
    expect(steps.map(({ name, cached }) => [name, cached])).toEqual([
      ['RUN npm ci', true],
      ['RUN false', false],
    ]);
    expect(last?.tail[0]).toBe('it does not work');
  });

  it('keeps the last twenty lines of a step and cuts long ones', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `#3 0.1 line ${index} ${'x'.repeat(1000)}`);
    const { failing: last } = read('buildkit', ['#3 [2/2] RUN yes', ...lines].join('\n'));
    expect([last?.tail.length, last?.tail[0]?.slice(0, 8), last?.tail[0]?.length]).toEqual([20, 'line 30 ', 500]);
  });
});
