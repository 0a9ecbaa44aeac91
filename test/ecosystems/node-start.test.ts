import { describe, expect, it } from 'vitest';
import { expand } from '../../src/ecosystems/node/expand.ts';
import { nodeFacts } from '../../src/ecosystems/node/facts.ts';
import { pm2Writes } from '../../src/ecosystems/node/pm2.ts';
import { compilesAtStart } from '../../src/ecosystems/node/programs.ts';
import { doubtfulRoute, healthRoute } from '../../src/ecosystems/node/routes.ts';
import { tools } from '../../src/ecosystems/node/tool.ts';
import { writes } from '../../src/ecosystems/node/writes.ts';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

const words = (text: string) => text.split(' ');

function started(command: string, files: Readonly<Record<string, string>> = {}): readonly string[] | string {
  const project = memoryProject({ 'package.json': '{"scripts":{"start":"next start"}}', ...files });
  const facts = nodeFacts(tools.npm, project, '') as NonNullable<ReturnType<typeof nodeFacts>>;
  const { leaves, unclear } = expand(facts, words(command), { file: 'Dockerfile', says: command }, '');
  return unclear?.says ?? leaves.map(({ argv }) => argv.join(' '));
}

describe('pm2', () => {
  it.each([
    ['pm2-runtime app.js', ['node app.js']],
    ['pm2-runtime start dist/main -i max -- --port 9', ['node dist/main --port 9']],
    ['pm2-runtime start src/main.ts --interpreter tsx', ['tsx src/main.ts']],
    ['pm2 start npm --name x -- start', ['next start']],
    ['pm2-docker run.sh', ['bash run.sh']],
    ['pm2 logs', ['pm2 logs']],
    ['pm2-runtime src/main.ts', 'pm2-runtime src/main.ts'],
    ['pm2-runtime process.json', 'process.json, which pm2 reads'],
  ])('%s', (command, expected) => {
    expect(started(command)).toEqual(expected);
  });

  const start = 'pm2-runtime start ecosystem.config.js --env production';
  it.each([
    [
      "module.exports = { apps: [{ script: './app.js', node_args: '-r dotenv/config' }] }",
      ['node -r dotenv/config ./app.js'],
    ],
    [
      "export default { apps: [{ name: 'a', script: 'ts-node ./src/a.ts' }, // it's two\n { script: 'npm', args: ['start'] }] }",
      ['ts-node ./src/a.ts', 'next start'],
    ],
    ["module.exports = [{ script: 'a.py', interpreter: 'python3', args: '-x 1' }]", ['python3 a.py -x 1']],
    ["module.exports = { apps: [{ script: 'next', args: 'start', cwd: './web' }] }", ['next start']],
    [
      "module.exports = { apps: [{ script: './node_modules/.bin/next', args: 'start', cwd: __dirname }] }",
      ['next start'],
    ],
    ['module.exports = { apps: [{ script: entry }] }', 'ecosystem.config.js, which pm2 reads'],
    ["module.exports = { apps: [{ ...common, script: 'a.js' }] }", 'ecosystem.config.js, which pm2 reads'],
    [
      "module.exports = { apps: [{ script: 'npm', args: 'start', cwd: '/srv/other' }] }",
      'ecosystem.config.js, which pm2 reads',
    ],
    ['module.exports = settings', 'ecosystem.config.js, which pm2 reads'],
  ])('follows %s', (text, expected) => {
    expect(started(start, { 'ecosystem.config.js': text })).toEqual(expected);
  });

  it.each([
    ["error_file: './logs/err.log', out_file: '/var/log/a.log', log: false", ['./logs/err.log', '/var/log/a.log']],
    ['error_file: process.env.LOG', [undefined]],
    ["script: 'a.js'", []],
  ])('keeps the files of %s', (text, expected) => {
    const evidence = { file: 'Dockerfile', says: '' };
    const found = pm2Writes(
      words('pm2-runtime ecosystem.config.js -l x.log'),
      evidence,
      '',
      () => `module.exports = { apps: [{ ${text} }] }`,
    );
    expect(found.map(({ value }) => (value?.kind === 'path' ? value.path : value?.kind))).toEqual([
      'x.log',
      ...expected,
    ]);
  });

  it('says which port it sets, and no other value', () => {
    const text =
      "module.exports = { apps: [{ script: 'app.js', env: { KEY: 'k3y', PORT: 1 }, env_production: { PORT: '4100' } }] }";
    const files = {
      'package.json': '{"dependencies":{"express":"^4.0.0"}}',
      'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
      'app.js': 'app.listen(process.env.PORT || 3000);',
      'ecosystem.config.js': text,
    };
    const source = `FROM node:22-slim\nWORKDIR /app\nRUN npm i -g pm2\nCOPY . .\nRUN npm ci\nCMD ["pm2-runtime", "ecosystem.config.js", "--env", "production"]\n`;
    const { after, steps } = migrate(source, memoryProject({ ...files, Dockerfile: source }));
    expect(after).toContain('connect(4100,');
    expect(JSON.stringify(steps)).not.toContain('k3y');
  });
});

