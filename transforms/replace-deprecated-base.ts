import type { Reason } from '../src/answer.ts';
import type { Edit } from '../src/dockerfile/edit.ts';
import { replacementFor } from '../src/reading/replacement.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: a base whose image is no longer built => the image that took its place, with the same language release.
 * Safe because: release, JDK or JRE and C library stay; every program that is run is there too; packages have the same name;
 * nothing names a place where only the old image keeps its installation.
 * Refuses when: the tag does not say the release, packages come from another package manager, platforms would be lost, or
 * something that is run or named is not in the new image.
 * Leaves alone: images that are still built, and images pinned by digest.
 */
export const replaceDeprecatedBase = defineTransform({
  name: 'replace-deprecated-base',
  summary: 'build on the image that took the place of a deprecated one',
  tags: ['security'],
  default: false,
  mends: true,
  changes: ['FROM', 'ENV', 'ENTRYPOINT'],
  reasons: {
    'not-deprecated': 'no base image is known to be deprecated',
    'digest-pinned': {
      says: '{image} is pinned by digest, which only its owner may change',
      settle: 'write a tag of {family}',
    },
    'written-with-variable': {
      says: 'the name of the base in line {line} is put together from arguments',
      settle: 'write the whole image into the ARG or into FROM',
    },
    'version-unknown': {
      says: 'the tag of {image} does not say which release of the language it has',
      settle: 'write the release into the tag',
    },
    'none-built': {
      says: 'no image of {family} with the release and the C library of {image} is built any more',
      settle: 'move the program to a release that is maintained',
    },
    replaced: '{from} → {image}: {because}',
    'newer-update': 'the release stays {version}; its updates since {from} come with the new image',
  },
  run(reading, explain) {
    const edits: Edit[] = [];
    const because: Reason[] = [];
    const open: Reason[] = [];
    const notes: Reason[] = [];
    for (const stage of reading.reachable) {
      const base = reading.baseOf(stage);
      const { from } = stage;
      if (base?.deprecated === undefined || reading.file.stages.some((one) => one.name === from.image.toLowerCase()))
        continue;
      const family = base.deprecated;
      const ground = { at: from.imageSpan };
      const found = replacementFor(reading, stage, base);
      if (base.ref.digest !== undefined) open.push(explain('digest-pinned', { image: from.image, family }, ground));
      else if (from.image.includes('$')) open.push(explain('written-with-variable', { line: from.firstLine }, ground));
      else if (!/^\d/.test(base.version ?? '')) open.push(explain('version-unknown', { image: from.image }, ground));
      else if (found === undefined) open.push(explain('none-built', { family, image: from.image }, ground));
      else if ('code' in found) open.push(found);
      else {
        edits.push({ span: from.imageSpan, text: found.image });
        because.push(explain('replaced', { from: from.image, image: found.image, because: found.because }, ground));
        const version = /^\d+/.exec(base.version ?? '')?.[0] ?? '';
        if (version !== base.version) notes.push(explain('newer-update', { version, from: base.version ?? '' }));
      }
    }
    if (edits.length > 0) return { kind: 'change', edits, because, notes: [...notes, ...open] };
    return open[0] === undefined ? done(explain('not-deprecated')) : refuse(open[0]);
  },
});
