import { describe, expect, it } from 'vitest';
import { isForeignPackage, programNameOf } from '../../src/ecosystems/go/command.ts';
import { isTooling } from '../../src/ecosystems/go/files.ts';
import { makeWork } from '../../src/ecosystems/go/make.ts';
import { readModFile, readWorkspace } from '../../src/ecosystems/go/modfile.ts';
import { compiledInto, mainDirectories, readGoFacts } from '../../src/ecosystems/go/packages.ts';
import { argumentsAt, callsOf, constantsOf, readGoSource, valueOfArgument } from '../../src/ecosystems/go/source.ts';
import { memoryProject } from '../../src/project/memory.ts';
import type { PlacedCommand } from '../../src/reading/commands.ts';

describe('go.mod', () => {
  const text = [
    'module "example.org/tide/harbour/v2" // the harbour',
    'go 1.23',
    'require (',
    '\tgithub.com/a/one v1.0.0',
    '\tgithub.com/b/two v2.1.0 // indirect',
    ')',
    'require github.com/c/three v0.3.0',
    'replace (',
    '\tgithub.com/c/three => ../three',
    '\tgithub.com/a/one => github.com/fork/one v1.0.1',
    ')',
  ].join('\r\n');

  it('is read line by line, blocks and comments included', () => {
    const mod = readModFile(memoryProject({ 'svc/go.mod': text }), 'svc/go.mod');
    expect(mod).toEqual({
      file: 'svc/go.mod',
      directory: 'svc',
      module: 'example.org/tide/harbour/v2',
      moduleLine: 1,
      go: '1.23',
      requires: [
        { path: 'github.com/a/one', version: 'v1.0.0', line: 4, indirect: false },
        { path: 'github.com/b/two', version: 'v2.1.0', line: 5, indirect: true },
        { path: 'github.com/c/three', version: 'v0.3.0', line: 7, indirect: false },
      ],
      localReplaces: [{ path: '../three', line: 9 }],
    });
  });

  it('without a module line is none', () => {
    expect(readModFile(memoryProject({ 'go.mod': 'go 1.23\n' }), 'go.mod')).toBeUndefined();
    expect(readModFile(memoryProject({}), 'go.mod')).toBeUndefined();
  });

  it('has a workspace beside it', () => {
    expect(
      readWorkspace(memoryProject({ 'go.work': 'go 1.23\nuse (\n\t./a\n\t./b\n)\nuse ./c\n' }), 'go.work'),
    ).toEqual(['./a', './b', './c']);
  });
});

describe('names', () => {
  it.each([
    ['example.org/tide/harbour', 'harbour'],
    ['example.org/tide/harbour/v2', 'harbour'],
    ['example.org/tide/harbour/v1', 'v1'],
    ['v2', 'v2'],
    ['harbour', 'harbour'],
    ['example.org/tide/cmd/ferry@v1.2.3', 'ferry'],
    ['/srv/app', 'app'],
  ])('of %s is %s', (path, name) => {
    expect(programNameOf(path)).toBe(name);
  });

  it.each([
    ['example.org/tool/cmd/x@latest', true],
    ['example.org/tool/cmd/x', true],
    ['example.org/tide/harbour/cmd/ferry', false],
    ['./cmd/ferry', false],
    ['main.go', false],
    ['net/http', false],
  ])('%s is foreign: %s', (operand, foreign) => {
    expect(isForeignPackage(operand, 'example.org/tide/harbour')).toBe(foreign);
  });
});

