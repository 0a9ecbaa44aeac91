/** Files without which a script of `package.json` fails: those its compilers and frameworks look for (their documentation). */
import { posix } from 'node:path';
import type { PlacedCommand } from '../../reading/commands.ts';
import { commandEvidence } from '../../reading/reading.ts';
import type { Need } from '../ecosystem.ts';
import { nodeCommand } from './command.ts';
import { expand, type Leaf } from './expand.ts';
import type { NodeFacts } from './facts.ts';

/** One of these has to be in the directory in which the program runs without a path of its own. */
const wanted: Readonly<Record<string, Need>> = {
  'next build': ['pages', 'app', 'src/pages', 'src/app'],
  'react-scripts build': ['public/index.html'],
  'ng build': ['angular.json', '.angular.json', 'workspace.json'],
  'nest build': ['nest-cli.json', 'tsconfig.json', 'tsconfig.build.json', '.nestcli.json', '.nest-cli.json'],
  'vite build': ['index.html', ...['js', 'ts', 'mjs', 'mts', 'cjs', 'cts'].map((ending) => `vite.config.${ending}`)],
};

export function nodeNeeds(command: PlacedCommand, facts: NodeFacts | undefined): readonly Need[] {
  const { cwd } = command;
  const call = nodeCommand(command.argv);
  if (facts === undefined || cwd === undefined || !command.literal) return [];
  if (call !== undefined && (call.tool !== facts.tool || call.directory !== undefined)) return [];
  if (call?.kind !== 'script' && call?.kind !== 'program') return [];
  const { leaves, unclear, missing } = expand(facts, command.argv, commandEvidence(command), facts.directory);
  if (unclear !== undefined || missing !== undefined) return [];
  return leaves.flatMap((leaf) => needOf(leaf, posix.join(cwd, posix.relative(facts.directory, leaf.directory))));
}

function needOf({ argv }: Leaf, directory: string): readonly Need[] {
  const [program = '', verb = '', ...rest] = argv;
  const plain = rest.every((word) => word.startsWith('-') && !/^--?(config|root|c|p|project|path)\b/.test(word));
  const names = plain && Object.hasOwn(wanted, `${program} ${verb}`) ? wanted[`${program} ${verb}`] : undefined;
  return names === undefined ? [] : [names.map((name) => posix.join(directory, name))];
}
