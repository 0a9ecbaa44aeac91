/** Java images: adoptium/containers@d8d18d67, corretto-docker@7075fec, docker-maven@0170c5b, docker-gradle@528a647. */
import {
  DEFAULT_PATH,
  type Described,
  type Family,
  ROOT,
  type Seen,
  shellCommand,
  ubuntuUsers,
  user,
} from '../family.ts';
import type { ImageConfig, ImageUser } from '../image.ts';
import { releaseOf } from '../release.ts';
import { major, type Tag } from '../tag.ts';
import type { Layer } from '../tools.ts';

const JRE_TOOLS = ['java', 'keytool', 'rmiregistry'];
const JDK_ONLY = ['javac', 'jar', 'javadoc', 'jps', 'jstack', 'jcmd', 'jmap', 'jdeps'];
const SINCE_9 = ['jshell', 'jlink', 'jmod'];

/** Feature release that the tag states; `undefined` for `latest` and the like. */
export function feature(version: string | undefined): string | undefined {
  return major(version)?.toString();
}

export function javaTools(java: string | undefined, jre: boolean): Pick<Described, 'adds' | 'lacks' | 'open'> {
  if (jre) return { adds: JRE_TOOLS, lacks: [...JDK_ONLY, ...SINCE_9] };
  const adds = [...JRE_TOOLS, ...JDK_ONLY];
  if (java === undefined) return { adds, open: SINCE_9 };
  return Number(java) >= 9 ? { adds: [...adds, ...SINCE_9] } : { adds, lacks: SINCE_9 };
}

export function merge(
  tools: Pick<Described, 'adds' | 'lacks' | 'open'>,
  adds: readonly string[],
  open: readonly string[] = [],
) {
  return { adds: [...tools.adds, ...adds], lacks: tools.lacks ?? [], open: [...(tools.open ?? []), ...open] };
}

/** The layer of an OS release as the table names it. */
export function layerOf(tag: Tag, release: string | undefined, fallback: Layer): Layer {
  if (tag.alpine) return 'alpine';
  const distro = releaseOf(release)?.distro;
  if (distro === 'debian') return 'debian';
  if (distro === 'ubuntu' || distro === 'alpine' || distro === 'amazon') return distro;
  if (distro === 'oracle' || distro === 'ubi') return 'redhat';
  return tag.words.some((word) => /^(ubi|centos|oracle|alma|windows|nanoserver)/.test(word)) ? 'unknown' : fallback;
}

/** Environment that every Temurin image sets; maven, gradle and tomcat images inherit it. */
function temurinEnv(): Readonly<Record<string, string | undefined>> {
  return {
    PATH: `/opt/java/openjdk/bin:${DEFAULT_PATH}`,
    JAVA_HOME: '/opt/java/openjdk',
    LANG: 'en_US.UTF-8',
    LANGUAGE: 'en_US:en',
    LC_ALL: 'en_US.UTF-8',
    JAVA_VERSION: undefined,
  };
}

function temurinExtras(layer: Layer): { readonly adds: readonly string[]; readonly open: readonly string[] } {
  const entrypoint = '__cacert_entrypoint.sh';
  if (layer === 'alpine')
    return { adds: [entrypoint, 'openssl', 'gpg', 'update-ca-certificates', 'fc-list'], open: [] };
  if (layer === 'ubuntu') {
    return {
      adds: [entrypoint, 'curl', 'wget', 'openssl', 'update-ca-certificates', 'locale-gen', 'fc-list'],
      open: ['gpg'],
    };
  }
  return { adds: [entrypoint, 'wget', 'tar', 'gzip'], open: [] };
}

export const temurin: Family = {
  id: 'eclipse-temurin',
  repositories: ['eclipse-temurin'],
  role: 'runtime+build',
  product: 'eclipse-temurin',
  describe({ tag, release }: Seen): Described | undefined {
    if (tag.windows) return undefined;
    const java = feature(tag.version);
    const jre = tag.words.includes('jre');
    const layer = layerOf(tag, release, 'ubuntu');
    const extras = temurinExtras(layer);
    const jshell = java === undefined || Number(java) >= 9;
    return {
      version: tag.version,
      variant: (jre ? 'jre' : 'jdk') + (tag.alpine ? '-alpine' : ''),
      layer,
      config: {
        entrypoint: ['/__cacert_entrypoint.sh'],
        cmd: jre || !jshell ? shellCommand(layer) : ['jshell'],
        env: temurinEnv(),
      },
      configKnown: layer === 'ubuntu' || layer === 'alpine',
      users: layer === 'ubuntu' ? ubuntuUsers(release) : [ROOT],
      ...merge(javaTools(java, jre), extras.adds, extras.open),
      role: jre ? 'runtime' : 'runtime+build',
    };
  },
};

