/** Volumes that a host mounts into the container, as its settings file beside the project says. */
import { posix } from 'node:path';
import type { Project } from './project.ts';

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
      return read(text, (path) => isOurs(project, path)).map((target) => ({ file, target }));
    }),
  );
}

type Reader = (text: string, isOurs: (dockerfile: string) => boolean) => readonly string[];

const hosts: readonly { readonly is: RegExp; readonly read: Reader }[] = [
  { is: /^fly(\.[\w-]+)*\.toml$/, read: flyMounts },
  { is: /^render\.ya?ml$/, read: renderDisks },
  { is: /^railway\.(toml|json)$/, read: railwayMounts },
];

function isOurs({ dockerfile }: Project, path: string): boolean {
  return dockerfile === undefined || posix.basename(path) === posix.basename(dockerfile);
}

function flyMounts(text: string, isOwn: (path: string) => boolean): readonly string[] {
  const other = /^\s*dockerfile\s*=\s*["']([^"']+)["']/m.exec(text)?.[1];
  if (other !== undefined && !isOwn(other)) return [];
  return text
    .split(/^\s*(?=\[)/m)
    .filter((section) => /^\[\[?\s*mounts\s*\]/.test(section))
    .flatMap((section) => absolute(/^\s*destination\s*=\s*["']([^"']+)["']/m.exec(section)?.[1]));
}

/** Each service of a blueprint is one entry that starts with some key behind `- `; `type` is one of its keys. */
function renderDisks(text: string, isOwn: (path: string) => boolean): readonly string[] {
  return text.split(/^(?= {0,4}- )/m).flatMap((service) => {
    const other = /^[\s-]*dockerfilePath:\s*["']?([^"'\s#]+)/m.exec(service)?.[1];
    if (other !== undefined && !isOwn(other)) return [];
    return absolute(/^[\s-]*mountPath:\s*["']?([^"'\s#]+)/m.exec(service)?.[1]);
  });
}

function railwayMounts(text: string): readonly string[] {
  return absolute(/\brequiredMountPath["']?\s*[:=]\s*["']([^"']+)["']/.exec(text)?.[1]);
}

function absolute(path: string | undefined): readonly string[] {
  return path?.startsWith('/') === true ? [posix.normalize(path).replace(/(?<=.)\/$/, '')] : [];
}
