/** What the sources of one program do with files, programs, certificates and time zones, as far as literals tell. */
import type { Evidence } from '../../answer.ts';
import type { Program } from '../ecosystem.ts';
import { belongsTo, clientModules, quietModules } from './modules.ts';
import { foreignImports, type GoFacts } from './packages.ts';
import { callsOf, constantsOf, type GoCall, type GoSource, type GoValue, lineAt, valueOfArgument } from './source.ts';

export interface FileUse {
  readonly value: GoValue;
  readonly evidence: Evidence;
}

export interface Scan {
  /** Every source was read. */
  readonly complete: boolean;
  readonly sources: readonly GoSource[];
  /** Strings of the sources, each once, that could be paths. */
  readonly strings: ReadonlySet<string>;
  readonly reads: readonly FileUse[];
  readonly writes: readonly FileUse[];
  readonly programs: readonly Program[];
  /** A call that executes something not named in the source. */
  readonly executesUnknown: Evidence | undefined;
  readonly loadsPlugins: Evidence | undefined;
  /** An import or call that opens connections as a client. */
  readonly connects: Evidence | undefined;
  readonly zones: Evidence | undefined;
  readonly imports: ReadonlySet<string>;
  /** An imported module of which it is not known what it reads by itself. */
  readonly opaqueImport: Evidence | undefined;
}

/** Position of the path among the arguments, by call. */
const reading: readonly (readonly [RegExp, number])[] = [
  [/\bos\.(?:Open|OpenFile|ReadFile|ReadDir|DirFS)/, 0],
  [/\bioutil\.(?:ReadFile|ReadDir)/, 0],
  [/\bhttp\.Dir/, 0],
  [/\bhttp\.ServeFile/, 2],
  [/\bfilepath\.(?:Walk|WalkDir|Glob)/, 0],
  [/\btls\.LoadX509KeyPair/, 0],
  [/\.(?:Static|StaticFile|ServeFiles)/, 1],
  [/\b(?:c|ctx|context)\.(?:File|FileAttachment|Attachment|Inline|Download)/, 0],
  [/\b(?:html|pug|ace|mustache|handlebars|jet|django|amber)\.New/, 0],
  [/\.(?:ParseFiles|ParseGlob|LoadHTMLGlob|LoadHTMLFiles|SendFile|RenderFile)/, 0],
  [/\b(?:ini|toml)\.(?:Load|LoadFile|DecodeFile)/, 0],
  [/\bviper\.(?:AddConfigPath|SetConfigFile|ReadInConfig|SetConfigName)/, 0],
  [/\b\w+\.(?:AddConfigPath|SetConfigFile|ReadInConfig)/, 0],
  [/\b(?:pongo2\.FromFile|casbin\.NewEnforcer|migrate\.New\w*|fasthttp\.ServeFile|fasthttp\.FSHandler)/, 0],
];

const writing: readonly (readonly [RegExp, number])[] = [
  [/\bos\.(?:Create|WriteFile|Mkdir|MkdirAll|Remove|RemoveAll|Truncate|Chmod|Chown|Chtimes)/, 0],
  [/\bos\.(?:Rename|Symlink|Link)/, 1],
  [/\bioutil\.WriteFile/, 0],
  [/\.(?:SaveUploadedFile|SaveFile|SaveAs|SavePNG|SaveToFile)/, 1],
  [/\bsqlite\.Open/, 0],
  [/\bos\.(?:UserHomeDir|UserConfigDir|UserCacheDir|TempDir|MkdirTemp|CreateTemp)/, 0],
  [/\bioutil\.Temp(?:File|Dir)/, 0],
  [/\.(?:FormFile|ParseMultipartForm|MultipartForm|MultipartReader)/, 9],
  [/\b(?:homedir|go_homedir)\.(?:Dir|Expand)/, 9],
  [/\b(?:bolt|bbolt|badger|leveldb|pebble)\.Open(?:File)?/, 0],
];