const VENDOR = /(?:^|-)(eclipse-temurin|adoptopenjdk|amazoncorretto|sapmachine|ibm-?\w+|openjdk|jdk)(?:-(\d+))?\b/;

/** `3.9-eclipse-temurin-21-alpine`: the vendor and the JDK follow the Maven version. */
export function mavenJdk(tag: Tag): { readonly vendor: string; readonly java: string | undefined } {
  const match = VENDOR.exec(tag.text);
  return { vendor: match?.[1] ?? 'eclipse-temurin', java: tag.words.includes('openj9') ? undefined : match?.[2] };
}

export const maven: Family = {
  id: 'maven',
  repositories: ['maven'],
  role: 'build-only',
  describe({ tag, release }: Seen): Described | undefined {
    if (tag.windows) return undefined;
    const { vendor, java } = mavenJdk(tag);
    const temurin = vendor === 'eclipse-temurin';
    const layer = mavenLayer(tag, release, vendor, java);
    const lang = /^(openjdk|jdk|amazoncorretto)$/.test(vendor) ? 'C.UTF-8' : undefined;
    const own = vendor === 'adoptopenjdk' ? 'en_US.UTF-8' : lang;
    const inherited = temurin ? temurinEnv() : { PATH: undefined, JAVA_HOME: undefined, LANG: own };
    return {
      version: java,
      ...(vendor === 'openjdk' && java === '17' && !tag.slim ? { release: 'oraclelinux8' } : {}),
      variant: (temurin ? 'jdk' : `jdk-${vendor}`) + (tag.alpine ? '-alpine' : ''),
      layer,
      config: {
        entrypoint: ['/usr/local/bin/mvn-entrypoint.sh'],
        cmd: ['mvn'],
        env: { ...inherited, MAVEN_HOME: '/usr/share/maven', MAVEN_CONFIG: '/root/.m2' },
      },
      configKnown: temurin,
      users: layer === 'ubuntu' ? ubuntuUsers(release) : [ROOT],
      ...merge(
        javaTools(java, false),
        ['mvn', 'curl', 'git', 'bash', ...(layer === 'alpine' ? [] : ['update-ca-certificates', 'openssl'])],
        [
          ...['ssh', 'gpg', 'unzip', 'ps', 'procps'],
          ...(temurin ? [] : ['wget']),
          ...(layer === 'alpine' ? ['openssl', 'update-ca-certificates'] : []),
        ],
      ),
      ...(temurin && layer === 'ubuntu' ? withWget(java) : {}),
    };
  },
};

/** Images on openjdk: Debian up to Java 11; Java 17 came on Oracle Linux 8 (docker-maven@0170c5b, openjdk@da2d75fd). */
function mavenLayer(tag: Tag, release: string | undefined, vendor: string, java: string | undefined): Layer {
  if (vendor === 'eclipse-temurin') return layerOf(tag, release, 'ubuntu');
  if (vendor === 'amazoncorretto') return layerOf(tag, release, tag.words.includes('debian') ? 'debian' : 'amazon');
  if (vendor !== 'openjdk' && vendor !== 'jdk') return layerOf(tag, release, 'unknown');
  if (java !== undefined && Number(java) <= 11)
    return layerOf(tag, release, tag.slim ? 'debian+certificates' : 'buildpack-scm');
  if (java === '17' && vendor === 'openjdk') return layerOf(tag, release, tag.slim ? 'debian+certificates' : 'redhat');
  return layerOf(tag, release, 'unknown');
}

function withWget(java: string | undefined) {
  return merge(
    javaTools(java, false),
    ['mvn', 'curl', 'wget', 'git', 'bash', 'update-ca-certificates', 'openssl', 'ssh'],
    ['gpg', 'unzip'],
  );
}