describe('a source', () => {
  const text = [
    '// package comment',
    'package main',
    'import (',
    '\t"os" // open',
    '\tx "example.org/x"',
    ')',
    'import "embed"',
    '//go:embed pages/* all:static "with space"',
    'var files embed.FS',
    'const name = "tide.json"',
    '/* os.Open("never.txt") */',
    'func main() { os.Open(name); os.Open("a" + "/b"); os.ReadFile(path.Join("d", name)); os.Open(`raw//x`) }',
  ].join('\n');
  const source = readGoSource('main.go', text);

  it('has its package, imports and embedded patterns', () => {
    expect([source?.package, source?.imports, source?.embeds]).toEqual([
      'main',
      ['os', 'example.org/x', 'embed'],
      ['pages/*', 'static', 'with', 'space'],
    ]);
  });

  it('has calls outside of comments, whose paths are evaluated', () => {
    if (source === undefined) throw new Error('not read');
    const names = constantsOf([source]);
    const calls = callsOf(source, /\bos\.(?:Open|ReadFile)/);
    expect(calls.map((call) => [call.line, valueOfArgument(call.arguments[0] ?? '', names)])).toEqual([
      [12, { kind: 'text', text: 'tide.json' }],
      [12, { kind: 'text', text: 'a/b' }],
      [12, { kind: 'text', text: 'd/tide.json' }],
      [12, { kind: 'text', text: 'raw//x' }],
    ]);
  });

  it('of another system or behind a constraint is none', () => {
    expect(readGoSource('open_windows.go', 'package main')).toBeUndefined();
    expect(readGoSource('gen.go', '//go:build ignore\n\npackage main')).toBeUndefined();
    expect(readGoSource('x_linux.go', 'package x')?.package).toBe('x');
  });

  it('keeps a name that is set twice open', () => {
    const two = readGoSource(
      'a.go',
      'package a\nfunc f() {\n\tp := "a"\n\tp = "b"\n\tq := "c"\n\tr := q + os.Args[1]\n}',
    );
    expect([...constantsOf(two === undefined ? [] : [two])]).toEqual([['q', 'c']]);
  });

  it('ends arguments where the call ends', () => {
    expect(argumentsAt('f(a, g(b, c), "x,y)", []int{1, 2})', 1)).toEqual(['a', 'g(b, c)', '"x,y)"', '[]int{1, 2}']);
    expect(argumentsAt('f()', 1)).toEqual([]);
    expect(argumentsAt('f("open', 1)).toEqual([]);
  });
});

describe('packages', () => {
  const project = memoryProject({
    'go.mod': 'module example.org/t\n',
    'cmd/a/main.go': 'package main\nimport "example.org/t/lib"\n',
    'cmd/b/main.go': 'package main\nimport "../../deep"\n',
    'lib/lib.go': 'package lib\nimport "example.org/t/deep"\n',
    'lib/lib_test.go': 'package lib\n',
    'deep/deep.go': 'package deep\n',
    'vendor/x/x.go': 'package main\n',
  });
  const facts = readGoFacts(project, 'cmd/a');

  it('that are programs are found below the module', () => {
    expect(facts === undefined ? [] : mainDirectories(facts, '')).toEqual(['cmd/a', 'cmd/b']);
  });

  it('compiled into one program are followed through imports', () => {
    const found = facts === undefined ? [] : compiledInto(facts, 'cmd/a');
    expect(found.map((one) => one.path)).toEqual(['cmd/a/main.go', 'lib/lib.go', 'deep/deep.go']);
    const relative = facts === undefined ? [] : compiledInto(facts, 'cmd/b');
    expect(relative.map((one) => one.path)).toEqual(['cmd/b/main.go', 'deep/deep.go']);
  });
});

describe('files', () => {
  it.each([
    'main.go',
    'go.sum',
    'README.md',
    'docs/use.md',
    'vendor/a/b.json',
    '.github/workflows/x.yml',
    'docker-compose.yml',
    'Makefile',
    'x/.gitkeep',
  ])('%s is tooling', (path) => expect(isTooling(path)).toBe(true));
  it.each(['posts/first.md', 'config.yaml', 'web/index.html', '.env', 'data/seed.sql', 'locale/de.toml'])(
    '%s is data',
    (path) => expect(isTooling(path)).toBe(false),
  );
});

describe('make', () => {
  const command = (argv: readonly string[]) => ({ argv, literal: true, cwd: '/src' }) as unknown as PlacedCommand;
  const work = (makefile: string, ...argv: readonly string[]) => {
    const facts = readGoFacts(memoryProject({ 'go.mod': 'module t\n', Makefile: makefile }), '');
    return facts === undefined ? undefined : makeWork(command(['make', ...argv]), facts);
  };

  it('that only builds writes where it runs', () => {
    expect(work('all: tidy\n\t@go build -o $(BIN)/x .\ntidy:\n\tgo mod tidy\n')).toEqual({
      role: 'build',
      writes: ['/src'],
    });
  });

  it('that installs elsewhere, runs other programs or has no such target is not known', () => {
    expect(work('all:\n\tgo build . && cp t /usr/local/bin\n')).toBeUndefined();
    expect(work('all:\n\tgo build .\n\tcurl -O example.org\n')).toBeUndefined();
    expect(work('all:\n\tgo build .\n', 'release')).toBeUndefined();
    expect(work('include other.mk\nall:\n\tgo build .\n')).toBeUndefined();
  });
});
