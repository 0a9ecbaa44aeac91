import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceSpan } from '../../src/dockerfile/mapped.ts';
import type { Dockerfile, MappedText } from '../../src/dockerfile/model.ts';
import { readDockerfile } from '../../src/dockerfile/parse.ts';

const folder = new URL('../../fixtures/documents/', import.meta.url);
const bytesOf = (name: string) => readFileSync(new URL(name, folder));
const names = readdirSync(folder);
const accepted = names.filter((name) => !name.startsWith('refused-'));

function parsed(name: string): Dockerfile {
  const file = readDockerfile(bytesOf(`${name}.Dockerfile`));
  if (file.kind === 'unreadable') throw new Error(`${name}: ${file.code}`);
  return file;
}

function faithful(file: Dockerfile, mapped: MappedText): boolean {
  const joined = mapped.segments.map(({ source, length }) => file.source.slice(source, source + length)).join('');
  return joined === mapped.text;
}

describe('documents that are read', () => {
  for (const name of accepted.map((file) => file.replace('.Dockerfile', ''))) {
    it(name, () => {
      const file = parsed(name);
      expect(Buffer.from(file.source)).toEqual(bytesOf(`${name}.Dockerfile`));
      let at = 0;
      let whole = '';
      for (const { block, span, body, name: keyword } of file.instructions) {
        expect(block.start).toBeGreaterThanOrEqual(at);
        whole += file.source.slice(at, block.start) + file.source.slice(block.start, block.end);
        at = block.end;
        expect(file.source.slice(span.start, span.start + keyword.length)).toBe(keyword);
        expect(span.start >= block.start && span.end <= block.end).toBe(true);
        expect(file.source.slice(span.end, block.end)).toMatch(/^\r?\n?$/);
        expect(faithful(file, body)).toBe(true);
      }
      expect(whole + file.source.slice(at)).toBe(file.source);
      for (const { span, text } of file.comments) expect(file.source.slice(span.start, span.end)).toBe(text);
    });

    it(`${name}: spans of words, flags, pairs and names are what they say`, () => {
      const file = parsed(name);
      const at = (span: { start: number; end: number }) => file.source.slice(span.start, span.end);
      for (const one of file.instructions) {
        for (const flag of one.flags) expect(at(flag.span).startsWith(`--${flag.name}`)).toBe(true);
        if ('argv' in one) for (const word of one.argv ?? []) expect(at(word.span)).toBe(word.raw);
        if ('words' in one) for (const word of one.words) expect(at(word.span)).toBe(word.raw);
        if ('pairs' in one) for (const pair of one.pairs) expect(at(pair.valueSpan)).toBe(pair.value);
        if (one.keyword === 'FROM') expect(at(one.imageSpan)).toBe(one.image);
        if (one.keyword === 'FROM' && one.asSpan) expect(at(one.asSpan)).toBe(one.as);
        if (one.keyword === 'COPY') expect(at(one.target.span)).toBe(one.target.raw);
        for (const heredoc of one.heredocs) expect(at(heredoc.terminator).trim()).toBe(heredoc.name);
        expect(sourceSpan(one.body, 0, one.body.text.length).end).toBeLessThanOrEqual(one.span.end);
      }
    });
  }
});

const comments = (name: string) => parsed(name).comments.map((comment) => [comment.line, comment.text]);

describe('comments', () => {
  it('are found inside continuations', () => {
    expect(comments('inside-continuations')).toEqual([
      [3, '# tools'],
      [8, "# \\ and it's a mark in a comment"],
      [11, '# above the blank line'],
      [13, '# above the copy'],
      [14, '# in two lines'],
      [16, '# from'],
      [20, '# second'],
    ]);
  });

  it('are not found in heredoc bodies', () => {
    expect(comments('heredocs')).toEqual([
      [3, '# a script'],
      [25, '# last'],
    ]);
  });

  it('are not directives', () => {
    expect(comments('directives')).toEqual([[4, '# first comment']]);
    expect(parsed('directives').directives.map(({ name, value }) => [name, value])).toEqual([
      ['syntax', 'docker/dockerfile:1.7'],
      ['check', 'skip=JSONArgsRecommended;error=true'],
      ['escape', '\\'],
    ]);
  });

  it('belong to the block of the instruction right below, directives to none', () => {
    const block = (name: string, index: number) => {
      const file = parsed(name);
      const found = file.instructions[index]?.block;
      return file.source.slice(found?.start, found?.end).split('\n')[0];
    };
    expect(block('inside-continuations', 2)).toBe('# above the copy');
    expect(block('directives', 0)).toBe('# first comment');
    expect(block('heredocs', 0)).toBe('FROM alpine:3.20');
    expect(block('bom', 0)).toBe('# comment');
  });
});

