/** What a configuration makes of a run for one Dockerfile: which transforms, which wishes, or nothing at all. */
import { posix } from 'node:path';
import type { Reason } from '../answer.ts';
import type { Fault } from '../fault.ts';
import { nearest } from '../nearest.ts';
import type { Transform, Wishes } from '../transform.ts';
import { fits } from '../wildcard.ts';
import type { Config, Patterns, Settings } from './config.ts';
import { pathFits } from './path-pattern.ts';
import { configFault, configReason } from './reasons.ts';

/** What the command line says; `undefined` and `[]` where it says nothing. */
export interface Asked {
  /** Selected already, in pipeline order. */
  readonly transforms: readonly Transform[];
  /** Names that the command line gave itself: a repository does not take them back. */
  readonly insisted: ReadonlySet<string>;
  readonly runtime: Wishes['runtime'] | undefined;
  readonly healthcheck: Wishes['healthcheck'] | undefined;
  readonly user: Wishes['user'];
}

export type Settled =
  | {
      readonly kind: 'run';
      readonly transforms: readonly Transform[];
      readonly wishes: Wishes;
      readonly context: Settings['context'];
    }
  | { readonly kind: 'leave'; readonly reason: Reason };

/**
 * `path` is the Dockerfile relative to the directory of `config`. The policy wins over the command line, the command line over
 * the repository; a repository only takes transforms away. `all`: every transform there is, to tell a misspelt name.
 */
export function settle(
  asked: Asked,
  config: Config | undefined,
  policy: Config | undefined,
  path: string,
  all: readonly Transform[],
): Settled | Fault {
  const own = config === undefined ? undefined : settingsFor(config, path);
  const operator = policy === undefined ? undefined : settingsFor(policy, path);
  for (const [settings, file] of [
    [own, config],
    [operator, policy],
  ] as const) {
    if (settings === undefined || file === undefined) continue;
    const problem = misspelt(settings, file.path, all);
    if (problem !== undefined) return problem;
    if (settings.enabled !== false) continue;
    const why = settings.reason === undefined ? '' : `: ${settings.reason}`;
    return { kind: 'leave', reason: configReason('disabled', { path: file.path, why }) };
  }
  const kept = asked.transforms
    .filter((transform) => asked.insisted.has(transform.name) || allows(own, transform))
    .filter((transform) => allows(operator, transform));
  if (kept.length === 0 && asked.transforms.length > 0) {
    return { kind: 'leave', reason: configReason('nothing-left', { path: (config ?? policy)?.path ?? '' }) };
  }
  return {
    kind: 'run',
    transforms: kept,
    wishes: {
      runtime: operator?.runtime ?? asked.runtime ?? own?.runtime ?? 'auto',
      healthcheck: operator?.healthcheck ?? asked.healthcheck ?? own?.healthcheck ?? 'auto',
      user: operator?.user ?? asked.user ?? own?.user,
    },
    context: own?.context,
  };
}

/** The settings of a file for one path; later overrides win, `only` and `skip` of all that match are taken together. */
function settingsFor(config: Config, path: string): Settings {
  const named = posix.normalize(path);
  if (config.exclude.some((pattern) => pathFits(named, pattern)))
    return { ...config, enabled: false, reason: 'excluded' };
  const matching = config.overrides.filter(({ files }) => files.some((pattern) => pathFits(named, pattern)));
  return matching.reduce<Settings>(
    (before, over) => ({
      enabled: over.enabled ?? before.enabled,
      only: over.only ?? before.only,
      skip: together(before.skip, over.skip),
      runtime: over.runtime ?? before.runtime,
      healthcheck: over.healthcheck ?? before.healthcheck,
      user: over.user ?? before.user,
      context: over.context ?? before.context,
      reason: over.enabled === undefined ? before.reason : over.reason,
    }),
    config,
  );
}

function together(one: Patterns | undefined, other: Patterns | undefined): Patterns | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { line: other.line, patterns: [...one.patterns, ...other.patterns] };
}

function allows(settings: Settings | undefined, transform: Transform): boolean {
  if (settings === undefined) return true;
  const only = settings.only === undefined || matches(transform, settings.only.patterns);
  return only && (settings.skip === undefined || !matches(transform, settings.skip.patterns));
}

function matches({ name, tags }: Transform, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.startsWith('tag:') ? tags.some((tag) => fits(tag, pattern.slice(4))) : fits(name, pattern),
  );
}

function misspelt(settings: Settings, path: string, all: readonly Transform[]): Fault | undefined {
  for (const given of [settings.only, settings.skip]) {
    const id = given?.patterns.find((pattern) => !all.some((transform) => matches(transform, [pattern])));
    if (given === undefined || id === undefined) continue;
    const near = nearest(
      id,
      all.map(({ name }) => name),
    );
    const fault = configFault(configReason('unknown-transform', { path, line: given.line, id }), path, given.line);
    return near === undefined ? fault : { ...fault, hints: [`did you mean "${near}"?`] };
  }
  return undefined;
}
