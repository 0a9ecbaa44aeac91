/** Which Python sources are of a program that listens, whatever the port. */
import type { Source } from '../../project/sources.ts';

/** Imports of packages whose programs listen. */
const serving =
  /^[ \t]*(?:from|import)[ \t]+(flask|fastapi|aiohttp\.web|aiohttp|tornado|sanic|robyn|socketify|fastpysgi|bjoern|cherrypy|http\.server|socketserver|bottle|starlette|quart|falcon|werkzeug|wsgiref|grpc|twisted|klein|emmett|emmett55|granian|mrhttp|blacksheep|hug|waitress|websockets|uvicorn|gevent\.pywsgi|xmlrpc\.server|BaseHTTPServer|SimpleHTTPServer|dash|gradio|nicegui|microdot|pyramid)\b/m;

/** The first source that imports a server, and the line where it does. */
export function servingImport(
  sources: readonly Source[],
): { readonly path: string; readonly line: number; readonly says: string } | undefined {
  const found = sources.find(({ text }) => serving.test(text));
  if (found === undefined) return undefined;
  const lines = found.text.split('\n');
  const index = lines.findIndex((line) => serving.test(line));
  return { path: found.path, line: index + 1, says: (lines[index] ?? '').trim() };
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
