/** Where the sources listen: `server.listen(…)`, `Bun.serve({…})`, `serve({…})` of Hono, servers that are made with a port. */
import type { Evidence } from '../../answer.ts';
import { lineAt, type SourceText } from '../../project/sources.ts';
import { argumentsAt, bare, declared, environmentName, literal, splitTop } from './expression.ts';

export interface Listen {
  /** `undefined`: it listens, and the default port cannot be told. */
  readonly port: number | undefined;
  readonly variable: string | undefined;
  /** It listens on the address of HOSTNAME, which engines set to the container's own name. */
  readonly onHostName?: true;
  readonly evidence: Evidence;
}

interface Port {
  readonly port: number | undefined;
  readonly variable: string | undefined;
}

const calls = /(?:\.listen|\bBun\.serve|\bserve)\s*\(/g;

/** Every listen call of a file; names are followed in the file itself, settings (`config.port`) in all of them. */
export function listens(file: SourceText, all: readonly SourceText[]): readonly Listen[] {
  const { text } = file;
  const found: Listen[] = [];
  for (const match of text.matchAll(calls)) {
    if (match[0].startsWith('serve') && !/@hono\/node-server|srvx/.test(text)) continue;
    if (isComment(text, match.index)) continue;
    const [first, second = ''] = argumentsAt(text, match.index + match[0].length - 1);
    if (first === undefined || /^['"`][^0-9]/.test(first) || /^(\(|async|function)/.test(first)) continue;
    const port = first.startsWith('{') ? portOption(first, file, all) : readPort(first, file, all, 0);
    const onHostName = saysHostName(first.startsWith('{') ? hostOption(first) : second, text);
    found.push({
      ...(port ?? unknown),
      ...(onHostName ? { onHostName } : {}),
      evidence: evidenceAt(file, match.index),
    });
  }
  return found;
}

/** The expression of the option `host` or `hostname`; empty: there is none. */
function hostOption(options: string): string {
  const [, name = '', value] = /[{,\s](host(?:name)?)\s*(?::\s*([^,}]*)|[,}])/.exec(options) ?? [];
  return value ?? name;
}

/** Is this expression, or what its name is declared to be, the variable HOSTNAME? */
function saysHostName(expression: string, text: string): boolean {
  const one = bare(expression);
  const value = /^[A-Za-z_$][\w$]*$/.test(one) ? (declared(text, one) ?? one) : one;
  return !/=>|\bfunction\b/.test(value) && /\bHOSTNAME\b/.test(value);
}

/** Constructors that listen at once when they are given a port (the README of each package). */
const constructors: readonly { readonly shown: RegExp; readonly at: RegExp }[] = [
  {
    shown: /['"]socket\.io['"]/,
    at: /\bnew\s+(?:[\w$]+\.)?Server\s*(?:<[^>()]*>)?\(|\brequire\(\s*['"]socket\.io['"]\s*\)\s*\(/g,
  },
  { shown: /['"]ws['"]/, at: /\bnew\s+(?:[\w$]+\.)?(?:WebSocketServer|Server)\s*\(/g },
  { shown: /['"]@?hapi(?:\/hapi)?['"]/, at: /\b[Hh]api\.[Ss]erver\s*\(/g },
];

/**
 * Servers that are made with a port: `new Server(3000)` of Socket.IO, `new WebSocketServer({ port })`. One that is given another
 * server listens nowhere by itself.
 */
export function portServers(file: SourceText, all: readonly SourceText[]): readonly Listen[] {
  const { text } = file;
  return constructors
    .filter(({ shown }) => shown.test(text))
    .flatMap(({ at }) => [...text.matchAll(at)])
    .flatMap((match) => {
      const first = argumentsAt(text, match.index + match[0].length - 1)[0];
      if (first === undefined || isComment(text, match.index)) return [];
      const port = first.startsWith('{') ? portOption(first, file, all) : readPort(first, file, all, 0);
      return port !== undefined && isKnown(port) ? [{ ...port, evidence: evidenceAt(file, match.index) }] : [];
    });
}

function evidenceAt({ path, text }: SourceText, offset: number): Evidence {
  const says = text.slice(offset, offset + 60).split('\n')[0];
  return { file: path, line: lineAt(text, offset), says: says?.trim() ?? '' };
}

function isComment(text: string, offset: number): boolean {
  return /^\s*(\/\/|\*|\/\*)/.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset + 1));
}

/** The option `port`; `undefined`: there is none. */
function portOption(options: string, file: SourceText, all: readonly SourceText[]): Port | undefined {
  const match = /[{,\s]port\s*(:|,|\})/.exec(options);
  if (match === null) return undefined;
  const expression =
    match[1] === ':'
      ? (argumentsAt(`(${options.slice(match.index + match[0].length)}`, 0)[0] ?? '').replace(/\}\s*$/, '')
      : 'port';
  return readPort(expression, file, all, 0);
}

const unknown: Port = { port: undefined, variable: undefined };

function readPort(expression: string, file: SourceText, all: readonly SourceText[], depth: number): Port {
  if (depth > 6) return unknown;
  const one = bare(expression)
    .replace(/^\+\s*/, '')
    .replace(/^Number\.(?=parseInt)/, '');
  const number = /^\d{2,5}$/.test(literal(one) ?? one) ? Number(literal(one) ?? one) : undefined;
  if (number !== undefined) return { port: number, variable: undefined };
  const choice = [splitTop(one, '||'), splitTop(one, '??')].find((parts) => parts.length > 1);
  if (choice !== undefined) return choosing(choice.map((part) => readPort(part, file, all, depth + 1)));
  const arms = conditional(one);
  if (arms !== undefined) return choosing(arms.map((arm) => readPort(arm, file, all, depth + 1)));
  const wrapped = /^(?:Number|parseInt|normalizePort|String|parseFloat)\(/.exec(one);
  if (wrapped !== null) return readPort(argumentsAt(one, wrapped[0].length - 1)[0] ?? '', file, all, depth + 1);
  const variable = environmentName(one);
  if (variable !== undefined) return { port: undefined, variable };
  const setting = /\.get(?:OrThrow)?(?:<[^>]*>)?\(/.exec(one);
  if (setting !== null) return fromSetting(argumentsAt(one, setting.index + setting[0].length - 1), file, all, depth);
  const right = declared(file.text, one);
  if (right !== undefined && right !== one) return readPort(right, file, all, depth + 1);
  return destructured(one, file) ?? imported(one, file, all, depth) ?? unknown;
}

/** The arms of `process.env.PORT ? Number(process.env.PORT) : 3000`: the test only asks whether the variable of one of them is set. */
function conditional(expression: string): readonly string[] | undefined {
  const [test = '', ...rest] = splitTop(expression.replaceAll(/\s+/g, ' '), ' ? ');
  const arms = splitTop(rest.join(' ? '), ' : ');
  const variable = environmentName(test.replace(/^!+/, '').replace(/ !==? (?:undefined|null|'')$/, ''));
  return arms.length === 2 && variable !== undefined && arms.some((arm) => arm.includes(variable)) ? arms : undefined;
}

/** `a || b`: the first variable overrides the first number. */
function choosing(parts: readonly Port[]): Port {
  return {
    port: parts.find((part) => part.port !== undefined)?.port,
    variable: parts.find((part) => part.variable !== undefined)?.variable,
  };
}

/** `app.get('port')` is what `app.set('port', …)` said; `config.get('PORT', 3000)` reads the environment. */
function fromSetting(args: readonly string[], file: SourceText, all: readonly SourceText[], depth: number): Port {
  const name = literal(args[0] ?? '') ?? '';
  const set = /\.set\(\s*['"]port['"]\s*,/.exec(file.text) ?? undefined;
  if (name === 'port' && set !== undefined)
    return readPort(argumentsAt(file.text, set.index + 4)[1] ?? '', file, all, depth + 1);
  const fallback = args[1] === undefined ? unknown : readPort(args[1], file, all, depth + 1);
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return { port: fallback.port, variable: name };
  return fallback.port === undefined
    ? (settingNamed(all, depth) ?? unknown)
    : { port: fallback.port, variable: undefined };
}

/** `const { PORT = 3000 } = process.env`; what is called like a variable may come from an `env` too. */
function destructured(name: string, file: SourceText): Port | undefined {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return undefined;
  const from = /^[A-Z][A-Z0-9_]*$/.test(name) ? '(?:process\\.)?env' : 'process\\.env';
  const match = new RegExp(
    `\\{[^{}]{0,300}?\\b(?:([A-Z_]+)\\s*:\\s*)?${name.replaceAll('$', '\\$')}\\s*(?:=\\s*['"]?(\\d{2,5})['"]?)?[^{}]{0,300}\\}\\s*=\\s*${from}\\b(?!\\s*[.(])`,
  ).exec(file.text);
  return match === null
    ? undefined
    : { port: match[2] === undefined ? undefined : Number(match[2]), variable: match[1] ?? name };
}

/** `config.port`, or a name that another file exports: the one setting called `port` in the sources. */
function imported(name: string, file: SourceText, all: readonly SourceText[], depth: number): Port | undefined {
  const group = /\.([A-Za-z_]\w*)\.port$/.exec(name)?.[1];
  const grouped = group === undefined ? groupedDefault(name, file, all, depth) : settingOf(group, all, depth);
  if (grouped !== undefined) return grouped;
  if (/^[A-Za-z_$][\w$.]*\.(port|PORT|serverPort|SERVER_PORT|httpPort|appPort|APP_PORT)$/.test(name))
    return settingNamed(all, depth);
  if (!/^(port|PORT|serverPort|SERVER_PORT|httpPort|HTTP_PORT|appPort|APP_PORT)$/.test(name)) return undefined;
  const taken = new RegExp(`\\{[^{}]{0,200}\\b${name}\\b[^{}]{0,200}\\}\\s*=\\s*(?:require\\(|\\w)`).test(file.text);
  return (taken ? settingNamed(all, depth) : undefined) ?? exported(name, file, all, depth);
}

/** What the one other file that declares the name says. */
function exported(name: string, file: SourceText, all: readonly SourceText[], depth: number): Port | undefined {
  const found = all.flatMap((other) => {
    if (other === file) return [];
    const right = declared(other.text, name);
    return right === undefined ? (destructured(name, other) ?? []) : [readPort(right, other, all, depth + 1)];
  });
  return found.length === 1 ? found[0] : undefined;
}

/** `const { server: { port = 4012 } } = config`: the setting of that group, else the default. */
function groupedDefault(name: string, file: SourceText, all: readonly SourceText[], depth: number): Port | undefined {
  if (name !== 'port') return undefined;
  const match =
    /\b([A-Za-z_]\w*)\s*:\s*\{[^{}]{0,200}?\bport\b\s*(?:=\s*['"]?(\d{2,5})['"]?)?[^{}]{0,200}\}[^{}]{0,200}\}\s*=\s*\w/.exec(
      file.text,
    );
  if (match === null) return undefined;
  const fallback = { port: match[2] === undefined ? undefined : Number(match[2]), variable: undefined };
  return choosing([settingOf(match[1] ?? '', all, depth) ?? unknown, fallback]);
}

/** `server: { port: process.env.HTTP_PORT || 3000 }`, when the sources have exactly one group of that name with a port. */
function settingOf(group: string, all: readonly SourceText[], depth: number): Port | undefined {
  const found = all.flatMap((file) =>
    [...file.text.matchAll(new RegExp(`\\b${group}\\s*[:=]\\s*\\{([^{}]{0,400})\\}`, 'g'))].flatMap(
      ([, inside = '']) => {
        const at = /(?:^|[,\s])port\s*:/.exec(inside);
        const expression = at === null ? undefined : argumentsAt(`(${inside.slice(at.index + at[0].length)})`, 0)[0];
        return expression === undefined ? [] : [readPort(expression, file, all, depth + 1)];
      },
    ),
  );
  const known = found.filter(isKnown);
  return known.length === 1 ? known[0] : undefined;
}

function isKnown({ port, variable }: Port): boolean {
  return port !== undefined || variable !== undefined;
}

/**
 * `port: process.env.PORT || 3000` of a settings object, when the sources have exactly one. One whose value is a member of
 * something else (`env.API_PORT`) counts, though it cannot be told; the usual port of a database, broker or mail server does not.
 */
function settingNamed(all: readonly SourceText[], depth: number): Port | undefined {
  const found: Port[] = [];
  for (const file of all) {
    for (const match of file.text.matchAll(
      /(?:^|[{,\s])(?:port|PORT)\s*:\s*(?=process\.env|parseInt|Number|\d|\w+\.[A-Z])/g,
    )) {
      if (isComment(file.text, match.index)) continue;
      const behind = match.index + match[0].length;
      const expression = argumentsAt(`(${file.text.slice(behind, behind + 200)}`, 0)[0] ?? '';
      found.push(readPort(expression.split(/[\n}]/)[0]?.trim() ?? '', file, all, depth + 1));
    }
  }
  const web = found.filter(
    ({ port, variable }) =>
      (variable === undefined || /^(PORT|APP_PORT|SERVER_PORT|HTTP_PORT)$/.test(variable)) &&
      !othersPorts.has(port ?? 0),
  );
  return web.length === 1 ? web[0] : undefined;
}

/** SMTP, LDAP, SQL Server, MQTT, MySQL, PostgreSQL, AMQP, Redis, Kafka, Elasticsearch, Memcached, MongoDB (IANA service names). */
const othersPorts = new Set([
  25, 389, 465, 587, 636, 1433, 1883, 3306, 5432, 5672, 6379, 8883, 9092, 9200, 11211, 27017,
]);
