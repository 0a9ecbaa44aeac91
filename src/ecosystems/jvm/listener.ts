/** Where a JVM program listens. */
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Listener } from '../ecosystem.ts';
import type { JvmModule } from './module.ts';
import { jvmReasons } from './reasons.ts';
import { type Health, springHealth } from './routes.ts';
import { placeholder, type Setting } from './settings.ts';
import { javaStart } from './start.ts';

const { explain } = jvmReasons;

/** A framework that opens a port by itself, its port's setting and variable, and the default its reference names. */
interface Framework {
  readonly dependency: RegExp;
  readonly settings: readonly string[];
  readonly variables: readonly string[];
  readonly port: number;
}

const frameworks: readonly (Framework & { readonly name: string })[] = [
  {
    name: 'spring',
    dependency:
      /^spring-boot-starter-(web|webmvc|webflux|jersey|data-rest|graphql|hateoas|web-services|tomcat|jetty|undertow|reactor-netty|websocket)$|^spring-cloud-starter-gateway/,
    settings: ['server.port'],
    variables: ['SERVER_PORT'],
    port: 8080,
  },
  {
    name: 'quarkus',
    dependency: /^quarkus-(rest|resteasy|vertx-http|undertow|reactive-routes|smallrye-graphql|spring-web|websockets)/,
    settings: ['quarkus.http.port'],
    variables: ['QUARKUS_HTTP_PORT'],
    port: 8080,
  },
  {
    name: 'micronaut',
    dependency: /^micronaut-http-server|^micronaut-http-server-netty/,
    settings: ['micronaut.server.port'],
    variables: ['MICRONAUT_SERVER_PORT'],
    port: 8080,
  },
];
/** Libraries that open the port that the program names. */
const servers =
  /^(javalin|spark-core|ktor-server-(netty|cio|jetty|tomcat)(-jvm)?|vertx-web|undertow-core|jetty-server|jooby(-netty|-jetty|-undertow)?|http4k-server-\w+|ratpack-core|dropwizard-core|helidon-webserver|armeria)$/;
/** Debuggers and JMX are not what a healthcheck asks. */
const debugPorts = new Set([5005, 8000, 9010, 1099, 8787]);

/** Port and route, from the start command, the environment, the settings, the sources, the framework's default and EXPOSE, in this order. */
export function jvmListener(reading: Reading, module: JvmModule): Answer<Listener> {
  const framework = frameworks.find((one) => module.dependencies.some(({ name }) => one.dependency.test(name)));
  const declared =
    framework === undefined
      ? undefined
      : module.dependencies.find(({ name }) => framework.dependency.test(name))?.evidence;
  const tomcat = reading.start.commands.some((command) => command.argv.some((word) => word.endsWith('catalina.sh')));
  if (tomcat && reading.base?.family === 'tomcat' && !ownServerSettings(reading))
    return listener(8080, undefined, undefined, { file: 'base image', says: 'EXPOSE 8080' });
  const settings = module.settings();
  if (
    framework?.name === 'spring' &&
    settings.some((one) => one.key === 'spring.main.web-application-type' && one.value.toLowerCase() === 'none')
  )
    return notKnown(explain('no-listener'));
  if (framework === undefined || declared === undefined) return withoutFramework(reading, module);
  const said = portSaid(reading, framework, settings);
  const exposed = exposedPort(reading);
  if (said === undefined) {
    const remote = module.dependencies.some(({ name }) =>
      /^spring-cloud-(starter-)?config(-client)?$|consul-config|nacos-config/.test(name),
    );
    if (exposed !== undefined && exposed !== framework.port)
      return notKnown(explain('port-contradicts', { exposed, port: framework.port }, { evidence: [declared] }));
    if (remote && exposed === undefined)
      return notKnown(explain('port-unclear', { value: 'a configuration server', where: declared.file }));
    return listener(framework.port, framework.variables[0], healthOf(reading, framework, module), declared);
  }
  const port = portOf(said.value);
  if (port === undefined)
    return notKnown(
      explain('port-unclear', { value: said.value, where: said.evidence.file }, { evidence: [said.evidence] }),
    );
  const variable = said.overridable ? framework.variables[0] : undefined;
  return listener(port.port, port.variable ?? variable, healthOf(reading, framework, module), declared, said.evidence);
}

/** A `server.xml` of the project may move Tomcat's port. */
function ownServerSettings(reading: Reading): boolean {
  return reading.copies.some(
    (copy) =>
      copy.position.stage === reading.stage &&
      copy.origins.some((origin) => /(^|\/)(server\.xml|conf)$/.test(origin.path)),
  );
}

