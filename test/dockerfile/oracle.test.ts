import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Arguments, isFault, readArguments } from '../../src/dockerfile/arguments.ts';
import { type RawFile, type RawInstruction, readRaw } from '../../src/dockerfile/raw.ts';
import { isProblem } from '../../src/dockerfile/reasons.ts';
import type { Cut } from '../../src/dockerfile/words.ts';

interface Expected {
  readonly kw: string;
  readonly lines: readonly [number, number];
  readonly text: string;
  readonly args: readonly string[];
  readonly flags?: readonly string[];
  readonly json?: boolean;
  readonly heredocs?: readonly {
    readonly name: string;
    readonly fd: number;
    readonly expand: boolean;
    readonly chomp: boolean;
    readonly content: string;
  }[];
  readonly child?: Expected;
}
interface Case {
  readonly name: string;
  readonly src: string;
  readonly escape?: string;
  readonly error?: string;
  readonly instructions?: readonly Expected[];
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../oracles/buildkit-line-oracle.json', import.meta.url), 'utf8'),
);

/** BuildKit's wording, by our code. */
const ERRORS: Readonly<Record<string, RegExp>> = {
  empty: /^file with no instructions$/,
  'no-instructions': /^file with no instructions$/,
  'unterminated-heredoc': /^unterminated heredoc$/,
  'blank-before-heredoc': /^unterminated heredoc$/,
  'json-not-strings': /arrays must be comprised of strings only$/,
  'missing-equals': /^Syntax error - can't find = in/,
  'missing-value': /must have two arguments$/,
  'duplicate-directive': /^only one \w+ parser directive can be used$/,
  'invalid-escape': /^invalid escape token/,
};

function listed(read: Arguments): { args: readonly string[]; json: boolean } {
  if (read.kind === 'words') return { args: read.words.map((word) => word.value), json: read.json };
  if (read.kind === 'pairs') {
    const sign = read.legacy ? '' : '=';
    return { args: read.pairs.flatMap((pair) => [pair.key.value, pair.value.value, sign]), json: false };
  }
  if (read.kind === 'check') {
    const type = read.type === undefined ? [] : [read.type.value];
    return { args: [...type, ...read.command.words.map((word) => word.value)], json: read.command.json };
  }
  if (read.kind === 'trigger') return { args: read.child === undefined ? [] : [''], json: false };
  return { args: [''], json: false };
}

class Fault extends Error {}

function seen(cut: Cut, text: string, whole: string, lines: readonly [number, number], file: RawFile): Expected {
  const read = readArguments(cut.name.value.toUpperCase(), text, cut.start, cut.end, file.escape);
  if (isFault(read)) throw new Fault(read.fault);
  const { args, json } = listed(read);
  const child = read.kind === 'trigger' ? read.child : undefined;
  return {
    kw: cut.name.value,
    lines,
    text: whole,
    args,
    ...(cut.flags.length === 0 ? {} : { flags: cut.flags.map((flag) => flag.value) }),
    ...(json ? { json } : {}),
    ...(child === undefined ? {} : { child: seen(child, text, text.slice(cut.start, cut.end), lines, file) }),
  };
}

function instruction(source: string, file: RawFile, raw: RawInstruction): Expected {
  const heredocs = raw.heredocs.map(({ name, fd, literal, chomp, body }) => ({
    name,
    fd,
    expand: !literal,
    chomp,
    content: source.slice(body.start, body.end),
  }));
  const lines = [raw.first + 1, raw.last + 1] as const;
  return {
    ...seen(raw.cut, raw.logical.text, raw.logical.text, lines, file),
    ...(heredocs.length === 0 ? {} : { heredocs }),
  };
}

function outcome(source: string): { escape?: string; instructions: readonly Expected[] } | { code: string } {
  const file = readRaw(source);
  if (isProblem(file)) return { code: file.code };
  try {
    const instructions = file.instructions.map((raw) => instruction(source, file, raw));
    return { ...(file.escape === '`' ? { escape: '`' } : {}), instructions };
  } catch (fault) {
    if (fault instanceof Fault) return { code: fault.message };
    throw fault;
  }
}

describe("BuildKit's own reading of 352 inputs", () => {
  it('has all of them', () => expect(cases.length).toBe(352));

  for (const { name, src, error, escape: escapeChar, instructions } of cases) {
    it(name, () => {
      const found = outcome(src);
      if (error === undefined)
        expect(found).toEqual({ ...(escapeChar === undefined ? {} : { escape: escapeChar }), instructions });
      else expect('code' in found && ERRORS[found.code]?.test(error)).toBe(true);
    });
  }
});
