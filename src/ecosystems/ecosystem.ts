/**
 * What dfmigrate asks a build tool. An ecosystem reads commands and manifests and answers with evidence or with the reason
 * why it cannot know; it never edits and never decides whether a transform applies. Transforms know no language.
 */
import type { Answer, Evidence, Reason } from '../answer.ts';
import type { RuntimeKind } from '../images/image.ts';
import type { Project } from '../project/project.ts';
import type { PlacedCommand } from '../reading/commands.ts';
import type { Reading } from '../reading/reading.ts';
import type { ReasonTable } from '../reason.ts';

/**
 * What a command of a RUN is for.
 * - `os-packages`, `os-index`, `os-clean`: install, refresh lists, drop caches of the system's package manager
 * - `dependencies`: installs what a manifest lists; `build`: turns sources into what runs; `test`; `prune`: drops development dependencies
 * - `tool`: adds a program for everybody (`npm i -g serve`), see `provides`
 * - `user`: creates or changes users; `configure`: changes the system in a way the running program sees (time zone, locale, certificates)
 * - `files`: makes, moves, copies, owns, removes paths (see `writes`); `download`: fetches from the network into `writes`
 * - `inspect`: writes nothing; `shell`: changes only the shell that runs it (`cd`, `export`, `set`)
 * - `unknown`: nobody can say what it writes
 */
export type Role =
  | 'os-packages'
  | 'os-index'
  | 'os-clean'
  | 'dependencies'
  | 'build'
  | 'test'
  | 'prune'
  | 'tool'
  | 'user'
  | 'configure'
  | 'files'
  | 'download'
  | 'inspect'
  | 'shell'
  | 'unknown';

export interface Work {
  readonly role: Role;
  /** Absolute paths it creates or changes that something may need later. `undefined`: cannot be told. */
  readonly writes: readonly string[] | undefined;
  /** `tool`: program names it puts on PATH; `undefined`: some, names not known. */
  readonly provides?: readonly string[] | undefined;
  /** `os-packages`: what is installed; `files`: paths it needs to exist. */
  readonly reads?: readonly string[];
  /** It may call a compiler or look for headers and libraries of the image it runs in. */
  readonly toolChain?: boolean;
  /** Programs it runs by itself. */
  readonly calls?: readonly string[];
}

/** A path of the image that the start command needs from the build. */
export interface Artifact {
  /** Absolute, normalised, without trailing slash. A `glob` has a pattern in its last component only. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'glob';
  /**
   * It lies where the sources are copied again (`sourcesToo`). `installed`: packages, for which it does not matter what the host
   * has there; `built`: laid over what the sources bring; `built-anew`: what stood there is removed before.
   */
  readonly among?: 'installed' | 'built' | 'built-anew';
}

/** Copied behind the sources. */
export function isLaidOver(among: Artifact['among']): boolean {
  return among === 'built' || among === 'built-anew';
}

/** Files or directories of the image, by absolute path, of which a command reads at least one: it fails when none is there. */
export type Need = readonly string[];

/** An environment the dependencies move into so that one directory carries them (a Python venv). */
export interface Environment {
  /** Absolute directory. */
  readonly path: string;
  /** Command that creates it, run before the first dependency install. */
  readonly create: string;
  /** ENV lines both stages need for it, `KEY=value`. */
  readonly env: readonly string[];
  /** The first command that has to find it; default: the first dependency install. */
  readonly before?: PlacedCommand;
}

export interface Artifacts {
  /** What has to be copied. Nothing else that the build wrote is needed at run time. */
  readonly paths: readonly Artifact[];
  readonly environment?: Environment;
  /** Sources that the program reads at run time are copied from the context again, as the file did before. */
  readonly sourcesToo?: boolean;
  /** Directories the build works in: what commands write there is carried over by `paths` or not needed. */
  readonly roots?: readonly string[];
  /** Context files that only installs read: the runtime stage does not get them again. */
  readonly buildOnly?: readonly string[];
  /** Does more stay behind than OS packages (a tool chain of the base image)? Default: when something is built or pruned. */
  readonly worth?: boolean;
  /** What stays behind of what the build made or was given, in a few words each (`the module cache`, `the sources`). */
  readonly leaves: readonly string[];
  /** Tools whose downloads stay in a layer beside what they installed, outside of what is copied. */
  readonly downloads?: readonly string[];
  /** What a second stage would add that takes as much room as those downloads, as the subject of a clause. */
  readonly outweighs?: string;
  /** What the base image brings for the build only: it stays behind when the program can run on a smaller base. */
  readonly toolChain?: readonly string[];
}