/** Reads the sources once; findings are in source order. */
export function scanSources(facts: GoFacts, sources: readonly GoSource[]): Scan {
  const names = constantsOf(sources);
  const imports = foreignImports(facts, sources);
  const opens = sources.flatMap((source) => callsOf(source, /\bos\.OpenFile/));
  return {
    complete: facts.sources().complete,
    sources,
    strings: stringsOf(sources),
    reads: [...reading.flatMap(([name, index]) => uses(sources, name, index, names)), ...dotenv(sources, names)],
    writes: [
      ...writing.flatMap(([name, index]) => uses(sources, name, index, names)),
      ...opens
        .filter((call) => /O_(CREATE|WRONLY|RDWR|APPEND|TRUNC)|^[^o]/.test(call.arguments[1] ?? ''))
        .map((call) => use(call, 0, names)),
      ...databases(sources, names),
      ...settings(sources, names),
    ],
    ...execution(sources, names),
    loadsPlugins: first(sources, /\bplugin\.Open/),
    connects: connectionOf(sources, imports),
    zones: zonesOf(sources),
    imports,
    opaqueImport: opaque(sources, imports),
  };
}

function uses(
  sources: readonly GoSource[],
  name: RegExp,
  index: number,
  names: ReadonlyMap<string, string>,
): readonly FileUse[] {
  return sources.flatMap((source) => callsOf(source, name).map((call) => use(call, index, names)));
}

function use(call: GoCall, index: number, names: ReadonlyMap<string, string>): FileUse {
  const argument = call.arguments[index];
  const value: GoValue = argument === undefined ? { kind: 'unknown' } : valueOfArgument(argument, names);
  return { value, evidence: evidenceOf(call) };
}

export function evidenceOf(call: GoCall): Evidence {
  const text = `${call.name.replace(/^\./, '')}(${call.arguments.join(', ')})`.replace(/\s+/g, ' ');
  return { file: call.source.path, line: call.line, says: text.length > 80 ? `${text.slice(0, 77)}...` : text };
}

/** `sql.Open("sqlite3", path)` of the standard library with any of the SQLite drivers. */
function databases(sources: readonly GoSource[], names: ReadonlyMap<string, string>): readonly FileUse[] {
  return sources.flatMap((source) =>
    callsOf(source, /\b(?:sql|sqlx|gorm)\.(?:Open|Connect|MustConnect|MustOpen)/)
      .filter((call) => /^"(sqlite3?|duckdb)"$/.test(call.arguments[0] ?? ''))
      .map((call) => ({ ...use(call, 1, names), evidence: evidenceOf(call) })),
  );
}

/** godotenv reads `.env` when it is given no name, and when its `autoload` is imported. */
function dotenv(sources: readonly GoSource[], names: ReadonlyMap<string, string>): readonly FileUse[] {
  const value: GoValue = { kind: 'text', text: '.env' };
  return sources.flatMap((source) => [
    ...callsOf(source, /\bgodotenv\.(?:Load|Overload|Read)/).flatMap((call) =>
      call.arguments.length === 0
        ? [{ value, evidence: evidenceOf(call) }]
        : call.arguments.map((_, index) => use(call, index, names)),
    ),
    ...source.imports
      .filter((path) => path === 'github.com/joho/godotenv/autoload')
      .map((path) => ({ value, evidence: importEvidence([source], path) })),
  ]);
}

/** `Filename:` of lumberjack and similar loggers. */
function settings(sources: readonly GoSource[], names: ReadonlyMap<string, string>): readonly FileUse[] {
  return sources.flatMap((source) =>
    /lumberjack/.test(source.code)
      ? [...source.code.matchAll(/\bFilename:[ \t]*([^,\n}]+)/g)].map((match) => ({
          value: valueOfArgument(match[1] ?? '', names),
          evidence: { file: source.path, line: lineAt(source.code, match.index), says: match[0].trim() },
        }))
      : [],
  );
}

function execution(
  sources: readonly GoSource[],
  names: ReadonlyMap<string, string>,
): Pick<Scan, 'programs' | 'executesUnknown'> {
  const programs: Program[] = [];
  let executesUnknown: Evidence | undefined;
  for (const source of sources) {
    for (const call of callsOf(
      source,
      /\b(?:exec\.(?:Command|CommandContext|LookPath)|syscall\.Exec|os\.StartProcess)/,
    )) {
      const value = valueOfArgument(call.arguments[call.name.endsWith('Context') ? 1 : 0] ?? '', names);
      const evidence = evidenceOf(call);
      if (value.kind === 'text') programs.push(...programsIn(value.text, call, names, evidence));
      else if (!/os\.(Args\[0\]|Executable)/.test(call.arguments.join(' '))) executesUnknown ??= evidence;
    }
  }
  return { programs, executesUnknown };
}

