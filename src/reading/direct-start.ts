/** Can the words of a shell-form CMD or ENTRYPOINT be started without the shell, and would the same program run? */
import type { Reason } from '../answer.ts';
import type { Edit } from '../dockerfile/edit.ts';
import { sourceSpan } from '../dockerfile/mapped.ts';
import type { Run, Span } from '../dockerfile/model.ts';
import { defineReasons } from '../reason.ts';
import { isBuiltin } from '../shell/builtins.ts';
import { commandsOf, type LocatedCommand } from '../shell/instruction.ts';
import type { ShellCommand } from '../shell/model.ts';
import { resolvePath } from './commands.ts';
import { contextPath } from './origins.ts';
import type { Reading } from './reading.ts';

export const directReasons = defineReasons('direct-start', {
  'shell-needed': {
    says: '{keyword} in line {line} needs its shell: {what}',
    settle: 'put `exec` before the program, so that it takes the place of the shell',
  },
  'not-a-program': '`{word}` in line {line} is a command of the shell, not a program',
  'shell-sets-up': 'SHELL is {shell}, which does more than to split words',
  'no-interpreter': {
    says: '{file} does not start with `#!`, so only a shell can run it',
    settle: 'write the interpreter into its first line',
  },
  'script-not-seen': {
    says: '{word} is made or fetched during the build, so it cannot be told whether it can run without a shell',
    settle: 'keep the script in the project, with `#!` in its first line',
  },
  'path-relative': 'PATH has the relative directory `{directory}`, in which only a shell looks for programs',
  'comment-inside': 'a comment stands inside of the command in line {line}',
} as const);
const { explain } = directReasons;

export interface DirectStart {
  readonly program: string;
  readonly edits: readonly Edit[];
}

