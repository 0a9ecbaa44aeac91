/** Programs a Python source executes, as far as it names them literally. */
import type { Evidence } from '../../answer.ts';
import type { Source } from '../../project/sources.ts';

export interface Executions {
  readonly programs: readonly { readonly name: string; readonly evidence: Evidence }[];
  /** The first call whose program is not named. */
  readonly open: Evidence | undefined;
}

const qualified =
  /\b(?:subprocess|sp)\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)\(\s*|\bos\.(?:system|popen|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)\(\s*|\bcreate_subprocess_(?:exec|shell)\(\s*|\bpexpect\.spawn\(\s*|\bshutil\.which\(\s*/g;
const imported = /^[ \t]*from subprocess import ([^\n]+)/m;
const interpreterItself = /^[[(]*\s*(sys\.executable|os\.getenv\(["']SHELL)/;
const builtins = new Set(['cd', 'echo', 'export', 'set', 'exit', 'true', 'test', 'sleep', 'source', '.']);

/** Reads every call in these sources that starts a process. */
export function executions(sources: readonly Source[]): Executions {
  const programs: { name: string; evidence: Evidence }[] = [];
  let open: Evidence | undefined;
  for (const source of sources) {
    if (!/subprocess|os\.(system|popen|exec|spawn)|pexpect|shutil\.which/.test(source.text)) continue;
    const code = source.text.replace(/^[ \t]*#.*$/gm, '');
    for (const { index, end } of calls(code)) {
      const line = code.slice(0, index).split('\n').length;
      const evidence = { file: source.path, line, says: (code.slice(index).split('\n')[0] ?? '').trim().slice(0, 80) };
      const names = namesIn(code.slice(end, end + 300), code, 0);
      if (names === undefined) {
        if (!code.startsWith('shutil.which', index)) open ??= evidence;
      } else programs.push(...names.map((name) => ({ name, evidence })));
    }
  }
  return { programs, open };
}

function calls(code: string): readonly { readonly index: number; readonly end: number }[] {
  const found = [...code.matchAll(qualified)].map((match) => ({
    index: match.index,
    end: match.index + match[0].length,
  }));
  const names = (imported.exec(code)?.[1] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^(run|call|check_call|check_output|Popen|getoutput)$/.test(name));
  for (const name of names) {
    for (const match of code.matchAll(new RegExp(`(?<![.\\w])${name}\\(\\s*`, 'g')))
      found.push({ index: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** Program names of an argument's beginning; `undefined`: it is not literal. */
function namesIn(text: string, code: string, depth: number): readonly string[] | undefined {
  if (interpreterItself.test(text)) return [];
  const listed = /^(?:shlex\.split\(\s*)?[[(]\s*[rbf]?["']([^"'{}]+)["']/.exec(text)?.[1];
  if (listed !== undefined) return text.startsWith('shlex') ? fromShell(listed) : [listed.split('/').at(-1) ?? listed];
  const literal = /^(?:shlex\.split\(\s*)?[rbf]{0,2}(?:"""|["'])([^"']*)/.exec(text)?.[1];
  if (literal !== undefined) return fromShell(literal);
  const name = /^([A-Za-z_]\w*)\s*[,)]/.exec(text)?.[1];
  if (name === undefined || depth > 1) return undefined;
  const all = [...code.matchAll(new RegExp(`(?:^|\\s)${name}\\s*(?::[^=\\n]+)?=\\s*`, 'g'))];
  const values = all.map((match) =>
    namesIn(code.slice(match.index + match[0].length, match.index + match[0].length + 300), code, depth + 1),
  );
  return values.length === 0 || values.some((one) => one === undefined)
    ? undefined
    : values.flatMap((one) => one ?? []);
}

/** First words of a shell line; `undefined` when one of them is computed. */
function fromShell(line: string): readonly string[] | undefined {
  const names: string[] = [];
  for (const part of line.split(/&&|\|\|?|;|\n/)) {
    const word =
      part
        .trim()
        .split(/\s+/)
        .find((one) => !/^\w+=/.test(one)) ?? '';
    if (word === '' || builtins.has(word)) continue;
    if (/[{}$%]/.test(word)) return undefined;
    names.push(word.split('/').at(-1) ?? word);
  }
  return names.length === 0 && line.trim() === '' ? undefined : names;
}
