/** Where a Go program listens, and which route says that it is well (net/http, and the routers' own documentation). */
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Listener } from '../ecosystem.ts';
import { scanOf, startedPrograms } from './artifacts.ts';
import { portSet } from './dotenv.ts';
import type { GoFacts } from './packages.ts';
import { goReasons } from './reasons.ts';
import { evidenceOf, type Scan } from './scan.ts';
import { argumentsAt, callsOf, constantsOf, type GoCall, type GoSource, lineAt, valueOfArgument } from './source.ts';

const { explain } = goReasons;

interface Port {
  readonly port: number;
  readonly variable: string | undefined;
  readonly evidence: Evidence;
}

/** Calls that open a listening socket; which argument holds the address. */
const listening: readonly (readonly [RegExp, number])[] = [
  [/\b(?:http|fasthttp|reuseport)\.(?:ListenAndServe|ListenAndServeTLS)/, 0],
  [/\.(?:ListenAndServe|ListenAndServeTLS|StartTLS|Listen|ListenTLS|RunTLS|Start|Run|Logger\.Fatal)/, 0],
  [/\b(?:net|tls|reuseport|tcplisten\.Config)\.Listen/, 1],
  [/\b(?:gnet|evio)\.(?:Run|Serve)/, 1],
];
const isListening =
  /\b(ListenAndServe|ListenAndServeTLS|net\.Listen|reuseport\.Listen|fasthttp\.Serve|gnet\.Run|gnet\.Serve|goji\.Serve|goev\.NewAcceptor|http\.Server|fasthttp\.Server)\b|\.(Listen|RunTLS|StartTLS|ListenTLS)\(|\bg\.Server\(|\bfacades\.Route\(\)\.Run\(|\b(gin|echo|fiber|chi|iris|atreugo|server)\.(New|Default|NewRouter)\b/;

export function goListener(reading: Reading<GoFacts>): Answer<Listener> {
  const scan = scanOf(reading);
  const where = listenerEvidence(scan);
  if (where === undefined) return notKnown(explain('no-listener'));
  const ports = portsOf(reading, scan);
  const distinct = [...new Set(ports.map((one) => one.port))];
  const exposed = [
    ...new Set(reading.contract.expose.filter((one) => !one.endsWith('/udp')).map((one) => Number.parseInt(one, 10))),
  ];
  const chosen = choose(ports, distinct, exposed);
  const place = typeof chosen === 'object' ? chosen.evidence : where;
  const subcommand = subcommandOf(reading, scan, place.file);
  if (subcommand !== undefined) return notKnown(explain('in-subcommand', { subcommand }, { evidence: [place] }));
  if (chosen === 'several')
    return notKnown(
      explain('several-ports', { ports: distinct.join(', ') }, { evidence: ports.map((one) => one.evidence) }),
    );
  if (chosen === undefined) {
    const only = exposed[0];
    if (exposed.length !== 1 || only === undefined || !Number.isInteger(only))
      return notKnown(explain('port-unclear', { where: `${where.file}:${where.line ?? 1}` }, { evidence: [where] }));
    const evidence = [where, { file: 'Dockerfile', says: `EXPOSE ${only}` }];
    return listener(scan, only, onlyVariable(scan) ?? settingOf(reading, only), true, evidence);
  }
  const port = portSet(reading, scan, chosen, exposed);
  if (typeof port === 'object') return notKnown(explain('port-in-settings', port, { evidence: [chosen.evidence] }));
  const variable = chosen.variable !== undefined && !/ADDR|HOST/.test(chosen.variable) ? chosen.variable : undefined;
  return listener(scan, port, variable, distinct.length === 1, [chosen.evidence]);
}

/** `single`: no other port is opened, so the program's routes are on this one. */
function listener(
  scan: Scan,
  port: number,
  portVariable: string | undefined,
  single: boolean,
  evidence: readonly Evidence[],
): Answer<Listener> {
  const route = healthRoute(scan);
  const common = { port, portVariable, startPeriod: 10, probe: undefined };
  if (route === undefined) return known({ ...common, route: undefined }, ...evidence);
  return single && !mayChange(scan)
    ? known({ ...common, route: route.path }, ...evidence, route.evidence)
    : known({ ...common, route: undefined, doubtful: route.path }, ...evidence);
}

/** The cobra command that a file registers under another one, when the start does not name it. */
function subcommandOf(reading: Reading, scan: Scan, file: string): string | undefined {
  const code = scan.sources.find((source) => source.path === file)?.code ?? '';
  if (!/\.AddCommand\(/.test(code) || /\.Execute(Context)?\(/.test(code)) return undefined;
  const name = /\bUse:\s*"([\w-]+)/.exec(code)?.[1];
  return name === undefined || reading.start.main?.argv.includes(name) === true ? undefined : name;
}

function choose(
  ports: readonly Port[],
  distinct: readonly number[],
  exposed: readonly number[],
): Port | 'several' | undefined {
  if (distinct.length === 0) return undefined;
  if (distinct.length === 1) return ports.find((one) => one.variable !== undefined) ?? ports[0];
  const agreed = distinct.filter((port) => exposed.includes(port));
  if (agreed.length !== 1) return 'several';
  return ports.find((one) => one.port === agreed[0]);
}

function listenerEvidence(scan: Scan): Evidence | undefined {
  for (const source of scan.sources) {
    const match = isListening.exec(source.code);
    if (match !== null)
      return { file: source.path, line: lineAt(source.code, match.index), says: match[0].replace(/\($/, '') };
  }
  return undefined;
}

/** Flags of the start command first, then addresses in listening calls, then addresses and defaults anywhere in the program. */
function portsOf(reading: Reading<GoFacts>, scan: Scan): readonly Port[] {
  const flagged = fromStart(reading);
  if (flagged.length > 0) return flagged;
  const names = constantsOf(scan.sources);
  const direct = scan.sources.flatMap((source) =>
    listening.flatMap(([name, index]) => callsOf(source, name).flatMap((call) => addressOf(call, index, scan, names))),
  );
  const fields = scan.sources.flatMap((source) => addressFields(source, scan, names));
  const certain = oncePerLine([...direct, ...fields, ...ginDefault(scan)]);
  const variables = scan.sources.flatMap((source) => environmentDefaults(source, names));
  if (variables.length > 0) return merged(variables, certain);
  return certain.length > 0 ? certain : scan.sources.flatMap((source) => anyAddress(source));
}

function oncePerLine(ports: readonly Port[]): readonly Port[] {
  const place = ({ evidence, port }: Port) => `${evidence.file}:${evidence.line} ${port}`;
  return ports.filter((one, index) => ports.findIndex((other) => place(other) === place(one)) === index);
}

/** A default beside a variable replaces the same number found elsewhere. */
function merged(variables: readonly Port[], certain: readonly Port[]): readonly Port[] {
  return [...variables, ...certain.filter((one) => !variables.some((other) => other.port === one.port))];
}

function fromStart(reading: Reading<GoFacts>): readonly Port[] {
  const found: Port[] = [];
  for (const { command } of startedPrograms(reading)) {
    const text = command.argv.slice(1).join(' ');
    const match =
      /(?:^|\s)--?(?:http-?)?(?:port|addr|address|listen|bind|p|listen-address|http\.addr)[= ](?:[\w.[\]-]*:)?(\d{2,5})(?=\s|$)/.exec(
        text,
      );
    if (match !== null) found.push({ port: Number(match[1]), variable: undefined, evidence: command.evidence });
  }
  return found;
}

function addressOf(call: GoCall, index: number, scan: Scan, names: ReadonlyMap<string, string>): readonly Port[] {
  const argument = call.arguments[index] ?? '';
  if (/udp|unix/.test(call.arguments[0] ?? '') && index === 1) return [];
  const text = textOf(argument, names);
  if (text === undefined) return portOfCallers(call.source, call.offset, argument, scan, names);
  const port = portIn(text);
  return port === undefined ? [] : [{ port, variable: undefined, evidence: evidenceOf(call) }];
}

/** `":" + port` in `func (s *Server) Run(port string)`: the port is what the callers of that function say, when they agree. */
function portOfCallers(
  source: GoSource,
  offset: number,
  argument: string,
  scan: Scan,
  names: ReadonlyMap<string, string>,
): readonly Port[] {
  const name =
    /^(?:"[^"%]*:"\s*\+\s*)?(\w+)$/.exec(argument.trim())?.[1] ??
    /^fmt\.Sprintf\("[^"%]*:%[dsv]",\s*(\w+)\)$/.exec(argument.trim())?.[1];
  const enclosing = name === undefined ? undefined : functionAround(source, offset);
  const index = enclosing?.parameters.indexOf(name ?? '') ?? -1;
  if (enclosing === undefined || index < 0) return [];
  const calls = scan.sources
    .flatMap((one) => callsOf(one, new RegExp(`(?<!func[ \\t]+|\\)[ \\t]*)\\b${enclosing.name}`)))
    .filter((call) => call.arguments.length === enclosing.parameters.length)
    .filter((call) => call.source !== source || functionAround(source, call.offset)?.start !== enclosing.start);
  const said = calls.map((call) => {
    const value = valueOfArgument(call.arguments[index] ?? '', names);
    const text = value.kind === 'text' ? value.text : /^\d+$/.exec(call.arguments[index] ?? '')?.[0];
    return { call, port: text === undefined ? undefined : portIn(/^\d+$/.test(text) ? `:${text}` : text) };
  });
  const first = said[0];
  return first?.port === undefined || said.some((one) => one.port !== first.port)
    ? []
    : [{ port: first.port, variable: undefined, evidence: evidenceOf(first.call) }];
}

/** The function whose body holds an offset: the last header above it. Names of parameters, without their types. */
function functionAround(
  { code }: GoSource,
  offset: number,
): { readonly name: string; readonly start: number; readonly parameters: readonly string[] } | undefined {
  const header = [...code.slice(0, offset).matchAll(/^func[ \t]+(?:\([^)\n]*\)[ \t]*)?(\w+)(?=\()/gm)].at(-1);
  if (header?.[1] === undefined) return undefined;
  const parameters = argumentsAt(code, header.index + header[0].length);
  return { name: header[1], start: header.index, parameters: parameters.map((one) => /^\w+/.exec(one)?.[0] ?? '') };
}

/** A text, a name that stands for one, or an address put together with a number: `":" + strconv.Itoa(port)`, `fmt.Sprintf(":%d", port)`. */
function textOf(argument: string, names: ReadonlyMap<string, string>): string | undefined {
  const text = argument.trim();
  const composed =
    /^"([^"%]*:)"\s*\+\s*strconv\.Itoa\((\w+)\)$/.exec(text) ??
    /^fmt\.Sprintf\("([^"%]*:)%[dsv]",\s*(\w+)\)$/.exec(text);
  if (composed?.[2] !== undefined) {
    const number = /^\d+$/.test(composed[2]) ? composed[2] : names.get(composed[2]);
    return number === undefined ? undefined : `${composed[1]}${number}`;
  }
  const value = valueOfArgument(text, names);
  return value.kind === 'text' ? value.text : undefined;
}

/** `:8080`, `0.0.0.0:8080`, `tcp://:8080`. */
function portIn(text: string): number | undefined {
  const match = /^(?:tcp[46]?:\/\/)?(?:[\w.-]*|\[[\w:]*\]):(\d{2,5})$/.exec(text);
  const port = Number(match?.[1]);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined;
}

/** An address on every interface: what servers name, and clients do not. */
const everywhere = /^(0\.0\.0\.0|\[::\])?:\d{2,5}$/;

/** `Addr: ":8080"` of a server's fields. */
function addressFields(source: GoSource, scan: Scan, names: ReadonlyMap<string, string>): readonly Port[] {
  return [
    ...source.code.matchAll(
      /\bAddr:[ \t]*("[^"\n]*"(?:[ \t]*\+[ \t]*[\w.]+(?:\(\w+\))?)?|fmt\.Sprintf\([^()\n]*\)|\w+)[ \t]*[,\n}]/g,
    ),
  ].flatMap((match) => {
    const text = textOf(match[1] ?? '', names);
    const port = text === undefined || !everywhere.test(text) ? undefined : portIn(text);
    if (text === undefined) return portOfCallers(source, match.index, match[1] ?? '', scan, names);
    return port === undefined || servicePorts.has(port)
      ? []
      : [
          {
            port,
            variable: undefined,
            evidence: { file: source.path, line: lineAt(source.code, match.index), says: match[0].trim() },
          },
        ];
  });
}

/** `r.Run()` of Gin without address: PORT, else 8080. */
function ginDefault(scan: Scan): readonly Port[] {
  return scan.sources.flatMap((source) =>
    source.imports.includes('github.com/gin-gonic/gin')
      ? callsOf(source, /\b\w+\.Run/)
          .filter((call) => call.arguments.length === 0 && !/^(m|t|g|cmd|app)\.Run$/.test(call.name))
          .map((call) => ({ port: 8080, variable: 'PORT', evidence: evidenceOf(call) }))
      : [],
  );
}

const portVariable = /^(\w*_)?(PORT|LISTEN_ADDR|HTTP_ADDR|ADDR|LISTEN)$/;
/** Names that stand for the program's own port; with another prefix the value has to reach a listening call. */
const ownVariable = /^((HTTP|SERVER|APP|API|WEB|LISTEN|GRPC)_)?(PORT|LISTEN_ADDR|ADDR|LISTEN)$/;

/** The one variable that stands for the program's own port, wherever its value goes. */
function onlyVariable(scan: Scan): string | undefined {
  const names = scan.sources.flatMap((source) =>
    source.literals
      .filter(({ value }) => ownVariable.test(value) && value.endsWith('PORT'))
      .filter(({ start }) => /\b\w*env\w*\([ \t\n]*$/i.test(source.code.slice(Math.max(0, start - 40), start)))
      .map(({ value }) => value),
  );
  const distinct = [...new Set(names)];
  return distinct.length === 1 ? distinct[0] : undefined;
}

/** The image sets one such variable to this port; libraries that fill structures from the environment read it by name. */
function settingOf({ contract }: Reading, port: number): string | undefined {
  const names = Object.keys(contract.env).filter((name) => ownVariable.test(name) && contract.env[name] === `${port}`);
  return names.length === 1 ? names[0] : undefined;
}

function listensWith(source: GoSource, name: string): boolean {
  const word = new RegExp(`\\b${name}\\b`);
  return listening.some(([call]) => callsOf(source, call).some((one) => one.arguments.some((text) => word.test(text))));
}

/** A port variable with the number that stands in for it within the next lines: `if port == "" { port = "8080" }`, `getenv("PORT", "8080")`. */
function environmentDefaults(source: GoSource, names: ReadonlyMap<string, string>): readonly Port[] {
  const found: Port[] = [];
  for (const literal of source.literals) {
    const variable = literal.value;
    if (!portVariable.test(variable)) continue;
    const before = source.code.slice(Math.max(0, literal.start - 80), literal.start);
    const call = /(?:(\w+)(?:[ \t]*,[ \t]*\w+)?[ \t]*:?=[ \t]*)?[\w.]*env\w*\([ \t\n]*$/i.exec(before);
    if (call === null || (!ownVariable.test(variable) && (call[1] === undefined || !listensWith(source, call[1]))))
      continue;
    const after = source.code.slice(literal.start + variable.length + 2, literal.start + 400);
    const inCall = /^\s*,\s*(?:"?:?(\d{2,5})"?|(\w+))\s*\)/.exec(after);
    const named = inCall?.[2] === undefined ? undefined : names.get(inCall[2]);
    const assigned = call[1] === undefined ? undefined : assignedLater(after, call[1]);
    const text = inCall?.[1] ?? named?.replace(/^.*:/, '') ?? (inCall === null ? assigned : undefined);
    const port = Number(text);
    if (Number.isInteger(port) && port > 0 && port < 65536) {
      found.push({
        port,
        variable,
        evidence: { file: source.path, line: lineAt(source.code, literal.start), says: `${variable}, else ${port}` },
      });
    }
  }
  return found;
}

/** `name = "8080"` behind the call that read the variable into `name`. */
function assignedLater(after: string, name: string): string | undefined {
  return new RegExp(`\\b${name}[ \\t]*=[ \\t]*"(?:[\\w.]*:)?(\\d{2,5})"`).exec(after)?.[1];
}

/** Ports of the services that programs connect to; a bare address with one of them is no proof of listening. */
const servicePorts = new Set([
  25, 587, 465, 1883, 2181, 2375, 2379, 3306, 4222, 4317, 4318, 5432, 5672, 6379, 6831, 8125, 8500, 9042, 9092, 9200,
  11211, 27017,
]);

/** `":8080"` anywhere: a constant, a flag's default, a configuration literal. */
function anyAddress(source: GoSource): readonly Port[] {
  return source.literals.flatMap(({ value, start }) => {
    const bare = everywhere.test(value) ? portIn(value) : undefined;
    const port = bare !== undefined && servicePorts.has(bare) ? undefined : bare;
    const flag = /\bflag\.(Int|String)(Var)?\([^)\n]*$/.test(source.code.slice(Math.max(0, start - 80), start))
      ? flagPort(source, value, start)
      : undefined;
    const found = port ?? flag;
    return found === undefined
      ? []
      : [
          {
            port: found,
            variable: undefined,
            evidence: {
              file: source.path,
              line: lineAt(source.code, start),
              says: flag === undefined ? JSON.stringify(value) : `-${value}, else ${flag}`,
            },
          },
        ];
  });
}

/** `flag.Int("port", 8080, …)`. */
function flagPort(source: GoSource, value: string, start: number): number | undefined {
  if (!/^(http[-_]?)?(port|p)$/i.test(value)) return undefined;
  const match = /^\s*,\s*"?:?(\d{2,5})"?\s*,/.exec(
    source.code.slice(start + value.length + 2, start + value.length + 40),
  );
  return match === null ? undefined : Number(match[1]);
}

const healthPath =
  /^\/(?:api\/)?(?:v\d\/)?(?:health|healthz|health-?check|_health|livez|live|alive|readyz|ready|ping|status)\/?$/;
const prefixing = /\.(Group|Route|Mount|PathPrefix|Subrouter|Namespace|Party)\(|\bStripPrefix\(/;
const guarding = /\.Use\([^)\n]*(auth|jwt|token|key|csrf|session|limit)/i;

/** A prefix, a guard or TLS may stand before every route. */
function mayChange(scan: Scan): boolean {
  return scan.sources.some(
    (source) =>
      prefixing.test(source.code) ||
      guarding.test(source.code) ||
      /ListenAndServeTLS|RunTLS|StartTLS|ListenTLS|grpc\.NewServer/.test(source.code),
  );
}

interface Route {
  readonly path: string;
  readonly evidence: Evidence;
}

/** A literal GET route that is named for health. */
function healthRoute(scan: Scan): Route | undefined {
  const found: Route[] = [];
  for (const source of scan.sources) {
    for (const call of callsOf(source, /\.(?:GET|Get|HandleFunc|Handle|HandlerFunc)/)) {
      const words = (/^"([^"]*)"$/.exec(call.arguments[0] ?? '')?.[1] ?? '').split(' ');
      const path = words.length === 2 && words[0] === 'GET' ? words[1] : words.length === 1 ? words[0] : undefined;
      if (
        path !== undefined &&
        healthPath.test(path) &&
        call.arguments.length >= 2 &&
        !/auth|jwt/i.test(call.arguments.slice(1, -1).join(' '))
      )
        found.push({ path, evidence: evidenceOf(call) });
    }
  }
  return found.find((one) => /health|live|alive/.test(one.path)) ?? found[0];
}
