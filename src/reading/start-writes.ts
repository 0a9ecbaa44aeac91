/** What the shell writes when a container starts: entry scripts, and a start command in shell form (`sed -i … && exec app`). */
import { posix } from 'node:path';
import type { Evidence } from '../answer.ts';
import type { Run } from '../dockerfile/model.ts';
import { type EntryScript, readEntryScript } from '../shell/entry-script.ts';
import { resolvePath } from './commands.ts';
import type { Reading } from './reading.ts';

export interface StartWrite {
  /** Absolute directory in which an entry is made, changed or removed; `undefined`: it depends on a value that is not known. */
  readonly directory: string | undefined;
  readonly evidence: Evidence;
}

/** Directories in which the start changes something, in order; `/dev` and `/proc` are none. */
export function startWrites(reading: Reading): readonly StartWrite[] {
  const workdir = reading.chain.at(-1)?.workdir;
  const scripts = reading.start.scripts.map(({ path, script }) => ({ file: path, first: 1, script }));
  return [...scripts, ...inline(reading)].flatMap(({ file, first, script }) =>
    script.writes.flatMap((write): readonly StartWrite[] => {
      const evidence = { file, line: first + write.line - 1, says: `${write.by} ${write.raw}` };
      const path = write.path === undefined ? substituted(reading, write.raw) : write.path;
      const whole = path === undefined || path.startsWith('~') ? undefined : resolvePath(workdir, path);
      if (whole !== undefined && /^\/(dev|proc)(\/|$)/.test(whole)) return [];
      if (whole === undefined) return [{ directory: undefined, evidence }];
      return [{ directory: makesParents(script, write.line) ? whole : posix.dirname(whole), evidence }];
    }),
  );
}

/** `mkdir -p` is content with a directory that is there already. */
function makesParents(script: EntryScript, line: number): boolean {
  return script.calls.some(
    (call) =>
      call.line === line &&
      call.argv[0] === 'mkdir' &&
      call.argv.some((word) => /^(-[a-z]*p[a-z]*|--parents)$/.test(word)),
  );
}

/** Start commands that a shell reads, as the scripts they are. */
function inline(
  reading: Reading,
): readonly { readonly file: string; readonly first: number; readonly script: EntryScript }[] {
  const { entrypoint, cmd } = reading.start;
  return [entrypoint, cmd].flatMap((run) => {
    const text = run === undefined ? undefined : shellText(run);
    return run === undefined || text === undefined
      ? []
      : [{ file: 'Dockerfile', first: run.firstLine, script: readEntryScript(text) }];
  });
}

function shellText(run: Run): string | undefined {
  if (run.argv === undefined) return run.body.text;
  const [shell, option, text] = run.argv.map((word) => word.value);
  return /(^|\/)(ba|da|a)?sh$/.test(shell ?? '') && /^-[a-z]*c$/.test(option ?? '') ? text : undefined;
}

/** A word with the values that the image's environment gives its variables. */
function substituted(reading: Reading, raw: string): string | undefined {
  const text = raw
    .replace(/^"(.*)"$/, '$1')
    .replace(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (whole, braced?: string, plain?: string) => reading.contract.env[braced ?? plain ?? ''] ?? whole,
    );
  return /[$`*?[\]"']/.test(text) ? undefined : text;
}
