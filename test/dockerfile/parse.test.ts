// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfile variables look like template placeholders
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logicalOffset, sliceMapped, sourceSpan } from '../../src/dockerfile/mapped.ts';
import type { Dockerfile, Run } from '../../src/dockerfile/model.ts';
import { parseAlone, parseDockerfile, readDockerfile } from '../../src/dockerfile/parse.ts';
import { fileReasons, unreadableReason } from '../../src/dockerfile/reasons.ts';
import { shellText } from '../../src/dockerfile/shell-text.ts';

function parsed(source: string): Dockerfile {
  const file = parseDockerfile(source);
  if (file.kind === 'unreadable') throw new Error(file.code);
  return file;
}

const outcome = (source: string): string => {
  const file = parseDockerfile(source);
  return file.kind === 'unreadable' ? `${file.code.slice('file/'.length)} ${file.line}` : 'read';
};

describe('refusals', () => {
  it.each([
    ['', 'empty 1'],
    ['# a\n', 'no-instructions 1'],
    ['RUN a\n', 'before-from 1'],
    ['ARG A\n', 'no-from 1'],
    ['FROM\n', 'argument-count 1'],
    ['FROM a b\n', 'argument-count 1'],
    ['FROM a AS 1x\n', 'invalid-stage-name 1'],
    ['FROM a AS $X\n', 'invalid-stage-name 1'],
    ['FROM Node\n', 'invalid-image 1'],
    ['FROM a AS Base\nFROM Base\n', 'invalid-image 2'],
    ['FROM %%BASE%%\n', 'template 1'],
    ['FROM a\n{{ if }}\n', 'template 2'],
    ['FROM a\nRUN a \\\n{% if x %}\n  b\n', 'template 3'],
    ['FROM a\nRUN a \\\n>>>>>>> b\n', 'merge-conflict 3'],
    ['FROM a\nRUNN b\n', 'unknown-instruction 2'],
    ['FROM a\nconstructor b\n', 'unknown-instruction 2'],
    ['# escape=x\nFROM a\n', 'invalid-escape 1'],
    ['# check=a\n# check=b\nFROM a\n', 'duplicate-directive 2'],
    ['FROM a\nCOPY a\n', 'argument-count 2'],
    ['FROM a\nCOPY ["a"]\n', 'argument-count 2'],
    ['FROM a\nCOPY x <<E\nE\n', 'heredoc-target 2'],
    ['FROM a\nCOPY --form=x a b\n', 'unknown-flag 2'],
    ['FROM a\nCOPY --constructor=x a b\n', 'unknown-flag 2'],
    ['FROM a\nCOPY --chown=1 --chown=2 a b\n', 'duplicate-flag 2'],
    ['FROM a\nCOPY --chown a b\n', 'flag-value 2'],
    ['FROM a\nCOPY --link=maybe a b\n', 'flag-value 2'],
    ['FROM a\nCMD --x y\n', 'unknown-flag 2'],
    ['FROM a\nCOPY --from=3 a b\n', 'no-such-stage 2'],
    ['FROM a\nCOPY --from=0 a b\n', 'stage-cycle 2'],
    ['FROM a AS x\nCOPY --from=y a b\nFROM x AS y\n', 'stage-cycle 3'],
    ['FROM a\nCOPY --from=$X a b\n', 'variable-in-from 2'],
    ['FROM a\nRUN --mount=type=bind,from=$X,target=/x a\n', 'variable-in-from 2'],
    ['FROM a\nENV A=1 B\n', 'missing-equals 2'],
    ['FROM a\nENV A\n', 'missing-value 2'],
    ['FROM a\nENV =1\n', 'blank-name 2'],
    ['FROM a\nARG =1\n', 'blank-name 2'],
    ['FROM a\nEXPOSE\n', 'argument-count 2'],
    ['FROM a\nVOLUME [""]\n', 'argument-count 2'],
    ['FROM a\nWORKDIR\n', 'argument-count 2'],
    ['FROM a\nSHELL bash\n', 'shell-not-json 2'],
    ['FROM a\nSHELL []\n', 'argument-count 2'],
    ['FROM a\nHEALTHCHECK curl x\n', 'healthcheck-type 2'],
    ['FROM a\nHEALTHCHECK CMD\n', 'healthcheck-type 2'],
    ['FROM a\nHEALTHCHECK NONE x\n', 'healthcheck-type 2'],
    ['FROM a\nHEALTHCHECK --interval=5 CMD x\n', 'flag-value 2'],
    ['FROM a\nHEALTHCHECK --retries=-1 CMD x\n', 'flag-value 2'],
    ['FROM a\nONBUILD FROM b\n', 'onbuild-trigger 2'],
    ['FROM a\nONBUILD\n', 'argument-count 2'],
    ['FROM a\nONBUILD ENV A\n', 'missing-value 2'],
    ['FROM a\nCMD [1]\n', 'json-not-strings 2'],
    ['FROM a\nRUN x=$((1 <<2 ))\n', 'unterminated-heredoc 2'],
    ['FROM a\nRUN cat << E\nE\n', 'blank-before-heredoc 2'],
    ['FROM a\0', 'binary 1'],
    ['FROM a\rRUN b\n', 'argument-count 1'],
  ])('%j', (source, wanted) => expect(outcome(source)).toBe(wanted));

  it('state their sentence and what would settle them', () => {
    const file = parseDockerfile('FROM a\nENV A=1 # x\n');
    if (file.kind !== 'unreadable') throw new Error('read');
    expect(file).toEqual({
      kind: 'unreadable',
      code: 'file/missing-equals',
      params: { keyword: 'ENV', word: '#', line: '2' },
      line: 2,
      column: 9,
    });
    expect(unreadableReason(file)).toEqual({
      code: 'file/missing-equals',
      text: 'the word # of ENV on line 2 has no equals sign, which BuildKit refuses',
      settle: 'write name=value',
    });
  });
});

