/** Migrations written by hand, to see verification catch what production transforms must never do. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Migration, Step } from '../../src/migration.ts';
import { diskProject } from '../../src/project/disk.ts';
import type { ContractField } from '../../src/transform.ts';
import type { ProofSubject } from '../../src/verify/prove.ts';

export interface StepByHand {
  readonly name: string;
  readonly after: string;
  readonly changes?: readonly ContractField[];
}

const contexts: string[] = [];

/** Removes the contexts of all migrations by hand. */
export function discardByHand(): void {
  for (const folder of contexts.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A context in a temporary folder and the migration that these steps make of its Dockerfile. */
export function byHand(
  files: Readonly<Record<string, string>>,
  before: string,
  steps: readonly StepByHand[],
): ProofSubject {
  const context = mkdtempSync(join(tmpdir(), 'dfmigrate-by-hand-'));
  contexts.push(context);
  for (const [name, content] of Object.entries({ ...files, Dockerfile: before })) {
    mkdirSync(dirname(join(context, name)), { recursive: true });
    writeFileSync(join(context, name), content);
  }
  const made: Step[] = [];
  for (const { name, after } of steps)
    made.push({
      transform: name,
      outcome: { kind: 'change', edits: [], because: [] },
      before: made.at(-1)?.after ?? before,
      after,
    });
  const migration: Migration = {
    path: 'Dockerfile',
    before,
    after: made.at(-1)?.after ?? before,
    recognised: [],
    leftAlone: undefined,
    steps: made,
    files: [],
  };
  return {
    migration,
    source: { context, dockerfile: 'Dockerfile' },
    project: diskProject(context, join(context, 'Dockerfile')),
    changesOf: (step) => steps.find(({ name }) => name === step)?.changes ?? [],
  };
}

/** A server that stops on SIGTERM, answers from memory on `/` and from a file on `/page`. */
export const server: Readonly<Record<string, string>> = {
  'package.json': '{"name":"web","version":"1.0.0","private":true,"scripts":{"build":"node build.js"}}\n',
  'build.js': "require('node:fs').cpSync('src', 'dist', { recursive: true });\n",
  'src/server.js': `const fs = require('node:fs');
const path = require('node:path');
const server = require('node:http').createServer((request, response) => {
  try {
    response.end(request.url === '/page' ? fs.readFileSync(path.join(process.cwd(), 'views/page.html')) : 'hello from ' + process.env.PLACE);
  } catch {
    response.writeHead(500).end('lost');
  }
});
server.listen(3000);
process.on('SIGTERM', () => process.exit(0));
`,
  'views/page.html': '<h1>page</h1>\n',
  '.dockerignore': '',
};

export const single = `FROM node:20
WORKDIR /app
COPY . .
RUN npm run build
ENV PLACE=here
EXPOSE 3000
CMD ["node", "dist/server.js"]
`;

/** What a right migration makes of it; \`runtime\` goes into the last stage, before CMD. */
export function split(runtime: string, base = 'node:20', copies: readonly string[] = ['dist', 'views']): string {
  return `FROM node:20 AS build
WORKDIR /app
COPY . .
RUN npm run build

FROM ${base} AS runtime
WORKDIR /app
${copies.map((name) => `COPY --from=build /app/${name} /app/${name}`).join('\n')}
ENV PLACE=here
EXPOSE 3000
${runtime}CMD ["node", "dist/server.js"]
`;
}
