/**
 * npm keeps every tarball it fetches below `~/.npm/_cacache` (npm documentation, `npm cache`), Yarn 1 each package unpacked
 * below `/usr/local/share/.cache/yarn` for root and `~/.cache/yarn` for others (Yarn 1 documentation, `yarn cache`). pnpm and
 * Bun link what they install to theirs, so it takes no room of its own.
 */
import { type Answer, known } from '../../answer.ts';
import { lookUp } from '../../dockerfile/variables.ts';
import { hasCacheMount } from '../../reading/package-caches.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import type { Replacement } from '../ecosystem.ts';
import type { NodeFacts } from './facts.ts';
import { installs as manifestInstalls } from './installs.ts';
import { usesBerry } from './locked.ts';
import { production } from './manifest.ts';

/**
 * Titles of the package managers whose downloads stay in a layer of the image, outside of `roots` (absolute directories).
 * Measured with npm 10: 6 MB beside 5 MB of packages for express, 25 beside 19 MB for a cloud client, 134 beside 342 MB for
 * a framework with compiled parts.
 */
export function keptDownloads(reading: Reading<NodeFacts>, roots: readonly string[]): readonly string[] {
  const { facts } = reading;
  if (reading.base === undefined || roots.some((root) => root === '/root' || /^\/home\/[^/]+$/.test(root))) return [];
  const keeping = manifestInstalls(reading, facts).filter(({ command, call }) => {
    const brings = call.packages.length > 0 || facts.manifest === undefined || production(facts.manifest).size > 0;
    return brings && keepsDownloads(facts, command, call.tool.name);
  });
  return [...new Set(keeping.map(({ call }) => call.tool.title))];
}

function keepsDownloads(facts: NodeFacts, command: ReadCommand, tool: string): boolean {
  if (tool === 'npm') return npmKeepsDownloads(command);
  return tool === 'yarn' && !usesBerry(facts) && keeps(command, /yarn cache|\.cache\b|cache-folder/, yarnCache);
}

function npmKeepsDownloads(command: ReadCommand): boolean {
  return keeps(command, /npm cache|\.npm\b|_cacache/, npmCache);
}

/** No cache mount takes it, nothing in the RUN removes it, and no variable (`names`) puts it elsewhere. */
function keeps({ instruction, position }: ReadCommand, removal: RegExp, names: readonly string[]): boolean {
  if (hasCacheMount(instruction) || (instruction.keyword === 'RUN' && removal.test(instruction.body.text)))
    return false;
  return names.every((name) => lookUp(position.scope, name) === 'unset');
}

const npmCache = ['NPM_CONFIG_CACHE', 'npm_config_cache'];
const yarnCache = ['YARN_CACHE_FOLDER'];

/** Installs of npm with the cache emptied behind them. Yarn and pnpm may run from theirs, so they stay as they are. */
export function installsWithoutCache(reading: Reading): Answer<readonly Replacement[]> {
  const offline = reading.commands.some(({ argv }) => argv.some((word) => /^--(prefer-)?offline$/.test(word)));
  if (offline) return known([]);
  return known(reading.commands.flatMap((command) => withoutCache(reading, command) ?? []));
}

const verbs: ReadonlySet<string> = new Set(['ci', 'clean-install', 'install', 'i', 'add', 'install-clean']);

function withoutCache(reading: Reading, command: ReadCommand): Replacement | undefined {
  if (command.argv[0] !== 'npm' || !verbs.has(command.argv.slice(1).find((word) => !word.startsWith('-')) ?? ''))
    return undefined;
  const own = reading.commands.filter((one) => one.instruction === command.instruction);
  const last = own.findLast((one) => one.argv[0] === 'npm' && verbs.has(one.argv[1] ?? ''));
  const plain = own.every(({ command: one }) => one.depth === 0 && ['', '&&', ';'].includes(one.join));
  const wrapped = command.command.words.length !== command.argv.length;
  if (last !== command || !npmKeepsDownloads(command) || !plain || wrapped || command.instruction.form === 'exec')
    return undefined;
  const text = reading.file.source.slice(command.span.start, command.span.end);
  return {
    command,
    text: `${text} && npm cache clean --force`,
    because: 'npm keeps no copy of the tarballs it installed',
  };
}
