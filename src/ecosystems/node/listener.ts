/** Where the program listens, and how the image's own program asks it. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import { settingIn } from '../../project/dotenv.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Listener } from '../ecosystem.ts';
import { isNitro, isStandalone } from './bundled.ts';
import type { Expansion, Leaf } from './expand.ts';
import type { NodeFacts } from './facts.ts';
import { manifestEvidence, production } from './manifest.ts';
import { isMigration } from './programs.ts';
import { nodeReasons } from './reasons.ts';
import { startExpansion, startProblem } from './start.ts';
import { lowest } from './versions.ts';

const { explain } = nodeReasons;

interface Found {
  readonly port: number | undefined;
  readonly variable: string | undefined;
  readonly onHostName?: true;
  readonly evidence: Evidence;
}

export function listener(reading: Reading<NodeFacts>): Answer<Listener> {
  const { facts } = reading;
  const expansion = startExpansion(reading, facts);
  const problem = startProblem(reading, expansion);
  if (problem !== undefined) return notKnown(problem);
  const served = expansion.leaves
    .map((leaf) => servedPort(leaf, facts, reading.contract.env) ?? toldPort(leaf))
    .find((one) => one !== undefined);
  const shown = served ?? fromSources(reading, facts);
  if (shown === undefined) return notKnown(explain('no-listener'));
  if ('several' in shown)
    return notKnown(
      shown.several.length > 1
        ? explain('several-ports', { ports: shown.several.join(', ') })
        : explain('port-unclear', undefined, { evidence: shown.evidence }),
    );
  const found = assigned(expansion, shown);
  const port = portOf(reading, facts, found);
  if (port === undefined) return notKnown(explain('port-unclear', undefined, { evidence: [found.evidence] }));
  const health = served === undefined || isNext(expansion) ? facts.sources().health() : undefined;
  const doubtful = served === undefined && health === undefined ? facts.sources().doubtful() : undefined;
  const variable = found.variable !== undefined && /^[A-Za-z_]\w*$/.test(found.variable) ? found.variable : undefined;
  const hostVariable = hostVariableOf(reading, found);
  return known(
    {
      port,
      portVariable: variable,
      ...(hostVariable === undefined ? {} : { hostVariable }),
      route: health?.path,
      ...(doubtful === undefined ? {} : { doubtful }),
      startPeriod: startPeriod(expansion),
      probe: probe(reading, variable, hostVariable),
    },
    found.evidence,
    ...(health === undefined ? [] : [health.evidence]),
  );
}

/** A package script that sets the variable itself (`PORT=3333 remix-serve build`) wins over the environment of the image. */
function assigned({ leaves }: Expansion, found: Found): Found {
  if (found.variable === undefined) return found;
  const setting = new RegExp(`(?:^|[\\s;&])${found.variable}=['"]?(\\d{2,5})(?=['"\\s]|$)`);
  for (const { evidence } of leaves) {
    const port = setting.exec(evidence.says)?.[1];
    if (port !== undefined) return { ...found, port: Number(port), variable: undefined, evidence };
  }
  return found;
}

/** Where the image does not set HOSTNAME the engine does, and a program that listens on it leaves 127.0.0.1 closed. */
function hostVariableOf({ contract }: Reading, { onHostName }: Found): string | undefined {
  return onHostName && !/^(0\.0\.0\.0|::)$/.test(contract.env['HOSTNAME'] ?? '') ? 'HOSTNAME' : undefined;
}

function isNext({ leaves }: Expansion): boolean {
  return leaves.some(({ argv }) => argv[0] === 'next');
}

/**
 * Default ports and variables of servers (Next.js, Nuxt, Remix, Astro, serve, http-server and Strapi command line help;
 * `dist/cli/next-start.js` of Next.js 9 to 12).
 */
const servers: Readonly<
  Record<
    string,
    {
      readonly port: number;
      readonly variable: string | undefined;
      /** A variable that is asked before the other one. */
      readonly first?: string;
      /** The first major version that asks the variable. */
      readonly since?: number;
      readonly options: readonly string[];
      readonly verb?: string;
    }
  >
> = {
  next: { port: 3000, variable: 'PORT', since: 11, options: ['-p', '--port'], verb: 'start' },
  nuxt: { port: 3000, variable: 'PORT', first: 'NUXT_PORT', options: ['-p', '--port'], verb: 'start' },
  'remix-serve': { port: 3000, variable: 'PORT', options: ['--port'] },
  'react-router-serve': { port: 3000, variable: 'PORT', options: ['--port'] },
  serve: { port: 3000, variable: 'PORT', options: ['-l', '--listen', '-p', '--port'] },
  'http-server': { port: 8080, variable: 'PORT', options: ['-p', '--port'] },
  'json-server': { port: 3000, variable: undefined, options: ['-p', '--port'] },
  strapi: { port: 1337, variable: 'PORT', options: ['--port'], verb: 'start' },
};