/** JDK of `8.7-jdk21-alpine`; `undefined` for tags that float it. */
export function gradleJdk(tag: Tag): string | undefined {
  return /(?:^|-)jdk(\d+)(?:-|$)/.exec(tag.text)?.[1];
}

export const gradle: Family = {
  id: 'gradle',
  repositories: ['gradle'],
  role: 'build-only',
  product: 'gradle',
  describe({ tag, release }: Seen): Described | undefined {
    const java = gradleJdk(tag);
    const other = tag.words.some((word) => /^(ubi|corretto|graal|openj9)/.test(word));
    const layer = other ? 'unknown' : layerOf(tag, release, 'ubuntu');
    const added: readonly string[] = ['gradle', 'unzip', 'wget', 'git', 'hg', 'svn', 'ssh', 'curl', 'bash'];
    return {
      version: java,
      variant: `jdk${tag.alpine ? '-alpine' : ''}`,
      layer,
      config: {
        entrypoint: ['/__cacert_entrypoint.sh'],
        cmd: ['gradle'],
        user: 'root',
        workdir: '/home/gradle',
        volume: ['/home/gradle/.gradle'],
        env: { ...temurinEnv(), GRADLE_HOME: '/opt/gradle', GRADLE_VERSION: undefined },
      },
      configKnown: !other,
      users: [ROOT, user('gradle', 1000)],
      ...merge(javaTools(java, false), added, ['openssl', 'gpg', 'python3', 'make', 'perl', 'update-ca-certificates']),
    };
  },
};

export const corretto: Family = {
  id: 'amazoncorretto',
  repositories: ['amazoncorretto', 'public.ecr.aws/amazoncorretto/amazoncorretto'],
  role: 'runtime+build',
  product: 'amazon-corretto',
  describe({ tag, release }: Seen): Described {
    const java = feature(tag.version);
    const layer = layerOf(tag, release, 'amazon');
    const jre = tag.words.some((word) => word === 'jre' || word === 'headless' || word === 'headful');
    const kind = jre ? (tag.words.find((word) => /^(jre|headless|headful)$/.test(word)) ?? 'jre') : 'jdk';
    return {
      version: tag.version,
      variant: kind + (tag.alpine ? '-alpine' : ''),
      layer,
      config: { cmd: shellCommand(layer), env: correttoEnv(java, tag.alpine, kind) },
      configKnown: java !== undefined,
      users: [ROOT],
      ...javaTools(java, jre),
      role: jre ? 'runtime' : 'runtime+build',
    };
  },
};

function correttoEnv(java: string | undefined, alpine: boolean, kind: string): ImageConfig['env'] {
  if (alpine) {
    return {
      PATH: `${DEFAULT_PATH}:/usr/lib/jvm/default-jvm/bin`,
      JAVA_HOME: '/usr/lib/jvm/default-jvm',
      LANG: 'C.UTF-8',
    };
  }
  const name =
    java === '8' ? `java-1.8.0-amazon-corretto${kind === 'jre' ? '/jre' : ''}` : `java-${java}-amazon-corretto`;
  return {
    PATH: DEFAULT_PATH,
    JAVA_HOME: java === undefined || java === '8' ? undefined : `/usr/lib/jvm/${name}`,
    LANG: 'C.UTF-8',
  };
}

export const zulu: Family = {
  id: 'azul-zulu',
  repositories: ['azul-zulu', 'azul/zulu-openjdk', 'azul/zulu-openjdk-alpine', 'azul/zulu-openjdk-debian'],
  role: 'runtime+build',
  product: 'azul-zulu',
  describe({ ref, tag, release }: Seen): Described {
    const alpine = tag.alpine || ref.repository.endsWith('-alpine');
    const java = feature(tag.version);
    const jre = tag.words.some((word) => word.startsWith('jre'));
    const layer = alpine ? 'alpine' : layerOf(tag, release, 'unknown');
    return {
      version: tag.version,
      variant: (jre ? 'jre' : 'jdk') + (alpine ? '-alpine' : ''),
      layer,
      config: { env: { PATH: undefined, JAVA_HOME: undefined } },
      configKnown: false,
      users: [ROOT],
      ...javaTools(java, jre),
      role: jre ? 'runtime' : 'runtime+build',
    };
  },
};

