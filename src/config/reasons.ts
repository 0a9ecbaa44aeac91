/** What is said about configuration files, baselines and comments addressed to dfmigrate. */
import type { Fault } from '../fault.ts';
import { defineReasons } from '../reason.ts';

const declared = defineReasons('config', {
  unreadable: { says: '{path} cannot be read: {cause}', settle: 'check that it is a regular file' },
  syntax: { says: '{path}:{line} is not JSON with comments: {message}', settle: 'correct that line' },
  'unknown-key': { says: '{path}:{line} has the unknown key "{key}"', settle: 'see docs/config.md for the keys' },
  'forbidden-key': {
    says: '{path}:{line} key "{key}" cannot be set by a repository',
    settle: 'give the option on the command line',
  },
  'bad-value': { says: '{path}:{line} "{key}" must be {wanted}', settle: 'correct that value' },
  'unknown-transform': {
    says: '{path}:{line} "{id}" is no transform and matches none',
    settle: 'see all ids with: dfmigrate list',
  },
  outside: { says: '{path}:{line} "{key}" leads out of the repository', settle: 'give a directory inside it' },
  disabled: 'the configuration {path} leaves it alone{why}',
  'nothing-left': 'the configuration {path} leaves no transform to run',
  'ignored-file': 'a comment in line {line} asks to leave the file as it is{why}',
  'ignored-step': 'a comment in line {line} asks to leave this step out{why}',
  ignored: 'the step would rewrite or move line {at}, which a comment in line {line} asks to leave as it is{why}',
  'pragma-unknown': 'line {line} asks for something dfmigrate does not know: {text}',
  'pragma-id': 'the comment in line {line} names "{id}", which is no transform',
  'pragma-unused': 'the comment in line {line} stops nothing, so it can go',
  baseline: { says: '{path} is no baseline: {message}', settle: 'write it with --update-baseline' },
  stale: '{count} of the entries in {path} are no longer needed; --update-baseline removes them',
} as const);

/** Reasons of owner `config`. */
export const configReasons = declared.table;
/** States one of them. */
export const configReason = declared.explain;

/** A fault of a configuration file: a usage error. */
export function configFault(reason: Fault['reason'], path: string, line?: number): Fault {
  return { reason, exit: 2, path, ...(line === undefined ? {} : { line }) };
}
