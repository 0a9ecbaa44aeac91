/** What is in force at every instruction of a stage: working directory, user, shell, variables. */
import { posix } from 'node:path';
import type { Dockerfile, Instruction, Stage, Word } from './model.ts';
import { baseImage, lineage } from './stages.ts';
import { type Expanded, expandWord, openScope, type Scope, scopeAfter } from './variables.ts';

/** An image's own config, as far as it reaches into what is built on it. */
export interface BaseConfig {
  readonly entrypoint: readonly string[] | undefined;
  readonly cmd: readonly string[] | undefined;
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  /** Value `undefined`: the name is set, the value is not known. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly expose: readonly string[];
  readonly volume: readonly string[];
  readonly stopsignal: string | undefined;
}

export interface Position {
  readonly instruction: Instruction;
  /** The stage it is written in. */
  readonly stage: Stage;
  /** Absolute, without trailing slash, the effect of this instruction included; `undefined`: depends on something unknown. */
  readonly workdir: string | undefined;
  /**
   * As USER says, the effect of this instruction included; a variable that cannot be resolved stays as written
   * (`$APP_USER`). `undefined`: nothing sets one, or the base is not known.
   */
  readonly user: string | undefined;
  /** What runs the shell forms. */
  readonly shell: readonly string[];
  /** What the arguments of this instruction are expanded with: its own ENV or ARG not yet. */
  readonly scope: Scope;
}

export const DEFAULT_SHELL: readonly string[] = ['/bin/sh', '-c'];

/** BuildKit's `PATH` for Linux images that set none, and the config of `scratch`. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const SCRATCH: BaseConfig = {
  entrypoint: undefined,
  cmd: undefined,
  user: undefined,
  workdir: '/',
  env: { PATH: DEFAULT_PATH },
  expose: [],
  volume: [],
  stopsignal: undefined,
};

/**
 * Every instruction behind FROM of the stages this one is built on, and of itself, in the order they take effect.
 * `base`: config of the external image, `undefined` when it is not known (`scratch` always is).
 */
export function walkStage(file: Dockerfile, stage: Stage, base: BaseConfig | undefined): readonly Position[] {
  const config = base ?? (baseImage(file, stage) === 'scratch' ? SCRATCH : undefined);
  const found: Position[] = [];
  let scope = openScope(file.escape, config?.env ?? {});
  let state: Omit<Position, 'instruction' | 'stage' | 'scope'> = {
    workdir: config === undefined ? undefined : posix.resolve('/', config.workdir ?? '/'),
    user: config?.user,
    shell: DEFAULT_SHELL,
  };
  for (const member of lineage(file, stage)) {
    for (const instruction of member.instructions) {
      state = after(state, instruction, scope);
      found.push({ ...state, instruction, stage: member, scope });
      scope = scopeAfter(file, scope, instruction);
    }
  }
  return found;
}

/** The variables an instruction of a stage is expanded with. `baseEnv`: those of the external image, if known. */
export function scopeAt(
  file: Dockerfile,
  stage: Stage,
  instruction: Instruction,
  baseEnv: BaseConfig['env'] = {},
): Scope {
  const positions = walkStage(file, stage, { ...SCRATCH, env: baseEnv });
  const found = positions.find((position) => position.instruction === instruction);
  return found?.scope ?? openScope(file.escape, baseEnv);
}

type State = Pick<Position, 'workdir' | 'user' | 'shell'>;

function after(state: State, instruction: Instruction, scope: Scope): State {
  switch (instruction.keyword) {
    case 'WORKDIR':
      return { ...state, workdir: resolved(state.workdir, only(instruction.words, scope)) };
    case 'USER':
      return { ...state, user: only(instruction.words, scope).text };
    case 'SHELL':
      return { ...state, shell: (instruction.argv ?? []).map((word) => word.value) };
    default:
      return state;
  }
}

function only(words: readonly Word[], scope: Scope): Expanded {
  const word = words[0];
  return word === undefined ? { text: '', complete: false } : expandWord(word, scope);
}

function resolved(from: string | undefined, { text, complete }: Expanded): string | undefined {
  if (!complete || (from === undefined && !text.startsWith('/'))) return undefined;
  return posix.resolve('/', from ?? '/', text);
}
