import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEntryScript } from '../../src/shell/entry-script.ts';

const django = `#!/bin/sh
set -e

: "\${PORT:=8000}"
if [ "$DATABASE" = "postgres" ]; then
  while ! nc -z "\${DB_HOST:-db}" 5432; do sleep 0.1; done
fi

python manage.py migrate --noinput
mkdir -p /app/media "$LOG_DIR" && chown -R app:app /app/media
envsubst < /etc/app.tmpl > /etc/app.conf
sed -i "s/x/y/" /etc/nginx/nginx.conf
cp -r static/ /srv/static 2>/dev/null
. ./env.sh
exec gosu app "$@"
`;

describe('an entry script', () => {
  const script = readEntryScript(django);

  it('has the programs it calls, with their lines', () => {
    expect(script.unclear).toBeUndefined();
    expect(script.calls.map(({ argv, literal, depth, line }) => [line, depth, literal, argv.join(' ')])).toEqual([
      [2, 0, true, 'set -e'],
      [4, 0, false, ': "${PORT:=8000}"'],
      [5, 1, false, '[ "$DATABASE" = postgres ]'],
      [6, 2, false, 'nc -z "${DB_HOST:-db}" 5432'],
      [6, 2, true, 'sleep 0.1'],
      [9, 0, true, 'python manage.py migrate --noinput'],
      [10, 0, false, 'mkdir -p /app/media "$LOG_DIR"'],
      [10, 0, true, 'chown -R app:app /app/media'],
      [11, 0, true, 'envsubst'],
      [12, 0, true, 'sed -i s/x/y/ /etc/nginx/nginx.conf'],
      [13, 0, true, 'cp -r static/ /srv/static'],
      [14, 0, true, '. ./env.sh'],
    ]);
  });

  it('has the files it reads and writes', () => {
    expect(script.writes.map(({ path, raw, by, line }) => [line, by, path ?? `? ${raw}`])).toEqual([
      [10, 'mkdir', '/app/media'],
      [10, 'mkdir', '? "$LOG_DIR"'],
      [10, 'chown', '/app/media'],
      [11, '>', '/etc/app.conf'],
      [12, 'sed', '/etc/nginx/nginx.conf'],
      [13, 'cp', '/srv/static'],
    ]);
    expect(script.reads.map(({ path, by }) => [by, path])).toEqual([
      ['<', '/etc/app.tmpl'],
      ['cp', 'static/'],
      ['.', './env.sh'],
    ]);
  });

  it('has the defaults of its variables', () => {
    expect(script.defaults).toEqual([
      { name: 'PORT', value: '8000', line: 4 },
      { name: 'DB_HOST', value: 'db', line: 6 },
    ]);
    expect(readEntryScript("echo ${A-$B} ${C:+d} ${E:?f} '${G:-h}' ${I:-}").defaults).toEqual([
      { name: 'A', value: undefined, line: 1 },
      { name: 'I', value: '', line: 1 },
    ]);
  });

  it('hands over to its arguments', () => {
    expect([script.execsArguments, script.changesArguments]).toEqual([true, false]);
  });

  it.each([
    ['exec "$@"', true],
    ['exec $@', true],
    ['host="$1"\nshift\ncmd="$@"\nexec $cmd', true],
    ['cmd="node x.js"\nexec $cmd', false],
    ['exec $cmd', false],
    ['if a; then exec tini -- "$@"; fi', true],
    ['"$@"', false],
    ['exec node "$@"', false],
    ['exec > log', false],
    ['node server.js', false],
  ])('%s hands over: %s', (text, expected) => {
    expect(readEntryScript(text).execsArguments).toBe(expected);
  });

  it('keeps arguments that it only calls among its calls', () => {
    expect(readEntryScript('a\n"$@"').calls.map(({ argv }) => argv)).toEqual([['a'], ['"$@"']]);
  });

  it.each(['set -- node "$@"\nexec "$@"', 'shift; exec "$@"'])('says that it changes its arguments: %j', (text) => {
    expect(readEntryScript(text).changesArguments).toBe(true);
  });

  it('says what it execs in the end', () => {
    const { calls } = readEntryScript('#!/usr/bin/env bash\nmigrate\nexec gunicorn app:app -b "0.0.0.0:$PORT"\n');
    expect(calls.map(({ argv, exec, literal }) => [argv[0], exec, literal])).toEqual([
      ['migrate', false, true],
      ['gunicorn', true, false],
    ]);
  });
});

describe('a script file', () => {
  it.each([
    ['#!/bin/sh\na', ['/bin/sh'], undefined],
    ['#! /bin/bash -e\na', ['/bin/bash', '-e'], undefined],
    ['#!/usr/bin/env -S A=b bash\na', ['/usr/bin/env', '-S', 'A=b', 'bash'], undefined],
    ['a', undefined, undefined],
    ['#!/usr/bin/env python3\na', ['/usr/bin/env', 'python3'], 'it is not a script of a POSIX shell'],
    ['#!/usr/bin/env\n', ['/usr/bin/env'], 'it is not a script of a POSIX shell'],
    ['#!/bin/sh\nif', ['/bin/sh'], 'its shell syntax is not understood'],
    ['a'.repeat(70_000), undefined, 'it is larger than 64 KiB'],
  ])('%.40j is read by its first line', (text, shebang, unclear) => {
    expect(readEntryScript(text)).toMatchObject({ shebang, unclear });
  });

  it('with CRLF line ends is read, and says so', () => {
    const script = readEntryScript('\uFEFF#!/bin/sh\r\na b\r\nexec "$@"\r\n');
    expect(script).toMatchObject({ crlf: true, shebang: ['/bin/sh'], execsArguments: true });
    expect(script.calls.map(({ argv, line }) => [argv, line])).toEqual([[['a', 'b'], 2]]);
    expect(readEntryScript('a\n').crlf).toBe(false);
  });

  it('does not take descriptors and devices for files', () => {
    const script = readEntryScript('a > /dev/null 2>&1 < /dev/stdin >&2 &> x >> "$Y"; { b; } > z');
    expect(script.reads).toEqual([]);
    expect(script.writes.map(({ by, raw }) => [by, raw])).toEqual([
      ['&>', 'x'],
      ['>>', '"$Y"'],
      ['>', 'z'],
    ]);
  });

  it('has files behind options with values and behind --', () => {
    const script = readEntryScript(
      "mkdir -m 755 a; touch -- -x; install -o app -m 644 s t; mv u v; sed -n -e 1p w; sed -i.bak -e 's/a/b/' y; chmod +x z",
    );
    expect(script.writes.map(({ raw }) => raw)).toEqual(['a', '-x', 't', 'u', 'v', 'y', 'z']);
    expect(script.reads.map(({ raw }) => raw)).toEqual(['s', 'w']);
  });

  it('is read without throwing', () => {
    const piece = fc.constantFrom(
      '#!/bin/sh\n',
      'exec ',
      '"$@"',
      ' > ',
      'x',
      '\r\n',
      '; ',
      'sed ',
      '-i ',
      '--',
      '${A:-',
      '}',
      '`',
      'mkdir ',
      '$(',
      ')',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (parts) => {
        readEntryScript(parts.join(''));
      }),
      { numRuns: 500 },
    );
  });
});
