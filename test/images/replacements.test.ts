import { describe, expect, it } from 'vitest';
import { lookup } from '../../src/images/lookup.ts';
import { floatingLanguage, pinned } from '../../src/images/pin.ts';
import { lastingPackage, replacements } from '../../src/images/replacements.ts';

const facts = (image: string) => {
  const found = lookup(image);
  if (found === undefined) throw new Error(`no facts of ${image}`);
  return found;
};

describe('replacements of deprecated images', () => {
  it.each([
    ['openjdk:8-jre', 'eclipse-temurin:8-jre-jammy'],
    ['openjdk:17-jdk-slim-buster', 'eclipse-temurin:17-jdk-jammy'],
    ['openjdk:21-slim', 'eclipse-temurin:21-jdk-noble'],
    ['openjdk:17-alpine', 'eclipse-temurin:17-jdk-alpine'],
    ['docker.io/library/openjdk:11', 'docker.io/library/eclipse-temurin:11-jdk-jammy'],
    ['java:8-jre', 'eclipse-temurin:8-jre-jammy'],
    ['adoptopenjdk:11-jre-hotspot', 'eclipse-temurin:11-jre-jammy'],
    ['adoptopenjdk/openjdk8', 'eclipse-temurin:8-jdk-jammy'],
    ['openjdk:15', undefined],
    ['openjdk:latest', undefined],
    ['eclipse-temurin:21', undefined],
  ])('%s', (image, expected) => expect(replacements(facts(image))[0]?.image).toBe(expected));
});

it('are none for another machine or C library', () => {
  expect(lookup('adoptopenjdk:11-jre-openj9')).toBe(undefined);
  expect(lookup('adoptopenjdk/openjdk11:alpine-jre')).toBe(undefined);
});

describe('names of packages', () => {
  it('last when every release has them', () => {
    expect(lastingPackage('curl', 'apt')).toBe(true);
    expect(lastingPackage('libgl1-mesa-glx', 'apt')).toBe(false);
    expect(lastingPackage('curl=7.88.1-10', 'apt')).toBe(false);
    expect(lastingPackage('bash', 'apk')).toBe(true);
    expect(lastingPackage('curl', 'microdnf')).toBe(false);
  });
});

describe('tags that leave the version open', () => {
  it.each([
    ['node', 'node', '20', 'node:20'],
    ['node:alpine', 'node', '20', 'node:20-alpine'],
    ['node:lts', undefined, '20', undefined],
    ['python:slim-bookworm', 'python', '3.12', 'python:3.12-slim-bookworm'],
    ['golang:latest', 'golang', '1.23', 'golang:1.23'],
    ['maven:3.9', 'java', '17', 'maven:3.9-eclipse-temurin-17'],
    ['maven', 'java', '21', 'maven:3-eclipse-temurin-21'],
    ['maven:3.9-eclipse-temurin-17', undefined, '21', undefined],
    ['gradle:8.5', 'java', '17', 'gradle:8.5-jdk17'],
    ['openjdk', 'java', '17', 'openjdk:17'],
    ['node:22', undefined, '20', undefined],
    ['debian', undefined, '12', undefined],
    ['node', 'node', '20.99', undefined],
  ])('%s', (image, language, version, expected) => {
    expect(floatingLanguage(facts(image))).toBe(language);
    if (language !== undefined) expect(pinned(facts(image), version)?.ref.text).toBe(expected);
  });
});
