/** The build context of a Dockerfile: what the user says, what compose files say without contradiction, else its directory. */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isInside } from '../discover.ts';
import { cliReason, type Fault } from '../fault.ts';
import { composeContexts, isComposeFile } from '../project/compose.ts';

/** Compose files are looked for in the Dockerfile's directory and at most this many above it, never outside the root. */
const levelsAbove = 3;
const largestCompose = 1024 * 1024;

/** Absolute. The one context, inside the root, that all compose services building this Dockerfile name; else its directory. */
export function contextOf(dockerfile: string, root: string): string {
  const own = path.dirname(dockerfile);
  const named = new Set(directoriesFrom(own, root).flatMap((directory) => contextsIn(directory, dockerfile)));
  const [only] = named;
  return named.size === 1 && only !== undefined && isInside(only, root) && isDirectory(only) ? only : own;
}

/** A context given by hand must be a directory. */
export function checkContext(absolute: string, shown: string): Fault | undefined {
  return isDirectory(absolute) ? undefined : { reason: cliReason('no-context', { path: shown }), exit: 2, path: shown };
}

function isDirectory(absolute: string): boolean {
  return statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
}

function directoriesFrom(own: string, root: string): readonly string[] {
  const found: string[] = [];
  for (let at = own; found.length <= levelsAbove && isInside(at, root); at = path.dirname(at)) {
    found.push(at);
    if (at === root) break;
  }
  return found;
}

function contextsIn(directory: string, dockerfile: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter(isComposeFile).sort();
    const files = names.flatMap((name) => {
      const entry = lstatSync(path.join(directory, name));
      const usable = entry.isFile() && entry.size <= largestCompose;
      return usable ? [{ path: name, text: readFileSync(path.join(directory, name), 'utf8') }] : [];
    });
    return composeContexts({ context: directory, dockerfile, files });
  } catch {
    return [];
  }
}
