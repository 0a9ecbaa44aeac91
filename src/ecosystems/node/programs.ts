/**
 * Programs of npm packages: who provides them, which of them develop, build, check or serve.
 * Source: the `bin` field of each package on the npm registry, and each tool's own command line help.
 */

/** Program → package, where the names differ or the package is common. A program may come from several packages. */
export const packagesOf: Readonly<Record<string, readonly string[]>> = {
  tsc: ['typescript'],
  tsserver: ['typescript'],
  nest: ['@nestjs/cli'],
  ng: ['@angular/cli'],
  'vue-cli-service': ['@vue/cli-service'],
  'pm2-runtime': ['pm2'],
  'pm2-docker': ['pm2'],
  'pm2-dev': ['pm2'],
  'ts-node-script': ['ts-node'],
  'ts-node-transpile-only': ['ts-node'],
  tsnd: ['ts-node-dev'],
  'babel-node': ['@babel/node', 'babel-cli'],
  babel: ['@babel/cli', 'babel-cli'],
  'sequelize-cli': ['sequelize-cli'],
  sequelize: ['sequelize-cli', 'sequelize'],
  'typeorm-ts-node-commonjs': ['typeorm'],
  'typeorm-ts-node-esm': ['typeorm'],
  'remix-serve': ['@remix-run/serve'],
  remix: ['@remix-run/dev'],
  'react-router-serve': ['@react-router/serve'],
  'react-router': ['@react-router/dev'],
  'svelte-kit': ['@sveltejs/kit'],
  nuxi: ['nuxi', 'nuxt'],
  'nuxt-ts': ['@nuxt/typescript-runtime'],
  'cross-env-shell': ['cross-env'],
  'run-s': ['npm-run-all', 'npm-run-all2'],
  'run-p': ['npm-run-all', 'npm-run-all2'],
  'npm-run-all': ['npm-run-all', 'npm-run-all2'],
  dotenv: ['dotenv-cli'],
  dotenvx: ['@dotenvx/dotenvx'],
  webpack: ['webpack-cli', 'webpack'],
  swc: ['@swc/cli'],
  'swc-node': ['@swc-node/register'],
  lb: ['@loopback/cli'],
  gulp: ['gulp', 'gulp-cli'],
  grunt: ['grunt-cli', 'grunt'],
  tsup: ['tsup'],
  shx: ['shx'],
  conc: ['concurrently'],
  medusa: ['@medusajs/cli', '@medusajs/medusa'],
  migrate: ['migrate'],
  'migrate-mongo': ['migrate-mongo'],
  'db-migrate': ['db-migrate'],
  strapi: ['@strapi/strapi', 'strapi'],
};

/** Package → programs, for tools that are installed for everybody. Packages with a program of their own name need no line. */
const programsOf: Readonly<Record<string, readonly string[]>> = {
  typescript: ['tsc', 'tsserver'],
  '@nestjs/cli': ['nest'],
  '@angular/cli': ['ng'],
  '@vue/cli': ['vue'],
  '@vue/cli-service': ['vue-cli-service'],
  pm2: ['pm2', 'pm2-runtime', 'pm2-docker', 'pm2-dev'],
  pnpm: ['pnpm', 'pnpx'],
  yarn: ['yarn', 'yarnpkg'],
  npm: ['npm', 'npx'],
  'ts-node': ['ts-node', 'ts-node-script', 'ts-node-transpile-only', 'ts-node-esm'],
  '@babel/cli': ['babel'],
  '@babel/node': ['babel-node'],
  'sequelize-cli': ['sequelize', 'sequelize-cli'],
  'gulp-cli': ['gulp'],
  'grunt-cli': ['grunt'],
  '@ionic/cli': ['ionic'],
  'webpack-cli': ['webpack', 'webpack-cli'],
  'cross-env': ['cross-env', 'cross-env-shell'],
  bun: ['bun', 'bunx'],
  '@swc/cli': ['swc'],
  'http-server': ['http-server'],
  corepack: ['corepack', 'yarn', 'yarnpkg', 'pnpm', 'pnpx'],
};
const sameName = new Set([
  ...[
    'serve',
    'nodemon',
    'tsx',
    'bower',
    'gulp',
    'grunt',
    'webpack',
    'forever',
    'concurrently',
    'prisma',
    'turbo',
    'nx',
    'lerna',
    'rimraf',
  ],
  ...[
    'node-gyp',
    'eslint',
    'prettier',
    'next',
    'vite',
    'ts-node-dev',
    'npm-check-updates',
    'n',
    'node-pre-gyp',
    'live-server',
    'json-server',
  ],
  ...[
    'vercel',
    'firebase-tools',
    'knex',
    'typeorm',
    'sass',
    'jest',
    'mocha',
    'lite-server',
    'local-web-server',
    'rollup',
    'esbuild',
  ],
]);

/** Programs a globally installed package puts on PATH; `undefined`: not known. `spec` may carry a version. */
export function programsOfPackage(spec: string): readonly string[] | undefined {
  const name = spec.replace(/(?<=.)@[^@/]*$/, '');
  if (Object.hasOwn(programsOf, name)) return programsOf[name];
  return sameName.has(name) ? [name] : undefined;
}

