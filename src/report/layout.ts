/** Lines of bounded width, with hanging indents. Widths count code points; colour comes after the layout. */

/** Breaks a text at blanks into lines of at most `width`; a word longer than that keeps a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \n]/)) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The first line behind `head`, the others `width` blanks in (a coloured head is wider than it looks); each line ended. */
export function hang(head: string, lines: readonly string[], width: number = lengthOf(head)): string {
  const indent = ' '.repeat(width);
  return lines
    .map((line, index) => `${index === 0 ? head : indent}${line}`.trimEnd())
    .join('\n')
    .concat('\n');
}

export function lengthOf(text: string): number {
  return [...text].length;
}

/** `1 step`, `2 steps`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
