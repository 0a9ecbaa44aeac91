import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/dockerfile/model.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { argvOf, type Commands, commandsOf, programName, type Runnable, removal } from '../../src/shell/instruction.ts';

const head = 'FROM a\n';

/** The last instruction of a source behind `FROM a`. */
function runnable(source: string): Runnable {
  const file = parseDockerfile(head + source);
  const last = file.kind === 'dockerfile' ? file.instructions.at(-1) : undefined;
  if (last?.keyword === 'HEALTHCHECK' && last.test !== undefined) return last.test;
  if (last?.keyword !== 'RUN' && last?.keyword !== 'CMD') throw new Error(`unreadable: ${source}`);
  return last;
}

function read(source: string, shell?: readonly string[]): Commands {
  const commands = commandsOf(runnable(source), shell);
  if (!commands.understood) throw new Error(`${commands.why}: ${source}`);
  return commands;
}

function slices(source: string): readonly string[] {
  return read(source).commands.map(({ span }) => (head + source).slice(span.start, span.end));
}

function argvs(source: string): readonly (readonly (string | undefined)[])[] {
  return read(source).commands.map(({ command }) => argvOf(command));
}

function cut(source: string, { start, end }: Span): string {
  return source.slice(0, start - head.length) + source.slice(end - head.length);
}

function without(source: string, index: number): string | undefined {
  const span = removal(read(source), index);
  return span === undefined ? undefined : cut(source, span);
}

describe('shell form', () => {
  it('places each command and word in the source', () => {
    const source = 'RUN --mount=type=cache,target=/x apt-get update && \\\n  # one\n  apt-get install -y \\\n    curl';
    expect(slices(source)).toEqual(['apt-get update', 'apt-get install -y \\\n    curl']);
    const words = read(source).commands.flatMap((each) =>
      each.words.map(({ start, end }) => (head + source).slice(start, end)),
    );
    expect(words).toEqual(['apt-get', 'update', 'apt-get', 'install', '-y', 'curl']);
  });

  it('does not hear a comment inside a continuation', () => {
    expect(argvs('RUN apt-get install \\\n  # x\n  curl && \\\n  rm -rf /x')).toEqual([
      ['apt-get', 'install', 'curl'],
      ['rm', '-rf', '/x'],
    ]);
  });

  it('reads a word that is split across lines', () => {
    const source = 'RUN npm in\\\nstall && b';
    expect(argvs(source)).toEqual([['npm', 'install'], ['b']]);
    expect(slices(source)).toEqual(['npm in\\\nstall', 'b']);
  });

  it('follows the script of a literal sh -c', () => {
    const source = `RUN bash -ec 'a && b "c"' && sh -c "d $E" && su -c x`;
    expect(argvs(source)).toEqual([
      ['bash', '-ec', 'a && b "c"'],
      ['a'],
      ['b', 'c'],
      ['sh', '-c', undefined],
      ['su', '-c', 'x'],
    ]);
    expect(slices(source).slice(0, 3)).toEqual([`bash -ec 'a && b "c"'`, 'a', 'b "c"']);
    expect(read(source).commands.map(({ command }) => command.depth)).toEqual([0, 1, 1, 0, 0]);
  });

  it.each([
    [['/bin/bash', '-o', 'pipefail', '-c'], true],
    [['/bin/sh', '-exc'], true],
    [['bash', '-euo', 'pipefail', '-c'], true],
    [['/bin/bash', '--login', '-c'], true],
    [['conda', 'run', '-n', 'x', '/bin/bash', '-c'], true],
    [['powershell', '-Command'], false],
    [['cmd', '/S', '/C'], false],
    [['/bin/bash'], false],
    [['/usr/bin/fish', '-c'], false],
    [[], false],
  ])('is read under SHELL %j: %s', (shell, understood) => {
    const commands = commandsOf(runnable('RUN a'), shell);
    expect(commands.understood ? true : commands.why).toBe(understood ? true : 'not-a-posix-shell');
  });

  it('says what it does not understand', () => {
    expect(commandsOf(runnable('RUN echo "a'), undefined)).toEqual({ understood: false, why: 'syntax' });
    expect(commandsOf(runnable(`RUN sh -c 'if'`), undefined)).toEqual({ understood: false, why: 'syntax' });
  });
});

