/** `dfmigrate doctor`: facts about this machine and this place, nothing else. Starts nothing but `git version`. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { transforms } from '../../transforms/index.ts';
import { findConfig } from '../config/find.ts';
import { discover, display, type Target } from '../discover.ts';
import { findWorkTree, git } from '../git.ts';
import { factsFile } from '../images/data-files.ts';
import { wantsColour } from '../report/colour.ts';
import { plural } from '../report/layout.ts';
import { engineNames } from '../verify/engine.ts';
import type { Host } from './host.ts';
import { isFault, type ShowOptions } from './options.ts';

export interface DoctorFact {
  readonly about: string;
  readonly says: string;
  /** Something to look after. */
  readonly warns: boolean;
}

/** In a fixed order. */
export async function diagnose(host: Host, shown: ShowOptions): Promise<readonly DoctorFact[]> {
  const fact = (about: string, says: string, warns = false): DoctorFact => ({ about, says, warns });
  const root = findWorkTree(host.cwd);
  const version = git(host.cwd, 'version', []);
  const engines = engineNames.filter((name) => onPath(name, host.env));
  const { input, output } = host.isTerminal;
  const found = await discover([], host.cwd, []);
  const misplaced = found.targets.filter(hidesDirective);
  return [
    fact('dfmigrate', `${host.version}, ${plural(transforms.length, 'transform')}`),
    fact('node', process.version),
    fact('git', version.ok ? version.stdout.toString('utf8').trim() : `not usable: ${version.cause}`, !version.ok),
    fact('work tree', root === undefined ? 'none: files are written only with --write' : display(host.cwd, root)),
    fact('container engines', engines.length === 0 ? 'none on PATH: verify stays static' : engines.join(', ')),
    fact('terminal', input && output ? `yes, ${host.columns || 80} columns` : 'no: nothing is asked'),
    fact('colour', wantsColour(shown.colour, output, host.env) ? 'on' : 'off'),
    fact('image tables', `of ${factsFile().date}`),
    configFact(host, root),
    fact('Dockerfiles', String(found.targets.length)),
    ...found.notes.slice(0, 20).map(({ path: name, reason }) => fact('passed over', `${name}: ${reason.text}`)),
    ...misplaced.map(({ path: name }) =>
      fact('directive', `${name}: a comment above a parser directive switches it off`, true),
    ),
  ];
}

function configFact(host: Host, root: string | undefined): DoctorFact {
  const found = findConfig(host.cwd, root ?? host.cwd, (absolute) => display(host.cwd, absolute));
  if (found === undefined) return { about: 'configuration', says: 'none', warns: false };
  if (isFault(found)) return { about: 'configuration', says: found.reason.text, warns: true };
  return { about: 'configuration', says: found.config.path, warns: false };
}

function onPath(program: string, env: Readonly<NodeJS.ProcessEnv>): boolean {
  return (env.PATH ?? '').split(path.delimiter).some((directory) => {
    const file = path.join(directory, program);
    try {
      accessSync(file, constants.X_OK);
      return directory !== '' && statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** A directive counts only above every comment and instruction. */
function hidesDirective({ file }: Target): boolean {
  try {
    if (statSync(file).size > 1024 * 1024) return false;
    const lines = readFileSync(file, 'utf8')
      .replace(/^\ufeff/, '')
      .split('\n')
      .slice(0, 50);
    const top = lines.findIndex((line) => !/^\s*#/.test(line));
    const head = top < 0 ? lines : lines.slice(0, top);
    const directive = /^\s*#\s*(?:syntax|escape|check)\s*=/i;
    const comment = head.findIndex((line) => !directive.test(line));
    return comment >= 0 && head.slice(comment).some((line) => directive.test(line));
  } catch {
    return false;
  }
}
