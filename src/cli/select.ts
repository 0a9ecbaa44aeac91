/** Which transforms a run uses: ids, `tag:x` and globs over the list, always in pipeline order. */
import { cliReason, type Fault } from '../fault.ts';
import { nearest } from '../nearest.ts';
import type { Transform } from '../transform.ts';
import { fits } from '../wildcard.ts';
import { isFault, type Selection } from './options.ts';

/** The selected transforms; a misspelt id or a pattern without any match is a fault. */
export function select(transforms: readonly Transform[], selection: Selection): readonly Transform[] | Fault {
  const { only, skip, until } = selection;
  for (const pattern of [...only, ...skip, ...selection.with, ...(until === undefined ? [] : [until])]) {
    const fault = unmatched(pattern, transforms);
    if (fault !== undefined) return fault;
  }
  const last = until === undefined ? transforms.length - 1 : transforms.findIndex(({ name }) => name === until);
  if (last < 0) return { reason: cliReason('unknown-transform', { id: until ?? '' }), exit: 2 };
  const wanted = (transform: Transform): boolean =>
    (only.length > 0 ? matchesAny(transform, only) : transform.default) || matchesAny(transform, selection.with);
  const chosen = transforms.filter(
    (transform, index) => index <= last && wanted(transform) && !matchesAny(transform, skip),
  );
  if (chosen.length > 0) return chosen;
  const pattern = [
    ...only,
    ...skip.map((each) => `not ${each}`),
    ...(until === undefined ? [] : [`until ${until}`]),
  ].join(', ');
  return { reason: cliReason('nothing-selected', { pattern }), exit: 2 };
}

/** A transform by its id, or what the user may have meant. */
export function byName(transforms: readonly Transform[], id: string): Transform | Fault {
  return transforms.find(({ name }) => name === id) ?? unknownTransform(id, transforms);
}

function unmatched(pattern: string, transforms: readonly Transform[]): Fault | undefined {
  if (transforms.some((transform) => matches(transform, pattern))) return undefined;
  if (!isPattern(pattern)) {
    const found = byName(transforms, pattern);
    return isFault(found) ? found : undefined;
  }
  const tag = pattern.startsWith('tag:')
    ? nearest(
        pattern.slice(4),
        transforms.flatMap(({ tags }) => tags),
      )
    : undefined;
  return {
    reason: cliReason('nothing-selected', { pattern }),
    exit: 2,
    hints: tag === undefined ? [] : [`did you mean "tag:${tag}"?`],
  };
}

function unknownTransform(id: string, transforms: readonly Transform[]): Fault {
  const near = nearest(
    id,
    transforms.map(({ name }) => name),
  );
  return {
    reason: cliReason('unknown-transform', { id }),
    exit: 2,
    hints: near === undefined ? [] : [`did you mean "${near}"?`],
  };
}

/** Does one of the patterns mean this transform? */
export function matchesAny(transform: Transform, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(transform, pattern));
}

function matches(transform: Transform, pattern: string): boolean {
  if (pattern.startsWith('tag:')) return transform.tags.some((tag) => fits(tag, pattern.slice(4)));
  return fits(transform.name, pattern);
}

function isPattern(text: string): boolean {
  return text.startsWith('tag:') || /[*?]/.test(text);
}
