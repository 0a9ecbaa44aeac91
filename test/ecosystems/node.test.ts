import { describe, expect, it } from 'vitest';
import { nodeCommand, productionOnly } from '../../src/ecosystems/node/command.ts';
import { expand } from '../../src/ecosystems/node/expand.ts';
import { nodeFacts } from '../../src/ecosystems/node/facts.ts';
import { readManifest, workspaceMembers } from '../../src/ecosystems/node/manifest.ts';
import { npmLockProblem, readNpmLock } from '../../src/ecosystems/node/npm-lock.ts';
import { providerOf } from '../../src/ecosystems/node/packages.ts';
import { pathValue } from '../../src/ecosystems/node/paths.ts';
import { listens } from '../../src/ecosystems/node/ports.ts';
import { calledPrograms } from '../../src/ecosystems/node/processes.ts';
import { isBuild, isDevelopment } from '../../src/ecosystems/node/programs.ts';
import { isBerryLock, pnpmLockVersion, pnpmSpecifiers, yarnDescriptors } from '../../src/ecosystems/node/text-locks.ts';
import { tools } from '../../src/ecosystems/node/tool.ts';
import { writes } from '../../src/ecosystems/node/writes.ts';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

const words = (text: string) => text.split(' ');

describe('calls of package managers', () => {
  const kinds: readonly (readonly [string, string])[] = [
    ['npm ci', 'install'],
    ['npm i --omit dev', 'install'],
    ['npm install -g serve', 'global'],
    ['npm --prefix web run build', 'script'],
    ['npm cache clean --force', 'clean'],
    ['npm config set registry x', 'config'],
    ['npm prune --omit=dev', 'prune'],
    ['npm exec prisma generate', 'program'],
    ['npx -y prisma generate', 'program'],
    ['yarn', 'install'],
    ['yarn global add pm2', 'global'],
    ['yarn build', 'script'],
    ['yarn --version', 'inspect'],
    ['pnpm -r build', 'script'],
    ['pnpm dlx tsx x.ts', 'program'],
    ['bun install', 'install'],
    ['bun src/index.ts', 'program'],
    ['bun run build', 'script'],
  ];
  it.each(kinds)('%s is %s', (text, kind) => {
    expect(nodeCommand(words(text))?.kind).toBe(kind);
  });

  it('keep the directory they are given, the version of a program off its name, and what stands behind --', () => {
    expect(nodeCommand(words('npm --prefix web ci'))).toMatchObject({ directory: 'web', exact: true, packages: [] });
    expect(nodeCommand(words('npx @nestjs/cli@10 build'))).toMatchObject({ argv: ['@nestjs/cli', 'build'] });
    expect(nodeCommand(words('npm run build -- --mode x'))).toMatchObject({ script: 'build', args: ['--mode', 'x'] });
  });

  it('say when they leave development dependencies out', () => {
    expect([['--omit=dev'], ['--omit', 'dev'], ['--production'], ['-P'], ['--no-audit']].map(productionOnly)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('programs', () => {
  it.each([
    ['nodemon x.js', true],
    ['next', true],
    ['next dev', true],
    ['next start', false],
    ['vite preview', true],
    ['vite build', false],
    ['node --watch x.js', true],
    ['node x.js --watch-files', false],
    ['nest start', false],
    ['nest start --watch', true],
    ['ng serve', true],
    ['tsx watch x.ts', true],
    ['tsx x.ts', false],
  ])('%s develops: %s', (text, expected) => {
    expect(isDevelopment(words(text))).toBe(expected);
  });

  it('build', () => {
    expect(['tsc', 'tsc --noEmit', 'next build', 'nest build', 'node x.js'].map((one) => isBuild(words(one)))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('the start chain', () => {
  const manifest = {
    name: 'x',
    scripts: {
      start: 'cross-env A=1 B=2 npm run inner -- --port 9',
      preinner: 'is-ci || husky',
      inner: 'node -r dotenv/config lib/main.js',
      both: 'concurrently -n a,b "npm:inner" "tsx jobs.ts"',
      deep: 'sh -c "cd sub && npm start"',
      loop: 'npm run loop',
      lost: 'npm run nowhere',
    },
  };
  const project = memoryProject({
    'package.json': JSON.stringify(manifest),
    'sub/package.json': JSON.stringify({ name: 'sub', scripts: { start: './node_modules/.bin/next start' } }),
  });
  const facts = nodeFacts(tools.npm, project, '');
  const leaves = (text: string) =>
    expand(facts as NonNullable<typeof facts>, words(text), { file: 'x', says: '' }, '').leaves.map(({ argv }) =>
      argv.join(' '),
    );

  it('runs through hooks, wrappers and directories', () => {
    expect(leaves('npm start')).toEqual(['is-ci', 'husky', 'node -r dotenv/config lib/main.js --port 9']);
    expect(leaves('npm run both')).toEqual(['is-ci', 'husky', 'node -r dotenv/config lib/main.js', 'tsx jobs.ts']);
    expect(leaves('npm run deep')).toEqual(['next start']);
  });

  it('ends, and says what is missing', () => {
    expect(leaves('npm run loop')).toEqual([]);
    const lost = expand(facts as NonNullable<typeof facts>, words('npm run lost'), { file: 'x', says: '' }, '');
    expect(lost.missing?.script).toBe('nowhere');
  });
});

describe('lockfiles', () => {
  const manifest = { name: 'x', dependencies: { a: '^1.0.0' }, devDependencies: { b: '2.0.0' } };
  const packages = {
    '': manifest,
    'node_modules/a': { version: '1.2.0', dependencies: { c: '^3.0.0' }, bin: { aa: 'a.js' } },
    'node_modules/b': { version: '2.0.0', dev: true, bin: 'b.js' },
    'node_modules/c': { version: '3.1.0' },
  };
  const problem = (changed: Readonly<Record<string, unknown>>) => {
    const project = memoryProject({
      'package.json': JSON.stringify(manifest),
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { ...packages, ...changed } }),
    });
    const lock = readNpmLock(project, 'package-lock.json');
    const root = readManifest(project, 'package.json');
    return lock === undefined || root === undefined ? 'unread' : npmLockProblem(lock, root, []);
  };

  it('of npm agree when ranges, versions and required peers do', () => {
    expect(problem({})).toBeUndefined();
    expect(problem({ '': { ...manifest, dependencies: { a: '^1.1.0' } } })).toBe(
      'a in package.json is not what it records',
    );
    expect(problem({ 'node_modules/c': { version: '2.9.0' } })).toBe('a needs c ^3.0.0, and it lists 2.9.0');
    expect(problem({ 'node_modules/b': { version: '2.0.0', peerDependencies: { d: '*' } } })).toBe(
      'b needs the peer d, which it does not list',
    );
    expect(
      problem({
        'node_modules/b': {
          version: '2.0.0',
          peerDependencies: { d: '*' },
          peerDependenciesMeta: { d: { optional: true } },
        },
      }),
    ).toBeUndefined();
  });

  it('of npm leave out what a package brings along itself', () => {
    const c = { version: '2.9.0' };
    const a = { version: '1.2.0', dependencies: { c: '^3.0.0' } };
    expect(problem({ 'node_modules/c': c, 'node_modules/a': { ...a, bundleDependencies: ['c'] } })).toBeUndefined();
    expect(problem({ 'node_modules/c': c, 'node_modules/a': { ...a, bundleDependencies: true } })).toBeUndefined();
    expect(problem({ 'node_modules/c': c, 'node_modules/a': { ...a, bundleDependencies: ['d'] } })).toBe(
      'a needs c ^3.0.0, and it lists 2.9.0',
    );
  });

  it('say which package provides a program, and whether it goes away', () => {
    const project = memoryProject({
      'package.json': JSON.stringify(manifest),
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }),
    });
    const facts = nodeFacts(tools.npm, project, '') as NonNullable<ReturnType<typeof nodeFacts>>;
    expect(providerOf(facts, 'aa')).toMatchObject({ name: 'a', development: false });
    expect(providerOf(facts, 'b')).toMatchObject({ name: 'b', development: true });
    expect(providerOf(facts, 'zz')).toBeUndefined();
  });

  it('of Yarn list descriptors, and berry is told from classic', () => {
    const text = '# yarn lockfile v1\n\n"@s/a@^1.0.0", "@s/a@~1.1.0":\n  version "1.1.0"\n\nb@2:\n  version "2.0.0"\n';
    expect([...yarnDescriptors(text)]).toEqual(['@s/a@^1.0.0', '@s/a@~1.1.0', 'b@2']);
    expect([isBerryLock(text), isBerryLock('__metadata:\n  version: 8\n')]).toEqual([false, true]);
  });

  it.each([
    [
      "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      '@s/a':\n        specifier: ^1.0.0\n        version: 1.0.0\n\n  packages/x:\n    dependencies:\n      q:\n        specifier: '1'\n        version: 1.0.0\n",
      '9.0',
    ],
    [
      "lockfileVersion: '6.0'\n\ndependencies:\n  '@s/a':\n    specifier: ^1.0.0\n    version: 1.0.0\n\npackages:\n\n  /@s/a@1.0.0:\n    dev: false\n",
      '6.0',
    ],
    ["lockfileVersion: 5.4\n\nspecifiers:\n  '@s/a': ^1.0.0\n\ndependencies:\n  '@s/a': 1.0.0\n", '5.4'],
  ])('of pnpm record specifiers (%#)', (text, version) => {
    expect(pnpmLockVersion(text)).toBe(version);
    expect([...pnpmSpecifiers(text)]).toEqual([['@s/a', '^1.0.0']]);
  });

  it('of hostile text are unread, not an exception', () => {
    const project = memoryProject({
      'package-lock.json': '{"packages": {"node_modules/a": null, "x": 3}}',
      'package.json': '[]',
    });
    expect(readNpmLock(project, 'package-lock.json')?.packages.size).toBe(1);
    expect(readManifest(project, 'package.json')).toBeUndefined();
  });
});

describe('workspaces', () => {
  it('are listed one level deep', () => {
    const project = memoryProject({
      'package.json': '{"workspaces": ["apps/*", "tool"]}',
      'apps/a/package.json': '{"name": "a"}',
      'apps/b/readme.md': '',
      'tool/package.json': '{"name": "tool"}',
    });
    const root = readManifest(project, 'package.json');
    expect(root === undefined ? [] : workspaceMembers(project, root)?.map(({ file }) => file)).toEqual([
      'apps/a/package.json',
      'tool/package.json',
    ]);
  });
});

describe('sources', () => {
  const path = (expression: string, text = '') => pathValue(expression, text);

  it('build paths from literals', () => {
    expect(path("'a/b.txt'")).toEqual({ kind: 'path', path: 'a/b.txt', directory: false });
    expect(path("path.join(process.cwd(), 'up', name)")).toEqual({ kind: 'path', path: 'up', directory: true });
    expect(path("'logs/' + day + '.log'")).toEqual({ kind: 'path', path: 'logs', directory: true });
    expect(path('`data/${id}.json`')).toEqual({ kind: 'path', path: 'data', directory: true });
    expect(path("process.env.DATA || './data'")).toEqual({
      kind: 'path',
      path: './data',
      directory: false,
      variable: 'DATA',
    });
    expect(path("path.join(__dirname, '../up')")).toEqual({ kind: 'here' });
    expect(path('path.join(os.tmpdir(), name)')).toEqual({ kind: 'temporary' });
    expect(path('dir', "const dir = 'kept';")).toEqual({ kind: 'path', path: 'kept', directory: false });
    expect(path('target')).toBeUndefined();
  });

  it('write where fs, multer and drivers are told to', () => {
    const text = "const fs = require('fs');\nfs.writeFileSync('out/a.txt', x);\nconst m = multer({ dest: 'up/' });\n";
    expect(writes({ path: 'x.js', text }).map(({ value, evidence }) => [value?.kind, evidence.line])).toEqual([
      ['path', 2],
      ['path', 3],
    ]);
    expect(writes({ path: 'x.js', text: 'writeFile(x);' })).toEqual([]);
  });

  it.each([
    ['app.listen(3000)', 3000, undefined],
    ['app.listen(process.env.PORT || 3000)', 3000, 'PORT'],
    ["const port = normalizePort(process.env.PORT || '3001');\nserver.listen(port);", 3001, 'PORT'],
    ['const PORT = parseInt(process.env.PORT) || 8080;\napp.listen(PORT, () => {});', 8080, 'PORT'],
    ['const { PORT = 4000 } = process.env;\napp.listen(PORT);', 4000, 'PORT'],
    ['const PORT = process.env.PORT ? parseInt(process.env.PORT, 10) : 3004;\napp.listen(PORT);', 3004, 'PORT'],
    ['app.listen(!process.env.PORT ? 3005 : Number(process.env.PORT));', 3005, 'PORT'],
    ['app.listen(process.env.HTTPS ? 8443 : 8080);', undefined, undefined],
    ["await app.listen({ port: 3500, host: '::' });", 3500, undefined],
    ["app.set('port', process.env.PORT || 3002);\napp.listen(app.get('port'));", 3002, 'PORT'],
    ["await app.listen(config.get<number>('PORT', 3003));", 3003, 'PORT'],
    ['app.listen(settings.address)', undefined, undefined],
  ])('listen: %s', (text, port, variable) => {
    const file = { path: 'x.js', text };
    expect(listens(file, [file]).map((one) => [one.port, one.variable])).toEqual([[port, variable]]);
  });

  it.each([
    ['await app.listen(env.PORT, env.HOSTNAME);', true],
    ["const hostname = process.env.HOSTNAME || '0.0.0.0';\nserver.listen(3000, hostname, ready);", true],
    ['Bun.serve({ port: 3000, hostname: process.env.HOSTNAME });', true],
    ['const host = process.env.HOSTNAME;\napp.listen({ port: 3000, host });', true],
    ["app.listen(3000, '0.0.0.0');", undefined],
    ['app.listen(3000, () => console.log(process.env.HOSTNAME));', undefined],
    ['const hostname = process.env.HOSTNAME;\napp.listen(3000);', undefined],
  ])('listen on the host name: %s', (text, onHostName) => {
    const file = { path: 'x.js', text };
    expect(listens(file, [file]).map((one) => one.onHostName)).toEqual([onHostName]);
  });

  it('call programs', () => {
    const text =
      "const { exec, spawn } = require('child_process');\nexec(`git log ${x}`);\nspawn(process.execPath, []);\nspawn(tool);\nTodo.find().\n  exec(function (e) {});\n";
    expect(calledPrograms({ path: 'x.js', text }).map(({ name }) => name)).toEqual(['git', undefined]);
    expect(calledPrograms({ path: 'x.js', text: "re.exec('x');" })).toEqual([]);
  });
});

describe('the port of Nuxt', () => {
  const files = {
    'package.json': JSON.stringify({ scripts: { start: 'nuxt start' }, dependencies: { nuxt: '2.17.0' } }),
    'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
  };
  const probed = (env: string) => {
    const source = `FROM node:20-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\n${env}CMD ["npm", "start"]\n`;
    return /process\.env\.\w+\|\|\d+/.exec(migrate(source, memoryProject({ ...files, Dockerfile: source })).after)?.[0];
  };
  it.each([
    ['', 'process.env.PORT||3000'],
    ['ENV PORT=8080\n', 'process.env.PORT||8080'],
    ['ENV NUXT_PORT=8081\n', 'process.env.NUXT_PORT||8081'],
  ])('is asked through the variable that it reads: %j', (env, expected) => {
    expect(probed(env)).toBe(expected);
  });
});
