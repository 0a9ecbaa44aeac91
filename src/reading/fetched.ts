/** Files that ADD fetches from an address: root's, with mode 600 (Dockerfile reference, "ADD", files from a URL). */

import { isRemote, landed } from './origins.ts';
import { changesAny } from './ownership.ts';
import type { Reading } from './reading.ts';
import { removedLater } from './removed.ts';

/** A fetched file of the final stage that only root can read. */
export function readableByRoot(reading: Reading): { readonly path: string; readonly line: number } | undefined {
  for (const copy of reading.copies) {
    const { instruction, position } = copy;
    const fetches = instruction.sources.some(({ value }) => isRemote(value) && !/^git@|\.git(#.*)?$/.test(value));
    const says = instruction.flags.some(({ name }) => name === 'chmod' || name === 'chown');
    if (position.stage !== reading.stage || !fetches || says) continue;
    const path = landed(copy).find((one) => !removedLater(reading, instruction.span, [one]) && !isOpened(reading, one));
    if (path !== undefined) return { path, line: instruction.firstLine };
  }
  return undefined;
}

function isOpened(reading: Reading, path: string): boolean {
  return reading.commands.some((command) => {
    const [program, ...words] = command.argv;
    if (!changesAny(command, [path])) return false;
    const mode = words.find((word) => !word.startsWith('-')) ?? '';
    return program === 'chown' || (program === 'chmod' && letsOthersRead(mode));
  });
}

function letsOthersRead(mode: string): boolean {
  return /^[0-7]*[4-7]$/.test(mode) || mode.split(',').some((one) => /^([ug]*[ao][ugoa]*)?[+=][^,]*r/.test(one));
}
