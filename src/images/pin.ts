/** A tag with a language version in place of one that floats. */
import type { ImageFacts } from './image.ts';
import { lookup, tagStatus } from './lookup.ts';
import { readTag } from './tag.ts';

/** Which language the version in a family's tags is of. */
const LANGUAGE_OF: Readonly<Record<string, string>> = {
  node: 'node',
  python: 'python',
  golang: 'golang',
  ruby: 'ruby',
  rust: 'rust',
  'eclipse-temurin': 'java',
  amazoncorretto: 'java',
  openjdk: 'java',
  maven: 'java',
  gradle: 'java',
};

/** The language whose version the tag leaves open (`node`, `python:slim`, `maven:3.9`); `undefined`: it leaves none open. */
export function floatingLanguage(base: ImageFacts): string | undefined {
  const tag = readTag(base.ref.tag);
  const language = Object.hasOwn(LANGUAGE_OF, base.family) ? LANGUAGE_OF[base.family] : undefined;
  if (language === undefined || base.ref.digest !== undefined) return undefined;
  if (base.family === 'maven' || base.family === 'gradle')
    return base.version === undefined && tag.words.every((word) => word === 'latest') ? language : undefined;
  const open = tag.version === undefined && tag.words.every((word) => word === 'latest' || isVariant(word));
  return open ? language : undefined;
}

/** What a tag says beside a version: `lts` and `current` are choices of their own. */
function isVariant(word: string): boolean {
  return /^(slim|alpine[\d.]*|bullseye|bookworm|trixie|buster|noble|jammy|jdk|jre)$/.test(word);
}

/** The same image with this version in its tag; `undefined`: no such tag is known to exist. */
export function pinned(base: ImageFacts, version: string): ImageFacts | undefined {
  const tag = readTag(base.ref.tag);
  const name = base.ref.text.split('@')[0]?.replace(/:[^/:]*$/, '') ?? '';
  const image = `${name}:${tagWith(
    base,
    version,
    tag.version,
    tag.words.filter((word) => word !== 'latest'),
  )}`;
  return tagStatus(image) === 'exists' ? lookup(image) : undefined;
}

function tagWith(base: ImageFacts, version: string, own: string | undefined, words: readonly string[]): string {
  if (base.family === 'maven') return `${own ?? '3'}-eclipse-temurin-${version}`;
  if (base.family === 'gradle') return own === undefined ? `jdk${version}` : `${own}-jdk${version}`;
  return [version, ...words].join('-');
}
