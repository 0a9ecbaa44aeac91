/** Users and groups that RUNs of the final image make (`useradd`, `adduser` of Debian and of BusyBox). */
import type { Reading } from './reading.ts';

export interface CreatedUser {
  readonly name: string;
  readonly uid: number | undefined;
  /** Line of the RUN, and where it ends. */
  readonly line: number;
  readonly end: number;
}

/** Short options that take a value, alone or as the last letter of a cluster (`-ms /bin/sh`). */
const valued: Readonly<Record<string, string>> = {
  useradd: 'bcdefgGkKpPRsuZ',
  adduser: 'hgsGku',
  groupadd: 'gKpPRU',
  addgroup: 'g',
};
const longWithoutValue =
  /^--(system|user-group|no-user-group|create-home|no-create-home|no-log-init|non-unique|disabled-password|disabled-login|allow-bad-names|force-badname|add_extra_groups|quiet|group|force|verbose)$/;

/** Users in order; a name that is not literal is left out. */
export function createdUsers(reading: Reading): readonly CreatedUser[] {
  return made(reading, ['useradd', 'adduser']);
}

/** Every user and group name that a RUN of the final image takes. */
export function takenNames(reading: Reading): ReadonlySet<string> {
  return new Set(made(reading, Object.keys(valued)).map(({ name }) => name));
}

function made(reading: Reading, programs: readonly string[]): readonly CreatedUser[] {
  return reading.commands.flatMap(({ argv, instruction }) => {
    const program = argv[0]?.split('/').at(-1) ?? '';
    if (!programs.includes(program) || !reading.chain.some((one) => one.instruction === instruction)) return [];
    const { name, uid } = readWords(argv.slice(1), valued[program] ?? '');
    if (name === undefined || !/^[a-z_][a-z0-9_-]*$/i.test(name)) return [];
    return [{ name, uid, line: instruction.firstLine, end: instruction.span.end }];
  });
}

function readWords(words: readonly string[], letters: string): { name: string | undefined; uid: number | undefined } {
  let name: string | undefined;
  let uid: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) {
      name ??= word;
      continue;
    }
    const [, long, value] = /^--(?:uid)(=(.*))?$/.exec(word) ?? [];
    const takes = word.startsWith('--')
      ? !word.includes('=') && !longWithoutValue.test(word)
      : letters.includes(word.at(-1) ?? '');
    if (long !== undefined) uid = value;
    else if (takes && (/^-[a-z]*u$/.test(word) || word === '--uid')) uid = words[i + 1];
    if (takes) i++;
  }
  return { name, uid: uid !== undefined && /^\d{1,9}$/.test(uid) ? Number(uid) : undefined };
}
