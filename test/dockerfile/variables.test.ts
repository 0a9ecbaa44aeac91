// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfile variables look like template placeholders
import { describe, expect, it } from 'vitest';
import { walkStage } from '../../src/dockerfile/effective.ts';
import type { Dockerfile } from '../../src/dockerfile/model.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { expand, globalScope, lookUp, openScope } from '../../src/dockerfile/variables.ts';

const scope = openScope('\\', { set: 'a/b.c.d', empty: '', hidden: undefined });

describe('expand', () => {
  it.each([
    ['plain', 'plain', true],
    ['$set', 'a/b.c.d', true],
    ['${set}x', 'a/b.c.dx', true],
    ['x$nope-y', 'x$nope-y', false],
    ['${nope}', '${nope}', false],
    ['${nope:-d}', 'd', true],
    ['${nope-d}', 'd', true],
    ['${empty:-d}', 'd', true],
    ['${empty-d}', '', true],
    ['${set:-$nope}', 'a/b.c.d', true],
    ['${nope:-${set}}', 'a/b.c.d', true],
    ['${nope:-$other}', '$other', false],
    ['${set:+x}', 'x', true],
    ['${empty:+x}', '', true],
    ['${empty+x}', 'x', true],
    ['${nope+x}', '', true],
    ['${set:?m}', 'a/b.c.d', true],
    ['${nope:?m}', '${nope:?m}', false],
    ['${empty?m}', '', true],
    ['${hidden:-d}', '${hidden:-d}', false],
    ['$hidden', '$hidden', false],
    ['${set#*.}', 'c.d', true],
    ['${set##*.}', 'd', true],
    ['${set%.*}', 'a/b.c', true],
    ['${set%%.*}', 'a/b', true],
    ['${set#?\\/}', 'b.c.d', true],
    ['${set/./-}', 'a/b-c.d', true],
    ['${set//./-}', 'a/b-c-d', true],
    ['${set/\\//_}', 'a_b.c.d', true],
    ["'$set'", '$set', true],
    ['"$set y"', 'a/b.c.d y', true],
    ['\\$set', '$set', true],
    ['"\\$set \\n"', '$set \\n', true],
    ['a\\ b', 'a b', true],
    ['"unclosed', '"unclosed', false],
    ['${set', '${set', false],
    ['${}', '${}', false],
    ['$', '$', true],
    ['100%', '100%', true],
  ])('%s', (text, wanted, complete) => {
    expect(expand(text, scope)).toEqual({ text: wanted, complete });
  });

  it('obeys the escape directive', () => {
    const windows = openScope('`', { set: 'x' });
    expect(expand('C:\\$set', windows)).toEqual({ text: 'C:\\x', complete: true });
    expect(expand('`$set', windows)).toEqual({ text: '$set', complete: true });
  });

  it('is bounded', () => {
    const deep = '${a:-'.repeat(20_000);
    expect(expand(deep, scope)).toEqual({ text: deep, complete: false });
    const long = openScope('\\', { v: 'a'.repeat(100_000) });
    expect(expand('${v##*a*a*a*b}', long).complete).toBe(false);
  });
});

function parsed(source: string): Dockerfile {
  const file = parseDockerfile(source);
  if (file.kind === 'unreadable') throw new Error(file.code);
  return file;
}

/** Values of names as the last instruction of the last stage sees them. */
function seen(source: string, env: Record<string, string>, ...names: readonly string[]) {
  const file = parsed(source);
  const stage = file.stages.at(-1);
  if (stage === undefined) throw new Error('no stage');
  const base = {
    entrypoint: undefined,
    cmd: undefined,
    user: undefined,
    workdir: '/',
    env,
    expose: [],
    volume: [],
    stopsignal: undefined,
  };
  const last = walkStage(file, stage, base).at(-1);
  return names.map((name) => {
    const value = last === undefined ? 'unset' : lookUp(last.scope, name);
    return typeof value === 'string' ? value : value.value;
  });
}

describe('scopes', () => {
  it('do not let a value double for ever', () => {
    const source = `FROM a\nENV A=aaaaaaaaaaaaaaaa\n${'ENV A=$A$A\n'.repeat(5000)}RUN x`;
    expect(seen(source, {}, 'A')).toEqual(['unknown']);
  });

  it('ARGs before FROM are seen by FROM, by later ones and by stages that declare them', () => {
    const source = 'ARG V=20\nARG I=node:$V\nFROM $I\nRUN a\nARG V\nRUN b\n';
    expect(lookUp(globalScope(parsed(source)), 'I')).toEqual({ value: 'node:20' });
    expect(seen(source, {}, 'V', 'I')).toEqual(['20', 'unset']);
  });

  it('the last ENV or ARG wins; ARG without value leaves what is there', () => {
    expect(seen('FROM a\nENV X=env\nARG X=arg\nRUN x', {}, 'X')).toEqual(['arg']);
    expect(seen('FROM a\nARG X=arg\nENV X=env\nARG X\nRUN x', {}, 'X')).toEqual(['env']);
  });

  it('all values of one ENV see what was before it', () => {
    expect(seen('FROM a\nENV A=1\nENV A=2 B=$A\nRUN x', {}, 'A', 'B')).toEqual(['2', '1']);
    expect(seen('FROM a\nENV A 1 "x"\nRUN x', {}, 'A')).toEqual(['1 x']);
  });

  it('are inherited by FROM a stage, not by other stages', () => {
    const source = 'FROM a AS one\nENV A=1\nARG B=2\nFROM a AS two\nENV C=3\nFROM one\nRUN x';
    expect(seen(source, {}, 'A', 'B', 'C')).toEqual(['1', '2', 'unset']);
  });

  it('start with the variables of the base image', () => {
    expect(seen('FROM a\nENV PATH=/x:$PATH\nRUN x', { PATH: '/bin' }, 'PATH')).toEqual(['/x:/bin']);
    expect(seen('FROM a\nENV PATH=/x:$PATH\nRUN x', {}, 'PATH')).toEqual(['unknown']);
  });

  it('platform ARGs are set but not known', () => {
    expect(seen('FROM a\nARG TARGETARCH\nRUN x', {}, 'TARGETARCH', 'TARGETOS')).toEqual(['unknown', 'unset']);
  });

  it('an instruction does not see its own values', () => {
    expect(seen('FROM a\nENV A=1', {}, 'A')).toEqual(['unset']);
  });
});