describe('a compiler that runs at the start', () => {
  it.each([
    ['ts-node src/a.ts', 'checking'],
    ['node -r ts-node/register src/a.ts', 'checking'],
    ['node --loader=ts-node/esm src/a.ts', 'checking'],
    ['nest start', 'checking'],
    ['ts-node -T src/a.ts', 'plainly'],
    ['node -r ts-node/register/transpile-only src/a.ts', 'plainly'],
    ['tsx src/a.ts', undefined],
    ['node dist/a.js', undefined],
  ])('%s: %s', (command, expected) => {
    expect(compilesAtStart(words(command))).toBe(expected);
  });
});

describe('what libraries write', () => {
  const written = (text: string) =>
    writes({ path: 'x.ts', text }).map(({ value }) => (value?.kind === 'path' ? value.path : value?.kind));
  it.each([
    ["GraphQLModule.forRoot({ autoSchemaFile: 'schema.gql', playground: true })", ['schema.gql']],
    ["GraphQLModule.forRoot({ autoSchemaFile: join(process.cwd(), 'src/schema.gql') })", ['src/schema.gql']],
    ["GraphQLModule.forRoot({ autoSchemaFile: { path: 'schema.gql', federation: 2 } })", ['schema.gql']],
    ['GraphQLModule.forRoot({ autoSchemaFile: { federation: 2 } })', []],
    ['GraphQLModule.forRoot({ autoSchemaFile: true })', []],
    ['GraphQLModule.forRoot({ autoSchemaFile: settings.schema })', [undefined]],
    ["GraphQLModule.forRoot({ definitions: { path: 'src/types.ts' } })", ['src/types.ts']],
    ['buildSchema({ resolvers, emitSchemaFile: true })', ['schema.graphql']],
    ["buildSchema({ emitSchemaFile: path.resolve(__dirname, 'schema.gql') })", ['here']],
    ["new Sequelize({ dialect: 'sqlite', storage: './data/x.sqlite' })", ['./data/x.sqlite']],
    ["new Sequelize({ dialect: 'sqlite', storage: ':memory:' })", []],
    ["new DataSource({ type: 'better-sqlite3', database: 'x.db' })", ['x.db']],
    ["knex({ client: 'sqlite3', connection: { filename: './x.db' } })", ['./x.db']],
    ["import Enmap from 'enmap';\nnew Enmap({ name: 'x' })", ['data']],
    ["import Enmap from 'enmap';\nnew Enmap({ name: 'x', dataDir: './kept' })", ['./kept']],
    ["import { QuickDB } from 'quick.db';\nnew QuickDB()", ['json.sqlite']],
  ])('%s', (text, expected) => {
    expect(written(text)).toEqual(expected);
  });
});

describe('prisma migrate', () => {
  const owned = (command: string) => {
    const source =
      'FROM node:22-slim\nRUN apt-get update && apt-get install -y openssl\nWORKDIR /app\nCOPY . .\nRUN npm install\nCMD ["npm", "start"]\n';
    const files = {
      'package.json': `{"scripts":{"start":"${command} && node a.js"},"dependencies":{"@prisma/client":"6.16.2","prisma":"6.16.2"}}`,
      'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
      'a.js': "require('http').createServer().listen(3000);",
      Dockerfile: source,
    };
    return migrate(source, memoryProject(files)).after;
  };

  it('writes beside the schema when it looks for changes, and only then', () => {
    expect(owned('prisma migrate dev --name first')).toMatch(/chown .*\/app\/prisma\/migrations/);
    expect(owned('prisma migrate deploy')).toMatch(/chown .*\/app\/node_modules\/prisma/);
    expect(owned('prisma migrate deploy')).not.toContain('/app/prisma/migrations');
  });
});

