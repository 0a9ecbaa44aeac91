import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readdirSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../report/schema.ts';
import {
  buildProgram,
  dfmigrate,
  dfmigrateAsNobody,
  dockerfile,
  folder,
  git,
  onTerminal,
  put,
  repository,
  service,
  shell,
  text,
} from './scratch.ts';

beforeAll(buildProgram, 120_000);

const schema = JSON.parse(
  text(fileURLToPath(new URL('../../src/report/schema', import.meta.url)), 'report-v1.schema.json'),
);

/** The service in a sub-directory. */
const inside = (directory: string): Record<string, string> =>
  Object.fromEntries(Object.entries(service).map(([name, content]) => [`${directory}/${name}`, content]));

const fine = 'FROM scratch\nCOPY app /app\nUSER 1000\nENTRYPOINT ["/app"]\n';

describe('exit codes', () => {
  const table: readonly (readonly [string, readonly string[], number, string])[] = [
    ['a preview', ['-n'], 0, ''],
    ['--check with pending changes', ['--check'], 1, ''],
    ['--fail-on changes', ['-n', '--fail-on', 'changes'], 1, ''],
    ['--fail-on never', ['-n', '--fail-on', 'never'], 0, ''],
    ['an unknown option', ['--dryrun'], 2, 'cli/usage'],
    ['an unknown transform', ['--only', 'drop-rooot'], 2, 'cli/unknown-transform'],
    ['a glob without a match', ['--skip', 'zzz-*'], 2, 'cli/nothing-selected'],
    ['a tag nobody has', ['--only', 'tag:zzz'], 2, 'cli/nothing-selected'],
    ['--until an unknown id', ['--until', 'zzz'], 2, 'cli/unknown-transform'],
    ['--dry-run with --write', ['-n', '-w'], 2, 'cli/conflict'],
    ['--check with --yes', ['--check', '-y'], 2, 'cli/conflict'],
    ['--stdin with a path', ['--stdin', 'Dockerfile'], 2, 'cli/conflict'],
    ['--stdin-filename alone', ['--stdin-filename', 'x'], 2, 'cli/usage'],
    ['an unknown format', ['--format', 'xml'], 2, 'cli/usage'],
    ['an unknown condition', ['--fail-on', 'rain'], 2, 'cli/usage'],
    ['an unknown flavour', ['--runtime', 'tiny'], 2, 'cli/usage'],
    ['root as target user', ['--target-user', 'root'], 2, 'cli/usage'],
    ['an unknown probe', ['--healthcheck', 'ftp'], 2, 'cli/usage'],
    ['a missing context', ['--context', 'nowhere'], 2, 'cli/no-context'],
    ['a missing file', ['nowhere/Dockerfile'], 2, 'cli/no-such-file'],
    ['a pattern without a match', ['nowhere/*.Dockerfile'], 2, 'cli/no-match'],
    ['a misspelt command', ['lits'], 2, 'dfmigrate list'],
    ['explain without a subject', ['explain'], 2, 'cli/usage'],
    ['explain of nothing known', ['explain', 'drop-rooot'], 2, 'drop-root'],
  ];
  it.each(table)('%s', (_what, args, code, message) => {
    const directory = repository();
    const result = dfmigrate(directory, args);
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(message)]);
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
    expect(result.err).not.toContain('    at ');
  });

  it('an empty directory is no error, unless asked for', () => {
    const directory = folder();
    expect(dfmigrate(directory, ['-n'])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('cli/none-found'),
    });
    expect(dfmigrate(directory, ['-n', '--fail-on', 'none-found']).code).toBe(1);
  });

  it('DRY_RUN in the environment means nothing', () => {
    const directory = repository();
    expect(dfmigrate(directory, [], { env: { DRY_RUN: 'true' } }).code).toBe(0);
    expect(text(directory, 'Dockerfile')).not.toBe(dockerfile);
  });

  it('an error has the form that was asked for', () => {
    const directory = repository();
    for (const args of [['--only', 'zzz'], ['-n', '-w'], ['nowhere']]) {
      const document = JSON.parse(dfmigrate(directory, [...args, '--format', 'json']).out);
      expect(document).toMatchObject({
        v: 1,
        ok: false,
        exitCode: 2,
        files: [],
        errors: [{ code: expect.stringMatching(/^cli\//) }],
      });
      expect(violations(document, schema, schema)).toEqual([]);
      expect(dfmigrate(directory, [...args, '--format', 'diff'])).toMatchObject({ code: 2, out: '' });
    }
  });

  it('a missing path stops the run before anything is written', () => {
    const directory = repository();
    expect(dfmigrate(directory, ['Dockerfile', 'Dockerfil']).code).toBe(2);
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
  });

  it('a misspelt file name is corrected', () => {
    expect(dfmigrate(repository(), ['Dockerfil']).err).toContain('did you mean Dockerfile?');
  });
});

describe('inputs that are no Dockerfile', () => {
  const cases: readonly (readonly [string, string | Uint8Array, number, string])[] = [
    ['empty', '', 3, 'file/empty'],
    ['binary', new Uint8Array([70, 0, 1, 2]), 3, 'file/binary'],
    ['not UTF-8', new Uint8Array([0x46, 0xff, 0xfe, 0x0a]), 3, 'file/not-utf8'],
    ['huge', `FROM scratch\n${'# x\n'.repeat(80_000)}`, 4, 'cli/too-large'],
    ['prose', 'hello world\n', 3, 'Dockerfile:1'],
  ];
  it.each(cases)('%s', (_what, content, code, message) => {
    const directory = folder({ Dockerfile: content, 'ok/Dockerfile': fine });
    const result = dfmigrate(directory, ['--write']);
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(message)]);
    expect(result.out).toContain('ok/Dockerfile');
  });

  it('a symbolic link is refused by name and passed over in a search', () => {
    const directory = repository({ 'real/Dockerfile': dockerfile });
    symlinkSync('real/Dockerfile', path.join(directory, 'Dockerfile'));
    const named = dfmigrate(directory, ['-n', 'Dockerfile']);
    expect([named.code, named.err]).toEqual([4, expect.stringContaining('symbolic link to real/Dockerfile')]);
    const searched = dfmigrate(directory, ['-n']);
    expect([searched.code, searched.err]).toEqual([0, expect.stringContaining('cli/symlink')]);
    expect(searched.out).toContain('real/Dockerfile');
  });

  it('a named pipe is never opened', () => {
    const directory = folder();
    execFileSync('mkfifo', [path.join(directory, 'Dockerfile')]);
    expect(dfmigrate(directory, ['-n', 'Dockerfile']).code).toBe(4);
    expect(dfmigrate(directory, ['-n']).code).toBe(0);
  });

  it('a directory that cannot be read, or belongs to somebody else', () => {
    const directory = repository({ 'open/Dockerfile': fine, 'shut/Dockerfile': fine });
    expect(dfmigrateAsNobody(directory, ['-n', 'open'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('open/Dockerfile'),
    });
    chmodSync(path.join(directory, 'shut'), 0);
    expect(dfmigrateAsNobody(directory, ['-n', 'shut'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('shut cannot be read'),
    });
  });

  it('an unreadable file is named with its cause', () => {
    const directory = folder(service);
    chmodSync(path.join(directory, 'Dockerfile'), 0);
    const result = dfmigrateAsNobody(directory, ['-n']);
    expect([result.code, result.err]).toEqual([
      3,
      expect.stringContaining('Dockerfile cannot be read: permission denied'),
    ]);
    expect(result.err).not.toContain(directory);
  });
});

describe('writing without a terminal', () => {
  it('writes what git can give back, and says how', () => {
    const directory = repository();
    const result = dfmigrate(directory, []);
    expect(result.code).toBe(0);
    expect(text(directory, 'Dockerfile')).not.toBe(dockerfile);
    const undo = /^undo: (.+)$/m.exec(result.out)?.[1] ?? 'false';
    execFileSync('sh', ['-c', undo], { cwd: directory });
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
    expect(git(directory, 'status', '--porcelain')).toBe('');
  });

  it('a second run changes nothing', () => {
    const directory = repository();
    dfmigrate(directory, []);
    const once = text(directory, 'Dockerfile');
    git(directory, 'add', '-A');
    expect(dfmigrate(directory, ['--check']).code).toBe(0);
    expect(dfmigrate(directory, []).code).toBe(0);
    expect(text(directory, 'Dockerfile')).toBe(once);
  });

  it('a staged text is enough for git to give it back', () => {
    const directory = repository();
    put(directory, 'Dockerfile', `# mine\n${dockerfile}`);
    git(directory, 'add', 'Dockerfile');
    expect(dfmigrate(directory, []).code).toBe(0);
  });

  it('an unstaged change is not overwritten unless asked', () => {
    const directory = repository();
    put(directory, 'Dockerfile', `# mine\n${dockerfile}`);
    const refused = dfmigrate(directory, []);
    expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('cli/dirty')]);
    expect(refused.err).toContain('--write');
    expect(text(directory, 'Dockerfile')).toBe(`# mine\n${dockerfile}`);
    expect(dfmigrate(directory, ['--allow-dirty']).code).toBe(0);
    expect(text(directory, 'Dockerfile')).toContain('# mine\n');
  });

  it('an untracked file is written only with --write', () => {
    const directory = repository({ 'package.json': '{}\n' });
    for (const [name, content] of Object.entries(service)) put(directory, name, content);
    expect(dfmigrate(directory, ['--allow-dirty'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('cli/untracked'),
    });
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
    expect(dfmigrate(directory, ['-y']).code).toBe(0);
    expect(text(directory, 'Dockerfile')).not.toBe(dockerfile);
  });

  it('outside git only with --write', () => {
    const directory = folder(service);
    expect(dfmigrate(directory, [])).toMatchObject({ code: 4, err: expect.stringContaining('cli/not-in-git') });
    expect(dfmigrate(directory, ['-w'])).toMatchObject({ code: 0, out: expect.stringContaining('no undo') });
  });

  it('one refused file does not stop the others', () => {
    const directory = repository({ ...inside('a'), ...inside('b') });
    put(directory, 'a/Dockerfile', `# mine\n${dockerfile}`);
    expect(dfmigrate(directory, []).code).toBe(4);
    expect(text(directory, 'a/Dockerfile')).toBe(`# mine\n${dockerfile}`);
    expect(text(directory, 'b/Dockerfile')).not.toBe(dockerfile);
  });

  it('keeps mode and line ends', () => {
    const directory = repository({ ...service, Dockerfile: dockerfile.replaceAll('\n', '\r\n') });
    chmodSync(path.join(directory, 'Dockerfile'), 0o640);
    expect(dfmigrate(directory, ['-w']).code).toBe(0);
    expect(statSync(path.join(directory, 'Dockerfile')).mode & 0o777).toBe(0o640);
    const written = text(directory, 'Dockerfile');
    expect(written.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(written).not.toBe(dockerfile.replaceAll('\n', '\r\n'));
    expect(readdirSync(directory).filter((name) => name.includes('dfmigrate'))).toEqual([]);
  });

  it('keeps a hard link and writes into a directory that allows no new file', () => {
    const directory = folder(inside('app'));
    linkSync(path.join(directory, 'app/Dockerfile'), path.join(directory, 'twin'));
    expect(dfmigrate(directory, ['-w', '--skip', 'write-dockerignore', 'app']).code).toBe(0);
    expect(text(directory, 'twin')).toBe(text(directory, 'app/Dockerfile'));
    unlinkSync(path.join(directory, 'twin'));
    put(directory, 'app/Dockerfile', dockerfile);
    chmodSync(path.join(directory, 'app/Dockerfile'), 0o666);
    chmodSync(path.join(directory, 'app'), 0o555);
    expect(dfmigrateAsNobody(directory, ['-w', '--skip', 'write-dockerignore', 'app']).code).toBe(0);
    expect(text(directory, 'app/Dockerfile')).not.toBe(dockerfile);
  });

  it('a file that may not be written stays, with its cause', () => {
    const directory = folder(service);
    chmodSync(path.join(directory, 'Dockerfile'), 0o444);
    const result = dfmigrateAsNobody(directory, ['-w', '--skip', 'write-dockerignore']);
    expect([result.code, result.err]).toEqual([3, expect.stringContaining('permission denied')]);
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
  });
});

describe('patches', () => {
  it('--format diff applies with git apply, from a sub-directory and with names that need quoting', () => {
    for (const name of ['svc', 'with blank', 'quo"te', 'tab\tand\nline', 'größe', 'back\\slash']) {
      const files = inside(name);
      const directory = repository(files);
      const sub = path.join(directory, name);
      const preview = dfmigrate(sub, ['-n', '--format', 'diff', 'Dockerfile']);
      put(directory, 'all.patch', preview.out);
      git(sub, 'apply', path.join(directory, 'all.patch'));
      const applied = [text(sub, 'Dockerfile'), readdirSync(sub).sort()];
      const other = repository(files);
      dfmigrate(other, ['-w', name]);
      expect(applied).toEqual([text(path.join(other, name), 'Dockerfile'), readdirSync(path.join(other, name)).sort()]);
      expect(preview.err).toContain('1 would change');
    }
  });

  it('CRLF, a missing final line end and a byte order mark survive git apply', () => {
    for (const content of [dockerfile.replaceAll('\n', '\r\n'), dockerfile.trimEnd(), `\ufeff${dockerfile}`]) {
      const directory = repository({ ...service, Dockerfile: content });
      put(directory, 'all.patch', dfmigrate(directory, ['-n', '--format', 'diff']).out);
      git(directory, 'apply', 'all.patch');
      const applied = text(directory, 'Dockerfile');
      const other = repository({ ...service, Dockerfile: content });
      dfmigrate(other, ['-w']);
      expect(applied).toBe(text(other, 'Dockerfile'));
    }
  });

  it('two Dockerfiles of one directory make one patch that applies', () => {
    const directory = repository({ ...service, 'Dockerfile.prod': `# production\n${dockerfile}` });
    put(directory, 'all.patch', dfmigrate(directory, ['-n', '--format', 'diff']).out);
    git(directory, 'apply', '--check', 'all.patch');
    expect(dfmigrate(directory, []).code).toBe(0);
  });

  it('--patch-dir holds one patch per step that apply in order, and writes nothing else', () => {
    const directory = repository();
    const result = dfmigrate(directory, ['--patch-dir', 'out']);
    expect(result.code).toBe(0);
    expect(text(directory, 'Dockerfile')).toBe(dockerfile);
    const patches = readdirSync(path.join(directory, 'out')).sort();
    expect(patches.length).toBeGreaterThan(1);
    expect(patches[0]).toMatch(/^0001-[a-z-]+\.patch$/);
    for (const patch of patches) git(directory, 'apply', `out/${patch}`);
    const other = repository();
    dfmigrate(other, ['-w']);
    expect(text(directory, 'Dockerfile')).toBe(text(other, 'Dockerfile'));
    expect(dfmigrate(directory, ['--patch-dir', 'out'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('cli/patches-there'),
    });
  });
});

describe('standard input', () => {
  it('prints the rewritten text and nothing else', () => {
    const directory = folder(service);
    const result = dfmigrate(directory, ['--stdin', '--stdin-filename', 'Dockerfile'], { input: dockerfile });
    dfmigrate(directory, ['-w']);
    expect([result.code, result.out]).toEqual([0, text(directory, 'Dockerfile')]);
  });

  it('an unchanged text comes out byte for byte', () => {
    const result = dfmigrate(folder(), ['--stdin'], { input: fine.replaceAll('\n', '\r\n') });
    expect([result.code, result.out]).toEqual([0, fine.replaceAll('\n', '\r\n')]);
  });

  it('--check answers by exit code; a text that is none prints nothing', () => {
    const directory = folder(service);
    expect(
      dfmigrate(directory, ['--stdin', '--stdin-filename', 'Dockerfile', '--check'], { input: dockerfile }).code,
    ).toBe(1);
    expect(dfmigrate(directory, ['--stdin'], { input: 'no such thing\n' })).toMatchObject({ code: 3, out: '' });
    expect(dfmigrate(directory, ['--stdin'], { input: '# x\n'.repeat(80_000) })).toMatchObject({ code: 4, out: '' });
  });
});

describe('terminals and pipes', () => {
  it('asks, and writes on yes', () => {
    const directory = repository();
    const result = onTerminal(directory, [], 'y\n');
    expect(result.code).toBe(0);
    expect(result.out).toMatch(/Apply \d+ steps? to Dockerfile\? \[y\]es \[n\]o/);
    expect(result.out).toContain('\x1b[');
    expect(text(directory, 'Dockerfile')).not.toBe(dockerfile);
  });

  it('no, Enter and the end of input write nothing', () => {
    for (const answer of ['n\n', '\n', '\x04']) {
      const directory = repository();
      const result = onTerminal(directory, [], answer);
      expect([result.code, result.out]).toEqual([0, expect.stringContaining('nothing was written')]);
      expect(text(directory, 'Dockerfile')).toBe(dockerfile);
    }
  });

  it('NO_COLOR, --color and a dumb terminal decide the colours', () => {
    const directory = repository();
    expect(onTerminal(directory, ['-n'], '', { NO_COLOR: '1' }).out).not.toContain('\x1b[');
    expect(onTerminal(directory, ['-n', '--color', 'never'], '').out).not.toContain('\x1b[');
    expect(dfmigrate(directory, ['-n']).out).not.toContain('\x1b[');
    expect(dfmigrate(directory, ['-n', '--color', 'always']).out).toContain('\x1b[');
    expect(dfmigrate(directory, ['-n'], { env: { FORCE_COLOR: '1' } }).out).toContain('\x1b[');
  });

  it('a reader that goes away is no crash, and what was to be written is written', () => {
    const directory = repository();
    const result = shell(directory, 'set -o pipefail; "$1" "$2" -w | head -1; echo $?');
    expect(result.out.trim().split('\n').at(-1)).toBe('0');
    expect(result.err).toBe('');
    expect(text(directory, 'Dockerfile')).not.toBe(dockerfile);
  });

  it('real reports are what the schema describes', () => {
    const directory = repository({ ...service, 'bad/Dockerfile': 'what is this\n' });
    const document = JSON.parse(dfmigrate(directory, ['-n', '-v', '--format', 'json']).out);
    expect(violations(document, schema, schema)).toEqual([]);
    expect(document).toMatchObject({
      exitCode: 3,
      files: [{ path: 'Dockerfile', outcome: 'changed' }],
      errors: [{ path: 'bad/Dockerfile' }],
    });
    const lines = dfmigrate(directory, ['-n', '--format', 'jsonl']).out.trimEnd().split('\n');
    expect(lines.flatMap((line) => violations(JSON.parse(line), schema.$defs.event, schema))).toEqual([]);
  });

  it('list and explain speak of every transform', () => {
    const directory = repository();
    const { transforms } = JSON.parse(dfmigrate(directory, ['list', '--json']).out);
    const listed = dfmigrate(directory, ['list']).out;
    for (const { name, reasons } of transforms) {
      expect(listed).toContain(name);
      expect(dfmigrate(directory, ['explain', name])).toMatchObject({ code: 0, out: expect.stringContaining(name) });
      expect(dfmigrate(directory, ['explain', reasons[0]])).toMatchObject({
        code: 0,
        out: expect.stringContaining(reasons[0]),
      });
    }
    expect(dfmigrate(directory, ['explain', 'Dockerfile:1']).out).toContain('Dockerfile:1  FROM maven:');
    expect(dfmigrate(directory, ['explain', 'cli/dirty']).code).toBe(0);
  });

  it('the same input gives the same bytes', () => {
    const [one, other] = [repository(), repository()].map(
      (directory) => dfmigrate(directory, ['-n', '--format', 'json']).out,
    );
    expect(one).toBe(other);
  });
});

describe('safety', () => {
  it('opens no socket and runs nothing but git', () => {
    const directory = repository();
    put(
      directory,
      'deny.mjs',
      `import net from 'node:net'; import dns from 'node:dns';
const deny = () => { throw new Error('network'); };
net.connect = net.createConnection = deny; net.Socket.prototype.connect = deny; dns.lookup = deny; globalThis.fetch = deny;\n`,
    );
    const result = dfmigrate(directory, ['-w'], { node: ['--import', path.join(directory, 'deny.mjs')] });
    expect([result.code, result.err]).toEqual([0, '']);
  });

  it('no program named by the repository runs', () => {
    const directory = repository();
    const canary = path.join(directory, '.git', 'canary');
    const script = path.join(directory, '.git', 'evil.sh');
    put(directory, '.git/evil.sh', `#!/bin/sh\ntouch '${canary}'\ncat\n`);
    chmodSync(script, 0o755);
    for (const key of [
      'core.fsmonitor',
      'filter.evil.clean',
      'filter.evil.smudge',
      'diff.external',
      'core.pager',
      'core.sshCommand',
      'alias.ls-files',
    ]) {
      git(directory, 'config', key, key.startsWith('alias') ? `!${script}` : script);
    }
    put(directory, '.gitattributes', '* filter=evil\n');
    mkdirSync(path.join(directory, '.git/hooks'), { recursive: true });
    for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout']) {
      put(directory, `.git/hooks/${hook}`, `#!/bin/sh\ntouch '${canary}'\n`);
      chmodSync(path.join(directory, '.git/hooks', hook), 0o755);
    }
    for (const args of [['-n'], [], ['--check', '.'], ['-w']]) dfmigrate(directory, args);
    expect(readdirSync(path.join(directory, '.git'))).not.toContain('canary');
  });

  it('a directory that became a link out of the project is not written through', () => {
    const outside = folder({ Dockerfile: dockerfile });
    const directory = repository({ 'svc/Dockerfile': dockerfile });
    unlinkSync(path.join(directory, 'svc/Dockerfile'));
    execFileSync('rmdir', [path.join(directory, 'svc')]);
    symlinkSync(outside, path.join(directory, 'svc'));
    dfmigrate(directory, ['-w']);
    expect(text(outside, 'Dockerfile')).toBe(dockerfile);
  });

  it('escape sequences of a file reach no terminal, and are still what is written', () => {
    const nasty = `# \x1b]0;title\x07 \u202e\u200b\n${dockerfile}`;
    const directory = repository({ ...service, Dockerfile: nasty });
    const shown = dfmigrate(directory, ['-n']);
    for (const char of ['\x1b', '\x07', '\u202e', '\u200b']) expect(shown.out + shown.err).not.toContain(char);
    dfmigrate(directory, ['-w']);
    expect(text(directory, 'Dockerfile')).toContain('# \x1b]0;title\x07 \u202e\u200b\n');
  });

  it('secrets are not reported, but patches are exact', () => {
    const directory = repository({
      ...service,
      Dockerfile: dockerfile.replace('WORKDIR', 'ENV NPM_TOKEN=s3cr3t\nWORKDIR'),
    });
    for (const format of ['text', 'json', 'jsonl'])
      expect(dfmigrate(directory, ['-n', '-v', '--format', format]).out).not.toContain('s3cr3t');
    expect(dfmigrate(directory, ['-n', '--format', 'json', '--no-redact']).out).toContain('s3cr3t');
    expect(dfmigrate(directory, ['-n', '--format', 'diff']).out).toContain('s3cr3t');
  });
});
