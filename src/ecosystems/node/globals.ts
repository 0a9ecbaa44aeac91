/** Programs that are installed for everybody in the final image or its build. */
import type { Reading } from '../../reading/reading.ts';

/** Names that `npm install -g` and corepack put on PATH, as far as they are known. */
export function globalPrograms(reading: Reading): ReadonlySet<string> {
  return new Set(reading.commands.flatMap(({ work }) => (work.role === 'tool' ? (work.provides ?? []) : [])));
}

/** A program that corepack only stands in for: it is downloaded when it first runs. */
export function throughCorepack(reading: Reading, program: string): boolean {
  const named = (argv: readonly string[]) => argv.slice(2).some((word) => word.replace(/@.*$/, '') === program);
  const corepack = reading.commands.filter(({ argv }) => argv[0] === 'corepack');
  if (
    corepack.some(({ argv }) => (argv[1] === 'prepare' && argv.includes('--activate')) || argv[1] === 'use') &&
    corepack.some(({ argv }) => argv[1] !== 'enable' && named(argv))
  )
    return true;
  const installed = reading.commands.some(
    ({ argv, work }) => argv[0] !== 'corepack' && work.provides?.includes(program) === true,
  );
  return !installed && corepack.some(({ argv }) => argv[1] === 'enable') && (program === 'pnpm' || program === 'yarn');
}
