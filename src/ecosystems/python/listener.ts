/** Where a Python service listens, from its start command, its server's configuration file and its sources. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import { expand } from '../../dockerfile/variables.ts';
import type { Reading } from '../../reading/reading.ts';
import type { StartCommand } from '../../reading/start.ts';
import type { Listener } from '../ecosystem.ts';
import type { PythonFacts } from './facts.ts';
import { requirementsOf } from './installs.ts';
import { interpreterOf, programOf } from './interpreter.ts';
import { pythonReasons } from './reasons.ts';
import { doubtfulRoute, healthRoute } from './routes.ts';
import { mayStartServer, servingImport } from './serving.ts';
import { runningSources } from './sources.ts';
import { streamlitHealth, streamlitPort, streamlitSettings } from './streamlit.ts';
import { type Call, startedCall } from './words.ts';

const { explain } = pythonReasons;

/** How a server names its address on the command line, and where it listens by default (each project's documentation). */
interface Server {
  readonly options: readonly string[];
  readonly port: number;
  readonly variable?: string;
  /** Only the sources say whether and where it listens. */
  readonly inSources?: boolean;
}

const servers: Readonly<Record<string, Server>> = {
  gunicorn: { options: ['-b', '--bind'], port: 8000, variable: 'PORT' },
  uvicorn: { options: ['--port'], port: 8000, variable: 'UVICORN_PORT' },
  fastapi: { options: ['--port'], port: 8000 },
  hypercorn: { options: ['-b', '--bind'], port: 8000 },
  daphne: { options: ['-p', '--port'], port: 8000 },
  granian: { options: ['--port'], port: 8000, variable: 'GRANIAN_PORT' },
  'waitress-serve': { options: ['--port', '--listen'], port: 8080 },
  flask: { options: ['-p', '--port'], port: 5000, variable: 'FLASK_RUN_PORT' },
  streamlit: { options: ['--server.port'], port: 8501, variable: 'STREAMLIT_SERVER_PORT' },
  chainlit: { options: ['--port'], port: 8000, variable: 'CHAINLIT_PORT' },
  'http.server': { options: [], port: 8000 },
  uwsgi: { options: ['--http', '--http-socket', '--socket', '-s', '--http11-socket'], port: 0 },
  robyn: { options: ['--port'], port: 8080 },
};

interface Port {
  readonly port: number;
  readonly variable: string | undefined;
  readonly setOutside?: true;
  readonly evidence: Evidence;
}

export function pythonListener(reading: Reading<PythonFacts>): Answer<Listener> {
  const found = portOf(reading);
  if (found === undefined) return notKnown(explain('no-listener'));
  if (typeof found === 'string') return notKnown(explain('port-unclear', { value: found }));
  const sources = runningSources(reading) ?? [];
  const streamlit = reading.start.commands.some((command) => startedCall(command.argv).tool === 'streamlit');
  const uwsgi = reading.start.commands.some((command) => startedCall(command.argv).tool === 'uwsgi');
  const route = streamlit ? streamlitRoute(reading) : healthRoute(sources);
  const doubtful = route === undefined ? doubtfulRoute(sources) : undefined;
  const migrates = reading.start.commands.some((command) =>
    command.argv.some((word) => /^(migrate|upgrade|collectstatic)$/.test(word)),
  );
  const modern = interpreterOf(reading.base);
  const python3 = modern.kind !== 'image' || modern.major === 3;
  const program = programOf(modern);
  return known(
    {
      port: found.port,
      portVariable: found.variable,
      ...(found.setOutside === undefined ? {} : { setOutside: found.setOutside }),
      route: python3 && !uwsgi ? route?.path : undefined,
      ...(doubtful === undefined ? {} : { doubtful }),
      startPeriod: migrates ? 60 : 20,
      probe: {
        tcp: [program, '-c', tcpProbe(found)],
        http: python3 ? [program, '-c', httpProbe(found)] : undefined,
      },
    },
    found.evidence,
    ...(route === undefined || uwsgi ? [] : [route.evidence]),
  );
}

