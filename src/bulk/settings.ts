/** What a bulk run does with every repository, decided before the first one is opened. */
import { createHash } from 'node:crypto';
import type { Fault } from '../fault.ts';
import type { Migration } from '../migration.ts';
import type { Hide } from '../report/document.ts';
import type { FileResult } from '../report/report.ts';
import type { Digest } from './journal.ts';
import type { Source } from './sources.ts';
import type { WorkerChoice } from './task.ts';

/** Where changes go; without any of them a run is a plan. */
export interface Sinks {
  readonly branch: { readonly name: string; readonly squash: boolean; readonly push: boolean } | undefined;
  /** Absolute. */
  readonly patches: string | undefined;
  readonly inPlace: boolean;
}

export interface Settings {
  readonly version: string;
  readonly choice: WorkerChoice;
  readonly sinks: Sinks;
  /** `Name <address>`, author and committer of every commit. */
  readonly committer: string;
  readonly fileLimitMs: number;
  /** `undefined`: by where the repository lies. */
  readonly repoLimitMs: number | undefined;
  /** Absolute. */
  readonly cacheDirectory: string;
  readonly cloneConcurrency: number;
  readonly hide: Hide;
  readonly timings: boolean;
  /** Exit code of a run with these faults and migrations alone. */
  readonly exitCode: (faults: readonly Fault[], migrations: readonly Migration[]) => number;
  /** Migrates and writes a work tree where it lies. */
  readonly migrateInPlace: (source: Source) => Promise<InPlaceResult>;
}

export interface InPlaceResult {
  readonly results: readonly FileResult[];
  readonly faults: readonly Fault[];
  readonly notes: readonly { readonly path: string; readonly reason: Fault['reason'] }[];
  /** Why configurations leave Dockerfiles alone; among the notes too. */
  readonly optedOut: readonly Fault['reason'][];
}

export function digestOf(value: unknown): Digest {
  return `sha256:${createHash('sha256').update(JSON.stringify(value), 'utf8').digest('hex')}`;
}

/** Everything beside a repository that decides its result. */
export function configDigest(settings: Settings): Digest {
  const { choice, sinks, committer } = settings;
  const branch =
    sinks.branch === undefined ? null : [sinks.branch.name, sinks.branch.squash, sinks.branch.push, committer];
  return digestOf([choice, branch, sinks.patches !== undefined, sinks.inPlace]);
}

/** Equal for equal inputs: a repository whose key is in the journal need not be done again. */
export function repositoryKey(settings: Settings, repo: string, base: string | undefined): Digest {
  return digestOf([repo, base ?? null, settings.version, configDigest(settings)]);
}

/** What the commits of a branch carry: the same wherever and however the repository is named. */
export function commitKey(settings: Settings, base: string): Digest {
  return digestOf([base, settings.version, settings.choice]);
}
