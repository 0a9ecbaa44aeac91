/** Which words of a line start heredocs, as BuildKit's lexer finds them. */
import { lex } from './lex.ts';

export interface HeredocWord {
  readonly name: string;
  readonly fd: number;
  readonly literal: boolean;
  readonly chomp: boolean;
  /** Blanks stand between `<<` and the name: a heredoc for BuildKit since March 2025, none before. */
  readonly blank: boolean;
}

const unset = () => 'unset' as const;

/**
 * Heredocs of one logical line, in order. A line the lexer does not accept (an unbalanced quote, `${!x}`) has none.
 * The escape character is always the backslash here, whatever the file's directive says.
 */
export function heredocWords(line: string): readonly HeredocWord[] {
  if (!line.includes('<<')) return [];
  const lexed = lex(line, { escape: '\\', raw: { quotes: true, escapes: true }, lookup: unset, words: true });
  return (lexed?.words ?? []).map(heredocWord).filter((word) => word !== undefined);
}

/** `[fd]<<[-]name`, the name in any quoting. */
export function heredocWord(word: string): HeredocWord | undefined {
  const match = /^(\d*)<<(-?)([\t\n\f\r ]*)([^<]*)$/.exec(word);
  if (match === null) return undefined;
  const [, fd = '', dash, blank, rest = ''] = match;
  const bare = lex(rest, { escape: '\\', raw: { quotes: false, escapes: false }, lookup: unset, words: true });
  const quoted = lex(rest, { escape: '\\', raw: { quotes: true, escapes: false }, lookup: unset, words: true });
  const name = bare?.words[0];
  if (name === undefined || bare?.words.length !== 1) return undefined;
  const literal = quotes(name) !== quotes(quoted?.words[0] ?? '');
  return { name, fd: Number(fd), literal, chomp: dash === '-', blank: blank !== '' };
}

function quotes(text: string): number {
  return text.length - text.replace(/['"]/g, '').length;
}