describe('what looks odd and is fine', () => {
  it.each([
    "FROM a\nRUN docker inspect --format '{{.State}}' x\n",
    "FROM a\nRUN docker inspect \\\n  --format '{{.State}}' \\\n  x\n",
    'FROM a\nRUN <<EOF\n{{ x }}\n{% y %}\n<<<<<<< HEAD\nEOF\n',
    'FROM a\nRUN echo ======= && \\\n  echo "<<<<<<< x"\n',
    'FROM $A\n',
    'FROM "node:20"\n',
    'FROM a AS x\nCOPY --from=y a b\nFROM b AS y\n',
    'FROM a AS x\nFROM b AS x\nFROM x\n',
    'FROM a\nCOPY --from=X a b\n',
    'FROM a\nCOPY --from=nginx:1 a b\n',
    'FROM a\nRUN\n',
    'FROM a\nCMD\n',
    'FROM a\nCMD []\n',
    'FROM a\nCMD ["a",]\n',
    'FROM a\nEXPOSE 8080:80 $PORT 1-2/udp\n',
    'FROM a\nHEALTHCHECK --interval=1m30.5s --timeout=0 --start-interval=500ms --retries=3 CMD x\n',
    'FROM a\nHEALTHCHECK none\n',
    'FROM a\nONBUILD RUN x\n',
    'FROM a\nADD --checksum=sha256:a --keep-git-dir=true --link https://x/y /z\n',
    'FROM a\nRUN --mount=type=cache,target=/x --mount=type=tmpfs,target=/y --network=none --security=insecure x\n',
    'FROM a\nMAINTAINER me <me@x.y>\n',
    'FROM a\nENV A b=c d\n',
    'FROM a\nRUN echo $((1<<2)) <<< x\n',
    'FROM a\nARG A B=1 C="x y"\n',
  ])('%j', (source) => expect(outcome(source)).toBe('read'));
});

describe('sizes', () => {
  it('a line of 65,535 bytes is read, one more is not', () => {
    const line = (bytes: number) => `FROM a\nRUN ${'x'.repeat(bytes - 4)}\nRUN y\n`;
    expect(outcome(line(65_535))).toBe('read');
    expect(outcome(line(65_536))).toBe('line-too-long 2');
    expect(outcome(`FROM a\nRUN ${'ü'.repeat(32_766)}`)).toBe('line-too-long 2');
    expect(outcome(`FROM a\nRUN <<E\n${'x'.repeat(70_000)}\nE\n`)).toBe('line-too-long 3');
  });

  it('a file of 256 KiB is read, a larger one is not', () => {
    const file = (bytes: number) => `FROM a\n${'#\n'.repeat((bytes - 8) / 2)}\n`;
    expect(outcome(file(256 * 1024))).toBe('read');
    expect(outcome(file(256 * 1024 + 2))).toBe('too-large 1');
    const bytes = readDockerfile(new TextEncoder().encode(file(256 * 1024 + 2)));
    expect(bytes.kind === 'unreadable' && bytes.code).toBe('file/too-large');
  });

  it('more stages than anyone writes are not followed', () => {
    expect(outcome('FROM a\n'.repeat(500))).toBe('read');
    expect(outcome('FROM a\n'.repeat(501))).toBe('too-many-stages 1');
  });
});

