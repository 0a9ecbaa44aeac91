/** Programs that the sources start: Node.js "child_process", execa, shelljs, zx. */
import type { Evidence } from '../../answer.ts';
import { lineAt, type SourceText } from '../../project/sources.ts';
import { argumentsAt, bare, declared, literal } from './expression.ts';

export interface CalledProgram {
  /** Its name; `undefined`: it cannot be told. */
  readonly name: string | undefined;
  readonly evidence: Evidence;
}

const uses = /['"](?:node:)?(child_process|execa|shelljs|cross-spawn|zx|zx\/globals)['"]/;
const calls =
  /(?<![\w$.])(?:(?:child_process|childProcess|cp|shell|shelljs|proc)\s*\.\s*)?(exec|execSync|spawn|spawnSync|execFile|execFileSync|execa|execaSync|execaCommand|execAsync|execPromise|execPromisified)\s*\(/g;

/** Every call in a file that imports one of these modules. `fork` starts Node again and needs nothing. */
export function calledPrograms({ path, text }: SourceText): readonly CalledProgram[] {
  if (!uses.test(text)) return [];
  const found: CalledProgram[] = [];
  for (const match of text.matchAll(calls)) {
    if (/function\s+$/.test(text.slice(Math.max(0, match.index - 10), match.index))) continue;
    const first = argumentsAt(text, match.index + match[0].length - 1)[0];
    if (
      first === undefined ||
      /^(async\b|function\b|\(|\w+\s*=>)/.test(first) ||
      /\.\s*$/.test(text.slice(Math.max(0, match.index - 40), match.index))
    )
      continue;
    const name = programOf(bare(first), text, 0);
    if (name === 'node' || name?.startsWith('.') === true || name?.startsWith('/') === true) continue;
    found.push({
      name,
      evidence: { file: path, line: lineAt(text, match.index), says: `${match[1]}(${first.slice(0, 60)})` },
    });
  }
  return found;
}

function programOf(expression: string, text: string, depth: number): string | undefined {
  if (/^process\.(execPath|argv\[0\]|argv0)/.test(expression)) return 'node';
  const plain = literal(expression);
  if (plain !== undefined) return plain.trim().split(/\s+/)[0] || undefined;
  const head = /^[`'"]\s*([\w./-]+)(?=[\s`'"])/.exec(expression)?.[1];
  if (head !== undefined) return head;
  const right = depth < 3 ? declared(text, expression) : undefined;
  return right === undefined ? undefined : programOf(bare(right), text, depth + 1);
}
