/**
 * Which path of a Spring Boot program answers for its health: the actuator's, or a route of its own, when a request without
 * credentials reaches it (Spring Boot reference, "Production-ready Features"; Spring Framework reference, "Request Mapping").
 */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import type { JvmModule } from './module.ts';
import { javaStart } from './start.ts';

export interface Health {
  readonly route: string;
  readonly evidence: Evidence;
  /** Nothing closes, moves or guards it. */
  readonly open: boolean;
}

type Found = Omit<Health, 'open'>;

/** `undefined`: none is declared. */
export function springHealth(reading: Reading, module: JvmModule): Health | undefined {
  const context = openContext(reading, module);
  const declared = module.dependencies.find(({ name }) => name === 'spring-boot-starter-actuator');
  const asked = declared !== undefined && isShown(reading, module);
  if (declared !== undefined && (asked || context === undefined))
    return {
      route: `${context ?? ''}/actuator/health`,
      evidence: declared.evidence,
      open: asked && context !== undefined,
    };
  const own = ownRoute(reading, module);
  if (own !== undefined)
    return { ...own.found, route: `${context ?? ''}${own.found.route}`, open: own.open && context !== undefined };
  return declared === undefined ? undefined : { route: '/actuator/health', evidence: declared.evidence, open: false };
}

/** The path under which all routes lie, when nothing guards them. */
function openContext(reading: Reading, module: JvmModule): string | undefined {
  if (module.dependencies.some(({ name }) => /security|oauth2|keycloak|shiro|okta/.test(name))) return undefined;
  const sources = module.sources();
  if (module.unseen !== undefined || sources.guard !== undefined || !sources.complete) return undefined;
  const settings = module.settings();
  if (
    setOutside(
      reading,
      /^(SERVER_SERVLET|SERVER_SSL|SPRING_CONFIG|SPRING_APPLICATION_JSON)/,
      /^(server\.s|spring\.config)/,
    )
  )
    return undefined;
  if (
    settings.some(
      (one) =>
        one.key.startsWith('server.ssl.') ||
        /^spring\.config\.(location|additional-location|import|name)/.test(one.key),
    )
  )
    return undefined;
  const contexts = settings.filter((one) =>
    /^(server\.servlet\.context-path|spring\.webflux\.base-path|server\.context-path|spring\.mvc\.servlet\.path|server\.servlet\.path)$/.test(
      one.key,
    ),
  );
  const unclear = contexts.some(
    (one) => one.profile !== undefined || one.key.endsWith('servlet.path') || one.value.includes('$'),
  );
  return unclear || contexts.length > 1 ? undefined : (contexts[0]?.value.replace(/\/$/, '') ?? '');
}

/** The start command or the image's environment sets something of the kind. */
function setOutside(reading: Reading, variables: RegExp, keys: RegExp): boolean {
  const start = javaStart(reading);
  const words = start.known ? [...start.value.properties.keys()] : [];
  return words.some((key) => keys.test(key)) || Object.keys(reading.contract.env).some((name) => variables.test(name));
}

const moved =
  /^management\.(server\.|endpoints\.web\.(base-path|path-mapping|exposure\.exclude)|endpoint\.health\.(enabled|access)|endpoints\.(enabled-by-default|access)|security|port|context-path)/;

/** The actuator's endpoint for health is where it is by default. */
function isShown(reading: Reading, module: JvmModule): boolean {
  if (setOutside(reading, /^MANAGEMENT_/, /^management\./)) return false;
  const settings = module.settings();
  if (settings.some((one) => moved.test(one.key))) return false;
  const included = settings.filter((one) => one.key === 'management.endpoints.web.exposure.include');
  return included.length === 0 || included.some((one) => /\*|\bhealth\b/.test(one.value));
}

/** What may put a prefix before every route, or stand before it. */
const between =
  /\b(addPathPrefix|configurePathMatch\w*|HandlerInterceptor\w*|addInterceptors|WebMvcConfigurationSupport)\b|@(Aspect|WebFilter)\b/;
const names = /(^|\/)(health|healthz|health-?check|liveness|livez|alive|ping)$/;

/** A GET route of a controller that is always there, named for health, whose method takes nothing of the request. */
function ownRoute(
  { project }: Reading,
  module: JvmModule,
): { readonly found: Found; readonly open: boolean } | undefined {
  const texts = module
    .sources()
    .files.filter((file) => /\.(java|kt)$/.test(file))
    .map((file) => ({ file, text: withoutComments(project.read(file) ?? '') }));
  const routes = texts.flatMap(({ file, text }) => routesOf(file, text));
  const found = routes.find(({ route }) => !route.endsWith('/ping')) ?? routes[0];
  return found === undefined ? undefined : { found, open: !texts.some(({ text }) => between.test(text)) };
}

/** Comments become blank; lines keep their numbers. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));
}

function routesOf(file: string, text: string): readonly Found[] {
  const parts = text.split(/@RestController\b/);
  if (parts.length !== 2) return [];
  const opening = (parts[0]?.length ?? 0) + (/\bclass\s/.exec(parts[1] ?? '')?.index ?? 0);
  const header = text.slice(Math.max(0, text.lastIndexOf(';', parts[0]?.length)), opening + '@RestController'.length);
  if (/@(Profile|Conditional\w*|ConditionalOn\w*)\b/.test(header)) return [];
  const mapped = /@RequestMapping\b\s*(?:\(([^)]*)\))?/.exec(header);
  const prefix = mapped === null ? '' : pathOf(mapped[1]);
  if (prefix === undefined) return [];
  const found: Found[] = [];
  for (const match of text.matchAll(/@(?:Get|Request)Mapping\b\s*(?:\(([^)]*)\))?/g)) {
    if (
      match.index < opening ||
      /\bmethod\s*=/.test(match[1] ?? '') !== /RequestMethod\.GET|=\s*GET/.test(match[1] ?? '')
    )
      continue;
    const path = pathOf(match[1]);
    const behind = text.slice(match.index + match[0].length, match.index + match[0].length + 300);
    if (path === undefined || !/^(\s*@\w+(\([^)]*\))?)*[^({;=@]*\(\s*\)/.test(behind)) continue;
    const route = posix.join('/', prefix, path).replace(/(.)\/$/, '$1');
    const line = text.slice(0, match.index).split('\n').length;
    if (names.test(route)) found.push({ route, evidence: { file, line, says: `GET ${route}` } });
  }
  return found;
}

/** The one literal path of a mapping; `undefined`: several, a pattern, or one that is not written there. */
function pathOf(words: string | undefined): string | undefined {
  if (words === undefined || words.trim() === '') return '';
  const value = /^\s*("[\s\S]*)$/.exec(words)?.[1] ?? /\b(?:value|path)\s*=\s*\{?\s*("[\s\S]*)$/.exec(words)?.[1];
  const literal = /^"([\w./-]*)"\s*\}?\s*(?:,\s*\w+\s*=|$)/.exec(value?.trim() ?? '')?.[1];
  return literal ?? (/"|\bvalue\b|\bpath\b/.test(words) ? undefined : '');
}
