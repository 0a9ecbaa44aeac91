/** Python's own commands, taken apart: which tool, which arguments, what a `pip install` installs. */
import { readSpecifier, type Specifier } from './requirements.ts';

/** The tool behind a command, and its arguments: `python3 -m pip install x` is `pip` with `install x`. */
export interface Call {
  readonly tool: string;
  readonly args: readonly string[];
  /** The program word as written, when it is a path. */
  readonly path: string | undefined;
}

const interpreter = /^(python|pypy)(\d+(\.\d+)?t?)?$/;
/** Options of `python` with a value (docs.python.org, "Command line and environment"). */
const interpreterValues = new Set(['-W', '-X', '--check-hash-based-pycs']);

export function isPython(word: string | undefined): boolean {
  return interpreter.test(word?.split('/').at(-1) ?? '');
}

/** Reads a command as a call of a Python tool; `python x.py` is the tool `python` with `x.py`. */
export function pythonCall(argv: readonly string[]): Call {
  const word = argv[0] ?? '';
  const name = word.split('/').at(-1) ?? '';
  const path = word.includes('/') ? word : undefined;
  if (!interpreter.test(name)) return { tool: plainName(name), args: argv.slice(1), path };
  let i = 1;
  while (i < argv.length) {
    const option = argv[i] ?? '';
    if (option === '-m' || /^-[bBdEhiIOqsSuvVx]*m$/.test(option))
      return { tool: plainName(argv[i + 1] ?? ''), args: argv.slice(i + 2), path };
    if (!option.startsWith('-') || option === '-' || /^-[a-zA-Z]*c$/.test(option)) break;
    i += interpreterValues.has(option) ? 2 : 1;
  }
  return { tool: 'python', args: argv.slice(i), path };
}

function plainName(name: string): string {
  return name.replace(/^(pip)[\d.]*$/, '$1').replace(/\.exe$/, '');
}

/** What one install command installs. */
export interface Install {
  /** Files after `-r`, as written; those after `-c` too. */
  readonly files: readonly string[];
  readonly packages: readonly Specifier[];
  /** Words that name a directory or file of the image (`.`, `./lib`, `/wheels/x.whl`), as written. */
  readonly local: readonly string[];
  readonly editable: boolean;
  /** Goes to the user's home. */
  readonly user: boolean;
  /** `--target`, `--prefix` or `--root`: not into the interpreter's own packages. */
  readonly directory: string | undefined;
  /** `uv pip install --system`. */
  readonly system: boolean;
  readonly words: readonly string[];
}

/** Options of `pip install` and `uv pip install` with a value in the next word. */
const valued = new Set(
  `-i --index-url --extra-index-url -f --find-links --src --platform --python-version --timeout --default-timeout --retries
  --trusted-host --proxy --cert --client-cert --cache-dir --log --progress-bar --upgrade-strategy --no-binary --only-binary
  --global-option --install-option --config-settings -C --exists-action --abi --implementation --report --root-user-action
  --python -p --index --default-index --index-strategy --resolution --prerelease --link-mode --exclude-newer --keyring-provider
  -P --upgrade-package --reinstall-package --extra --group --build-constraint -b --overrides`.split(/\s+/),
);
const places = new Set(['-t', '--target', '--prefix', '--root']);
const fileOptions = new Set(['-r', '--requirement', '--requirements', '-c', '--constraint', '--constraints']);

/** Reads the words behind `install`. */
export function readInstall(args: readonly string[]): Install {
  const files: string[] = [];
  const packages: Specifier[] = [];
  const local: string[] = [];
  let editable = false;
  let user = false;
  let system = false;
  let directory: string | undefined;
  const target = (word: string) => {
    const read = readSpecifier(word);
    if (read.kind === 'local') local.push(word.replace(/\[[^\]]*\]$/, ''));
    else packages.push(read);
  };
  for (let i = 0; i < args.length; i++) {
    const whole = args[i] ?? '';
    const [option, joined] = splitOption(whole);
    const value = () => joined ?? args[++i] ?? '';
    if (fileOptions.has(option) || /^-[qUIv]+r$/.test(option)) files.push(value());
    else if (option === '-e' || option === '--editable') {
      editable = true;
      target(value());
    } else if (places.has(option)) directory = value();
    else if (option === '--user') user = true;
    else if (option === '--system') system = true;
    else if (valued.has(option)) value();
    else if (!whole.startsWith('-')) target(whole);
  }
  return { files, packages, local, editable, user, directory, system, words: args };
}

/** `--target=x` and `-rx` carry their value in the word. */
function splitOption(word: string): readonly [string, string | undefined] {
  const long = /^(--[a-z-]+)=(.*)$/.exec(word);
  if (long !== null) return [long[1] ?? '', long[2]];
  const short = /^(-[rcetifpC])(.+)$/.exec(word);
  return short === null ? [word, undefined] : [short[1] ?? '', short[2]];
}

/** Tools that install or build other packages; the program itself does not import them. */
const tools = new Set([
  'pip',
  'setuptools',
  'wheel',
  'poetry',
  'pipenv',
  'uv',
  'virtualenv',
  'pip-tools',
  'build',
  'pdm',
  'poetry-core',
  'poetry-plugin-export',
  'cython',
  'pybind11',
  'scikit-build',
  'hatch',
  'hatchling',
  'flit',
  'maturin',
  'setuptools-scm',
  'meson-python',
  'ninja',
]);

/** It installs nothing but such tools. */
export function installsToolsOnly(install: Install): boolean {
  return (
    install.files.length === 0 &&
    install.local.length === 0 &&
    install.packages.length > 0 &&
    install.packages.every((one) => one.name !== undefined && tools.has(one.name))
  );
}

const wrappers = new Set([
  'opentelemetry-instrument',
  'ddtrace-run',
  'tini',
  'dumb-init',
  'catchsegv',
  'newrelic-admin',
  'nice',
  'time',
  'gosu',
  'su-exec',
  'setpriv',
]);

/** The server or script behind wrappers such as `poetry run`, `uv run --no-sync`, `newrelic-admin run-program`. */
export function startedCall(argv: readonly string[]): Call {
  let words = argv;
  for (let depth = 0; depth < 6; depth++) {
    const call = pythonCall(words);
    if (
      ['poetry', 'pipenv', 'uv', 'pdm', 'hatch', 'conda', 'mamba', 'micromamba'].includes(call.tool) &&
      call.args.includes('run')
    )
      words = behindRun(call.args);
    else if (wrappers.has(call.tool))
      words = behindOptions(
        call.args.filter((word) => word !== 'run-program'),
        call.tool === 'gosu' || call.tool === 'su-exec' ? 1 : 0,
      );
    else return call;
  }
  return pythonCall(words);
}

const runValues = new Set([
  '--with',
  '--env-file',
  '--python',
  '-p',
  '--group',
  '--extra',
  '--directory',
  '--project',
  '-n',
  '--name',
  '--index',
]);

function behindRun(args: readonly string[]): readonly string[] {
  return behindOptions(args.slice(args.indexOf('run') + 1), 0);
}

function behindOptions(args: readonly string[], skip: number): readonly string[] {
  let i = 0;
  while (i < args.length && (args[i] ?? '').startsWith('-')) {
    if (args[i] === '--') return args.slice(i + 1 + skip);
    i += runValues.has(args[i] ?? '') ? 2 : 1;
  }
  return args.slice(i + skip);
}
