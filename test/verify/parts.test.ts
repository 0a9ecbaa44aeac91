import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryProject } from '../../src/project/memory.ts';
import type { Contents } from '../../src/verify/contents.ts';
import { openLedger } from '../../src/verify/ledger.ts';
import { portsIn, processTree } from '../../src/verify/listening.ts';
import { lostFiles } from '../../src/verify/lost-files.ts';
import {
  answersDiffer,
  compareResults,
  onlyBodiesDiffer,
  type ProbeAnswer,
  probe,
  probeRequest,
  steadied,
} from '../../src/verify/probe.ts';
import { runProgram } from '../../src/verify/process.ts';
import { stage } from '../../src/verify/stage.ts';
import { blankLine, sourceToTouch, touch } from '../../src/verify/touch.ts';

const folder = mkdtempSync(join(tmpdir(), 'dfm-parts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('programs', () => {
  it('a missing program, an exit code and a time limit are values', async () => {
    const end = async (program: string, args: readonly string[], timeLimitMs = 20_000) =>
      (await runProgram({ program, args, timeLimitMs })).end;
    expect(await end('no-such-program-at-all', [])).toEqual({ kind: 'missing' });
    expect(await end('sh', ['-c', 'exit 7'])).toEqual({ kind: 'exited', code: 7 });
    expect(await end('sleep', ['30'], 100)).toEqual({ kind: 'time-limit' });
  });

  it('an interruption ends the program', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    const ended = await runProgram({ program: 'sleep', args: ['30'], timeLimitMs: 20_000 }, { signal: abort.signal });
    expect(ended.end).toEqual({ kind: 'interrupted' });
  });

  it('lines of both streams arrive one by one', async () => {
    const lines: string[] = [];
    await runProgram(
      { program: 'sh', args: ['-c', 'echo one; echo two >&2; printf three'], timeLimitMs: 20_000 },
      { line: (line) => lines.push(line) },
    );
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
  });
});

describe('the ledger', () => {
  it('removes everything, the latest first, and names what stays', () => {
    const ledger = openLedger(false);
    const log = join(folder, 'log');
    const put = (word: string) => ({ what: word, program: 'sh', args: ['-c', `echo ${word} >>${log}`] });
    ledger.add(put('first'));
    ledger.add({ what: 'a container', program: 'sh', args: ['-c', 'echo no permission >&2; exit 1'] });
    ledger.add({ what: 'gone already', program: 'sh', args: ['-c', 'echo No such container >&2; exit 1'] });
    ledger.add(put('last'));
    expect(ledger.settle()).toEqual(['a container']);
    expect(readFileSync(log, 'utf8')).toBe('last\nfirst\n');
    expect(ledger.settle()).toEqual([]);
  });

  it('keeps everything on request', () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    const ledger = openLedger(true);
    ledger.add({ what: 'kept', directory: kept })();
    expect([ledger.settle(), existsSync(kept)]).toEqual([[], true]);
  });

  it('removes at the exit of the process', () => {
    const doomed = join(folder, 'doomed');
    mkdirSync(doomed);
    const ledger = openLedger(false);
    ledger.add({ what: 'x', directory: doomed });
    process.listeners('exit').at(-1)?.(0);
    expect(existsSync(doomed)).toBe(false);
  });
});

