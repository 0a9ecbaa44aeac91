import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/images/catalogue.ts';
import type { Flavour, RuntimeKind } from '../../src/images/image.ts';

const images = catalogue();

function counterparts(image: string, kind: RuntimeKind, flavour: Flavour): string {
  const base = images.lookup(image);
  if (base === undefined) throw new Error(`${image} is not in the catalogue`);
  return images
    .counterparts(base, kind, flavour)
    .map((counterpart) => counterpart.image)
    .join(' ');
}

/** image | kind | flavour | counterparts, best first */
const TABLE = `
node:20 | same-language | slim | node:20-slim
node:20-bookworm | same-language | slim | node:20-bookworm-slim
node:20.1.0 | same-language | slim | node:20.1.0-slim
node | same-language | slim | node:slim
node:lts | same-language | slim | node:lts-slim
node:iron | same-language | slim | node:iron-slim
node:gallium-bullseye | same-language | slim | node:gallium-bullseye-slim
node:lts-iron | same-language | slim |
node:20-slim | same-language | slim | node:20-slim
node:20-alpine | same-language | slim | node:20-alpine
docker.io/library/node:20 | same-language | slim | docker.io/library/node:20-slim
public.ecr.aws/docker/library/node:20 | same-language | slim | public.ecr.aws/docker/library/node:20-slim
node:20 | same-language | alpine | node:20-alpine
node:lts | same-language | alpine | node:lts-alpine
node | same-language | alpine | node:alpine
node:22 | same-language | distroless | gcr.io/distroless/nodejs22-debian13:nonroot
node:20 | same-language | distroless |
node:22-alpine | same-language | distroless |
node:22 | same-language | scratch |
python:3.12 | same-language | slim | python:3.12-slim
python:3.12-bookworm | same-language | slim | python:3.12-slim-bookworm
python:3.12.4 | same-language | slim | python:3.12.4-slim
python:3.13 | same-language | distroless | gcr.io/distroless/python3-debian13:nonroot
python:3.13-bookworm | same-language | distroless |
python:3.12 | same-language | distroless |
ruby:3.3 | same-language | slim | ruby:3.3-slim
php:8.2-apache | same-language | slim | php:8.2-apache
php:8.2-apache | same-language | alpine |
php:8.2-fpm | same-language | alpine | php:8.2-fpm-alpine
tomcat:9 | same-language | alpine |
golang | same-language | slim | golang
ubuntu:22.04 | same-language | slim | ubuntu:22.04
ghcr.io/astral-sh/uv:python3.12-bookworm-slim | same-language | slim | python:3.12-slim-bookworm
oven/bun:1 | same-language | slim | oven/bun:1-slim
oven/bun | same-language | slim | oven/bun:slim
denoland/deno:2.1.4 | same-language | distroless | denoland/deno:distroless-2.1.4
mcr.microsoft.com/dotnet/sdk:8.0 | same-language | slim | mcr.microsoft.com/dotnet/aspnet:8.0 mcr.microsoft.com/dotnet/runtime:8.0
mcr.microsoft.com/dotnet/sdk:6.0 | same-language | slim | mcr.microsoft.com/dotnet/aspnet:6.0 mcr.microsoft.com/dotnet/runtime:6.0
mcr.microsoft.com/dotnet/sdk:8.0-alpine | same-language | slim | mcr.microsoft.com/dotnet/aspnet:8.0-alpine mcr.microsoft.com/dotnet/runtime:8.0-alpine
mcr.microsoft.com/dotnet/sdk:8.0-jammy | same-language | distroless | mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled-extra mcr.microsoft.com/dotnet/runtime:8.0-jammy-chiseled-extra
mcr.microsoft.com/dotnet/sdk:8.0.404 | same-language | slim |
maven:3.9-eclipse-temurin-21 | jre | slim | eclipse-temurin:21-jre-noble
maven:3.9-eclipse-temurin-17 | jre | slim | eclipse-temurin:17-jre-noble
maven:3.9-eclipse-temurin-21-alpine | jre | slim | eclipse-temurin:21-jre-alpine
maven:3.9-amazoncorretto-21 | jre | slim | amazoncorretto:21-headless
maven:3.9-amazoncorretto-8 | jre | slim | amazoncorretto:8-jre
maven:3.6.3-adoptopenjdk-8 | jre | slim | eclipse-temurin:8-jre-jammy
maven:3.8.5-openjdk-17 | jre | slim | eclipse-temurin:17-jre-jammy
maven:3.6-jdk-8 | jre | slim | eclipse-temurin:8-jre-jammy
maven:3.9 | jre | slim |
maven | jre | slim |
gradle:8-jdk17 | jre | slim | eclipse-temurin:17-jre-noble
gradle:jdk21 | jre | slim | eclipse-temurin:21-jre-resolute
gradle:7.6-jdk11-focal | jre | slim | eclipse-temurin:11-jre-focal
gradle:8.7-jdk21-alpine | jre | slim | eclipse-temurin:21-jre-alpine
gradle | jre | slim |
eclipse-temurin:21 | jre | slim | eclipse-temurin:21-jre
eclipse-temurin:17-jdk-jammy | jre | slim | eclipse-temurin:17-jre-jammy
eclipse-temurin:17-jdk-alpine | jre | slim | eclipse-temurin:17-jre-alpine
eclipse-temurin:21-jre | jre | slim | eclipse-temurin:21-jre
eclipse-temurin | jre | slim |
openjdk:11-jdk-slim | jre | slim | eclipse-temurin:11-jre-jammy openjdk:11-jre-slim
openjdk:17 | jre | slim | eclipse-temurin:17-jre-jammy
openjdk:17-jdk-slim | jre | slim | eclipse-temurin:17-jre-jammy
openjdk:8-jdk-alpine | jre | slim | eclipse-temurin:8-jre-alpine openjdk:8-jre-alpine
amazoncorretto:17 | jre | slim | amazoncorretto:17-headless
amazoncorretto:17-al2023 | jre | slim | amazoncorretto:17-al2023-headless
amazoncorretto:8 | jre | slim | amazoncorretto:8-jre
azul-zulu:17 | jre | slim | azul-zulu:17-jre
azul/zulu-openjdk:17 | jre | slim |
tomcat:10.1-jdk21 | jre | slim | tomcat:10.1-jre21
tomcat:9.0-jdk17-temurin-jammy | jre | slim | tomcat:9.0-jre17-temurin-jammy
tomcat:9 | jre | slim |
maven:3.9-eclipse-temurin-17 | jre | alpine | azul-zulu:17-jre-alpine eclipse-temurin:17-jre-alpine
maven:3.9-eclipse-temurin-21 | jre | alpine | eclipse-temurin:21-jre-alpine azul-zulu:21-jre-alpine
maven:3.9-eclipse-temurin-21 | jre | distroless | gcr.io/distroless/java21-debian13:nonroot
maven:3.9-eclipse-temurin-8 | jre | distroless |
node:20 | jre | slim |
golang:1.22 | native | slim | debian:bookworm-slim
golang:1.24 | native | slim | debian:trixie-slim
golang:1.23-alpine3.20 | native | slim | alpine:3.20
golang:1.22 | native | alpine |
golang:1.22-alpine | native | alpine | alpine:3.21
golang:1.22 | native | scratch |
golang:1.22 | native | distroless | gcr.io/distroless/cc-debian13:nonroot gcr.io/distroless/base-debian13:nonroot
golang:1.22-alpine | native | distroless |
gradle:jdk21 | native | distroless |
rust:1.75 | native | slim | debian:bookworm-slim
swift:5.9 | native | slim | ubuntu:jammy
debian:12 | native | slim | debian:12-slim
debian | native | slim | debian:stable-slim
debian:12.5 | native | slim | debian:bookworm-slim
debian:bookworm-20240110 | native | slim | debian:bookworm-slim
alpine:3.20.3 | native | slim | alpine:3.20.3
eclipse-temurin:21.0.4_7-jre | jre | slim | eclipse-temurin:21.0.4_7-jre
ubuntu:22.04 | native | slim | ubuntu:22.04
alpine:3.19 | native | slim | alpine:3.19
openjdk:17 | native | slim |
golang:1.22 | static | slim | debian:bookworm-slim
golang:1.22 | static | alpine | alpine:3.24
golang:1.23-alpine3.20 | static | alpine | alpine:3.20
golang:1.22 | static | distroless | gcr.io/distroless/static-debian13:nonroot
golang:1.22 | static | scratch | scratch
public.ecr.aws/docker/library/golang:1.22 | native | slim | public.ecr.aws/docker/library/debian:bookworm-slim
node:20 | files | alpine | nginx:stable-alpine nginx:stable-alpine-slim
node:20 | files | slim | nginx:stable
node:20 | files | scratch | scratch
node:20@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef | same-language | slim |
`;