describe('a heredoc', () => {
  it('that stands alone is the script', () => {
    const source = 'RUN <<EOF\napt-get update && \\\n  apt-get install -y curl\nrm x\nEOF\n';
    expect(slices(source)).toEqual(['apt-get update', 'apt-get install -y curl', 'rm x']);
    expect(read(source).commands.map(({ command }) => command.join)).toEqual(['', '&&', '\n']);
    expect(without('RUN <<EOF\na &&\n  b\nEOF\n', 0)).toBe('RUN <<EOF\nb\nEOF\n');
  });

  it('behind a command is its input', () => {
    const source = 'RUN python3 - <<EOF && cat <<E2 > /x\nimport $(a)\nEOF\n$(b) && c\nE2\n';
    expect(slices(source)).toEqual(['python3 - <<EOF', 'cat <<E2 > /x', 'a', 'b']);
    expect(removal(read(source), 0)).toBeUndefined();
  });

  it.each(['RUN <<EOF\n#!/usr/bin/env python3\nprint()\nEOF\n', 'RUN <<-EOF\n\ta\n\tEOF\n'])(
    'may not be a script: %j',
    (source) => {
      expect(commandsOf(runnable(source), undefined)).toEqual({ understood: false, why: 'heredoc-program' });
    },
  );

  it('with an empty body runs nothing', () => {
    expect(argvs('RUN <<EOF\nEOF\n')).toEqual([]);
  });
});

describe('a health check', () => {
  it('has a test in either form', () => {
    expect(argvs('HEALTHCHECK --interval=5s CMD curl -f http://x || exit 1')).toEqual([
      ['curl', '-f', 'http://x'],
      ['exit', '1'],
    ]);
    expect(argvs('HEALTHCHECK CMD ["curl", "x"]')).toEqual([['curl', 'x']]);
    expect(slices('HEALTHCHECK CMD a && b')).toEqual(['a', 'b']);
  });
});

describe('exec form', () => {
  it('is one command of literal words, whatever SHELL says', () => {
    const source = 'CMD ["node", "server.js", "$A *"]';
    const commands = commandsOf(runnable(source), ['powershell']);
    expect(commands).toMatchObject({ understood: true, form: 'exec', chain: false, links: [] });
    expect(argvs(source)).toEqual([['node', 'server.js', '$A *']]);
    expect(slices(source)).toEqual(['"node", "server.js", "$A *"']);
  });

  it('follows the script of sh -c, through escapes', () => {
    const source = 'CMD ["/bin/sh", "-c", "echo \\"a\\u0062\\" && exec node"]';
    expect(argvs(source)).toEqual([
      ['/bin/sh', '-c', 'echo "ab" && exec node'],
      ['echo', 'ab'],
      ['exec', 'node'],
    ]);
    expect(slices(source).slice(1)).toEqual(['echo \\"a\\u0062\\"', 'exec node']);
    expect(argvs('CMD ["tini", "--", "sh", "-c", "a"]')).toEqual([['tini', '--', 'sh', '-c', 'a'], ['a']]);
  });

  it('may be empty', () => {
    expect(argvs('CMD []')).toEqual([[]]);
  });
});

describe('removing a command', () => {
  it('keeps the others of an && list', () => {
    const leading = 'RUN a \\\n && b x \\\n && c';
    expect([0, 1, 2].map((index) => without(leading, index))).toEqual([
      'RUN b x \\\n && c',
      'RUN a \\\n && c',
      'RUN a \\\n && b x',
    ]);
    const trailing = 'RUN a && \\\n    # why b\n    b && \\\n    c\n';
    expect([0, 1, 2].map((index) => without(trailing, index))).toEqual([
      'RUN b && \\\n    c\n',
      'RUN a && \\\n    c\n',
      'RUN a && \\\n    # why b\n    b\n',
    ]);
  });

  it('keeps pipelines and compound commands, and never takes a part of them', () => {
    const source = 'RUN a && b | c && (d && e) && f';
    const commands = slices(source);
    expect(commands).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(commands.map((_, index) => without(source, index))).toEqual([
      'RUN b | c && (d && e) && f',
      undefined,
      undefined,
      undefined,
      undefined,
      'RUN a && b | c && (d && e)',
    ]);
  });

  it.each([
    'RUN a',
    'RUN a; b',
    'RUN a || b',
    'RUN a && b &',
    'RUN a && b || c',
    'RUN ["a", "b"]',
    'RUN a && ! b',
    'RUN (a && b)',
  ])('is not offered in %s', (source) => {
    const last = read(source).commands.length - 1;
    expect(removal(read(source), last)).toBeUndefined();
    expect(removal(read(source), 7)).toBeUndefined();
  });
});

