import { describe, expect, it } from 'vitest';
import { catalogue, freeUid, nonRootUser } from '../../src/images/catalogue.ts';
import type { ImageFacts } from '../../src/images/image.ts';

const images = catalogue();

function facts(image: string): ImageFacts {
  const found = images.lookup(image);
  if (found === undefined) throw new Error(`${image} is not in the catalogue`);
  return found;
}

describe('users', () => {
  it.each([
    ['node:20', 'node 1000:1000 /home/node'],
    ['node:20-alpine', 'node 1000:1000 /home/node'],
    ['oven/bun:1', 'bun 1000:1000 /home/bun'],
    ['gradle:8-jdk21', 'gradle 1000:1000 /home/gradle'],
    ['mcr.microsoft.com/dotnet/aspnet:8.0', 'app 1654:1654 /home/app'],
    ['nginx:1.27', 'nginx 101:101 /nonexistent'],
    ['php:8.2-fpm', 'www-data 33:33 /var/www'],
    ['php:8.2-fpm-alpine', 'www-data 82:82 /home/www-data'],
    ['gcr.io/distroless/nodejs22-debian13', 'nonroot 65532:65532 /home/nonroot'],
  ])('%s runs as %s', (image, expected) => {
    const user = nonRootUser(facts(image));
    expect(`${user?.name} ${user?.uid}:${user?.gid} ${user?.home}`).toBe(expected);
  });

  it.each([
    'python:3.12-slim',
    'eclipse-temurin:21-jre-noble',
    'eclipse-temurin:21-jre-alpine',
    'debian:bookworm-slim',
    'alpine:3.20',
    'mcr.microsoft.com/dotnet/aspnet:6.0',
    'scratch',
  ])('%s has no user for applications', (image) => {
    expect(nonRootUser(facts(image))).toBeUndefined();
  });

  it('Ubuntu has its user since 24.04', () => {
    expect(facts('ubuntu:24.04').users.map((user) => user.name)).toContain('ubuntu');
    expect(facts('eclipse-temurin:21-jre-jammy').users.map((user) => user.name)).not.toContain('ubuntu');
  });
});

describe('creating a user', () => {
  const user = { name: 'app', uid: 10001 };

  it('Debian and Ubuntu: groupadd and useradd, which every release has', () => {
    const commands = [
      'groupadd --system --gid 10001 app',
      'useradd --system --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin app',
    ];
    expect(images.createUser(facts('python:3.12-slim'), user)).toEqual(commands);
    expect(images.createUser(facts('eclipse-temurin:21-jre-noble'), user)).toEqual(commands);
  });

  it('Alpine: the BusyBox flags', () => {
    expect(images.createUser(facts('eclipse-temurin:21-jre-alpine'), user)).toEqual([
      'addgroup -S -g 10001 app',
      'adduser -S -D -u 10001 -G app app',
    ]);
  });

  it.each([
    'scratch',
    'gcr.io/distroless/static',
    'amazoncorretto:17',
    'mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled',
  ])('not in %s', (image) => {
    expect(images.createUser(facts(image), user)).toBeUndefined();
  });

  it('not with a uid or a name that is taken, nor with a name that no system accepts', () => {
    const node = facts('node:20-slim');
    expect(images.createUser(node, { name: 'app', uid: 1000 })).toBeUndefined();
    expect(images.createUser(node, { name: 'node', uid: 10001 })).toBeUndefined();
    expect(images.createUser(node, { name: 'a; rm -rf /', uid: 10001 })).toBeUndefined();
  });

  it('10001 is free', () => {
    expect([freeUid(facts('node:20')), freeUid(facts('alpine'))]).toEqual([10001, 10001]);
    const taken = { ...facts('alpine'), users: [{ name: 'x', uid: 10001, gid: 10002, home: undefined }] };
    expect(freeUid(taken)).toBe(10003);
  });
});
