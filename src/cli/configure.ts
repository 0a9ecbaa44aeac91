/** What configuration files make of a run, Dockerfile by Dockerfile. */
import path from 'node:path';
import { transforms } from '../../transforms/index.ts';
import type { MigrateChoice } from '../attempt.ts';
import type { Config } from '../config/config.ts';
import { type Found, findConfig, readFound } from '../config/find.ts';
import { configFault, configReason } from '../config/reasons.ts';
import { type Asked, settle } from '../config/settle.ts';
import { display, isInside, type Target } from '../discover.ts';
import type { Fault } from '../fault.ts';
import type { Transform } from '../transform.ts';
import { checkContext } from './context.ts';
import { isFault, type RunOptions } from './options.ts';
import { matchesAny } from './select.ts';

export type Configured =
  | {
      readonly kind: 'run';
      readonly choice: MigrateChoice;
      /** Absolute; `undefined`: no configuration names one. */
      readonly context: string | undefined;
    }
  | Extract<ReturnType<typeof settle>, { kind: 'leave' }>;

export type Configure = (target: Target) => Configured | Fault;

/** Reads the policy, and finds the configuration of a target when it is asked about. */
export function configurator(options: RunOptions, chosen: readonly Transform[], cwd: string): Configure | Fault {
  const policy =
    options.policy === undefined ? undefined : readFound(path.resolve(cwd, options.policy), options.policy);
  if (policy !== undefined && isFault(policy)) return policy;
  const named =
    typeof options.config === 'string' ? readFound(path.resolve(cwd, options.config), options.config) : undefined;
  if (named !== undefined && isFault(named)) return named;
  const asked = askedOf(options, chosen);
  const known = new Map<string, Found | Fault | undefined>();
  return (target) => {
    const directory = path.dirname(target.file);
    const found = options.config === false ? undefined : (named ?? remembered(known, directory, target, cwd));
    if (found !== undefined && isFault(found)) return found;
    return configured(target, found, policy?.config, asked, options);
  };
}

function askedOf({ selection, asked }: RunOptions, chosen: readonly Transform[]): Asked {
  const insisted = selection.only.length > 0 ? chosen : chosen.filter((each) => matchesAny(each, selection.with));
  return { ...asked, transforms: chosen, insisted: new Set(insisted.map(({ name }) => name)) };
}

function remembered(
  known: Map<string, Found | Fault | undefined>,
  directory: string,
  target: Target,
  cwd: string,
): Found | Fault | undefined {
  if (!known.has(directory)) {
    known.set(
      directory,
      findConfig(directory, target.root, (absolute) => display(cwd, absolute)),
    );
  }
  return known.get(directory);
}

function configured(
  target: Target,
  found: Found | undefined,
  policy: Config | undefined,
  asked: Asked,
  options: RunOptions,
): Configured | Fault {
  const relative = display(found?.directory ?? target.root, target.file);
  const settled = settle(asked, found?.config, policy, relative, transforms);
  if (!('kind' in settled) || settled.kind === 'leave') return settled;
  const choice = {
    transforms: settled.transforms,
    wishes: settled.wishes,
    target: options.target,
    limitMs: options.fileLimitMs,
  };
  if (settled.context === undefined || found === undefined) return { kind: 'run', choice, context: undefined };
  const { path: given, line } = settled.context;
  const context = path.resolve(found.directory, given);
  const shown = found.config.path;
  if (path.isAbsolute(given) || !isInside(context, target.root)) {
    return configFault(configReason('outside', { path: shown, line, key: 'context' }), shown, line);
  }
  return checkContext(context, given) ?? { kind: 'run', choice, context };
}
