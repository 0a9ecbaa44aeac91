/** Which Python sources are of a program that listens, whatever the port. */
import type { Source } from '../../project/sources.ts';

/** Imports of packages whose programs listen. */
const serving =
  /^[ \t]*(?:from|import)[ \t]+(flask|fastapi|aiohttp\.web|tornado\.(?:web|httpserver|tcpserver)|sanic|robyn|socketify|fastpysgi|bjoern|cherrypy|http\.server|socketserver|bottle|starlette|quart|falcon|werkzeug|wsgiref|klein|emmett|emmett55|granian|mrhttp|blacksheep|hug|waitress|uvicorn|gevent\.pywsgi|xmlrpc\.server|BaseHTTPServer|SimpleHTTPServer|dash|gradio|nicegui|microdot|pyramid)\b/m;

/** Packages that are clients as well: what a program has that listens with them. */
const both: readonly { readonly imports: RegExp; readonly listens: RegExp }[] = [
  {
    imports: /^[ \t]*(?:from|import)[ \t]+aiohttp\b/m,
    listens: /\baiohttp\.web\b|from[ \t]+aiohttp[ \t]+import[^\n]*\bweb\b/,
  },
  { imports: /^[ \t]*(?:from|import)[ \t]+tornado\b/m, listens: /\.listen\(|\bHTTPServer\(|\bTCPServer\(/ },
  { imports: /^[ \t]*(?:from|import)[ \t]+grpc\b/m, listens: /\bserver\(/ },
  { imports: /^[ \t]*(?:from|import)[ \t]+twisted\b/m, listens: /\blisten\w*\(|\bserverFromString\(/ },
  { imports: /^[ \t]*(?:from|import)[ \t]+websockets\b/m, listens: /\bserve\(/ },
];

/** The first source that imports a server, and the line where it does. */
export function servingImport(
  sources: readonly Source[],
): { readonly path: string; readonly line: number; readonly says: string } | undefined {
  for (const { path, text } of sources) {
    const pattern = serving.test(text)
      ? serving
      : both.find(({ imports, listens }) => imports.test(text) && listens.test(text))?.imports;
    if (pattern === undefined) continue;
    const lines = text.split('\n');
    const index = lines.findIndex((line) => pattern.test(line));
    return { path, line: index + 1, says: (lines[index] ?? '').trim() };
  }
  return undefined;
}

/** What a call that starts a server has in its name: `app.run`, `serve_forever`, `quickstart`, `HTTPServer`. */
const starting = /run|serv|listen|start|launch|loop|exec|main/i;

/**
 * Does any of these sources call something that may start a server? A script without such a call only defines an
 * application, for a server that somebody else starts.
 */
export function mayStartServer(sources: readonly Source[]): boolean {
  return sources.some(({ text }) =>
    text.split('\n').some((line) => {
      const [code = ''] = line.split('#', 1);
      if (/^\s*(?:async\s+)?(?:def|class)\s/.test(code)) return false;
      return [...code.matchAll(/\b(\w+)\s*\(/g)].some(([, name = '']) => starting.test(name));
    }),
  );
}
