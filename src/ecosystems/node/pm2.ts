/**
 * What pm2 starts: the script on its command line, or the applications of a settings file. Sources: pm2 documentation,
 * "Ecosystem File" and "Docker integration"; `lib/Common.js` (a script with a space is a shell line, a word without a file a program).
 */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import { lineAt } from '../../project/sources.ts';
import { argumentsAt, literal } from './expression.ts';
import { pathValue } from './paths.ts';
import type { Write } from './writes.ts';

export interface Managed {
  /** Words, or a text the shell splits. */
  readonly run: readonly string[] | string;
  /** Context directory it runs in. */
  readonly directory: string;
  readonly evidence: Evidence;
}

type Read = (path: string) => string | undefined;

/** Does the call leave modules or settings in the home directory, which pm2 starts or reads with every program? */
export function setsUpPm2([program, verb]: readonly string[]): boolean {
  return program?.split('/').at(-1) === 'pm2' && /^(install|module:install|set|multiset|link)$/.test(verb ?? '');
}

/** What a call of pm2 starts; a sentence where that cannot be told; `undefined`: the words start nothing through pm2. */
export function pm2Starts(
  argv: readonly string[],
  evidence: Evidence,
  directory: string,
  read: Read,
): readonly Managed[] | Evidence | undefined {
  const { script, options, rest } = split(argv);
  if (script === undefined) return undefined;
  if (!isSettings(script)) {
    const isFile = (path: string) => read(posix.join(directory, path)) !== undefined;
    const run = options.has('--cwd') ? undefined : started(script, rest, options.get('--interpreter'), isFile);
    return run === undefined ? { ...evidence, says: argv.join(' ') } : [{ run, directory, evidence }];
  }
  const file = settingsPath(script, directory);
  const text = file === undefined ? undefined : read(file);
  const unclear = { file: text === undefined ? evidence.file : (file ?? script), says: `${script}, which pm2 reads` };
  if (file === undefined || text === undefined) return unclear;
  return applications({ text, file, directory, environment: options.get('--env'), read }) ?? unclear;
}

