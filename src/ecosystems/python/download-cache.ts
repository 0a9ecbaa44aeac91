/**
 * pip keeps what it downloads and builds below `~/.cache/pip` (pip documentation, "Caching"), Poetry below `~/.cache/pypoetry`
 * (Poetry documentation, `cache-dir`); Pipenv installs through pip. uv links what it installs to its cache.
 */
import { type Answer, known } from '../../answer.ts';
import type { Instruction } from '../../dockerfile/model.ts';
import { lookUp } from '../../dockerfile/variables.ts';
import { hasCacheMount } from '../../reading/package-caches.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import { reworded, wordSpans } from '../../reading/rewording.ts';
import type { Replacement } from '../ecosystem.ts';
import type { PythonFacts } from './facts.ts';
import { type PythonInstall, pythonInstalls } from './installs.ts';
import { pythonCall } from './words.ts';

/** Titles of the tools whose downloads stay in a layer of the image. */
export function keptDownloads(reading: Reading<PythonFacts>): readonly string[] {
  const keeping = keepers(reading);
  return [...new Set(keeping.map(({ command }) => toolCaches[pythonCall(command.argv).tool]?.title ?? ''))];
}

/**
 * What a second stage adds that takes as much room as the downloads; `undefined`: they are larger. Measured: two small Flask
 * images grew from 140 to 145 and from 222 to 226 MB by a second stage.
 */
export function outweighs(reading: Reading<PythonFacts>): string | undefined {
  return keepers(reading).some(isLarge) ? undefined : 'the pip that a virtual environment brings';
}

function keepers(reading: Reading<PythonFacts>): readonly PythonInstall[] {
  return pythonInstalls(reading).filter((one) => !one.tool && bringsPackages(one) && keepsDownloads(one.command));
}

/** Something is fetched: a package is named, or a file that lists some is not empty. */
function bringsPackages({ install, requirements, missing }: PythonInstall): boolean {
  if (install === undefined || missing.length > 0) return true;
  if (install.packages.length > 0 || install.local.length > 0) return true;
  return requirements.requirements.length > 0 || requirements.repositories.length > 0;
}

/** Packages whose Linux wheels, or those of a package they always bring, are larger than 10 MB. */
const large: ReadonlySet<string> = new Set([
  ...[
    'numpy',
    'pandas',
    'scipy',
    'scikit-learn',
    'scikit-image',
    'matplotlib',
    'seaborn',
    'statsmodels',
    'numba',
    'polars',
  ],
  ...['torch', 'torchvision', 'tensorflow', 'tensorflow-cpu', 'keras', 'jax', 'jaxlib', 'transformers', 'onnxruntime'],
  ...['xgboost', 'lightgbm', 'catboost', 'spacy', 'gensim', 'faiss-cpu', 'sentence-transformers', 'ray', 'dask'],
  ...['opencv-python', 'opencv-python-headless', 'opencv-contrib-python', 'opencv-contrib-python-headless'],
  ...['pyarrow', 'pyspark', 'apache-beam', 'duckdb', 'streamlit', 'gradio', 'plotly', 'dash', 'bokeh', 'altair'],
  ...['boto3', 'botocore', 'google-api-python-client', 'playwright', 'pyqt5', 'pyside6', 'ansible', 'geopandas'],
]);

function isLarge({ install, requirements }: PythonInstall): boolean {
  const named = (install?.packages ?? []).flatMap(({ name }) => name ?? []);
  return [...named, ...requirements.requirements.map(({ name }) => name)].some((name) => large.has(name));
}

function keepsDownloads({ argv, command, instruction, position }: ReadCommand): boolean {
  const { tool } = pythonCall(argv);
  const cache = toolCaches[tool];
  if (cache === undefined || hasCacheMount(instruction)) return false;
  const { names } = cache;
  const own = command.assignments.some(({ name }) => names.includes(name));
  return !own && !isCleaned(instruction) && names.every((name) => lookUp(position.scope, name) === 'unset');
}

/** Variables that turn the cache off or move it. */
const toolCaches: Readonly<Record<string, { readonly title: string; readonly names: readonly string[] }>> = {
  pip: { title: 'pip', names: ['PIP_NO_CACHE_DIR', 'PIP_CACHE_DIR'] },
  pipenv: { title: 'Pipenv', names: ['PIP_NO_CACHE_DIR', 'PIP_CACHE_DIR', 'PIPENV_CACHE_DIR'] },
  poetry: { title: 'Poetry', names: ['POETRY_NO_CACHE', 'POETRY_CACHE_DIR'] },
};

function isCleaned(instruction: Instruction): boolean {
  return (
    instruction.keyword === 'RUN' && /\.cache\b|no-cache|cache (purge|clear)|--clear\b/.test(instruction.body.text)
  );
}

export function installsWithoutCache(reading: Reading): Answer<readonly Replacement[]> {
  return known(reading.commands.flatMap((command) => withoutCache(reading, command) ?? []));
}

function withoutCache(reading: Reading, command: ReadCommand): Replacement | undefined {
  const at = verbAt(command.argv);
  const verb = at === undefined ? undefined : wordSpans(command)?.[at];
  if (
    verb === undefined ||
    isCleaned(command.instruction) ||
    lookUp(command.position.scope, 'PIP_NO_CACHE_DIR') !== 'unset'
  )
    return undefined;
  const text = reworded(reading.file, command, [{ span: { start: verb.end, end: verb.end }, text: ' --no-cache-dir' }]);
  return { command, text, because: 'pip keeps no copy of what it downloads' };
}

/** Index of `install` in `pip install` and `python -m pip install`. */
function verbAt(argv: readonly string[]): number | undefined {
  const pip = /(^|\/)pip(3(\.\d+)?)?$/;
  if (pip.test(argv[0] ?? '') && argv[1] === 'install') return 1;
  const module = /(^|\/)python(3(\.\d+)?)?$/.test(argv[0] ?? '') && argv[1] === '-m' && argv[2] === 'pip';
  return module && argv[3] === 'install' ? 3 : undefined;
}
