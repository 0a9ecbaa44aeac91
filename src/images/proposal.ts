/** A counterpart before it is known that its tag exists. */
import type { ImageFacts } from './image.ts';

export interface Proposal {
  readonly image: string;
  readonly because: string;
}

/** What stands before the repository name in the user's reference: `public.ecr.aws/docker/library/`, `docker.io/`. */
export function prefixOf(base: ImageFacts): string {
  const { text } = base.ref;
  const name = text.split('@')[0]?.replace(/:[^/:]*$/, '') ?? text;
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  return /(^|\/)library\/$/.test(folder) || folder === 'docker.io/' || folder === 'mirror.gcr.io/' ? folder : '';
}

export function itself(base: ImageFacts, why: string): readonly Proposal[] {
  return [{ image: base.ref.text, because: `${base.ref.text} ${why}` }];
}
