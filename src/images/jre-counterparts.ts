/** A Java runtime for what a JDK, Maven or Gradle image built. */

import { gradleJdk, mavenJdk, tomcatJava } from './families/java.ts';
import type { Flavour, ImageFacts } from './image.ts';
import { itself, type Proposal, prefixOf } from './proposal.ts';
import { releaseOf, ubuntuFrom } from './release.ts';
import { isJavaBuild, readTag, type Tag } from './tag.ts';
import { published } from './tag-table.ts';

/** Feature releases with a distroless image on Debian 13. */
const DISTROLESS_JAVA: readonly string[] = ['17', '21', '25'];
/** From this feature release on, the Temurin Alpine images exist for arm64 too. */
const ALPINE_ON_ARM = 21;

/** Images whose own version is the Java version. */
const JDK_FAMILIES: ReadonlySet<string> = new Set([
  'eclipse-temurin',
  'amazoncorretto',
  'azul-zulu',
  'sapmachine',
  'openjdk',
]);
/** Maven images on openjdk and adoptopenjdk ended in 2022: none is on anything newer than Debian 11, Ubuntu 20.04 or Oracle Linux 8. */
const GLIBC_OF_2022 = 31;

interface Jdk {
  readonly vendor: string;
  /** Feature release. */
  readonly java: string;
}

export function jreCounterparts(base: ImageFacts, flavour: Flavour): readonly Proposal[] {
  const tag = readTag(base.ref.tag);
  if (base.family === 'tomcat') return flavour === 'slim' ? tomcatCounterparts(base, tag) : [];
  const jdk = jdkOf(base, tag);
  if (jdk === undefined || flavour === 'scratch') return [];
  if (flavour === 'distroless') return distrolessJre(base, jdk);
  if (flavour === 'alpine') return alpineJre(base, tag, jdk);
  return base.role === 'runtime' ? itself(base, 'is a Java runtime already') : sameSystemJre(base, tag, jdk);
}

/** Vendor and feature release, as far as the tag states them: `maven:3.9` and `gradle` float both. */
function jdkOf(base: ImageFacts, tag: Tag): Jdk | undefined {
  if (base.family === 'maven') {
    const { vendor, java } = mavenJdk(tag);
    return java === undefined ? undefined : { vendor, java };
  }
  if (base.family === 'gradle') {
    const java = gradleJdk(tag);
    return java === undefined || !base.configKnown ? undefined : { vendor: 'eclipse-temurin', java };
  }
  if (!JDK_FAMILIES.has(base.family)) return undefined;
  const java = /^\d+/.exec(tag.version ?? '')?.[0];
  return java === undefined ? undefined : { vendor: base.family, java };
}

function sameSystemJre(base: ImageFacts, tag: Tag, jdk: Jdk): readonly Proposal[] {
  switch (jdk.vendor) {
    case 'amazoncorretto':
      return correttoJre(base, jdk);
    case 'azul-zulu':
      // Azul's own repositories have other systems below than the official image of that name.
      return isJavaBuild(tag.version) || base.ref.repository !== 'azul-zulu'
        ? []
        : sameRepository(base, tag.words.includes('jdk') ? tag.text.replace('jdk', 'jre') : insertJre(tag));
    case 'sapmachine':
      return base.family === 'sapmachine' && !isJavaBuild(tag.version) ? sameRepository(base, insertJre(tag)) : [];
    case 'eclipse-temurin':
      return base.family === 'eclipse-temurin' ? sameRepository(base, insertJre(tag)) : temurinOn(base, jdk);
    case 'adoptopenjdk':
      return base.family === 'maven' ? temurinOn(base, jdk) : [];
    case 'openjdk':
    case 'jdk':
      return [...temurinOn(base, jdk), ...(base.family === 'openjdk' ? sameRepository(base, insertJre(tag)) : [])];
    default:
      return [];
  }
}

function sameRepository(base: ImageFacts, text: string): readonly Proposal[] {
  return [
    {
      image: `${prefixOf(base)}${base.family}:${text}`,
      because: `the Java runtime of the same build as ${base.ref.text}`,
    },
  ];
}

/** `21` → `21-jre`, `21-jdk-noble` → `21-jre-noble`, `21-alpine` → `21-jre-alpine`. */
function insertJre(tag: Tag): string {
  const rest = tag.words.filter((word) => word !== 'jdk');
  return [...(tag.version === undefined ? [] : [tag.version]), 'jre', ...rest].join('-');
}