describe('the program', () => {
  const program = (text: string) => {
    const { argv, literal } = programName(read(`RUN ${text}`).commands[0]?.command.words ?? []);
    return `${argv.join(' ')}${literal ? '' : ' ?'}`;
  };

  it.each([
    ['node a.js', 'node a.js'],
    ['exec node a.js', 'node a.js'],
    ['exec -a x node', 'node'],
    ['env A=b C=$D node', 'node'],
    ['env -u A -i node', 'node'],
    ['/usr/bin/env node', 'node'],
    ['sudo -E -u www node', 'node'],
    ['sudo -- node', 'node'],
    ['nice -n 5 node', 'node'],
    ['command node', 'node'],
    ['command -v node', 'command -v node'],
    ['nohup node', 'node'],
    ['/sbin/tini -g -- node a', 'node a'],
    ['tini -s node', 'node'],
    ['dumb-init --rewrite 15:3 -- node', 'node'],
    ['gosu app node', 'node'],
    ['su-exec $USER node', 'node'],
    ['timeout -k 1 5 node', 'node'],
    ['exec gosu app tini -- env A=1 node x', 'node x'],
    ['exec "$@"', '"$@" ?'],
    ['env', 'env'],
    ['exec', 'exec'],
    ['gosu app', 'gosu app'],
    ['env $X node', '$X node ?'],
    ['node $A', 'node $A ?'],
    ['$A', '$A ?'],
    ['constructor x', 'constructor x'],
  ])('of %s is %s', (text, expected) => {
    expect(program(text)).toBe(expected);
  });
});

const part = fc.constantFrom(
  'apt-get update',
  "echo 'a && b'",
  'rm -rf /x',
  'cd "/a b"',
  'x | y',
  '(p; q)',
  'npm ci --x=$Y',
  'A=1 z',
);
const gap = fc.constantFrom(' ', '  ', ' \\\n', ' \\\n    ', ' \\\n# c && d\n', " \\\n  # it's\n\n  ", ' \\  \n\t');
const chain = fc.array(fc.tuple(part, gap, gap), { minLength: 2, maxLength: 6 }).map((parts) => ({
  source: `RUN ${parts.map(([command, before, after], at) => (at === 0 ? command : `${before}&&${after}${command}`)).join('')}\n`,
  parts: parts.map(([command]) => command),
}));

describe('any && list in any layout', () => {
  const shape = (commands: Commands) =>
    commands.commands.map(({ command }) => [
      command.depth,
      ...command.assignments.map(({ name }) => name),
      ...command.words.map(({ raw }) => raw),
    ]);

  it('loses exactly the removed command', () => {
    fc.assert(
      fc.property(chain, ({ source, parts }) => {
        const before = read(source);
        expect(before.links).toHaveLength(parts.length);
        before.commands.forEach((_, index) => {
          const span = removal(before, index);
          if (span === undefined) return;
          const after = read(cut(source, span));
          const inside = before.commands.filter(({ span: each }) => each.start >= span.start && each.end <= span.end);
          expect(inside).toHaveLength(1);
          expect(shape(after)).toEqual(shape(before).toSpliced(index, 1));
          expect(after.links).toHaveLength(parts.length - 1);
        });
      }),
      { numRuns: 400 },
    );
  });

  it('has every simple operand offered for removal', () => {
    fc.assert(
      fc.property(chain, ({ source, parts }) => {
        const commands = read(source);
        const offered = commands.commands.filter((_, index) => removal(commands, index) !== undefined);
        expect(offered).toHaveLength(parts.filter((each) => each !== 'x | y' && each !== '(p; q)').length);
      }),
      { numRuns: 200 },
    );
  });
});