function streamlitRoute(reading: Reading<PythonFacts>) {
  const words = reading.start.commands.flatMap(({ argv }) => argv);
  const version = requirementsOf(reading).find(({ name }) => name === 'streamlit')?.version;
  return streamlitHealth(version, [...words, ...Object.keys(reading.contract.env)], streamlitText(reading));
}

function streamlitText({ project, directory }: Reading<PythonFacts>): string {
  return project.read(posix.join(directory, streamlitSettings)) ?? '';
}

function portExpression({ variable, setOutside }: Port): string {
  if (variable === undefined) return '{port}';
  return setOutside === true ? `int(os.environ['${variable}'])` : `int(os.environ.get('${variable}') or {port})`;
}

function tcpProbe(port: Port): string {
  const modules = port.variable === undefined ? 'socket' : 'os, socket';
  return `import ${modules}; socket.create_connection(('127.0.0.1', ${portExpression(port)}), 3).close()`;
}

/** `http.client` asks directly: `urllib` would send even this through a proxy of the environment. */
function httpProbe(port: Port): string {
  const modules = port.variable === undefined ? 'http.client' : 'http.client, os';
  return `import ${modules}; c = http.client.HTTPConnection('127.0.0.1', ${portExpression(port)}, timeout=3); c.request('GET', '{path}'); raise SystemExit(not 200 <= c.getresponse().status < 300)`;
}

/** The port; the text of a value that is not understood; `undefined`: nothing listens. */
function portOf(reading: Reading<PythonFacts>): Port | string | undefined {
  for (const command of reading.start.commands.toReversed()) {
    const call = startedCall(command.argv);
    const manage = call.args.findIndex((word) => /^(runserver|runserver_plus)$/.test(word));
    if (manage >= 0 && (call.tool === 'django-admin' || call.args[0]?.endsWith('manage.py') === true))
      return fromValue(reading, command, call.args.slice(manage + 1).find((word) => !word.startsWith('-')) ?? '8000');
    const server = Object.hasOwn(servers, call.tool) ? servers[call.tool] : undefined;
    if (server !== undefined) return fromServer(reading, command, call, server);
    if (call.tool === 'celery' || call.tool === 'rq' || call.tool === 'dramatiq') return undefined;
  }
  const found = fromSources(reading);
  return typeof found === 'object' ? found : (exposed(reading) ?? found);
}

/** The one port that EXPOSE names, when a source imports a server and a script that is started directly may start it. */
function exposed(reading: Reading<PythonFacts>): Port | undefined {
  const [port, ...others] = reading.contract.expose;
  if (port === undefined || others.length > 0 || port.endsWith('/udp')) return undefined;
  const sources = runningSources(reading) ?? [];
  const server = servingImport(sources);
  if (server === undefined) return undefined;
  const isScript = reading.start.commands.every((command) => startedCall(command.argv).tool === 'python');
  if (isScript && !mayStartServer(sources)) return undefined;
  const found = fromNumber(port.replace(/\/tcp$/, ''), undefined, {
    file: server.path,
    line: server.line,
    says: server.says,
  });
  return typeof found === 'string' ? undefined : found;
}

function fromServer(
  reading: Reading<PythonFacts>,
  command: StartCommand,
  call: Call,
  server: Server,
): Port | string | undefined {
  const value =
    optionValue(call.args, server.options) ??
    (call.tool === 'http.server' ? call.args.find((word) => /^\d+$/.test(word)) : undefined);
  if (value !== undefined) return fromValue(reading, command, value);
  if (call.tool === 'gunicorn' || call.tool === 'hypercorn') {
    const configured = fromConfiguration(reading, call);
    if (configured !== undefined) return configured;
  }
  if (server.port === 0) return fromUwsgi(reading, call);
  const set = server.variable === undefined ? undefined : reading.contract.env[server.variable];
  if (set !== undefined) return fromNumber(set, server.variable, command.evidence);
  const other = call.tool === 'streamlit' ? streamlitPort(streamlitText(reading)) : undefined;
  if (other !== undefined && other !== `${server.port}`) return `${other} of ${streamlitSettings}`;
  return {
    port: server.port,
    variable: server.variable,
    evidence: { ...command.evidence, says: `${call.tool} listens on ${server.port} by default` },
  };
}

