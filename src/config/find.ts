/** Which configuration file counts for a Dockerfile: the nearest one upward, never outside its repository. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { causeOf, type Fault } from '../fault.ts';
import { type Config, configFrom, readConfig, valueUnder } from './config.ts';
import { largestConfig } from './jsonc.ts';
import { configFault, configReason } from './reasons.ts';
import { configName } from './tree.ts';

const largestManifest = 1024 * 1024;

export interface Found {
  readonly config: Config;
  /** Absolute directory its patterns and paths are relative to. */
  readonly directory: string;
}

/** `undefined`: there is none. Directories above `root` are never looked into; a link is never followed. */
export function findConfig(
  directory: string,
  root: string,
  show: (absolute: string) => string,
): Found | Fault | undefined {
  const directories = upward(directory, root);
  for (const at of directories) {
    const file = path.join(at, configName);
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return readFound(file, show(file));
  }
  for (const at of directories) {
    const file = path.join(at, 'package.json');
    const entry = lstatSync(file, { throwIfNoEntry: false });
    if (entry?.isFile() !== true || entry.size > largestManifest) continue;
    const text = readFileSync(file, 'utf8');
    const node =
      text.includes('"dfmigrate"') && text.length <= largestConfig ? valueUnder(text, 'dfmigrate') : undefined;
    if (node?.kind !== 'object') continue;
    const config = configFrom(node, show(file));
    return 'reason' in config && 'exit' in config ? config : { config, directory: at };
  }
  return undefined;
}

/** A configuration file named by the user. */
export function readFound(file: string, shown: string): Found | Fault {
  const text = readRegular(file, shown);
  if (typeof text !== 'string') return text;
  const config = readConfig(text, shown);
  return 'reason' in config && 'exit' in config ? config : { config, directory: path.dirname(file) };
}

function readRegular(file: string, shown: string): string | Fault {
  const fail = (cause: string): Fault => configFault(configReason('unreadable', { path: shown, cause }), shown);
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const entry = fstatSync(descriptor);
      if (!entry.isFile()) return fail('it is no regular file');
      return entry.size > largestConfig ? fail('it is too large') : readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return fail(causeOf(error));
  }
}

function upward(directory: string, root: string): readonly string[] {
  const found: string[] = [];
  for (let at = directory; ; at = path.dirname(at)) {
    const relative = path.relative(root, at);
    if (relative.startsWith('..') || path.isAbsolute(relative)) return found;
    found.push(at);
    if (at === root || at === path.dirname(at)) return found;
  }
}
