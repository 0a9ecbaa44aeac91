/**
 * Files per second over a tree of Dockerfiles: the whole default pipeline with project facts, beside dockerfile-ast parsing
 * alone and, when it is installed (`npm i --no-save @tdurieux/dinghy`), beside dinghy's parser. All in one process, in turn.
 *
 *   node dist/bench/throughput.js DIRECTORY [rounds]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { migrate } from '../src/migrate.ts';
import { diskProject } from '../src/project/disk.ts';

const directory = process.argv[2];
const rounds = Number(process.argv[3] ?? 3);
if (directory === undefined) {
  console.error('usage: throughput.js DIRECTORY [rounds]');
  process.exit(2);
}
const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  .filter((name) => /(^|\/)(Dockerfile[^/]*|[^/]+\.dockerfile)$/.test(name) && !name.endsWith('.dockerignore'))
  .flatMap((name) => readable(join(directory, name)));

const contestants: Record<string, (text: string, path: string) => unknown> = {
  'dockerfile-ast parse': (text) => DockerfileParser.parse(text).getInstructions(),
  'dfmigrate pipeline': (text, path) => migrate(text, diskProject(dirname(path), path), { path: 'Dockerfile' }),
};
const dinghy = await load('@tdurieux/dinghy');
if (dinghy !== undefined) contestants['dinghy parse'] = (text) => dinghy(text);

const times = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(contestants)) times.set(name, [...(times.get(name) ?? []), timed(run)]);
}
const base = best('dockerfile-ast parse');
console.log(`${files.length} files, best of ${rounds} rounds`);
for (const name of times.keys()) {
  const seconds = best(name);
  console.log(
    `${name.padEnd(22)} ${(files.length / seconds).toFixed(0).padStart(7)} files/s   ${(seconds / base).toFixed(2)}x the time of dockerfile-ast`,
  );
}

function readable(path: string): readonly { readonly path: string; readonly text: string }[] {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > 256 * 1024 ? [] : [{ path, text }];
  } catch {
    return [];
  }
}

function timed(run: (text: string, path: string) => unknown): number {
  const start = process.hrtime.bigint();
  for (const { text, path } of files) {
    try {
      run(text, path);
    } catch {
      // A parser that throws on a file has spent its time on it all the same.
    }
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function best(name: string): number {
  return Math.min(...(times.get(name) ?? [Number.NaN]));
}

async function load(name: string): Promise<((text: string) => unknown) | undefined> {
  try {
    const found = (await import(name)) as {
      readonly dockerfileParser?: { readonly parseDocker: (text: string) => unknown };
    };
    return found.dockerfileParser?.parseDocker;
  } catch {
    return undefined;
  }
}
