import { describe, expect, it } from 'vitest';
import { compilerOutput } from '../../src/ecosystems/node/compiler-settings.ts';
import { effectOf } from '../../src/ecosystems/node/outputs.ts';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';
import { transforms } from '../../transforms/index.ts';

/** Paths that the words make, with `!` where they are made anew; the sentence when that is not known. */
function made(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] | string {
  const effect = effectOf(text.split(' '), memoryProject(files), '');
  return typeof effect === 'string' ? effect : effect.makes.map(({ path, anew }) => (anew ? `${path}!` : path));
}

const settings = (options: object, more: object = {}) => JSON.stringify({ compilerOptions: options, ...more });

describe('what a program of a build script makes', () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['tsc', { 'tsconfig.json': settings({ outDir: './dist' }) }, ['dist']],
    ['tsc -p web', { 'web/tsconfig.json': settings({ outDir: '../public/js' }) }, ['public/js']],
    ['tsc --noEmit', {}, []],
    ['tsc', { 'tsconfig.json': settings({ noEmit: true }) }, []],
    ['tsc --outDir lib', {}, ['lib']],
    [
      'tsc -b',
      {
        'tsconfig.json': settings({}, { files: [], references: [{ path: 'app' }, { path: 'tsconfig.node.json' }] }),
        'app/tsconfig.json': settings({ outDir: 'out' }),
        'tsconfig.node.json': settings({ noEmit: true }),
      },
      ['app/out'],
    ],
    [
      'nest build',
      {
        'nest-cli.json': '{"compilerOptions": {"deleteOutDir": true}}',
        'tsconfig.build.json': '{"extends": "./tsconfig.json"}',
        'tsconfig.json': settings({ outDir: 'dist' }),
      },
      ['dist!'],
    ],
    ['next build', { 'next.config.js': 'const path = require("path");\nmodule.exports = {};' }, ['.next!']],
    ['next build', { 'next.config.mjs': "export default { distDir: 'site', output: 'standalone' };" }, ['site!']],
    [
      'vite build --mode production',
      { 'vite.config.ts': "import react from '@vitejs/plugin-react';\nexport default { build: { outDir: 'www' } };" },
      ['www!'],
    ],
    ['react-scripts build', { '.env': 'PORT=3000' }, ['build!']],
    ['tsup src/main.ts --clean', {}, ['dist!']],
    ['tsup', { 'tsup.config.ts': "import { defineConfig } from 'tsup';\nexport default { outDir: 'lib' };" }, ['lib']],
    ['babel src -d lib', {}, ['lib']],
    ['esbuild src/main.js --bundle --outfile=server.js', {}, ['server.js']],
    ['cp -r views dist/views', { 'views/a.html': '' }, ['dist/views']],
    ['copyfiles -u 1 src/**/*.html dist', {}, ['dist']],
    ['shx mkdir -p out/logs', {}, ['out/logs']],
    ['rimraf dist', {}, []],
    ['prisma generate', { 'prisma/schema.prisma': 'generator client {\n  provider = "prisma-client-js"\n}\n' }, []],
    [
      'prisma generate',
      { 'prisma/schema.prisma': 'generator client {\n  provider = "prisma-client"\n  output = "../src/client"\n}\n' },
      ['src/client'],
    ],
    ['jest --ci', {}, []],
    ['tsc-alias -p tsconfig.json', {}, []],
  ])('%s with %o', (text, files, expected) => {
    expect(made(text, files)).toEqual(expected);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['tsc', { 'tsconfig.json': settings({ module: 'commonjs' }) }],
    ['tsc', { 'tsconfig.json': settings({ outDir: '.' }) }],
    ['tsc', { 'tsconfig.json': settings({ outDir: '../dist' }) }],
    ['tsc', { 'tsconfig.json': '{"extends": "@acme/base"}' }],
    ['tsc', { 'tsconfig.json': settings({ outDir: 'dist' }), '.dockerignore': 'tsconfig.json\n' }],
    ['tsc src/main.ts', { 'tsconfig.json': settings({ outDir: 'dist' }) }],
    ['nest build', { 'nest-cli.json': '{"monorepo": true}', 'tsconfig.json': settings({ outDir: 'dist' }) }],
    ['next build', { 'next.config.js': "const withPWA = require('next-pwa');\nmodule.exports = withPWA({});" }],
    ['next build', { 'next.config.js': 'module.exports = { distDir: process.env.DIST };' }],
    ['next build', { 'next.config.js': "module.exports = { output: 'export' };" }],
    ['next build web', {}],
    ['vite build', { 'vite.config.js': "import { sveltekit } from '@sveltejs/kit/vite';\nexport default {};" }],
    ['vite build', { 'vite.config.js': "export default { root: 'web' };" }],
    ['react-scripts build', { '.env.production': 'BUILD_PATH=../site' }],
    ['webpack', {}],
    ['node scripts/build.js', {}],
    ['cp -r views $OUT', {}],
    ['rm -rf dist/*.map', {}],
    ['prisma generate', { 'prisma/schema.prisma': 'generator zod {\n  provider = "zod-prisma"\n}\n' }],
    ['prisma migrate deploy', {}],
  ])('%s with %o is not known', (text, files) => {
    expect(typeof made(text, files)).toBe('string');
  });

  it('is said with the file and the setting that decide', () => {
    const project = memoryProject({
      'tsconfig.json': '{\n  // see below\n  "extends": ["./base/tsconfig.json"], /* no outDir */\n}',
      'base/tsconfig.json': settings({ outDir: '../dist' }),
    });
    expect(compilerOutput(project, 'tsconfig.json')).toEqual({
      path: 'dist',
      kind: 'directory',
      evidence: { file: 'base/tsconfig.json', says: 'outDir: "../dist"' },
    });
  });
});

