/** Two image configs, field by field, against what the steps of a migration declared that they change. */
import { redact } from '../report/redact.ts';
import type { ContractField } from '../transform.ts';
import { label as ownLabel } from './build.ts';
import type { ImageConfig } from './image.ts';

export interface ConfigDifference {
  readonly field: ContractField;
  /** Name within ENV or LABEL, member of EXPOSE or VOLUME. */
  readonly name: string | undefined;
  /** `undefined`: not set. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /**
   * `declared`: a step said that it changes this field; `base`: it came with the old base image, which a step replaced;
   * `undeclared`: nobody said so.
   */
  readonly standing: 'declared' | 'base' | 'undeclared';
}

/** What the Dockerfile itself sets; everything else in the old image came with its base. */
export interface OwnNames {
  readonly env: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  readonly expose: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
}

type Draft = Omit<ConfigDifference, 'standing'>;

/** Differences in a fixed order; `declared` are the fields that the applied steps declare. */
export function configDifferences(
  before: ImageConfig,
  after: ImageConfig,
  declared: ReadonlySet<ContractField>,
  own: OwnNames,
): readonly ConfigDifference[] {
  const drafts: readonly Draft[] = [
    single('CMD', json(before.cmd), json(after.cmd)),
    single('ENTRYPOINT', json(before.entrypoint), json(after.entrypoint)),
    named('ENV', before.env, after.env),
    named('EXPOSE', members(before.expose), members(after.expose)),
    named('LABEL', withoutOwn(before.labels), withoutOwn(after.labels)),
    single('WORKDIR', before.workdir, after.workdir),
    single('USER', before.user || undefined, after.user || undefined),
    named('VOLUME', members(before.volumes), members(after.volumes)),
    single('STOPSIGNAL', before.stopsignal, after.stopsignal),
    single('SHELL', json(before.shell), json(after.shell)),
    single('HEALTHCHECK', healthcheckText(before), healthcheckText(after)),
  ].flat();
  return drafts.map((draft) => ({ ...draft, standing: standingOf(draft, declared, own) }));
}

function standingOf(
  { field, name }: Draft,
  declared: ReadonlySet<ContractField>,
  own: OwnNames,
): ConfigDifference['standing'] {
  const sets = { ENV: own.env, LABEL: own.labels, EXPOSE: own.expose, VOLUME: own.volumes };
  const inFile = field in sets && name !== undefined && sets[field as keyof typeof sets].has(name);
  // a base image's labels describe that image, so they change with it
  if (declared.has('FROM') && name !== undefined && !inFile) return 'base';
  return declared.has(field) ? 'declared' : 'undeclared';
}

function single(field: ContractField, before: string | undefined, after: string | undefined): readonly Draft[] {
  return before === after ? [] : [{ field, name: undefined, before, after }];
}

function named(
  field: ContractField,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly Draft[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, next] = [own(before, name), own(after, name)];
    return old === next ? [] : [{ field, name, before: old, after: next }];
  });
}

function own(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function members(list: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(list.map((item) => [item, item]));
}

function json(list: readonly string[]): string | undefined {
  return list.length === 0 ? undefined : JSON.stringify(list);
}

function withoutOwn(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => name !== ownLabel && !name.startsWith('io.buildah.')),
  );
}

/** As an instruction would say it. */
function healthcheckText({ healthcheck }: ImageConfig): string | undefined {
  if (healthcheck === undefined) return undefined;
  const { test, timing } = healthcheck;
  const [kind = '', ...words] = test;
  const flags = [
    ['interval', timing.interval],
    ['timeout', timing.timeout],
    ['start-period', timing.startPeriod],
  ] as const;
  return [
    ...flags.flatMap(([name, nanoseconds]) => (nanoseconds === 0 ? [] : [`--${name}=${nanoseconds / 1e9}s`])),
    ...(timing.retries === 0 ? [] : [`--retries=${timing.retries}`]),
    'CMD',
    kind === 'CMD-SHELL' ? words.join(' ') : JSON.stringify(words),
  ].join(' ');
}

/** A value as it may be shown: secrets by name are hidden. */
export function shownValue(name: string | undefined, value: string | undefined): string {
  if (value === undefined) return 'none';
  return name === undefined ? redact(value) : redact(`${name}=${value}`).slice(name.length + 1);
}