type Words = readonly string[];
const has = (words: Words, ...wanted: readonly string[]) => words.some((word) => wanted.includes(word));
/** The first word that is no option, when there is none or it is one of these. */
const bareOr = (args: Words, ...verbs: readonly string[]) => {
  const first = args.find((word) => !word.startsWith('-'));
  return first === undefined || verbs.includes(first);
};
const verb = (args: Words, ...verbs: readonly string[]) =>
  verbs.includes(args.find((word) => !word.startsWith('-')) ?? '');
const always = () => true;

/** Development servers and watchers, by program. */
const develops: Readonly<Record<string, (args: Words) => boolean>> = {
  nodemon: always,
  'ts-node-dev': always,
  tsnd: always,
  'node-dev': always,
  'live-server': always,
  'lite-server': always,
  'browser-sync': always,
  'webpack-dev-server': always,
  'pm2-dev': always,
  'nuxt-ts': (args) => bareOr(args, 'dev'),
  node: (args) => has(args.slice(0, 4), '--watch'),
  bun: (args) => has(args, '--watch', '--hot'),
  tsx: (args) => has(args, 'watch', '--watch'),
  next: (args) => bareOr(args, 'dev'),
  nuxt: (args) => bareOr(args, 'dev'),
  nuxi: (args) => bareOr(args, 'dev', 'preview'),
  remix: (args) => bareOr(args, 'dev', 'watch', 'vite:dev'),
  'react-router': (args) => verb(args, 'dev'),
  astro: (args) => bareOr(args, 'dev', 'preview'),
  vite: (args) => verb(args, 'dev', 'serve', 'preview') || !verb(args, 'build', 'optimize'),
  'vite-node': (args) => has(args, '--watch', '-w'),
  'react-scripts': (args) => verb(args, 'start'),
  craco: (args) => verb(args, 'start'),
  'react-app-rewired': (args) => verb(args, 'start'),
  ng: (args) => verb(args, 'serve', 's', 'dev'),
  'vue-cli-service': (args) => verb(args, 'serve'),
  quasar: (args) => verb(args, 'dev'),
  ionic: (args) => verb(args, 'serve'),
  webpack: (args) => verb(args, 'serve', 'watch') || has(args, '--watch', '-w'),
  gatsby: (args) => verb(args, 'develop', 'serve'),
  'svelte-kit': (args) => verb(args, 'dev', 'preview'),
  expo: (args) => verb(args, 'start'),
  parcel: (args) => bareOr(args, 'serve', 'watch') || !verb(args, 'build', 'help'),
  nest: (args) => verb(args, 'start', 's') && has(args, '--watch', '-w', '--debug', '-d'),
  tsc: (args) => has(args, '--watch', '-w'),
  'tsc-watch': always,
  rollup: (args) => has(args, '--watch', '-w'),
  gulp: (args) => verb(args, 'watch', 'serve', 'dev'),
  strapi: (args) => verb(args, 'develop', 'dev'),
  medusa: (args) => verb(args, 'develop'),
  wrangler: (args) => verb(args, 'dev'),
  vercel: (args) => verb(args, 'dev'),
  storybook: (args) => verb(args, 'dev'),
  'start-storybook': always,
  elmapp: always,
  poi: always,
};

/** Servers that show a finished build to its author; each tool's help says that they are not for production. */
const previews: Readonly<Record<string, (args: Words) => boolean>> = {
  vite: (args) => verb(args, 'preview'),
  astro: (args) => verb(args, 'preview'),
  nuxi: (args) => verb(args, 'preview'),
  'svelte-kit': (args) => verb(args, 'preview'),
  gatsby: (args) => verb(args, 'serve'),
};

const builds: Readonly<Record<string, (args: Words) => boolean>> = {
  tsc: (args) => !has(args, '--noEmit', '--version', '-v'),
  'vue-tsc': (args) => !has(args, '--noEmit'),
  webpack: always,
  rollup: always,
  tsup: always,
  ncc: (args) => verb(args, 'build'),
  babel: (args) => has(args, '-d', '--out-dir', '-o', '--out-file'),
  swc: always,
  next: (args) => verb(args, 'build'),
  nuxt: (args) => verb(args, 'build', 'generate'),
  nuxi: (args) => verb(args, 'build', 'generate'),
  vite: (args) => verb(args, 'build'),
  'react-scripts': (args) => verb(args, 'build'),
  craco: (args) => verb(args, 'build'),
  ng: (args) => verb(args, 'build', 'b'),
  nest: (args) => verb(args, 'build'),
  'vue-cli-service': (args) => verb(args, 'build'),
  gatsby: (args) => verb(args, 'build'),
  remix: (args) => verb(args, 'build', 'vite:build'),
  'react-router': (args) => verb(args, 'build'),
  astro: (args) => verb(args, 'build'),
  parcel: (args) => verb(args, 'build'),
  grunt: always,
  strapi: (args) => verb(args, 'build'),
  esbuild: always,
  turbo: (args) => has(args, 'build'),
  bower: (args) => verb(args, 'install', 'i'),
};