export interface DependencyStep {
  /** Context paths (files or directories) to copy before the install, all present and sent; target keeps their relative places. */
  readonly manifests: readonly string[];
  /** Directory of the context that corresponds to the working directory of the install. */
  readonly directory: string;
  /** The command that installs. `existing` moves up; `added` is a new RUN in front of a command that does both. */
  readonly install:
    | { readonly kind: 'existing'; readonly command: PlacedCommand }
    | {
        readonly kind: 'added';
        readonly text: string;
        readonly before: PlacedCommand;
        /** Commands between the source copy and the build that change only manifests; `text` repeats them. */
        readonly repeats?: readonly PlacedCommand[];
      };
  /** Installs before it that read nothing but `manifests` either. */
  readonly also?: readonly PlacedCommand[];
  /** Context paths that must not be sent, because a later source copy would overlay what was installed (`node_modules`). */
  readonly overlays: readonly string[];
}

export interface StartMode {
  readonly mode: 'development' | 'development-too' | 'preview' | 'builds-at-start' | 'tests';
  readonly program: string;
  readonly evidence: Evidence;
}

export interface Replacement {
  readonly command: PlacedCommand;
  /** New text of the whole command. */
  readonly text: string;
  readonly because: string;
}

/** A version of the language that the project's own files ask for. */
export interface DeclaredVersion {
  /** As the catalogue's `pinned` names it: `node`, `python`, `golang`, `java`, `ruby`, `rust`. */
  readonly language: string;
  /** As exact as it is declared: `20`, `20.11.1`, `3.12`, `17`. */
  readonly version: string;
}

/** A variable that tells the program to run as in production. */
export interface EnvironmentSetting {
  readonly name: string;
  readonly value: string;
  /** What the program does differently with it, in a few words. */
  readonly effect: string;
  readonly evidence: readonly Evidence[];
  /** Places of the project that read the variable themselves. */
  readonly readBy: readonly Evidence[];
}

export interface Program {
  readonly name: string;
  readonly evidence: Evidence;
}

export interface WritablePath {
  /** Absolute directory or file. */
  readonly path: string;
  readonly evidence: Evidence;
}

export interface RuntimeNeeds {
  readonly kind: RuntimeKind;
  /** Programs the running application executes (beyond its start command), with where that was seen. */
  readonly programs: readonly Program[];
  /** OS packages it needs at run time beyond those the file installs, by their Debian names; each must exist on the target. */
  readonly packages: readonly {
    readonly name: string;
    readonly alpine: string | undefined;
    /** A program the package brings: an image that has it needs no install. */
    readonly program?: string;
    /** Packages that bring it along, by their names. */
    readonly broughtBy?: RegExp;
    readonly evidence: Evidence;
  }[];
  /** It opens TLS connections through the system's certificate store. */
  readonly certificates: boolean;
  readonly timezones: boolean;
  /** Compiled against the build image's libc (native addon, cgo, wheels): the libc family must stay. */
  readonly libcBound: boolean;
  /** Something of the base is used that cannot be listed; why. */
  readonly keepsBase?: Reason;
  /** Paths the program writes. `undefined`: some, and they cannot be listed; `why` says the first one that is open. */
  readonly writes: readonly WritablePath[] | undefined;
  readonly writesWhy?: string;
  /** Something it does that only root may (raw sockets, the socket of the container engine). */
  readonly root?: { readonly what: string; readonly evidence: Evidence };
  /** It keeps files in the home directory of whoever runs it; `what` says so in a few words. */
  readonly home?: { readonly what: string; readonly evidence: Evidence };
}

