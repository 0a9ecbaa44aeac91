import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { transforms } from '../src/index.ts';
import { reasonTables } from '../src/reason-tables.ts';
import { reasonsPage } from '../src/report/reasons-page.ts';
import { withStepsTable } from '../src/report/steps-table.ts';
import { root } from './fixture.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
/**
 * Checks guard against bugs of dfmigrate, so no fixture can show one; five inputs are too large to keep as files; no image of
 * the catalogue has a setting of unknown value that its counterpart lacks (`test/reading/base-swap.test.ts` makes one).
 */
const shownElsewhere =
  /^(check\/|file\/(too-large|line-too-long|too-many-stages)$|(go|node)\/sources-unread$|base\/setting-lost$)/;

function textsBelow(directory: string, matches: (name: string) => boolean): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => matches(name) && !name.includes('node_modules'))
    .map((name) => readFileSync(join(directory, name), 'utf8'));
}

const codes = reasonTables.flatMap(({ owner, sentences }) => Object.keys(sentences).map((code) => `${owner}/${code}`));

describe('reasons', () => {
  it('have one owner each', () => {
    const owners = reasonTables.map(({ owner }) => owner);
    expect([...new Set(owners)]).toEqual(owners);
  });

  it('are each shown by a fixture', () => {
    const shown = new Set(
      textsBelow(root, (name) => name.endsWith('report.txt'))
        .flatMap((text) => text.match(/^ {2}[\w-]+\/[\w-]+(?=:)/gm) ?? [])
        .map((code) => code.trim()),
    );
    expect(codes.filter((code) => !shown.has(code) && !shownElsewhere.test(code))).toEqual([]);
  });

  it('stand on the page that is made from them', () => {
    expect(readFileSync(join(project, 'docs/reasons.md'), 'utf8')).toBe(reasonsPage(reasonTables));
  });

  it('are each documented', () => {
    const pages = [
      ...textsBelow(join(project, 'transforms'), (name) => name.endsWith('.md')),
      ...textsBelow(join(project, 'src'), (name) => name.endsWith('.md')),
      ...textsBelow(join(project, 'docs'), (name) => name.endsWith('.md')),
    ].join('\n');
    expect(codes.filter((code) => !pages.includes(`\`${code}\``))).toEqual([]);
  });
});

describe('transforms', () => {
  const names = transforms.map((transform) => transform.name);

  it('have a file, a page and a fixture folder of their name', () => {
    const files = readdirSync(join(project, 'transforms')).filter((name) => name !== 'index.ts');
    expect(files.sort()).toEqual([...names.flatMap((name) => [`${name}.md`, `${name}.ts`])].sort());
    expect(names.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });

  it('stand in the table of the README', () => {
    const readme = readFileSync(join(project, 'README.md'), 'utf8');
    expect(withStepsTable(readme)).toBe(readme);
  });

  it('name no language, build tool or framework', () => {
    const words =
      /\b(npm|yarn|pnpm|node_modules|maven|gradle|java|jvm|python|pip|golang|cargo|rust|ruby|composer|dotnet|spring|django|express)\b/i;
    const naming = names.filter((name) => words.test(readFileSync(join(project, 'transforms', `${name}.ts`), 'utf8')));
    expect(naming).toEqual([]);
  });

  it('say in their comment what they rewrite, why that is safe, when they refuse and what they leave alone', () => {
    for (const name of names) {
      const text = readFileSync(join(project, 'transforms', `${name}.ts`), 'utf8');
      for (const part of ['Rewrites:', 'Safe because:', 'Refuses when:', 'Leaves alone:'])
        expect(`${name} ${text.includes(part)}`).toBe(`${name} true`);
    }
  });
});