const ROWS = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()) as [string, RuntimeKind, Flavour, string]);

describe('counterparts', () => {
  it.each(ROWS)('%s, %s, %s: %s', (image, kind, flavour, expected) => {
    expect(counterparts(image, kind, flavour)).toBe(expected);
  });
});

interface Table {
  readonly series: Record<string, Record<string, { readonly os?: string; readonly patches?: readonly string[] }>>;
}

/** Every n-th tag of every table, floating and at its first and last patch level. */
function sample(): readonly string[] {
  const require = createRequire(import.meta.url);
  const families =
    `node python golang ruby php rust eclipse-temurin amazoncorretto azul-zulu openjdk maven gradle nginx tomcat debian ubuntu
    alpine buildpack-deps erlang elixir swift perl`.split(/\s+/);
  return families.flatMap((family) => {
    const { series } = require(`#data/tags/${family}.json`) as Table;
    return Object.entries(series).flatMap(([version, rows]) =>
      Object.entries(rows).flatMap(([suffix, row]) => {
        const text = (number: string) => [number, suffix].filter((part) => part.length > 0).join('-');
        const patched = version === '' ? [] : (row.patches ?? []).map((patch) => text(`${version}.${patch}`));
        return [text(version), ...patched].map((tag) => `${family}:${tag}`);
      }),
    );
  });
}

