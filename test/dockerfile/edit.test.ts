import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyEdits,
  indentation,
  insertAfter,
  insertBefore,
  keywordLike,
  remove,
  replace,
} from '../../src/dockerfile/edit.ts';
import type { Dockerfile, Instruction } from '../../src/dockerfile/model.ts';
import { parseAlone, parseDockerfile } from '../../src/dockerfile/parse.ts';

function parsed(source: string): Dockerfile {
  const file = parseDockerfile(source);
  if (file.kind === 'unreadable') throw new Error(file.code);
  return file;
}

function at(file: Dockerfile, index: number): Instruction {
  const found = file.instructions[index];
  if (found === undefined) throw new Error(`no instruction ${index}`);
  return found;
}

const folder = new URL('../../fixtures/documents/', import.meta.url);
const documents = readdirSync(folder)
  .filter((name) => !name.startsWith('refused-'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

describe('applyEdits', () => {
  it('without edits is the identity', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => applyEdits(text, []) === text));
  });

  it('keeps everything outside the edits', () => {
    const edits = [
      replace({ start: 4, end: 6 }, 'X'),
      replace({ start: 0, end: 1 }, ''),
      replace({ start: 8, end: 8 }, 'YY'),
    ];
    expect(applyEdits('0123456789', edits)).toBe('123X67YY89');
  });

  it('keeps the order of insertions at one place, before a replacement there', () => {
    const edits = [
      replace({ start: 1, end: 2 }, 'R'),
      replace({ start: 1, end: 1 }, 'a'),
      replace({ start: 1, end: 1 }, 'b'),
    ];
    expect(applyEdits('012', edits)).toBe('0abR2');
  });

  it.each([
    [
      { start: 0, end: 5 },
      { start: 3, end: 8 },
    ],
    [
      { start: 0, end: 5 },
      { start: 2, end: 2 },
    ],
    [
      { start: 2, end: 4 },
      { start: 2, end: 4 },
    ],
  ])('throws on overlap %j %j', (a, b) => {
    expect(() => applyEdits('0123456789', [replace(a, ''), replace(b, '')])).toThrow(/overlapping or misplaced/);
  });

  it.each([
    { start: 0, end: 11 },
    { start: 5, end: 4 },
    { start: -1, end: 2 },
  ])('throws outside the text %j', (span) => {
    expect(() => applyEdits('0123456789', [replace(span, '')])).toThrow(/overlapping or misplaced/);
  });
});

describe('removing an instruction', () => {
  const texts = (file: Dockerfile) => file.instructions.map((one) => file.source.slice(one.span.start, one.span.end));

  it('leaves the text of every other one, and with its comments their blocks, unchanged', () => {
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), fc.boolean(), (source, pick, withComments) => {
        const file = parsed(source);
        const index = 1 + (pick % (file.instructions.length - 1));
        const edited = parseAlone(applyEdits(source, [remove(file, at(file, index), withComments)]));
        if (edited.kind === 'unreadable') {
          expect(edited.code).toMatch(/no-from|before-from|stage-cycle|no-such-stage|invalid-image/);
          return;
        }
        expect(texts(edited)).toEqual(texts(file).toSpliced(index, 1));
        const lost = file.comments.length - edited.comments.length;
        if (!withComments) {
          const inside = file.comments.filter(
            ({ span }) => span.start >= at(file, index).span.start && span.end <= at(file, index).span.end,
          );
          expect(lost).toBe(inside.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('takes whole lines, with CRLF and indentation', () => {
    const file = parsed('FROM a\r\n# why\r\n  RUN b \\\r\n    c\r\nRUN d\r\n');
    expect(applyEdits(file.source, [remove(file, at(file, 1), false)])).toBe('FROM a\r\n# why\r\nRUN d\r\n');
    expect(applyEdits(file.source, [remove(file, at(file, 1), true)])).toBe('FROM a\r\nRUN d\r\n');
  });

  it('keeps a BOM', () => {
    const file = parsed('\ufeffARG A=1\nFROM a\n');
    expect(applyEdits(file.source, [remove(file, at(file, 0), false)])).toBe('\ufeffFROM a\n');
  });
});

describe('inserting lines', () => {
  it('behind an instruction without final line end adds none', () => {
    const file = parsed('FROM a\r\nRUN b');
    expect(applyEdits(file.source, [insertAfter(file, at(file, 1), ['RUN c', 'RUN d'])])).toBe(
      'FROM a\r\nRUN b\r\nRUN c\r\nRUN d',
    );
    const twice = [insertAfter(file, at(file, 1), ['RUN c']), insertAfter(file, at(file, 1), ['RUN d'])];
    expect(applyEdits(file.source, twice)).toBe('FROM a\r\nRUN b\r\nRUN c\r\nRUN d');
    expect(applyEdits(file.source, [insertAfter(file, at(file, 1), [])])).toBe(file.source);
  });

  it('before an instruction goes above its comments, at its indentation', () => {
    const file = parsed('FROM a\n\n  # why\n  RUN b\n');
    expect(indentation(file, at(file, 1))).toBe('  ');
    expect(applyEdits(file.source, [insertBefore(file, at(file, 1), ['USER x'])])).toBe(
      'FROM a\n\n  USER x\n  # why\n  RUN b\n',
    );
    expect(applyEdits(file.source, [insertAfter(file, at(file, 1), ['USER x'])])).toBe(
      'FROM a\n\n  # why\n  RUN b\n  USER x\n',
    );
  });

  it('behind a heredoc comes after its closing word', () => {
    const file = parsed('FROM a\nRUN <<EOF\nx\nEOF\nRUN y\n');
    expect(applyEdits(file.source, [insertAfter(file, at(file, 1), ['USER x'])])).toBe(
      'FROM a\nRUN <<EOF\nx\nEOF\nUSER x\nRUN y\n',
    );
  });

  it('uses the case of most keywords', () => {
    expect(keywordLike(parsed('from a\nrun b\nRUN c\n'), 'USER')).toBe('user');
    expect(keywordLike(parsed('FROM a\nrun b\n'), 'USER')).toBe('USER');
  });
});
