/** Commands of the system's package managers: what they install, in which words. Sources: apt-get(8), apk(8), dnf(8) command lines. */
import type { ShellWord } from '../shell/model.ts';
import type { PlacedCommand } from './commands.ts';

export interface OsInstall {
  readonly manager: 'apt' | 'apk' | 'dnf';
  /** Program, verb and options as written (`apt-get install -y`), without the name of a group. */
  readonly options: readonly string[];
  readonly packages: readonly { readonly name: string; readonly raw: string; readonly word: ShellWord }[];
  /** A word that is neither option nor plain name (`$PKGS`, `./local.deb`): the list cannot be taken apart. */
  readonly opaque: string | undefined;
  /** The name that apk keeps for all of them together (`--virtual .build`), by which they can be deleted. */
  readonly group: string | undefined;
}

export type OsAction =
  | { readonly kind: 'install'; readonly install: OsInstall }
  | { readonly kind: 'index' }
  | { readonly kind: 'clean' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'repository' };

const valueOptions: Readonly<Record<string, readonly string[]>> = {
  apt: ['-t', '--target-release', '-o', '--option', '-c'],
  apk: ['-t', '--virtual', '-X', '--repository', '-p', '--root', '--cache-dir'],
  dnf: ['--setopt', '--enablerepo', '--disablerepo', '-c', '--installroot'],
};
const verbs: Readonly<Record<string, OsAction['kind']>> = {
  install: 'install',
  add: 'install',
  update: 'index',
  makecache: 'index',
  clean: 'clean',
  autoclean: 'clean',
  autoremove: 'clean',
  remove: 'remove',
  purge: 'remove',
  del: 'remove',
  erase: 'remove',
  upgrade: 'index',
  'dist-upgrade': 'index',
  'full-upgrade': 'index',
};

/** Names of the packages that a command installs with a package manager. */
export function packageNames(placed: PlacedCommand): readonly string[] {
  const action = osAction(placed);
  return action?.kind === 'install' ? action.install.packages.map(({ name }) => name) : [];
}

/** Reads one command as a package manager call; `undefined`: it is none. */
export function osAction(placed: PlacedCommand): OsAction | undefined {
  const program = placed.argv[0]?.split('/').at(-1) ?? '';
  if (program === 'add-apt-repository' || program === 'apt-key') return { kind: 'repository' };
  const manager = managerOf(program);
  if (manager === undefined) return undefined;
  const words = placed.command.words.slice(placed.command.words.length - placed.argv.length);
  const options: string[] = [words[0]?.raw ?? program];
  let verb: string | undefined;
  let opaque: string | undefined;
  let group: string | undefined;
  const packages: { name: string; raw: string; word: ShellWord }[] = [];
  for (let i = 1; i < words.length; i++) {
    const word = words[i] as ShellWord;
    const value = word.value;
    if (value === undefined || word.glob) {
      opaque ??= word.raw;
    } else if (value.startsWith('-')) {
      const takes = valueOptions[manager]?.includes(value) === true ? words[++i] : undefined;
      if (manager === 'apk' && /^(-t|--virtual)(=|$)/.test(value)) group = value.split('=')[1] ?? takes?.value;
      else options.push(word.raw, ...(takes === undefined ? [] : [takes.raw]));
    } else if (verb === undefined) {
      verb = value;
      options.push(word.raw);
    } else if (
      /^[a-z0-9][a-z0-9+._:~-]*(=[^\s]+)?$/i.test(value) &&
      !value.endsWith('.deb') &&
      !value.endsWith('.rpm')
    ) {
      packages.push({ name: value.replace(/[=<>~:].*$/, ''), raw: word.raw, word });
    } else {
      opaque ??= word.raw;
    }
  }
  const kind = verb === undefined ? undefined : verbs[verb];
  if (kind === undefined) return undefined;
  return kind === 'install' ? { kind, install: { manager, options, packages, opaque, group } } : { kind };
}

/** Does a command delete what that name stands for (`apk del .build`)? */
export function deletes(placed: PlacedCommand, group: string): boolean {
  return placed.argv[0]?.split('/').at(-1) === 'apk' && placed.argv.includes('del') && placed.argv.includes(group);
}

function managerOf(program: string): OsInstall['manager'] | undefined {
  if (program === 'apt-get' || program === 'apt' || program === 'aptitude') return 'apt';
  if (program === 'apk') return 'apk';
  return ['dnf', 'microdnf', 'yum', 'tdnf', 'zypper'].includes(program) ? 'dnf' : undefined;
}
