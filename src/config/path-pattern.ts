/** Patterns over relative paths with `/`: `*` and `?` within a name, `**` across directories; a directory means all below it. */

/** Cost is the product of the lengths, whatever the pattern. A pattern without `/` matches the name in any directory. */
export function pathFits(path: string, pattern: string): boolean {
  const parts = pattern
    .replace(/^\.?\//, '')
    .replace(/\/$/, '')
    .split('/');
  const wanted = parts.length === 1 ? ['**', ...parts] : parts;
  return partsFit(path.split('/'), wanted) || partsFit(path.split('/'), [...wanted, '**']);
}

function partsFit(names: readonly string[], patterns: readonly string[]): boolean {
  let reached = new Set([0]);
  const skip = (states: Set<number>): Set<number> => {
    for (const state of states) if (patterns[state] === '**') states.add(state + 1);
    return states;
  };
  reached = skip(reached);
  for (const name of names) {
    const next = new Set<number>();
    for (const state of reached) {
      const pattern = patterns[state];
      if (pattern === '**') next.add(state);
      else if (pattern !== undefined && nameFits([...name], [...pattern])) next.add(state + 1);
    }
    reached = skip(next);
  }
  return reached.has(patterns.length);
}

function nameFits(name: readonly string[], pattern: readonly string[]): boolean {
  let row = [true, ...name.map(() => false)];
  for (const mark of pattern) {
    const above = row;
    row = [mark === '*' && above[0] === true];
    for (let at = 0; at < name.length; at += 1) {
      const same = mark === '?' || mark === name[at];
      row.push(mark === '*' ? row[at] === true || above[at + 1] === true : same && above[at] === true);
    }
  }
  return row[name.length] === true;
}
