/**
 * `.dockerignore` as moby reads it: github.com/moby/patternmatcher with its `ignorefile` reader, asked in the order in which
 * github.com/tonistiigi/fsutil walks the context. Not gitignore: patterns are anchored at the root.
 */
import { posix } from 'node:path';
import { matchesTokens, parseGlob, type Token } from './glob.ts';

interface Pattern {
  readonly negated: boolean;
  matches(path: string): boolean;
}

export interface Ignore {
  readonly valid: true;
  /** Can a `!` pattern name something below this directory? Only then does BuildKit open it when it is excluded. */
  readonly reincludesBelow: (directory: string) => boolean;
  readonly excludes: (path: string) => boolean;
}

/** A text with which every build fails; `pattern` is the one at fault. */
export interface InvalidIgnore {
  readonly valid: false;
  readonly pattern: string;
}

/** Reads an ignore file. Never throws. */
export function readIgnore(text: string): Ignore | InvalidIgnore {
  const patterns: Pattern[] = [];
  const lines = patternLines(text);
  for (const line of lines) {
    const matches = compile(line.pattern);
    if (matches === undefined) return { valid: false, pattern: line.negated ? `!${line.pattern}` : line.pattern };
    patterns.push({ negated: line.negated, matches });
  }
  return { valid: true, reincludesBelow: reincluder(lines), excludes: excluder(patterns) };
}

/**
 * Is this path (relative to the context, with `/`) left out? A file below an excluded directory is sent when a later `!`
 * pattern names it: BuildKit walks such a directory, and it arrives with only those files. (Older builders walk it only
 * for a `!` pattern that begins with the directory's own path.)
 */
export function ignores(ignore: Ignore, path: string): boolean {
  return ignore.excludes(path);
}

interface PatternLine {
  readonly negated: boolean;
  readonly pattern: string;
}

function patternLines(text: string): readonly PatternLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const negated = line.startsWith('!');
      return { negated, pattern: cleaned(negated ? line.slice(1).trim() : line) };
    });
}

/** A pattern with a wildcard before its last component may name anything; others only what begins with them. */
function reincluder(lines: readonly PatternLine[]): (directory: string) => boolean {
  const prefixes = lines
    .filter((line) => line.negated)
    .map((line) => line.pattern.replace(/\/\*\*$/, '').replace(/\/\*$/, ''));
  if (prefixes.some((prefix) => /[*[\]?^\\]/.test(prefix))) return () => true;
  return (directory) => prefixes.some((prefix) => `${prefix}/`.startsWith(`${directory}/`));
}

/** Go's `filepath.Clean`, then one leading slash dropped. */
function cleaned(pattern: string): string {
  if (pattern === '') return '';
  const normal = posix.normalize(pattern);
  const clean = normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
  return clean.length > 1 && clean.startsWith('/') ? clean.slice(1) : clean;
}

/** `undefined`: a bad pattern, also where an escaped letter would be a class of Go's regexp (`\d`). */
function compile(pattern: string): ((path: string) => boolean) | undefined {
  const tokens = pattern === '' ? undefined : parseGlob(pattern);
  if (tokens === undefined || tokens.some(isRegexpEscape)) return undefined;
  if (tokens.every((token) => token.kind === 'char')) {
    const literal = tokens.map((token) => token.char).join('');
    return (path) => path === literal;
  }
  const ignoreTokens = withDepth(tokens, isSuffix(pattern));
  return (path) => matchesTokens(ignoreTokens, path);
}

function isRegexpEscape(token: Token): boolean {
  return token.kind === 'char' && token.escaped && /[A-Za-z0-9]/.test(token.char);
}

/** `**` with nothing but literals behind it matches any path with that end: `**x` matches `a/bx`. */
function isSuffix(pattern: string): boolean {
  return pattern.startsWith('**') && !pattern.startsWith('**/') && !/[*?[\]\\]/.test(pattern.slice(2));
}

/** Pairs of stars, with a slash behind them, become tokens that cross directories. */
function withDepth(tokens: readonly Token[], suffix: boolean): readonly Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (token.kind !== 'star' || tokens[at + 1]?.kind !== 'star') {
      out.push(token);
      continue;
    }
    at += 1;
    const slash = tokens[at + 1];
    if (slash?.kind === 'char' && slash.char === '/') at += 1;
    out.push(at + 1 >= tokens.length || (suffix && out.length === 0) ? { kind: 'deep' } : { kind: 'directories' });
  }
  return out;
}

const rememberedDirectories = 20_000;

/** Linux's PATH_MAX: a longer path names nothing. */
const longestPath = 4096;

/** Walks down to a path as the sender does: what matched a directory matches everything in it. */
function excluder(patterns: readonly Pattern[]): (path: string) => boolean {
  const none: readonly boolean[] = patterns.map(() => false);
  const remembered = new Map<string, readonly boolean[]>([['', none]]);
  const directory = (path: string): readonly boolean[] => {
    const known = remembered.get(path);
    if (known !== undefined) return known;
    const { matched } = visit(patterns, path, directory(parentOf(path)));
    if (remembered.size < rememberedDirectories) remembered.set(path, matched);
    return matched;
  };
  return (path) =>
    path !== '' && path.length < longestPath && visit(patterns, path, directory(parentOf(path))).excluded;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A pattern that could not change the verdict at a directory is not asked there, and then says nothing for what is in it. */
function visit(patterns: readonly Pattern[], path: string, inherited: readonly boolean[]) {
  let excluded = false;
  const matched = patterns.map((pattern, index) => {
    const matches = inherited[index] === true || (pattern.negated === excluded && pattern.matches(path));
    if (matches) excluded = !pattern.negated;
    return matches;
  });
  return { matched, excluded };
}