const KINDS: readonly RuntimeKind[] = ['same-language', 'jre', 'native', 'static', 'files'];
const FLAVOURS: readonly Flavour[] = ['slim', 'alpine', 'distroless', 'scratch'];

describe('over all published tags', () => {
  const tags = sample();

  it('every tag of the tables exists', () => {
    expect(tags.length).toBeGreaterThan(10_000);
    expect(tags.filter((image) => images.tagStatus(image) !== 'exists')).toEqual([]);
  });

  it('every counterpart exists, is known, and says why', () => {
    const wrong = tags
      .filter((_, index) => index % 7 === 0)
      .flatMap((image) => {
        const base = images.lookup(image);
        if (base === undefined) return [];
        return KINDS.flatMap((kind) => FLAVOURS.flatMap((flavour) => images.counterparts(base, kind, flavour)))
          .filter(
            (found) =>
              images.tagStatus(found.image) !== 'exists' ||
              found.because.length < 20 ||
              found.facts.ref.text !== found.image,
          )
          .map((found) => `${image} -> ${found.image}`);
      });
    expect(wrong).toEqual([]);
  });

  it('a slim counterpart keeps the C library; one of the same language keeps release and version too', () => {
    const wrong = tags
      .filter((_, index) => index % 5 === 0)
      .flatMap((image) => {
        const base = images.lookup(image);
        if (base === undefined) return [];
        return images
          .counterparts(base, 'same-language', 'slim')
          .filter(
            ({ facts }) => facts.libc !== base.libc || facts.release !== base.release || facts.version !== base.version,
          )
          .map((found) => `${image} (${base.release}) -> ${found.image} (${found.facts.release})`);
      });
    expect(wrong).toEqual([]);
  });

  it('a slim system for native programs has the release of the build image', () => {
    const wrong = tags
      .filter((image) => /^(golang|rust):/.test(image))
      .filter((_, index) => index % 3 === 0)
      .flatMap((image) => {
        const base = images.lookup(image);
        const found = base === undefined ? [] : images.counterparts(base, 'native', 'slim');
        return found
          .filter(({ facts }) => facts.release !== base?.release)
          .map((counterpart) => `${image} -> ${counterpart.image}`);
      });
    expect(wrong).toEqual([]);
  });
});
