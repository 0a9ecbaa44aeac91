import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/images/catalogue.ts';
import type { ImageFacts } from '../../src/images/image.ts';

const images = catalogue();

function facts(image: string): ImageFacts {
  const found = images.lookup(image);
  if (found === undefined) throw new Error(`${image} is not in the catalogue`);
  return found;
}

const ID = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

/** image | family version release variant libc packageManager role */
const TABLE = `
node | node - trixie full glibc apt runtime+build
node:20 | node 20 bookworm full glibc apt runtime+build
node:20.1.0 | node 20.1.0 bullseye full glibc apt runtime+build
node:20.11 | node 20.11 bookworm full glibc apt runtime+build
node:16 | node 16 buster full glibc apt runtime+build
node:22-bookworm-slim | node 22 bookworm slim glibc apt runtime+build
node:lts-slim | node - bookworm slim glibc apt runtime+build
node:jod | node 22 bookworm full glibc apt runtime+build
node:18-alpine | node 18 alpine3.21 alpine musl apk runtime+build
node:18-alpine3.15 | node 18 alpine3.15 alpine musl apk runtime+build
node:20@${ID} | node 20 - full glibc apt runtime+build
node:20-bookworm@${ID} | node 20 bookworm full glibc apt runtime+build
node@${ID} | node - - unknown - - runtime+build
public.ecr.aws/docker/library/node:20-alpine | node 20 alpine3.23 alpine musl apk runtime+build
docker.io/library/python:3.12.4 | python 3.12.4 bookworm full glibc apt runtime+build
python:3.12 | python 3.12 trixie full glibc apt runtime+build
python:3.12-slim | python 3.12 trixie slim glibc apt runtime+build
python:3.9-slim-buster | python 3.9 buster slim glibc apt runtime+build
python:3.11-alpine3.18 | python 3.11 alpine3.18 alpine musl apk runtime+build
pypy:3.10-bullseye | pypy 3.10 bullseye full glibc apt runtime+build
pypy:3.11-7.3-slim | pypy 3.11 trixie slim glibc apt runtime+build
gcr.io/google_appengine/python | appengine-python - - full glibc apt runtime+build
public.ecr.aws/amazonlinux/amazonlinux:2 | amazonlinux - al2 full glibc yum os
ruby:3.1 | ruby 3.1 bookworm full glibc apt runtime+build
php:8.2-apache | php 8.2 trixie apache glibc apt runtime+build
php:8.3-fpm-alpine | php 8.3 alpine3.24 fpm-alpine musl apk runtime+build
golang:1.22 | golang 1.22 bookworm full glibc apt build-only
golang:1.23-alpine | golang 1.23 alpine3.22 alpine musl apk build-only
rust:1.75 | rust 1.75 bookworm full glibc apt build-only
eclipse-temurin:21-jdk | eclipse-temurin 21 resolute jdk glibc apt runtime+build
eclipse-temurin:17-jre-alpine | eclipse-temurin 17 alpine3.24 jre-alpine musl apk runtime
eclipse-temurin:21.0.4_7-jdk-jammy | eclipse-temurin 21.0.4_7 jammy jdk glibc apt runtime+build
maven:3.9-eclipse-temurin-21 | maven 21 noble jdk glibc apt build-only
maven:3.8.5-openjdk-17 | maven 17 oraclelinux8 jdk-openjdk glibc microdnf build-only
maven:3.9 | maven - noble jdk glibc apt build-only
gradle:8-jdk17 | gradle 17 noble jdk glibc apt build-only
gradle:8.7-jdk21-alpine | gradle 21 - jdk-alpine musl apk build-only
openjdk:17 | openjdk 17 oraclelinux8 jdk glibc microdnf runtime+build
openjdk:11-jre-slim | openjdk 11 bullseye jre-slim glibc apt runtime
openjdk:8-jdk-alpine | openjdk 8 alpine3.9 jdk-alpine musl apk runtime+build
amazoncorretto:17 | amazoncorretto 17 al2023 jdk glibc dnf runtime+build
tomcat:10.1-jdk21 | tomcat 10.1 noble jdk glibc apt runtime
azul-zulu:17-jre-alpine | azul-zulu 17 alpine3.23 jre-alpine musl apk runtime
mcr.microsoft.com/dotnet/sdk:8.0 | dotnet 8.0 bookworm sdk glibc apt build-only
mcr.microsoft.com/dotnet/aspnet:10.0 | dotnet 10.0 noble aspnet glibc apt runtime
mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled | dotnet 8.0 noble aspnet-chiseled glibc none runtime
gcr.io/distroless/nodejs20-debian12 | distroless 20 debian12 nodejs glibc none runtime
gcr.io/distroless/static-debian13:nonroot | distroless - debian13 static-nonroot none none runtime
gcr.io/distroless/python3-debian12 | distroless 3.11 debian12 python3 glibc none runtime
nginx:1.25-alpine | nginx 1.25 alpine3.19 alpine musl apk runtime
nginxinc/nginx-unprivileged:1.27 | nginx-unprivileged 1.27 - full glibc apt runtime
oven/bun:1 | bun 1 - full glibc apt runtime+build
denoland/deno:alpine-2.1.4 | deno 2.1.4 - alpine musl apk runtime+build
ghcr.io/astral-sh/uv:python3.12-bookworm-slim | uv 3.12 bookworm slim glibc apt build-only
debian:12 | debian - bookworm full glibc apt os
debian:bookworm-20240110-slim | debian - bookworm slim glibc apt os
ubuntu:22.04 | ubuntu - jammy full glibc apt os
alpine:3.20 | alpine - alpine3.20 alpine musl apk os
alpine:3.20.3 | alpine - alpine3.20 alpine musl apk os
buildpack-deps:bookworm-scm | buildpack-deps - bookworm scm glibc apt build-only
gcc:13 | gcc 13 bookworm full glibc apt build-only
scratch | scratch - - scratch none none os
`;

