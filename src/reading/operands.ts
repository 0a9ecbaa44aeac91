/** Commands that do the same to each of their operands. */
import type { ReadCommand } from './reading.ts';

const each: ReadonlySet<string> = new Set(['rm', 'mkdir', 'touch', 'chmod', 'chown', 'chgrp', 'dos2unix']);
/** Their first operand is no path. */
const valued: ReadonlySet<string> = new Set(['chmod', 'chown', 'chgrp']);

/**
 * The command without the operands whose paths are `left` out: its words, `whole` when it has none of them, `nothing` when it has
 * no others; `undefined`: it cannot be taken apart.
 */
export function withoutOperands(
  { argv, command, work }: ReadCommand,
  left: (path: string) => boolean,
): readonly string[] | 'whole' | 'nothing' | undefined {
  const paths = work.writes ?? [];
  if (!paths.some(left)) return 'whole';
  if (paths.every(left)) return 'nothing';
  const [program = '', ...words] = argv;
  const skipped = valued.has(program) ? 1 : 0;
  const operands = words.filter((word) => !word.startsWith('-'));
  const plain = words.every((word) => /^[\w@%+=:,./*?-]+$/.test(word));
  if (!each.has(program) || !plain || command.redirects.length > 0 || operands.length !== paths.length + skipped)
    return undefined;
  const kept = operands.filter((_, index) => index < skipped || !left(paths[index - skipped] ?? ''));
  return [program, ...words.filter((word) => word.startsWith('-')), ...kept];
}
