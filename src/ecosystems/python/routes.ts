/** A health route that a source declares for GET, without anything in front of it that could ask for credentials. */
import type { Evidence } from '../../answer.ts';
import { lineAt, type Source } from '../../project/sources.ts';

const names = '(?:health|healthz|health[-_]?check|livez|readyz|ping|alive)';
const health = `/(?:api/)?${names}/?`;
const decorated = new RegExp(
  String.raw`^[ \t]*@(app|application|api|server)\.(get|route)\(\s*["'](${health})["']([^\n]*)\)`,
  'gm',
);
/** What stands in front of every route: then only a connection is proved. */
const guarded =
  /before_request|TrustedHostMiddleware|HTTPSRedirectMiddleware|SERVER_NAME|add_middleware\([^)]*Auth|@app\.middleware|dependencies\s*=|root_path\s*=|APPLICATION_ROOT|BasicAuth|login_required|Talisman/;
const flask = /\bFlask\(\s*__name__/;
const fastapi = /\bFastAPI\(/;

/** The first such route of an application object; routers and blueprints have prefixes that are set elsewhere. */
export function healthRoute(
  sources: readonly Source[],
): { readonly path: string; readonly evidence: Evidence } | undefined {
  if (sources.some(({ text }) => guarded.test(text))) return undefined;
  for (const { path, text } of sources) {
    if (!flask.test(text) && !fastapi.test(text)) continue;
    for (const match of text.matchAll(decorated)) {
      const rest = match[4] ?? '';
      if (/methods/.test(rest) && !/["']GET["']/.test(rest)) continue;
      if (
        /Depends|status_code/.test(rest) ||
        handler(text, match.index).test(/Depends|Security\(|abort\(|raise |HTTPException/)
      )
        continue;
      const line = lineAt(text, match.index);
      return { path: match[3] ?? '', evidence: { file: path, line, says: match[0].trim() } };
    }
  }
  return undefined;
}

const declared = new RegExp(
  String.raw`(?:^[ \t]*@\w+\.(?:get|route|api_route)|\b(?:path|re_path|url|add_get|add_api_route|add_url_rule|web\.get|Route))\(\s*r?["']\^?([\w/-]*?\b${names}/?)\$?["']`,
  'm',
);

/** The first health route of any kind, of a router, behind a guard or with a database behind it: nothing says what it answers. */
export function doubtfulRoute(sources: readonly Source[]): string | undefined {
  for (const { text } of sources) {
    const path = declared.exec(text)?.[1];
    if (path !== undefined) return path.startsWith('/') ? path : `/${path}`;
  }
  return undefined;
}

/** The lines of a handler: from its decorator to the next one. */
function handler(text: string, from: number): { test(pattern: RegExp): boolean } {
  const next = text.indexOf('\n@', from + 1);
  const body = text.slice(from, next < 0 ? from + 1500 : Math.min(next, from + 1500));
  return { test: (pattern) => pattern.test(body) };
}