const ROWS = TABLE.trim()
  .split('\n')
  .map((line) => line.split(' | ') as [string, string]);

describe('facts of an image', () => {
  it.each(ROWS)('%s', (image, expected) => {
    const found = facts(image);
    const { family, version, release, variant, libc, packageManager, role } = found;
    expect([family, version, release, variant, libc, packageManager, role].map((value) => value ?? '-').join(' ')).toBe(
      expected,
    );
  });

  it.each([
    'bitnami/node:20',
    'registry.example.com/node:20',
    'node:$VERSION',
    '$BASE',
    'node:nanoserver',
    '',
    'NODE',
    'gcr.io/distroless/nope',
    'scratch:1',
  ])('does not know %s', (image) => {
    expect(images.lookup(image)).toBeUndefined();
  });
});

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

describe('what the image config gives a container', () => {
  it('node starts through its entrypoint and names its version variables', () => {
    expect(facts('node:20').config).toEqual({
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['node'],
      user: undefined,
      workdir: undefined,
      env: { PATH, NODE_VERSION: undefined, YARN_VERSION: undefined },
      expose: [],
      volume: [],
      stopsignal: undefined,
    });
    expect(Object.keys(facts('node:26').config.env)).toEqual(['PATH', 'NODE_VERSION']);
  });

  it('node patch tags from before the entrypoint prove nothing', () => {
    expect(facts('node:10.15.0').configKnown).toBe(false);
    expect(facts('node:10').configKnown).toBe(true);
    expect(facts(`node@${ID}`).configKnown).toBe(false);
    expect(facts('debian:slim').configKnown).toBe(false);
  });

  it('python sets LANG up to 3.12', () => {
    expect(facts('python:3.12-slim').config.env).toEqual({
      PATH: `/usr/local/bin:${PATH}`,
      LANG: 'C.UTF-8',
      PYTHON_VERSION: undefined,
    });
    expect(facts('python:3.13').config.env).toEqual({ PATH: `/usr/local/bin:${PATH}`, PYTHON_VERSION: undefined });
    expect(facts('python:3.13').config.cmd).toEqual(['python3']);
  });

  it('golang works in /go', () => {
    expect(facts('golang:1.22').config).toMatchObject({
      workdir: '/go',
      env: { PATH: `/go/bin:/usr/local/go/bin:${PATH}`, GOPATH: '/go', GOTOOLCHAIN: 'local' },
    });
    expect(facts('golang:1.20').config.env).not.toHaveProperty('GOTOOLCHAIN');
  });

  it('ruby keeps its gems in /usr/local/bundle', () => {
    expect(facts('ruby:3.3').config.env).toMatchObject({
      PATH: `/usr/local/bundle/bin:${PATH}`,
      GEM_HOME: '/usr/local/bundle',
      BUNDLE_APP_CONFIG: '/usr/local/bundle',
    });
  });

  it('java images start through a script of their own', () => {
    const env = {
      PATH: `/opt/java/openjdk/bin:${PATH}`,
      JAVA_HOME: '/opt/java/openjdk',
      LANG: 'en_US.UTF-8',
      LC_ALL: 'en_US.UTF-8',
    };
    expect(facts('eclipse-temurin:21-jre').config).toMatchObject({
      entrypoint: ['/__cacert_entrypoint.sh'],
      cmd: ['/bin/bash'],
      env,
    });
    expect(facts('eclipse-temurin:21').config.cmd).toEqual(['jshell']);
    expect(facts('eclipse-temurin:8-jdk').config.cmd).toEqual(['/bin/bash']);
    expect(facts('maven:3.9-eclipse-temurin-21').config).toMatchObject({
      entrypoint: ['/usr/local/bin/mvn-entrypoint.sh'],
      cmd: ['mvn'],
      env: { ...env, MAVEN_CONFIG: '/root/.m2' },
      volume: [],
    });
    expect(facts('gradle:8-jdk21').config).toMatchObject({
      workdir: '/home/gradle',
      volume: ['/home/gradle/.gradle'],
      cmd: ['gradle'],
    });
    expect(facts('openjdk:11').config.env).toMatchObject({
      JAVA_HOME: '/usr/local/openjdk-11',
      PATH: `/usr/local/openjdk-11/bin:${PATH}`,
    });
    expect(facts('openjdk:17').config.env).toMatchObject({ JAVA_HOME: '/usr/java/openjdk-17' });
    expect(facts('openjdk:11.0.2-jre-slim')).toMatchObject({
      configKnown: false,
      config: { env: { JAVA_HOME: undefined } },
    });
    expect(facts('tomcat:9.0-jdk17').config).toMatchObject({
      entrypoint: [],
      cmd: ['catalina.sh', 'run'],
      workdir: '/usr/local/tomcat',
      expose: ['8080'],
    });
  });

  it('servers expose their port and stop by their own signal', () => {
    expect(facts('nginx:1.27').config).toMatchObject({ expose: ['80'], stopsignal: 'SIGQUIT', user: undefined });
    expect(facts('nginxinc/nginx-unprivileged:1.27-alpine').config).toMatchObject({ expose: ['8080'], user: '101' });
    expect(facts('php:8.2-apache').config).toMatchObject({
      workdir: '/var/www/html',
      expose: ['80'],
      stopsignal: 'SIGWINCH',
    });
    expect(facts('php:8.2-fpm').config).toMatchObject({ cmd: ['php-fpm'], expose: ['9000'], stopsignal: 'SIGQUIT' });
    expect(facts('php:8.2').config).toMatchObject({ cmd: ['php', '-a'], workdir: undefined });
    expect(facts('httpd:2.4').config.workdir).toBe('/usr/local/apache2');
  });

  it('distroless carries the interpreter as entrypoint', () => {
    expect(facts('gcr.io/distroless/nodejs22-debian13:nonroot').config).toMatchObject({
      entrypoint: ['/nodejs/bin/node'],
      user: '65532',
      workdir: '/home/nonroot',
    });
    expect(facts('gcr.io/distroless/java21-debian13').config).toMatchObject({
      entrypoint: ['/usr/bin/java', '-jar'],
      user: '0',
      workdir: '/',
    });
    expect(facts('gcr.io/distroless/python3-debian13').config.entrypoint).toEqual(['/usr/bin/python3.13']);
    expect(facts('gcr.io/distroless/static').config.entrypoint).toBeUndefined();
  });

  it('.NET changed its port variable with 8.0', () => {
    expect(facts('mcr.microsoft.com/dotnet/aspnet:8.0').config.env).toMatchObject({
      APP_UID: '1654',
      ASPNETCORE_HTTP_PORTS: '8080',
    });
    expect(facts('mcr.microsoft.com/dotnet/aspnet:6.0').config.env).toMatchObject({ ASPNETCORE_URLS: 'http://+:80' });
    expect(facts('mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled').config.user).toBe('1654');
  });
});

