/** The patches of `diff.ts` read back into hunks. A hunk's header says how many lines it has, so no content can forge one. */
import type { Hunk } from './diff.ts';

export interface PatchedFile {
  /** As the patch names it, without `b/`. */
  readonly path: string;
  readonly isNew: boolean;
  readonly hunks: readonly Hunk[];
}

/** Lines that fit no place are passed over: a patch from elsewhere gives what can be understood of it. */
export function readPatch(patch: string): readonly PatchedFile[] {
  const lines = patch.endsWith('\n') ? patch.slice(0, -1).split('\n') : patch.split('\n');
  const files: { path: string; isNew: boolean; hunks: Hunk[] }[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const file = files.at(-1);
    if (line.startsWith('diff --git ')) files.push({ path: '', isNew: false, hunks: [] });
    else if (file === undefined) continue;
    else if (line.startsWith('new file mode ')) file.isNew = true;
    else if (line.startsWith('+++ ')) file.path = nameOf(line.slice(4));
    else if (line.startsWith('@@ ')) {
      const hunk = readHunk(line, lines, at + 1);
      if (hunk === undefined) continue;
      file.hunks.push(hunk);
      at += hunk.lines.length;
    }
  }
  return files.filter(({ hunks }) => hunks.length > 0);
}

function readHunk(header: string, lines: readonly string[], start: number): Hunk | undefined {
  const [, oldStart, oldCount, newStart, newCount] =
    /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/.exec(header) ?? [];
  if (oldStart === undefined || newStart === undefined) return undefined;
  const [oldLines, newLines] = [Number(oldCount ?? 1), Number(newCount ?? 1)];
  let [old, now, at] = [0, 0, start];
  for (; at < lines.length; at += 1) {
    const mark = lines[at]?.[0] ?? ' ';
    if (mark === '\\') continue;
    if (old >= oldLines && now >= newLines) break;
    if (mark !== '+') old += 1;
    if (mark !== '-') now += 1;
  }
  return {
    oldStart: oldLines === 0 ? Number(oldStart) + 1 : Number(oldStart),
    oldLines,
    newStart: newLines === 0 ? Number(newStart) + 1 : Number(newStart),
    newLines,
    lines: lines.slice(start, at),
  };
}

function nameOf(text: string): string {
  const name = text.startsWith('"') ? unquoted(text) : text.replace(/\t$/, '');
  return name.replace(/^b\//, '');
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '"': '"', '\\': '\\' };

function unquoted(text: string): string {
  const bytes: number[] = [];
  const inner = text.replace(/^"|"\t?$/g, '');
  for (const [, octal, short, plain] of inner.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else bytes.push(...Buffer.from(short === undefined ? (plain ?? '') : (escapes[short] ?? short), 'utf8'));
  }
  return Buffer.from(bytes).toString('utf8');
}
