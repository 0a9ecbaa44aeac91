import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/images/catalogue.ts';

const images = catalogue();

/** image | programs that are there | programs that are not | programs the sources leave open */
const TABLE = `
node:20 | node npm npx yarn corepack git curl wget gcc make ps python3 bash unzip convert openssl | pnpm java nc jq sudo vim adduser-x tini | python
node:20-slim | node npm npx yarn corepack bash sh useradd groupadd adduser perl tar apt-get | curl wget git ps gcc make python3 openssl xz unzip update-ca-certificates nc pgrep |
node:20-alpine | node npm wget nc ps vi adduser addgroup unzip sh apk | bash curl git useradd python3 make openssl |
node:26-slim | node npm npx | yarn corepack curl adduser |
node:25 | node yarn | corepack |
node:12 | node npm yarn | corepack |
node:latest | node npm | yarn corepack |
node:lts | node npm | | yarn corepack
python:3.12 | python python3 python3.12 pip pip3 git curl gcc ps | node uvicorn gunicorn |
python:3.12-slim | python python3 pip update-ca-certificates openssl bash | curl wget git gcc ps adduser node |
python:3.12-slim-bookworm | python adduser addgroup useradd | curl |
python:3.12-alpine | python python3 pip wget | bash curl gcc git |
golang:1.22 | go gofmt git gcc make curl wget bash | node |
golang:1.22-alpine | go wget sh update-ca-certificates | git gcc bash curl make |
rust:1.75 | cargo rustc gcc git curl | node |
rust:1.75-slim | cargo gcc | git curl make pkg-config wget |
ruby:3.3-slim | ruby gem bundle irb | curl git gcc node |
php:8.2-apache | php pecl docker-php-ext-install apache2ctl curl gcc | wget git composer node |
php:8.2-fpm-alpine | php php-fpm curl wget | bash git composer gcc |
eclipse-temurin:21-jre | java keytool curl wget bash | javac jshell mvn git gcc |
eclipse-temurin:21-jdk | java javac jar jshell jlink | mvn gradle git |
eclipse-temurin:8-jdk | java javac | jshell jlink |
eclipse-temurin:21-jre-alpine | java wget nc gpg openssl | curl bash git javac |
maven:3.9-eclipse-temurin-21 | mvn java javac git curl wget bash | gradle node gcc |
maven:3.9-eclipse-temurin-21-alpine | mvn java git curl bash wget | gradle |
gradle:8-jdk21 | gradle java javac git unzip wget curl | mvn node |
openjdk:11-jdk-slim | java javac bash openssl | curl wget git |
openjdk:8 | java javac curl git unzip | mvn |
openjdk:11.0.2-jre-slim | java bash useradd | curl wget javac | adduser
openjdk:8u342-jdk | java javac curl git useradd | mvn |
openjdk:11.0.2-jdk-oracle | java | | useradd curl
openjdk:latest | java | | useradd curl
java:8-jre | java curl wget useradd | git javac |
java:8-jre-alpine | java nc wget adduser | bash curl |
amazoncorretto:17 | java javac curl bash | | useradd wget
amazoncorretto:17-headless | java | javac jshell |
tomcat:10.1-jre17 | java catalina.sh curl wget | javac |
mcr.microsoft.com/dotnet/sdk:8.0 | dotnet curl git wget pwsh | node | unzip
mcr.microsoft.com/dotnet/aspnet:8.0 | dotnet bash openssl | curl wget git ps |
mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled | dotnet | sh bash curl wget useradd |
nginx:1.27 | nginx curl envsubst bash | wget git ps |
nginx:1.27-alpine | nginx curl envsubst wget | bash |
nginx:1.27-alpine-slim | nginx envsubst wget | curl bash |
oven/bun:1 | bun bunx bash | npm wget | node curl
gcr.io/distroless/nodejs22-debian13:nonroot | | sh bash node npm curl wget |
gcr.io/distroless/java21-debian13 | java | sh curl |
gcr.io/distroless/python3-debian13 | python python3 | pip sh |
scratch | | sh ls curl |
debian:trixie-slim | sh bash useradd groupadd apt-get tar gzip find awk sed | adduser addgroup curl wget xz ps git python3 gpg |
debian:bookworm | adduser useradd | curl wget ps ca-certificates-x |
debian | useradd | adduser |
ubuntu:24.04 | useradd bash apt-get | curl wget git python3 | adduser ps
alpine:3.20 | sh wget nc ps vi adduser apk unzip getent | bash curl useradd git openssl tini su-exec |
`;

const ROWS = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

const words = (cell: string | undefined) =>
  (cell ?? '').split(' ').filter((word) => word.length > 0 && !word.endsWith('-x'));

describe('programs of an image', () => {
  it.each(ROWS)('%s', (image, present, absent, open) => {
    const facts = images.lookup(image ?? '');
    const answers = (cell: string | undefined) => words(cell).map((tool) => `${tool} ${facts?.has(tool)}`);
    expect(answers(present)).toEqual(words(present).map((tool) => `${tool} present`));
    expect(answers(absent)).toEqual(words(absent).map((tool) => `${tool} absent`));
    expect(answers(open)).toEqual(words(open).map((tool) => `${tool} unknown`));
  });

  it('an absolute path is certain only for programs of the system', () => {
    const node = images.lookup('node:20-slim');
    expect(['/bin/sh', '/usr/bin/env', '/usr/local/bin/node', '/usr/bin/curl'].map((tool) => node?.has(tool))).toEqual([
      'present',
      'present',
      'unknown',
      'absent',
    ]);
  });

  it('a program that nobody listed is not known', () => {
    expect(images.lookup('debian:bookworm-slim')?.has('myapp')).toBe('unknown');
    expect(images.lookup('scratch')?.has('myapp')).toBe('absent');
    expect(images.lookup('node:20')?.has('')).toBe('unknown');
  });

  it('only images with a shell can run commands', () => {
    const shells = [
      'node:20',
      'alpine',
      'scratch',
      'gcr.io/distroless/static',
      'gcr.io/distroless/cc-debian12:debug',
      'mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled',
    ];
    expect(shells.map((image) => images.lookup(image)?.shell)).toEqual([true, true, false, false, false, false]);
  });
});
