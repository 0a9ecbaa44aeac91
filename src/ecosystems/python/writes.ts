/** Files a Python program writes, as far as its sources name them literally. */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import { lineAt, type Source } from '../../project/sources.ts';
import { pathValue } from './path-values.ts';

/** Where a written path lies. `application`: in the tree of the sources; `working`: relative to the working directory. */
export type Written =
  /** `directory`: the path is one, in which files are made; else the path is a file. */
  | { readonly kind: 'path'; readonly path: string; readonly directory: boolean; readonly evidence: Evidence }
  | { readonly kind: 'application'; readonly evidence: Evidence }
  | { readonly kind: 'unknown'; readonly evidence: Evidence };

/** One argument: up to a comma or bracket, nested brackets one level deep. */
const argument = '((?:[^,()\\n]|\\((?:[^()\\n]|\\([^()\\n]*\\))*\\))+)';

/** Calls whose first argument is the path. */
const first = [
  `\\bopen\\(\\s*${argument},\\s*(?:mode\\s*=\\s*)?["'][rbt]*[wax+][^"']*["']`,
  `\\bos\\.(?:makedirs|mkdir|remove|unlink|rename|replace|rmdir)\\(\\s*${argument}`,
  `\\bshutil\\.(?:rmtree|make_archive)\\(\\s*${argument}`,
  `\\b(?:Rotating|TimedRotating|Watched)?FileHandler\\(\\s*${argument}`,
  `\\bsqlite3\\.connect\\(\\s*${argument}`,
  `\\b(?:TinyDB|SqliteDatabase|shelve\\.open|dbm\\.open|diskcache\\.Cache)\\(\\s*${argument}`,
  `\\b(?:savefig|to_csv|to_excel|to_parquet|to_pickle|to_feather|download_to_filename|extractall|imwrite|retrbinary)\\(\\s*${argument}`,
  `\\bbasicConfig\\([^\\n]*filename\\s*=\\s*${argument}`,
  `["']filename["']\\s*:\\s*${argument}`,
  `\\bPath\\(\\s*${argument}\\)\\.(?:write_text|write_bytes|touch|mkdir|unlink)\\(`,
  `\\b(?:MEDIA_ROOT|UPLOAD_FOLDER|UPLOAD_DIR|UPLOADS_DEFAULT_DEST|SESSION_FILE_DIR|CACHE_DIR)["'\\]]*\\s*=\\s*${argument}`,
].map((source) => new RegExp(source, 'g'));

/** Calls whose second argument is the path. */
const second = [
  `\\bshutil\\.(?:copy|copy2|copyfile|copytree|move|copyfileobj)\\(\\s*${argument},\\s*${argument}`,
  `\\b(?:urlretrieve|download_file|joblib\\.dump)\\(\\s*${argument},\\s*${argument}`,
].map((source) => new RegExp(source, 'g'));

/** A path given to `.save(…)`: other first arguments belong to forms, models and sessions. */
const save =
  /\.save\(\s*(["'][^"']+["']|f["'][^"']+["']|os\.path\.join\([^\n]*|str\([^\n]*|\w*(?:path|file|filename|dest)\w*)\s*[,)]/gi;
/** Of the first kind, those whose path is a directory. */
const directories = /makedirs|mkdir|rmdir|rmtree|extractall|MEDIA_ROOT|UPLOAD|SESSION_FILE_DIR|CACHE_DIR|Cache\(/;
/** Methods of a path object whose value stands elsewhere. */
const methods = /([\w.]+)\.(write_text|write_bytes|mkdir|touch)\(/g;
const sqlite = /["']sqlite(?:\+\w+)?:\/\/(\/[^"'{}]*)?["']/g;
/** A query or an answer has fields of its own: `find_one({"filename": name})`, `jsonify({"filename": name})`. */
const query = /(?<!dictConfig)\(\s*\{[^\n]*$/;
const session = /SESSION_TYPE["'\]]*\s*=\s*["']filesystem["']/;

/** Every place in these sources that writes a file; `environment`: the variables that the image sets. */
export function writtenPaths(
  sources: readonly Source[],
  environment: Readonly<Record<string, string | undefined>> = {},
): readonly Written[] {
  const others = sources.filter(({ path }) => path.endsWith('.py')).map(({ text }) => withoutComments(text));
  return sources.flatMap((source) => writtenBy(source, others, environment));
}

function isField(code: string, { 0: found, index }: RegExpExecArray): boolean {
  return /^["']filename["']/.test(found) && query.test(code.slice(code.lastIndexOf('\n', index) + 1, index));
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
  for (const pattern of first)
    for (const match of code.matchAll(pattern))
      if (match[1] !== undefined && !isKeyword(match[1]) && !isField(code, match))
        hit(match.index, match[1], directories.test(match[0]));
  for (const pattern of second) for (const match of code.matchAll(pattern)) hit(match.index, match[2] ?? '');
  for (const match of code.matchAll(save)) hit(match.index, match[1] ?? '');
  for (const match of code.matchAll(methods))
    if (!/^Path$|\)$/.test(match[1] ?? '')) hit(match.index, match[1] ?? '', match[2] === 'mkdir');
  for (const match of code.matchAll(sqlite)) {
    const path = (match[1] ?? '').replace(/^\//, '').replace(/\?.*$/, '');
    if (path === '' || path === ':memory:') continue;
    hit(match.index, path.startsWith('/') ? `"${path}"` : '"."', !path.startsWith('/'));
  }
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
