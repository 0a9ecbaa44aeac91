/** A command that asks a listener with what the image has. 127.0.0.1 and not `localhost`, which is ::1 first on some images. */
import type { Listener } from '../ecosystems/ecosystem.ts';
import type { ImageFacts } from '../images/image.ts';

export interface Probe {
  /** What follows `HEALTHCHECK … CMD`. */
  readonly command: string;
  /** The route it asks; `undefined`: an accepted connection is enough. */
  readonly path: string | undefined;
}

/**
 * The best probe this image can run: the declared route over HTTP, else a TCP connect. `undefined`: it has no program for it.
 * Tools per image as in the catalogue (curl in full and Temurin images, BusyBox wget and nc on Alpine, bash on Debian).
 */
export function probeFor(image: ImageFacts, listener: Listener): Probe | undefined {
  return (
    (listener.route === undefined ? undefined : httpProbe(image, listener, listener.route)) ?? tcpProbe(image, listener)
  );
}

function httpProbe(image: ImageFacts, listener: Listener, path: string): Probe | undefined {
  const own = listener.probe?.http;
  if (own !== undefined && image.has(own[0] ?? '') === 'present') return { command: filled(own, listener, path), path };
  if (!image.shell) return undefined;
  const url = `http://${shellHost(listener)}:${shellPort(listener)}${path}`;
  if (image.has('curl') === 'present') return { command: `curl -fsS -o /dev/null ${url} || exit 1`, path };
  if (image.has('wget') === 'present') return { command: `wget -q -O /dev/null ${url} || exit 1`, path };
  return undefined;
}

function tcpProbe(image: ImageFacts, listener: Listener): Probe | undefined {
  const own = listener.probe?.tcp;
  if (own !== undefined && image.has(own[0] ?? '') === 'present')
    return { command: filled(own, listener, ''), path: undefined };
  if (!image.shell) return undefined;
  const port = shellPort(listener);
  if (image.libc === 'musl' && image.has('nc') === 'present')
    return { command: `nc -z ${shellHost(listener)} ${port} || exit 1`, path: undefined };
  if (image.has('bash') !== 'present') return undefined;
  const variable = listener.portVariable;
  const word = variable === undefined ? String(listener.port) : `\${${variable}:-${listener.port}}`;
  return { command: `["bash", "-c", "exec 3<>/dev/tcp/${shellHost(listener)}/${word}"]`, path: undefined };
}

function shellHost({ hostVariable }: Listener): string {
  return hostVariable === undefined ? '127.0.0.1' : `\${${hostVariable}:-127.0.0.1}`;
}

function shellPort(listener: Listener): string {
  return listener.portVariable === undefined ? String(listener.port) : `\${${listener.portVariable}:-${listener.port}}`;
}

function filled(argv: readonly string[], listener: Listener, path: string): string {
  const words = argv.map((word) => word.replaceAll('{port}', String(listener.port)).replaceAll('{path}', path));
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}
