/**
 * Where the sources write files. Calls: Node.js "fs", fs-extra, multer, winston, the SQLite drivers. Settings: the schema that
 * Nest (`autoSchemaFile`, `definitions`) and TypeGraphQL (`emitSchemaFile`) write when the server starts.
 */
import type { Evidence } from '../../answer.ts';
import { lineAt, type SourceText } from '../../project/sources.ts';
import { argumentsAt } from './expression.ts';
import { type PathValue, pathValue } from './paths.ts';

export interface Write {
  /** `undefined`: it writes, and it cannot be told where. */
  readonly value: PathValue | undefined;
  /** The path is a directory it makes, not a file in one. */
  readonly makes: boolean;
  readonly evidence: Evidence;
}

const calls =
  /(?<![\w$])(?:[\w$]+(?:\.promises)?\s*\.\s*)?(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|mkdir|mkdirSync|mkdirp|mkdirpSync|mkdtemp|mkdtempSync|rename|renameSync|copyFile|copyFileSync|unlink|unlinkSync|rmSync|rmdirSync|truncateSync|ensureDir|ensureDirSync|ensureFile|ensureFileSync|outputFile|outputFileSync|outputJson|outputJsonSync|writeJson|writeJsonSync|writeJSON|emptyDir|emptyDirSync)\s*\(/g;
const usesFiles = /['"](?:node:)?(?:fs|fs\/promises|fs-extra|graceful-fs|mkdirp|fs-jetpack)['"]/;
const second = new Set(['rename', 'renameSync', 'copyFile', 'copyFileSync']);
const makers = /^(mkdir|ensureDir|emptyDir)/;

/** Settings of libraries that write: where the path stands, and which text shows that the library is used. */
const settings: readonly {
  readonly shown: RegExp;
  readonly at: RegExp;
  readonly makes: boolean;
  /** The path, as it would be written, that `true` stands for. */
  readonly whenTrue?: string;
}[] = [
  { shown: /\bmulter\b|diskStorage/, at: /\bdest(?:ination)?\s*:\s*(?=['"`\w])/g, makes: true },
  { shown: /diskStorage/, at: /\bcb\(\s*null\s*,\s*/g, makes: true },
  {
    shown: /\b(winston|log4js|transports\.File|DailyRotateFile)\b/,
    at: /\b(?:filename|dirname)\s*:\s*/g,
    makes: false,
  },
  { shown: /\buploadDir\b/, at: /\buploadDir\s*[:=]\s*/g, makes: true },
  { shown: /\bautoSchemaFile\b/, at: /\bautoSchemaFile\s*:\s*(?:\{[^{}]*?\bpath\s*:\s*|(?![\s{]))/g, makes: false },
  { shown: /\bGraphQLModule\b/, at: /\bdefinitions\s*:\s*\{[^{}]*?\bpath\s*:\s*/g, makes: false },
  {
    shown: /\bemitSchemaFile\b/,
    at: /\bemitSchemaFile\s*:\s*(?:\{[^{}]*?\bpath\s*:\s*|(?![\s{]))/g,
    makes: false,
    whenTrue: "'schema.graphql'",
  },
];
/** What a mapper is told about its SQLite file (Sequelize, TypeORM and Knex documentation). */
const mappers: readonly (typeof settings)[number][] = [
  { shown: /\bdialect\s*:\s*['"`]sqlite/, at: /\bstorage\s*:\s*/g, makes: false },
  { shown: /\btype\s*:\s*['"`](?:better-)?sqlite3?['"`]/, at: /\bdatabase\s*:\s*(?![\s{])/g, makes: false },
  { shown: /\bclient\s*:\s*['"`](?:better-)?sqlite3?['"`]/, at: /\bfilename\s*:\s*/g, makes: false },
];
/** Stores that keep their files in a place of their own when no option says where (each README). */
const keepers: readonly {
  readonly shown: RegExp;
  readonly made: RegExp;
  readonly option: string;
  readonly place: string;
  readonly makes: boolean;
}[] = [
  { shown: /['"`]enmap['"`]/, made: /\bnew\s+Enmap\s*\(/g, option: 'dataDir', place: "'data'", makes: true },
  {
    shown: /['"`]quick\.db['"`]/,
    made: /\bnew\s+QuickDB\s*\(/g,
    option: 'filePath',
    place: "'json.sqlite'",
    makes: false,
  },
];
const databases =
  /\bnew\s+(?:[\w$]+\.)?(?:Database|DatabaseSync|Datastore|LowSync|Low|JsonDB|LocalStorage|JSONFile|JSONFileSync|FileSync|FileAsync)\s*\(/g;
const usesDatabase =
  /['"](sqlite3?|better-sqlite3|node:sqlite|nedb|@seald-io\/nedb|lowdb[\w/-]*|node-json-db|node-localstorage|nedb-promises|bun:sqlite|sqlite-async)['"]/;

/** Every write in a file, in source order. */
export function writes({ path, text }: SourceText): readonly Write[] {
  const found: Write[] = [];
  const add = (expression: string | undefined, makes: boolean, offset: number, says: string) => {
    if (isComment(text, offset)) return;
    const value = expression === undefined ? undefined : pathValue(expression, text);
    found.push({ value, makes, evidence: { file: path, line: lineAt(text, offset), says } });
  };
  if (usesFiles.test(text)) {
    for (const match of text.matchAll(calls)) {
      const name = match[1] ?? '';
      if (/function\s*$|async\s*$/.test(text.slice(Math.max(0, match.index - 12), match.index + 1))) continue;
      const args = argumentsAt(text, match.index + match[0].length - 1);
      add(args[second.has(name) ? 1 : 0], makers.test(name), match.index, short(text, match.index));
    }
  }
  if (usesDatabase.test(text)) {
    for (const match of text.matchAll(databases)) {
      const first = argumentsAt(text, match.index + match[0].length - 1)[0];
      if (first === undefined || /^['"]:memory:['"]$/.test(first) || /^new\s/.test(first)) continue;
      add(first.startsWith('{') ? optionOf(first, 'filename') : first, false, match.index, short(text, match.index));
    }
  }
  for (const { shown, made, option, place, makes } of keepers) {
    if (!shown.test(text)) continue;
    for (const match of text.matchAll(made)) {
      const first = argumentsAt(text, match.index + match[0].length - 1)[0] ?? '';
      add(optionOf(first, option) ?? place, makes, match.index, short(text, match.index));
    }
  }
  for (const { shown, at, makes, whenTrue } of [...settings, ...mappers]) {
    if (!shown.test(text)) continue;
    for (const match of text.matchAll(at)) {
      const behind = match.index + match[0].length;
      const value = argumentsAt(`(${text.slice(behind, behind + 300)}`, 0)[0];
      const expression = value === 'true' ? (whenTrue ?? value) : value;
      if (
        expression === undefined ||
        /^(function|\(|async|true|false|\w+\s*=>|destination|undefined)/.test(expression) ||
        /^[\w$.]*filename$|^['"`]:memory:/i.test(expression) ||
        (match[0].startsWith('cb') && !looksLikePath(expression, text))
      )
        continue;
      add(expression, makes, match.index, short(text, match.index));
    }
  }
  return found;
}

/** In `diskStorage` the same callback also names files; only what can be a directory counts. */
function looksLikePath(expression: string, text: string): boolean {
  const value = pathValue(expression, text);
  return (
    value !== undefined &&
    (value.kind !== 'path' || value.path.includes('/') || !value.path.includes('.')) &&
    !/Date\.now|originalname|uuid/i.test(expression)
  );
}

function optionOf(text: string, name: string): string | undefined {
  const at = text.indexOf(`${name}:`);
  return at < 0
    ? undefined
    : argumentsAt(`(${text.slice(at + name.length + 1)}`, 0)[0]
        ?.replace(/\}\s*$/, '')
        .trim();
}

function isComment(text: string, offset: number): boolean {
  return /^\s*(\/\/|\*|\/\*)/.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset + 2));
}

function short(text: string, offset: number): string {
  const line = text.slice(offset, text.indexOf('\n', offset) < 0 ? undefined : text.indexOf('\n', offset)).trim();
  return line.length > 70 ? `${line.slice(0, 67)}...` : line;
}
