/** Where Streamlit listens and what it answers, as far as its settings decide it (Streamlit documentation, `config.toml`). */
import type { Evidence } from '../../answer.ts';

export const streamlitSettings = '.streamlit/config.toml';

/** The port that a text of `config.toml` sets; `undefined`: none. */
export function streamlitPort(settings: string): string | undefined {
  return /^[ \t]*(?:server\.)?port[ \t]*=[ \t]*["']?([^\s"'#]+)/m.exec(settings)?.[1];
}

/**
 * The health route. `undefined` when the pinned version may be from before the route (older servers answer `/healthz` only), and
 * when options, variables or `config.toml` put a path in front of it or ask for TLS.
 */
export function streamlitHealth(
  version: string | undefined,
  options: readonly string[],
  settings: string,
): { readonly path: string; readonly evidence: Evidence } | undefined {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (version !== undefined && (major < 1 || (major === 1 && minor < 20))) return undefined;
  const elsewhere = /baseUrlPath|sslCertFile|BASE_URL_PATH|SSL_CERT_FILE/;
  if (options.some((word) => elsewhere.test(word))) return undefined;
  if (/^[ \t]*(?:server\.)?(baseUrlPath|sslCertFile)[ \t]*=[ \t]*["'][^"'\s]/m.test(settings)) return undefined;
  return { path: '/_stcore/health', evidence: { file: 'Dockerfile', says: 'Streamlit answers /_stcore/health' } };
}