/** Programs that only look at sources. */
const checks = new Set([
  'jest',
  'mocha',
  'vitest',
  'ava',
  'tap',
  'nyc',
  'c8',
  'eslint',
  'prettier',
  'tslint',
  'standard',
  'karma',
  'cypress',
  'stylelint',
  'jasmine',
  'depcheck',
  'xo',
  'playwright',
]);

/** Programs that run tests and then end. */
const tests: Readonly<Record<string, (args: Words) => boolean>> = {
  ...Object.fromEntries(
    ['jest', 'mocha', 'vitest', 'ava', 'tap', 'karma', 'jasmine', 'newman'].map((name) => [name, always]),
  ),
  nyc: (args) => has(args, 'mocha', 'jest', 'tap', 'ava'),
  c8: (args) => has(args, 'mocha', 'jest', 'tap', 'ava'),
  cypress: (args) => verb(args, 'run'),
  playwright: (args) => verb(args, 'test'),
  'react-scripts': (args) => verb(args, 'test'),
  ng: (args) => verb(args, 'test', 'e2e'),
  node: (args) => has(args, '--test'),
};

/** Programs that change a database. */
const migrates: Readonly<Record<string, (args: Words) => boolean>> = {
  prisma: (args) => verb(args, 'migrate', 'db'),
  sequelize: (args) => args.some((word) => word.startsWith('db:')),
  'sequelize-cli': (args) => args.some((word) => word.startsWith('db:')),
  knex: (args) => args.some((word) => /^(migrate|seed):/.test(word)),
  typeorm: (args) => args.some((word) => /^(migration:(run|revert)|schema:)/.test(word)),
  'typeorm-ts-node-commonjs': (args) => args.some((word) => /^(migration:(run|revert)|schema:)/.test(word)),
  'drizzle-kit': (args) => args.some((word) => /^(push|migrate)/.test(word)),
  'migrate-mongo': always,
  'db-migrate': always,
};

function asks(table: Readonly<Record<string, (args: Words) => boolean>>, argv: Words): boolean {
  const name = argv[0]?.split('/').at(-1) ?? '';
  return Object.hasOwn(table, name) && table[name]?.(argv.slice(1)) === true;
}

export function isDevelopment(argv: Words): boolean {
  return asks(develops, argv);
}

export function isPreview(argv: Words): boolean {
  return asks(previews, argv);
}

export function isBuild(argv: Words): boolean {
  return asks(builds, argv);
}

export function isMigration(argv: Words): boolean {
  return asks(migrates, argv);
}

export function isTest(argv: Words): boolean {
  return asks(tests, argv);
}

export function isCheck(argv: Words): boolean {
  return checks.has(argv[0]?.split('/').at(-1) ?? '');
}

const compilers = /^(ts-node|ts-node-script|ts-node-esm|ts-node-cwd|ts-node-transpile-only|ts-script)$/;
const compilerModules = /^ts-node(\/(register|esm)(\/[\w-]+)?)?$/;

/**
 * Does the program compile TypeScript with the project's own compiler when it starts, and check types while it does? (`ts-node`
 * documentation, "Options"; `nest start` compiles like `nest build`.)
 */
export function compilesAtStart(argv: Words): 'checking' | 'plainly' | undefined {
  const name = argv[0]?.split('/').at(-1) ?? '';
  if (name === 'nest') return verb(argv.slice(1), 'start', 's') ? 'checking' : undefined;
  const modules = argv.filter((word) => compilerModules.test(word.replace(/^--?[\w-]+=/, '')));
  if (!compilers.test(name) && (name !== 'node' || modules.length === 0)) return undefined;
  const plainly =
    name === 'ts-node-transpile-only' ||
    has(argv, '-T', '--transpile-only', '--transpileOnly', '--swc') ||
    modules.some((word) => /transpile-only|swc/.test(word));
  return plainly ? 'plainly' : 'checking';
}

/** Programs that stand on a Dockerfile's own command line and belong to this language. */
const words = new Set([
  ...[
    'node',
    'nodejs',
    'ts-node',
    'tsx',
    'tsc',
    'next',
    'nest',
    'nuxt',
    'ng',
    'vite',
    'webpack',
    'gulp',
    'grunt',
    'bower',
    'prisma',
    'pm2',
  ],
  ...[
    'pm2-runtime',
    'pm2-docker',
    'nodemon',
    'ts-node-dev',
    'serve',
    'http-server',
    'forever',
    'react-scripts',
    'vue-cli-service',
    'cross-env',
  ],
  ...[
    'corepack',
    'rollup',
    'turbo',
    'lerna',
    'nx',
    'knex',
    'sequelize',
    'babel',
    'babel-node',
    'remix-serve',
    'concurrently',
    'node-gyp',
    'nodejs',
  ],
]);

/** Is this a program of the language, started by its name or from `node_modules/.bin`? */
export function isNodeProgram(program: string | undefined): boolean {
  if (program === undefined) return false;
  return program.includes('node_modules/') || words.has(program.split('/').at(-1) ?? '');
}
