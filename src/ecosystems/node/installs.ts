/** The installs of a Dockerfile, and what decides what they bring. */
import { posix } from 'node:path';
import { expand } from '../../dockerfile/variables.ts';
import { projectDirectory } from '../../reading/origins.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import { includesDevelopment, type NodeCommand, nodeCommand, productionOnly } from './command.ts';
import type { NodeFacts } from './facts.ts';
import { packageMarks } from './manifest.ts';
import { directoryOf } from './role.ts';

export interface Install {
  readonly command: ReadCommand;
  readonly call: Extract<NodeCommand, { kind: 'install' }>;
  /** Absolute. */
  readonly cwd: string;
}

/** Installs into the package directory of these facts, in order; those with named packages too. */
export function installs(reading: Reading, facts: NodeFacts): readonly Install[] {
  return reading.commands.flatMap((command) => {
    const call = nodeCommand(command.argv);
    if (call?.kind !== 'install' || command.work.role !== 'dependencies') return [];
    const cwd = directoryOf(command, call);
    if (cwd === undefined) return [];
    const context = projectDirectory(reading, command.position.stage, cwd, packageMarks) ?? '';
    return context === facts.directory ? [{ command, call, cwd }] : [];
  });
}

/** The first that installs what the manifest lists. */
export function manifestInstall(reading: Reading, facts: NodeFacts): Install | undefined {
  const all = installs(reading, facts).filter(({ call }) => call.packages.length === 0);
  return all.find(({ call }) => !call.updates) ?? all[0];
}

export type Development = 'installed' | 'left-out' | { readonly argument: string };

/**
 * Does this install bring development dependencies? Options decide, then NODE_ENV (npm, Yarn 1 and pnpm leave them out in
 * production; Yarn 2 and Bun do not look at it), then `.npmrc`.
 */
export function development({ command, call }: Install, facts: NodeFacts): Development {
  if (includesDevelopment(call.options)) return 'installed';
  if (productionOnly(call.options)) return 'left-out';
  const settings = facts.project.read(posix.join(facts.directory, '.npmrc')) ?? '';
  if (/^\s*(omit\s*=\s*dev|production\s*=\s*true|only\s*=\s*prod)/m.test(settings)) return 'left-out';
  if (call.tool.name === 'bun') return 'installed';
  const own = command.command.assignments.find(({ name }) => name === 'NODE_ENV')?.value?.value;
  if (own !== undefined) return own === 'production' ? 'left-out' : 'installed';
  const { text, complete } = expand('${NODE_ENV}', command.position.scope);
  const argument = command.position.stage.instructions.find(
    (one) => one.keyword === 'ARG' && one.names.some(({ name }) => name === 'NODE_ENV'),
  );
  if (argument !== undefined && argument.span.start < command.span.start) return { argument: 'NODE_ENV' };
  return complete && text === 'production' ? 'left-out' : 'installed';
}

/** Major version of Node.js in the image a command runs in; 99 for the newest (no version in the tag), `undefined`: not known. */
export function nodeMajor(reading: Reading, command: ReadCommand): number | undefined {
  const base = reading.baseOf(command.position.stage);
  if (base?.family !== 'node') return undefined;
  const major = base.version === undefined ? 99 : Number.parseInt(base.version, 10);
  return Number.isNaN(major) ? 99 : major;
}
