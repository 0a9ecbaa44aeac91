/** What a path expression of a Python source stands for, as far as literals, single assignments and calls in the project say. */

export type PathValue = { readonly path: string; readonly directory: boolean } | 'application' | 'unknown' | 'nothing';

export interface Place {
  /** Text of the source, without comment lines, and where in it the expression stands. */
  readonly code: string;
  readonly at: number;
  /** Texts of all sources that run, for calls of the functions of this one. */
  readonly others: readonly string[];
  /** Variables that the image sets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const temporary =
  /\b(tempfile\.|gettempdir|NamedTemporaryFile|mkdtemp|mkstemp|tmp_?path|io\.(Bytes|String)IO|BytesIO|StringIO|os\.devnull|sys\.std)/i;
const streams = /^(buffer|buf|output|stream|img_io|bio|response|sys\.\w+|None|os\.devnull|fp|f|out)$/;
const roots =
  /__file__|\b(BASE_DIR|BASEDIR|basedir|base_dir|PROJECT_ROOT|ROOT_DIR|PROJECT_DIR|APP_ROOT|app\.root_path|app\.instance_path|current_app\.root_path)\b/;

/** The path, or the directory it lies in when its end is computed; `application`: below the directory of the sources. */
export function pathValue(expression: string, place: Place, depth = 0): PathValue {
  if (depth > 6) return 'unknown';
  const text = expression
    .replace(/^str\((.*)\)$/, '$1')
    .replace(/^(?:pathlib\.)?Path\((.*)\)$/, '$1')
    .trim();
  const literal = /^[rRbBuU]?(["'])([^"'\n]*)\1$/.exec(text)?.[2];
  if (literal !== undefined) return fromText(literal, literal.endsWith('/'));
  const start =
    /^[fF](["'])([^"'\n{]*\/)[^"'\n]*\1$/.exec(text)?.[2] ??
    /^(["'])([^"'\n{%]*\/)[^"'\n]*\1\s*(?:%|\.format\()/.exec(text)?.[2];
  if (start !== undefined) return text.includes('..') ? 'unknown' : fromText(start, true);
  const inside = /^[fF](["'])\{([\w.]+)\}\/[^"'\n]*\1$/.exec(text)?.[2];
  if (inside !== undefined) {
    const base = text.includes('..') ? 'unknown' : pathValue(inside, place, depth + 1);
    return typeof base === 'object' ? { ...base, directory: true } : base;
  }
  if (temporary.test(text) || isTemporary(text, place.code)) return 'nothing';
  if (streams.test(text) && assigned(text, place.code) === undefined) return 'nothing';
  if (roots.test(text)) return /\.\.|os\.environ|getenv|config\(|env\(/.test(text) ? 'unknown' : 'application';
  return environmentValue(text, place, depth) ?? joinedValue(text, place, depth) ?? namedValue(text, place, depth);
}

/**
 * `scratch`, or `scratch.name`, of `with NamedTemporaryFile() as scratch` or `scratch = TemporaryDirectory()`: what this module of
 * the standard library makes lies in the directory for temporary files, when `dir` does not name another.
 */
function isTemporary(text: string, code: string): boolean {
  const name = /^([A-Za-z_]\w*)(?:\.name)?$/.exec(text)?.[1];
  if (name === undefined) return false;
  const made = String.raw`(?:tempfile\.)?(?:NamedTemporaryFile|TemporaryDirectory|TemporaryFile|SpooledTemporaryFile|mkdtemp)\(((?:[^()]|\([^()]*\))*)\)`;
  const calls = [...code.matchAll(new RegExp(`\\b${name}\\s*=\\s*${made}|${made}\\s+as\\s+${name}\\b`, 'g'))];
  const bound = code.match(new RegExp(`\\b${name}\\s*=[^=]|\\bas\\s+${name}\\b|\\bfor\\s+${name}\\b`, 'g')) ?? [];
  return (
    calls.length > 0 &&
    calls.length === bound.length &&
    !calls.some((call) => /\bdir\s*=/.test(call[1] ?? call[2] ?? ''))
  );
}

function fromText(text: string, directory: boolean): PathValue {
  if (text === ':memory:' || text === '' || text === '-' || text.startsWith('/tmp/') || text.startsWith('/dev/'))
    return 'nothing';
  return text.startsWith('~') ? 'unknown' : { path: text, directory };
}

/** `os.environ.get("UPLOADS", "uploads")`: what the image sets, else the default. */
function environmentValue(text: string, place: Place, depth: number): PathValue | undefined {
  const read =
    /^(?:os\.environ\.get|os\.getenv|config|env|env\.str)\(\s*["']([^"']+)["']\s*(?:,\s*(?:default\s*=\s*)?(.*))?\)$/.exec(
      text,
    ) ?? /^os\.environ\[\s*["']([^"']+)["']\s*\]()$/.exec(text);
  if (read === null) return undefined;
  const name = read[1] ?? '';
  const set = place.environment[name];
  if (set !== undefined) return set.includes('$') ? 'unknown' : fromText(set, set.endsWith('/'));
  if (Object.hasOwn(place.environment, name)) return 'unknown';
  return read[2] === undefined || read[2] === '' ? 'unknown' : pathValue(read[2], place, depth + 1);
}

/** `os.path.join(base, name)`, `base / name`, `base + name`: what lies in a directory that is known. */
function joinedValue(text: string, place: Place, depth: number): PathValue | undefined {
  const joined = text.startsWith('os.path.join(')
    ? callArguments(text, 'os.path.join('.length)[0]
    : /^([\w.]+(?:\[[^\]]*\])?)\s*\/\s*[^/]/.exec(text)?.[1];
  if (joined !== undefined) {
    const base = text.includes('..') ? 'unknown' : pathValue(joined, place, depth + 1);
    return typeof base === 'object' ? { ...base, directory: true } : base;
  }
  const [left, right = ''] = operands(text) ?? [];
  if (left === undefined) return undefined;
  const base = text.includes('..') ? 'unknown' : pathValue(left, place, depth + 1);
  if (typeof base !== 'object') return base === 'nothing' && /["']\/tmp\//.test(left) ? 'nothing' : 'unknown';
  if (/^[rR]?["']\//.test(right)) return { path: base.path, directory: true };
  const end = base.path.lastIndexOf('/') + 1;
  return end === 0 ? 'unknown' : { path: base.path.slice(0, end), directory: true };
}

/** What stands before and behind the first `+` that is in no string and no bracket. */
function operands(text: string): readonly [string, string] | undefined {
  let quote: string | undefined;
  let nested = 0;
  for (const [index, letter] of [...text].entries()) {
    if (quote !== undefined) quote = letter === quote ? undefined : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ('([{'.includes(letter)) nested++;
    else if (')]}'.includes(letter)) nested--;
    else if (letter === '+' && nested === 0) return [text.slice(0, index).trim(), text.slice(index + 1).trim()];
  }
  return undefined;
}

function namedValue(text: string, place: Place, depth: number): PathValue {
  const plain = /^[A-Za-z_]\w*$/.test(text) ? text : undefined;
  const given = plain === undefined ? undefined : parameterValue(plain, place, depth);
  if (given !== undefined) return given;
  const name =
    /^(?:self\.|cls\.)?([A-Za-z_]\w*)$/.exec(text)?.[1] ??
    /^(?:current_)?app\.config\[["'](\w+)["']\]$/.exec(text)?.[1];
  if (name === undefined) return 'unknown';
  const walked = new RegExp(`\\bfor ${name}\\s*,[^\\n]*\\bin os\\.walk\\(([^()\\n]*)\\)`).exec(place.code)?.[1];
  const value = walked ?? assigned(name, place.code);
  return value === undefined ? 'unknown' : pathValue(value, place, depth + 1);
}

/** What a name is set to when that is the same at each place of the file. */
function assigned(name: string, code: string): string | undefined {
  const all = [
    ...code.matchAll(new RegExp(`(?:^|[\\s.\\["'])${name}["'\\]]*\\s*(?::\\s*[\\w.]+\\s*)?=\\s*([^=\\n][^\\n]*)`, 'g')),
  ];
  const [one, ...others] = new Set(all.map((match) => (match[1] ?? '').trim().replace(/\s+#.*$/, '')));
  return one === name || others.length > 0 ? undefined : one;
}

/**
 * What the project's own calls give for a parameter of the function around the place: the same in each of them, or not known.
 * `undefined`: the name is no parameter there.
 */
function parameterValue(name: string, place: Place, depth: number): PathValue | undefined {
  const { code, at, others } = place;
  const around = [...code.slice(0, at).matchAll(/^([ \t]*)(?:async )?def (\w+)\(([^()]*)\)/gm)].at(-1);
  if (around === undefined) return undefined;
  const [whole, , called = '', list = ''] = around;
  const parameters = list
    .split(',')
    .map((one) => /^\s*(\*{0,2}\w+)[^=]*(?:=\s*(.*\S))?\s*$/s.exec(one))
    .flatMap((one) => (one === null ? [] : [{ name: one[1] ?? '', fallback: one[2] }]))
    .filter((one) => one.name !== 'self' && one.name !== 'cls');
  const position = parameters.findIndex((one) => one.name === name);
  if (position < 0 || new RegExp(`\\b${name}\\s*=[^=]`).test(code.slice(around.index + whole.length, at)))
    return undefined;
  if (called.startsWith('__') || /^[ \t]*@[^\n]*\n[ \t]*$/m.test(lineBefore(code, around.index))) return 'unknown';
  const values = others
    .filter((text) => text.includes(`${called}(`))
    .flatMap((text) =>
      [...text.matchAll(new RegExp(`(?<!def )\\b${called}\\(`, 'g'))].map((call) => {
        const words = callArguments(text, call.index + call[0].length);
        const named = words.find((word) => new RegExp(`^${name}\\s*=[^=]`).test(word))?.replace(/^\w+\s*=\s*/, '');
        const own = named ?? (words.some((word) => word.startsWith('*')) ? '*' : words[position]);
        const value = own === undefined || /^\w+\s*=[^=]/.test(own) ? parameters[position]?.fallback : own;
        return value === undefined ? 'unknown' : pathValue(value, { ...place, code: text, at: call.index }, depth + 1);
      }),
    );
  const written = values.filter((one) => one !== 'nothing');
  const same = written.every((one) => JSON.stringify(one) === JSON.stringify(written[0]));
  return values.length === 0 || !same ? 'unknown' : (written[0] ?? 'nothing');
}

/** The line above an offset, with the indentation of its own line. */
function lineBefore(code: string, offset: number): string {
  const start = code.lastIndexOf('\n', offset - 1);
  return start < 0 ? '' : code.slice(code.lastIndexOf('\n', start - 1) + 1, start + 1);
}

/** The arguments of a call whose opening bracket ends at that offset. */
function callArguments(text: string, from: number): readonly string[] {
  const found: string[] = [''];
  let nested = 0;
  let quote: string | undefined;
  for (const letter of text.slice(from, from + 600)) {
    if (quote === undefined && nested === 0 && letter === ')') break;
    if (quote === undefined && nested === 0 && letter === ',') {
      found.push('');
      continue;
    }
    if (quote !== undefined) quote = letter === quote ? undefined : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ('([{'.includes(letter)) nested++;
    else if (')]}'.includes(letter)) nested--;
    found[found.length - 1] += letter;
  }
  return found.map((one) => one.trim()).filter((one) => one !== '');
}
