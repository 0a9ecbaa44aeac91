/** The options of `dfmigrate verify`, declared and checked. */
import path from 'node:path';
import type { Command } from 'commander';
import { cliReason, type Fault, usage } from '../fault.ts';
import { type EngineName, engineNames } from '../verify/engine.ts';
import { type ProbeRequest, probeRequest } from '../verify/probe.ts';
import type { ProofSettings } from '../verify/prove.ts';
import { isFault } from './options.ts';

/** Option values as commander collects them; those that `run` has too come with the program's own. */
export interface RawVerifyOptions {
  readonly build?: boolean;
  readonly engine?: string;
  readonly buildArg?: readonly string[];
  readonly secret?: readonly string[];
  readonly ssh?: readonly string[];
  readonly platform?: string;
  readonly network?: string;
  readonly pull?: boolean;
  readonly run?: boolean;
  readonly probe?: readonly string[];
  readonly port?: readonly string[];
  readonly ready?: string;
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
  readonly compose?: readonly string[];
  readonly readOnly?: boolean;
  readonly rebuild?: boolean;
  readonly touch?: string;
  readonly bisect?: boolean;
  readonly before?: string;
  readonly compressed?: boolean;
  readonly keep?: boolean;
  readonly timeout?: string;
  readonly startTimeout?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export interface VerifyOptions {
  readonly paths: readonly string[];
  /** `undefined`: the static part only. */
  readonly proof: ProofSettings | undefined;
  readonly engine: EngineName | undefined;
  readonly compose: { readonly file: string; readonly service: string } | undefined;
  readonly bisect: boolean;
  /** The file to compare with, instead of migrating. */
  readonly before: string | undefined;
  readonly keep: boolean;
  readonly format: 'text' | 'json' | 'markdown';
}

/** Declares the command; `act` gets what was given. */
export function addVerifyCommand(
  program: Command,
  act: (paths: readonly string[], own: RawVerifyOptions) => Promise<void>,
): void {
  const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  program
    .command('verify')
    .description('prove the result: checked without an engine, and with --build built, started and compared')
    .argument('[paths...]', 'Dockerfiles, directories or quoted globs (default: .)')
    .option('--build', 'build the original and the result, start both and compare them')
    .option('--engine <name>', `${engineNames.join(', ')} (default: the first that answers)`)
    .option('--build-arg <name=value>', 'passed to both builds; repeatable', each)
    .option('--secret <spec>', 'passed to both builds; repeatable', each)
    .option('--ssh <spec>', 'passed to both builds; repeatable', each)
    .option('--platform <os/arch>', 'passed to both builds')
    .option('--network <mode>', 'network of the builds')
    .option('--pull', 'let the engine look for newer base images')
    .option('--no-run', 'build and compare the images, start nothing')
    .option('--probe <[METHOD:]/path>', 'a request both must answer the same (default GET:/); repeatable', each)
    .option('--port <number>', 'the port to wait for and to ask (default: those exposed); repeatable', each)
    .option('--ready <text>', 'ready when the log has this text, instead of when the port listens')
    .option('--env <name=value>', 'environment of both containers; repeatable', each)
    .option('--env-file <file>', 'environment of both containers; repeatable', each)
    .option('--compose <file service...>', 'start what that compose service depends on, and run in its place')
    .option('--read-only', 'start with a read-only root file system')
    .option('--rebuild', 'touch one source file and build both again: what stays cached?')
    .option('--touch <file>', 'that source file, relative to the build context')
    .option('--bisect', 'when it is broken, name the first step that breaks it')
    .option('--before <file>', 'compare the given Dockerfile with this one, instead of migrating it')
    .option('--compressed', 'measure the compressed size too (slow)')
    .option('--keep', 'leave images, containers and build logs for inspection')
    .option('--timeout <seconds>', 'for each build (default 1800)')
    .option('--start-timeout <seconds>', 'until a container is ready (default 60)')
    .option('--json', 'one JSON document')
    .option('--markdown', 'a table for a pull request')
    .action(act);
}

/** The checked options, or the first thing wrong with them. `target` is the program's `--target`. */
export function toVerifyOptions(
  raw: RawVerifyOptions,
  paths: readonly string[],
  format: string | undefined,
  target: string | undefined,
  cwd: string,
): VerifyOptions | Fault {
  const composed = toCompose(raw.compose, cwd);
  if (composed !== undefined && isFault(composed)) return composed;
  const engine = engineNames.find((name) => name === raw.engine);
  if (raw.engine !== undefined && engine === undefined)
    return usage(`--engine knows ${engineNames.join(', ')}, not "${raw.engine}"`);
  if (raw.bisect === true && raw.before !== undefined)
    return { reason: cliReason('conflict', { one: '--bisect', other: '--before' }), exit: 2 };
  const settings = toSettings(raw, target, cwd);
  if (isFault(settings)) return settings;
  const needy = onlyWithBuild.find(([, name]) => raw.build !== true && raw[name] !== undefined && raw[name] !== false);
  if (needy !== undefined) return usage(`${needy[0]} goes with --build`);
  return {
    paths: [...paths, ...(composed?.rest ?? [])],
    proof: raw.build === true ? settings : undefined,
    engine,
    compose: composed?.request,
    bisect: raw.bisect === true,
    before: raw.before,
    keep: raw.keep === true,
    format:
      raw.json === true || format === 'json'
        ? 'json'
        : raw.markdown === true || format === 'markdown'
          ? 'markdown'
          : 'text',
  };
}

const onlyWithBuild = [
  ['--bisect', 'bisect'],
  ['--rebuild', 'rebuild'],
  ['--probe', 'probe'],
  ['--compose', 'compose'],
  ['--engine', 'engine'],
  ['--keep', 'keep'],
] as const satisfies readonly (readonly [string, keyof RawVerifyOptions])[];

function toSettings(raw: RawVerifyOptions, target: string | undefined, cwd: string): ProofSettings | Fault {
  const timeLimitMs = seconds(raw.timeout, 1800);
  const startLimitMs = seconds(raw.startTimeout, 60);
  if (timeLimitMs === undefined || startLimitMs === undefined)
    return usage('a time limit is a number of seconds from 1 to 86400');
  const probes = (raw.probe ?? ['GET:/']).map(probeRequest);
  if (!probes.every((one): one is ProbeRequest => one !== undefined))
    return usage('--probe wants METHOD:/path, such as GET:/health');
  const ports = (raw.port ?? []).map(Number);
  if (!ports.every((port) => Number.isInteger(port) && port > 0 && port < 65536))
    return usage('--port wants a number from 1 to 65535');
  return {
    build: {
      buildArgs: raw.buildArg ?? [],
      secrets: raw.secret ?? [],
      ssh: raw.ssh ?? [],
      platform: raw.platform,
      target,
      network: raw.network,
      pull: raw.pull === true,
      timeLimitMs,
    },
    run:
      raw.run === false
        ? undefined
        : {
            probes,
            ports,
            readyLog: raw.ready,
            env: raw.env ?? [],
            envFiles: (raw.envFile ?? []).map((file) => path.resolve(cwd, file)),
            readOnly: raw.readOnly === true,
            network: undefined,
            startLimitMs,
            stopSeconds: 10,
          },
    rebuild: raw.rebuild === true || raw.touch !== undefined,
    touch: raw.touch,
    contents: true,
    compress: raw.compressed === true,
  };
}

function seconds(given: string | undefined, otherwise: number): number | undefined {
  const value = given === undefined ? otherwise : Number(given);
  return Number.isFinite(value) && value >= 1 && value <= 86_400 ? value * 1000 : undefined;
}

/** `--compose FILE SERVICE` takes two words; what follows them are paths again. */
function toCompose(
  words: readonly string[] | undefined,
  cwd: string,
): { request: NonNullable<VerifyOptions['compose']>; rest: readonly string[] } | undefined | Fault {
  if (words === undefined) return undefined;
  const [file, service, ...rest] = words;
  if (file === undefined || service === undefined) return usage('--compose wants a file and a service');
  return { request: { file: path.resolve(cwd, file), service }, rest };
}
