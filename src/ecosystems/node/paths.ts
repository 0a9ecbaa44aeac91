/** Paths that a program builds from literals: `path.join(__dirname, 'uploads')`, `'logs/' + name`, `` `./data/${id}` ``. */
import { posix } from 'node:path';
import { argumentsAt, bare, declared, environmentName, literal, splitTop } from './expression.ts';

export type PathValue =
  /** Relative to the working directory, or absolute. `directory`: only this directory of the path is known. */
  | { readonly kind: 'path'; readonly path: string; readonly directory: boolean; readonly variable?: string }
  /** Below the directory of the source file, wherever the build puts it. */
  | { readonly kind: 'here' }
  | { readonly kind: 'temporary' };

/** Reads an expression of a source text; `undefined`: it cannot be told. */
export function pathValue(expression: string, text: string, depth = 0): PathValue | undefined {
  if (depth > 5) return undefined;
  const one = bare(expression);
  const plain = literal(one);
  if (plain !== undefined) return { kind: 'path', path: plain, directory: false };
  const choice = [splitTop(one, '||'), splitTop(one, '??')].find((parts) => parts.length > 1);
  if (choice !== undefined) return fallback(choice, text, depth);
  const sum = splitTop(one, '+');
  if (sum.length > 1) return headOf(sum, text, depth);
  if (one.startsWith('`')) return template(one, text, depth);
  if (
    /^(__dirname|__filename|import\.meta\.(dirname|filename|url))\b/.test(one) ||
    /^(url\.)?fileURLToPath\(/.test(one)
  )
    return { kind: 'here' };
  if (/^process\.cwd\(\)$/.test(one)) return { kind: 'path', path: '.', directory: false };
  if (/\btmpdir\(\)/.test(one)) return { kind: 'temporary' };
  const call = /^(?:path\d?\.|posix\.|path\.posix\.)?(join|resolve|normalize|dirname)\(/.exec(one);
  if (call !== null) return joined(argumentsAt(one, call[0].length - 1), call[1] === 'dirname', text, depth);
  const right = declared(text, one);
  return right === undefined || right === one ? undefined : pathValue(right, text, depth + 1);
}

function fallback(parts: readonly string[], text: string, depth: number): PathValue | undefined {
  const variable = environmentName(parts[0] ?? '');
  const last = pathValue(parts.at(-1) ?? '', text, depth + 1);
  if (variable === undefined || last?.kind !== 'path') return variable === undefined ? undefined : last;
  return { ...last, variable };
}

/** The first part decides in which directory the whole lies. */
function headOf(parts: readonly string[], text: string, depth: number): PathValue | undefined {
  const head = pathValue(parts[0] ?? '', text, depth + 1);
  if (head?.kind !== 'path') return head;
  const known = parts.map((part) => literal(part));
  if (known.every((part) => part !== undefined)) return { ...head, path: known.join('') };
  const second = known[1];
  const base =
    head.directory || literal(parts[0] ?? '') === undefined
      ? second?.startsWith('/') === true
        ? head.path
        : undefined
      : directoryOf(head.path);
  return base === undefined ? undefined : { ...head, path: base, directory: true };
}

function directoryOf(head: string): string | undefined {
  const slash = head.lastIndexOf('/');
  return slash < 0 ? undefined : head.slice(0, slash) || '/';
}

function template(one: string, text: string, depth: number): PathValue | undefined {
  const body = one.slice(1, -1);
  const at = body.indexOf('${');
  if (at < 0) return undefined;
  if (at > 0) {
    const directory = directoryOf(body.slice(0, at));
    return directory === undefined ? undefined : { kind: 'path', path: directory, directory: true };
  }
  const close = body.indexOf('}');
  const head = pathValue(body.slice(2, close), text, depth + 1);
  if (head?.kind !== 'path') return head;
  return body[close + 1] === '/' ? { ...head, directory: true } : undefined;
}

function joined(parts: readonly string[], up: boolean, text: string, depth: number): PathValue | undefined {
  const values = parts.map((part) => pathValue(part, text, depth + 1));
  const [first] = values;
  if (first?.kind !== 'path') return first;
  let path = first.path;
  for (const value of values.slice(1)) {
    if (value?.kind !== 'path' || value.directory || value.variable !== undefined)
      return { kind: 'path', path, directory: true };
    path = value.path.startsWith('/') ? posix.join(path, value.path) : posix.join(path, value.path);
  }
  return {
    kind: 'path',
    path: up ? posix.dirname(path) : path,
    directory: first.directory,
    ...(first.variable === undefined ? {} : { variable: first.variable }),
  };
}
