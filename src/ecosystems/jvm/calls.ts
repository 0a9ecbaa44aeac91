/** Calls in a source that write files or start programs, with the literal path or name when the source has one. */
import type { Evidence } from '../../answer.ts';

/** Longer lines are generated and not looked at. */
export const longestLine = 2_000;

export function isComment(line: string): boolean {
  return /^\s*(\/\/|\*|\/\*|#)/.test(line);
}

export interface WriteCall {
  /** A path, relative to the working directory or absolute; ends in `/` for a directory. `undefined`: it is not literal. */
  readonly path: string | undefined;
  /** `${key:default}` that the path is taken from. */
  readonly property: string | undefined;
  readonly evidence: Evidence;
}

/** Classes and methods of java.io, java.nio.file, Commons IO and Kotlin that open or change a file; the group is the path's expression. */
const writing: readonly (readonly [pattern: RegExp, makes: 'file' | 'directory'])[] = [
  [/\bnew (?:FileOutputStream|FileWriter|RandomAccessFile|PrintWriter|PrintStream)\((.*)/, 'file'],
  [/\bFiles\.(?:write|writeString|newBufferedWriter|newOutputStream|createFile|newByteChannel)\((.*)/, 'file'],
  [/\bFiles\.(?:copy|move)\([^,]*,(.*)/, 'file'],
  [/\bFiles\.(?:createDirectories|createDirectory)\((.*)/, 'directory'],
  [/\bFileUtils\.(?:write\w*|copy\w*|touch|forceMkdir|deleteDirectory)\((.*)/, 'file'],
  [/\b(\w+)\.mkdirs?\(\)/, 'directory'],
  [/\b(\w+)\.createNewFile\(\)/, 'file'],
  [
    /\bFile\(([^)]*)\)\.(?:writeText|appendText|writeBytes|printWriter|bufferedWriter|outputStream|createNewFile)\(/,
    'file',
  ],
  [/\bFile\(([^)]*)\)\.mkdirs?\(\)/, 'directory'],
  [/\b(\w*(?:[fF]ile|[pP]ath)\w*)\.(?:writeText|appendText|writeBytes)\(/, 'file'],
  [/\.transferTo\((.*(?:[Ff]ile|[Pp]ath|[Dd]est|[Tt]arget|[Dd]ir).*)/, 'file'],
  [/\bImageIO\.write\([^,]*,[^,]*,(.*)/, 'file'],
];
/** Writers that take a stream as well: without a file in the expression they write none. */
const streams =
  /^\s*(?:System\.|\w*[rR]esp\w*\.|\w*[sS]ocket\w*\.|\w*(?:[oO]ut|[sS]tream|[sS]w|[wW]riter|[bB]os|[bB]aos)\b)|new (?:StringWriter|ByteArrayOutputStream|BufferedWriter|OutputStreamWriter)/;
const temporary = /createTemp(?:File|Directory)|java\.io\.tmpdir|"\/tmp\b/;

/** Every call that writes, with the path when it is literal, a constant of the same file, or a setting with a name. */
export function literalWrites(file: string, text: string): readonly WriteCall[] {
  const found: WriteCall[] = [];
  text.split('\n').forEach((line, index) => {
    if (isComment(line) || line.length > longestLine || temporary.test(line)) return;
    for (const [pattern, makes] of writing) {
      const expression = pattern.exec(line)?.[1];
      if (expression === undefined) continue;
      const evidence = { file, line: index + 1, says: line.trim().slice(0, 100) };
      const resolved = resolve(text, expression, 0);
      if (
        resolved.path === undefined &&
        resolved.property === undefined &&
        (streams.test(expression) || resolved.temporary)
      )
        continue;
      found.push({ path: asDirectory(resolved.path, makes), property: resolved.property, evidence });
      break;
    }
  });
  return found;
}

function asDirectory(path: string | undefined, makes: 'file' | 'directory'): string | undefined {
  return path !== undefined && makes === 'directory' && !path.endsWith('/') ? `${path}/` : path;
}

interface Resolved {
  readonly path: string | undefined;
  readonly property: string | undefined;
  readonly temporary: boolean;
}
const nothing: Resolved = { path: undefined, property: undefined, temporary: false };

/** A literal, what a `+` or a second argument appends to one, or a name that the same file sets to one. */
function resolve(text: string, expression: string, depth: number): Resolved {
  const inner = expression
    .replace(
      /^[\s(]*(?:(?:new\s+)?(?:File|FileWriter|FileOutputStream|BufferedWriter|OutputStreamWriter)|Paths\.get|Path\.of|Path|FileSystems\.getDefault\(\)\.getPath)\(/,
      '',
    )
    .trimStart();
  const literal = /^"([^"\\]*)"\s*(.?)/.exec(inner);
  if (literal !== null) {
    const path = literal[1] ?? '';
    if (literal[2] === ',' && inner !== expression && !/^"[^"]*"\s*,\s*(?:true|false)\b/.test(inner))
      return { ...nothing, path: `${path.replace(/\/$/, '')}/` };
    return { ...nothing, path: literal[2] === '+' || literal[2] === '.' ? directoryOf(path) : path };
  }
  if (inner !== expression && depth < 4) return resolve(text, inner, depth + 1);
  const name = /^(?:this\.)?([A-Za-z_]\w*)\b(?!\s*\()\s*(.?)/.exec(inner);
  if (name?.[1] === undefined || depth > 3) return nothing;
  const set = setTo(text, name[1], depth);
  return set.path !== undefined && (name[2] === '+' || name[2] === '.')
    ? { ...set, path: `${set.path.replace(/\/$/, '')}/` }
    : set;
}

function directoryOf(path: string): string {
  return path.endsWith('/') ? path : `${path.slice(0, path.lastIndexOf('/') + 1) || './'}`;
}

function setTo(text: string, name: string, depth: number): Resolved {
  const property = new RegExp(
    `@(?:Value|ConfigProperty)\\([^)]{0,80}?["{]([\\w.-]{1,200}(?::[^}"]{0,200})?)[}"][^)]{0,80}\\)\\s{0,80}(?:(?:private|protected|public|final|lateinit|var|val)\\s+)*(?:String|File|Path)?\\s*${name}\\b`,
  ).exec(text)?.[1];
  if (property !== undefined) return { ...nothing, property };
  const set = new RegExp(`\\b${name}\\s*(?::\\s*\\w+\\s*)?=\\s*([^=\\n][^\\n]*)`).exec(text)?.[1];
  if (set === undefined) return nothing;
  if (temporary.test(set)) return { ...nothing, temporary: true };
  return resolve(text, set, depth + 1);
}

const starting = /\b(?:getRuntime\(\)\s*\.\s*exec|[rR]untime\.exec|ProcessBuilder|CommandLine\.parse)\s*\(\s*(.*)/;

/** Programs that a source starts (`ProcessBuilder`, `Runtime.exec`, Commons Exec). */
export function childProcesses(
  file: string,
  text: string,
): readonly { readonly name: string | undefined; readonly evidence: Evidence }[] {
  const found: { name: string | undefined; evidence: Evidence }[] = [];
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    if (isComment(line) || /^\s*import\b/.test(line) || line.length > longestLine) return;
    const first = starting.exec(line)?.[1];
    if (first === undefined) return;
    const evidence = { file, line: index + 1, says: line.trim().slice(0, 100) };
    const words = wordsOf(text, first === '' ? (lines[index + 1] ?? '').trim() : first);
    if (words === undefined) found.push({ name: undefined, evidence });
    else for (const name of words) found.push({ name, evidence });
  });
  return found;
}

/** The program of an argument list, and what `sh -c` runs; `undefined`: not literal. */
function wordsOf(text: string, expression: string): readonly string[] | undefined {
  const list = expression.replace(/^(?:new String\[\]\s*\{|List\.of\(|Arrays\.asList\(|listOf\(|arrayOf\()\s*/, '');
  const literals = /^"([^"\\]*)"/.exec(list) === null ? listOfName(text, list) : list;
  const words = [...(literals ?? '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
  const head = words[0]?.trim().split(/\s+/) ?? [];
  const name = head[0];
  if (name === undefined || name === '') return undefined;
  const inline = /(^|\/)(ba|da|a)?sh$/.test(name) ? (words[2] ?? head[2]) : undefined;
  if (/(^|\/)(ba|da|a)?sh$/.test(name) && inline === undefined) return undefined;
  return inline === undefined
    ? [name]
    : [name, ...inline.split(/\s*(?:&&|\|\||[|;])\s*/).map((part) => part.split(/\s+/)[0] ?? '')].filter(
        (word) => word !== '',
      );
}

function listOfName(text: string, list: string): string | undefined {
  const name = /^([A-Za-z_]\w*)\b/.exec(list)?.[1];
  if (name === undefined) return undefined;
  const set = new RegExp(
    `\\b${name}\\s*=\\s*(?:new String\\[\\]\\s*)?(?:\\{|List\\.of\\(|Arrays\\.asList\\(|listOf\\()?\\s*("[^\\n]*)`,
  ).exec(text)?.[1];
  return set;
}

const opening =
  /\bnew (?:FileInputStream|FileReader|FileSystemResource|PathResource)\(|\bFile\(|\b(?:Paths\.get|Path\.of|Files\.\w+)\(/;
const variable = /(?:\b(\w+)\s*=\s*)?\b(?:System\.)?getenv\((?:\)\s*(?:\[|\.get(?:OrDefault)?\())?\s*"(\w+)"/;
const setting = /@(?:Value|ConfigProperty)\([^)\n]{0,40}?["{]([\w.-]{1,200})[}"]/;

/** The variable or setting on a line of a source that names a file to open, as its use or its own name says. */
export function pathFromOutside(text: string, line: string): string | undefined {
  const read = variable.exec(line);
  const name = read?.[2];
  if (name !== undefined) return opening.test(line) || namesPath(name) || opens(text, read?.[1]) ? name : undefined;
  const key = setting.exec(line)?.[1];
  return key !== undefined && namesPath(key) ? key : undefined;
}

function opens(text: string, name: string | undefined): boolean {
  return name !== undefined && new RegExp(`(?:${opening.source})\\s*${name}\\b`).test(text);
}

function namesPath(name: string): boolean {
  const words = name.replace(/([a-z])([A-Z])/g, '$1-$2');
  return /[^a-z](?:path|file|dir|directory|folder|location)$/i.test(words) && !/^java_home$/i.test(name);
}