/** Temurin on the release of the build image; else on the nearest Ubuntu release whose glibc is not older. */
function temurinOn(base: ImageFacts, jdk: Jdk): readonly Proposal[] {
  const prefix = prefixOf(base);
  if (base.libc === 'musl') {
    const image = `${prefix}eclipse-temurin:${jdk.java}-jre-alpine`;
    return [{ image, because: `the Java ${jdk.java} runtime on Alpine, as ${base.ref.text}` }];
  }
  const glibc = releaseOf(base.release)?.glibc ?? (jdk.vendor === 'eclipse-temurin' ? undefined : GLIBC_OF_2022);
  if (glibc === undefined) return undatedTemurin(base, jdk);
  const release = temurinRelease(jdk.java, base.release, glibc);
  if (release === undefined) return [];
  const same = release === base.release;
  const why = same
    ? `the Java ${jdk.java} runtime on ${release}, as ${base.ref.text}`
    : `the Java ${jdk.java} runtime on the nearest release with a glibc not older than that of ${base.release ?? 'the images of 2022'}`;
  return [{ image: `${prefix}eclipse-temurin:${jdk.java}-jre-${release}`, because: why }];
}

/** A tag that never named its release (`maven:3.9.9-eclipse-temurin-21`) gets the tag of the runtime that does not either. */
function undatedTemurin(base: ImageFacts, jdk: Jdk): readonly Proposal[] {
  if (base.family !== 'maven' && base.family !== 'gradle') return [];
  const image = `${prefixOf(base)}eclipse-temurin:${jdk.java}-jre`;
  return published('eclipse-temurin', `${jdk.java}-jre`) === undefined
    ? []
    : [{ image, because: `the Java ${jdk.java} runtime of the vendor of ${base.ref.text}` }];
}

/** The same release if it was ever published; else the nearest that is still built. */
function temurinRelease(java: string, own: string | undefined, glibc: number): string | undefined {
  const row = (name: string) => published('eclipse-temurin', `${java}-jre-${name}`);
  if (own !== undefined && row(own) !== undefined) return own;
  const nearer = ubuntuFrom(glibc).map(({ name }) => ({ name, row: row(name) }));
  return nearer.find((candidate) => candidate.row !== undefined && candidate.row.removed === undefined)?.name;
}

/** Corretto has a JRE only for 8; from 11 on the headless image is the runtime without desktop libraries. */
function correttoJre(base: ImageFacts, jdk: Jdk): readonly Proposal[] {
  const own = base.family === 'amazoncorretto';
  if (base.libc === 'musl') {
    if (jdk.java === '8') return named(base, `${jdk.java}-alpine-jre`, 'the Corretto 8 runtime on Alpine');
    return own
      ? itself(base, 'has no runtime-only variant on Alpine')
      : named(base, `${jdk.java}-alpine`, 'the same Corretto on Alpine, without Maven');
  }
  if (releaseOf(base.release)?.distro !== 'amazon') return [];
  const os = own && base.ref.tag?.includes('-al2') === true ? `-${base.release}` : '';
  const text = jdk.java === '8' ? `8${os}-jre` : `${jdk.java}${os}-headless`;
  return named(base, text, `the Corretto ${jdk.java} runtime on ${base.release}`);
}

function named(base: ImageFacts, text: string, because: string): readonly Proposal[] {
  const folder =
    base.ref.registry === 'public.ecr.aws' && base.family === 'amazoncorretto'
      ? 'public.ecr.aws/amazoncorretto/'
      : prefixOf(base);
  return [{ image: `${folder}amazoncorretto:${text}`, because }];
}

function alpineJre(base: ImageFacts, tag: Tag, jdk: Jdk): readonly Proposal[] {
  if (base.libc === 'musl') {
    return base.role === 'runtime'
      ? itself(base, 'is a Java runtime on Alpine already')
      : sameSystemJre(base, tag, jdk);
  }
  const prefix = prefixOf(base);
  const temurin = {
    image: `${prefix}eclipse-temurin:${jdk.java}-jre-alpine`,
    because: `the Java ${jdk.java} runtime on musl instead of glibc`,
  };
  const zulu = {
    image: `${prefix}azul-zulu:${jdk.java}-jre-alpine`,
    because: `the Java ${jdk.java} runtime on musl instead of glibc, for amd64 and arm64`,
  };
  return Number(jdk.java) >= ALPINE_ON_ARM ? [temurin, zulu] : [zulu, temurin];
}

function distrolessJre(base: ImageFacts, jdk: Jdk): readonly Proposal[] {
  if (!DISTROLESS_JAVA.includes(jdk.java) || base.libc === 'musl') return [];
  const image = `gcr.io/distroless/java${jdk.java}-debian13:nonroot`;
  return [{ image, because: `the Java ${jdk.java} runtime without shell and package manager` }];
}

function tomcatCounterparts(base: ImageFacts, tag: Tag): readonly Proposal[] {
  const { java, jre } = tomcatJava(tag);
  if (jre) return itself(base, 'runs on a Java runtime already');
  if (java === undefined) return [];
  const image = `${prefixOf(base)}tomcat:${tag.text.replace(`jdk${java}`, `jre${java}`)}`;
  return [{ image, because: `the same Tomcat on the Java ${java} runtime instead of the JDK` }];
}
