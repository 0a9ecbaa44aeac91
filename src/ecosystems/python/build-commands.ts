/** Python code that runs in the build: what it writes, or why that cannot be told. */
import { posix } from 'node:path';
import type { Reason } from '../../answer.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import { contextPath } from '../../reading/origins.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import { isShared } from '../../reading/shared-directories.ts';
import { type PythonFacts, toolNames } from './facts.ts';
import { reached } from './modules.ts';
import { pythonReasons } from './reasons.ts';
import { shippedSources } from './sources.ts';
import { startedCall } from './words.ts';
import { writableDirectory, writtenPaths } from './writes.ts';

const { explain } = pythonReasons;

/** Downloads of models and corpora that land in `~` unless a directory is named. */
const downloads =
  /\b(nltk\.download|from_pretrained|SentenceTransformer\(|snapshot_download|hf_hub_download|whisper\.load_model|easyocr\.Reader|pipeline\(|torch\.hub|tiktoken|textblob\.download_corpora|TTS\(|load_dataset)/;
const databases = /^(migrate|createsuperuser|loaddata|syncdb|flush|createcachetable|seed\w*|populate\w*|init_?db)$/;
const alters = /\b(create_all|drop_all|init_db|seed)\b/;
const harmlessCode = /^[\s;]*((import|from)\s[\w., ]+(\simport\s[\w., ]+)?|print\(.*\)|assert\s.*)?$/;

/** Commands that run code of the project or of a package, in the stage that is built. */
export function buildCommands(reading: Reading<PythonFacts>): readonly ReadCommand[] {
  return reading.commands.filter(
    (command) =>
      command.owner !== undefined &&
      toolNames.has(command.owner) &&
      command.work.role === 'build' &&
      !isHarmless(command),
  );
}

/** Directories (absolute) that these commands write, or the reason why that cannot be told. */
export function buildWrites(reading: Reading<PythonFacts>): readonly string[] | Reason {
  const found: string[] = [];
  for (const command of buildCommands(reading)) {
    const writes = writesOf(reading, command);
    if ('code' in writes) return writes;
    found.push(...writes);
  }
  return found;
}

/**
 * Directories (absolute) that are there and hold all that these commands write, each as narrow as it is known; `undefined`: one
 * command may write anywhere below the directory it runs in. For applications whose own directory cannot be copied as a whole.
 */
export function narrowWrites(reading: Reading<PythonFacts>): readonly string[] | undefined {
  const found: string[] = [];
  for (const command of buildCommands(reading)) {
    const paths = command.cwd === undefined ? undefined : narrow(reading, command, command.cwd);
    if (paths === undefined) return undefined;
    found.push(...paths);
  }
  return found;
}

/** Catalogues are compiled beside their sources; `collectstatic` fills STATIC_ROOT, with the files of the admin at least. */
function narrow(reading: Reading<PythonFacts>, command: ReadCommand, here: string): readonly string[] | undefined {
  const { tool, args } = startedCall(command.argv);
  if (tool === 'pybabel' && args[0] === 'compile') {
    const at = args.findIndex((word) => /^(-d|--directory)$/.test(word));
    const joined = args.find((word) => word.startsWith('--directory='))?.slice('--directory='.length);
    const path = resolvePath(here, joined ?? (at < 0 ? '' : (args[at + 1] ?? '')));
    return path === undefined || path === here || isShared(path) ? undefined : [path];
  }
  if (args[0]?.endsWith('manage.py') !== true || args[1] !== 'collectstatic') return undefined;
  const sources = (shippedSources(reading) ?? []).map(({ path, text }) => ({ path, text: text.replace(/#.*$/gm, '') }));
  const roots = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/^\s*STATIC_ROOT\s*=\s*([^\n]+)/gm)].map((match) => staticRoot(path, text, match[1] ?? '')),
  );
  const admin = sources.some(({ text }) => /['"]django\.contrib\.admin['"]/.test(text));
  const uploads = sources.some(({ text }) => /['"][\w.]*storages\.backends\b|S3Boto|GoogleCloudStorage/.test(text));
  const [only] = roots;
  const path = roots.length === 1 && admin && !uploads && only !== undefined ? resolvePath(here, only) : undefined;
  return path === undefined || path === here || isShared(path) ? undefined : [path];
}

/** STATIC_ROOT relative to the directory of `manage.py`; `undefined`: it is not a literal below it. */
function staticRoot(file: string, text: string, value: string): string | undefined {
  const literal = /^[rR]?["']([^"'/][^"']*)["']\s*$/.exec(value)?.[1];
  if (literal !== undefined) return literal;
  const name =
    /^BASE_DIR\s*\/\s*["']([^"'/][^"']*)["']\s*$/.exec(value)?.[1] ??
    /^os\.path\.join\(\s*BASE_DIR\s*,\s*["']([^"'/][^"']*)["']\s*\)\s*$/.exec(value)?.[1];
  const base = /^BASE_DIR\s*=\s*(.+)$/m.exec(text)?.[1] ?? '';
  const up = (base.match(/\.parent\b|\bdirname\(/g) ?? []).length;
  const plain =
    /^(Path\(__file__\)\.resolve\(\)(\.parent)+|(os\.path\.dirname\()+(os\.path\.abspath\(__file__\)|__file__)\)+)$/;
  return plain.test(base.trim()) && up === file.split('/').length ? name : undefined;
}

function isHarmless(command: ReadCommand): boolean {
  const call = startedCall(command.argv);
  if (call.tool === 'compileall') return true;
  const code = call.tool === 'python' && call.args[0] === '-c' ? call.args[1] : undefined;
  return code?.split(/[;\n]/).every((line) => harmlessCode.test(line)) === true;
}

function writesOf(reading: Reading<PythonFacts>, command: ReadCommand): readonly string[] | Reason {
  const call = startedCall(command.argv);
  const text = command.argv.join(' ');
  const says = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  const ground = { at: command.span, evidence: [commandEvidence(command)] };
  const unknown = () => explain('build-writes-unknown', { command: says }, ground);
  const here = command.cwd;
  if (here === undefined) return unknown();
  const [script = '', verb = ''] = call.args;
  if (
    /^(nltk\.downloader|nltk|playwright|huggingface-cli|hf|textblob\.download_corpora)$/.test(call.tool) ||
    downloads.test(text)
  ) {
    const at = call.args.findIndex((word) => /^(-d|--dir|--local-dir)$/.test(word));
    const path = at < 0 ? undefined : resolvePath(here, call.args[at + 1] ?? '');
    return path === undefined || isWithin(path, '/root') ? explain('home-data', { command: says }, ground) : [path];
  }
  const manage = call.tool === 'django-admin' || script.endsWith('manage.py');
  const managed = call.tool === 'django-admin' ? script : verb;
  if (
    (manage && databases.test(managed)) ||
    call.tool === 'alembic' ||
    (call.tool === 'flask' && /^(db|init-db|initdb|seed)$/.test(script)) ||
    alters.test(text)
  ) {
    return explain('touches-database', { command: says }, ground);
  }
  if (manage)
    return /^(collectstatic|compilemessages|compress|tailwind|compilescss|compilejsi18n|spectacular)$/.test(managed)
      ? (djangoWrites(reading, here, managed) ?? unknown())
      : unknown();
  if (
    ['pybabel', 'pyinstaller', 'cython', 'cythonize', 'grpc_tools.protoc'].includes(call.tool) ||
    (call.tool === 'flask' && /^(translate|digest|compile)$/.test(script))
  )
    return [here];
  return call.tool === 'python' && script.endsWith('.py')
    ? (scriptWrites(reading, here, script) ?? unknown())
    : unknown();
}

/** `collectstatic` writes STATIC_ROOT; the others write beside the sources. `undefined`: STATIC_ROOT cannot be read. */
function djangoWrites(reading: Reading<PythonFacts>, here: string, verb: string): readonly string[] | undefined {
  if (verb !== 'collectstatic') return [here];
  const sources = shippedSources(reading);
  if (sources === undefined) return undefined;
  const found: string[] = [here];
  for (const { text } of sources) {
    for (const match of text.matchAll(/^\s*STATIC_ROOT\s*=\s*([^\n]+)/gm)) {
      const value = match[1] ?? '';
      const literal = /^[rR]?["']([^"']+)["']\s*(#.*)?$/.exec(value)?.[1];
      if (literal !== undefined) found.push(resolvePath(here, literal) ?? here);
      else if (
        !/BASE_DIR|PROJECT_ROOT|__file__|base_dir|ROOT_DIR/.test(value) ||
        /\.\.|\.parent|environ|getenv|env\(|config\(/.test(value)
      )
        return undefined;
    }
  }
  return found;
}

function scriptWrites(reading: Reading<PythonFacts>, here: string, script: string): readonly string[] | undefined {
  const sources = shippedSources(reading);
  const path = resolvePath(here, script);
  const context = path === undefined ? undefined : contextPath(reading.copies, reading.stage, path, reading.project);
  if (sources === undefined || context === undefined) return undefined;
  const run = reached(sources, [context], [posix.dirname(context).replace(/^\.$/, ''), reading.directory]);
  if (run.some(({ text }) => downloads.test(text) || alters.test(text) || /\bsubprocess\b|os\.system/.test(text)))
    return undefined;
  const directories: string[] = [here];
  for (const one of writtenPaths(run)) {
    if (one.kind === 'unknown') return undefined;
    if (one.kind === 'path') directories.push(writableDirectory(here, one.path, one.directory));
  }
  return directories;
}