describe('a file copied to the working directory', () => {
  it.each(['/app', '/app/', './', '.'])('lies in it: %s', (target) => {
    const source = `FROM node:22-slim\nWORKDIR /app\nCOPY package.json ${target}\nCOPY package-lock.json ${target}\nRUN npm install\nCOPY . .\nCMD ["node", "a.js"]\n`;
    const files = {
      'package.json': '{"name":"x","dependencies":{"ms":"^2.1.0"}}',
      'package-lock.json':
        '{"lockfileVersion":3,"packages":{"":{"name":"x","dependencies":{"ms":"^2.1.0"}},"node_modules/ms":{"version":"2.1.3"}}}',
      'a.js': "require('ms');",
      Dockerfile: source,
    };
    expect(migrate(source, memoryProject(files)).after).toContain('RUN npm ci');
  });
});

describe('fonts', () => {
  const runtime = (packages: string, draws: string) => {
    const source = `FROM node:22-slim\nRUN apt-get update && apt-get install -y ${packages}\nWORKDIR /app\nCOPY . .\nRUN npm install\nCMD ["node", "a.js"]\n`;
    const files = {
      'package.json': '{"dependencies":{"@napi-rs/canvas":"0.1.80","express":"^4.0.0"}}',
      'a.js': draws,
      Dockerfile: source,
    };
    return migrate(source, memoryProject(files))
      .after.split('AS runtime')[1]
      ?.match(/install -y (.*)/)?.[1];
  };
  it.each([
    ['ffmpeg make', "context.fillText('a', 1, 1)", 'ffmpeg fonts-dejavu-core'],
    ['ffmpeg make fontconfig', "context.fillText('a', 1, 1)", 'ffmpeg fontconfig'],
    ['ffmpeg make', 'context.fillRect(0, 0, 1, 1)', 'ffmpeg'],
  ])('beside %s for %s: %s', (packages, draws, expected) => {
    expect(runtime(packages, draws)).toBe(expected);
  });
});

describe('health routes', () => {
  const route = (...texts: readonly string[]) =>
    healthRoute(
      memoryProject({}),
      '',
      texts.map((text, at) => ({ path: `${at}.ts`, text })),
    )?.path;
  const express = (line: string) =>
    `const app = express();\n${line}\napp.get('/api/v1/health', (req, res) => res.send());`;

  it('below a prefix are asked when nothing stands before them', () => {
    expect(route(express("app.use('/files', auth);"))).toBe('/api/v1/health');
    expect(route(express("app.use('/api', router);"))).toBeUndefined();
    expect(route(express("app.use('/api/v1/', router);"))).toBeUndefined();
    expect(route("const app = express();\napp.get('/orders/status', (req, res) => res.send());")).toBeUndefined();
  });

  it.each([
    ["app.use(brand);\napp.get('/api/health', (req, res) => res.send());", '/api/health'],
    ["@Controller('health')\nclass Health {\n  @Get('live')\n  live() {}\n}", '/health'],
    ["router.use('/v1/healthz', probes);", '/v1/healthz'],
    ["router.get('/orders/depots/health', show);\napp.get('/api/health', show);", '/api/health'],
    ["router.get('/orders/status', show);", undefined],
    ["app.get('/healthy-recipes', list);", undefined],
  ])('that may answer elsewhere, or nobody: %s', (text, path) => {
    expect(doubtfulRoute([{ path: 'x.ts', text }])).toBe(path);
  });

  const controller = "@Controller('health')\nexport class HealthController {\n  @Get()\n  check() {}\n}";
  const module = (name: string, body: string) => `@Module({ ${body} })\nexport class ${name} {}`;
  const main = 'const app = await NestFactory.create<NestExpressApplication>(AppModule);';

  it('of Nest are asked when a module of the application has the controller', () => {
    expect(route(main, controller, module('AppModule', 'controllers: [HealthController]'))).toBe('/health');
    expect(
      route(
        main,
        controller,
        module('AppModule', 'imports: [ConfigModule.forRoot({ isGlobal: true }), CoreModule]'),
        module('CoreModule', 'imports: [forwardRef(() => StateModule)]'),
        module('StateModule', 'controllers: [HealthController]'),
      ),
    ).toBe('/health');
  });

  it('of Nest that no module of the application has are not', () => {
    expect(route(main, controller, module('AppModule', 'controllers: [AppController]'))).toBeUndefined();
    expect(
      route(
        main,
        controller,
        module('AppModule', 'imports: [UsersModule]'),
        module('StateModule', 'controllers: [HealthController]'),
      ),
    ).toBeUndefined();
  });
});
