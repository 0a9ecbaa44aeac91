import { chmodSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, dfmigrate, folder, onTerminal, put, service, text } from '../cli/scratch.ts';
import { gitIn, workTree } from './fleet.ts';

beforeAll(buildProgram, 120_000);

/** Every setting by which a repository could name a program, and every hook; each leaves its mark when it runs. */
function hostile(directory: string): { readonly marks: string } {
  const marks = path.join(directory, 'marks');
  put(directory, 'marks/.keep', '');
  const repository = workTree(directory, 'sub/hostile', {
    ...service,
    '.gitattributes': '* filter=evil diff=evil merge=evil\n',
  });
  const mark = (name: string): string => {
    put(directory, `bin/${name}`, `#!/bin/sh\ntouch '${marks}/${name}'\ncat\n`);
    chmodSync(path.join(directory, 'bin', name), 0o755);
    return path.join(directory, 'bin', name);
  };
  const settings = [
    'core.fsmonitor',
    'core.sshCommand',
    'core.pager',
    'core.editor',
    'core.askPass',
    'core.gitProxy',
    'core.alternateRefsCommand',
    'diff.external',
    'diff.evil.command',
    'diff.evil.textconv',
    'filter.evil.clean',
    'filter.evil.smudge',
    'filter.evil.process',
    'merge.evil.driver',
    'gpg.program',
    'credential.helper',
    'uploadpack.packObjectsHook',
    'pager.log',
    'pager.ls-tree',
    'alias.cat-file',
    'alias.ls-files',
    'sequence.editor',
    'remote.origin.receivepack',
    'remote.origin.uploadpack',
    'trailer.x.command',
    'interactive.diffFilter',
    'browser.evil.cmd',
    'man.evil.cmd',
    'receive.procReceiveRefs',
    'fsck.skipList',
  ];
  for (const setting of settings) gitIn(repository, 'config', setting, mark(setting));
  gitIn(repository, 'config', 'filter.evil.required', 'true');
  gitIn(repository, 'config', 'commit.gpgSign', 'true');
  gitIn(repository, 'config', 'remote.origin.url', `ext::${mark('remote.origin.url')}`);
  gitIn(repository, 'config', 'core.hooksPath', path.join(directory, 'hooks'));
  const hooks = [
    'applypatch-msg',
    'commit-msg',
    'fsmonitor-watchman',
    'post-checkout',
    'post-commit',
    'post-index-change',
    'post-merge',
    'post-receive',
    'post-rewrite',
    'post-update',
    'pre-applypatch',
    'pre-auto-gc',
    'pre-commit',
    'pre-merge-commit',
    'pre-push',
    'pre-rebase',
    'pre-receive',
    'prepare-commit-msg',
    'push-to-checkout',
    'reference-transaction',
    'sendemail-validate',
    'update',
  ];
  for (const hook of hooks) {
    for (const place of ['hooks', 'sub/hostile/.git/hooks']) {
      put(directory, `${place}/${hook}`, `#!/bin/sh\ntouch '${marks}/hook-${hook}'\n`);
      chmodSync(path.join(directory, place, hook), 0o755);
    }
  }
  return { marks };
}

describe('a hostile repository', () => {
  const runs: readonly (readonly [string, readonly string[]])[] = [
    ['a plan', ['bulk', 'sub']],
    ['a branch', ['bulk', 'sub', '--branch', 'dfmigrate']],
    ['a push', ['bulk', 'sub', '--branch', 'dfmigrate', '--push']],
    ['patches', ['bulk', 'sub', '--patches', 'out']],
    ['writing in place', ['bulk', 'sub', '--in-place']],
    ['a plain preview', ['-n', 'sub/hostile']],
    ['a plain run', ['sub/hostile']],
    ['a plain run that writes', ['-w', 'sub/hostile']],
  ];
  it.each(runs)('runs nothing of its own on %s', (_, args) => {
    const directory = folder();
    const { marks } = hostile(directory);
    const { code } = dfmigrate(directory, args);
    expect([0, 3, 4]).toContain(code);
    expect(readdirSync(marks)).toEqual(['.keep']);
  });

  it('would run programs in the hands of others', () => {
    const directory = folder();
    const { marks } = hostile(directory);
    try {
      gitIn(path.join(directory, 'sub/hostile'), 'status');
    } catch {
      // whatever git thinks of the filters, they ran
    }
    expect(readdirSync(marks).length).toBeGreaterThan(1);
  });
});

