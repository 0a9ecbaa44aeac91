/** One image from one staged variant, with any engine. */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { Reason } from '../answer.ts';
import { type BuildStep, buildLog } from './build-log.ts';
import type { Engine } from './engine.ts';
import type { Ledger } from './ledger.ts';
import { type Ended, runProgram, succeeded } from './process.ts';
import { verifyReason } from './reasons.ts';
import type { Staged } from './stage.ts';

/** Passed through to the engine as given. */
export interface BuildSettings {
  readonly buildArgs: readonly string[];
  readonly secrets: readonly string[];
  readonly ssh: readonly string[];
  readonly platform: string | undefined;
  readonly target: string | undefined;
  readonly network: string | undefined;
  readonly pull: boolean;
  /** Nothing that an earlier build left is used. */
  readonly noCache?: true;
  readonly timeLimitMs: number;
}

export interface Built {
  readonly kind: 'built';
  /** Reference of the image in the engine. */
  readonly image: string;
  readonly seconds: number;
  readonly steps: readonly BuildStep[];
}

export interface BuildFailure {
  readonly kind: 'failed';
  readonly reason: Reason;
  /** False when the cause lies outside the file: no network, no disk, no engine, a time limit. */
  readonly conclusive: boolean;
  readonly step: string | undefined;
  readonly tail: readonly string[];
}

export interface BuildCall {
  readonly engine: Engine;
  readonly settings: BuildSettings;
  readonly ledger: Ledger;
  readonly signal: AbortSignal | undefined;
  /** Each progress line of the engine. */
  readonly progress: (line: string) => void;
}

/** Every object this program makes in an engine carries it. */
export const label = 'dfmigrate.verify';

/** Builds; the image, when there is one, is in the ledger. */
export async function build(call: BuildCall, staged: Staged, image: string): Promise<Built | BuildFailure> {
  const { engine, settings, ledger } = call;
  const log = buildLog(engine.builder);
  const file = createWriteStream(path.join(staged.folder, 'build.log'));
  file.on('error', () => undefined);
  ledger.add({
    what: `image ${image}`,
    program: engine.program,
    args: ['rmi', ...(engine.name === 'nerdctl' ? [] : ['-f']), image],
  });
  const ended = await runProgram(
    {
      program: engine.program,
      args: buildArguments(engine, settings, staged, image),
      env: environmentOf(engine),
      timeLimitMs: settings.timeLimitMs,
    },
    {
      line: (line) => {
        log.line(line);
        file.write(`${line}\n`);
        call.progress(line);
      },
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    },
  );
  file.end();
  const seconds = Math.round(ended.milliseconds / 100) / 10;
  if (succeeded(ended)) return { kind: 'built', image, seconds, steps: log.steps() };
  return { kind: 'failed', ...causeOf(engine, ended, settings), ...failingStep(log.failing(), ended) };
}

/** The classic builder is chosen by the client's environment, and so is BuildKit where the client has it built in. */
function environmentOf(engine: Engine): Readonly<Record<string, string | undefined>> {
  if (engine.name !== 'docker' || engine.builder === 'buildah') return {};
  return { DOCKER_BUILDKIT: engine.builder === 'buildkit' ? '1' : '0', BUILDKIT_PROGRESS: 'plain' };
}

export function buildArguments(
  engine: Engine,
  settings: BuildSettings,
  staged: Staged,
  image: string,
): readonly string[] {
  const network = settings.network ?? engine.buildNetwork;
  const each = (flag: string, values: readonly string[]): readonly string[] => values.flatMap((value) => [flag, value]);
  return [
    'build',
    ...(engine.builder === 'buildkit' ? ['--progress=plain'] : []),
    // without it HEALTHCHECK and SHELL are dropped: the OCI format has no place for them
    ...(engine.builder === 'buildah' ? ['--format', 'docker', '--layers'] : []),
    ...(settings.pull ? [engine.builder === 'buildah' ? '--pull=always' : '--pull'] : []),
    ...(settings.noCache === true ? ['--no-cache'] : []),
    ...each('--network', network === undefined ? [] : [network]),
    ...each('--platform', settings.platform === undefined ? [] : [settings.platform]),
    ...each('--target', settings.target === undefined ? [] : [settings.target]),
    ...each('--build-arg', settings.buildArgs),
    ...each('--secret', settings.secrets),
    ...each('--ssh', settings.ssh),
    ...each('--label', [`${label}=1`]),
    '-t',
    image,
    '-f',
    staged.dockerfile,
    staged.context,
  ];
}

function failingStep(
  failing: ReturnType<ReturnType<typeof buildLog>['failing']>,
  ended: Ended,
): Pick<BuildFailure, 'step' | 'tail'> {
  const errors = ended.err.split('\n').filter((line) => line.trim() !== '' && !/^#\d+ |^-{4,}$/.test(line));
  const tail = failing === undefined || failing.tail.length === 0 ? errors.slice(-20) : failing.tail;
  return { step: failing?.name, tail };
}

const outside: readonly (readonly [
  RegExp,
  'build-no-engine' | 'build-no-space' | 'build-no-network' | 'build-no-permission',
])[] = [
  [/no space left on device|disk quota exceeded/i, 'build-no-space'],
  [
    /cannot connect to the docker daemon|error reading from server: EOF|rpc error: code = Unavailable|connection reset by peer.*docker\.sock/i,
    'build-no-engine',
  ],
  [/permission denied while trying to connect/i, 'build-no-permission'],
  [
    /temporary failure (?:in name resolution|resolving)|could not resolve host|EAI_AGAIN|getaddrinfo|ENOTFOUND|network is unreachable|no such host|i\/o timeout|TLS handshake timeout|network bridge not found|Name or service not known|dial tcp|context deadline exceeded|proxyconnect/i,
    'build-no-network',
  ],
];
/** Only in the builder's own words: a program that a RUN step does not find is "not found" too. */
const absentImage =
  /(?:failed to resolve source metadata for (?:docker\.io\/(?:library\/)?)?([\w./:@-]{1,200}?): [^\n]{0,300}(?:not found|manifest unknown)|pull access denied for ([\w./-]{1,200})|manifest for ([\w./:@-]{1,200}) not found|reading manifest [^\n]{1,300}manifest unknown)/i;
const needsBuildkit =
  /requires BuildKit|unknown flag: (?:mount|link|chmod|network|checksum|parents)|Unknown flag|unsupported frontend/i;

function causeOf(engine: Engine, ended: Ended, settings: BuildSettings): Pick<BuildFailure, 'reason' | 'conclusive'> {
  const open = (reason: Reason) => ({ reason, conclusive: false });
  if (ended.end.kind === 'time-limit')
    return open(verifyReason('build-time-limit', { seconds: Math.round(settings.timeLimitMs / 1000) }));
  if (ended.end.kind === 'interrupted') return open(verifyReason('interrupted'));
  if (ended.end.kind === 'missing') return open(verifyReason('engine-missing', { engine: engine.name }));
  const said = `${ended.err}\n${ended.out.slice(-64 * 1024)}`;
  const found = outside.find(([pattern]) => pattern.test(said));
  if (found !== undefined) return open(verifyReason(found[1], { engine: engine.name }));
  const image = absentImage.exec(said);
  if (image !== null)
    return {
      reason: verifyReason('build-no-image', { image: image[1] ?? image[2] ?? image[3] ?? 'a base image' }),
      conclusive: true,
    };
  if (engine.builder !== 'buildkit' && needsBuildkit.test(said)) return open(verifyReason('build-needs-buildkit'));
  return { reason: verifyReason('build-failed'), conclusive: true };
}
