import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wantsColour } from '../../src/report/colour.ts';
import { lengthOf, wrap } from '../../src/report/layout.ts';
import { mask, redact } from '../../src/report/redact.ts';
import { hasHiddenCharacters, sanitise, sanitiseName } from '../../src/report/sanitise.ts';

describe('sanitise', () => {
  it.each([
    ['\x1b[31m', '\\x1b[31m'],
    ['a\tb\nc', 'a\tb\nc'],
    ['\r', '\\x0d'],
    ['\x7f\x9b', '\\x7f\\x9b'],
    ['\u202e\u2066\u200b\ufeff', '\\u{202e}\\u{2066}\\u{200b}\\u{feff}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['größe 日本', 'größe 日本'],
  ])('%j', (text, shown) => {
    expect(sanitise(text)).toBe(shown);
  });

  it('a name stays on its line', () => {
    expect(sanitiseName('a\nb\tc')).toBe('a\\nb\\tc');
  });

  it('knows a text that hides something', () => {
    expect(['\ufeffFROM a\r\n\tb\n', '# \u202e', '\x1b'].map(hasHiddenCharacters)).toEqual([false, true, true]);
  });
});

describe('redact', () => {
  it.each([
    ['ENV NPM_TOKEN=abc', `ENV NPM_TOKEN=${mask}`],
    ['+ENV DB_PASSWORD="a b" X=1', `+ENV DB_PASSWORD=${mask} X=1`],
    ['ENV API_KEY abc def', `ENV API_KEY ${mask}`],
    ['ARG GITHUB_TOKEN', 'ARG GITHUB_TOKEN'],
    ['ENV A_TOKEN=$B ENV_KEY=${C}', 'ENV A_TOKEN=$B ENV_KEY=${C}'],
    ['ENV MONKEY=1 KEYBOARD=2', 'ENV MONKEY=1 KEYBOARD=2'],
    ['git clone https://bob:hunter2@example.org/x', `git clone https://${mask}@example.org/x`],
    ['git clone https://$T@example.org/x', 'git clone https://$T@example.org/x'],
    [`echo ghp_${'a'.repeat(36)}`, `echo ${mask}`],
  ])('%s', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it('takes any text, and a second time changes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('KEY', '=', 'a', '"', "'", '\\', ' ', '\n', '://', '@', ':', 'ENV ', '$') }),
        (text) => {
          expect(redact(redact(text))).toBe(redact(text));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('wrap', () => {
  it('no line is longer than the width unless it is one word, and no word is lost', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1, maxLength: 12 }).filter((word) => !/\s/.test(word)),
          { minLength: 1 },
        ),
        fc.integer({ min: 5, max: 40 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width);
          expect(lines.join(' ')).toBe(words.join(' '));
          for (const line of lines) expect(lengthOf(line) <= width || !line.includes(' ')).toBe(true);
        },
      ),
    );
  });
});

describe('wantsColour', () => {
  it.each([
    ['auto', true, {}, true],
    ['auto', false, {}, false],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['auto', true, { FORCE_COLOR: '0' }, false],
    ['auto', true, { TERM: 'dumb' }, false],
    ['always', false, { NO_COLOR: '1' }, true],
    ['never', true, { FORCE_COLOR: '1' }, false],
  ] as const)('%s on a terminal: %s with %j', (choice, terminal, env, expected) => {
    expect(wantsColour(choice, terminal, env)).toBe(expected);
  });
});
