/** Programs that run in the final image: from the start, entry scripts, the healthcheck, and what the application executes. */
import type { Evidence } from '../answer.ts';
import type { Healthcheck } from '../dockerfile/model.ts';
import type { EntryScript } from '../shell/entry-script.ts';
import { commandsOf, programName } from '../shell/instruction.ts';
import { composePrograms } from './compose-programs.ts';
import { starts } from './compose-start.ts';
import { needsOf } from './needs.ts';
import { type Reading, startedBy } from './reading.ts';

/** Special and regular built-ins of a POSIX shell that no image has, or needs, as a program (POSIX 2.14, 1.7). */
const builtins = new Set([
  '.',
  ':',
  'alias',
  'bg',
  'break',
  'cd',
  'command',
  'continue',
  'declare',
  'eval',
  'exec',
  'exit',
  'export',
  'fg',
  'getopts',
  'hash',
  'jobs',
  'let',
  'local',
  'read',
  'readonly',
  'return',
  'set',
  'shift',
  'shopt',
  'source',
  'times',
  'trap',
  'type',
  'ulimit',
  'umask',
  'unalias',
  'unset',
  'wait',
]);

const known = new WeakMap<Reading, ReadonlyMap<string, Evidence>>();

/** By base name (`/usr/bin/curl` is `curl`), with the first place it was seen. */
export function runtimePrograms(reading: Reading): ReadonlyMap<string, Evidence> {
  const programs = known.get(reading) ?? collectPrograms(reading);
  known.set(reading, programs);
  return programs;
}

function collectPrograms(reading: Reading): ReadonlyMap<string, Evidence> {
  const programs = new Map<string, Evidence>();
  const add = (word: string | undefined, evidence: Evidence) => {
    const name = word?.split('/').at(-1);
    if (name !== undefined && name !== '' && !programs.has(name)) programs.set(name, evidence);
  };
  for (const command of reading.start.commands)
    if (!builtins.has(command.argv[0] ?? '')) add(command.argv[0], command.evidence);
  for (const one of healthchecks(reading)) {
    if (one.test === undefined) continue;
    const read = commandsOf(one.test, undefined);
    const evidence = { file: 'Dockerfile', line: one.firstLine, says: `HEALTHCHECK ${one.body.text}` };
    for (const entry of read.understood ? read.commands : []) {
      const word = programName(entry.command.words).argv[0] ?? '';
      if (!builtins.has(word)) add(word, evidence);
    }
  }
  const services = reading.project.services();
  const ran = commandsAreArguments(reading) ? services.map((one) => ({ ...one, command: undefined })) : services;
  for (const { word, evidence } of composePrograms(ran))
    if (!builtins.has(word) && !isOwnPath(word)) add(word, evidence);
  for (const service of ran.filter(starts)) {
    const { commands, scripts } = startedBy(reading, service).start;
    for (const { argv, evidence } of commands)
      if (!builtins.has(argv[0] ?? '') && !isOwnPath(argv[0] ?? '')) add(argv[0], evidence);
    for (const { path, script } of scripts) add(interpreterOf(script), { file: path, line: 1, says: 'a shell script' });
  }
  const needs = needsOf(reading);
  if (needs?.known === true) for (const program of needs.value.programs) add(program.name, program.evidence);
  return programs;
}

/** `./wait.sh`: a file of the working directory, which no base brings. */
function isOwnPath(word: string): boolean {
  return word.includes('/') && !word.startsWith('/');
}

/** `#!/usr/bin/env bash` runs bash; a script without such a line is one of `sh`. */
function interpreterOf({ shebang = ['sh'] }: EntryScript): string {
  const [program = 'sh', ...rest] = shebang;
  return (program.endsWith('/env') ? rest.find((word) => !/^-|=/.test(word)) : program) ?? 'sh';
}

/** What compose says as `command` goes to the program that ENTRYPOINT starts; a script or a supervisor there may run it. */
function commandsAreArguments({ start, contract }: Reading): boolean {
  if (start.entrypoint === undefined || start.scripts.length > 0 || start.main === undefined) return false;
  return start.entrypoint.form === 'shell' || contract.entrypoint?.[0] === start.main.argv[0];
}

function healthchecks(reading: Reading): readonly Healthcheck[] {
  return reading.chain.flatMap((position) =>
    position.instruction.keyword === 'HEALTHCHECK' ? [position.instruction] : [],
  );
}