describe('values of documents', () => {
  it('line ends: the more frequent one', () => {
    expect(parsed('crlf').eol).toBe('\r\n');
    expect(parsed('mixed-eol').eol).toBe('\r\n');
    expect(parsed('no-final-newline').eol).toBe('\n');
  });

  it('logical bodies', () => {
    const bodies = (name: string) => parsed(name).instructions.map((one) => one.body.text);
    expect(bodies('empty-continuation')[1]).toBe('echo a   && echo b   && echo c');
    expect(bodies('crlf')[2]).toBe('npm ci &&     npm run build');
    expect(bodies('inside-continuations').slice(2)).toEqual(['a   b   /target/', 'A=1     B="two words"']);
    expect(bodies('backtick-escape')).toEqual([
      'mcr.microsoft.com/windows/nanoserver:ltsc2022',
      'app\\ C:\\app\\',
      'dir     C:\\app',
      'C:\\app',
      '["app.exe"]',
    ]);
  });

  it('heredocs', () => {
    const file = parsed('heredocs');
    const found = file.instructions.flatMap((one) =>
      one.heredocs.map(({ name, literal, chomp, text }) => ({ name, literal, chomp, text })),
    );
    expect(found).toEqual([
      {
        name: 'EOF',
        literal: false,
        chomp: false,
        text: '# a comment of the script\napk add --no-cache curl\nRUN is no instruction here\n',
      },
      { name: 'TABS', literal: true, chomp: true, text: '\techo $HOME\n' },
      { name: 'A', literal: false, chomp: false, text: 'a # not a comment\n' },
      { name: 'B', literal: true, chomp: false, text: '$b\n' },
      { name: 'one.txt', literal: false, chomp: false, text: '1\n' },
      { name: 'two.txt', literal: false, chomp: false, text: '2\n' },
      { name: 'EOF', literal: false, chomp: false, text: 'print("x")\n' },
    ]);
  });

  it('escaped words of ENV and LABEL stay as written', () => {
    const pairs = parsed('doubled-escapes').instructions.flatMap((one) => ('pairs' in one ? one.pairs : []));
    expect(pairs.map(({ key, value }) => [key, value])).toEqual([
      ['A', 'a\\\\b'],
      ['C', '"d\\"e"'],
      ['F', 'g\\ h'],
      ['LEGACY', 'two  words'],
    ]);
  });

  it('keywords keep their case, stage names are compared in lower case', () => {
    const file = parsed('lower-case');
    expect(file.instructions.map((one) => one.name)).toEqual(['from', 'workdir', 'copy', 'run', 'From', 'cmd']);
    expect(file.stages.map((stage) => [stage.name, stage.from.as])).toEqual([
      ['build', 'Build'],
      [undefined, undefined],
    ]);
  });
});

describe('documents that are left alone', () => {
  const expected: Readonly<Record<string, readonly [string, number]>> = {
    'refused-binary': ['file/binary', 1],
    'refused-blank-before-heredoc': ['file/blank-before-heredoc', 2],
    'refused-empty': ['file/empty', 1],
    'refused-latin1': ['file/not-utf8', 1],
    'refused-merge-conflict': ['file/merge-conflict', 2],
    'refused-template': ['file/template', 1],
    'refused-template-block': ['file/template', 2],
    'refused-unterminated-heredoc': ['file/unterminated-heredoc', 2],
  };

  it('are these', () => {
    const refused = names.filter((name) => name.startsWith('refused-'));
    const found = refused.map((name) => {
      const file = readDockerfile(bytesOf(name));
      return [name.replace('.Dockerfile', ''), file.kind === 'unreadable' ? [file.code, file.line] : 'read'];
    });
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});
