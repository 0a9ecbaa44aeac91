/** The commands of a shell text. Offsets are into that text; `instruction.ts` maps them to the Dockerfile's source. */
import type { Span } from '../dockerfile/model.ts';

export interface ShellWord {
  readonly raw: string;
  /** The word after quote removal when it has no expansion, substitution or glob of its own; else `undefined`. */
  readonly value: string | undefined;
  /** Names of the variables it expands. */
  readonly variables: readonly string[];
  /** It has an unquoted `*`, `?` or `[`. */
  readonly glob: boolean;
  /** It holds `$(…)` or backquotes. */
  readonly substitutes: boolean;
  readonly span: Span;
}

export interface Redirect {
  readonly operator: string;
  readonly fd: number | undefined;
  readonly target: ShellWord | undefined;
}

/** How a command hangs on the one before it in the same list; `''` for the first. */
export type Join = '' | '&&' | '||' | ';' | '|' | '&' | '\n';

export interface ShellCommand {
  /** Command name first. Empty for a bare assignment or redirection, and for the redirections of a compound command. */
  readonly words: readonly ShellWord[];
  readonly assignments: readonly {
    readonly name: string;
    readonly value: ShellWord | undefined;
    readonly span: Span;
  }[];
  readonly redirects: readonly Redirect[];
  readonly join: Join;
  /** 0 = top level of the text; more inside subshells, groups, if/for/while/case, functions, substitutions. */
  readonly depth: number;
  readonly span: Span;
}

export interface Script {
  readonly understood: true;
  readonly text: string;
  /** All simple commands in source order, nested ones included. */
  readonly commands: readonly ShellCommand[];
  /** The top level is simple commands joined by `&&` (or a single one): each may be moved or removed alone. */
  readonly chain: boolean;
  /**
   * The operands of the top level when it is one list joined by `&&` alone (an operand may be a pipeline or a compound
   * command); `[]` for every other text.
   */
  readonly links: readonly Span[];
}

export interface NotUnderstood {
  readonly understood: false;
  readonly why: 'syntax' | 'too-large' | 'not-a-posix-shell' | 'heredoc-program';
}
