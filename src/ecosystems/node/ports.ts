/** Where the sources listen: `server.listen(…)`, `Bun.serve({…})`, `serve({…})` of Hono. */
import type { Evidence } from '../../answer.ts';
import { lineAt, type SourceText } from '../../project/sources.ts';
import { argumentsAt, bare, declared, environmentName, literal, splitTop } from './expression.ts';

export interface Listen {
  /** `undefined`: it listens, and the default port cannot be told. */
  readonly port: number | undefined;
  readonly variable: string | undefined;
  readonly evidence: Evidence;
}

interface Port {
  readonly port: number | undefined;
  readonly variable: string | undefined;
}

const calls = /(?:\.listen|\bBun\.serve|\bserve)\s*\(/g;

/** Every listen call of a file; names are followed in the file itself, settings (`config.port`) in all of them. */
export function listens(file: SourceText, all: readonly SourceText[]): readonly Listen[] {
  const { path, text } = file;
  const found: Listen[] = [];
  for (const match of text.matchAll(calls)) {
    if (match[0].startsWith('serve') && !/@hono\/node-server|srvx/.test(text)) continue;
    if (isComment(text, match.index)) continue;
    const args = argumentsAt(text, match.index + match[0].length - 1);
    const first = args[0];
    if (first === undefined || /^['"`][^0-9]/.test(first) || /^(\(|async|function)/.test(first)) continue;
    const port = first.startsWith('{') ? portOption(first, file, all) : readPort(first, file, all, 0);
    const line = lineAt(text, match.index);
    found.push({
      ...port,
      evidence: {
        file: path,
        line,
        says:
          text
            .slice(match.index, match.index + 60)
            .split('\n')[0]
            ?.trim() ?? '',
      },
    });
  }
  return found;
}

function isComment(text: string, offset: number): boolean {
  return /^\s*(\/\/|\*|\/\*)/.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset + 1));
}

function portOption(options: string, file: SourceText, all: readonly SourceText[]): Port {
  const match = /[{,\s]port\s*(:|,|\})/.exec(options);
  if (match === null) return { port: undefined, variable: undefined };
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

/** `const { PORT = 3000 } = process.env`. */
function destructured(name: string, file: SourceText): Port | undefined {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return undefined;
  const match = new RegExp(
    `\\{[^{}]{0,300}?\\b(?:([A-Z_]+)\\s*:\\s*)?${name.replaceAll('$', '\\$')}\\s*(?:=\\s*['"]?(\\d{2,5})['"]?)?[^{}]{0,300}\\}\\s*=\\s*process\\.env\\b`,
  ).exec(file.text);
  return match === null
    ? undefined
    : { port: match[2] === undefined ? undefined : Number(match[2]), variable: match[1] ?? name };
}

/** `config.port`, or a name that another file exports: the one setting called `port` in the sources. */
function imported(name: string, file: SourceText, all: readonly SourceText[], depth: number): Port | undefined {
  if (/^[A-Za-z_$][\w$.]*\.(port|PORT|serverPort|SERVER_PORT|httpPort|appPort|APP_PORT)$/.test(name))
    return settingNamed(all, depth);
  if (!/^(port|PORT|serverPort|SERVER_PORT|httpPort|HTTP_PORT|appPort|APP_PORT)$/.test(name)) return undefined;
  if (new RegExp(`\\{[^{}]{0,200}\\b${name}\\b[^{}]{0,200}\\}\\s*=\\s*(?:require\\(|\\w)`).test(file.text))
    return settingNamed(all, depth);
  const elsewhere = all
    .flatMap((other) => (other === file ? [] : [[other, declared(other.text, name)] as const]))
    .filter(([, right]) => right !== undefined);
  const [only] = elsewhere;
  return elsewhere.length === 1 && only?.[1] !== undefined ? readPort(only[1], only[0], all, depth + 1) : undefined;
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
