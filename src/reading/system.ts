/** What commands of the system do, independent of any build tool: POSIX utilities, user management, downloads. */
import type { Work } from '../ecosystems/ecosystem.ts';
import type { PlacedCommand } from './commands.ts';
import { resolvePath } from './commands.ts';
import { osAction } from './os-packages.ts';

const inspecting = new Set([
  'echo',
  'printf',
  'ls',
  'cat',
  'test',
  '[',
  'true',
  ':',
  'false',
  'which',
  'type',
  'pwd',
  'env',
  'id',
  'whoami',
  'uname',
  'date',
  'sleep',
  'grep',
  'head',
  'tail',
  'wc',
  'find',
  'du',
  'df',
  'stat',
  'file',
  'sha256sum',
  'sha512sum',
  'md5sum',
  'tree',
  'command',
  'hash',
  'nproc',
  'printenv',
  'exit',
  'awk',
  'cut',
  'sort',
  'tr',
  'xargs',
  'read',
  'base64',
]);
const shellOnly = new Set(['cd', 'set', 'export', 'unset', 'umask', 'source', '.', 'shopt', 'alias', 'ulimit']);
const lastOperand = new Set(['cp', 'mv', 'ln', 'install', 'rsync']);
const everyOperand = new Set(['mkdir', 'touch', 'rm', 'rmdir', 'tee', 'truncate', 'unlink', 'dos2unix']);
const afterFirst = new Set(['chmod', 'chown', 'chgrp']);
const userTools = new Set([
  'useradd',
  'adduser',
  'groupadd',
  'addgroup',
  'usermod',
  'groupmod',
  'passwd',
  'chpasswd',
  'deluser',
  'userdel',
  'delgroup',
  'groupdel',
]);
const configuring = new Set([
  'locale-gen',
  'update-locale',
  'dpkg-reconfigure',
  'update-ca-certificates',
  'update-alternatives',
  'ldconfig',
  'localedef',
  'setcap',
  'fc-cache',
  'a2enmod',
  'a2ensite',
  'a2dissite',
  'crontab',
  'debconf-set-selections',
  'chsh',
]);
const systemDirectories = ['/etc', '/usr/share/zoneinfo', '/usr/share/locale', '/usr/lib/locale'];

/** What a command of the system does; `undefined`: none of these, somebody else may know. */
export function systemWork(placed: PlacedCommand): Work | undefined {
  const program = placed.argv[0]?.split('/').at(-1) ?? '';
  const redirected = redirectTargets(placed);
  if (redirected === undefined) return { role: 'unknown', writes: undefined };
  const os = osWork(placed);
  if (os !== undefined) return os;
  const own = ownWork(program, placed);
  if (own === undefined) return undefined;
  if (redirected.length === 0 || own.writes === undefined) return own;
  return withSystemRole({
    ...own,
    role: own.role === 'inspect' ? 'files' : own.role,
    writes: [...own.writes, ...redirected],
  });
}

function osWork(placed: PlacedCommand): Work | undefined {
  const action = osAction(placed);
  if (action === undefined) return undefined;
  if (action.kind === 'install') return { role: 'os-packages', writes: [] };
  if (action.kind === 'index') return { role: 'os-index', writes: [] };
  if (action.kind === 'repository') return { role: 'configure', writes: ['/etc/apt'] };
  return { role: 'os-clean', writes: [] };
}

function ownWork(program: string, placed: PlacedCommand): Work | undefined {
  if (program === '' || shellOnly.has(program)) return { role: 'shell', writes: [] };
  if (inspecting.has(program))
    return program === 'find' && findChanges(placed)
      ? { role: 'unknown', writes: undefined }
      : { role: 'inspect', writes: [] };
  if (userTools.has(program)) return { role: 'user', writes: ['/etc/passwd'] };
  if (configuring.has(program)) return { role: 'configure', writes: ['/etc'] };
  if (program === 'rm' && removesCaches(placed)) return { role: 'os-clean', writes: [] };
  if (everyOperand.has(program)) return files(placed, operands(placed));
  if (afterFirst.has(program)) return files(placed, operands(placed).slice(1));
  if (lastOperand.has(program)) return copying(program, placed);
  if (program === 'sed')
    return placed.argv.some((word) => /^(-[a-zA-Z]*i|--in-place)/.test(word))
      ? files(placed, operands(placed).slice(sedScripts(placed)))
      : { role: 'inspect', writes: [] };
  if (program === 'curl' || program === 'wget') return downloading(program, placed);
  if (program === 'tar' || program === 'unzip' || program === 'gzip' || program === 'gunzip')
    return unpacking(program, placed);
  return undefined;
}

