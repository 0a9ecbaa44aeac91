/** What a later command of the same stage takes away again. */
import type { Span } from '../dockerfile/model.ts';
import { isWithin, resolvePath } from './commands.ts';
import type { Reading } from './reading.ts';

/** An `rm` that stands behind this place removes every one of the absolute paths, or a directory around it. */
export function removedLater(reading: Reading, place: Span, paths: readonly string[]): boolean {
  const gone = reading.commands
    .filter(({ argv, span }) => argv[0] === 'rm' && span.start > place.start)
    .flatMap(({ argv, cwd }) => argv.slice(1).flatMap((word) => resolvePath(cwd, fromHome(word)) ?? []));
  return paths.every((path) => gone.some((one) => one !== '/' && isWithin(path, one)));
}

/** `~` and `$HOME` as paths of root's home directory, which is where they lead while an image is built as root. */
export function fromHome(path: string): string {
  return path.replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/, '/root');
}
