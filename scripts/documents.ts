/**
 * Reads every Dockerfile below a directory and reports what the parser makes of it: how many are read, refused by which
 * reason, and whether spans reproduce the source. `node dist/scripts/documents.js DIRECTORY`; exit code 1 when one does not.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Dockerfile } from '../src/dockerfile/model.ts';
import { readDockerfile } from '../src/dockerfile/parse.ts';

const directory = process.argv[2] ?? '.';
const counts = new Map<string, number>();
const broken: string[] = [];
for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
  if (!/(^|\/)((Dockerfile|Containerfile)[^/]*|[^/]+\.[Dd]ockerfile)$/.test(name) || name.endsWith('.dockerignore'))
    continue;
  const path = join(directory, name);
  if (!statSync(path).isFile()) continue;
  const read = readDockerfile(readFileSync(path));
  const key = read.kind === 'unreadable' ? read.code : 'read';
  counts.set(key, (counts.get(key) ?? 0) + 1);
  if (read.kind === 'unreadable') console.log(`${key} ${name}:${read.line}`);
  else if (!reproduces(read)) broken.push(name);
}
for (const [key, count] of [...counts].sort()) console.log(`${String(count).padStart(6)}  ${key}`);
for (const name of broken) console.error(`spans do not reproduce ${name}`);
process.exitCode = broken.length === 0 ? 0 : 1;

/** Blocks are in order, do not overlap, and what lies between them holds no instruction. */
function reproduces(file: Dockerfile): boolean {
  let at = 0;
  const parts: string[] = [];
  for (const { block, span, name } of file.instructions) {
    if (block.start < at || span.start < block.start || span.end > block.end) return false;
    if (!file.source.startsWith(name, span.start) && !/\\|`/.test(file.source.slice(span.start, span.start + 20)))
      return false;
    const gap = file.source.slice(at, block.start);
    if (gap.split('\n').some((line) => line.trim() !== '' && !/^\uFEFF?\s*#/.test(line) && !/^\s*[\\`]\s*$/.test(line)))
      return false;
    parts.push(gap, file.source.slice(block.start, block.end));
    at = block.end;
  }
  parts.push(file.source.slice(at));
  return parts.join('') === file.source;
}
