/**
 * Where the programs of build scripts put what they make. Sources: each tool's own documentation of its command line, settings and
 * default output. What a program leaves for itself (caches, `*.tsbuildinfo`, `next-env.d.ts`) is no output.
 */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { builtProjects, compilerOutput, readJson, settingsFile } from './compiler-settings.ts';
import { object } from './manifest.ts';
import { generated } from './prisma.ts';
import { isCheck } from './programs.ts';

export interface Output {
  /** Relative to the directory the program runs in, or absolute. */
  readonly path: string;
  readonly kind: 'directory' | 'file';
  /** What stands there before is removed first. */
  readonly anew: boolean;
  readonly evidence?: Evidence;
}

/** What one command leaves. */
export interface Effect {
  readonly makes: readonly Output[];
  /** Paths it removes, as written. */
  readonly removes: readonly string[];
  /** Paths whose files it changes where they are. */
  readonly changes?: readonly string[];
}

/** Where a program runs: its context directory. */
interface Place {
  readonly project: Project;
  readonly directory: string;
}

type Words = readonly string[];
/** An effect, or in a few words why it is not known. */
type Reader = (args: Words, place: Place) => Effect | string;

/** What these words leave behind when they run in a context directory, or why that is not known. */
export function effectOf(argv: Words, project: Project, directory: string): Effect | string {
  const [first = '', ...args] = argv;
  const name = first.split('/').at(-1) ?? '';
  if (name === 'shx') return effectOf(args, project, directory);
  if (isCheck(argv) || nothing.has(name)) return none;
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
  return reader === undefined
    ? `nothing is known about \`${argv.join(' ').slice(0, 60)}\``
    : reader(args, { project, directory });
}

const none: Effect = { makes: [], removes: [] };

/** Programs that write nothing, or nothing but below `node_modules` and in files that another program has written. */
const nothing = new Set([
  ...['echo', 'true', ':', 'exit', 'test', '[', 'set', 'export', 'unset', 'sleep', 'printf', 'cat', 'ls', 'pwd'],
  ...['husky', 'is-ci', 'only-allow', 'patch-package', 'simple-git-hooks', 'lefthook', 'pinst', 'check-node-version'],
  ...['ts-patch', 'ngcc', 'opencollective', 'opencollective-postinstall', 'check-engine', 'vue-tsc'],
  ...['tsc-alias', 'tscpaths', 'resolve-tspaths', 'tsconfig-replace-paths', 'tsc-esm-fix'],
]);

function directory(path: string, anew: boolean): Effect {
  return { makes: [{ path, kind: 'directory', anew }], removes: [] };
}

function file(path: string): Effect {
  return { makes: [{ path, kind: 'file', anew: false }], removes: [] };
}

/** The value of an option, `--name value` or `--name=value`. */
function option(args: Words, ...names: Words): string | undefined {
  for (const [index, word] of args.entries()) {
    if (names.includes(word)) return args[index + 1];
    const joined = names.find((name) => name.startsWith('--') && word.startsWith(`${name}=`));
    if (joined !== undefined) return word.slice(joined.length + 1);
  }
  return undefined;
}

function operands(args: Words): Words {
  return args.filter((word) => !word.startsWith('-'));
}

