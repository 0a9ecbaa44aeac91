/** The services a compose service depends on, started for it to talk to; and what the service itself is given. */
import { randomBytes } from 'node:crypto';
import type { Reason } from '../answer.ts';
import { ask, type Engine, firstLine } from './engine.ts';
import { fieldsOf, parseJson, textOf } from './json.ts';
import type { Ledger } from './ledger.ts';
import { succeeded } from './process.ts';
import { verifyReason } from './reasons.ts';

export interface ComposeRequest {
  /** Absolute path of the compose file. */
  readonly file: string;
  readonly service: string;
}

/** What a container needs to stand in for the service. */
export interface Surroundings {
  readonly network: string;
  /** `NAME=value`. */
  readonly env: readonly string[];
}

const startLimitMs = 300_000;

/** Starts them and waits until they are healthy or running; all of it is in the ledger. */
export async function startDependencies(
  engine: Engine,
  request: ComposeRequest,
  ledger: Ledger,
): Promise<Surroundings | { readonly reason: Reason }> {
  const { file, service } = request;
  const project = `dfmigrate-verify-${randomBytes(4).toString('hex')}`;
  const compose = ['compose', '-f', file, '-p', project];
  const config = await ask(engine, [...compose, 'config', '--format', 'json'], 60_000);
  const failed = (cause: string) => ({ reason: verifyReason('compose-failed', { service, cause }) });
  if (!succeeded(config)) return failed(firstLine(config.err));
  const services = fieldsOf(fieldsOf(parseJson(config.out)).services);
  if (!Object.hasOwn(services, service)) return { reason: verifyReason('compose-no-service', { file, service }) };
  const own = fieldsOf(services[service]);
  const dependencies = dependenciesOf(own);
  ledger.add({
    what: `compose project ${project}`,
    program: engine.program,
    args: [...compose, 'down', '--volumes', '--remove-orphans', '--timeout', '5'],
  });
  // without a dependency only the network is wanted, which a project with nothing to start does not create
  const network = `${project}_default`;
  if (dependencies.length === 0) return failed('it depends on nothing; use --env instead');
  const up = await ask(engine, [...compose, 'up', '-d', '--wait', '--no-build', ...dependencies], startLimitMs);
  return succeeded(up) ? { network, env: environmentOf(own) } : failed(firstLine(lastWords(up.err)));
}

/** `depends_on` as `compose config` prints it: a mapping; a list in older versions. */
function dependenciesOf(service: ReturnType<typeof fieldsOf>): readonly string[] {
  const named = service.depends_on;
  const links = Array.isArray(service.links) ? service.links : [];
  const names = [...(Array.isArray(named) ? named : Object.keys(fieldsOf(named))), ...links];
  return [...new Set(names.flatMap((name) => (typeof name === 'string' ? [name.split(':')[0] ?? name] : [])))];
}

function environmentOf(service: ReturnType<typeof fieldsOf>): readonly string[] {
  const given = service.environment;
  if (Array.isArray(given)) return given.filter((pair): pair is string => typeof pair === 'string');
  return Object.entries(fieldsOf(given)).flatMap(([name, value]) => {
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : (textOf(value) ?? '');
    return value === null ? [] : [`${name}=${text}`];
  });
}

function lastWords(text: string): string {
  return text.trim().split('\n').slice(-1).join('');
}
