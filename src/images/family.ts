/** How a family of images is described: from a tag to what the image contains and starts. */
import type { ImageRef } from '../dockerfile/image-ref.ts';
import type { ImageConfig, ImageFacts, ImageUser } from './image.ts';
import type { Tag } from './tag.ts';
import type { Layer } from './tools.ts';

export interface Described {
  readonly version: string | undefined;
  readonly variant: string;
  readonly layer: Layer;
  /** OS of the tag when neither the tag nor the table says it. */
  readonly release?: string | undefined;
  readonly config: Partial<ImageConfig>;
  readonly configKnown: boolean;
  readonly users: readonly ImageUser[];
  /** Programs the image adds to its layer, and those it is known to lack or to leave open. */
  readonly adds: readonly string[];
  readonly lacks?: readonly string[];
  readonly open?: readonly string[];
  readonly role?: ImageFacts['role'];
  readonly shell?: boolean;
}

export interface Seen {
  readonly ref: ImageRef;
  readonly tag: Tag;
  /** OS release from the tag or the table. */
  readonly release: string | undefined;
}

export interface Family {
  readonly id: string;
  /** Repositories as `lookup` normalises them: `node`, `gcr.io/distroless/static`; a trailing `/*` takes all below. */
  readonly repositories: readonly string[];
  readonly role: ImageFacts['role'];
  /** Product in the end-of-life table. */
  readonly product?: string;
  readonly deprecated?: string;
  /** `undefined`: this repository or tag is nothing the catalogue knows (Windows, unknown variant). */
  describe(seen: Seen): Described | undefined;
}

/** The PATH that Debian, Ubuntu and Alpine images set. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function user(name: string, uid: number, gid = uid, home: string | undefined = `/home/${name}`): ImageUser {
  return { name, uid, gid, home };
}

export const ROOT: ImageUser = user('root', 0, 0, '/root');

/** `www-data` of Debian's base-passwd. */
export const WWW_DATA: ImageUser = user('www-data', 33, 33, '/var/www');

/** The user that Ubuntu images have since 24.04, as far as the release is known to be such. */
export function ubuntuUsers(release: string | undefined): readonly ImageUser[] {
  const has = ['noble', 'oracular', 'plucky', 'questing', 'resolute', 'stonking'].includes(release ?? '');
  return has ? [ROOT, WWW_DATA, user('ubuntu', 1000)] : [ROOT, WWW_DATA];
}

/** The shell that an OS layer starts when nothing else is set: Debian and Ubuntu `bash`, Alpine `/bin/sh`. */
export function shellCommand(layer: Layer): readonly string[] | undefined {
  if (layer === 'alpine') return ['/bin/sh'];
  if (layer === 'ubuntu' || layer === 'amazon' || layer === 'redhat') return ['/bin/bash'];
  return layer === 'none' || layer === 'unknown' ? undefined : ['bash'];
}
