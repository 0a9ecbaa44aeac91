/** Which sources a start command reaches by import. Everything, when an import is computed or a framework loads by name. */
import { posix } from 'node:path';
import type { Source } from '../../project/sources.ts';

/** Files of a Python project that nothing imports when the program runs. */
const aside =
  /(^|\/)(tests?|testing|docs?|examples?|benchmarks?|migrations|\.venv|venv|\.github|node_modules|site-packages)\/|(^|\/)(test_[^/]*|[^/]*_test|conftest|setup|noxfile|fabfile|tasks_dev)\.py$/;

export function isProgramSource(path: string): boolean {
  return path.endsWith('.py') && !aside.test(path);
}

/** Loading by a computed name (those of chat bots included: extensions, plugins), or a framework whose settings name modules. */
const dynamic =
  /\b(import_module\b|__import__|walk_packages\(|iter_modules\(|find_modules\(|runpy\.|exec\(|INSTALLED_APPS|DJANGO_SETTINGS_MODULE|autodiscover|blueprint_loader|import_string|load_module|load_source\(|SourceFileLoader|spec_from_file_location|load_extensions?\(|load_plugins?\(|plugins\s*=\s*(dict\(|\{))/;

/**
 * The sources reached from entry modules (`app.main`) or files (`src/app.py`). `roots` are the directories that imports start
 * from. All of them when an entry is not found or a reached file loads modules by computed names.
 */
export function reached(
  sources: readonly Source[],
  entries: readonly string[],
  roots: readonly string[],
): readonly Source[] {
  const programs = sources.filter((source) => isProgramSource(source.path));
  const byPath = new Map(
    sources.filter((source) => source.path.endsWith('.py')).map((source) => [source.path, source]),
  );
  const pending: Source[] = [];
  for (const entry of entries) {
    const files = byPath.has(entry) ? [entry] : resolveModule(byPath, roots, entry);
    if (files.length === 0) return programs;
    for (const file of files) pending.push(byPath.get(file) as Source);
  }
  if (pending.length === 0) return programs;
  const seen = new Set<Source>();
  for (let source = pending.pop(); source !== undefined; source = pending.pop()) {
    if (seen.has(source)) continue;
    seen.add(source);
    if (dynamic.test(source.text)) return programs;
    for (const file of namedModules(byPath, roots, source)) pending.push(byPath.get(file) as Source);
  }
  return sources.filter((source) => seen.has(source));
}

type Files = ReadonlyMap<string, Source>;

/** Files that a dotted name stands for, the packages it lies in included. */
function resolveModule(files: Files, roots: readonly string[], name: string): readonly string[] {
  const parts = name.split('.').filter((part) => part !== '');
  const found: string[] = [];
  for (const root of roots) {
    for (let length = 1; length <= parts.length; length++) {
      const base = posix.join(root, ...parts.slice(0, length));
      for (const file of [
        `${base}.py`,
        `${base}/__init__.py`,
        ...(length === parts.length ? [`${base}/__main__.py`] : []),
      ])
        if (files.has(file)) found.push(file);
    }
  }
  return found;
}

function namedModules(files: Files, roots: readonly string[], source: Source): readonly string[] {
  const here = posix.dirname(source.path).replace(/^\.$/, '');
  const around = [...new Set([...roots, here])];
  const found: string[] = [];
  for (const match of source.text.matchAll(/^[ \t]*import[ \t]+([\w., \t]+)/gm)) {
    for (const name of (match[1] ?? '').split(','))
      found.push(...resolveModule(files, around, name.trim().split(/\s/)[0] ?? ''));
  }
  for (const match of source.text.matchAll(/^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)/gm)) {
    const dots = (match[1] ?? '').length;
    const from = dots === 0 ? around : [posix.join(here, ...Array<string>(dots - 1).fill('..')).replace(/^\.$/, '')];
    const names = (match[3] ?? '')
      .replace(/[()\\]/g, ' ')
      .split(',')
      .map((name) => name.trim().split(/\s/)[0] ?? '');
    if (match[2] !== '') found.push(...resolveModule(files, from, match[2] ?? ''));
    for (const name of names)
      if (/^\w+$/.test(name))
        found.push(...resolveModule(files, from, [match[2] ?? '', name].filter((part) => part !== '').join('.')));
  }
  for (const match of source.text.matchAll(/["']([A-Za-z_][\w.]*)(?::\w+)?["']/g))
    found.push(...resolveModule(files, roots, match[1] ?? ''));
  for (const match of source.text.matchAll(/["']([\w./-]+\.py)["']/g))
    found.push(...around.map((root) => posix.join(root, match[1] ?? '')).filter((path) => files.has(path)));
  if (startsProcesses.test(source.text))
    for (const match of source.text.matchAll(/[\w./-]+\.py\b/g))
      found.push(...around.map((root) => posix.join(root, match[0])).filter((path) => files.has(path)));
  return found;
}

/** The words of a shell line name scripts as well: `subprocess.run("python a.py & python b.py", shell=True)`. */
const startsProcesses = /\bsubprocess\b|\bos\.(?:system|popen|exec|spawn)|\bcreate_subprocess_/;
