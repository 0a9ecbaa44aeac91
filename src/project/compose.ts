/** Compose services that build a Dockerfile (compose-spec: `05-services.md`, `build.md`, `12-interpolation.md`). */
import { posix } from 'node:path';
import type { ComposeService } from './project.ts';
import { type Mapping, mapping, parseYaml, sequence } from './structured.ts';

export interface ComposeInput {
  /** Absolute, with `/`. */
  readonly context: string;
  /** The Dockerfile, absolute, with `/`. */
  readonly dockerfile: string;
  /** `path` is relative to `context`. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** `compose.yaml`, `docker-compose.override.yml` and the like, stacks of Swarm, and what templates of Django projects call theirs. */
export function isComposeFile(name: string): boolean {
  return /^((docker-)?(compose|stack)([.-][A-Za-z0-9_.-]*)?|local|staging|production)\.ya?ml$/.test(name);
}

type Volume = ComposeService['volumes'][number];

interface Declared {
  readonly file: string;
  readonly directory: string;
  readonly name: string;
  readonly service: Mapping;
}

const longestValue = 4096;

/**
 * Services, in the order of the files, that build this Dockerfile. A service that another file of the same directory adds to
 * (`docker-compose.override.yml`) counts there too, with what that file says, and so does one that runs the image which another
 * service builds and names. `extends` is followed within a file. Variables take their default where one is written and stay as
 * they are otherwise. A file that is not valid YAML has no services.
 */
export function composeServices(input: ComposeInput): readonly ComposeService[] {
  const declared = input.files.flatMap((file) => declaredIn(input.context, file));
  const building = declared.filter((each) => dockerfileOf(each) === input.dockerfile);
  const adds = (each: Declared): boolean =>
    building.some((other) => other.name === each.name && other.directory === each.directory);
  const named = new Set(building.flatMap(({ service }) => text(service.image) ?? []));
  const runs = ({ service }: Declared): boolean => named.has(text(service.image) ?? '');
  return declared
    .filter((each) => building.includes(each) || (each.service.build === undefined && (adds(each) || runs(each))))
    .map((each) => serviceOf(each, input.context));
}

/**
 * Services that run an image with an owner (`acme/shop`) and say nowhere how it is built: pulled where it runs, it may well be
 * the one that this Dockerfile makes. Official images (`postgres`) are not.
 */
export function pulledServices(input: ComposeInput): readonly ComposeService[] {
  const declared = input.files.flatMap((file) => declaredIn(input.context, file));
  return declared
    .filter(({ service }) => service.build === undefined && (text(service.image) ?? '').includes('/'))
    .map((each) => serviceOf(each, input.context));
}

/** The build contexts, absolute and each once, that services build this Dockerfile with. */
export function composeContexts(input: ComposeInput): readonly string[] {
  const declared = input.files.flatMap((file) => declaredIn(input.context, file));
  const building = declared.filter((each) => dockerfileOf(each) === input.dockerfile);
  return [...new Set(building.flatMap((each) => contextOf(each) ?? []))];
}

function declaredIn(context: string, file: ComposeInput['files'][number]): readonly Declared[] {
  const services = servicesOf(mapping(parseYaml(file.text)) ?? {});
  const directory = posix.dirname(posix.resolve(context, file.path));
  return Object.keys(services).flatMap((name) => {
    const service = extended(services, name, 5);
    return service === undefined ? [] : [{ file: file.path, directory, name, service }];
  });
}

/** The first format of compose has neither `version` nor `services`: its services stand at the top. */
function servicesOf(document: Mapping): Mapping {
  const first = document.services === undefined && document.version === undefined;
  return first ? document : (mapping(document.services) ?? {});
}

function extended(services: Mapping, name: string, levels: number): Mapping | undefined {
  const own = Object.hasOwn(services, name) ? mapping(services[name]) : undefined;
  const from = own?.extends;
  const base = typeof from === 'string' ? from : mapping(from)?.file === undefined ? mapping(from)?.service : undefined;
  if (own === undefined || typeof base !== 'string' || levels === 0) return own;
  return { ...extended(services, base, levels - 1), ...own };
}

function dockerfileOf(declared: Declared): string | undefined {
  const build = mapping(declared.service.build);
  const context = contextOf(declared);
  if (context === undefined || build?.dockerfile_inline !== undefined) return undefined;
  return posix.resolve(context, text(build?.dockerfile) ?? 'Dockerfile');
}

function contextOf({ service, directory }: Declared): string | undefined {
  const build = mapping(service.build);
  const context = text(build === undefined ? service.build : (build.context ?? '.'));
  return context === undefined ? undefined : posix.resolve(directory, context);
}

function serviceOf({ file, directory, name, service }: Declared, context: string): ComposeService {
  const build = mapping(service.build);
  return {
    file,
    name,
    target: text(build?.target),
    command: commandLine(service.command),
    entrypoint: commandLine(service.entrypoint),
    user: text(service.user),
    volumes: sequence(service.volumes)
      .flatMap(volumeOf)
      .map((volume) => placed(volume, directory, context)),
    healthcheck: hasHealthcheck(service.healthcheck),
    ...testOf(service.healthcheck),
    ports: [...new Set([...sequence(service.ports), ...sequence(service.expose)].flatMap(portsOf))].sort(
      (a, b) => a - b,
    ),
    buildArgs: names(build?.args),
  };
}

/** A scalar as compose reads it; `undefined` for anything else. */
function text(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.length <= longestValue ? interpolated(value) : undefined;
}

/** Defaults are put in from the inside out; `$$` is a dollar sign and starts nothing. */
function interpolated(value: string): string {
  return value
    .split('$$')
    .map((part) => {
      let now = part;
      for (let round = 0; round < 5; round += 1) now = now.replace(/\$\{\w+:?-([^{}]*)\}/g, '$1');
      return now;
    })
    .join('$');
}

function commandLine(value: unknown): string | readonly string[] | undefined {
  return Array.isArray(value) ? value.map((item) => text(item) ?? '') : text(value);
}

function hasHealthcheck(value: unknown): boolean {
  const healthcheck = mapping(value);
  const test = healthcheck?.test;
  return healthcheck !== undefined && healthcheck.disable !== true && test !== 'NONE' && sequence(test)[0] !== 'NONE';
}

function testOf(value: unknown): Pick<ComposeService, 'test'> {
  const test = hasHealthcheck(value) ? commandLine(mapping(value)?.test) : undefined;
  return test === undefined ? {} : { test };
}

function names(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return Object.keys(mapping(value) ?? {});
  return value.flatMap((item) => (typeof item === 'string' ? [item.replace(/=.*$/s, '')] : []));
}

function volumeOf(value: unknown): readonly Volume[] {
  const long = mapping(value);
  if (long !== undefined) return longVolume(long);
  const short = text(value);
  return short === undefined ? [] : [shortVolume(short)];
}

/** `$PWD` is taken for the directory of the compose file, from which compose is started as a rule. */
function placed(volume: Volume, directory: string, context: string): Volume {
  const source = volume.source?.replace(/^(\$PWD|\$\{PWD\})(?=\/|$)/, '.');
  if (volume.kind !== 'bind' || source === undefined || !/^\.{1,2}(\/|$)/.test(source)) return volume;
  return { ...volume, place: posix.relative(context, posix.resolve(directory, source)) };
}

function longVolume(long: Mapping): readonly Volume[] {
  const target = text(long.target);
  if (target === undefined) return [];
  const source = text(long.source);
  const kind = long.type === 'bind' ? 'bind' : source === undefined ? 'anonymous' : 'named';
  return [{ kind, source, target: directory(target), ...(text(long.read_only) === 'true' ? { readOnly: true } : {}) }];
}

function shortVolume(short: string): Volume {
  const parts = colonParts(short);
  const drive = /^[A-Za-z]$/.test(parts[0] ?? '') && /^[\\/]/.test(parts[1] ?? '');
  const [first = '', target, mode = ''] = drive ? [`${parts[0]}:${parts[1]}`, ...parts.slice(2)] : parts;
  if (target === undefined) return { kind: 'anonymous', source: undefined, target: directory(first) };
  return {
    kind: drive || /^[./~$]/.test(first) ? 'bind' : 'named',
    source: first,
    target: directory(target),
    ...(mode.split(',').includes('ro') ? { readOnly: true } : {}),
  };
}

/** Parts between colons; a colon inside `${…}` is none. */
function colonParts(value: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const char of value) {
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (char === ':' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function directory(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

const widestRange = 100;

/** Container ports of `ports` and `expose` entries: `[[ip:]host:]container[/protocol]`, ranges, or `target:`. */
function portsOf(value: unknown): readonly number[] {
  const long = mapping(value);
  const container = text(long === undefined ? value : long.target)
    ?.split(':')
    .at(-1);
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/[a-z]+)?$/.exec(container ?? '');
  if (match === null) return [];
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > 65_535 || last < first || last - first >= widestRange) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