/** Colours and the clearing of a line, which are ours. */
const ownEscapes = new RegExp(`${String.fromCharCode(27)}\\[(?:\\d{1,2}(?:;\\d{1,3})*m|K)`, 'g');
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('what the terminal gets', () => {
  const control = '\u001b[2J\u001b]0;owned\u0007';
  const bidi = '\u202e\u2066\u200b';

  it('holds no escape, control or invisible character of a repository, whatever it is called', () => {
    const directory = folder();
    const name = `odd${control}${bidi}`;
    workTree(directory, name, {
      Dockerfile: `FROM node:22\nRUN <<E${control}${bidi}\n`,
      [`x${control}/Dockerfile`]: `FRO ${bidi}${control}\n`,
    });
    workTree(directory, 'ok', { ...service, [`${bidi}${control}.Dockerfile`]: service.Dockerfile ?? '' });
    const { out, err } = dfmigrate(directory, ['bulk', '.', '-v']);
    const shown = onTerminal(directory, ['bulk', '.', '-v'], '').out.replace(ownEscapes, '');
    for (const stream of [out, err, shown]) expect(unsafe.exec(stream.replace(/[\n\t\r]/g, ''))).toBeNull();
    expect(err).toContain('\\x1b');
  });

  it('holds no line that a CI system would take for a command', () => {
    const directory = folder();
    const command = '::error::owned\n::set-output name=x::y\n##[error]owned\n##vso[task.setvariable]x\n';
    workTree(directory, '::warning::x', { Dockerfile: `FROM node:22\n${command}` });
    workTree(directory, 'name', {
      '::error file=x::y.Dockerfile': `FROM node:22\n${command}`,
      Dockerfile: `FROM node:22\nRUN <<E\n${command}`,
    });
    const { out, err } = dfmigrate(directory, ['bulk', '.', '-v']);
    const lines = `${out}\n${err}`.split(/[\r\n]/).map((line) => line.trimStart());
    expect(lines.filter((line) => line.startsWith('::') || line.startsWith('##'))).toEqual([]);
  });
});

describe('secrets', () => {
  const secrets = [
    'hunter2hunter2',
    'ghp_0123456789abcdefghijklmnopqrstuvwxyz',
    'npm_0123456789abcdefghijklmnopqrstuvwxyz',
  ];
  const dockerfile = (service.Dockerfile ?? '')
    .replace(/\n/, `\nENV DB_PASSWORD=${secrets[0]}\nARG GITHUB_TOKEN=${secrets[1]}\n`)
    .concat(`# npm token ${secrets[2]}\n`);

  it('are in no journal, no text of a pull request, no commit message and no output', () => {
    const directory = folder();
    const one = workTree(directory, 'one', { ...service, Dockerfile: dockerfile });
    const { out, err } = dfmigrate(directory, ['bulk', 'one', '--branch', 'dfmigrate', '--run-dir', 'run', '-v']);
    const jsonl = dfmigrate(directory, ['bulk', 'one', '--format', 'jsonl']).out;
    const pull = readdirSync(path.join(directory, 'run/pr')).map((name) => text(directory, `run/pr/${name}`));
    const told = [
      out,
      err,
      jsonl,
      text(directory, 'run/report.jsonl'),
      ...pull,
      gitIn(one, 'log', '--format=%B', 'dfmigrate'),
    ];
    for (const secret of secrets) for (const each of told) expect(each.includes(secret), secret).toBe(false);
    expect(text(directory, 'run/report.jsonl')).toContain('‹redacted›');
  });

  it('stay in the branch exactly, and no more often than before', () => {
    const directory = folder();
    const one = workTree(directory, 'one', { ...service, Dockerfile: dockerfile });
    dfmigrate(directory, ['bulk', 'one', '--branch', 'dfmigrate']);
    const after = gitIn(one, 'show', 'dfmigrate:Dockerfile');
    const layers = (source: string, secret: string): number =>
      source.split('\n').filter((line) => /^(?:RUN|COPY|ADD)\b/.test(line) && line.includes(secret)).length;
    for (const secret of secrets) expect(layers(after, secret)).toBeLessThanOrEqual(layers(dockerfile, secret));
    expect(after).toContain(secrets[0]);
  });

  it('of an address are nowhere', () => {
    const directory = folder();
    const url = 'https://user:hunter2hunter2@127.0.0.1:9/x.git';
    const { out, err } = dfmigrate(directory, ['bulk', url, '--cache-dir', 'cache', '--run-dir', 'run']);
    expect(`${out}${err}${text(directory, 'run/report.jsonl')}${text(directory, 'run/failed.txt')}`).not.toContain(
      'hunter2',
    );
  });
});

describe('the network', () => {
  it('is not touched unless an address is given', () => {
    const directory = folder();
    put(
      directory,
      'deny.cjs',
      `const { writeFileSync } = require('node:fs');
for (const [module, names] of [['net', ['connect', 'createConnection']], ['dns', ['lookup', 'resolve']], ['dgram', ['createSocket']], ['http', ['request', 'get']], ['https', ['request', 'get']], ['tls', ['connect']]])
  for (const name of names) require(module)[name] = () => { writeFileSync('${directory}/touched', module + '.' + name); throw new Error('no network'); };
require('net').Socket.prototype.connect = () => { writeFileSync('${directory}/touched', 'connect'); throw new Error('no network'); };
globalThis.fetch = () => { writeFileSync('${directory}/touched', 'fetch'); throw new Error('no network'); };
`,
    );
    workTree(directory, 'sub/one');
    for (const args of [
      ['bulk', 'sub', '--branch', 'x', '--run-dir', 'run'],
      ['-n', 'sub/one'],
      ['-w', 'sub/one'],
    ])
      expect(dfmigrate(directory, args, { node: ['--require', path.join(directory, 'deny.cjs')] }).code).toBe(0);
    expect(existsSync(path.join(directory, 'touched'))).toBe(false);
  });
});
