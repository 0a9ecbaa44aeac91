import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/images/catalogue.ts';

const images = catalogue();

function status(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+/)
    .map((image) => `${image} ${images.tagStatus(image)}`);
}

describe('was a tag ever published?', () => {
  it.each(
    `node node:20 node:20.11.1 node:20.11 node:20-bookworm-slim node:lts-alpine node:jod-slim node:25
    python:3.12-slim-bookworm python:3.12.4-slim-bookworm python:3.12-slim-bullseye golang:1.22-bookworm golang:1.23-alpine3.20
    eclipse-temurin:21-jre eclipse-temurin:17-jre-alpine eclipse-temurin:21-jre-alpine-3.22 maven:3.9-eclipse-temurin-21
    maven:3.9.6-eclipse-temurin-17-alpine gradle:8.7-jdk21-alpine openjdk:17-alpine openjdk:8-jre-alpine amazoncorretto:8-jre
    amazoncorretto:21-headless debian:bookworm-slim debian:12-slim ubuntu:24.04 alpine:3.19 scratch nginx:1.25-alpine
    public.ecr.aws/docker/library/node:20 gcr.io/distroless/static gcr.io/distroless/static-debian12:nonroot
    gcr.io/distroless/nodejs22-debian13 mcr.microsoft.com/dotnet/aspnet:8.0 mcr.microsoft.com/dotnet/sdk:6.0 oven/bun:1-slim
    tomcat:10.1-jre21 node:20@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`.split(/\s+/),
  )('%s exists', (image) => {
    expect(images.tagStatus(image)).toBe('exists');
  });

  it('tags that circulate in articles but never existed', () => {
    const never = `debian:slim debian:latest-slim node:latest-alpine node:latest-slim node:20-slim-bookworm python:3.12-bookworm-slim
      golang:1.22-slim php:8.2-slim php:8.2-apache-alpine eclipse-temurin:21-slim eclipse-temurin:17-jre-slim amazoncorretto:17-jre
      amazoncorretto:21-jre openjdk:17-jre openjdk:17-jre-slim openjdk:21-jre openjdk:11-jre-alpine python:3.8-slim-trixie
      node:16.99.0 gcr.io/distroless/nodejs16-debian13 scratch:latest`;
    expect(status(never)).toEqual(status(never).map((line) => `${line.split(' ')[0]} never-existed`));
  });

  it('newer than the snapshot, outside the tables or private: not known', () => {
    const open = `node:27 node:26.99.0 python:3.15 python:3.13.99 golang:1.28 node:22-alpine3.25 alpine:3.25 alpine:3.20.3 debian:14 rust:1.99
      python:3.13.0rc1 node:20-nightly debian:bookworm-20240110-slim eclipse-temurin:21.0.4_7-jre openjdk:8u342 maven:3.9-ibmjava-8
      node:20-windowsservercore gradle:4.10 bitnami/node:20 node:$V registry.example.com/node:20 gcr.io/distroless/static:v1
      node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef mcr.microsoft.com/dotnet/sdk:12.0`;
    expect(status(open)).toEqual(status(open).map((line) => `${line.split(' ')[0]} unknown`));
  });
});
