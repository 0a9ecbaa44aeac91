/** Patterns over names, as the command line knows them. */

/** `*` any characters, `?` one; compared from both ends, so that no pattern is slow. */
export function fits(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return sameWithMarks(name, pattern);
  const last = rest.pop() ?? '';
  if (name.length < first.length + last.length) return false;
  if (!sameWithMarks(name.slice(0, first.length), first)) return false;
  const end = name.length - last.length;
  if (!sameWithMarks(name.slice(end), last)) return false;
  let at = first.length;
  for (const part of rest) {
    while (at + part.length <= end && !sameWithMarks(name.slice(at, at + part.length), part)) at += 1;
    if (at + part.length > end) return false;
    at += part.length;
  }
  return true;
}

function sameWithMarks(text: string, pattern: string): boolean {
  return text.length === pattern.length && [...pattern].every((char, index) => char === '?' || char === text[index]);
}