/** Nothing of the shell is left to replace in it. */
function isPlain(path: string | undefined): path is string {
  return path !== undefined && path !== '' && !/[$`*?{}~\\]/.test(path);
}

const typescript: Reader = (args, { project, directory: at }) => {
  if (args.some((word) => /^(--noEmit|--version|-v|--showConfig|--init)$/.test(word))) return none;
  const builds = args[0] === '-b' || args[0] === '--build';
  const named = option(args, '--outDir', '--outFile');
  if (named !== undefined && !builds)
    return isPlain(named) ? directory(named, false) : 'the output of tsc is not literal';
  if (!builds && args.some((word) => /\.[cm]?[jt]sx?$/.test(word))) return 'tsc puts the output beside the sources';
  const chosen = builds ? operands(args.slice(1)) : [option(args, '-p', '--project') ?? '.'];
  const files = (chosen.length === 0 ? ['.'] : chosen).map((path) => settingsFile(project, posix.join(at, path)));
  const makes: Output[] = [];
  for (const path of files) {
    const projects = builds ? builtProjects(project, path) : [path];
    if (typeof projects === 'string') return projects;
    for (const one of projects) {
      const output = compilerOutput(project, one);
      if (typeof output === 'string') return output;
      if (output.path === undefined) continue;
      const whole = posix.relative(at, output.path);
      makes.push({ path: whole, kind: output.kind, anew: false, evidence: output.evidence });
    }
  }
  return { makes, removes: [] };
};

const nestFiles = ['nest-cli.json', '.nestcli.json', '.nest-cli.json', 'nest.json'];

const nest: Reader = (args, place) => {
  if (args[0] !== 'build') return `nothing is known about \`nest ${args[0] ?? ''}\``;
  const { project, directory: at } = place;
  const name = nestFiles.find((one) => project.kind(posix.join(at, one)) === 'file');
  const settings = name === undefined ? {} : readJson(project, posix.join(at, name));
  if (settings === undefined) return `${name} cannot be read`;
  if (settings['monorepo'] === true || Object.keys(object(settings['projects'])).length > 0)
    return `${name} has several projects`;
  const compiler = object(settings['compilerOptions']);
  if (/"outDir"|"webpackConfigPath"/.test(JSON.stringify(compiler)) || option(args, '--webpackPath') !== undefined)
    return `${name} sets outputs of its own`;
  if (project.list(at).some((one) => /^webpack\.config\./.test(one)))
    return 'webpack.config.js may name another output';
  const fallback =
    project.kind(posix.join(at, 'tsconfig.build.json')) === 'file' ? 'tsconfig.build.json' : 'tsconfig.json';
  const set = compiler['tsConfigPath'];
  const chosen = option(args, '-p', '--path') ?? (typeof set === 'string' ? set : fallback);
  const found = typescript(['-p', chosen], place);
  if (typeof found === 'string' || compiler['deleteOutDir'] !== true) return found;
  return { ...found, makes: found.makes.map((one) => ({ ...one, anew: true })) };
};

/** Modules whose use in the settings of a bundler writes nowhere but into its output. */
const harmlessModules =
  /^(node:)?(path|url|module)$|^(next|next\/.*|@next\/(mdx|env|bundle-analyzer)|next-intl\/plugin|next-translate(-plugin)?|next-transpile-modules|next-compose-plugins|dotenv(\/config)?|webpack|@svgr\/webpack|@vanilla-extract\/next-plugin)$|^(vite|tsup|vitest\/config|@vitejs\/plugin-[\w-]+|vite-tsconfig-paths|vite-plugin-(svgr|pwa|compression|environment|checker|eslint|node-polyfills)|tailwindcss|@tailwindcss\/(vite|postcss)|autoprefixer|postcss[\w-]*)$|^\.\/package\.json$/;

/** Text of the settings of a bundler; `''` when it has none, `undefined` when they load something that may write elsewhere. */
function settingsText({ project, directory: at }: Place, name: string): string | undefined {
  const found = project.list(at).filter((one) => new RegExp(`^${name}\\.config\\.[cm]?[jt]s$`).test(one));
  if (found.length > 1) return undefined;
  const text = found[0] === undefined ? '' : (project.read(posix.join(at, found[0])) ?? '');
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const modules = [...code.matchAll(/(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"]([^'"]+)['"]/g)];
  const known = modules.every((match) => harmlessModules.test(match[1] ?? ''));
  return known && !/\brequire\s*\(\s*[^'"\s]|\bimport\s*\(\s*[^'"\s]/.test(code) ? code : undefined;
}

/** The literal value of a setting; `fallback` when it is not there, `undefined` when it is not literal. */
function setting(text: string, name: string, fallback: string): string | undefined {
  const found = [...text.matchAll(new RegExp(`\\b${name}['"]?\\s*[:=]\\s*(['"]([^'"]*)['"])?`, 'g'))];
  if (found.length === 0) return fallback;
  return found.length === 1 && isPlain(found[0]?.[2]) ? found[0]?.[2] : undefined;
}

const next: Reader = (args, place) => {
  if (args[0] !== 'build') return args[0] === 'lint' ? none : `nothing is known about \`next ${args[0] ?? ''}\``;
  if (operands(args.slice(1)).length > 0) return '`next build` is given a directory';
  const text = settingsText(place, 'next');
  if (text === undefined) return 'next.config loads modules that may write elsewhere';
  const output = setting(text, 'distDir', '.next');
  if (output === undefined) return 'distDir of next.config is not literal';
  if (/\boutput['"]?\s*:/.test(text) && !/\boutput['"]?\s*:\s*['"]standalone['"]/.test(text))
    return 'next.config chooses another kind of output';
  return directory(output, true);
};

const vite: Reader = (args, place) => {
  if (args[0] !== 'build') return `nothing is known about \`vite ${args[0] ?? ''}\``;
  if (operands(withoutValues(args, viteValues)).length > 1) return '`vite build` is given a directory';
  const text = settingsText(place, 'vite');
  if (text === undefined || option(args, '-c', '--config') !== undefined)
    return 'vite.config loads modules that may write elsewhere';
  if (/\b(root|emptyOutDir)['"]?\s*[:=]/.test(text)) return 'vite.config sets another root';
  const output = option(args, '--outDir') ?? setting(text, 'outDir', 'dist');
  return isPlain(output) ? directory(output, true) : 'outDir of vite.config is not literal';
};

const viteValues = ['-m', '--mode', '--outDir', '--base', '--ssr', '-l', '--logLevel', '--assetsDir', '--target'];

/** `BUILD_PATH` moves the output (Create React App documentation, "Advanced Configuration"). */
const reactScripts: Reader = (args, { project, directory: at }) => {
  if (args[0] !== 'build') return `nothing is known about \`react-scripts ${args[0] ?? ''}\``;
  const told = project
    .list(at)
    .filter((name) => name.startsWith('.env') || name === 'package.json')
    .some((name) => project.read(posix.join(at, name))?.includes('BUILD_PATH') === true);
  return told ? 'BUILD_PATH may move the output' : directory('build', true);
};

/** `-o FILE`, `--out-dir DIR` and their kin, and nothing else. */
function byOption(files: Words, directories: Words, anew: Words = []): Reader {
  return (args) => {
    const [one, many] = [option(args, ...files), option(args, ...directories)];
    if (isPlain(one)) return file(one);
    if (isPlain(many))
      return directory(
        many,
        args.some((word) => anew.includes(word)),
      );
    return 'the output is not on the command line';
  };
}

const tsup: Reader = (args, place) => {
  const text = settingsText(place, 'tsup');
  const own = readJson(place.project, posix.join(place.directory, 'package.json'))?.['tsup'];
  const set = text === undefined || own !== undefined ? undefined : setting(text, 'outDir', 'dist');
  const output = option(args, '-d', '--out-dir') ?? set;
  if (!isPlain(output)) return 'the output of tsup is not literal';
  return directory(output, args.includes('--clean') || /\bclean['"]?\s*:\s*true/.test(text ?? ''));
};

/** The last word is where everything goes. */
const copying: Reader = (args, { project, directory: at }) => {
  const words = operands(args);
  const target = words.at(-1);
  const [source, ...more] = words.slice(0, -1);
  if (!isPlain(target) || source === undefined) return 'the target of a copy is not literal';
  const whole = posix.join(at, target);
  if (project.kind(whole) === 'directory' || more.length > 0 || target.endsWith('/') || !isPlain(source))
    return directory(target, false);
  return project.kind(posix.join(at, source)) === 'file' ? file(target) : directory(target, false);
};

const removing: Reader = (args) => {
  const paths = operands(args).map((word) => word.replace(/(\/\*{1,2})+$/, ''));
  return paths.every((path) => isPlain(path)) ? { makes: [], removes: paths } : 'what is removed is not literal';
};

const readers: Readonly<Record<string, Reader>> = {
  tsc: typescript,
  nest,
  next,
  vite,
  'react-scripts': reactScripts,
  tsup,
  babel: byOption(['-o', '--out-file'], ['-d', '--out-dir'], ['--delete-dir-on-start']),
  swc: byOption(['-o', '--out-file'], ['-d', '--out-dir']),
  esbuild: byOption(['--outfile'], ['--outdir']),
  tailwindcss: byOption(['-o', '--output'], []),
  ncc: (args) =>
    args[0] === 'build' ? directory(option(args, '-o', '--out') ?? 'dist', false) : 'only `ncc build` is known',
  prisma: (args, { project, directory: at }) => {
    if (args[0] !== 'generate') return `nothing is known about \`prisma ${args[0] ?? ''}\``;
    const paths = generated(project, at, option(args, '--schema'));
    return typeof paths === 'string'
      ? paths
      : { makes: paths.map((path) => ({ path, kind: 'directory', anew: false })), removes: [] };
  },
  typia: (args) => (args[0] === 'patch' ? none : 'only `typia patch` is known'),
  cp: copying,
  cpr: copying,
  ncp: copying,
  cpx: copying,
  cpy: copying,
  copyfiles: (args, place) => copying(withoutValues(args, ['-u', '--up', '-e', '--exclude']), place),
  mkdir: (args) => manyDirectories(args),
  mkdirp: (args) => manyDirectories(args),
  chmod: (args) => ({ makes: [], removes: [], changes: operands(args).slice(1) }),
  touch: (args) => ({ makes: operands(args).map((path) => ({ path, kind: 'file', anew: false })), removes: [] }),
  rm: removing,
  rimraf: removing,
  del: removing,
  'del-cli': removing,
};

function manyDirectories(args: Words): Effect {
  return { makes: operands(args).map((path) => ({ path, kind: 'directory', anew: false })), removes: [] };
}

function withoutValues(args: Words, names: Words): Words {
  return args.filter((word, index) => !names.includes(word) && !names.includes(args[index - 1] ?? ''));
}
