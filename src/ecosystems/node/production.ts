/** `NODE_ENV=production` at run time: what it changes in frameworks, and the files and lines of a project that it switches. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import type { StartCommand } from '../../reading/start.ts';
import type { EnvironmentSetting } from '../ecosystem.ts';
import { productionReasons } from '../production.ts';

const { explain } = productionReasons;
const name = 'NODE_ENV';
const value = 'production';

/** Files that node-config, Sequelize, Knex, TypeORM and dotenv loaders pick by the value (their own documentation). */
const chosen =
  /(^|\/)(config\/(default|production|config|env|environments?)(\/|\.)|(knexfile|ormconfig)\.|\.sequelizerc$|\.env\.prod|environments\/)|(^|\/)(?!webpack|vite|rollup|tsconfig|jest|babel|docker|angular|next|craco|eslint|karma)[\w.-]*\bprod(uction)?\.(env|[cm]?[jt]s|json|ya?ml|toml)$/;
const largestFile = 1 << 18;

/** Nothing to set when the start command says it itself; not known when the value picks a configuration of the project. */
export function nodeProduction(
  project: Project,
  directory: string,
  start: readonly StartCommand[],
): Answer<readonly EnvironmentSetting[]> {
  const manifest = posix.join(directory, 'package.json');
  const text = project.read(manifest);
  if (
    text === undefined ||
    saysItself(text) ||
    start.some(({ argv }) => argv.some((word) => word.includes(`${name}=`)))
  )
    return known([]);
  const files = project.files(directory)?.filter((path) => project.sends(path));
  if (files === undefined)
    return notKnown(explain('switches-configuration', { where: 'one of too many files', name, value }));
  const file = files.find((path) => chosen.test(path.slice(directory.length).replace(/^\//, '')));
  if (file !== undefined) return notKnown(explain('switches-configuration', { where: file, name, value }));
  const uses = files.flatMap((path) => usesIn(project, path));
  const picks = uses.find(({ picks }) => picks);
  if (picks !== undefined) {
    const { evidence } = picks;
    const where = `${evidence.file}:${evidence.line}`;
    return notKnown(explain('switches-configuration', { where, name, value }, { evidence: [evidence] }));
  }
  return known([
    {
      name,
      value,
      effect: 'frameworks cache views and hide stack traces',
      evidence: [{ file: manifest, says: 'a Node.js program' }],
      readBy: uses.map(({ evidence }) => evidence),
    },
  ]);
}

/** A script of the manifest that starts the program sets the variable. */
function saysItself(manifest: string): boolean {
  return /"start[^"]*"\s*:\s*"[^"]*NODE_ENV=/.test(manifest);
}

interface Use {
  readonly evidence: Evidence;
  /** The value is more than compared: it names something. */
  readonly picks: boolean;
}

function usesIn(project: Project, path: string): readonly Use[] {
  if (
    !/\.[cm]?[jt]sx?$/.test(path) ||
    /(^|[./])(test|tests|__tests__|spec|e2e)[./]|\.config\.|(^|\/)webpack/.test(path)
  )
    return [];
  const text = project.read(path);
  if (text === undefined || text.length > largestFile || !text.includes(name)) return [];
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim();
    if (!line.includes(name) || /^(\/\/|\*|\/\*)/.test(trimmed)) return [];
    return [{ evidence: { file: path, line: index + 1, says: trimmed.slice(0, 80) }, picks: !compares(line) }];
  });
}

/** `NODE_ENV === 'production'` and the like; everything else may use the value itself. */
function compares(line: string): boolean {
  return /NODE_ENV(['"]\])?\)?\s*[!=]==?\s*['"]|['"]\s*[!=]==?\s*(process\.)?env\.NODE_ENV/.test(line);
}
