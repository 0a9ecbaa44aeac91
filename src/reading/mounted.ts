/** What compose mounts into the final image from the host: files there keep their owner, whoever runs in the container. */
import type { Evidence } from '../answer.ts';
import { hostedVolumes } from '../project/hosted.ts';
import type { ComposeService } from '../project/project.ts';
import { isWithin } from './commands.ts';
import type { Reading } from './reading.ts';

export interface Mounted {
  /** Absolute path in the container. */
  readonly path: string;
  readonly evidence: Evidence;
}

/** Everybody may write there, and a volume without a name is a new one for each container. */
const openToAll = new Set(['/tmp', '/var/tmp']);

/** The first volume that keeps its files, and their owner, when the container is made anew: of the image, compose or the host. */
export function keptVolume({
  contract,
  project,
}: Reading): { readonly path: string; readonly evidence: readonly Evidence[] } | undefined {
  const declared = contract.volumes.find((path) => !openToAll.has(path));
  if (declared !== undefined) return { path: declared, evidence: [] };
  for (const { volumes } of project.services()) {
    const named = volumes.find(({ kind }) => kind === 'named');
    if (named !== undefined) return { path: named.target, evidence: [] };
  }
  const [hosted] = hostedVolumes(project);
  return hosted === undefined
    ? undefined
    : { path: hosted.target, evidence: [{ file: hosted.file, says: `mounts a volume at ${hosted.target}` }] };
}

type Volume = ComposeService['volumes'][number];

/**
 * The first bind mount where the program writes, of a service that pulls its image: no service builds it, and that one keeps
 * the data of the program.
 */
export function mountedData(reading: Reading, writes: readonly string[]): (Mounted & Pick<Volume, 'kind'>) | undefined {
  if (reading.project.services().length > 0) return undefined;
  for (const { file, name, volumes } of reading.project.pulled()) {
    const volume = volumes.find(
      ({ kind, readOnly, target }) =>
        kind !== 'anonymous' && readOnly !== true && target !== '/' && writes.some((path) => isWithin(path, target)),
    );
    if (volume !== undefined) {
      const says = `service ${name} mounts ${volume.source ?? ''}:${volume.target}`;
      return { path: volume.target, kind: volume.kind, evidence: { file, says } };
    }
  }
  return undefined;
}

/**
 * The first bind mount that the program may want to write to: data that is not of the project, a socket, or a place where one
 * of `writes` lies, or a file in one of them. Mounts of the project's own sources over their copies, read-only ones, settings
 * and `/etc` are none.
 */
export function mountedForWriting(reading: Reading, writes: readonly string[]): Mounted | undefined {
  for (const { file, name, volumes } of reading.project.services()) {
    const volume = volumes.find(
      (one) =>
        one.kind === 'bind' &&
        one.readOnly !== true &&
        (hostData(reading, one) || writes.some((path) => isWithin(path, one.target) || isFileIn(reading, one, path))),
    );
    if (volume !== undefined)
      return {
        path: volume.target,
        evidence: { file, says: `service ${name} mounts ${volume.source ?? ''}:${volume.target}` },
      };
  }
  return undefined;
}

const settings = /\.(env|json|ya?ml|toml|conf|cfg|ini|properties|pem|crt|key|xml|js|ts|py|sh)$|\.env[.\w-]*$/i;

/** A database or session that Git keeps, mounted over its copy in a directory that is written. */
function isFileIn({ project }: Reading, { place, target }: Volume, directory: string): boolean {
  return isWithin(target, directory) && !settings.test(target) && place !== undefined && project.kind(place) === 'file';
}

/** A `place` outside of the context is none where the same is copied to the same place. */
function hostData({ project, copies }: Reading, { place, target }: Volume): boolean {
  if (isWithin(target, '/etc') || settings.test(target)) return false;
  if (place === undefined) return true;
  if (place.startsWith('..')) return !copies.some((copy) => copy.from === undefined && copy.target === target);
  return place !== '' && project.kind(place) === undefined;
}
