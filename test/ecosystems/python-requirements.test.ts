import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { satisfies } from '../../src/ecosystems/python/interpreter.ts';
import { readPyproject } from '../../src/ecosystems/python/manifests.ts';
import { compareVersions, systemPackages } from '../../src/ecosystems/python/packages.ts';
import { readRequirements, readSpecifier } from '../../src/ecosystems/python/requirements.ts';
import { pythonCall, readInstall, startedCall } from '../../src/ecosystems/python/words.ts';
import { catalogue } from '../../src/images/catalogue.ts';
import { memoryProject } from '../../src/project/memory.ts';

describe('requirement files', () => {
  const project = memoryProject({
    'deps/web.txt': '-r common.txt\ngunicorn [gevent] == 22.0.0 ; python_version > "3.8" \\\n  --hash=sha256:ab\n',
    'deps/common.txt':
      '# shared\n-c ../pins.txt\nFlask_Login  # session\ngit+https://git.example.org/lib.git#egg=Lib.Core\n-e .\n',
    'pins.txt': 'flask-login==0.6.3\n',
  });

  it('are read with everything they include', () => {
    const read = readRequirements(project, ['deps/web.txt']);
    expect(read.files).toEqual(['deps/web.txt', 'deps/common.txt', 'pins.txt']);
    expect(read.requirements.map(({ name, version, file, line }) => [name, version, file, line])).toEqual([
      ['flask-login', '0.6.3', 'pins.txt', 1],
      ['flask-login', undefined, 'deps/common.txt', 3],
      ['lib-core', undefined, 'deps/common.txt', 4],
      ['gunicorn', '22.0.0', 'deps/web.txt', 2],
    ]);
    expect(read.local).toEqual([{ file: 'deps/common.txt', line: 5, text: '.', editable: true }]);
    expect(read.repositories).toEqual(['git+https://git.example.org/lib.git#egg=Lib.Core']);
    expect(read.missing).toEqual([]);
  });

  it('name what is missing, and end when they include each other', () => {
    const circle = memoryProject({ 'a.txt': '-r b.txt\n', 'b.txt': '-r a.txt\n-r gone.txt\n' });
    expect(readRequirements(circle, ['a.txt'])).toMatchObject({ files: ['a.txt', 'b.txt'], missing: ['gone.txt'] });
  });

  it('are read whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        readRequirements(memoryProject({ 'r.txt': text }), ['r.txt']);
        readSpecifier(text);
      }),
      { numRuns: 200 },
    );
  });
});

describe('specifiers', () => {
  it.each([
    ['psycopg[binary]==3.2.1', 'index', 'psycopg', '3.2.1'],
    ['Django>=4,<5', 'index', 'django', undefined],
    ['./vendor/lib', 'local', undefined, undefined],
    ['.', 'local', undefined, undefined],
    ['wheels/x-1.0-py3-none-any.whl', 'local', undefined, undefined],
    ['lib @ git+ssh://git@example.org/lib.git', 'repository', 'lib', undefined],
    ['https://example.org/x-1.0.tar.gz', 'url', undefined, undefined],
  ])('%s is %s', (text, kind, name, version) => {
    expect(readSpecifier(text)).toMatchObject({ kind, name, version });
  });
});

describe('commands', () => {
  it.each([
    ['python3 -m pip install x', 'pip', ['install', 'x']],
    ['python -O -m gunicorn app:app', 'gunicorn', ['app:app']],
    ['python -Wd app.py', 'python', ['app.py']],
    ['pip3.11 install x', 'pip', ['install', 'x']],
    ['/opt/venv/bin/flask run', 'flask', ['run']],
  ])('%s', (text, tool, args) => {
    expect(pythonCall(text.split(' '))).toMatchObject({ tool, args });
  });

  it.each([
    ['poetry run uvicorn app:app', 'uvicorn'],
    ['uv run --no-sync --python 3.12 gunicorn app:app', 'gunicorn'],
    ['opentelemetry-instrument python -m flask run', 'flask'],
    ['newrelic-admin run-program celery worker', 'celery'],
  ])('%s starts %s', (text, tool) => {
    expect(startedCall(text.split(' ')).tool).toBe(tool);
  });

  it('an install is taken apart', () => {
    const read = readInstall(
      '-qr a.txt --requirement=b.txt -c pins.txt -i https://x --target=/lib -e . flask==3'.split(' '),
    );
    expect(read).toMatchObject({
      files: ['a.txt', 'b.txt', 'pins.txt'],
      local: ['.'],
      editable: true,
      directory: '/lib',
    });
    expect(read.packages.map(({ name }) => name)).toEqual(['flask']);
  });
});

describe('version ranges', () => {
  it.each([
    ['3.12', '>=3.11', true],
    ['3.10', '>=3.11', false],
    ['3.12', '^3.9', true],
    ['3.12', '>=3.9,<3.12', false],
    ['3.12', '==3.12.*', true],
    ['3.12', '~3.11', false],
    ['3.12', 'not a range', undefined],
  ])('%s in %s: %s', (minor, range, expected) => {
    expect(satisfies(minor, range)).toBe(expected);
  });

  it('are compared by their numbers', () => {
    expect(compareVersions('2.9.10', '2.9.9')).toBeGreaterThan(0);
    expect(compareVersions('3.9', '3.10')).toBeLessThan(0);
    expect(compareVersions('1.0', '1')).toBe(0);
  });
});

describe('system packages of requirements', () => {
  const images = catalogue();
  const base = images.lookup('python:3.12-bookworm');
  const needed = (name: string, version?: string, extras: readonly string[] = []) => {
    if (base === undefined) throw new Error('python:3.12-bookworm is in the catalogue');
    const one = { name, version, extras, file: 'requirements.txt', line: 1 };
    const { packages, unknown } = systemPackages([one], '3.12', base, images);
    return unknown === undefined ? packages.map((each) => each.name) : unknown.code;
  };

  it.each([
    ['psycopg2', undefined, ['libpq5']],
    ['psycopg2-binary', '2.9.9', []],
    ['psycopg2-binary', '2.9.3', ['libpq5']],
    ['psycopg2-binary', undefined, []],
    ['mysqlclient', '2.2.4', ['libmariadb3']],
    ['weasyprint', undefined, 'python/libraries-unknown'],
    ['constructor', undefined, []],
    ['requests', undefined, []],
  ])('%s %s', (name, version, expected) => {
    expect(needed(name, version)).toEqual(expected);
  });

  it('an extra brings the library with it', () => {
    expect(needed('psycopg')).toEqual(['libpq5']);
    expect(needed('psycopg', undefined, ['binary'])).toEqual([]);
  });
});

describe('pyproject.toml', () => {
  it('says what is required, by whom, and what development needs', () => {
    const text =
      '[project]\nname = "x"\nrequires-python = ">=3.11"\nreadme = "README.md"\ndependencies = [\n  "httpx>=0.27",\n]\n\n[dependency-groups]\ndev = ["pytest"]\n';
    expect(readPyproject(memoryProject({ 'pyproject.toml': text }), '')).toMatchObject({
      poetry: true,
      packaged: false,
      requiresPython: '>=3.11',
      devGroups: ['dev'],
      reads: ['README.md'],
    });
  });

  it('is nothing when it is not TOML', () => {
    expect(readPyproject(memoryProject({ 'pyproject.toml': '[project' }), '')).toBeUndefined();
  });
});
