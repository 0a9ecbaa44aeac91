/**
 * Tags that name no OS release move to a newer one (base images follow Debian's and Alpine's releases). What is linked in such
 * an image needs the C library of that day, so an image it runs on must name the release in both stages.
 */
import type { ImageFacts } from './image.ts';
import { tagStatus } from './lookup.ts';
import { readTag, type Tag } from './tag.ts';
import { published } from './tag-table.ts';

/** May the tag be built on another OS release tomorrow? Tags that left the official list are frozen. */
export function floats(base: ImageFacts): boolean {
  const tag = readTag(base.ref.tag);
  if (base.ref.digest !== undefined || base.release === undefined || tag.release !== undefined || tag.dated)
    return false;
  if (base.role === 'os') return false;
  return published(base.family, tag.text)?.removed === undefined;
}

/** The same image with its present OS release in the tag; `undefined`: no such tag is known to exist. */
export function dated(base: ImageFacts): string | undefined {
  if (base.release === undefined) return undefined;
  const image = `${repositoryOf(base.ref.text)}:${withRelease(readTag(base.ref.tag), base.release)}`;
  return tagStatus(image) === 'exists' ? image : undefined;
}

function repositoryOf(reference: string): string {
  return reference.replace(/:[^/:]*$/, '');
}

function withRelease(tag: Tag, release: string): string {
  if (tag.alpine) return tag.text.replace(/(^|-)alpine$/, `$1${release}`);
  return tag.text === 'latest' ? release : `${tag.text}-${release}`;
}
