/** The former official Java images: openjdk@da2d75fd and its history since 2014, when they were called `java`. */
import { DEFAULT_PATH, type Described, type Family, ROOT, type Seen, shellCommand, WWW_DATA } from '../family.ts';
import type { ImageConfig } from '../image.ts';
import type { Tag } from '../tag.ts';
import type { Layer } from '../tools.ts';
import { feature, javaTools, layerOf, merge } from './java.ts';

/** Deprecated since 2022-07. Debian tags keep Java under /usr/local, Oracle Linux tags under /usr/java. */
export const openjdk: Family = {
  id: 'openjdk',
  repositories: ['openjdk', 'java'],
  role: 'runtime+build',
  deprecated: 'eclipse-temurin',
  describe({ ref, tag, release }: Seen): Described | undefined {
    if (tag.windows) return undefined;
    const java = feature(tag.version);
    const jre = tag.words.includes('jre');
    const layer = openjdkLayer(ref.repository, tag, release);
    const full = layer.startsWith('buildpack');
    return {
      version: tag.version,
      variant: (jre ? 'jre' : 'jdk') + (tag.alpine ? '-alpine' : tag.slim ? '-slim' : ''),
      layer,
      config: {
        cmd: jre || java === undefined || Number(java) < 9 ? shellCommand(layer) : ['jshell'],
        env: openjdkEnv(java, layer, release),
      },
      configKnown:
        ref.repository === 'openjdk' &&
        java !== undefined &&
        Number(java) >= 8 &&
        layer !== 'unknown' &&
        (release !== undefined || layer === 'alpine'),
      users: layer === 'alpine' || layer === 'redhat' ? [ROOT] : [ROOT, WWW_DATA],
      ...merge(javaTools(java, jre), full ? ['unzip', 'bzip2', 'xz', 'unxz'] : []),
      role: jre ? 'runtime' : 'runtime+build',
    };
  },
};

function openjdkLayer(repository: string, tag: Tag, release: string | undefined): Layer {
  const layer = layerOf(tag, release, alwaysDebian(repository, tag) ? 'debian' : 'unknown');
  if (layer !== 'debian') return layer;
  if (tag.slim) return 'debian+certificates';
  return tag.words.includes('jre') ? 'buildpack-curl' : 'buildpack-scm';
}

/**
 * Tags of any day that were built on Debian whatever its release: `java`, slim tags, and what came before openjdk 12, which
 * was the first whose plain tag meant Oracle Linux (history of docker-library/openjdk).
 */
function alwaysDebian(repository: string, tag: Tag): boolean {
  const java = Number(feature(tag.version));
  return repository === 'java'
    ? !tag.alpine
    : tag.slim || (java < 12 && !tag.words.some((word) => /^oracle/.test(word)));
}

/** Before 2019-05 Java lay where Debian's packages put it, so a tag whose release is not known leaves its place open. */
function openjdkEnv(java: string | undefined, layer: Layer, release: string | undefined): ImageConfig['env'] {
  const home = layer === 'redhat' ? `/usr/java/openjdk-${java}` : `/usr/local/openjdk-${java}`;
  if (java === undefined || release === undefined || layer === 'unknown' || layer === 'alpine') {
    return { PATH: undefined, JAVA_HOME: undefined, LANG: 'C.UTF-8', JAVA_VERSION: undefined };
  }
  return { PATH: `${home}/bin:${DEFAULT_PATH}`, JAVA_HOME: home, LANG: 'C.UTF-8', JAVA_VERSION: undefined };
}
