/** npm keeps every tarball it fetches below `~/.npm/_cacache` (npm documentation, `npm cache`). */
import { type Answer, known } from '../../answer.ts';
import { lookUp } from '../../dockerfile/variables.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import type { Replacement } from '../ecosystem.ts';

/** Installs of npm with the cache emptied behind them. Yarn and pnpm may run from theirs, so they stay as they are. */
export function installsWithoutCache(reading: Reading): Answer<readonly Replacement[]> {
  const offline = reading.commands.some(({ argv }) => argv.some((word) => /^--(prefer-)?offline$/.test(word)));
  if (offline) return known([]);
  return known(reading.commands.flatMap((command) => withoutCache(reading, command) ?? []));
}

const installs: ReadonlySet<string> = new Set(['ci', 'clean-install', 'install', 'i', 'add', 'install-clean']);

function withoutCache(reading: Reading, command: ReadCommand): Replacement | undefined {
  if (command.argv[0] !== 'npm' || !installs.has(command.argv.slice(1).find((word) => !word.startsWith('-')) ?? ''))
    return undefined;
  const own = reading.commands.filter((one) => one.instruction === command.instruction);
  const last = own.findLast((one) => one.argv[0] === 'npm' && installs.has(one.argv[1] ?? ''));
  const cleaned = /npm cache|\.npm\b/.test(command.instruction.body.text);
  const elsewhere = ['NPM_CONFIG_CACHE', 'npm_config_cache'].some(
    (name) => lookUp(command.position.scope, name) !== 'unset',
  );
  const plain = own.every(({ command: one }) => one.depth === 0 && ['', '&&', ';'].includes(one.join));
  const wrapped = command.command.words.length !== command.argv.length;
  if (last !== command || cleaned || elsewhere || !plain || wrapped || command.instruction.form === 'exec')
    return undefined;
  const text = reading.file.source.slice(command.span.start, command.span.end);
  return {
    command,
    text: `${text} && npm cache clean --force`,
    because: 'npm keeps no copy of the tarballs it installed',
  };
}
