/** Whose Python runs in the image, and which version that is. */
import type { ImageFacts } from '../../images/image.ts';

export type Interpreter =
  /** An image made for Python: `/usr/local/bin/python`, packages in `/usr/local/lib/pythonX.Y/site-packages` (python@4f070595). */
  | { readonly kind: 'image'; readonly minor: string | undefined; readonly major: number }
  | { readonly kind: 'system' }
  | { readonly kind: 'unknown' };

export function interpreterOf(base: ImageFacts | undefined): Interpreter {
  if (base === undefined) return { kind: 'unknown' };
  if (base.family !== 'python' && (base.family !== 'uv' || base.version === undefined)) return { kind: 'system' };
  const numbers = /^(\d+)(?:\.(\d+))?/.exec(base.version ?? '');
  const minor = numbers?.[2] === undefined ? undefined : `${numbers[1]}.${numbers[2]}`;
  return { kind: 'image', minor, major: numbers === null ? 3 : Number(numbers[1]) };
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