function optionValue(args: readonly string[], options: readonly string[]): string | undefined {
  for (const [index, word] of args.entries()) {
    if (options.includes(word)) return args[index + 1];
    const option = options.find(
      (one) =>
        word.startsWith(`${one}=`) ||
        (/^-\w$/.test(one) && word.startsWith(one) && word.length > 2 && !word.startsWith('--')),
    );
    if (option !== undefined) return word.slice(option.length).replace(/^=/, '');
  }
  return undefined;
}

/** `0.0.0.0:8000`, `:$PORT`, `[::]:80`, `8000`, `${PORT:-8000}`; a socket file is no port. */
function fromValue(reading: Reading<PythonFacts>, command: StartCommand, text: string): Port | string | undefined {
  const value = text.replace(/^["']|["']$/g, '');
  if (/^(unix:|\/|fd:)/.test(value) || value.endsWith('.sock')) return undefined;
  const variable = /\$\{?([A-Za-z_]\w*)(?::?-(\d+))?\}?$/.exec(value);
  if (variable?.[1] === undefined)
    return fromNumber(/(?:^|:)(\d+)\/?$/.exec(value)?.[1] ?? value, undefined, command.evidence);
  const name = variable[1];
  const set = reading.contract.env[name];
  const last = reading.chain.at(-1);
  const resolved = set === undefined ? (variable[2] ?? '') : last === undefined ? set : expand(set, last.scope).text;
  const exposed = reading.contract.expose.length === 1 ? reading.contract.expose[0]?.replace(/\/tcp$/, '') : undefined;
  if (resolved === '' && exposed === undefined && setByPlatform(reading, command, name))
    return { port: 8080, variable: name, setOutside: true, evidence: command.evidence };
  return fromNumber(resolved === '' ? (exposed ?? text) : resolved, name, command.evidence);
}

/**
 * `--bind :$PORT` of gunicorn and `--port $PORT` of uvicorn end with an error when PORT is empty, so whoever starts the image
 * sets it, as Cloud Run and App Engine do. Not so where an entry script may set it.
 */
function setByPlatform(reading: Reading<PythonFacts>, command: StartCommand, name: string): boolean {
  return (
    name === 'PORT' &&
    !Object.hasOwn(reading.contract.env, name) &&
    reading.start.scripts.length === 0 &&
    ['gunicorn', 'uvicorn'].includes(startedCall(command.argv).tool) &&
    !reading.chain.some(
      ({ instruction }) => ['CMD', 'ENTRYPOINT'].includes(instruction.keyword) && /\bPORT=/.test(instruction.body.text),
    )
  );
}

function fromNumber(text: string, variable: string | undefined, evidence: Evidence): Port | string {
  const port = Number(text.replace(/^["']|["']$/g, ''));
  return Number.isInteger(port) && port > 0 && port < 65536 ? { port, variable, evidence } : text;
}

/** `bind = "0.0.0.0:8080"` in the file after `-c` or in `gunicorn.conf.py`. */
function fromConfiguration(reading: Reading<PythonFacts>, call: Call): Port | string | undefined {
  const named = optionValue(call.args, ['-c', '--config'])?.replace(/^(file:|python:)/, '');
  for (const name of named === undefined ? ['gunicorn.conf.py'] : [named]) {
    const file = posix.join(reading.directory, name.replace(/^\/.*\//, ''));
    const text =
      reading.project.read(file) ??
      reading.project.read(posix.join(reading.directory, name.replace(/^\//, '').split('/').slice(1).join('/')));
    if (text === undefined) {
      if (named !== undefined) return named;
      continue;
    }
    const lines = text.split('\n');
    const index = lines.findIndex((line) => /^\s*bind\s*=/.test(line));
    if (index < 0) return undefined;
    const line = lines[index] ?? '';
    const evidence = { file, line: index + 1, says: line.trim() };
    const computed = /:["']\s*\+\s*str\((\w+)\)\s*$|f["'][^"'{}]*:\{(\w+)\}["']\s*$/.exec(line.replace(/\s+#.*$/, ''));
    const set = computed?.[1] ?? computed?.[2];
    if (set !== undefined) return portValue(set, text, evidence, reading, 0);
    const variable = /(?:environ(?:\.get)?|getenv)[([]\s*["'](\w+)["']/.exec(line)?.[1];
    const port = /["'][^"']*:(\d+)["']/.exec(line)?.[1] ?? /,\s*["']?(\d{2,5})["']?\s*\)/.exec(line)?.[1];
    if (variable !== undefined)
      return variable === 'PORT' && port !== undefined ? fromNumber(port, 'PORT', evidence) : line.trim();
    return /unix:/.test(line) ? line.trim() : fromNumber(port ?? line.trim(), undefined, evidence);
  }
  return undefined;
}

function fromUwsgi(reading: Reading<PythonFacts>, call: Call): Port | string | undefined {
  const name = optionValue(call.args, ['--ini', '--yaml', '--json']) ?? call.args.find((word) => word.endsWith('.ini'));
  if (name === undefined) return undefined;
  const file = posix.join(reading.directory, posix.basename(name));
  const lines = (reading.project.read(file) ?? '').split('\n');
  const index = lines.findIndex((line) => /^\s*(http|http-socket|http11-socket|socket|https)\s*=/.test(line));
  const line = lines[index] ?? '';
  const port = /:(\d+)/.exec(line)?.[1];
  return port === undefined ? undefined : fromNumber(port, undefined, { file, line: index + 1, says: line.trim() });
}

/** Calls that open a port, with the port where it stands and what it is without one. */
const opening: readonly {
  readonly call: RegExp;
  readonly port: RegExp;
  readonly fallback: number | undefined;
  readonly variable?: string;
  /** What else the source has to have. */
  readonly where?: RegExp;
}[] = [
  {
    call: /\buvicorn\.(?:run|Config)\(/,
    port: /\bport\s*=\s*([^,)\n]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)/,
    fallback: 8000,
  },
  {
    call: /\b(?:app|application|server|api|socketio)\.run\(/,
    port: /\bport\s*=\s*([^,()\n]+(?:\((?:[^()\n]|\([^()\n]*\))*\))?)/,
    fallback: undefined,
  },
  {
    call: /(?<!def )\b(?:web\.)?run_app\(/,
    where: /\bweb\.run_app\(|from\s+aiohttp\.web\s+import\s*(?:\([^)]*|[^\n]*)\brun_app\b/,
    port: /\bport\s*=\s*([^,()\n]+(?:\((?:[^()\n]|\([^()\n]*\))*\))?)/,
    fallback: 8080,
  },
  {
    call: /\b\w+\.launch\(/,
    port: /\bserver_port\s*=\s*([^,()\n]+(?:\((?:[^()\n]|\([^()\n]*\))*\))?)/,
    fallback: 7860,
    variable: 'GRADIO_SERVER_PORT',
    where: /^\s*(?:import|from)\s+gradio\b/m,
  },
  { call: /\bserve\(/, port: /\bport\s*=\s*([^,()\n]+(?:\((?:[^()\n]|\([^()\n]*\))*\))?)/, fallback: undefined },
  {
    call: /\b(?:HTTPServer|TCPServer|ThreadingHTTPServer|make_server|WSGIServer|create_server)\(/,
    port: /\(\s*\(?\s*["'][^"']*["']\s*,\s*([^,()\n]+(?:\([^()\n]*\))?)/,
    fallback: undefined,
  },
  {
    call: /\b(?:app|server|http_server|application)\.listen\(/,
    port: /\.listen\(\s*([^,()\n]+(?:\([^()\n]*\))?)/,
    fallback: undefined,
  },
  { call: /\badd_(?:in)?secure_port\(/, port: /port\(\s*(f?["'][^"'\n]+["'])/, fallback: undefined },
];

function fromSources(reading: Reading<PythonFacts>): Port | string | undefined {
  for (const { path, text } of runningSources(reading) ?? []) {
    const code = text.replace(/^[ \t]*#.*$/gm, '');
    for (const { call, port, fallback, variable, where } of opening) {
      const at = code.search(call);
      if (at < 0 || where?.test(code) === false) continue;
      const window = code.slice(at, at + 400);
      const flask =
        /\.run\($/.test(call.exec(code)?.[0] ?? '') && /\bFlask\(|from flask|import flask/.test(code) ? 5000 : fallback;
      const evidence = {
        file: path,
        line: code.slice(0, at).split('\n').length,
        says: (window.split('\n')[0] ?? '').trim().slice(0, 80),
      };
      const own = port.exec(callText(window))?.[1]?.trim();
      const found =
        own === undefined
          ? flask === undefined
            ? undefined
            : fromNumber((variable && reading.contract.env[variable]) || String(flask), variable, evidence)
          : portValue(own, code, evidence, reading, 0);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A call up to its closing bracket. */
function callText(window: string): string {
  let depth = 0;
  for (let i = 0; i < window.length; i++) {
    if (window[i] === '(') depth++;
    else if (window[i] === ')' && --depth === 0) return window.slice(0, i + 1);
  }
  return window;
}

/** `port=port` in a call sets nothing. */
function passesOn(name: string, value: string): boolean {
  return new RegExp(`^${name}\\s*(?:[,)]|$)`).test(value);
}

/** `8080`, `int(os.environ.get("PORT", 8080))`, a name set to one of these. */
function portValue(
  text: string,
  code: string,
  evidence: Evidence,
  reading: Reading<PythonFacts>,
  depth: number,
): Port | string | undefined {
  const literal = /^["']?(\d{2,5})["']?$/.exec(text)?.[1] ?? /^["'][^"'{}]*:(\d{2,5})["']$/.exec(text)?.[1];
  if (literal !== undefined) return fromNumber(literal, undefined, evidence);
  const environment =
    /(?:environ\.get|getenv|\benv\.get)\(\s*["'](\w+)["']\s*(?:,\s*["']?(\d+)["']?)?/.exec(text) ??
    /environ\[\s*["'](\w+)["']\s*\]()/.exec(text);
  if (environment !== null) {
    const set =
      reading.contract.env[environment[1] ?? ''] ?? environment[2] ?? /\bor\s*["']?(\d+)/.exec(text)?.[1] ?? '';
    return fromNumber(set === '' ? text : set, environment[1], evidence);
  }
  const elsewhere = depth > 2 ? undefined : valueOfModule(text, reading);
  if (elsewhere !== undefined) return portValue(elsewhere.value, elsewhere.code, evidence, reading, depth + 1);
  const name = /^(?:int\()?([A-Za-z_]\w*)\)?$/.exec(text)?.[1] ?? /^f["'][^"'{}]*:\{(\w+)\}["']$/.exec(text)?.[1];
  if (name === undefined || depth > 2) return text;
  const values = [...code.matchAll(new RegExp(`(?:^|\\s)${name}\\s*(?::\\s*\\w+\\s*)?=\\s*([^=\\n][^\\n]*)`, 'g'))];
  const set = values.map((one) => (one[1] ?? '').replace(/\s+#.*$/, '').trim()).filter((one) => !passesOn(name, one));
  const value = set.length === 1 ? set[0] : undefined;
  return value === undefined ? text : portValue(value, code, evidence, reading, depth + 1);
}

/** What `config.PORT` is set to at the top of the module `config`, when that happens once. */
function valueOfModule(
  text: string,
  reading: Reading<PythonFacts>,
): { readonly value: string; readonly code: string } | undefined {
  const [, module, name] = /^(?:int\()?(\w+)\.([A-Za-z_]\w*)\)?$/.exec(text) ?? [];
  if (module === undefined || name === undefined) return undefined;
  const [source, ...more] = (runningSources(reading) ?? []).filter(
    ({ path }) => posix.basename(path) === `${module}.py`,
  );
  if (source === undefined || more.length > 0) return undefined;
  const set = [...source.text.matchAll(new RegExp(`^${name}\\s*(?::\\s*\\w+\\s*)?=\\s*([^=\\n][^\\n]*)`, 'gm'))];
  const value = set.length === 1 ? set[0]?.[1]?.replace(/\s+#.*$/, '').trim() : undefined;
  return value === undefined ? undefined : { value, code: source.text };
}
