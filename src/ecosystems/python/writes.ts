/** Files a Python program writes, as far as its sources name them literally. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import { lineAt, type Source } from '../../project/sources.ts';
import { pathValue } from './path-values.ts';
import { type WritingCall, writingCalls } from './writing-calls.ts';

/** Where a written path lies. `application`: in the tree of the sources; `working`: relative to the working directory. */
export type Written =
  /** `directory`: the path is one, in which files are made; else the path is a file. */
  | { readonly kind: 'path'; readonly path: string; readonly directory: boolean; readonly evidence: Evidence }
  | { readonly kind: 'application'; readonly evidence: Evidence }
  | { readonly kind: 'unknown'; readonly evidence: Evidence };

/** A path given to `.save(…)`: other first arguments belong to forms, models and sessions. */
const save =
  /(?<!\b(?:np|numpy))\.save\(\s*(["'][^"']+["']|f["'][^"']+["']|os\.path\.join\([^\n]*|str\([^\n]*|\w*(?:path|file|filename|dest)\w*)\s*[,)]/gi;
/** Methods of a path object whose value stands elsewhere. */
const methods =
  /([\w.]+)\.(write_text|write_bytes|mkdir|touch|open)\((?<!open\((?!\s*(?:mode\s*=\s*)?["'][rbt]*[wax][bt+]*["']))/g;
/** Its end computed (`f"sqlite:///{NAME}"`), and as Tortoise writes it (`sqlite://shop.db`). */
const computedSqlite = /[fF]["']sqlite(?:\+\w+)?:\/\/\/([^"'\n]*\{[^"'\n]*)["']/g;
const shortSqlite = /["']sqlite:\/\/([^/"'{}][^"'{}]*)["']/g;
const sqlite = /["']sqlite(?:\+\w+)?:\/\/(\/[^"'{}]*)?["']/g;
/** A file named in a dictionary belongs to a handler of the logging module only where that module is configured. */
const logging = /LOGGING|dictConfig|FileHandler|\bhandlers\b/;
/** A query or an answer has fields of its own: `find_one({"filename": name})`, `jsonify({"filename": name})`. */
const query = /(?<!dictConfig)\(\s*\{[^\n]*$/;
/** What stands before a dictionary that a call takes over several lines: `batch.append({`. */
const taken = /(?<!dictConfig)\(\s*$/;
/** Each handler of `dictConfig` names its class or its factory, unless that comes from another dictionary. */
const handler = /["'](?:class|\(\))["']\s*:|\*\*\w/;
const session = /SESSION_TYPE["'\]]*\s*=\s*["']filesystem["']/;

/** Every place in these sources that writes a file; `environment`: the variables that the image sets. */
export function writtenPaths(
  sources: readonly Source[],
  environment: Readonly<Record<string, string | undefined>> = {},
): readonly Written[] {
  const others = sources.filter(({ path }) => path.endsWith('.py')).map(({ text }) => withoutComments(text));
  return sources.flatMap((source) => writtenBy(source, others, environment));
}

/** The call is none of those that only look like it: a field of a query, an argument with another name, a session in memory. */
function writes(code: string, match: RegExpExecArray, { unless }: WritingCall): boolean {
  const { 0: found, 1: path, index } = match;
  if (unless?.test(code.slice(index, index + 300)) === true) return false;
  if (path !== undefined && isKeyword(path)) return false;
  if (!/^["']filename["']/.test(found)) return true;
  if (!logging.test(code) || query.test(code.slice(code.lastIndexOf('\n', index) + 1, index))) return false;
  const start = unclosed(code, index, -1, '{', '}');
  return !taken.test(code.slice(0, start)) || handler.test(code.slice(start, unclosed(code, index, 1, '}', '{')));
}

/** Where the innermost braces around a place open or close; an end of the text when there are none. */
function unclosed(code: string, index: number, step: 1 | -1, wanted: string, opposite: string): number {
  let depth = 0;
  let at = index;
  for (; at >= 0 && at < code.length; at += step) {
    if (code[at] === opposite) depth++;
    else if (code[at] === wanted && depth-- === 0) break;
  }
  return Math.max(at, 0);
}

function writtenBy(
  source: Source,
  others: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly Written[] {
  const found: Written[] = [];
  const code = withoutComments(source.text);
  const hit = (index: number, expression: string, isDirectory = false) => {
    const says = (code.slice(code.lastIndexOf('\n', index) + 1).split('\n')[0] ?? '').trim().slice(0, 80);
    const evidence = { file: source.path, line: lineAt(code, index), says };
    const where = pathValue(expression.replace(/[}\s]+$/, '').trim(), { code, at: index, others, environment });
    if (where === 'nothing') return;
    if (typeof where !== 'object') found.push({ kind: where, evidence });
    else found.push({ kind: 'path', path: where.path, directory: isDirectory || where.directory, evidence });
  };
  for (const one of writingCalls)
    if (one.where?.test(code) !== false)
      for (const match of code.matchAll(one.call))
        if (writes(code, match, one)) hit(match.index, match[1] ?? '?', one.directory);
  for (const match of code.matchAll(save)) hit(match.index, match[1] ?? '');
  for (const match of code.matchAll(methods))
    if (!/^Path$|\)$/.test(match[1] ?? '')) hit(match.index, match[1] ?? '', match[2] === 'mkdir');
  for (const match of code.matchAll(sqlite)) {
    const path = (match[1] ?? '').replace(/^\//, '').replace(/\?.*$/, '');
    if (path === '' || path === ':memory:') continue;
    hit(match.index, path.startsWith('/') ? `"${path}"` : '"."', !path.startsWith('/'));
  }
  for (const match of code.matchAll(computedSqlite)) {
    const [, text = ''] = match;
    hit(match.index, /^\{([^{}]+)\}$/.exec(text)?.[1] ?? `f"${text}"`);
  }
  for (const match of code.matchAll(shortSqlite)) if (match[1] !== ':memory:') hit(match.index, `"${match[1]}"`);
  const database = /sqlite3["'][^}]*?["']NAME["']\s*:\s*([^\n]+)/.exec(code);
  if (database !== null) hit(database.index, (database[1] ?? '').replace(/,\s*$/, ''));
  if (session.test(code)) hit(code.search(session), '"flask_session"', true);
  return found;
}

function isKeyword(text: string): boolean {
  return /^\s*\w+\s*=[^=]/.test(text);
}

function withoutComments(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, '');
}

/** The directory that must be writable for a path to be made, seen from the working directory. */
export function writableDirectory(workdir: string, path: string, isDirectory: boolean): string {
  const whole = posix.resolve('/', workdir, path);
  return isDirectory ? whole : posix.dirname(whole);
}
