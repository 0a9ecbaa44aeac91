/** The config of the image a stage builds: what a container gets without asking for anything. */

import { type BaseConfig, type Position, SCRATCH, walkStage } from './effective.ts';
import { duration } from './flags.ts';
import type { Dockerfile, Healthcheck, Run, Stage, Word } from './model.ts';
import { baseImage } from './stages.ts';
import { envValues, expandWord } from './variables.ts';

export type ContractKey =
  | 'FROM'
  | 'CMD'
  | 'ENTRYPOINT'
  | 'ENV'
  | 'EXPOSE'
  | 'LABEL'
  | 'WORKDIR'
  | 'USER'
  | 'VOLUME'
  | 'STOPSIGNAL'
  | 'SHELL'
  | 'HEALTHCHECK';

/** One variable or label; `undefined`: set, but its value is not known. */
export type Values = Readonly<Record<string, string | undefined>>;

export interface Contract {
  /** The external image, variables expanded; as written when that is not possible. */
  readonly from: string;
  /** Was the config of that image known? If not, fields that the file does not set hold `undefined`, maps miss its part. */
  readonly baseKnown: boolean;
  /** `undefined`: none, or the unknown one of the base; `[]`: none, whatever the base has. */
  readonly cmd: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly env: Values;
  /** `8080/tcp`, sorted. */
  readonly expose: readonly string[];
  /** Of the file's own stages: what the base image is labelled with is never known. */
  readonly labels: Values;
  readonly workdir: string | undefined;
  readonly user: string | undefined;
  readonly volumes: readonly string[];
  readonly stopsignal: string | undefined;
  /** `undefined`: no SHELL in the file. */
  readonly shell: readonly string[] | undefined;
  /** Test and timing in milliseconds; `['NONE']` switches one off; `undefined`: no HEALTHCHECK in the file. */
  readonly healthcheck: { readonly test: readonly string[]; readonly timing: Values } | undefined;
}

export interface ContractDifference {
  readonly field: ContractKey;
  readonly before: string;
  readonly after: string;
}

type Draft = { -readonly [K in keyof Contract]: Contract[K] };

/**
 * The contract of a stage, the stages it is built on included. `baseConfig` tells the config of an external image by its
 * reference, `undefined` when it does not know it.
 */
export function runtimeContract(
  file: Dockerfile,
  stage: Stage,
  baseConfig: (image: string) => BaseConfig | undefined,
): Contract {
  const image = baseImage(file, stage);
  const known = image === 'scratch' ? SCRATCH : image === undefined ? undefined : baseConfig(image);
  const positions = walkStage(file, stage, known);
  const draft = inherited(image ?? stage.from.image, known);
  const env = new Map(Object.entries(draft.env));
  const labels = new Map<string, string | undefined>();
  const expose = new Set(draft.expose);
  const volumes = new Set(draft.volumes);
  let ownCmd: Stage | undefined;
  for (const position of positions) {
    const { instruction, scope } = position;
    if (instruction.keyword === 'ENV') for (const [name, value] of envValues(instruction, scope)) env.set(name, value);
    else if (instruction.keyword === 'LABEL') {
      for (const [name, value] of envValues(instruction, scope)) labels.set(name, value);
    } else if (instruction.keyword === 'EXPOSE') for (const text of texts(position)) expose.add(port(text));
    else if (instruction.keyword === 'VOLUME') for (const text of texts(position)) volumes.add(text);
    else if (instruction.keyword === 'CMD') ownCmd = position.stage;
    apply(draft, position, ownCmd === position.stage);
  }
  const last = positions.at(-1);
  return {
    ...draft,
    env: Object.fromEntries(env),
    labels: Object.fromEntries(labels),
    expose: [...expose].sort(),
    volumes: [...volumes].sort(),
    workdir: last === undefined ? draft.workdir : last.workdir,
    user: last === undefined ? draft.user : last.user,
  };
}

function inherited(from: string, known: BaseConfig | undefined): Draft {
  return {
    from,
    baseKnown: known !== undefined,
    cmd: known?.cmd,
    entrypoint: known?.entrypoint,
    env: known?.env ?? {},
    expose: (known?.expose ?? []).map(port),
    labels: {},
    workdir: known === undefined ? undefined : (known.workdir ?? '/'),
    user: known?.user,
    volumes: known?.volume ?? [],
    stopsignal: known?.stopsignal,
    shell: undefined,
    healthcheck: undefined,
  };
}

