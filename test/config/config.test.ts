import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../../src/config/config.ts';
import { parseJsonc } from '../../src/config/jsonc.ts';
import { pathFits } from '../../src/config/path-pattern.ts';
import { type Asked, type Settled, settle } from '../../src/config/settle.ts';
import { configInTree } from '../../src/config/tree.ts';
import type { Fault } from '../../src/fault.ts';
import { transforms } from '../../transforms/index.ts';

function config(text: string): Config {
  const read = readConfig(text, '.dfmigrate.json');
  if ('exit' in read) throw new Error(read.reason.text);
  return read;
}

function faultOf(text: string): Fault {
  const read = readConfig(text, '.dfmigrate.json');
  if (!('exit' in read)) throw new Error('is fine');
  return read;
}

describe('jsonc', () => {
  it('has comments, trailing commas and the line of every key', () => {
    expect(parseJsonc('// one\n{ /* two\n */ "a": [1, true, null,],\n "b": "x//y", }')).toEqual({
      kind: 'object',
      line: 2,
      entries: [
        {
          key: 'a',
          line: 3,
          value: {
            kind: 'list',
            line: 3,
            items: [
              { kind: 'number', value: 1, line: 3 },
              { kind: 'boolean', value: true, line: 3 },
              { kind: 'null', line: 3 },
            ],
          },
        },
        { key: 'b', line: 4, value: { kind: 'text', value: 'x//y', line: 4 } },
      ],
    });
  });

  it.each([
    ['{', 1, 'the text ends where a key in quotes belongs'],
    ['{"a":1\n"b":2}', 2, '""b"" stands where "," or "}" belongs'],
    ['{"a":1,\n"a":2}', 2, '"a" is there twice'],
    ['{a:1}', 1, '"a" stands where a key in quotes belongs'],
    ['[1]\n]', 2, '"]" is too much'],
    ['/* open', 1, 'a comment is not closed'],
    ['{"a": maybe}', 1, '"maybe" is no value'],
    ["{'a': 1}", 1, `"'" is not expected here`],
    ['['.repeat(100), 1, 'it is nested too deeply'],
    ['', 1, 'it ends too early'],
  ])('%j is refused at its line', (text, line, message) => {
    expect(parseJsonc(text)).toEqual({ kind: 'problem', line, message });
  });

  it('agrees with JSON on JSON, and never throws', () => {
    const plain = (node: ReturnType<typeof parseJsonc>): unknown => {
      if (node.kind === 'list') return node.items.map(plain);
      if (node.kind === 'object') return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
      return node.kind === 'null' || node.kind === 'problem' ? null : node.value;
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(plain(parseJsonc(JSON.stringify(value, undefined, 1)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseJsonc(text);
        readConfig(text, 'x');
      }),
      { numRuns: 200 },
    );
  });
});

describe('a configuration', () => {
  it.each([
    ['{\n "unsafe": true }', 'config/forbidden-key', 2, undefined],
    ['{ "report": "x" }', 'config/forbidden-key', 1, undefined],
    ['{ "skipp": [] }', 'config/unknown-key', 1, 'did you mean "skip"?'],
    ['{ "enabled": "no" }', 'config/bad-value', 1, undefined],
    ['{ "skip": [1] }', 'config/bad-value', 1, undefined],
    ['{ "runtime": "tiny" }', 'config/bad-value', 1, undefined],
    ['{ "user": "root" }', 'config/bad-value', 1, undefined],
    ['{ "healthcheck": "ftp" }', 'config/bad-value', 1, undefined],
    ['{ "overrides": [\n{ "files": ["a"], "exclude": [] }] }', 'config/unknown-key', 2, undefined],
    ['{ "overrides": [{}] }', 'config/bad-value', 1, undefined],
    ['[]', 'config/bad-value', 1, undefined],
    ['{', 'config/syntax', 1, undefined],
  ])('%j is refused', (text, code, line, hint) => {
    expect(faultOf(text)).toMatchObject({ exit: 2, line, reason: { code } });
    expect(faultOf(text).hints?.[0]).toBe(hint);
  });
});

const asked: Asked = {
  transforms: transforms.filter((transform) => transform.default),
  insisted: new Set(),
  runtime: undefined,
  healthcheck: undefined,
  user: undefined,
};
const run = (settled: Settled | Fault) => {
  if (!('kind' in settled) || settled.kind !== 'run') throw new Error(JSON.stringify(settled));
  return { names: settled.transforms.map(({ name }) => name), wishes: settled.wishes };
};
const names = asked.transforms.map(({ name }) => name);

describe('settling', () => {
  it('a repository takes away, never adds', () => {
    const skip = run(settle(asked, config('{"skip": ["drop-*"]}'), undefined, 'Dockerfile', transforms));
    expect(skip.names).toEqual(names.filter((name) => name !== 'drop-root'));
    const optIn = transforms.find((transform) => !transform.default)?.name ?? 'lock-install';
    const only = config(JSON.stringify({ only: ['drop-root', optIn] }));
    expect(run(settle(asked, only, undefined, 'Dockerfile', transforms)).names).toEqual(
      ['drop-root', optIn].filter((name) => names.includes(name)),
    );
    expect(
      run(
        settle(
          { ...asked, transforms: asked.transforms.slice(0, 1) },
          config('{"skip":["drop-root"]}'),
          undefined,
          'D',
          transforms,
        ),
      ).names,
    ).toEqual(names.slice(0, 1));
  });

  it('what the command line names, the repository does not take back, but the policy does', () => {
    const insisting = { ...asked, insisted: new Set(['drop-root']) };
    const skip = config('{"skip": ["drop-root"]}');
    expect(run(settle(insisting, skip, undefined, 'D', transforms)).names).toContain('drop-root');
    expect(run(settle(insisting, undefined, skip, 'D', transforms)).names).not.toContain('drop-root');
  });

  it('policy over command line over repository over default', () => {
    const wishes = (given: Asked, own: string, policy: string) =>
      run(settle(given, config(own), config(policy), 'D', transforms)).wishes.runtime;
    const cli: Asked = { ...asked, runtime: 'alpine' };
    expect(wishes(cli, '{"runtime":"slim"}', '{"runtime":"keep"}')).toBe('keep');
    expect(wishes(cli, '{"runtime":"slim"}', '{}')).toBe('alpine');
    expect(wishes(asked, '{"runtime":"slim"}', '{}')).toBe('slim');
    expect(wishes(asked, '{}', '{}')).toBe('auto');
  });

  it.each([
    ['{"enabled": false, "reason": "retired"}', 'Dockerfile', 'leaves it alone: retired'],
    ['{"exclude": ["legacy/"]}', 'legacy/a/Dockerfile', 'leaves it alone: excluded'],
    ['{"overrides": [{"files": ["legacy/**"], "enabled": false}]}', 'legacy/Dockerfile', 'leaves it alone'],
    ['{"only": []}', 'Dockerfile', 'leaves no transform to run'],
  ])('%s leaves %s alone', (text, path, says) => {
    const settled = settle(asked, config(text), undefined, path, transforms);
    expect(settled).toMatchObject({ kind: 'leave', reason: { text: `the configuration .dfmigrate.json ${says}` } });
    expect(settle(asked, config('{"exclude": ["legacy/"]}'), undefined, 'src/Dockerfile', transforms)).toMatchObject({
      kind: 'run',
    });
  });

  it('the last override that matches wins, what it skips is skipped too', () => {
    const text = config(
      '{"skip":["drop-root"],"overrides":[{"files":["a/**"],"skip":["add-healthcheck"],"runtime":"keep"},{"files":["**"],"runtime":"slim"}]}',
    );
    const settled = run(settle(asked, text, undefined, 'a/Dockerfile', transforms));
    expect(settled.names).toEqual(names.filter((name) => name !== 'drop-root' && name !== 'add-healthcheck'));
    expect(settled.wishes.runtime).toBe('slim');
  });

  it('a misspelt transform is a fault with a suggestion', () => {
    expect(settle(asked, config('{\n"skip": ["drop-rot"]}'), undefined, 'D', transforms)).toMatchObject({
      exit: 2,
      line: 2,
      hints: ['did you mean "drop-root"?'],
      reason: { code: 'config/unknown-transform' },
    });
  });
});

describe('the configuration of a tree', () => {
  const files: Readonly<Record<string, string>> = {
    '.dfmigrate.json': '{"skip":["drop-root"]}',
    'a/.dfmigrate.json': '{"enabled":false}',
    'bad/.dfmigrate.json': '{"unsafe":1}',
  };
  const at = (path: string, all = files) => configInTree(path, (name) => all[name]);

  it('is the nearest one upward', () => {
    expect(at('a/b/Dockerfile')).toMatchObject({
      directory: 'a',
      config: { enabled: false, path: 'a/.dfmigrate.json' },
    });
    expect(at('c/Dockerfile')).toMatchObject({ directory: '', config: { skip: { patterns: ['drop-root'] } } });
    expect(at('bad/Dockerfile')).toMatchObject({ exit: 2, reason: { code: 'config/forbidden-key' } });
  });

  it('is else the key of the nearest package.json that has it', () => {
    const manifests = { 'package.json': '{"dfmigrate":{"enabled":false}}', 'a/package.json': '{"name":"dfmigrate"}' };
    expect(at('a/Dockerfile', manifests)).toMatchObject({ directory: '', config: { enabled: false } });
    expect(at('a/Dockerfile', {})).toBeUndefined();
  });
});

describe('path patterns', () => {
  it.each([
    ['a/b/Dockerfile', 'Dockerfile', true],
    ['a/b/Dockerfile', 'a', true],
    ['a/b/Dockerfile', 'a/', true],
    ['a/b/Dockerfile', 'b/', true],
    ['a/b/Dockerfile', './a/b', true],
    ['a/b/Dockerfile', 'a/*', true],
    ['a/b/Dockerfile', 'a/*/Docker*', true],
    ['a/b/Dockerfile', 'a/**/Dockerfile', true],
    ['a/Dockerfile', 'a/**/Dockerfile', true],
    ['a/b/Dockerfile', '**/c/**', false],
    ['a/b/Dockerfile', 'a/Dockerfile', false],
    ['a/b/Dockerfile', 'a/?/Dockerfile', true],
    ['ab/Dockerfile', 'a', false],
    ['a/b/Dockerfile', '**', true],
  ])('%s %s', (path, pattern, fits) => expect(pathFits(path, pattern)).toBe(fits));
});
