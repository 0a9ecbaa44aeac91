/** Which configuration counts for a Dockerfile of a tree that is not on disk: a commit, or files in memory. */
import type { Fault } from '../fault.ts';
import { type Config, configFrom, readConfig, valueUnder } from './config.ts';

export const configName = '.dfmigrate.json';

export interface TreeConfig {
  readonly config: Config;
  /** What its patterns and paths are relative to; `''` for the root. */
  readonly directory: string;
}

/** `path` and what `read` gets are relative to the root, with `/`; `read` gives `undefined` for anything but a regular file. */
export function configInTree(path: string, read: (path: string) => string | undefined): TreeConfig | Fault | undefined {
  const directories = above(path);
  for (const directory of directories) {
    const file = below(directory, configName);
    const text = read(file);
    if (text !== undefined) return found(readConfig(text, file), directory);
  }
  for (const directory of directories) {
    const file = below(directory, 'package.json');
    const text = read(file);
    const node = text?.includes('"dfmigrate"') === true ? valueUnder(text, 'dfmigrate') : undefined;
    if (node?.kind === 'object') return found(configFrom(node, file), directory);
  }
  return undefined;
}

function found(config: Config | Fault, directory: string): TreeConfig | Fault {
  return 'exit' in config ? config : { config, directory };
}

/** The directories of a file, its own first, the root last. */
function above(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

function below(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