describe('age, size and platforms', () => {
  it.each([
    ['node:20', 'nodejs 20', '2026-04-30'],
    ['golang:1.22', 'go 1.22', '2025-02-11'],
    ['python:3.9-slim', 'python 3.9', '2025-10-31'],
    ['node:22', 'debian 12', '2026-07-11'],
    ['alpine:3.20', 'alpine-linux 3.20', '2026-04-01'],
    ['mcr.microsoft.com/dotnet/sdk:8.0', 'dotnet 8', '2026-11-10'],
    ['nginx:1.25-alpine', 'nginx 1.25', '2024-05-29'],
    ['eclipse-temurin:26', 'eclipse-temurin 26', '2026-09-15'],
    ['gcr.io/distroless/cc-debian12', 'debian 12', '2026-07-11'],
  ])('%s ended: %s', (image, what, date) => {
    expect(facts(image).endOfLife).toEqual({ what, date, source: 'endoflife.date@a70eca33' });
  });

  it.each([
    'node:26',
    'python:3.13-slim',
    'golang:1.26',
    'eclipse-temurin:21-jre',
    'maven:3.9-eclipse-temurin-21',
    'scratch',
    'debian:trixie-slim',
  ])('%s is maintained', (image) => {
    expect(facts(image).endOfLife).toBeUndefined();
  });

  it('openjdk is deprecated', () => {
    expect(facts('openjdk:21').deprecated).toBe('eclipse-temurin');
    expect(facts('eclipse-temurin:21').deprecated).toBeUndefined();
  });

  it('sizes hold for every spelling of the measured image', () => {
    expect(facts('node:22-slim').size?.compressedBytes).toBe(79893445);
    expect(facts('node:22-bookworm-slim').size?.compressedBytes).toBe(79893445);
    expect(facts('python:3.12-slim-trixie').size?.compressedBytes).toBe(43188023);
    expect(facts('python:3.12-slim-bookworm').size).toBeUndefined();
    expect(facts('python:3.12.4').size).toBeUndefined();
    expect(facts('debian:12-slim').size?.compressedBytes).toBe(28238443);
    expect(facts('ubuntu:noble').size?.compressedBytes).toBe(29752807);
    expect(facts(`node:22@${ID}`).size).toBeUndefined();
  });

  it('Temurin on Alpine is for amd64 alone before Java 21', () => {
    expect(facts('eclipse-temurin:17-jre-alpine').platforms).toEqual(['linux/amd64']);
    expect(facts('eclipse-temurin:21-jre-alpine').platforms).toEqual(['linux/amd64', 'linux/arm64']);
    expect(facts('azul-zulu:17-jre-alpine').platforms).toEqual(['linux/amd64', 'linux/arm64']);
    expect(facts('gcr.io/distroless/java21-debian13:nonroot').platforms).toContain('linux/arm64');
    expect(facts('gcr.io/distroless/static').platforms).toContain('linux/riscv64');
  });
});

describe('hostile references', () => {
  it('are answered without an exception', () => {
    const part = fc.constantFrom(
      'node',
      'python',
      ':',
      '@',
      '/',
      '-',
      '20',
      '3.12',
      'alpine',
      'slim',
      '__proto__',
      'constructor',
      '$',
      'sha256',
      '.',
      '\n',
      'gcr.io',
      'distroless',
      'debian',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 40 }),
          fc.array(part, { maxLength: 9 }).map((parts) => parts.join('')),
        ),
        (image) => {
          images.tagStatus(image);
          const found = images.lookup(image);
          if (found === undefined) return;
          found.has('sh');
          images.counterparts(found, 'same-language', 'slim');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('prototype names are no tags', () => {
    expect(images.tagStatus('node:constructor')).toBe('never-existed');
    expect(facts('node:20').has('constructor')).toBe('unknown');
    expect(images.osPackage('constructor', 'bookworm', 'apt').class).toBe('unknown');
    expect(images.osPackage('libpq-dev', 'constructor', 'apt').runtime).toBeUndefined();
  });
});
