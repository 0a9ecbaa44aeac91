/** What a start command does with the Go tool chain instead of running a program that the image has. */
import { posix } from 'node:path';
import type { Reading } from '../../reading/reading.ts';
import type { StartMode } from '../ecosystem.ts';
import { outputsOf } from './outputs.ts';
import type { GoFacts } from './packages.ts';

/** Programs that build a Go project anew whenever a source changes. */
export const watchers = new Set([
  'air',
  'CompileDaemon',
  'reflex',
  'fresh',
  'realize',
  'modd',
  'gow',
  'watchexec',
  'gin',
  'bee',
  'dlv',
  'nodemon',
  'arelo',
  'wgo',
  'entr',
  'tilt',
]);

export function goStartMode(reading: Reading<GoFacts>): StartMode | undefined {
  for (const command of reading.start.commands) {
    const program = posix.basename(command.argv[0] ?? '');
    const text = command.argv.join(' ');
    const { evidence } = command;
    const verb = program === 'go' ? (command.argv[1] ?? '') : '';
    if (verb === 'test') return { mode: 'tests', program: text, evidence };
    if (/^(run|build|install)$/.test(verb)) return { mode: 'builds-at-start', program: text, evidence };
    if (watchers.has(program) && !isOwnProgram(reading, program))
      return { mode: 'development', program: text, evidence };
  }
  return undefined;
}

/** The application may bear the name of a tool. */
function isOwnProgram(reading: Reading<GoFacts>, name: string): boolean {
  return outputsOf(reading).some((one) => one.main !== undefined && posix.basename(one.path) === name);
}
