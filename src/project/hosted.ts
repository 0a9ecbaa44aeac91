/** Volumes that a host mounts into the container, as its settings file beside the project says. */
import { posix } from 'node:path';
import type { Project } from './project.ts';
import { type Mapping, mapping, parseJson, parseToml, parseYaml, sequence } from './structured.ts';

export interface HostedVolume {
  /** Settings file, relative to the context. */
  readonly file: string;
  /** Absolute path in the container. */
  readonly target: string;
}

/**
 * Volumes of Fly.io (`[mounts] destination`, fly.io/docs/reference/configuration), disks of Render (`disk.mountPath`,
 * render.com/docs/blueprint-spec) and Railway (`requiredMountPath`). They are mounted with root as their owner. Settings that
 * name another Dockerfile do not count; the files lie at the root of the context or beside the Dockerfile.
 */
export function hostedVolumes(project: Project): readonly HostedVolume[] {
  const beside = posix.dirname(project.dockerfile ?? 'Dockerfile').replace(/^\.$/, '');
  return [...new Set(['', beside])].flatMap((directory) =>
    project.list(directory).flatMap((name) => {
      const file = posix.join(directory, name);
      const read = hosts.find(({ is }) => is.test(name))?.read;
      const text = read === undefined ? undefined : project.read(file);
      if (read === undefined || text === undefined) return [];
      return read(text, (path) => isOurs(project, path))
        .flatMap(absolute)
        .map((target) => ({ file, target }));
    }),
  );
}

/** Settings that name no Dockerfile mean the one that is there. */
function isOurs({ dockerfile }: Project, path: unknown): boolean {
  return dockerfile === undefined || typeof path !== 'string' || posix.basename(path) === posix.basename(dockerfile);
}

type Reader = (text: string, isOurs: (dockerfile: unknown) => boolean) => readonly unknown[];

const hosts: readonly { readonly is: RegExp; readonly read: Reader }[] = [
  { is: /^fly(\.[\w-]+)*\.toml$/, read: (text, isOurs) => flyMounts(mapping(parseToml(text)), isOurs) },
  { is: /^render\.ya?ml$/, read: (text, isOurs) => renderDisks(mapping(parseYaml(text)), isOurs) },
  { is: /^railway\.toml$/, read: (text) => railwayMounts(mapping(parseToml(text))) },
  { is: /^railway\.json$/, read: (text) => railwayMounts(mapping(parseJson(text))) },
];

/** `[mounts]` is one table or a list of them. */
function flyMounts(settings: Mapping | undefined, isOurs: (dockerfile: unknown) => boolean): readonly unknown[] {
  if (!isOurs(mapping(settings?.['build'])?.['dockerfile'])) return [];
  return [settings?.['mounts']].flat().map((mount) => mapping(mount)?.['destination']);
}

function renderDisks(settings: Mapping | undefined, isOurs: (dockerfile: unknown) => boolean): readonly unknown[] {
  return sequence(settings?.['services'])
    .map((service) => mapping(service))
    .filter((service) => isOurs(service?.['dockerfilePath']))
    .map((service) => mapping(service?.['disk'])?.['mountPath']);
}

function railwayMounts(settings: Mapping | undefined): readonly unknown[] {
  return [mapping(settings?.['deploy'])?.['requiredMountPath']];
}

function absolute(path: unknown): readonly string[] {
  return typeof path === 'string' && path.startsWith('/') ? [posix.normalize(path).replace(/(?<=.)\/$/, '')] : [];
}