const cachePaths = [
  '/var/lib/apt/lists',
  '/var/cache/apk',
  '/var/cache/apt',
  '/tmp',
  '/var/tmp',
  '/root/.cache',
  '/var/cache/yum',
  '/var/cache/dnf',
  '/var/lib/dpkg/info',
  '/usr/share/doc',
  '/usr/share/man',
  '/var/log',
];
function removesCaches(placed: PlacedCommand): boolean {
  const paths = operands(placed);
  return paths.length > 0 && paths.every((path) => cachePaths.some((cache) => path.startsWith(cache)));
}

function findChanges(placed: PlacedCommand): boolean {
  return placed.argv.some((word) => word === '-delete' || word === '-exec' || word === '-execdir');
}

function sedScripts(placed: PlacedCommand): number {
  return placed.argv.some((word) => word === '-e' || word === '-f' || word.startsWith('--expression')) ? 0 : 1;
}

function operands(placed: PlacedCommand): readonly string[] {
  return placed.argv.slice(1).filter((word) => !word.startsWith('-'));
}

function absolute(placed: PlacedCommand, paths: readonly string[]): readonly string[] | undefined {
  const resolved: string[] = [];
  for (const path of paths) {
    if (/[$`~]/.test(path)) return undefined;
    const whole = resolvePath(placed.cwd, path.replace(/\/?\*+.*$/, '') || (path.startsWith('/') ? '/' : '.'));
    if (whole === undefined) return undefined;
    resolved.push(whole);
  }
  return resolved;
}

function files(placed: PlacedCommand, paths: readonly string[]): Work {
  return withSystemRole({ role: 'files', writes: absolute(placed, paths) });
}

/** Changing what lies under /etc and the time zone or locale files is configuration: the running program sees it. */
function withSystemRole(work: Work): Work {
  const system =
    work.role === 'files' &&
    work.writes?.some((path) => systemDirectories.some((directory) => path.startsWith(`${directory}/`)));
  return system ? { ...work, role: 'configure' } : work;
}

function copying(program: string, placed: PlacedCommand): Work {
  const paths = operands(placed);
  const target = paths.at(-1);
  if (target === undefined || paths.length < 2) return { role: 'unknown', writes: undefined };
  const sources = absolute(placed, paths.slice(0, -1));
  const moved = program === 'mv' ? paths : [target];
  const work = files(placed, moved);
  return sources === undefined ? work : { ...work, reads: sources };
}

function downloading(program: string, placed: PlacedCommand): Work {
  const flags = program === 'curl' ? ['-o', '--output'] : ['-O', '--output-document'];
  const index = placed.argv.findIndex((word) => flags.includes(word));
  const joined = placed.argv.find((word) => flags.some((flag) => flag.startsWith('--') && word.startsWith(`${flag}=`)));
  const target = joined?.slice(joined.indexOf('=') + 1) ?? (index < 0 ? undefined : placed.argv[index + 1]);
  if (
    target === '-' ||
    (program === 'curl' && target === undefined && !placed.argv.some((word) => /^-[a-zA-Z]*[OJ]/.test(word)))
  ) {
    return { role: 'inspect', writes: [] };
  }
  if (target === undefined) return { role: 'download', writes: placed.cwd === undefined ? undefined : [placed.cwd] };
  return { role: 'download', writes: absolute(placed, [target]) };
}

function unpacking(program: string, placed: PlacedCommand): Work {
  const flags = program === 'tar' ? ['-C', '--directory'] : ['-d'];
  const index = placed.argv.findIndex((word) => flags.includes(word));
  const target = index < 0 ? '.' : placed.argv[index + 1];
  return target === undefined
    ? { role: 'unknown', writes: undefined }
    : { role: 'files', writes: absolute(placed, [target]) };
}

/** Absolute targets of `>`; `undefined` when one cannot be told. `/dev/null` and file descriptors are none. */
function redirectTargets(placed: PlacedCommand): readonly string[] | undefined {
  const targets: string[] = [];
  for (const redirect of placed.command.redirects) {
    if (!redirect.operator.startsWith('>') && redirect.operator !== '&>' && redirect.operator !== '&>>') continue;
    if (redirect.operator === '>&') continue;
    const value = redirect.target?.value;
    if (value === undefined) return undefined;
    if (value.startsWith('/dev/')) continue;
    const path = absolute(placed, [value])?.[0];
    if (path === undefined) return undefined;
    targets.push(path);
  }
  return targets;
}
