/** What uWSGI's options and settings file make it write, and whether it changes its user (uWSGI documentation, "Options"). */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import type { StartCommand } from '../../reading/start.ts';
import type { PythonFacts } from './facts.ts';
import { startedCall } from './words.ts';

interface Setting {
  readonly key: string;
  readonly value: string;
  readonly evidence: Evidence;
}

/** Settings whose value is a file that is made, or that names one of them. */
const files = new Set(
  'pidfile pidfile2 safe-pidfile safe-pidfile2 logto logto2 daemonize daemonize2 socket http-socket stats spooler touch-reload-on'.split(
    ' ',
  ),
);
/** Settings that bring others, or that write in ways of their own. */
const opening =
  /^(ini|include|inherit|xml|yaml|json|emperor|import|exec-.*|hook-.*|logger|req-logger|cache2?|snmp|fifo.*|master-fifo|attach-daemon2?|smart-attach-daemon2?|plugins?-dir)$/;

/** `undefined`: a settings file is not there or not an ini file. */
export function uwsgiSettings(reading: Reading<PythonFacts>, command: StartCommand): readonly Setting[] | undefined {
  const { args } = startedCall(command.argv);
  const found: Setting[] = [];
  for (const [index, word] of args.entries()) {
    const next = args[index + 1] ?? '';
    const [, key, joined] = /^--([a-z0-9-]+)(?:=(.*))?$/.exec(word) ?? [];
    const settings = key === 'ini' ? (joined ?? next) : /\.(ini|ya?ml|json|xml)$/.test(word) ? word : undefined;
    const isValue = args[index - 1] === '--ini';
    if (settings !== undefined) {
      if (isValue) continue;
      const read = settings.endsWith('.ini') ? iniSettings(reading, settings) : undefined;
      if (read === undefined) return undefined;
      found.push(...read);
    } else if (key !== undefined) {
      const value = joined ?? (next.startsWith('-') ? '' : next);
      found.push({ key, value, evidence: command.evidence });
    } else if (word === '-s' || word === '-d')
      found.push({ key: word === '-s' ? 'socket' : 'daemonize', value: next, evidence: command.evidence });
  }
  return found;
}

function iniSettings(reading: Reading<PythonFacts>, name: string): readonly Setting[] | undefined {
  const file = posix.join(reading.directory, posix.basename(name));
  const text = reading.project.read(file);
  return text?.split('\n').flatMap((line, index) => {
    const [, key, value = ''] = /^\s*([a-z0-9-]+)\s*(?:=\s*(.*?))?\s*$/.exec(line) ?? [];
    return key === undefined ? [] : [{ key, value, evidence: { file, line: index + 1, says: line.trim() } }];
  });
}

/** Files (as written) that the settings make, or the first setting of which that cannot be told. */
export function uwsgiWrites(
  reading: Reading<PythonFacts>,
  command: StartCommand,
): readonly { readonly path: string; readonly evidence: Evidence }[] | Evidence {
  const settings = uwsgiSettings(reading, command);
  if (settings === undefined) return { ...command.evidence, says: 'uwsgi, whose settings decide what it writes' };
  const open = settings.find(({ key }) => opening.test(key));
  if (open !== undefined) return open.evidence;
  const made = settings.filter(({ key, value }) => files.has(key) && value !== '' && !/^[^/]*:\d+$/.test(value));
  const computed = made.find(({ value }) => /[$%@{]/.test(value));
  return computed?.evidence ?? made.map(({ value, evidence }) => ({ path: value, evidence }));
}

/** The setting by which it gives up root: as another user it could not. */
export function uwsgiUser(reading: Reading<PythonFacts>): Evidence | undefined {
  for (const command of reading.start.commands) {
    if (startedCall(command.argv).tool !== 'uwsgi') continue;
    const found = uwsgiSettings(reading, command)?.find(({ key }) => /^(uid|gid|chown-socket)$/.test(key));
    if (found !== undefined) return { ...found.evidence, says: `${found.key} = ${found.value}` };
  }
  return undefined;
}