function listener(
  port: number,
  portVariable: string | undefined,
  health: Health | undefined,
  ...evidence: readonly Evidence[]
): Answer<Listener> {
  return known(
    {
      port,
      portVariable,
      route: health?.open === true ? health.route : undefined,
      ...(health?.open === false ? { doubtful: health.route } : {}),
      startPeriod: 60,
      probe: undefined,
    },
    ...evidence,
    ...(health?.open === true ? [health.evidence] : []),
  );
}

interface Said {
  readonly value: string;
  readonly evidence: Evidence;
  /** A variable of the environment wins over it. */
  readonly overridable: boolean;
}

function portSaid(reading: Reading, framework: Framework, settings: readonly Setting[]): Said | undefined {
  const start = javaStart(reading);
  for (const key of framework.settings) {
    const value = start.known ? start.value.properties.get(key) : undefined;
    if (value !== undefined && start.known) return { value, evidence: start.value.evidence, overridable: false };
  }
  for (const name of framework.variables) {
    const value = reading.contract.env[name];
    if (value !== undefined)
      return { value, evidence: { file: 'Dockerfile', says: `ENV ${name}=${value}` }, overridable: true };
  }
  const active = activeProfiles(reading, settings);
  const own = settings.filter((one) => framework.settings.includes(one.key));
  const chosen =
    own.findLast((one) => one.profile !== undefined && active.includes(one.profile)) ??
    own.findLast((one) => one.profile === undefined) ??
    own.at(-1);
  return chosen === undefined ? undefined : { value: chosen.value, evidence: chosen.evidence, overridable: true };
}

function activeProfiles(reading: Reading, settings: readonly Setting[]): readonly string[] {
  const start = javaStart(reading);
  const text =
    (start.known ? start.value.properties.get('spring.profiles.active') : undefined) ??
    reading.contract.env['SPRING_PROFILES_ACTIVE'] ??
    settings.find((one) => one.key === 'spring.profiles.active')?.value ??
    '';
  return (placeholder(text)?.value ?? '').split(',').map((one) => one.trim());
}

/** `8080` or `${PORT:8080}`. */
function portOf(text: string): { readonly port: number; readonly variable: string | undefined } | undefined {
  const shell = /^\$\{?([A-Z_][A-Z0-9_]*)(?::-(\d+))?\}?$/.exec(text);
  if (shell?.[2] !== undefined) return { port: Number(shell[2]), variable: shell[1] };
  const held = placeholder(text);
  const port = Number(held?.value);
  return held !== undefined && Number.isInteger(port) && port > 0 && port < 65536
    ? { port, variable: held.variable }
    : undefined;
}

function exposedPort(reading: Reading): number | undefined {
  const ports = reading.contract.expose
    .filter((one) => !one.endsWith('/udp'))
    .map((one) => Number.parseInt(one, 10))
    .filter((port) => port > 0 && !debugPorts.has(port));
  return ports.length === 1 ? ports[0] : undefined;
}

/** No framework with a port of its own: a port in the sources, agreed with EXPOSE, or EXPOSE alone. */
function withoutFramework(reading: Reading, module: JvmModule): Answer<Listener> {
  const said = module.sources().ports.filter(({ port }) => !debugPorts.has(port));
  const own = new Set(said.filter((one) => one.variable !== undefined).map(({ port }) => port));
  const outside = own.size === 1 ? said.find((one) => one.variable !== undefined) : undefined;
  if (outside?.variable !== undefined) {
    const set = Number(reading.contract.env[outside.variable]);
    return listener(set > 0 ? set : outside.port, outside.variable, undefined, outside.evidence);
  }
  const ports = [...new Map(said.map((one) => [one.port, one.evidence]))];
  const exposed = exposedPort(reading);
  const agreed =
    ports.find(([port]) => port === exposed) ??
    (ports.length === 1 && exposed === undefined && reading.contract.expose.length === 0 ? ports[0] : undefined);
  if (agreed !== undefined) return listener(agreed[0], undefined, undefined, agreed[1]);
  if (exposed !== undefined)
    return listener(exposed, undefined, undefined, { file: 'Dockerfile', says: `EXPOSE ${exposed}` });
  const library = module.dependencies.find(({ name }) => servers.test(name));
  if (library !== undefined)
    return notKnown(explain('server-unclear', { library: library.name }, { evidence: [library.evidence] }));
  return notKnown(
    module.unseen === undefined ? explain('no-listener') : explain('declared-elsewhere', { name: module.unseen.name }),
  );
}

function healthOf(reading: Reading, framework: { readonly name: string }, module: JvmModule): Health | undefined {
  return framework.name === 'spring' ? springHealth(reading, module) : undefined;
}
