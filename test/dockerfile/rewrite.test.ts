import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../src/dockerfile/edit.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { removeBlocks } from '../../src/dockerfile/rewrite.ts';

function without(source: string, ...lines: readonly number[]): string {
  const file = parseDockerfile(source);
  if (file.kind !== 'dockerfile') throw new Error('unreadable');
  const chosen = file.instructions.filter(({ firstLine }) => lines.includes(firstLine));
  return applyEdits(source, removeBlocks(file, chosen));
}

describe('removeBlocks', () => {
  it('leaves one blank line where neighbours stood between two', () => {
    expect(without('FROM a\nRUN b\n\nEXPOSE 1\nCMD c\n\nCOPY . .\n', 4, 5)).toBe('FROM a\nRUN b\n\nCOPY . .\n');
  });
  it('takes the comments along and keeps CRLF', () => {
    expect(without('FROM a\r\n\r\n# why\r\nEXPOSE 1\r\n\r\nCMD c\r\n', 4)).toBe('FROM a\r\n\r\nCMD c\r\n');
  });
  it('joins nothing that stood apart', () => {
    expect(without('FROM a\nEXPOSE 1\nRUN b\nEXPOSE 2\nCMD c\n', 2, 4)).toBe('FROM a\nRUN b\nCMD c\n');
  });
});
