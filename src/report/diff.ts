/**
 * Differences between two texts as unified hunks, and git-style patches made of them. The only importer of `diff`.
 *
 * A *hunk line* starts with ` `, `+`, `-` or `\` and carries no line feed; a carriage return before it belongs to the line.
 */
import { applyPatch } from 'diff/lib/patch/apply.js';
import { structuredPatch } from 'diff/lib/patch/create.js';

export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/** One file of a patch. `before` undefined: the file is new. `path` is relative, with `/`. */
export interface FileChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

export interface LineCount {
  readonly added: number;
  readonly removed: number;
}

/** The search for a smallest diff is quadratic; past this it gives way to one hunk that replaces the whole file. */
const searchLimitMs = 500;
const noFinalNewline = '\\ No newline at end of file';

/** Hunks with three lines of context that turn `before` into `after` exactly; none when they are equal. */
export function hunksOf(before: string, after: string): readonly Hunk[] {
  if (before === after) return [];
  const found = structuredPatch('a', 'b', before, after, undefined, undefined, { context: 3, timeout: searchLimitMs });
  if (found !== undefined && applyPatch(before, found, { autoConvertLineEndings: false }) === after) return found.hunks;
  return [replaceAll(before, after)];
}

/** Added and removed lines. */
export function countLines(hunks: readonly Hunk[]): LineCount {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  };
}

/** `@@ -1,7 +1,9 @@`. An empty side counts from the line before it, as POSIX wants. */
export function hunkHeader(hunk: Hunk): string {
  return `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`;
}

/**
 * A patch that `git apply` turns into exactly these changes, whatever the names and line ends; `''` when nothing changes.
 * Contents are raw: what is shown to a terminal must be sanitised by the caller.
 */
export function gitPatch(changes: readonly FileChange[]): string {
  return changes
    .filter((change) => change.before !== change.after)
    .map(filePatch)
    .join('');
}

function filePatch(change: FileChange): string {
  const [from, to] = [quoted(`a/${change.path}`), quoted(`b/${change.path}`)];
  const isNew = change.before === undefined;
  const hunks = hunksOf(change.before ?? '', change.after);
  const head = [`diff --git ${from} ${to}`, ...(isNew ? ['new file mode 100644'] : [])];
  const names = hunks.length === 0 ? [] : [`--- ${isNew ? '/dev/null' : ended(from)}`, `+++ ${ended(to)}`];
  const body = hunks.flatMap((hunk) => [hunkHeader(hunk), ...hunk.lines]);
  return `${[...head, ...names, ...body].join('\n')}\n`;
}

/** A name with blanks ends in a tab, so that GNU patch does not cut it. */
function ended(name: string): string {
  return name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** Git's C-style quoting; without it a line feed in a name would forge a hunk. */
function quoted(name: string): string {
  if (/^[ !#-[\]-~]*$/.test(name)) return name;
  const bytes = [...Buffer.from(name, 'utf8')];
  const escaped = bytes.map((byte) => {
    const char = String.fromCharCode(byte);
    return shortEscapes[char] ?? (byte >= 0x20 && byte < 0x7f ? char : `\\${byte.toString(8).padStart(3, '0')}`);
  });
  return `"${escaped.join('')}"`;
}

function range(start: number, lines: number): string {
  if (lines === 1) return String(start);
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function replaceAll(before: string, after: string): Hunk {
  const [removed, added] = [marked('-', before), marked('+', after)];
  return {
    oldStart: 1,
    oldLines: removed.filter((line) => line !== noFinalNewline).length,
    newStart: 1,
    newLines: added.filter((line) => line !== noFinalNewline).length,
    lines: [...removed, ...added],
  };
}

function marked(sign: '+' | '-', text: string): readonly string[] {
  if (text === '') return [];
  const whole = text.endsWith('\n');
  const lines = (whole ? text.slice(0, -1) : text).split('\n').map((line) => sign + line);
  return whole ? lines : [...lines, noFinalNewline];
}
