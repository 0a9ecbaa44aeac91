/** Image references as Docker reads them (`distribution/reference`). */

export interface ImageRef {
  /** As written, without surrounding blanks. */
  readonly text: string;
  /** `docker.io` when none is written. */
  readonly registry: string;
  /** `library/` dropped for official images: `node`, `bitnami/node`. */
  readonly repository: string;
  /** `undefined` when neither tag nor digest is written (means `latest`). */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]+$/;
const REGISTRY = /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;

/**
 * `[registry/]repository[:tag][@digest]`. The first component is a registry when it has a dot, a colon or an upper-case
 * letter, or is `localhost`. `undefined`: no reference (unexpanded variables included). The length of a digest is not
 * judged.
 */
export function parseImageRef(text: string): ImageRef | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 1024) return undefined;
  const at = trimmed.indexOf('@');
  const digest = at < 0 ? undefined : trimmed.slice(at + 1);
  const named = at < 0 ? trimmed : trimmed.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const { registry, path } = splitRegistry(colon < 0 ? named : named.slice(0, colon));
  if (digest !== undefined && !DIGEST.test(digest)) return undefined;
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  if (!REGISTRY.test(registry) || !path.split('/').every((part) => COMPONENT.test(part))) return undefined;
  return { text: trimmed, registry: canonical(registry), repository: official(registry, path), tag, digest };
}

function splitRegistry(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isRegistry = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return isRegistry ? { registry: first, path: name.slice(slash + 1) } : { registry: 'docker.io', path: name };
}

function canonical(registry: string): string {
  return registry === 'index.docker.io' ? 'docker.io' : registry;
}

function official(registry: string, path: string): string {
  const short = path.startsWith('library/') ? path.slice('library/'.length) : path;
  return canonical(registry) === 'docker.io' && !short.includes('/') ? short : path;
}
