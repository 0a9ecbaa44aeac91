/** What an engine tells about an image it has built. */
import { ask, type Engine } from './engine.ts';
import { type Fields, fieldsOf, numberOf, parseJson, textOf, textsOf } from './json.ts';
import { succeeded } from './process.ts';

/** The image's config in Docker's terms; what is not set is empty or `undefined`. */
export interface ImageConfig {
  readonly cmd: readonly string[];
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `8080/tcp`, sorted. */
  readonly expose: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  readonly volumes: readonly string[];
  readonly stopsignal: string | undefined;
  readonly shell: readonly string[];
  readonly healthcheck: Healthcheck | undefined;
}

export interface Healthcheck {
  /** `['CMD-SHELL', …]` or `['CMD', …]`. */
  readonly test: readonly string[];
  /** As the engine stores them, in nanoseconds; `retries` is a count. */
  readonly timing: Readonly<Record<'interval' | 'timeout' | 'startPeriod' | 'retries', number>>;
}

export interface Layers {
  /** Those with content. */
  readonly count: number;
  /** Unpacked bytes, summed over the layers. */
  readonly bytes: number;
}

/** `undefined` when the engine does not know the image. */
export async function imageConfig(engine: Engine, image: string): Promise<ImageConfig | undefined> {
  const buildah = engine.name === 'buildah';
  const answer = await ask(engine, buildah ? ['inspect', '--type', 'image', image] : ['image', 'inspect', image]);
  if (!succeeded(answer)) return undefined;
  const parsed = parseJson(answer.out);
  const inspected = fieldsOf(Array.isArray(parsed) ? parsed[0] : parsed);
  return configOf(buildah ? fieldsOf(inspected.Docker) : inspected);
}

/** Docker nests the health check in `Config`; podman has it at the top. */
function configOf(inspected: Fields): ImageConfig {
  const config = fieldsOf(inspected.Config ?? inspected.config);
  return {
    cmd: textsOf(config.Cmd),
    entrypoint: textsOf(config.Entrypoint),
    env: Object.fromEntries(textsOf(config.Env).map(splitAtEquals)),
    expose: Object.keys(fieldsOf(config.ExposedPorts)).sort(),
    labels: Object.fromEntries(
      Object.entries(fieldsOf(config.Labels)).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    ),
    workdir: textOf(config.WorkingDir) ?? '/',
    user: textOf(config.User) ?? '',
    volumes: Object.keys(fieldsOf(config.Volumes)).sort(),
    stopsignal: textOf(config.StopSignal),
    shell: textsOf(config.Shell),
    healthcheck: healthcheckOf(fieldsOf(config.Healthcheck ?? inspected.Healthcheck)),
  };
}

function splitAtEquals(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

function healthcheckOf(check: Fields): Healthcheck | undefined {
  const test = textsOf(check.Test);
  if (test.length === 0 || test[0] === 'NONE') return undefined;
  const nanoseconds = (name: string): number => numberOf(check[name]) ?? 0;
  return {
    test,
    timing: {
      interval: nanoseconds('Interval'),
      timeout: nanoseconds('Timeout'),
      startPeriod: nanoseconds('StartPeriod'),
      retries: nanoseconds('Retries'),
    },
  };
}

/**
 * The sum over the layers: the one figure that means the same with every storage (`Size` of an image does not). Only
 * comparable within one engine. `undefined` when the engine does not tell.
 */
export async function layersOf(engine: Engine, image: string): Promise<Layers | undefined> {
  if (!engine.runs) return undefined;
  const answer = await ask(engine, ['history', '--no-trunc', '--human=false', '--format', '{{.Size}}', image]);
  const sizes = answer.out
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(bytesOf);
  if (!succeeded(answer) || sizes.length === 0) return undefined;
  return { count: sizes.filter((size) => size > 0).length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

const units: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

/** `1234`, or `1.2MB` from engines that round. */
export function bytesOf(text: string): number {
  const [, number = '', unit = 'B'] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?i?B)?\s*$/i.exec(text) ?? [];
  return Math.round(Number(number) * (units[unit.toUpperCase()] ?? 1));
}
