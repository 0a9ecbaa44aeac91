import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Script } from '../../src/shell/model.ts';
import { readScript } from '../../src/shell/script.ts';

function understood(text: string): Script {
  const script = readScript(text);
  if (!script.understood) throw new Error(`${script.why}: ${text}`);
  return script;
}

function outline(text: string): readonly string[] {
  return understood(text).commands.map(
    (command) =>
      `${command.depth}${command.join === '\n' ? '\\n' : command.join} ${text.slice(command.span.start, command.span.end)}`,
  );
}

function values(text: string): readonly (string | undefined)[] {
  return understood(text).commands.flatMap((command) => command.words.map((word) => word.value));
}

describe('commands of a shell text', () => {
  it('come in source order with join and depth', () => {
    expect(outline('a && b || c; d & e | f\ng')).toEqual(['0 a', '0&& b', '0|| c', '0; d', '0& e', '0| f', '0\\n g']);
  });

  it('include those inside subshells, groups, conditions, loops, cases and functions', () => {
    expect(outline('(a; b) && { c; }')).toEqual(['1 a', '1; b', '1 c']);
    expect(outline('if a; then b; elif c; then d; else e; fi')).toEqual(['1 a', '1 b', '1 c', '1 d', '1 e']);
    expect(outline('for x in 1 2; do a; done; while b; do c; done')).toEqual(['1 a', '1 b', '1 c']);
    expect(outline('case $1 in x) a;; *) b;; esac')).toEqual(['1 a', '1 b']);
    expect(outline('f() { a; }; f')).toEqual(['1 a', '0; f']);
  });

  it('include those inside substitutions', () => {
    expect(outline('a "$(b | c)" `d` <(e)')).toEqual(['0 a "$(b | c)" `d` <(e)', '1 b', '1| c', '1 d', '1 e']);
    expect(outline('x=$(a) y')).toEqual(['0 x=$(a) y', '1 a']);
    expect(outline('[[ -n $(a) ]] && echo $(( $(b) + 1 ))')).toEqual(['1 a', '0&& echo $(( $(b) + 1 ))', '1 b']);
    expect(outline('cat <<E\n$(a)\nE\nb')).toEqual(['0 cat <<E', '1 a', '0\\n b']);
  });

  it('have words after quote removal', () => {
    expect(values(`echo a"b c"'d'\\ e "f\\"g"`)).toEqual(['echo', 'ab cd e', 'f"g']);
    expect(values('[ -f x ]')).toEqual(['[', '-f', 'x', ']']);
    expect(values('export A=b C="d e" F+=g')).toEqual(['export', 'A=b', 'C=d e', 'F+=g']);
  });

  it.each([
    '$A',
    '"$A"',
    '$(a)',
    '`a`',
    '$((1))',
    '~',
    '~/x',
    '*',
    'a?',
    '[ab]',
    '{a,b}',
    "$'a'",
    '$"a"',
    'A=$B',
    'A=~',
    'A=x:~/y',
  ])('do not claim a value for %s', (word) => {
    expect(understood(`export ${word}`).commands[0]?.words[1]).toMatchObject({ raw: word, value: undefined });
  });

  it.each([
    ["'$A'", '$A'],
    ['\\$A', '$A'],
    ['"*"', '*'],
    ['\\*', '*'],
    ['a~', 'a~'],
    ['\\~', '~'],
    ["'a'\\''b'", "a'b"],
    ['A=*', 'A=*'],
    ['""', ''],
  ])('claim the value of %s', (raw, value) => {
    expect(understood(`export ${raw}`).commands[0]?.words[1]).toMatchObject({ raw, value, glob: false });
  });

  it('name the variables of a word', () => {
    const [, ...words] = understood('echo ${A:-$B} "$C$1" $((D + $E)) ${#F} $@ \'$G\' \\$H').commands[0]?.words ?? [];
    expect(words.map((word) => word.variables)).toEqual([['A', 'B'], ['C', '1'], ['D', 'E'], ['F'], ['@'], [], []]);
  });

  it('tell globs and substitutions', () => {
    const [, ...words] = understood('echo *.js "*" a$(b) "`c`"').commands[0]?.words ?? [];
    expect(words.map((word) => [word.glob, word.substitutes])).toEqual([
      [true, false],
      [false, false],
      [false, true],
      [false, true],
    ]);
  });

  it('carry assignments and redirections', () => {
    const [command] = understood('A=1 B=*.c cmd 2>&1 > out < $IN').commands;
    expect(command?.assignments.map((each) => [each.name, each.value?.value])).toEqual([
      ['A', '1'],
      ['B', '*.c'],
    ]);
    expect(command?.redirects.map((each) => [each.fd, each.operator, each.target?.value])).toEqual([
      [2, '>&', '1'],
      [undefined, '>', 'out'],
      [undefined, '<', undefined],
    ]);
  });

  it('show the redirections of a compound command as a command without words', () => {
    const { commands } = understood('{ a; } > out');
    expect(commands.map((command) => [command.words.length, command.redirects[0]?.target?.value])).toEqual([
      [1, undefined],
      [0, 'out'],
    ]);
  });
});

