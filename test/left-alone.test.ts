import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDockerfile } from '../src/dockerfile/parse.ts';
import { MAX_FILE_BYTES, MAX_LINE_BYTES, MAX_STAGES } from '../src/dockerfile/reasons.ts';
import { migrateParsed } from '../src/migrate.ts';
import { memoryProject } from '../src/project/memory.ts';
import { filesIn, fixturesOf, updating } from './fixture.ts';
import { outcomeText } from './outcome-text.ts';

function leave(bytes: Uint8Array, path: string, files: Readonly<Record<string, string>>) {
  const source = new TextDecoder().decode(bytes);
  return migrateParsed(readDockerfile(bytes), source, memoryProject(files, { dockerfile: path }), { path });
}

describe('files that are left alone', () => {
  it.each(fixturesOf('left-alone'))('$name', (fixture) => {
    const path = fixture.options.dockerfile ?? 'Dockerfile';
    const before = join(fixture.directory, 'before');
    const migration = leave(readFileSync(join(before, path)), path, filesIn(before));
    const code = fixture.name.replace('left-alone/', '').replace('-', '/');
    expect(migration.leftAlone?.code).toBe(code);
    expect(migration.after).toBe(migration.before);
    const report = join(fixture.directory, 'report.txt');
    if (updating) writeFileSync(report, outcomeText(migration));
    expect(existsSync(report) ? readFileSync(report, 'utf8') : '').toBe(outcomeText(migration));
  });

  it.each([
    ['file/too-large', `FROM scratch\n${'# x\n'.repeat(MAX_FILE_BYTES / 4)}`],
    ['file/line-too-long', `FROM scratch\nRUN echo ${'x'.repeat(MAX_LINE_BYTES)}\n`],
    ['file/too-many-stages', 'FROM scratch\n'.repeat(MAX_STAGES + 1)],
  ])('%s', (code, text) => {
    expect(leave(new TextEncoder().encode(text), 'Dockerfile', {}).leftAlone?.code).toBe(code);
  });
});
