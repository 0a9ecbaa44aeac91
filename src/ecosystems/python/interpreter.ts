/** Whose Python runs in the image, which version that is, and where it keeps packages. */
import type { ImageFacts } from '../../images/image.ts';

export type Interpreter =
  | {
      readonly kind: 'image';
      readonly minor: string | undefined;
      readonly major: number;
      readonly implementation: 'cpython' | 'pypy';
    }
  | { readonly kind: 'system' }
  | { readonly kind: 'unknown' };

export function interpreterOf(base: ImageFacts | undefined): Interpreter {
  if (base === undefined || base.family === 'appengine-python') return { kind: 'unknown' };
  const own =
    base.family === 'python' || base.family === 'pypy' || (base.family === 'uv' && base.version !== undefined);
  if (!own) return { kind: 'system' };
  const numbers = /^(\d+)(?:\.(\d+))?/.exec(base.version ?? '');
  const minor = numbers?.[2] === undefined ? undefined : `${numbers[1]}.${numbers[2]}`;
  const implementation = base.family === 'pypy' ? 'pypy' : 'cpython';
  return { kind: 'image', minor, major: numbers === null ? 3 : Number(numbers[1]), implementation };
}

/** The program that an image made for Python has under this name whatever its version. */
export function programOf(interpreter: Interpreter): string {
  if (interpreter.kind !== 'image' || interpreter.implementation === 'cpython') return 'python';
  return interpreter.major === 2 ? 'pypy' : 'pypy3';
}

/**
 * Directories with the packages and their programs: of python in /usr/local (python@4f070595), of pypy in /opt/pypy, where
 * versions before 3.8 keep their packages in one directory (pypy@84c50d1). `undefined`: the path has a minor version that the
 * tag does not say.
 */
export function packageDirectories(interpreter: Interpreter): readonly string[] | undefined {
  if (interpreter.kind !== 'image' || interpreter.minor === undefined) return undefined;
  const { implementation, minor } = interpreter;
  if (implementation === 'cpython') return [`/usr/local/lib/python${minor}/site-packages`, '/usr/local/bin'];
  const [major = 0, second = 0] = minor.split('.').map(Number);
  const shared = major === 2 || second < 8;
  return [shared ? '/opt/pypy/site-packages' : `/opt/pypy/lib/pypy${minor}/site-packages`, '/opt/pypy/bin'];
}

/** Does a Python X.Y meet a version range (PEP 440 clauses, Poetry's `^` and `~`)? `undefined`: a clause is not understood. */
export function satisfies(minor: string, range: string): boolean | undefined {
  const [major = 0, second = 0] = minor.split('.').map(Number);
  const value = major * 1000 + second;
  let all = true;
  for (const clause of range
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')) {
    const match = /^(\^|~=?|[<>]=?|={2,3}|!=)?\s*v?(\d+)(?:\.(\d+|\*))?(?:\.[\d*]+)?$/.exec(clause);
    if (match === null) return undefined;
    const bound = Number(match[2]) * 1000 + (match[3] === undefined || match[3] === '*' ? 0 : Number(match[3]));
    const whole = match[3] === undefined || match[3] === '*';
    const exact = whole ? Math.floor(value / 1000) === Number(match[2]) : value === bound;
    const operator = match[1] ?? '==';
    const patched = /^\d+\.\d+\.[1-9]/.test(clause.replace(/^[^\d]*/, ''));
    if (patched && exact && !/^[<^~]/.test(operator) && operator !== '>=') return undefined;
    const met = {
      '^': value >= bound && Math.floor(value / 1000) === Number(match[2]),
      '~': exact,
      '~=': value >= bound && Math.floor(value / 1000) === Number(match[2]),
      '>=': value >= bound,
      '>': value > bound,
      '<=': value <= bound,
      '<': value < bound,
      '==': exact,
      '===': exact,
      '!=': !exact || patched,
    }[operator];
    all = all && met === true;
  }
  return all;
}