/** `ownCmd`: this stage has had a CMD already, which its ENTRYPOINT then keeps. */
function apply(draft: Draft, position: Position, ownCmd: boolean): void {
  const { instruction, shell } = position;
  switch (instruction.keyword) {
    case 'CMD':
      draft.cmd = commandLine(instruction, shell);
      return;
    case 'ENTRYPOINT':
      draft.entrypoint = commandLine(instruction, shell);
      if (!ownCmd) draft.cmd = [];
      return;
    case 'SHELL':
      draft.shell = shell;
      return;
    case 'STOPSIGNAL':
      draft.stopsignal = texts(position)[0];
      return;
    case 'HEALTHCHECK':
      draft.healthcheck = check(instruction);
  }
}

function commandLine(instruction: Run, shell: readonly string[]): readonly string[] {
  return instruction.form === 'exec' ? values(instruction.argv ?? []) : [...shell, instruction.body.text];
}

function values(words: readonly Word[]): readonly string[] {
  return words.map((word) => word.value);
}

function check({ test, flags }: Healthcheck): Contract['healthcheck'] {
  if (test === undefined) return { test: ['NONE'], timing: {} };
  const command = test.form === 'exec' ? ['CMD', ...values(test.argv ?? [])] : ['CMD-SHELL', test.body.text];
  const timing = flags.filter((flag) => flag.value).map((flag) => [flag.name, timed(flag.name, flag.value ?? '')]);
  return { test: command, timing: Object.fromEntries(timing) };
}

function timed(name: string, value: string): string {
  return name === 'retries' ? String(Number(value)) : String(duration(value) ?? value);
}

/** Arguments of an instruction, expanded; a reference that cannot be resolved stays as written. */
function texts({ instruction, scope }: Position): readonly string[] {
  return 'words' in instruction ? instruction.words.map((word) => expandWord(word, scope).text) : [];
}

function port(text: string): string {
  return text.includes('/') ? text.toLowerCase() : `${text}/tcp`;
}

const FIELDS: Readonly<Record<ContractKey, (contract: Contract) => unknown>> = {
  FROM: (contract) => contract.from,
  CMD: (contract) => orBase(contract, contract.cmd),
  ENTRYPOINT: (contract) => orBase(contract, contract.entrypoint),
  ENV: (contract) => withBase(contract, sorted(contract.env)),
  EXPOSE: (contract) => withBase(contract, contract.expose),
  LABEL: (contract) => sorted(contract.labels),
  WORKDIR: (contract) => orBase(contract, contract.workdir),
  USER: (contract) => orBase(contract, contract.user),
  VOLUME: (contract) => withBase(contract, contract.volumes),
  STOPSIGNAL: (contract) => orBase(contract, contract.stopsignal),
  SHELL: (contract) => contract.shell,
  HEALTHCHECK: (contract) => contract.healthcheck && [contract.healthcheck.test, sorted(contract.healthcheck.timing)],
};

function orBase({ baseKnown, from }: Contract, value: unknown): unknown {
  if (Array.isArray(value) && value.length === 0) return undefined;
  return value ?? (baseKnown ? undefined : `whatever ${from} sets`);
}

function withBase({ baseKnown, from }: Contract, value: unknown): unknown {
  return baseKnown ? value : [value, `whatever ${from} sets`];
}

function sorted(map: Values): unknown {
  return Object.entries(map)
    .map(([name, value]) => [name, value ?? null])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

/**
 * The fields in which two contracts differ, in a fixed order, with both sides as JSON (`none` when not set). What an
 * unknown base contributes is equal only to what the same base contributes.
 */
export function contractDifferences(a: Contract, b: Contract): readonly ContractDifference[] {
  const keys = Object.keys(FIELDS) as ContractKey[];
  return keys.flatMap((field) => {
    const before = shown(FIELDS[field](a));
    const after = shown(FIELDS[field](b));
    return before === after ? [] : [{ field, before, after }];
  });
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
