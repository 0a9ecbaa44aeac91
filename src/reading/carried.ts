/** Files of the build context that stand in a stage, one by one: what a program there may read. */
import { posix } from 'node:path';
import type { Stage } from '../dockerfile/model.ts';
import { contextMounts } from '../dockerfile/mount.ts';
import { expand } from '../dockerfile/variables.ts';
import type { Artifact } from '../ecosystems/ecosystem.ts';
import { isWithin } from './commands.ts';
import { isRemote, type PlacedCopy } from './origins.ts';
import type { Reading } from './reading.ts';

/** A file of the context in the image and where it stands in the image. */
export interface CarriedFile {
  readonly context: string;
  readonly path: string;
  readonly copy: PlacedCopy;
}

/** Files that COPY brings from the context into these stages; `undefined`: they cannot be listed. */
export function carriedFiles(reading: Reading, stages: readonly Stage[]): readonly CarriedFile[] | undefined {
  const found: CarriedFile[] = [];
  for (const copy of reading.copies) {
    if (copy.from !== undefined || !stages.includes(copy.position.stage)) continue;
    if (!copy.complete) return undefined;
    for (const origin of copy.origins) {
      if (origin.kind !== 'directory') {
        found.push({ context: origin.source, path: origin.path, copy });
        continue;
      }
      const files = reading.project.files(origin.source);
      if (files === undefined) return undefined;
      for (const file of files) {
        if (reading.project.sends(file))
          found.push({ context: file, path: posix.join(origin.path, posix.relative(origin.source, file)), copy });
      }
    }
  }
  return found;
}

/** What a COPY of a stage names and the context does not have: whoever builds brings it, and it will stand in the image. */
export function absentSources(
  { copies, project }: Reading,
  stage: Stage,
): readonly { readonly source: string; readonly line: number }[] {
  return copies
    .filter((copy) => copy.from === undefined && copy.position.stage === stage)
    .flatMap(({ instruction, position }) =>
      instruction.sources
        .map((word) => expand(word.value, position.scope))
        .filter(({ complete, text }) => complete && !isRemote(text) && project.matches(text).length === 0)
        .map(({ text }) => ({ source: text, line: instruction.firstLine })),
    );
}

/** Leaves out what lies in another one, in path order. */
export function outermost(artifacts: readonly Artifact[]): readonly Artifact[] {
  const directories = artifacts.filter((one) => one.kind === 'directory');
  return artifacts
    .filter((one, index) => artifacts.findIndex((other) => other.path === one.path) === index)
    .filter((one) => !directories.some((other) => other.path !== one.path && one.path.startsWith(`${other.path}/`)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A COPY takes a directory of the context in which the ignore pattern may match, or a RUN mounts one. */
export function bringsMatches({ commands, copies }: Reading, pattern: string): boolean {
  const around = (source: string) => source === '' || pattern.includes('*') || isWithin(pattern, source);
  return (
    commands.flatMap(({ instruction }) => contextMounts(instruction)).some(around) ||
    copies.some(
      ({ from, complete, origins }) =>
        from === undefined && (!complete || origins.some(({ kind, source }) => kind === 'directory' && around(source))),
    )
  );
}