describe('an application in /', () => {
  const manifest = (scripts: object, more: object = {}) =>
    JSON.stringify({ scripts, dependencies: { ms: '2.1.3' }, devDependencies: { typescript: '5.6.2' }, ...more });
  const context = {
    'main.ts': '',
    'tsconfig.json': settings({ outDir: 'dist' }),
    'package.json': manifest({ build: 'tsc' }),
  };
  const split = (commands: readonly string[], files: Readonly<Record<string, string>> = {}) => {
    const source = ['FROM node:22', 'COPY . .', ...commands, 'CMD ["node", "dist/main.js"]', ''].join('\n');
    const selected = transforms.filter(({ name }) => name === 'split-stages');
    const migration = migrate(source, memoryProject({ ...context, ...files }), { transforms: selected });
    const outcome = migration.steps[0]?.outcome;
    if (outcome?.kind !== 'change') return outcome?.reason.text;
    return migration.after
      .slice(migration.after.lastIndexOf('FROM'))
      .split('\n')
      .filter((line) => /^(COPY|RUN)/.test(line));
  };
  const packages = 'COPY --from=build /node_modules /node_modules';
  const sources = 'COPY . .';
  const output = 'COPY --from=build /dist /dist';

  it('gets packages before and output behind the sources', () => {
    expect(split(['RUN npm install', 'RUN npm run build'])).toEqual([packages, sources, output]);
  });

  it('does without what is removed again', () => {
    const bare = 'RUN rm -rf node_modules';
    expect(split(['RUN npm install && npm run build && rm -rf node_modules'])).toEqual([sources, bare, output]);
    expect(split(['RUN npm install && npm run build && rm -r node_modules'])).toEqual([sources, output]);
    const both = ['RUN rm -rf node_modules package.json && npm install', 'RUN npm run build'];
    expect(split(both)).toEqual([packages, sources, 'RUN rm -rf package.json', output]);
  });

  it('gets output at the place it is moved to', () => {
    const moved = ['RUN npm install', 'RUN npm run build && mv dist site'];
    expect(split(moved)).toEqual([packages, sources, 'COPY --from=build /site /site']);
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['a build that may fail', ['RUN npm install', 'RUN npm run build || true'], {}],
    ['output that may not be there', ['RUN npm install'], { 'package.json': manifest({ prepare: 'tsc || true' }) }],
    ['output among the files of the system', ['RUN npm install', 'RUN npx tsc --outDir bin'], {}],
    ['a script that removes sources', ['RUN npm install'], { 'package.json': manifest({ prepare: 'rm -rf main.ts' }) }],
    [
      'member packages',
      ['RUN npm install', 'RUN npm run build'],
      { 'package.json': manifest({ build: 'tsc' }, { workspaces: ['a'] }) },
    ],
    [
      'a package of the project',
      ['RUN npm i', 'RUN npx tsc'],
      { 'package.json': manifest({}, { dependencies: { a: 'file:a' } }) },
    ],
    [
      'an unknown program',
      ['RUN npm install', 'RUN npm run build'],
      { 'package.json': manifest({ build: 'node make.js' }) },
    ],
    [
      'a printed file that may be there',
      ['RUN npm install'],
      { 'package.json': manifest({ prepare: 'test -f x || echo > x' }) },
    ],
  ])('stays as it is with %s', (_name, commands, files) => {
    expect(split(commands, files)).toMatch(/^the application lies in \/, which cannot be copied as a whole/);
  });

  it('gets output that a script opens', () => {
    const files = { 'package.json': manifest({ build: 'tsc && chmod +x dist/main.js' }) };
    expect(split(['RUN npm install', 'RUN npm run build'], files)).toEqual([packages, sources, output]);
  });

  it('gets what a script prints into a file', () => {
    const files = { 'package.json': manifest({ build: 'tsc && echo 7 > release.txt' }) };
    const release = 'COPY --from=build /release.txt /release.txt';
    expect(split(['RUN npm install', 'RUN npm run build'], files)).toEqual([packages, sources, output, release]);
  });
});
