import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';
import { execForm } from '../../transforms/exec-form.ts';

const project = memoryProject({ 'server.js': '', 'start.sh': '#!/bin/sh\nexec node server.js\n' });
const before = (start: string) => `FROM node:22-slim\nWORKDIR /app\nCOPY . .\n${start}\n`;
const rewritten = (start: string) =>
  migrate(before(start), project, { transforms: [execForm] }).after.slice(before('').length - 1);

describe('a start command without its shell', () => {
  it.each([
    ['CMD node server.js', 'CMD ["node", "server.js"]'],
    ['cmd\tnode\tserver.js', 'cmd\t["node",\t"server.js"]'],
    ['CMD node -e "console.log(1)"', 'CMD ["node", "-e", "console.log(1)"]'],
    [`CMD node -e 'a="b"'`, 'CMD ["node", "-e", "a=\\"b\\""]'],
    ['CMD node a\\ b.js', 'CMD ["node", "a b.js"]'],
    ['CMD npm run serve -- --port=80', 'CMD ["npm", "run", "serve", "--", "--port=80"]'],
    ['CMD ./start.sh', 'CMD ["./start.sh"]'],
    ['CMD exec node server.js;', 'CMD ["node", "server.js"]'],
    ['CMD node \\\n  # port\n  server.js', 'CMD ["node", \\\n  # port\n  "server.js"]'],
    [
      'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nCMD node server.js',
      'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nCMD ["node", "server.js"]',
    ],
  ])('%s', (start, expected) => expect(rewritten(start)).toBe(`${expected}\n`));

  it.each([
    'CMD node server.js &',
    'CMD node server.js | tee log',
    'CMD (node server.js)',
    'CMD node $(cat name)',
    'CMD node `cat name`',
    'CMD node ~/server.js',
    'CMD node {a,b}.js',
    'CMD node server.js 2>&1',
    'CMD node $PORT',
    'CMD . ./start.sh',
    'CMD exec -a web node server.js',
    'CMD if true; then node server.js; fi',
    'CMD ! node server.js',
    'CMD ["node", "server.js"',
    'SHELL ["/bin/bash", "-ic"]\nCMD node server.js',
    'SHELL ["/bin/sh", "-xc"]\nCMD node server.js',
  ])('`%s` keeps it', (start) => expect(rewritten(start)).toBe(`${start}\n`));
});
