/** What the shell of a RUN reads: its logical text with the heredocs behind it. */
import { heredocWord } from './heredoc.ts';
import { concatMapped } from './mapped.ts';
import type { Heredoc, MappedText, Run } from './model.ts';

/**
 * The shell-form text of an instruction, mapped to the source. Heredocs follow the command line with their closing
 * words, without the last line end. A heredoc that stands alone is the script itself, for `<<-` without leading tabs;
 * whether a `#!` gives it to another program is for the reader to see.
 */
export function shellText(run: Run): MappedText {
  const [first] = run.heredocs;
  if (first === undefined) return run.body;
  if (heredocWord(run.body.text) !== undefined) return first.chomp ? withoutTabs(first) : body(first);
  return concatMapped([run.body, ...run.heredocs.flatMap((one) => [feedBefore(one), body(one), closing(one)])]);
}

function body({ text, body: span }: Heredoc): MappedText {
  return { text, segments: text === '' ? [] : [{ logical: 0, source: span.start, length: text.length }] };
}

function withoutTabs({ text, body: span }: Heredoc): MappedText {
  const lines = [...text.matchAll(/^(\t*)([^\n]*\n?)/gm)].filter((line) => line[0] !== '');
  return concatMapped(
    lines.map(({ index, 1: tabs = '', 2: rest = '' }) => ({
      text: rest,
      segments: [{ logical: 0, source: span.start + index + tabs.length, length: rest.length }],
    })),
  );
}

function feedBefore({ body: span }: Heredoc): MappedText {
  return { text: '\n', segments: [{ logical: 0, source: span.start - 1, length: 1 }] };
}

function closing({ name, terminator }: Heredoc): MappedText {
  return { text: name, segments: [{ logical: 0, source: terminator.end - name.length, length: name.length }] };
}
