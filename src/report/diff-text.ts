/** Changes as a coloured unified diff for people. Contents are sanitised; line ends are not shown. */
import { type FileChange, hunkHeader, hunksOf } from './diff.ts';
import type { Style } from './style.ts';

export function diffText(changes: readonly FileChange[], style: Style): string {
  return changes
    .filter((change) => change.before !== change.after)
    .map((change) => fileText(change, style))
    .join('');
}

function fileText(change: FileChange, style: Style): string {
  const { bold, cyan } = style.palette;
  const name = style.showName(change.path);
  const lines = [bold(change.before === undefined ? '--- /dev/null' : `--- a/${name}`), bold(`+++ b/${name}`)];
  for (const hunk of hunksOf(change.before ?? '', change.after)) {
    lines.push(cyan(hunkHeader(hunk)), ...hunk.lines.map((line) => lineText(line, style)));
  }
  return `${lines.join('\n')}\n`;
}

function lineText(line: string, style: Style): string {
  const shown = style.show(line.replace(/\r$/, ''));
  if (line.startsWith('+')) return style.palette.green(shown);
  if (line.startsWith('-')) return style.palette.red(shown);
  return line.startsWith('\\') ? style.palette.dim(shown) : shown;
}
