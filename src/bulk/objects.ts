/** Objects of one repository, read through one `git cat-file --batch`: no checkout, no filter, one process. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { killGroup, startGit } from '../git.ts';
import { largestFile } from '../project/tree.ts';

export interface GitObject {
  readonly id: string;
  readonly type: string;
  /** `undefined`: longer than `largestFile`. */
  readonly bytes: Buffer | undefined;
}

export interface Objects {
  /**
   * What each name stands for, in order; `undefined`: there is no such object. A name is an object id, `HEAD`, or a full ref
   * name. Rejects when git ends, with what it said.
   */
  get(names: readonly string[]): Promise<readonly (GitObject | undefined)[]>;
  close(): void;
}

interface Waiting {
  resolve(object: GitObject | undefined): void;
  reject(error: Error): void;
}

/** Names sent before their answers were read: enough to keep git busy, few enough that no pipe fills on both sides. */
const inFlight = 256;

/** Opens a repository: a work tree or a bare one. */
export function openObjects(repository: string): Objects {
  const child = startGit(repository, 'cat-file', ['--batch']);
  const waiting: Waiting[] = [];
  let failed: Error | undefined;
  let said = '';
  const fail = (cause: string): void => {
    failed ??= new Error(said.trim().split('\n', 1)[0] || cause);
    for (const each of waiting.splice(0)) each.reject(failed);
  };
  const parser = answerParser((object) => waiting.shift()?.resolve(object));
  child.stdout.on('data', (chunk: Buffer) => parser(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 4096) said += chunk.toString('utf8');
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => fail(error.message));
  child.on('close', (status) => fail(`git cat-file ended with ${status ?? 'a signal'}`));
  const ask = (name: string): Promise<GitObject | undefined> =>
    new Promise((resolve, reject) => {
      if (failed !== undefined) reject(failed);
      else if (!isAskable(name)) resolve(undefined);
      else {
        waiting.push({ resolve, reject });
        child.stdin.write(`${name}\n`);
      }
    });
  return {
    get: async (names) => {
      const found: (GitObject | undefined)[] = [];
      for (let at = 0; at < names.length; at += inFlight)
        found.push(...(await Promise.all(names.slice(at, at + inFlight).map(ask))));
      return found;
    },
    close: () => end(child),
  };
}

function end(child: ChildProcessWithoutNullStreams): void {
  child.stdin.end();
  killGroup(child);
}

function isAskable(name: string): boolean {
  return name === 'HEAD' || /^(?:[0-9a-f]{40}|[0-9a-f]{64}|refs\/[^\s~^:?*[\\]+(?:\^\{commit\})?)$/.test(name);
}

/** Cuts git's answers `<id> <type> <size>\n<bytes>\n` and `<name> missing\n` out of a stream of chunks. */
function answerParser(found: (object: GitObject | undefined) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let body:
    | { readonly id: string; readonly type: string; readonly kept: Buffer | undefined; filled: number; left: number }
    | undefined;
  const takeHeader = (line: string): void => {
    const [, id = '', type = '', size = ''] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? [];
    if (id === '') {
      found(undefined);
      return;
    }
    const length = Number(size);
    body = { id, type, kept: length <= largestFile ? Buffer.alloc(length) : undefined, filled: 0, left: length + 1 };
  };
  return (chunk) => {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    rest = Buffer.alloc(0);
    while (data.length > 0) {
      if (body === undefined) {
        const newline = data.indexOf(0x0a);
        if (newline < 0) {
          rest = data;
          return;
        }
        takeHeader(data.toString('latin1', 0, newline));
        data = data.subarray(newline + 1);
        continue;
      }
      const part = data.subarray(0, body.left);
      if (body.kept !== undefined) body.filled += part.copy(body.kept, body.filled);
      body.left -= part.length;
      data = data.subarray(part.length);
      if (body.left > 0) continue;
      const { id, type, kept } = body;
      body = undefined;
      found({ id, type, bytes: kept });
    }
  };
}