describe('the staged context', () => {
  it('has what the ignore file lets through, the files of the migration and its Dockerfile; the original is untouched', () => {
    const context = join(folder, 'context');
    mkdirSync(join(context, 'node_modules/a'), { recursive: true });
    mkdirSync(join(context, 'src'));
    writeFileSync(join(context, 'node_modules/a/index.js'), '');
    writeFileSync(join(context, 'src/app.js'), 'app\n');
    writeFileSync(join(context, 'Dockerfile'), 'FROM old\n');
    symlinkSync('/etc/passwd', join(context, 'outside'));
    const ledger = openLedger(false);
    const files = [{ path: '.dockerignore', after: 'node_modules\n' }];
    const staged = stage({ context, dockerfile: 'Dockerfile' }, { text: 'FROM new\n', files }, 'after', ledger);
    expect(readdirSync(staged.context).sort()).toEqual(['.dockerignore', 'Dockerfile', 'outside', 'src']);
    expect(readFileSync(staged.dockerfile, 'utf8')).toBe('FROM new\n');
    const project = memoryProject(
      { 'src/app.js': 'app\n', 'package.json': '{}', 'test/a.js': '' },
      { dockerfile: 'Dockerfile' },
    );
    expect(sourceToTouch(project)).toBe('src/app.js');
    expect([touch(staged, 'src/app.js', '\n'), touch(staged, '../../x', '\n'), touch(staged, 'none', '\n')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(blankLine()).toMatch(/^[ \t]{64}\n$/);
    expect(readFileSync(join(staged.context, 'src/app.js'), 'utf8')).toBe('app\n\n');
    expect(readFileSync(join(context, 'src/app.js'), 'utf8')).toBe('app\n');
    expect(readFileSync(join(context, 'Dockerfile'), 'utf8')).toBe('FROM old\n');
    ledger.settle();
    expect(existsSync(staged.folder)).toBe(false);
  });

  it('a file of the migration cannot leave the context', () => {
    const ledger = openLedger(false);
    const variant = { text: 'FROM new\n', files: [{ path: '../../escaped', after: '' }] };
    expect(() => stage({ context: folder, dockerfile: 'Dockerfile' }, variant, 'x', ledger)).toThrow(
      'outside the build context',
    );
    ledger.settle();
  });
});

describe('probes', () => {
  const answer = (status: number, body: string): ProbeAnswer => ({
    kind: 'answered',
    status,
    contentType: 'text/plain',
    body,
  });

  it('are written METHOD:/path', () => {
    expect(['GET:/a?b=1', '/', 'HEAD:/', 'get:/', 'GET:a', 'GET: /'].map(probeRequest)).toEqual([
      { method: 'GET', path: '/a?b=1' },
      { method: 'GET', path: '/' },
      { method: 'HEAD', path: '/' },
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('differences are told with their place', () => {
    expect(answersDiffer(answer(200, 'a'), answer(200, 'a'))).toBe(undefined);
    expect(answersDiffer(answer(200, 'a'), answer(500, 'a'))).toBe('status 200 before, 500 after');
    expect(answersDiffer(answer(200, 'a'), { kind: 'silent', cause: 'ECONNREFUSED' })).toBe(
      'status 200 before, no answer (ECONNREFUSED) after',
    );
    expect(answersDiffer(answer(200, 'hello there'), answer(200, 'hello here'))).toBe(
      'the body differs: "hello there" before, "hello here" after',
    );
  });

  it('times and ids can be taken out', () => {
    expect(steadied(answer(200, 'at 12:30:01 on 0123456789ab'))).toEqual(answer(200, 'at ‹n›:‹n›:‹n› on ‹id›'));
    expect(steadied(answer(200, '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed'))).toEqual(answer(200, '‹id›'));
  });

  it('are compared as exactly as each agrees with its own repetition', () => {
    const twice = (first: string, second: string) => ({
      request: { method: 'GET', path: '/' },
      answer: answer(200, first),
      again: answer(200, second),
    });
    const steady = twice('same', 'same');
    expect(compareResults(steady, twice('same', 'same'))).toEqual({ steady: true, difference: undefined });
    expect(compareResults(steady, twice('other', 'other')).difference).toBe(
      'the body differs: "same" before, "other" after',
    );
    expect(compareResults(twice('at 1', 'at 2'), twice('at 8', 'at 9'))).toEqual({
      steady: false,
      difference: undefined,
    });
    expect(compareResults(twice('at 1', 'at 2'), twice('on 8', 'on 9')).difference).toContain('the body differs');
    expect(compareResults(twice('cat', 'dog'), twice('cow', 'cow'))).toEqual({ steady: false, difference: undefined });
    expect(compareResults(twice('cow', 'cow'), twice('cat', 'dog')).difference).toBe(undefined);
  });

  it('that a build draws by lot are known by the original built anew', () => {
    const page = (name: string, text = 'Moorings') => ({
      request: { method: 'GET', path: '/' },
      answer: answer(200, `<script src="/${name}.js"></script>${text}`),
      again: answer(200, `<script src="/${name}.js"></script>${text}`),
    });
    expect(compareResults(page('v2msuu'), page('xk1fqa')).difference).toContain('the body differs');
    expect(compareResults(page('v2msuu'), page('xk1fqa'), page('b7w-00'))).toEqual({
      steady: false,
      difference: undefined,
    });
    expect(compareResults(page('v2msuu'), page('xk1fqa', 'Jetties'), page('b7w-00')).difference).toContain('Jetties');
    expect(compareResults(page('v2msuu'), page('xk1fqa'), page('v2msuu')).difference).toContain('the body differs');
    expect(onlyBodiesDiffer(page('a'), page('b'))).toBe(true);
    expect(onlyBodiesDiffer(page('a'), page('a'))).toBe(false);
    expect(onlyBodiesDiffer(page('a'), { ...page('b'), answer: answer(500, 'x') })).toBe(false);
  });

  it('a server here is asked, and silence is a value', async () => {
    const server = createServer((request, response) =>
      response.writeHead(418, { 'content-type': 'text/x' }).end(request.url),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const here = { port, namespaceOf: undefined };
    expect(await probe(here, { method: 'GET', path: '/x' })).toEqual({
      kind: 'answered',
      status: 418,
      contentType: 'text/x',
      body: '/x',
    });
    await new Promise((resolve) => server.close(resolve));
    expect(await probe(here, { method: 'GET', path: '/x' })).toEqual({ kind: 'silent', cause: 'ECONNREFUSED' });
  });
});

describe('what Linux says about a process', () => {
  it('ports in state LISTEN', () => {
    const table = `  sl  local_address rem_address   st tx_queue
   0: 00000000:0BB8 00000000:0000 0A 00000000:00000000
   1: 0100007F:1F90 0100007F:A0B2 01 00000000:00000000`;
    expect(portsIn(table)).toEqual([3000]);
  });

  it.runIf(process.platform === 'linux')('a process and its children', () => {
    expect(processTree(process.pid)?.find(({ pid }) => pid === process.pid)?.uid).toBe(process.geteuid?.());
    expect(processTree(2 ** 22 + 1)).toBe(undefined);
  });
});

describe('lost files', () => {
  const contents = (paths: readonly string[]): Contents => ({
    entries: new Map(
      paths.map((path) => [
        path,
        { path, kind: path.endsWith('/') ? 'directory' : 'file', mode: 0o644, uid: 0, gid: 0, size: 1 } as const,
      ]),
    ),
    packages: undefined,
    setuid: [],
    compressedBytes: undefined,
  });

  it('those that the remaining program mentions come first; whole directories are one line', () => {
    const before = contents([
      'app/server.js',
      'app/views/a.html',
      'app/views/b.html',
      'app/a-notes.txt',
      'app/.git/HEAD',
      'app/templates/mail.txt',
    ]);
    const after = contents(['app/server.js', 'app/templates']);
    const project = memoryProject(
      { 'server.js': "open('views/a.html'); open('templates/mail.txt') // pages.github.io, a.git", Dockerfile: '' },
      { dockerfile: 'Dockerfile' },
    );
    expect(lostFiles(before, after, '/app', project)).toEqual([
      { path: '/app/templates/mail.txt', files: 1, mentionedBy: 'server.js' },
      { path: '/app/views/', files: 2, mentionedBy: 'server.js' },
      { path: '/app/.git/', files: 1, mentionedBy: undefined },
      { path: '/app/a-notes.txt', files: 1, mentionedBy: undefined },
    ]);
    expect(lostFiles(before, after, '/', project)).toEqual([]);
  });
});