/** The log and process files that pm2 is told to keep, on its command line or in its settings file. */
export function pm2Writes(
  argv: readonly string[],
  evidence: Evidence,
  directory: string,
  read: Read,
): readonly Write[] {
  const { script, options } = split(argv);
  if (script === undefined) return [];
  const given = [...options].flatMap(([name, path]): readonly Write[] =>
    keptOptions.has(name)
      ? [
          {
            value: { kind: 'path', path, directory: false },
            makes: false,
            evidence: { ...evidence, says: `${name} ${path}` },
          },
        ]
      : [],
  );
  const file = isSettings(script) ? settingsPath(script, directory) : undefined;
  const text = file === undefined ? undefined : read(file);
  if (file === undefined || text === undefined) return given;
  const plain = withoutComments(text);
  const told = itemsOf(plain).flatMap((item) =>
    [...(properties(item) ?? [])].flatMap(([key, value]): readonly Write[] => {
      if (
        !/^(?:(?:error|err|out|log|pid)_file|error|output|log|pid)$/.test(key) ||
        /^(?:true|false|null|undefined|["']NULL["'])$/i.test(value)
      )
        return [];
      const line = lineAt(text, plain.indexOf(item));
      return [
        {
          value: pathValue(value, plain),
          makes: false,
          evidence: { file, line, says: `${key}: ${value.slice(0, 60)}` },
        },
      ];
    }),
  );
  return [...given, ...told];
}

const keptOptions = new Set(['-l', '--log', '-o', '--output', '-e', '--error', '-p', '--pid']);

function settingsPath(script: string, directory: string): string | undefined {
  const file = posix.join(directory, script);
  return script.startsWith('/') || file.startsWith('..') ? undefined : file;
}

interface Settings {
  readonly text: string;
  readonly file: string;
  readonly directory: string;
  /** What `--env` names. */
  readonly environment: string | undefined;
  readonly read: Read;
}

const valued = new Set([
  ...['-n', '--name', '-i', '--instances', '--env', '--only', '--interpreter', '--exec-interpreter', '--node-args'],
  ...['--interpreter-args', '-l', '--log', '-o', '--output', '-e', '--error', '-p', '--pid', '--max-memory-restart'],
  ...['-k', '--kill-timeout', '--listen-timeout', '--cwd', '-u', '--user', '--uid', '--gid', '--cron', '-c'],
  ...[
    '--exp-backoff-restart-delay',
    '--restart-delay',
    '--max-restarts',
    '--namespace',
    '--log-date-format',
    '--delay',
  ],
  ...['--secret', '--public', '--machine-name', '--stop-exit-codes', '-x'],
]);

interface Call {
  /** A script or a settings file; `undefined`: nothing is started. */
  readonly script: string | undefined;
  /** Options with a value. */
  readonly options: ReadonlyMap<string, string>;
  /** What the script is given. */
  readonly rest: readonly string[];
}

function split(argv: readonly string[]): Call {
  const program = argv[0]?.split('/').at(-1) ?? '';
  const operands: string[] = [];
  const options = new Map<string, string>();
  let at = 1;
  for (; at < argv.length && argv[at] !== '--'; at += 1) {
    const word = argv[at] ?? '';
    const [name = word, inline] = word.split('=', 2);
    if (!word.startsWith('-')) operands.push(word);
    else if (valued.has(name)) {
      options.set(name === '--exec-interpreter' ? '--interpreter' : name, inline ?? argv[at + 1] ?? '');
      if (inline === undefined) at += 1;
    }
  }
  const starts = /^pm2(-runtime|-docker)?$/.test(program) && (program !== 'pm2' || operands[0] === 'start');
  const script = operands[0] === 'start' ? operands[1] : operands[0];
  return { script: starts ? script : undefined, options, rest: argv.slice(at + 1) };
}

function isSettings(script: string): boolean {
  return /\.(json5?|ya?ml|config\.[cm]?js)$/.test(script);
}

/** The command behind a script: its interpreter, as the name ends, before it. */
function started(
  script: string,
  rest: readonly string[],
  interpreter: string | undefined,
  isFile: (path: string) => boolean,
): Managed['run'] | undefined {
  if (/\s/.test(script)) return rest.length === 0 ? script : undefined;
  if (interpreter === 'none') return [script, ...rest];
  if (interpreter !== undefined) return [interpreter, script, ...rest];
  if (/\.[cm]?js$/.test(script)) return ['node', script, ...rest];
  if (script.endsWith('.sh')) return ['bash', script, ...rest];
  if (/(^|\/)node_modules\/\.bin\/[\w.-]+$/.test(script)) return [script, ...rest];
  if (posix.extname(script) !== '') return undefined;
  return script.includes('/') || isFile(script) || isFile(`${script}.js`)
    ? ['node', script, ...rest]
    : [script, ...rest];
}

/** The applications of a settings file in JavaScript or JSON, when each is written out. */
function applications(settings: Settings): readonly Managed[] | undefined {
  const { text, file } = settings;
  const plain = withoutComments(text);
  const items = /\.ya?ml$/.test(file) ? [] : itemsOf(plain);
  const found = items.map((item) => application(settings, item, lineAt(text, plain.indexOf(item))));
  return found.length > 0 && found.every((one) => one !== undefined) ? found : undefined;
}

/** The texts of the list of applications. */
function itemsOf(plain: string): readonly string[] {
  const list =
    /(?:^|[^\w$])["']?apps["']?\s*:\s*\[/.exec(plain) ?? /(?:^|module\.exports\s*=|export\s+default)\s*\[/.exec(plain);
  return list === null ? [] : argumentsAt(plain, list.index + list[0].length - 1, plain.length);
}

function application(settings: Settings, item: string, line: number): Managed | undefined {
  const { file, directory, read } = settings;
  const values = properties(item);
  const script = literal(values?.get('script') ?? '');
  const rest = wordsOf(values?.get('args'));
  const options = wordsOf(values?.get('node_args') ?? values?.get('interpreter_args'));
  const place = placeOf(values?.get('cwd'), file, directory);
  const named = values?.get('interpreter') ?? values?.get('exec_interpreter');
  const interpreter = named === undefined ? undefined : literal(named);
  if (values === undefined || script === undefined || rest === undefined || options === undefined) return undefined;
  if (place === undefined || (named !== undefined && interpreter === undefined)) return undefined;
  const run = started(script, rest, interpreter, (path) => read(posix.join(place, path)) !== undefined);
  if (run === undefined) return undefined;
  const says = [`script: ${script}`, ...assignments(values, settings.environment)].join(' ');
  return {
    run: typeof run === 'string' ? run : withOptions(run, options),
    directory: place,
    evidence: { file, line, says },
  };
}

/** Numbers that pm2 puts into the environment whatever the container's says, as `NAME=value`; other values may be secrets. */
function assignments(values: ReadonlyMap<string, string>, environment: string | undefined): readonly string[] {
  return [...(environment === undefined ? [] : [`env_${environment}`]), 'env'].flatMap((name) =>
    [...(properties(values.get(name) ?? '') ?? [])].flatMap(([key, value]) => {
      const number = /^\d{1,5}$/.exec(literal(value) ?? value)?.[0];
      return number === undefined ? [] : [`${key}=${number}`];
    }),
  );
}

function withOptions([program = '', ...words]: readonly string[], options: readonly string[]): readonly string[] {
  return [program, ...options, ...words];
}

/** The settings of an object written out; `undefined` where something else is mixed in. */
function properties(item: string): ReadonlyMap<string, string> | undefined {
  if (!item.startsWith('{')) return undefined;
  const found = new Map<string, string>();
  for (const part of argumentsAt(item, 0, item.length)) {
    const match = /^(?:(['"])(\w+)\1|(\w+))\s*:\s*([\s\S]+)$/.exec(part);
    if (match === null) return undefined;
    found.set(match[2] ?? match[3] ?? '', (match[4] ?? '').trim());
  }
  return found;
}

/** Words of a text or of a list of texts. */
function wordsOf(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  const text = literal(value);
  if (text !== undefined) return text.split(/\s+/).filter((word) => word !== '');
  if (!value.startsWith('[')) return undefined;
  const words = argumentsAt(value, 0, value.length).map((part) => literal(part));
  return words.every((word) => word !== undefined) ? words : undefined;
}

/** A directory of the context; the place of an absolute path in the context is not known here. */
function placeOf(cwd: string | undefined, file: string, directory: string): string | undefined {
  if (cwd === undefined || cwd === 'process.cwd()') return directory;
  if (cwd === '__dirname') return posix.dirname(file).replace(/^\.$/, '');
  const text = literal(cwd);
  if (text === undefined || text.startsWith('/')) return undefined;
  const place = posix.join(directory, text).replace(/^\.?\/?$|\/$/, '');
  return place.startsWith('..') ? undefined : place;
}

/** Blanks take the place of comments, so that offsets stay. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s,{[])\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));
}
