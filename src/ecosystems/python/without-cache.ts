/** pip keeps what it downloads and builds below `~/.cache/pip` (pip documentation, "Caching"). */
import { type Answer, known } from '../../answer.ts';
import { lookUp } from '../../dockerfile/variables.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import { reworded, wordSpans } from '../../reading/rewording.ts';
import type { Replacement } from '../ecosystem.ts';

export function installsWithoutCache(reading: Reading): Answer<readonly Replacement[]> {
  return known(reading.commands.flatMap((command) => withoutCache(reading, command) ?? []));
}

function withoutCache(reading: Reading, command: ReadCommand): Replacement | undefined {
  const at = verbAt(command.argv);
  const verb = at === undefined ? undefined : wordSpans(command)?.[at];
  const cleaned = /\.cache\b|no-cache-dir|cache purge/.test(command.instruction.body.text);
  if (verb === undefined || cleaned || lookUp(command.position.scope, 'PIP_NO_CACHE_DIR') !== 'unset') return undefined;
  const text = reworded(reading.file, command, [{ span: { start: verb.end, end: verb.end }, text: ' --no-cache-dir' }]);
  return { command, text, because: 'pip keeps no copy of what it downloads' };
}

/** Index of `install` in `pip install` and `python -m pip install`. */
function verbAt(argv: readonly string[]): number | undefined {
  const pip = /(^|\/)pip(3(\.\d+)?)?$/;
  if (pip.test(argv[0] ?? '') && argv[1] === 'install') return 1;
  const module = /(^|\/)python(3(\.\d+)?)?$/.test(argv[0] ?? '') && argv[1] === '-m' && argv[2] === 'pip';
  return module && argv[3] === 'install' ? 3 : undefined;
}