function servedPort(
  leaf: Leaf,
  facts: NodeFacts,
  env: Readonly<Record<string, string | undefined>>,
): Found | undefined {
  const { argv, evidence } = leaf;
  const program = argv[0]?.split('/').at(-1) ?? '';
  const server = Object.hasOwn(servers, program) ? servers[program] : undefined;
  // `getStaticServerBody` of Next.js: `process.env.HOSTNAME || '0.0.0.0'`
  if (isStandalone(leaf)) return { port: 3000, variable: 'PORT', onHostName: true, evidence };
  if (server === undefined)
    return isSvelteKit(argv, facts) || isNitro(leaf) ? { port: 3000, variable: 'PORT', evidence } : undefined;
  if (server.verb !== undefined && argv[1] !== server.verb) return undefined;
  const at = argv.findIndex((word) => server.options.includes(word.split('=')[0] ?? word));
  if (at < 0) {
    const written = program === 'nuxt' ? nuxtServer(facts) : undefined;
    const asked = isOlder(facts, program, server.since) ? undefined : server.variable;
    const variable = server.first !== undefined && server.first in env ? server.first : asked;
    return written ?? { port: server.port, variable, evidence };
  }
  return optionPort(argv, at, evidence);
}

/** The port that the option at this place gives: a number, or a variable with its default. */
function optionPort(argv: readonly string[], at: number, evidence: Evidence): Found {
  const text = argv[at]?.includes('=') === true ? argv[at]?.split('=')[1] : argv[at + 1];
  const fallback = /^\$\{?(\w+)(?::-(\d+)\}|\})?$/.exec(text ?? '');
  if (fallback !== null)
    return { port: fallback[2] === undefined ? undefined : Number(fallback[2]), variable: fallback[1], evidence };
  const port = /^(?:tcp:\/\/[\w.]+:|[\w.]+:)?(\d{2,5})$/.exec(text ?? '')?.[1];
  return { port: port === undefined ? undefined : Number(port), variable: undefined, evidence };
}

/** Programs that run sources of the project, which say the port themselves. */
const runners = /^(node|nodejs|bun|deno|tsx|ts-node|ts-node-dev|ts-node-esm|babel-node|nodemon|pm2.*|nest|sh|bash)$/;

/** A server of some package that is told a port and to listen everywhere: `--port 3000 --host 0.0.0.0`. */
function toldPort({ argv, evidence }: Leaf): Found | undefined {
  if (runners.test(argv[0]?.split('/').at(-1) ?? '')) return undefined;
  const everywhere = argv.some((word, index) => {
    const [option, value = argv[index + 1]] = word.split('=');
    return /^(-H|--host|--hostname)$/.test(option ?? '') && /^(0\.0\.0\.0|::)$/.test(value ?? '');
  });
  const at = argv.findIndex((word) => /^(-p|--port)(=|$)/.test(word));
  return everywhere && at >= 0 ? optionPort(argv, at, evidence) : undefined;
}

/** The range of the manifest starts below a major version. */
function isOlder({ manifest }: NodeFacts, name: string, major: number | undefined): boolean {
  const range = manifest === undefined || major === undefined ? undefined : production(manifest).get(name);
  const least = range === undefined ? undefined : lowest(range);
  return major !== undefined && least !== undefined && Number.parseInt(least, 10) < major;
}

/** `server` of a Nuxt 2 settings file says the port, in place of the variables; anything but a number cannot be told. */
function nuxtServer({ project, directory }: NodeFacts): Found | undefined {
  for (const file of ['nuxt.config.js', 'nuxt.config.ts'].map((name) => posix.join(directory, name))) {
    const server = /\bserver\s*:\s*\{([^}]*)/.exec(project.read(file) ?? '');
    const port = /\bport\b\s*(?::\s*(\d{2,5})?)?/.exec(server?.[1] ?? '');
    if (port !== null)
      return {
        port: port[1] === undefined ? undefined : Number(port[1]),
        variable: undefined,
        evidence: { file, says: 'server.port' },
      };
  }
  return undefined;
}

