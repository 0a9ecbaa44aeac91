import { describe, expect, it } from 'vitest';
import { identityLines, linesAfter } from '../../src/dockerfile/renumber.ts';

const source = 'FROM a\nCOPY . .\nRUN b\nCMD c\n';

function at(text: string) {
  const start = source.indexOf(text);
  return { start, end: start + text.length };
}

describe('line numbers of the user file', () => {
  it('stay for lines that are kept', () => {
    expect(linesAfter(identityLines(source), source, [])).toEqual([1, 2, 3, 4, 4]);
  });

  it('are those of the line before for what is put in', () => {
    const edit = { span: { start: at('RUN').start, end: at('RUN').start }, text: 'ENV x=1\nENV y=2\n' };
    expect(linesAfter(identityLines(source), source, [edit])).toEqual([1, 2, 2, 2, 3, 4, 4]);
  });

  it('move with a line that is moved', () => {
    const gone = { span: at('COPY . .\n'), text: '' };
    const behind = { span: { start: at('CMD').start, end: at('CMD').start }, text: 'COPY . .\n' };
    expect(linesAfter(identityLines(source), source, [gone, behind])).toEqual([1, 3, 2, 4, 4]);
  });

  it('are those of the line that is repeated, and go on from the line before', () => {
    const edit = { span: { start: at('CMD').start, end: at('CMD').start }, text: 'FROM c\nCOPY . .\nENV x=1\n' };
    expect(linesAfter(identityLines(source), source, [edit])).toEqual([1, 2, 3, 3, 2, 3, 4, 4]);
  });

  it('stay for a line of which only a part changes', () => {
    expect(linesAfter(identityLines(source), source, [{ span: at('a'), text: 'long\n# two' }])).toEqual([
      1, 1, 2, 3, 4, 4,
    ]);
  });
});
