/**
 * What a Dockerfile is to the rest of dfmigrate: plain, immutable data over the source text.
 *
 * *Source offsets* are UTF-16 offsets into `Dockerfile.source`. A *logical* text is what BuildKit hands on after it has
 * dropped continuation marks, comment lines and blank lines inside an instruction; `MappedText` carries both.
 */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `length` characters of a logical text, from `logical`, stand unchanged in the source from `source`. */
export interface Segment {
  readonly logical: number;
  readonly source: number;
  readonly length: number;
}

/** A logical text and where each part of it stands in the source. Segments are in order and cover `text` completely. */
export interface MappedText {
  readonly text: string;
  readonly segments: readonly Segment[];
}

/** `--name=value` or `--name` directly behind a keyword; `value` after quote and escape removal. */
export interface Flag {
  readonly name: string;
  readonly value: string | undefined;
  readonly span: Span;
}

/**
 * One argument: `value` is what BuildKit sees (quotes and escapes removed, variables not yet expanded), `raw` as written
 * but without continuation marks. Expand `raw`, never `value`: only `raw` tells `\$X` from `$X`.
 */
export interface Word {
  readonly value: string;
  readonly raw: string;
  readonly span: Span;
}

export interface Heredoc {
  readonly name: string;
  /** Quoted delimiter: the body is taken literally. */
  readonly literal: boolean;
  /** `<<-`: leading tabs are dropped. */
  readonly chomp: boolean;
  readonly body: Span;
  readonly text: string;
  /** The line that closes it, leading tabs included, line end excluded. */
  readonly terminator: Span;
}

/** `key=value`; `key` without quotes, `value` keeps quotes and variables as BuildKit's parser hands them on. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  readonly keySpan: Span;
  readonly valueSpan: Span;
}

export interface InstructionBase {
  /** The keyword as written (`from`, `RUN`). */
  readonly name: string;
  /** From the keyword's first character to the end of the last line's text, heredoc terminators included, EOL excluded. */
  readonly span: Span;
  /** Whole lines: the comment lines directly above (never parser directives), the instruction and its EOL. */
  readonly block: Span;
  /** 1-based source lines of the instruction itself. */
  readonly firstLine: number;
  readonly lastLine: number;
  readonly flags: readonly Flag[];
  /** Everything after keyword and flags, without surrounding blanks. */
  readonly body: MappedText;
  readonly heredocs: readonly Heredoc[];
}

/** Exec form carries its strings; shell form has `argv: undefined` and its command line in `body`. */
export type Form = 'exec' | 'shell';

export interface From extends InstructionBase {
  readonly keyword: 'FROM';
  /** The image or stage as written, variables unexpanded. */
  readonly image: string;
  readonly imageSpan: Span;
  readonly platform: string | undefined;
  readonly as: string | undefined;
  readonly asSpan: Span | undefined;
}
export interface Run extends InstructionBase {
  readonly keyword: 'RUN' | 'CMD' | 'ENTRYPOINT' | 'SHELL';
  readonly form: Form;
  readonly argv: readonly Word[] | undefined;
}
export interface Copy extends InstructionBase {
  readonly keyword: 'COPY' | 'ADD';
  /** Value of `--from`, variables unexpanded. */
  readonly from: string | undefined;
  readonly sources: readonly Word[];
  readonly target: Word;
}
export interface Pairs extends InstructionBase {
  readonly keyword: 'ENV' | 'LABEL';
  readonly pairs: readonly Pair[];
  /** `ENV KEY rest of line`. */
  readonly legacy: boolean;
}
export interface Arg extends InstructionBase {
  readonly keyword: 'ARG';
  /** `value` keeps quotes and variables, like that of a pair; `undefined`: no `=`. */
  readonly names: readonly { readonly name: string; readonly value: string | undefined; readonly span: Span }[];
}
export interface Healthcheck extends InstructionBase {
  readonly keyword: 'HEALTHCHECK';
  /** `undefined` for `HEALTHCHECK NONE`. */
  readonly test:
    | { readonly form: Form; readonly argv: readonly Word[] | undefined; readonly body: MappedText }
    | undefined;
}
export interface Onbuild extends InstructionBase {
  readonly keyword: 'ONBUILD';
  readonly trigger: string;
}
export interface Other extends InstructionBase {
  readonly keyword: 'WORKDIR' | 'USER' | 'EXPOSE' | 'VOLUME' | 'STOPSIGNAL' | 'MAINTAINER';
  readonly words: readonly Word[];
}
export type Instruction = From | Run | Copy | Pairs | Arg | Healthcheck | Onbuild | Other;
export type Keyword = Instruction['keyword'];

export interface Stage {
  readonly index: number;
  readonly from: From;
  /** Lower-cased `AS` name, as BuildKit compares it. */
  readonly name: string | undefined;
  /** Everything after FROM. */
  readonly instructions: readonly Instruction[];
}

export interface Directive {
  readonly name: string;
  readonly value: string;
  readonly span: Span;
}

export interface Comment {
  readonly span: Span;
  readonly text: string;
  readonly line: number;
}

export interface Dockerfile {
  readonly kind: 'dockerfile';
  readonly source: string;
  /** The line end most lines use. */
  readonly eol: '\n' | '\r\n';
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  /** Every comment, also those inside continuations; not directives. */
  readonly comments: readonly Comment[];
  /** ARGs before the first FROM. */
  readonly globals: readonly Arg[];
  readonly stages: readonly Stage[];
  /** All of them in source order. */
  readonly instructions: readonly Instruction[];
}

/** A text that BuildKit would not accept, or that dfmigrate does not dare to edit. `code` is a reason of `file/…`. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;
  readonly line: number;
  readonly column: number;
}