/** What `@sveltejs/adapter-node` makes in `build` listens on PORT, else 3000 (its documentation, "Environment variables"). */
function isSvelteKit([program, entry]: readonly string[], { project, directory }: NodeFacts): boolean {
  if (program !== 'node' || !/^(\.\/)?build(\/|\/index\.js)?$/.test(entry ?? '')) return false;
  const settings = ['svelte.config.js', 'svelte.config.ts'].map((name) => project.read(posix.join(directory, name)));
  return settings.some(
    (text) => /@sveltejs\/adapter-node['"]/.test(text ?? '') && !/\b(?:out|envPrefix)\s*:/.test(text ?? ''),
  );
}

/** The one port the sources listen on; a single EXPOSE decides between several. */
function fromSources(
  reading: Reading<NodeFacts>,
  facts: NodeFacts,
): Found | { readonly several: readonly number[]; readonly evidence: readonly Evidence[] } | undefined {
  const all = facts.sources().listens();
  if (all.length === 0) return undefined;
  const ports = [...new Set(all.flatMap(({ port }) => port ?? []))];
  const exposed = exposedPorts(reading);
  const variables = new Set(all.map(({ variable }) => variable));
  if (ports.length <= 1 && variables.size === 1) return all.find(({ port }) => port !== undefined) ?? all[0];
  const matching = all.filter(({ port }) => port !== undefined && exposed.length === 1 && port === exposed[0]);
  if (matching.length > 0) return matching[0];
  const own = all.filter(({ port, variable }) => port !== undefined || variable !== undefined);
  if (ports.length <= 1 && own.length > 0 && new Set(own.map(({ variable }) => variable)).size === 1)
    return own.find(({ port }) => port !== undefined) ?? own[0];
  return { several: ports, evidence: all.map(({ evidence }) => evidence) };
}

function exposedPorts(reading: Reading): readonly number[] {
  return reading.contract.expose
    .flatMap((one) => (one.endsWith('/udp') ? [] : [Number.parseInt(one, 10)]))
    .filter((port) => port > 0);
}

/** ENV of the image, then an assignment in the start, then `.env` when it is read, then the default, then the only EXPOSE. */
function portOf(reading: Reading<NodeFacts>, facts: NodeFacts, found: Found): number | undefined {
  const { variable } = found;
  if (variable !== undefined) {
    const set = Number(reading.contract.env[variable]);
    if (set > 0) return set;
    const file = dotenv(reading, facts, variable);
    if (file !== undefined) return file;
  }
  if (found.port !== undefined) return found.port;
  const exposed = exposedPorts(reading);
  return exposed.length === 1 ? exposed[0] : undefined;
}

function dotenv(reading: Reading, facts: NodeFacts, variable: string): number | undefined {
  const file = posix.join(facts.directory, '.env');
  if (!reading.project.sends(file)) return undefined;
  const value = /^\d{2,5}\b/.exec(settingIn(reading.project.read(file) ?? '', variable) ?? '')?.[0];
  return value === undefined ? undefined : Number(value);
}

function startPeriod({ leaves }: Expansion): number {
  if (leaves.some(({ argv }) => isMigration(argv))) return 60;
  return leaves.some(({ argv }) => argv[0] === 'nest' || argv[0] === 'ts-node' || argv[0] === 'strapi') ? 30 : 10;
}

/** One-liners for the interpreter that is there anyway; `fetch` came with Node.js 18. */
function probe(reading: Reading, variable: string | undefined, hostVariable: string | undefined): Listener['probe'] {
  const base = reading.base;
  const port = variable === undefined ? '{port}' : `process.env.${variable}||{port}`;
  const host = hostVariable === undefined ? "'127.0.0.1'" : `process.env.${hostVariable}||'127.0.0.1'`;
  const program = base?.family === 'bun' || base?.family === 'oven/bun' ? 'bun' : 'node';
  const tcp = [
    program,
    '-e',
    `require('net').connect(${port},${host}).on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))`,
  ];
  const major = Number.parseInt(base?.version ?? '', 10);
  const start = hostVariable === undefined ? "'http://127.0.0.1:" : `'http://'+(${host})+':`;
  const address = variable === undefined ? `${start}{port}{path}'` : `${start}'+(${port})+'{path}'`;
  const modern = [program, '-e', `fetch(${address}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))`];
  const old = [
    program,
    '-e',
    `require('http').get(${address},r=>process.exit(r.statusCode<400?0:1)).on('error',()=>process.exit(1))`,
  ];
  return { tcp, http: program === 'bun' || major >= 18 ? modern : old };
}

/** Is some package of a web server listed? Evidence for a single EXPOSE. */
export function webPackage(facts: NodeFacts): Evidence | undefined {
  const { manifest } = facts;
  if (manifest === undefined) return undefined;
  const name = [
    'express',
    'fastify',
    'koa',
    '@nestjs/core',
    '@hapi/hapi',
    'restify',
    'polka',
    'hono',
    'socket.io',
  ].find((one) => production(manifest).has(one));
  return name === undefined ? undefined : manifestEvidence(manifest, 'dependencies', name, name);
}