describe('a chain', () => {
  it.each(['a', 'a && b', 'a &&\n b && c # d', ' a '])('is %j', (text) => {
    expect(understood(text).chain).toBe(true);
  });
  it.each(['', 'a || b', 'a; b', 'a\nb', 'a | b && c', '(a) && b', 'a && b &', '! a && b', 'if a; then b; fi'])(
    'is not %j',
    (text) => {
      expect(understood(text).chain).toBe(false);
    },
  );
  it('of larger operands still has links', () => {
    const text = 'a | b && (c) && d';
    expect(understood(text).links.map((span) => text.slice(span.start, span.end))).toEqual(['a | b', '(c)', 'd']);
    expect(understood('a && b || c').links).toEqual([]);
    expect(understood('a && b; c').links).toEqual([]);
  });
});

describe('what is not understood', () => {
  it.each(['echo "a', 'if a; then', '$(', 'a &&', '(a', 'echo $(if)', 'echo `b \\`c\\``'])(
    'is a syntax error: %j',
    (text) => {
      expect(readScript(text)).toEqual({ understood: false, why: 'syntax' });
    },
  );
  it('is a text over 64 KiB', () => {
    expect(readScript(`echo ${'a'.repeat(65_536)}`)).toEqual({ understood: false, why: 'too-large' });
    expect(readScript('a'.repeat(65_536)).understood).toBe(true);
  });
  it('is deep nesting, as a value', () => {
    expect(readScript('"$('.repeat(10_000)).understood).toBe(false);
    expect(readScript('('.repeat(30_000)).understood).toBe(false);
    expect(readScript(`${'"$('.repeat(500)}a${')"'.repeat(500)}`).understood).toBe(false);
  });
});

const piece = fc.constantFrom(
  ...[
    'a',
    'npm',
    ' ',
    ' ',
    ' && ',
    ' || ',
    ';',
    '|',
    '\n',
    '$A',
    '${B:-c}',
    '$(',
    ')',
    '(',
    '`',
    '"',
    "'",
    '\\',
    '>',
    '<<E',
    '{',
    '}',
  ],
  ...['if ', ' then ', ' fi', '*', '[', ']', '#', '=', '~', 'ü', '😀', '\t', '&', '\r', '\0'],
);
const soup = fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(''));

describe('any text', () => {
  it('is read without throwing, with spans inside the text whose slices are the raw words', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const script = readScript(text);
        if (!script.understood) return;
        for (const command of script.commands) {
          expect(command.span.start).toBeLessThanOrEqual(command.span.end);
          expect(command.span.end).toBeLessThanOrEqual(text.length);
          for (const word of command.words) expect(text.slice(word.span.start, word.span.end)).toBe(word.raw);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('has commands whose own text reads to the same words', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const script = readScript(text);
        if (!script.understood || text.includes('<<')) return;
        for (const command of script.commands) {
          const [again] = understood(text.slice(command.span.start, command.span.end)).commands;
          expect(again?.words.map((word) => [word.raw, word.value])).toEqual(
            command.words.map((word) => [word.raw, word.value]),
          );
        }
      }),
      { numRuns: 1500 },
    );
  });
});