/** The exec form of a shell-form instruction as edits of its words; line breaks between them stay. A reason when there is none. */
export function directStart(reading: Reading, instruction: Run): DirectStart | Reason {
  const line = instruction.firstLine;
  const needed = (what: string) =>
    explain('shell-needed', { keyword: instruction.keyword, line, what }, { at: instruction.span });
  const shell = reading.chain.find((position) => position.instruction === instruction)?.shell;
  if (shell === undefined || !onlySplits(shell, reading))
    return explain('shell-sets-up', { shell: JSON.stringify(shell ?? []) });
  if (instruction.heredocs.length > 0) return needed('it reads a here-document');
  const read = commandsOf(instruction, shell);
  if (!read.understood) return needed('its text is not understood');
  const [located, second] = read.commands;
  if (located === undefined || second !== undefined || !read.chain) return needed('it runs several commands');
  const what = shellWork(located.command);
  if (what !== undefined) return needed(what);
  const skipped = located.command.words[0]?.value === 'exec' ? 1 : 0;
  const words = located.command.words.slice(skipped);
  const program = words[0]?.value ?? '';
  if (program === '' || /^[-[]/.test(program) || isBuiltin(program))
    return explain('not-a-program', { word: program === '' ? 'exec' : program, line });
  const problem = startable(reading, program);
  if (problem !== undefined) return problem;
  const edits = asArray(instruction, located, skipped);
  const covered = reading.file.comments.some((comment) =>
    edits.some(({ span }) => comment.span.start < span.end && comment.span.end > span.start),
  );
  return covered ? explain('comment-inside', { line }) : { program, edits };
}

/**
 * Entrypoints that run any program they are given as it is: init wrappers, and scripts of base images that look only at a
 * leading option or a word that is no program (docker-node, docker-maven, docker-library/php, adoptium/containers).
 */
export function startsItsWords(reading: Reading, entrypoint: readonly string[]): boolean {
  const name = entrypoint[0]?.slice(entrypoint[0].lastIndexOf('/') + 1) ?? '';
  if (['tini', 'tini-static', 'dumb-init', 'catatonit'].includes(name))
    return entrypoint.slice(1).every((word) => word.startsWith('-'));
  if (['mvn-entrypoint.sh', '__cacert_entrypoint.sh', 'docker-php-entrypoint'].includes(name))
    return reading.start.entrypoint === undefined;
  return (
    name === 'docker-entrypoint.sh' &&
    reading.start.entrypoint === undefined &&
    (reading.base?.family === 'node' || reading.base?.family === 'bun')
  );
}

/** `sh -c`, also with `-e`, `-u` and `-o pipefail`, which mean nothing to a single command. */
function onlySplits(shell: readonly string[], reading: Reading): boolean {
  if (!/(^|\/)(sh|bash|dash|ash)$/.test(shell[0] ?? '')) return false;
  if (/bash$/.test(shell[0] ?? '') && 'BASH_ENV' in reading.contract.env) return false;
  return shell
    .slice(1)
    .every((word, index, all) =>
      /^-[eu]*o$/.test(all[index - 1] ?? '') ? word === 'pipefail' : /^-[eu]*[oc]?$/.test(word),
    );
}

/** What the shell does besides splitting words; `undefined`: nothing. */
function shellWork({ words, assignments, redirects }: ShellCommand): string | undefined {
  if (assignments[0] !== undefined) return `it sets ${assignments[0].name}`;
  if (redirects[0] !== undefined) return `it redirects with \`${redirects[0].operator}\``;
  for (const word of words) {
    if (word.substitutes) return `\`${word.raw}\` runs a command`;
    if (word.variables[0] !== undefined) return `$${word.variables[0]} is expanded`;
    if (word.glob) return `\`${word.raw}\` is a pattern`;
    if (word.value === undefined) return `\`${word.raw}\` is expanded`;
  }
  return undefined;
}

/** A text file without `#!` is run by the shell that finds it, and by nobody else (execve(2), POSIX sh 2.9.1). */
function startable(reading: Reading, program: string): Reason | undefined {
  const directories = (reading.contract.env['PATH'] ?? '').split(':').filter((one) => one !== '');
  const relative = directories.find((directory) => !directory.startsWith('/'));
  if (relative !== undefined && !program.includes('/')) return explain('path-relative', { directory: relative });
  const places = program.includes('/')
    ? [resolvePath(reading.chain.at(-1)?.workdir, program)]
    : directories.map((directory) => `${directory}/${program}`);
  for (const place of places) {
    if (place === undefined) continue;
    const file = contextPath(reading.copies, reading.stage, place, reading.project);
    if (file === undefined) continue;
    const text = reading.project.read(file);
    return text === undefined || text.startsWith('#!') ? undefined : explain('no-interpreter', { file });
  }
  const name = program.slice(program.lastIndexOf('/') + 1);
  const fetched = program.includes('/') && reading.ecosystem === undefined && fetches(reading);
  return fetched || /\.(sh|bash)$/.test(name) || writtenByShell(reading, name)
    ? explain('script-not-seen', { word: program })
    : undefined;
}

/** Some RUN or COPY makes a file of that name from text. */
function writtenByShell(reading: Reading, name: string): boolean {
  const named = (text: string | undefined) => text !== undefined && text.slice(text.lastIndexOf('/') + 1) === name;
  const redirected = reading.commands.some(
    (command) =>
      command.command.redirects.some((redirect) => redirect.operator.includes('>') && named(redirect.target?.value)) ||
      (command.argv[0] === 'tee' && command.argv.some(named)),
  );
  return (
    redirected ||
    reading.copies.some((copy) => copy.instruction.heredocs.length > 0 && named(copy.target)) ||
    reading.opaque.some((run) => run.body.text.includes(name) || run.heredocs.some((one) => one.text.includes(name)))
  );
}

/** Files of unknown text come from elsewhere: a clone, a download. */
function fetches(reading: Reading): boolean {
  return reading.commands.some(
    ({ work, argv }) => work.role === 'download' || (argv[0] === 'git' && argv.includes('clone')),
  );
}

function asArray(instruction: Run, located: LocatedCommand, skipped: number): readonly Edit[] {
  const { body } = instruction;
  const whole = sourceSpan(body, 0, body.text.length);
  const spans = located.words.slice(skipped);
  const words = located.command.words.slice(skipped);
  const first = spans[0] as Span;
  const last = spans.at(-1) as Span;
  return [
    { span: { start: whole.start, end: first.start }, text: '[' },
    ...spans.map((span, index) => ({
      span,
      text: JSON.stringify(words[index]?.value) + (index === spans.length - 1 ? '' : ','),
    })),
    { span: { start: last.end, end: whole.end }, text: ']' },
  ];
}
