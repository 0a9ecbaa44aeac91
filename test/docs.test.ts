import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { migrate, transforms } from '../src/index.ts';
import { memoryProject } from '../src/project/memory.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const headings = ['What it does', 'Why', 'Example', 'Safe because', 'Refuses when', 'Options'];

/** Fenced blocks by their info string: `dockerfile before`, `dockerfile after`, `file package.json`, `after .dockerignore`. */
function blocks(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^```([^\n]+)\n([\s\S]*?)^```$/gm)].map((match) => [(match[1] ?? '').trim(), match[2] ?? '']),
  );
}

function filesOf(all: ReadonlyMap<string, string>, kind: string): Record<string, string> {
  return Object.fromEntries(
    [...all].flatMap(([info, text]) => (info.startsWith(`${kind} `) ? [[info.slice(kind.length + 1), text]] : [])),
  );
}

describe.each(transforms.map((transform) => transform.name))('the page of %s', (name) => {
  const path = join(project, 'transforms', `${name}.md`);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';

  it('has the headings of every page, in order', () => {
    expect([...text.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(headings);
  });

  it('shows an example that is true', () => {
    const all = blocks(text);
    const before = all.get('dockerfile before') ?? '';
    const files = { Dockerfile: before, ...filesOf(all, 'file') };
    const migration = migrate(before, memoryProject(files), {
      transforms: transforms.filter((transform) => transform.name === name),
    });
    expect(migration.after).toBe(all.get('dockerfile after') ?? before);
    expect(Object.fromEntries(migration.files.map((file) => [file.path, file.after]))).toEqual(filesOf(all, 'after'));
    expect(migration.steps.map((step) => step.outcome.kind)).toEqual(['change']);
  });
});
