/** Whether the history in `.git` is read: by the build, for a version, or by the program, for what it says of itself. */
import type { Reading } from '../../reading/reading.ts';
import { executions } from './executes.ts';
import type { PythonFacts } from './facts.ts';
import { runningSources } from './sources.ts';

const stamps = /setuptools[-_]scm|hatch-vcs|versioneer|pbr|poetry-dynamic-versioning|dunamai/;
/** Import names of GitPython, Dulwich and pygit2; a requirement alone says little, as Streamlit and others bring GitPython along. */
const library = /^[ \t]*(?:import[ \t]+(?:[\w. \t]+,[ \t]*)*|from[ \t]+)(?:git|dulwich|pygit2)(?![\w])/m;

export function readsHistory(reading: Reading<PythonFacts>): boolean {
  const { project, facts } = reading;
  const manifests = ['pyproject.toml', 'setup.py', 'setup.cfg'].map(
    (name) => project.read(facts.directory === '' ? name : `${facts.directory}/${name}`) ?? '',
  );
  if (stamps.test(manifests.join('\n'))) return true;
  const sources = runningSources(reading) ?? [];
  return (
    sources.some(({ text }) => library.test(text)) || executions(sources).programs.some(({ name }) => name === 'git')
  );
}
