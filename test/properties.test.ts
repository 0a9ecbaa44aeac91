import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../src/dockerfile/parse.ts';
import { migrate, transforms } from '../src/index.ts';
import type { Migration } from '../src/migration.ts';
import { memoryProject } from '../src/project/memory.ts';
import type { Transform } from '../src/transform.ts';
import { type Fixture, filesIn, fixturesOf, root, run, written } from './fixture.ts';

const fixtures: readonly Fixture[] = readdirSync(root)
  .filter((folder) => folder !== 'documents' && folder !== 'left-alone')
  .flatMap(fixturesOf);

const pairs: readonly (readonly Transform[])[] = transforms.flatMap((first, index) =>
  transforms.slice(index + 1).map((second) => [first, second]),
);

/** Every transform alone, the whole list, and pairs in pipeline order: all of them for a story, every tenth for another fixture. */
function selections(fixture: Fixture, number: number): readonly (readonly Transform[])[] {
  const story = fixture.name.startsWith('story/');
  const some = pairs.filter((_, index) => story || (index + number) % 10 === 0);
  return [...transforms.map((one) => [one]), ...some, transforms];
}

function comments(text: string): readonly string[] {
  const parsed = parseDockerfile(text);
  return parsed.kind === 'unreadable' ? [] : parsed.comments.map((comment) => comment.text.trim()).sort();
}

/** What holds for every run: no rejected step, a readable result, all comments, and a second run that changes nothing. */
function faults(migration: Migration, again: Migration): readonly string[] {
  const rejected = migration.steps.flatMap(({ transform, outcome }) =>
    outcome.kind === 'rejected' ? [`${transform}: ${outcome.reason.text}`] : [],
  );
  const unreadable =
    migration.leftAlone === undefined && parseDockerfile(migration.after).kind === 'unreadable' ? ['unreadable'] : [];
  const left = [...comments(migration.after)];
  const lost = comments(migration.before).filter((comment) => {
    const index = left.indexOf(comment);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  const unsettled = again.after === migration.after && again.files.length === 0 ? [] : [`not settled: ${again.after}`];
  return [...rejected, ...unreadable, ...lost.map((comment) => `lost ${comment}`), ...unsettled];
}

describe('every selection of transforms', () => {
  it.each(fixtures.map((fixture, number) => ({ name: fixture.name, fixture, number })))(
    'keeps its promises on $name',
    ({ fixture, number }) => {
      const files = filesIn(join(fixture.directory, 'before'));
      const found = selections(fixture, number).flatMap((selected) => {
        const migration = run(fixture, files, selected);
        const again = run(fixture, written(files, migration), selected);
        return faults(migration, again).map((fault) => `${selected.map((one) => one.name).join('+')}: ${fault}`);
      });
      expect(found).toEqual([]);
    },
  );

  it.each(fixturesOf('story'))('gives the same for $name when each step is a run of its own', (fixture) => {
    const files = filesIn(join(fixture.directory, 'before'));
    const whole = run(fixture, files, transforms);
    const oneByOne = transforms.reduce((text, transform) => written(text, run(fixture, text, [transform])), files);
    expect(oneByOne[fixture.options.dockerfile ?? 'Dockerfile']).toBe(whole.after);
  });
});

const manifests: Readonly<Record<string, string>> = {
  'package.json':
    '{"name":"tide","version":"1.0.0","scripts":{"build":"tsc","start":"node dist/tide.js"},"dependencies":{"pino":"9.0.0"},"devDependencies":{"typescript":"5.9.2"}}',
  'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\n',
  'go.mod': 'module sea.example/tide\n\ngo 1.24\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  'pom.xml': '<project><artifactId>tide</artifactId></project>',
  'tide.py': 'print("tide")\n',
  'src/tide.js': 'console.log("tide")\n',
  'start.sh': '#!/bin/sh\nset -e\nexec "$@"\n',
};

const line = fc.constantFrom(
  '# a comment',
  '',
  'WORKDIR /srv',
  'WORKDIR app',
  'COPY . .',
  'COPY package*.json ./',
  'COPY requirements.txt .',
  'COPY src ./src/',
  'COPY start.sh /',
  'ADD . /srv/',
  'RUN npm ci',
  'RUN npm install && npm run build',
  'run pip install -r requirements.txt',
  'RUN go build -o /tide .',
  'RUN mvn -q package',
  'RUN apt-get update && apt-get install -y gcc libpq-dev curl \\\n  # headers\n  && rm -rf /var/lib/apt/lists/*',
  'RUN apk add --no-cache build-base',
  'RUN <<EOF\necho tide\nEOF',
  'ENV PORT=8000',
  'ENV MODE tide',
  'ARG VERSION=1',
  'ENV RELEASE=$VERSION',
  'LABEL sea="north"',
  'EXPOSE 8000',
  'USER node',
  'USER 1000:1000',
  'VOLUME /data',
  'SHELL ["/bin/bash", "-c"]',
  'STOPSIGNAL SIGINT',
  'RUN mkdir -p /data && chown 1000 /data',
  'RUN chmod +x /start.sh',
  'RUN useradd -m tide',
  'RUN ./configure',
  'HEALTHCHECK CMD curl -f http://127.0.0.1:8000/ || exit 1',
  'ENTRYPOINT ["/start.sh"]',
  'CMD ["npm", "start"]',
  'CMD python tide.py',
  'CMD ["/tide"]',
  'FROM scratch',
  'FROM node:22 AS other',
  'COPY --from=0 /srv /srv',
);
const base = fc.constantFrom(
  'node:22',
  'python:3.12',
  'golang:1.26',
  'maven:3.9-eclipse-temurin-21',
  'node:22-alpine',
  'debian:bookworm',
  'example.org/private/base:1',
  'ubuntu:24.04',
);

describe('generated Dockerfiles', () => {
  it('never crash the pipeline, and what it changes keeps its promises', () => {
    fc.assert(
      fc.property(
        base,
        fc.array(line, { maxLength: 14 }),
        fc.subarray(Object.keys(manifests)),
        fc.constantFrom('\n', '\r\n'),
        (image, lines, present, eol) => {
          const text = [`FROM ${image}`, ...lines].join('\n').replaceAll('\n', eol) + eol;
          const files = {
            Dockerfile: text,
            ...Object.fromEntries(present.map((name) => [name, manifests[name] ?? ''])),
          };
          const migration = migrate(text, memoryProject(files), { transforms });
          const after: Record<string, string> = { ...files, Dockerfile: migration.after };
          for (const file of migration.files) after[file.path] = file.after;
          const again = migrate(migration.after, memoryProject(after), { transforms });
          expect(faults(migration, again)).toEqual([]);
          if (eol === '\r\n') expect(migration.after.replaceAll('\r\n', '')).not.toContain('\n');
        },
      ),
      { numRuns: 1500 },
    );
  });
});
