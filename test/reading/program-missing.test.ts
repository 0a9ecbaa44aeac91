import { expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

const files = { 'package.json': '{"scripts":{"start":"node a.js"}}', 'yarn.lock': '', 'a.js': '' };

function left(...lines: readonly string[]): string | undefined {
  const source = `${lines.join('\n')}\nWORKDIR /w\nCOPY . .\nRUN yarn install\nCMD ["node", "a.js"]\n`;
  return migrate(source, memoryProject(files)).leftAlone?.code;
}

it.each([['nothing before it'], ['packages that bring other programs', 'RUN apk add --no-cache git python3 make g++']])(
  'yarn is missing from Alpine after %s',
  (_, ...lines) => {
    expect(left('FROM node:26-alpine', ...lines)).toBe('image/program-missing');
  },
);

it.each([
  ['its package', 'FROM node:26-alpine', 'RUN apk add --no-cache git yarn'],
  ['a package nobody knows', 'FROM node:26-alpine', 'RUN apk add --no-cache my-company-tools'],
  ['packages behind a variable', 'FROM node:26-alpine', 'RUN apk add --no-cache $TOOLS'],
  ['another language from its makers', 'FROM node:26-trixie', 'RUN apt-get install -y nodejs'],
  ['the image itself', 'FROM node:24-alpine', 'RUN apk add --no-cache git'],
])('yarn may come with %s', (_, ...lines) => {
  expect(left(...lines)).toBe(undefined);
});
