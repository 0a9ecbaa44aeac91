/** All families, and which of them a repository belongs to. */
import type { ImageRef } from '../dockerfile/image-ref.ts';
import { bun, deno, distroless, dotnet, uv } from './families/foreign.ts';
import { adoptOpenJdk, corretto, gradle, maven, sapmachine, temurin, tomcat, zulu } from './families/java.ts';
import { composer, golang, php, plainLanguages, python, ruby, rust } from './families/languages.ts';
import { node } from './families/node.ts';
import { openjdk } from './families/openjdk.ts';
import { appEnginePython, pypy } from './families/pythons.ts';
import { caddy, httpd, nginx, nginxUnprivileged } from './families/servers.ts';
import { alpine, amazonLinux, buildpackDeps, busybox, debian, scratch, ubuntu } from './families/systems.ts';
import type { Family } from './family.ts';

const FAMILIES: readonly Family[] = [
  ...[node, python, pypy, appEnginePython, golang, rust, ruby, php, composer, ...plainLanguages],
  ...[temurin, maven, gradle, corretto, zulu, sapmachine, openjdk, adoptOpenJdk, tomcat],
  ...[nginx, nginxUnprivileged, httpd, caddy],
  ...[debian, ubuntu, alpine, amazonLinux, buildpackDeps, busybox, scratch],
  ...[distroless, dotnet, bun, deno, uv],
];

const BY_REPOSITORY = new Map(FAMILIES.flatMap((family) => family.repositories.map((name) => [name, family] as const)));

/** Registries that serve the official images under another name, with the folder they keep them in. */
const MIRRORS: readonly (readonly [string, string])[] = [
  ['docker.io', ''],
  ['registry-1.docker.io', 'library/'],
  ['public.ecr.aws', 'docker/library/'],
  ['mirror.gcr.io', 'library/'],
  ['mirror.gcr.io', ''],
  ['mcr.microsoft.com', 'mirror/docker/library/'],
];

/** The family of a reference and the official name behind a mirror; `undefined`: nothing the catalogue knows. */
export function familyOf(ref: ImageRef): { readonly family: Family; readonly repository: string } | undefined {
  for (const repository of namesOf(ref)) {
    const family = BY_REPOSITORY.get(repository) ?? BY_REPOSITORY.get(repository.replace(/[^/]+$/, '*'));
    if (family !== undefined) return { family, repository };
  }
  return undefined;
}

function namesOf(ref: ImageRef): readonly string[] {
  const mirrored = MIRRORS.flatMap(([registry, folder]) =>
    ref.registry === registry && ref.repository.startsWith(folder) ? [ref.repository.slice(folder.length)] : [],
  );
  return [...mirrored, `${ref.registry}/${ref.repository}`];
}

export function familyById(id: string): Family | undefined {
  return FAMILIES.find((family) => family.id === id);
}