export interface Listener {
  readonly port: number;
  /** The environment variable that overrides the port at start, when the program reads one. */
  readonly portVariable: string | undefined;
  /** The environment variable whose address it listens on instead of on all; engines set HOSTNAME to the container's own name. */
  readonly hostVariable?: string;
  /** The program does not start without `portVariable`: `port` is only what the platforms that set it take. */
  readonly setOutside?: true;
  /** Path of an HTTP route that answers 2xx without credentials; `undefined`: only a TCP connect is proved. */
  readonly route: string | undefined;
  /** Without `route`: a health route is declared, but something may close, move or guard it. */
  readonly doubtful?: string;
  /** Seconds before a failing probe counts. */
  readonly startPeriod: number;
  /** Program of the image that can probe without OS tools, as argv with `{port}` and `{path}`. */
  readonly probe: { readonly tcp: readonly string[]; readonly http: readonly string[] | undefined } | undefined;
}

export interface Ecosystem<F = unknown> {
  readonly name: string;
  /** Name for people: `npm`, `Maven`. */
  readonly title: string;
  /** Tools of one family install into the same place: together they are one tool chain. Default: the name. */
  readonly family?: string;
  readonly reasons: ReasonTable;
  /** Does this command (a RUN's or the start's) make the ecosystem a candidate? Looks at the words only. */
  claims(argv: readonly string[]): boolean;
  /** Files that mark the directory of a project: where one stands in the image, its context directory is the project's. */
  readonly marks?: readonly string[];
  /** Facts of the project in that context directory; `undefined`: none of mine. Cached by the reading per project and directory. */
  facts(project: Project, directory: string): F | undefined;
  /** What was recognised, one fact each, for the report. */
  describe(facts: F): readonly Evidence[];
  /** What a command does; `undefined`: not a command of this tool. */
  role(command: PlacedCommand, facts: F): Work | undefined;
  /** What the command cannot do without, as far as its words and the project's scripts say. `facts`: none in the command's directory. */
  needs?(command: PlacedCommand, facts: F | undefined): readonly Need[];
  /** A start command that is a development server or watcher, that compiles when the container starts, or that runs tests; `undefined`: none of them. */
  startMode(reading: Reading<F>): StartMode | undefined;
  /** Does the image start a program that a command of this tool compiled, whatever its name? */
  startsItsBuild?(reading: Reading<F>): boolean;
  dependencyStep(reading: Reading<F>): Answer<DependencyStep>;
  /** Commands to replace so that the lockfile decides; an empty list: already so. */
  lockedInstalls(reading: Reading<F>): Answer<readonly Replacement[]>;
  /** The command that drops development dependencies, and the directory it drops them `from`; `undefined`: there are none to drop. */
  prune(
    reading: Reading<F>,
  ): Answer<{ readonly command: string; readonly drops: string; readonly from?: string } | undefined>;
  artifacts(reading: Reading<F>): Answer<Artifacts>;
  runtime(reading: Reading<F>): Answer<RuntimeNeeds>;
  listener(reading: Reading<F>): Answer<Listener>;
  /** Does the build or the program read `.git` (a version stamp, a commit plugin, `git log`)? True when that cannot be told. */
  readsHistory(reading: Reading<F>): boolean;
  /** Build commands rewritten so that what they make carries no debug symbols and build paths; an empty list: already so. */
  stripped?(reading: Reading<F>): Answer<readonly Replacement[]>;
  /** The language version that the project's files declare without contradiction. */
  declaredVersion?(reading: Reading<F>): Answer<DeclaredVersion>;
  /** Variables that make the program run as in production and are set nowhere; an empty list: there are none. */
  productionEnvironment?(reading: Reading<F>): Answer<readonly EnvironmentSetting[]>;
  /** Installs rewritten so that they leave no download cache behind; an empty list: already so. */
  withoutCache?(reading: Reading<F>): Answer<readonly Replacement[]>;
  /** `.dockerignore` patterns for what this build makes anew and no build needs from the host. */
  ignorable(reading: Reading<F>): readonly { readonly pattern: string; readonly says: string }[];
}

/** Forgets the facts' type: the reading hands each ecosystem its own facts back. */
export function defineEcosystem<F>(ecosystem: Ecosystem<F>): Ecosystem {
  return ecosystem as unknown as Ecosystem;
}
