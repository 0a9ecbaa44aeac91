/**
 * What a COPY or ADD source brings from the build context, as BuildKit resolves it (`ResolveWildcards` of
 * github.com/tonistiigi/fsutil/copy; the Dockerfile frontend lets a wildcard match nothing, a literal must be there).
 */
import { posix } from 'node:path';
import { matchesTokens, parseGlob, type Token } from './glob.ts';
import type { EntryKind, Match } from './project.ts';

/** The context as the builder receives it: only what the ignore file lets through. */
export interface Sent {
  /** `undefined`: not there, or not sent. */
  kind(path: string): EntryKind | undefined;
  /** Names of what is sent from a directory, sorted. */
  names(directory: string): readonly string[];
}

/** At most this many directory entries are looked at for one source. */
const mostVisits = 50_000;

/** Has the source a `*`, `?` or `[` that is not escaped? Such a source may match nothing without an error. */
export function isWildcard(source: string): boolean {
  return /[*?[]/.test(source.replace(/\\./gs, ''));
}

/** A source as a path of the context: `.`, `..`, a leading `/` and a final one removed; `..` stays at the root. */
export function contextPath(source: string): string {
  const path = posix.join('/', source);
  return path === '/' ? '' : path.replace(/^\/|\/$/g, '');
}

/**
 * Files and directories one source brings, sorted. A directory that matches is taken whole; what lies in it is not matched
 * again. A remote URL or a Git reference brings nothing from the context.
 */
export function matchSource(sent: Sent, source: string): readonly Match[] {
  if (isRemote(source)) return [];
  const path = contextPath(source);
  if (!isWildcard(path)) return literal(sent, path);
  const parts = path.split('/');
  const fixed = parts.findIndex(isWildcard);
  const tokens = parts.slice(fixed).map(parseGlob);
  if (tokens.some((each) => each === undefined)) return [];
  return descend(sent, parts.slice(0, fixed).join('/'), tokens as readonly (readonly Token[])[], { left: mostVisits });
}

/** `ADD https://…`, `ADD git@host:…`. */
export function isRemote(source: string): boolean {
  return /^(https?|ftp|git|ssh):\/\//i.test(source) || /^git@[^/]+:/.test(source);
}

function literal(sent: Sent, path: string): readonly Match[] {
  const kind = sent.kind(path);
  return kind === undefined ? [] : [{ path, kind }];
}

/** A component of the pattern never crosses a slash, so the pattern is walked component by component. */
function descend(
  sent: Sent,
  directory: string,
  [first, ...rest]: readonly (readonly Token[])[],
  budget: { left: number },
): readonly Match[] {
  if (first === undefined || sent.kind(directory) !== 'directory') return [];
  const names = sent.names(directory);
  budget.left -= names.length;
  if (budget.left < 0) return [];
  return names
    .filter((name) => matchesTokens(first, name))
    .map((name) => (directory === '' ? name : `${directory}/${name}`))
    .flatMap((path) => (rest.length === 0 ? literal(sent, path) : descend(sent, path, rest, budget)));
}
