/** The Java release a build declares (Maven compiler properties, Gradle tool chains and compatibility). */
import { posix } from 'node:path';
import type { Answer } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { agreed, declaration } from '../declared.ts';
import type { DeclaredVersion } from '../ecosystem.ts';

const places: readonly (readonly [file: string, pattern: RegExp])[] = [
  ['pom.xml', /<java\.version>[ \t]*(?:1\.)?(\d+)[ \t]*</],
  ['pom.xml', /<maven\.compiler\.release>[ \t]*(?:1\.)?(\d+)[ \t]*</],
  ['pom.xml', /<maven\.compiler\.target>[ \t]*(?:1\.)?(\d+)[ \t]*</],
  ['build.gradle', /JavaLanguageVersion\.of\([ \t]*['"]?(\d+)/],
  ['build.gradle', /(?:source|target)Compatibility[ \t]*=?[ \t]*(?:JavaVersion\.VERSION_)?['"]?(?:1[._])?(\d+)/],
  ['build.gradle.kts', /(?:JavaLanguageVersion\.of|jvmToolchain)\([ \t]*(\d+)/],
  ['build.gradle.kts', /(?:source|target)Compatibility[ \t]*=[ \t]*(?:JavaVersion\.VERSION_)?"?(?:1[._])?(\d+)/],
  ['.java-version', /^(?:temurin-)?(?:1\.)?(\d+)/],
  ['.sdkmanrc', /^java=(\d+)/],
];

export function javaVersion(project: Project, directory: string, file: string): Answer<DeclaredVersion> {
  const found = places.flatMap(([name, pattern]) => {
    const path = posix.join(directory, name);
    const one = declaration(path, project.read(path), pattern);
    return one === undefined ? [] : [{ version: one.value, evidence: { ...one.evidence, says: `Java ${one.value}` } }];
  });
  return agreed('java', 'Java', file, found);
}