const TOKENS = [
  'FROM a',
  'FROM a AS b',
  'RUN ',
  'COPY ',
  'ENV ',
  'ARG X',
  'CMD ',
  'ONBUILD ',
  'HEALTHCHECK CMD ',
  'LABEL a=b',
  '\n',
  '\n',
  '\n',
  '\r\n',
  '\\\n',
  '\\',
  '`',
  ' ',
  '\t',
  '#',
  '# escape=`\n',
  '<<EOF',
  '<<-"E"',
  '\nEOF\n',
  '<<',
  '"',
  "'",
  '["a", "b"]',
  '[',
  ']',
  '$X',
  '${X:-',
  '}',
  '--from=b ',
  '=',
  'x',
  'é😀',
  '\u00a0',
  '\ufeff',
  '\u0000',
  '{{',
  '<<<<<<< ',
];
const soup = fc.array(fc.constantFrom(...TOKENS), { maxLength: 40 }).map((parts) => `FROM a\n${parts.join('')}`);
const anyText = fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 200 }));

describe('any text', () => {
  it('is read or refused, never thrown on', () => {
    fc.assert(
      fc.property(anyText, (source) => {
        const file = parseDockerfile(source);
        if (file.kind !== 'unreadable') return;
        const sentence = JSON.stringify(fileReasons.sentences[file.code.slice('file/'.length)]);
        const wanted = [...sentence.matchAll(/\{([a-zA-Z]+)\}/g)].map((match) => match[1]);
        expect(wanted.filter((name) => !Object.hasOwn(file.params, name ?? ''))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('bytes too', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => ['dockerfile', 'unreadable'].includes(readDockerfile(bytes).kind)),
    );
  });

  it('that is read: blocks and gaps are the source, bodies map to it', () => {
    fc.assert(
      fc.property(soup, (source) => {
        const file = parseAlone(source);
        if (file.kind === 'unreadable') return;
        let at = 0;
        for (const { block, span, body } of file.instructions) {
          expect(block.start >= at && block.start <= span.start && span.end <= block.end).toBe(true);
          at = block.end;
          const joined = body.segments.map((one) => source.slice(one.source, one.source + one.length)).join('');
          expect(joined).toBe(body.text);
        }
        expect(at).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('mapped texts', () => {
  const source = 'FROM a\nRUN ab\\\n# c\ncd  ef\n';
  const body = parsed(source).instructions[1]?.body ?? { text: '', segments: [] };

  it('map to the smallest range of the source', () => {
    expect(body.text).toBe('abcd  ef');
    const span = (start: number, end: number) => {
      const found = sourceSpan(body, start, end);
      return source.slice(found.start, found.end);
    };
    expect(span(0, 2)).toBe('ab');
    expect(span(2, 4)).toBe('cd');
    expect(span(0, 4)).toBe('ab\\\n# c\ncd');
    expect(span(3, 3)).toBe('');
    expect(sourceSpan(body, 8, 8)).toEqual({ start: source.length - 1, end: source.length - 1 });
  });

  it('know where a source offset stands', () => {
    expect(logicalOffset(body, source.indexOf('cd'))).toBe(2);
    expect(logicalOffset(body, source.indexOf('# c'))).toBe(undefined);
    expect(logicalOffset(body, 0)).toBe(undefined);
  });

  it('slices map as the whole does', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.nat(8), (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        const slice = sliceMapped(body, start, end);
        expect(slice.text).toBe(body.text.slice(start, end));
        expect(sourceSpan(slice, 0, end - start)).toEqual(sourceSpan(body, start, end));
      }),
    );
  });
});

describe('shellText', () => {
  const text = (source: string) => {
    const found = shellText(parsed(source).instructions[1] as Run);
    const joined = found.segments.map((one) => source.slice(one.source, one.source + one.length)).join('');
    expect(joined).toBe(found.text);
    return found.text;
  };

  it('is the command line with its heredocs', () => {
    expect(text('FROM a\nRUN --network=none a && \\\n  # c\n  b\n')).toBe('a &&   b');
    expect(text('FROM a\nRUN cat <<A <<-B\n1\nA\n\t2\n\tB\nRUN x\n')).toBe('cat <<A <<-B\n1\nA\n\t2\nB');
  });

  it('is the heredoc when that stands alone', () => {
    expect(text('FROM a\nRUN <<EOF\na\n\tb\nEOF\n')).toBe('a\n\tb\n');
    expect(text('FROM a\nRUN <<-EOF\n\ta\n\n\t\tb\n\tEOF\n')).toBe('a\n\nb\n');
    expect(text('FROM a\nRUN <<EOF\nEOF\n')).toBe('');
  });
});