/** A shell runs the words of its `-c` text, too. */
function programsIn(
  name: string,
  call: GoCall,
  names: ReadonlyMap<string, string>,
  evidence: Evidence,
): readonly Program[] {
  const found: Program[] = [{ name, evidence }];
  if (!/(^|\/)(ba|da|a)?sh$/.test(name)) return found;
  const text = call.arguments
    .slice(1)
    .map((one) => valueOfArgument(one, names))
    .find((one) => one.kind === 'text' && !one.text.startsWith('-'));
  if (text?.kind !== 'text') return found;
  for (const part of text.text.split(/&&|\|\||[;|\n]/)) {
    const word = part.trim().split(/\s+/)[0] ?? '';
    if (/^[\w./-]+$/.test(word)) found.push({ name: word, evidence });
  }
  return found;
}

function first(sources: readonly GoSource[], name: RegExp): Evidence | undefined {
  for (const source of sources) {
    const call = callsOf(source, name)[0];
    if (call !== undefined) return evidenceOf(call);
  }
  return undefined;
}

const clientCalls =
  /\bhttp\.(?:Get|Post|PostForm|Head|NewRequest|NewRequestWithContext)|\bsmtp\.\w+|\btls\.(?:Dial|DialWithDialer|Client)|\bx509\.SystemCertPool|\bcredentials\.(?:NewTLS|NewClientTLSFromCert)|\bwebsocket\.(?:Dial|DefaultDialer\.Dial)|\bnet\.Dial\w*|\bhttputil\.(?:NewSingleHostReverseProxy)|\bsql\.Open/;

function connectionOf(sources: readonly GoSource[], imports: ReadonlySet<string>): Evidence | undefined {
  const call = first(sources, clientCalls);
  if (call !== undefined) return call;
  const noisy = [...imports].find((path) => !quietModules.some((module) => belongsTo(path, module)));
  if (noisy !== undefined) return importEvidence(sources, noisy);
  const source = sources.find((one) => /\bhttp\.(Client|DefaultClient|Transport|DefaultTransport)\b/.test(one.code));
  return source === undefined ? undefined : { file: source.path, says: 'an HTTP client' };
}

/** Where a package is imported. */
export function importEvidence(sources: readonly GoSource[], path: string): Evidence {
  const source = sources.find((one) => one.imports.includes(path));
  const literal = source?.literals.find((one) => one.value === path);
  return {
    file: source?.path ?? 'go.mod',
    ...(source === undefined || literal === undefined ? {} : { line: lineAt(source.code, literal.start) }),
    says: `import "${path}"`,
  };
}

/** `time.LoadLocation` of a place, and texts that make libraries call it; nothing when the database is compiled in. */
function zonesOf(sources: readonly GoSource[]): Evidence | undefined {
  if (sources.some((source) => source.imports.includes('time/tzdata'))) return undefined;
  for (const source of sources) {
    const call = callsOf(source, /\btime\.LoadLocation/).find(
      (one) => !/^"(UTC|Local|)"$/.test(one.arguments[0] ?? ''),
    );
    if (call !== undefined) return evidenceOf(call);
    const literal = source.literals.find((one) => /CRON_TZ=|[?&]loc=(?!UTC|Local)\w/.test(one.value));
    if (literal !== undefined)
      return { file: source.path, line: lineAt(source.code, literal.start), says: literal.value.slice(0, 60) };
  }
  return undefined;
}

function opaque(sources: readonly GoSource[], imports: ReadonlySet<string>): Evidence | undefined {
  const path = [...imports].find(
    (one) => ![...quietModules, ...clientModules].some((module) => belongsTo(one, module)),
  );
  return path === undefined ? undefined : importEvidence(sources, path);
}

/** Import paths, URLs and sentences are no paths; everything else might be one. */
function stringsOf(sources: readonly GoSource[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const source of sources) {
    for (const { value } of source.literals) {
      const text = value.replace(/^file:\/\//, '');
      if (text !== '' && text.length <= 200 && !/[\s"<>|:;()]/.test(text)) found.add(text);
    }
  }
  return found;
}
