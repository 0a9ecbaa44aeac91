/**
 * The build context as `docker build` would see it: read-only, bounded, never followed outside its root.
 * All paths are relative to the context root, with `/`, without leading `./`; the root itself is `''`.
 */

export type EntryKind = 'file' | 'directory';

/** What one COPY source brings: a file or directory of the context that is sent to the builder. */
export interface Match {
  readonly path: string;
  readonly kind: EntryKind;
}

export interface ComposeService {
  /** Compose file, relative to the context root (may start with `../`). */
  readonly file: string;
  readonly name: string;
  readonly target: string | undefined;
  /** Arguments as compose would run them; a string is split by the shell. */
  readonly command: string | readonly string[] | undefined;
  readonly entrypoint: string | readonly string[] | undefined;
  readonly user: string | undefined;
  /** `source:target[:mode]` entries normalised. `source` undefined: anonymous volume. */
  readonly volumes: readonly {
    readonly kind: 'bind' | 'named' | 'anonymous';
    readonly source: string | undefined;
    /** Where a source relative to the compose file lies, relative to the context (`''` is the context, `../x` outside). */
    readonly place?: string;
    readonly target: string;
    readonly readOnly?: true;
  }[];
  readonly healthcheck: boolean;
  /** Its command, as written: words behind `CMD` or `CMD-SHELL`, or a shell line. */
  readonly test?: string | readonly string[];
  /** Container ports published or exposed. */
  readonly ports: readonly number[];
  readonly buildArgs: readonly string[];
}

export interface Project {
  /**
   * False when there is no context to look at (a Dockerfile from standard input): then `kind`, `read` and `matches` say
   * nothing about what is missing, and whoever needs a file must refuse.
   */
  readonly present: boolean;
  /** `undefined`: not there, or not something a build can use (socket, link that leaves the root). Ignores `.dockerignore`. */
  kind(path: string): EntryKind | undefined;
  /** Text of a regular file of at most 8 MiB that is valid UTF-8, or UTF-16 with a BOM (BOM removed); else `undefined`. Ignores `.dockerignore`. */
  read(path: string): string | undefined;
  /** Names in a directory, sorted; `[]` when it is none. */
  list(directory: string): readonly string[];
  /**
   * Files below a directory, sorted, at most `limit` (default 5,000), never inside `.git` or `node_modules`.
   * `undefined` when there are more: then nothing may be concluded from absence.
   */
  files(directory: string, limit?: number): readonly string[] | undefined;
  /** Is this path sent to the builder, that is: not excluded by the ignore file? */
  sends(path: string): boolean;
  /**
   * What a COPY/ADD source (a literal or a Go `filepath.Match` pattern, as BuildKit matches it) brings from the context,
   * after the ignore file. Empty: nothing is matched.
   */
  matches(source: string): readonly Match[];
  /** The ignore file in force: `<Dockerfile>.dockerignore` wins over `.dockerignore`. */
  readonly ignoreFile: { readonly path: string; readonly text: string } | undefined;
  /** Compose services that build this Dockerfile. */
  services(): readonly ComposeService[];
  /** Compose services that pull an image of some owner, which may be the one that this Dockerfile makes. */
  pulled(): readonly ComposeService[];
  /** Path of the Dockerfile relative to the context root, when it lies in it. */
  readonly dockerfile: string | undefined;
}
