import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ignores, readIgnore } from '../../src/project/dockerignore.ts';

interface Oracle {
  readonly paths: readonly string[];
  readonly cases: readonly {
    readonly ignore: string;
    readonly excluded?: readonly string[];
    readonly error?: string;
  }[];
}

const oracle = JSON.parse(
  readFileSync(new URL('../oracles/dockerignore-oracle.json', import.meta.url), 'utf8'),
) as Oracle;

function excluded(text: string, paths: readonly string[]): readonly string[] | undefined {
  const ignore = readIgnore(text);
  return ignore.valid ? paths.filter((path) => ignores(ignore, path)) : undefined;
}

describe('an ignore file', () => {
  it('has an oracle to answer to', () => {
    expect([oracle.cases.length, oracle.paths.length]).toEqual([71, 48]);
  });

  it.each(oracle.cases.map((each) => [each.ignore, each] as const))('excludes what moby excludes: %j', (text, each) => {
    expect(excluded(text, oracle.paths)).toEqual(each.error === undefined ? each.excluded : undefined);
  });

  it('names the pattern with which every build fails', () => {
    expect(readIgnore('a\n[b\n')).toEqual({ valid: false, pattern: '[b' });
    expect(readIgnore('!')).toEqual({ valid: false, pattern: '!' });
    expect(readIgnore('a\n! [\n')).toEqual({ valid: false, pattern: '![' });
  });

  it('never excludes the context itself', () => {
    expect(excluded('*\n**\n.', [''])).toEqual([]);
  });

  it('sends a file that is named again below an excluded directory', () => {
    expect(excluded('a\n!a/keep', ['a', 'a/keep', 'a/keep/x', 'a/other'])).toEqual(['a', 'a/other']);
    expect(excluded('a\n!**/keep', ['a', 'a/b', 'a/b/keep'])).toEqual(['a', 'a/b']);
  });

  it('opens an excluded directory only where something may be named again', () => {
    const below = (text: string) => {
      const ignore = readIgnore(text);
      return ignore.valid && ['a', 'a/b', 'c'].map(ignore.reincludesBelow);
    };
    expect(below('*')).toEqual([false, false, false]);
    expect(below('*\n!a/b/x')).toEqual([true, true, false]);
    expect(below('*\n!/a/**')).toEqual([true, false, false]);
    expect(below('*\n!a*\n')).toEqual([true, true, true]);
  });

  it('does not bring back a file by an earlier sent parent', () => {
    expect(excluded('a/b/c\n!a', ['a', 'a/b', 'a/b/c'])).toEqual(['a/b/c']);
    expect(excluded('a\na/b/c\n!a', ['a', 'a/b', 'a/b/c'])).toEqual([]);
  });

  it('does not multiply the work with the stars of a pattern', () => {
    const text = `${'**/'.repeat(300)}x\n${'*a'.repeat(300)}b\n`;
    expect(excluded(text, [`${'a/'.repeat(50)}b`, 'a'.repeat(2000), 'a/'.repeat(100_000)])).toEqual([]);
  });

  it('is read without throwing', () => {
    const piece = fc.constantFrom(
      'a',
      '/',
      '*',
      '**',
      '!',
      '#',
      '[',
      ']',
      '^',
      '-',
      '\\',
      '?',
      '.',
      '..',
      '\n',
      ' ',
      '\r',
      'é',
      '😀',
    );
    const text = fc.array(piece, { maxLength: 20 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (each) => {
        excluded(each, oracle.paths);
      }),
      { numRuns: 500 },
    );
  });
});
