import { expect, it } from 'vitest';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { ecosystems } from '../../src/ecosystems/index.ts';
import { catalogue } from '../../src/images/catalogue.ts';
import { memoryProject } from '../../src/project/memory.ts';
import { missingPackage } from '../../src/reading/missing-package.ts';
import { read, session } from '../../src/reading/reading.ts';

function missing(image: string, ...lines: readonly string[]): string | undefined {
  const file = parseDockerfile(`FROM ${image}\n${lines.join('\n')}\nCMD ["x"]\n`);
  if (file.kind !== 'dockerfile') throw new Error('unreadable');
  const reading = read(file, session(memoryProject({ 'extra.list': 'deb' }), catalogue(), ecosystems));
  const found = missingPackage(reading);
  return found?.name ?? found?.release;
}

it.each([
  ['a package that went', 'python:3.12-slim-trixie', 'apt-get install -y libgl1-mesa-glx', 'libgl1-mesa-glx'],
  ['a name with several providers', 'node:22-bookworm', 'apt install -y curl netcat', 'netcat'],
  [
    'a release of today',
    'python:3.12-slim',
    'apt-get install -y software-properties-common=1',
    'software-properties-common',
  ],
  ['behind an index', 'debian:trixie', 'apt-get update && apt-get install -y libzip4', 'libzip4'],
  ['a release that has it', 'python:3.12-slim-bookworm', 'apt-get install -y libgl1-mesa-glx', undefined],
  ['a name with one provider', 'python:3.12-slim-trixie', 'apt-get install -y libasound2', undefined],
  ['a name of another section', 'debian:trixie', 'apt-get install -y ttf-mscorefonts-installer', undefined],
  ['a name nobody knows', 'debian:trixie', 'apt-get install -y tide-tables', undefined],
  ['another distribution', 'ubuntu:24.04', 'apt-get install -y libgl1-mesa-glx', undefined],
  ['an image nobody knows', 'example.org/base:1', 'apt-get install -y libgl1-mesa-glx', undefined],
  ['a failure that is let pass', 'debian:trixie', 'apt-get install -y libzip4 || true', undefined],
  ['a release of its own', 'debian:trixie', 'apt-get install -y -t bookworm libzip4', undefined],
  ['a list of an archived release', 'python:3.9-slim-buster', 'apt-get update', 'buster'],
  ['a package of an archived release', 'ubuntu:23.10', 'apt-get install -y tide-tables', 'mantic'],
  ['a release that is still served', 'ubuntu:16.04', 'apt-get update', undefined],
  ['an upgrade without lists', 'python:3.9-slim-buster', 'apt-get upgrade -y', undefined],
  ['a package out of a file', 'python:3.9-slim-buster', 'apt-get install -y ./tide.deb', undefined],
  ['a clean-up', 'python:3.9-slim-buster', 'apt-get clean', undefined],
])('%s', (_, image, command, name) => {
  expect(missing(image, `RUN ${command}`)).toBe(name);
});

it.each([
  ['RUN add-apt-repository ppa:tide/tables'],
  ['RUN echo "deb http://mirror.example/debian bookworm main" > /etc/apt/sources.list.d/old.list'],
  ['RUN sed -i s/trixie/bookworm/ /etc/apt/sources.list.d/debian.sources'],
  ['RUN curl -fsSL https://example.org/setup.sh | bash -'],
  ['RUN apt-get install -y ./repository.deb'],
  ['COPY extra.list /etc/apt/sources.list.d/'],
  ['COPY . /'],
])('is silent behind %s', (line) => {
  expect(missing('debian:buster', line, 'RUN apt-get update')).toBeUndefined();
  expect(missing('debian:trixie', line, 'RUN apt-get install -y libzip4')).toBeUndefined();
  expect(missing('debian:trixie', 'WORKDIR /w', 'COPY . .', 'RUN apt-get install -y libzip4')).toBe('libzip4');
});