export const sapmachine: Family = {
  id: 'sapmachine',
  repositories: ['sapmachine'],
  role: 'runtime+build',
  describe({ tag, release }: Seen): Described {
    const jre = tag.words.some((word) => word.startsWith('jre'));
    const layer = layerOf(tag, release, 'ubuntu');
    return {
      version: tag.version,
      variant: (jre ? 'jre' : 'jdk') + (tag.alpine ? '-alpine' : ''),
      layer,
      config: { env: { PATH: undefined, JAVA_HOME: undefined } },
      configKnown: false,
      users: layer === 'ubuntu' ? ubuntuUsers(release) : [ROOT],
      ...javaTools(feature(tag.version), jre),
      role: jre ? 'runtime' : 'runtime+build',
    };
  },
};

/** JDK or JRE of `10.1-jre17-temurin-jammy`. */
export function tomcatJava(tag: Tag): { readonly java: string | undefined; readonly jre: boolean } {
  const match = /(?:^|-)(jdk|jre)(\d+)(?:-|$)/.exec(tag.text);
  return { java: match?.[2], jre: match?.[1] === 'jre' };
}

export const tomcat: Family = {
  id: 'tomcat',
  repositories: ['tomcat'],
  role: 'runtime',
  product: 'tomcat',
  describe({ tag, release }: Seen): Described {
    const { java, jre } = tomcatJava(tag);
    const users: readonly ImageUser[] = ubuntuUsers(release);
    const layer = layerOf(tag, release, 'ubuntu');
    return {
      version: tag.version,
      variant: jre ? 'jre' : 'jdk',
      layer,
      config: {
        entrypoint: [],
        cmd: ['catalina.sh', 'run'],
        workdir: '/usr/local/tomcat',
        expose: ['8080'],
        env: {
          ...temurinEnv(),
          PATH: `/usr/local/tomcat/bin:/opt/java/openjdk/bin:${DEFAULT_PATH}`,
          CATALINA_HOME: '/usr/local/tomcat',
          TOMCAT_NATIVE_LIBDIR: '/usr/local/tomcat/native-jni-lib',
          LD_LIBRARY_PATH: '/usr/local/tomcat/native-jni-lib',
          TOMCAT_VERSION: undefined,
        },
      },
      configKnown: layer === 'ubuntu' && !tag.words.some((word) => word === 'openjdk' || word === 'corretto'),
      users,
      ...merge(
        javaTools(java, jre),
        ['catalina.sh', 'startup.sh', 'curl', 'wget', 'openssl', 'update-ca-certificates'],
        ['gpg'],
      ),
    };
  },
};

/**
 * Ended 2021-08, Temurin took its place (AdoptOpenJDK/openjdk-docker@047540bb, official-images library/adoptopenjdk): Ubuntu
 * with Java where Temurin has it. OpenJ9 is another machine, and the Alpine tags carry a glibc of their own: not described.
 */
export const adoptOpenJdk: Family = {
  id: 'adoptopenjdk',
  repositories: ['adoptopenjdk', ...['8', '11', '14', '15', '16'].map((java) => `adoptopenjdk/openjdk${java}`)],
  role: 'runtime+build',
  deprecated: 'eclipse-temurin',
  describe({ ref, tag }: Seen): Described | undefined {
    const plain = tag.words.every((word) => /^(jdk|jre|hotspot|bionic|focal|latest|b\d+)$/.test(word));
    if (!plain) return undefined;
    const version = tag.version ?? /\/openjdk(\d+)$/.exec(ref.repository)?.[1];
    const jre = tag.words.includes('jre');
    return {
      version,
      variant: jre ? 'jre' : 'jdk',
      layer: 'ubuntu',
      config: { env: { PATH: `/opt/java/openjdk/bin:${DEFAULT_PATH}`, JAVA_HOME: '/opt/java/openjdk' } },
      configKnown: false,
      users: [ROOT],
      ...merge(javaTools(feature(version), jre), ['curl']),
      role: jre ? 'runtime' : 'runtime+build',
    };
  },
};
