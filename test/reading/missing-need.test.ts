import { expect, it } from 'vitest';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { ecosystems } from '../../src/ecosystems/index.ts';
import { catalogue } from '../../src/images/catalogue.ts';
import { memoryProject } from '../../src/project/memory.ts';
import { missingNeed } from '../../src/reading/missing-need.ts';
import { read, session } from '../../src/reading/reading.ts';

const files = {
  'app/build.gradle': 'plugins { id "java" }',
  gradlew: '#!/bin/sh',
  mvnw: '#!/bin/sh',
  'src/Main.java': 'class Main {}',
  'hidden/pom.xml': '<project/>',
  '.dockerignore': 'hidden/pom.xml',
  'package.json': '{"scripts":{"build":"next build","pages":"next build site","quiet":"next build || true"}}',
  'Cargo.toml': '[package]\nname = "x"',
};

function missing(...lines: readonly string[]): string | undefined {
  const file = parseDockerfile(`${lines.join('\n')}\nCMD ["x"]\n`);
  if (file.kind !== 'dockerfile') throw new Error('unreadable');
  const reading = read(file, session(memoryProject(files), catalogue(), ecosystems));
  return missingNeed(reading)?.need[0];
}

const gradle = ['FROM gradle:8-jdk21', 'WORKDIR /w'];
const maven = ['FROM maven:3.9-eclipse-temurin-21', 'WORKDIR /w'];
const node = ['FROM node:22', 'WORKDIR /w', 'COPY package.json ./'];

it.each([
  ['no build file at all', [...gradle, 'COPY src src', 'RUN gradle build'], '/w/build.gradle'],
  ['the wrapper itself', [...gradle, 'COPY app .', 'RUN ./gradlew build'], '/w/gradlew'],
  ['a POM that is not sent', [...maven, 'COPY hidden .', 'RUN mvn package'], '/w/pom.xml'],
  ['a copy that comes too late', [...maven, 'RUN mvn package', 'COPY . .'], '/w/pom.xml'],
  ['pages that come too late', [...node, 'RUN npm install && npm run build', 'COPY . .'], '/w/pages'],
  ['a manifest of Cargo', ['FROM rust:1.85', 'WORKDIR /w', 'COPY src src', 'RUN cargo build'], '/w/Cargo.toml'],
  ['go.mod', ['FROM golang:1.26', 'WORKDIR /w', 'RUN go mod download', 'COPY . .'], '/w/go.mod'],
])('%s', (_, lines, path) => {
  expect(missing(...lines)).toBe(path);
});

it.each([
  ['it is copied', [...gradle, 'COPY app .', 'RUN gradle build']],
  ['a parent may hold the settings', [...gradle, 'COPY app .', 'WORKDIR sub', 'RUN gradle build']],
  ['the version is asked', [...gradle, 'RUN gradle --version']],
  ['a failure is allowed', [...gradle, 'RUN gradle build || true']],
  ['something unknown may have made it', [...maven, 'RUN ./unpack.sh && mvn package']],
  ['an archive is unpacked', [...maven, 'ADD project.tar.gz .', 'RUN mvn package']],
  ['another stage brings it', ['FROM maven:3.9 AS a', ...maven, 'COPY --from=a /x .', 'RUN mvn package']],
  ['the base may bring it', ['FROM example.com/base', 'WORKDIR /w', 'RUN mvn package']],
  ['the RUN mounts the context', [...maven, 'RUN --mount=type=bind,target=. mvn package']],
  ['the goal needs no project', [...maven, 'RUN mvn dependency:get -Dartifact=a:b:1']],
  ['the POM is named', [...maven, 'COPY hidden x', 'RUN mvn -f x/other.xml package']],
  ['the script names a place', [...node, 'RUN npm run pages']],
  ['the module is made here', ['FROM golang:1.26', 'WORKDIR /w', 'RUN go mod init x && go mod tidy']],
])('nothing is missing when %s', (_, lines) => {
  expect(missing(...lines)).toBe(undefined);
});
