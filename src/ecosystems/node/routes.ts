/** A health route that the sources declare for GET, where its whole path and the lack of a guard can be read. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { lineAt, type SourceText } from '../../project/sources.ts';

export interface HealthRoute {
  readonly path: string;
  readonly evidence: Evidence;
}

const certain = 'health|healthz|healthcheck|health-check|livez|readyz';
const health = `(?:${certain}|ping|_health|status)`;
/** Words that name a health route where a prefix stands before them too (`/api/v1/health`); a `status` there may be an order's. */
const nested = `(?:/(?:api|v\\d+|public|internal|system))+/(?:${certain}|ping)`;
/** Middleware that answers nothing by itself: everything else in front of a route may ask for credentials. */
const open =
  /^(?:['"`]\/[\w/:.-]+['"`]|(?:express\.(json|urlencoded|static|text|raw)|cors|helmet|morgan|compression|compress|bodyParser[\w.]*|cookieParser|responseTime|favicon|serveStatic|pino(Http)?|(request)?logger|methodOverride|timeout)\b)/i;
const guards = /auth|jwt|passport|guard|protect|login|token|csrf/i;

/** The first route found: on an Express, Fastify or Koa-like application object, a Nest controller, or a Next.js route file. */
export function healthRoute(
  project: Project,
  directory: string,
  files: readonly SourceText[],
): HealthRoute | undefined {
  if (files.some(({ text }) => /\bhttps\.createServer|spdy\.createServer|createSecureServer/.test(text)))
    return undefined;
  for (const file of files) {
    const found = onApplication(file) ?? onController(file, files);
    if (found !== undefined) return found;
  }
  return nextRoute(project, directory);
}

const anywhere = new RegExp(
  `(?:\\.(?:get|use|all|route)|@(?:Controller|Get))\\(\\s*['"\`]/?((?:[\\w-]+/)*(?:${certain}))/?['"\`]\\s*[,)]`,
  'gi',
);

/** The shortest health route of any kind, of a router, below a prefix or behind a guard: nothing says what it answers, or where. */
export function doubtfulRoute(files: readonly SourceText[]): string | undefined {
  const paths = files.flatMap(({ text }) => [...text.matchAll(anywhere)].map(([, path = '']) => `/${path}`));
  return paths.toSorted((a, b) => a.length - b.length)[0];
}

function onApplication({ path, text }: SourceText): HealthRoute | undefined {
  const created =
    /(?:const|let|var)\s+(\w+)(?:\s*:[^=\n]{1,60})?\s*=\s*(?:await\s+)?(?:express|fastify|Fastify|restana|polka|new Hono|new Elysia)\s*(?:<[^>\n]*>)?\(/.exec(
      text,
    );
  if (created?.[1] === undefined) return undefined;
  const route = new RegExp(`\\b${created[1]}\\s*\\.get\\(\\s*['"\`](/${health}|${nested})['"\`]\\s*,`, 'i').exec(text);
  if (route?.[1] === undefined || isGuarded(text.slice(0, route.index), created[1], route[1])) return undefined;
  const line = lineAt(text, route.index);
  const args = text.slice(route.index + route[0].length, route.index + route[0].length + 80);
  return guards.test(args.split('=>')[0] ?? '')
    ? undefined
    : { path: route[1], evidence: { file: path, line, says: `GET ${route[1]}` } };
}

function isGuarded(before: string, app: string, route: string): boolean {
  const used = [
    ...before.matchAll(new RegExp(`\\b${app}\\s*\\.(?:use|register|addHook|all)\\(\\s*([^\\n]{0,120})`, 'g')),
  ];
  return used.some(([, what = '']) => !open.test(what) || isAbove(what, route));
}

/** Is this middleware, as written, for a path that the route lies at or below? */
function isAbove(what: string, route: string): boolean {
  const mounted = /^['"`](\/[\w/:.-]+)['"`]/.exec(what)?.[1];
  if (mounted === undefined) return false;
  return mounted.includes(':') || `${route}/`.startsWith(`${mounted.replace(/\/$/, '')}/`);
}

/** `@Controller('health')` with a plain `@Get()`. Prefixes, versions and global guards change or close the path. */
function onController({ path, text }: SourceText, files: readonly SourceText[]): HealthRoute | undefined {
  const controller = new RegExp(`@Controller\\(\\s*['"\`]/?(${health})['"\`]\\s*\\)`, 'i').exec(text);
  if (controller?.[1] === undefined || !/@Get\(\s*\)/.test(text) || /@UseGuards/.test(text)) return undefined;
  const name = /^[^{}]*?\bclass\s+(\w+)/.exec(text.slice(controller.index))?.[1];
  if (name === undefined || !isMounted(name, files)) return undefined;
  if (files.some((file) => /setGlobalPrefix|APP_GUARD|useGlobalGuards|enableVersioning|RouterModule/.test(file.text)))
    return undefined;
  const route = `/${controller[1]}`;
  return { path: route, evidence: { file: path, line: lineAt(text, controller.index), says: `GET ${route}` } };
}

const moduleClass =
  /@Module\(\s*(\{[\s\S]*?\})\s*\)\s*(?:@\w+\([^()]*\)\s*)*(?:export\s+(?:default\s+)?)?class\s+(\w+)/g;

/** A module that the application is made of names the class. */
function isMounted(controller: string, files: readonly SourceText[]): boolean {
  const modules = files.flatMap(({ text }) =>
    [...text.matchAll(moduleClass)].map(([, body = '', name = '']) => ({ name, body })),
  );
  const reached = new Set(
    files.flatMap(({ text }) =>
      [...text.matchAll(/NestFactory\s*\.create\w*(?:<[^>()]*>)?\(\s*(\w+)/g)].map((match) => match[1] ?? ''),
    ),
  );
  for (const name of reached) {
    for (const { body } of modules.filter((one) => one.name === name))
      for (const [word] of body.matchAll(/\w+/g)) reached.add(word);
  }
  return reached.has(controller);
}

function nextRoute(project: Project, directory: string): HealthRoute | undefined {
  const at = (name: string) => posix.join(directory, name);
  if (
    project.kind(at('next.config.js')) === undefined &&
    project.kind(at('next.config.mjs')) === undefined &&
    project.kind(at('next.config.ts')) === undefined
  )
    return undefined;
  if (/basePath/.test(['js', 'mjs', 'ts'].map((end) => project.read(at(`next.config.${end}`)) ?? '').join('\n')))
    return undefined;
  if (
    ['middleware.ts', 'middleware.js', 'src/middleware.ts', 'src/middleware.js', 'proxy.ts'].some(
      (name) => project.kind(at(name)) !== undefined,
    )
  )
    return undefined;
  for (const root of ['', 'src/']) {
    for (const name of ['health', 'healthz', 'healthcheck', 'ping']) {
      for (const file of [
        `${root}app/api/${name}/route.ts`,
        `${root}app/api/${name}/route.js`,
        `${root}pages/api/${name}.ts`,
        `${root}pages/api/${name}.js`,
      ]) {
        const text = project.read(at(file));
        if (
          text === undefined ||
          (file.includes('/route.') && !/export\s+(async\s+)?(function|const)\s+GET\b/.test(text))
        )
          continue;
        return { path: `/api/${name}`, evidence: { file: at(file), line: 1, says: `GET /api/${name}` } };
      }
    }
  }
  return undefined;
}
