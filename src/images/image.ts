/** What is known about a base image without pulling it. Facts come from `data/`, each with its source there. */

import type { ImageRef } from '../dockerfile/image-ref.ts';

export type Libc = 'glibc' | 'musl' | 'none';
export type PackageManager = 'apt' | 'apk' | 'dnf' | 'microdnf' | 'yum' | 'none';
/** `unknown` is honest: it means the table does not say. */
export type Presence = 'present' | 'absent' | 'unknown';

/** What the image's own config gives every container and every stage built on it. */
export interface ImageConfig {
  readonly entrypoint: readonly string[] | undefined;
  readonly cmd: readonly string[] | undefined;
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  /** Value `undefined`: the name is set, the value is not known here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly expose: readonly string[];
  readonly volume: readonly string[];
  readonly stopsignal: string | undefined;
}

export interface ImageUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string | undefined;
}

export interface ImageFacts {
  readonly ref: ImageRef;
  /** Family id of the catalogue: `node`, `eclipse-temurin`, `debian`, `distroless`, `scratch`. */
  readonly family: string;
  /** What the tag says of the language version (`20`, `3.12.4`, `21`); `undefined`: the tag does not say. For maven/gradle the JDK. */
  readonly version: string | undefined;
  /** `bookworm`, `noble`, `alpine3.20`, `debian13` for distroless; `undefined`: not known. */
  readonly release: string | undefined;
  readonly variant: string;
  readonly libc: Libc | undefined;
  readonly packageManager: PackageManager | undefined;
  readonly config: ImageConfig;
  /** Does the config table of this family hold for this tag? False: `config` is the best guess and proves nothing. */
  readonly configKnown: boolean;
  readonly users: readonly ImageUser[];
  /** May a Dockerfile run commands in it (has `/bin/sh`)? */
  readonly shell: boolean;
  readonly role: 'runtime' | 'build-only' | 'runtime+build' | 'os';
  /** Ended product or release, with the date (ISO) and where that is written. */
  readonly endOfLife: { readonly what: string; readonly date: string; readonly source: string } | undefined;
  /** `deprecated` families (openjdk): what replaces them. */
  readonly deprecated: string | undefined;
  readonly size: { readonly compressedBytes: number; readonly source: string; readonly date: string } | undefined;
  readonly platforms: readonly string[] | undefined;
  /** Is this program on PATH in the image? */
  has(tool: string): Presence;
}

export type Flavour = 'slim' | 'alpine' | 'distroless' | 'scratch';

/** What the files copied into a runtime stage need of its base image. */
export type RuntimeKind =
  /** The same interpreter, at the same version and path, that the build image has (node, python, ruby, php). */
  | 'same-language'
  | 'jre'
  /** A dynamically linked program of the build image's libc. */
  | 'native'
  /** Needs nothing: no libc, no loader. */
  | 'static'
  /** Only files. */
  | 'files';

export interface Counterpart {
  readonly image: string;
  readonly facts: ImageFacts;
  readonly flavour: Flavour;
  readonly because: string;
}

export type TagStatus = 'exists' | 'never-existed' | 'unknown';

export type PackageClass = 'build' | 'runtime' | 'both' | 'tool' | 'unknown';
export interface PackageFacts {
  readonly name: string;
  readonly class: PackageClass;
  /** Packages to install instead at run time (`libpq-dev` → `libpq5`) on that release; `[]`: nothing; `undefined`: not known. */
  readonly runtime: readonly string[] | undefined;
  /** Programs a `tool` package brings: kept at run time only when one of them is used. */
  readonly commands: readonly string[];
  /** That release has no package of the name, nor a single one in its place, so an install of it fails. */
  readonly gone?: true;
}

export interface Images {
  /** `undefined`: not in the catalogue (private or unknown image, or a reference with unexpanded variables). */
  lookup(image: string): ImageFacts | undefined;
  tagStatus(image: string): TagStatus;
  /**
   * Images to run what `base` built, best first, for the wished flavour; only tags known to exist, same language version;
   * same libc family and OS release for `slim`. Empty: none is known.
   */
  counterparts(base: ImageFacts, kind: RuntimeKind, flavour: Flavour): readonly Counterpart[];
  /**
   * Does the tag leave the OS release open, so that tomorrow's image may have another? Then `dated` is the same image with
   * today's release in its tag, or `undefined` when no such tag is known to exist.
   */
  floating(base: ImageFacts): { readonly dated: string | undefined } | undefined;
  /** What an OS package is, for the release of an image (`bookworm`, `alpine3.20`). */
  osPackage(name: string, release: string | undefined, manager: PackageManager): PackageFacts;
  /** Commands that create a system user and group in an image of this kind; `undefined`: none can be run there. */
  createUser(image: ImageFacts, user: { readonly name: string; readonly uid: number }): readonly string[] | undefined;
}
