/** Installs that resolve versions anew, and the ones that do what the lockfile says. */
import { posix } from 'node:path';
import { type Answer, known, notKnown, type Reason } from '../../answer.ts';
import { contextPath } from '../../reading/origins.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Replacement } from '../ecosystem.ts';
import { changedBefore, isBrought } from './dependency-step.ts';
import type { NodeFacts } from './facts.ts';
import { type Install, installs, nodeMajor } from './installs.ts';
import { npmLockProblem } from './npm-lock.ts';
import { nodeReasons } from './reasons.ts';
import { bunLockProblem, isBerryLock, pnpmLockProblem, pnpmLockVersion, yarnLockProblem } from './text-locks.ts';

const { explain } = nodeReasons;

/** Options that mean the same with `npm ci` or a frozen lockfile. */
const kept =
  /^(--production(=true)?|--prod|-P|--omit=\w+|--only=\w+|--include=\w+|--no-audit|--audit=false|--no-fund|--fund=false|--legacy-peer-deps|--force|-f|--ignore-scripts|--silent|-s|--quiet|-q|--verbose|-d|--loglevel(=\w+)?|--no-progress|--progress=false|--prefer-offline|--unsafe-perm(=true)?|--network-timeout(=\d+)?|--fetch-timeout(=\d+)?|--registry(=\S+)?|--prefix(=\S+)?|--cwd(=\S+)?|--no-optional|--ignore-engines|--non-interactive|--no-cache|--cache(=\S+)?|--no-update-notifier|--maxsockets(=\d+)?|--fetch-retries(=\d+)?|--omit|--only|--include)$/;
const frozen = /^(--frozen-lockfile|--immutable(-cache)?|--frozen|--pure-lockfile)/;

export function lockedInstalls(reading: Reading<NodeFacts>): Answer<readonly Replacement[]> {
  const { facts } = reading;
  const open = installs(reading, facts).filter(
    ({ call }) => call.packages.length === 0 && !call.exact && !call.options.some((word) => frozen.test(word)),
  );
  const [first] = open;
  if (first === undefined) return installs(reading, facts).length === 0 ? notKnown(explain('no-install')) : known([]);
  if (/^(update|up|upgrade)$/.test(first.command.argv[1] ?? '')) return known([]);
  const lock = lockOf(reading, facts, first);
  if (typeof lock === 'object') return notKnown(lock);
  const problem = lockProblem(reading, facts, first, lock);
  if (problem !== undefined) return notKnown(problem);
  const replaced: Replacement[] = [];
  for (const install of open) {
    const text = frozenText(install, reading.project.read(lock) ?? '');
    if (text === undefined)
      return notKnown(
        explain('options-unclear', { command: install.command.argv.join(' ') }, { at: install.command.span }),
      );
    replaced.push({ command: install.command, text, because: `${lock} decides what \`${text}\` installs` });
  }
  return known(replaced, { file: lock, says: 'in step with package.json' });
}

/** Context path of the tool's lockfile, which must stand beside the manifest when the install runs. */
function lockOf(reading: Reading<NodeFacts>, facts: NodeFacts, install: Install): string | Reason {
  const { tool } = install.call;
  const path = toolLock(facts, install);
  if (path === undefined) return explain('no-lock', { locks: tool.locks.join(' or ') });
  const changed = changedBefore(reading, install.cwd, install.command.span.start);
  if (changed !== undefined) return changed;
  return isBeside(reading, install, path, install.command.span.start)
    ? path
    : explain('lock-not-copied', { file: path, command: install.command.argv.join(' ') });
}

function toolLock(facts: NodeFacts, { call }: Install): string | undefined {
  return call.tool.locks.map((name) => posix.join(facts.directory, name)).find((one) => facts.locks.includes(one));
}

/** Have the copies before this place brought the lockfile to where the install runs? */
function isBeside(reading: Reading, { command, cwd }: Install, lock: string, before: number): boolean {
  const earlier = reading.copies.filter((copy) => copy.instruction.span.start < before);
  const at = posix.join(cwd, posix.basename(lock));
  return contextPath(earlier, command.position.stage, at, reading.project) === lock;
}

/** A lockfile that the install did not have, and that a later COPY brings to its side: it says something else than is there. */
export function laterLock(reading: Reading<NodeFacts>, facts: NodeFacts, install: Install): string | undefined {
  const lock = toolLock(facts, install);
  if (lock === undefined || isBeside(reading, install, lock, install.command.span.start)) return undefined;
  return isBeside(reading, install, lock, Number.POSITIVE_INFINITY) ? lock : undefined;
}

/**
 * A lockfile that a COPY brings, again or for the first time, after an install that did not do exactly what it says. Its path
 * in the context.
 */
export function foreignLock(reading: Reading<NodeFacts>, facts: NodeFacts, install: Install): string | undefined {
  const { call, command, cwd } = install;
  const lock = toolLock(facts, install);
  if (lock === undefined || call.exact) return undefined;
  const later = reading.copies.filter((copy) => copy.instruction.span.start > command.span.start);
  const at = posix.join(cwd, posix.basename(lock));
  if (contextPath(later, command.position.stage, at, reading.project) !== lock) return undefined;
  return call.options.includes('--no-package-lock') || !locksExactly(reading, facts, install) ? lock : undefined;
}

/** The lockfile that the install has is the one of the project, and a frozen install would take it. */
export function locksExactly(reading: Reading<NodeFacts>, facts: NodeFacts, install: Install): boolean {
  const lock = toolLock(facts, install);
  return (
    lock !== undefined &&
    isBeside(reading, install, lock, install.command.span.start) &&
    lockProblem(reading, facts, install, lock) === undefined
  );
}

function lockProblem(
  reading: Reading<NodeFacts>,
  facts: NodeFacts,
  install: Install,
  path: string,
): Reason | undefined {
  const { manifest } = facts;
  if (manifest === undefined) return explain('no-manifest', { directory: facts.directory || 'the build context' });
  const members = facts.members();
  if (members === undefined) return explain('workspaces-unclear', { file: manifest.file });
  const { tool } = install.call;
  const major = nodeMajor(reading, install.command);
  if (tool.name !== 'bun' && major === undefined) return explain('tool-version', { tool: tool.title });
  const text = reading.project.read(path) ?? '';
  const differs = (problem: string | undefined) =>
    problem === undefined
      ? undefined
      : explain('lock-differs', { file: path, problem }, { evidence: [{ file: path, says: problem }] });
  // npm, pnpm and Yarn 1 leave out of a frozen install what is not there; Bun (issues 5792, 28402) and Yarn 2 write the lockfile anew
  const absent = members.find(({ file }) => !isBrought(reading, install, file));
  if (absent !== undefined && (tool.name === 'bun' || (tool.name === 'yarn' && isBerryLock(text))))
    return explain('lock-members', { file: path, member: posix.dirname(absent.file) });
  switch (tool.name) {
    case 'npm':
      return npmProblem(facts, path, major ?? 0, ignoresPeers(reading, facts, install), differs);
    case 'yarn': {
      const berry = isBerryLock(text);
      const modern = usesBerry(facts);
      if (berry !== modern)
        return explain('lock-old', { file: path, version: berry ? '2 or later' : '1', tool: tool.title });
      return differs(yarnLockProblem(text, [manifest, ...members]));
    }
    case 'pnpm':
      return pnpmVersionFits(reading, facts, pnpmLockVersion(text))
        ? differs(pnpmLockProblem(text, manifest))
        : explain('lock-old', { file: path, version: pnpmLockVersion(text) ?? 'none', tool: tool.title });
    default:
      return path.endsWith('.lockb') ? explain('lock-binary', { file: path }) : differs(bunLockProblem(text, manifest));
  }
}

/** `legacy-peer-deps`, as an option or in the `.npmrc` beside the install: npm does not look at peers. */
function ignoresPeers(reading: Reading, { directory }: NodeFacts, install: Install): boolean {
  if (install.call.options.some((word) => /^--legacy-peer-deps(=true)?$/.test(word))) return true;
  const settings = posix.join(directory, '.npmrc');
  return (
    /^\s*legacy-peer-deps\s*=\s*["']?true/m.test(reading.project.read(settings) ?? '') &&
    isBeside(reading, install, settings, install.command.span.start)
  );
}

/** npm 7 (Node.js 15) needs peers in the lock, which version 1 does not have; npm 6 does not read version 3. */
function npmProblem(
  facts: NodeFacts,
  path: string,
  major: number,
  peersIgnored: boolean,
  differs: (problem: string | undefined) => Reason | undefined,
): Reason | undefined {
  const lock = facts.npmLock();
  const { manifest } = facts;
  if (lock === undefined || manifest === undefined) return differs('it is not valid JSON');
  const old = explain('lock-old', { file: path, version: lock.version, tool: 'npm' });
  if (major < 10 || (lock.version === 1 ? major >= 15 : lock.version >= 3 && major < 15)) return old;
  if (lock.version === 1) return differs('version 1 does not record the ranges of package.json');
  return differs(npmLockProblem(lock, manifest, facts.members() ?? [], peersIgnored));
}

/** Does the project run Yarn 2 or later? */
export function usesBerry(facts: NodeFacts): boolean {
  const settings = facts.project.read(posix.join(facts.directory, '.yarnrc.yml'));
  return /^yarn@([2-9]|\d\d)/.test(facts.manifest?.packageManager ?? '') || /^yarnPath:/m.test(settings ?? '');
}

function pnpmVersionFits(reading: Reading<NodeFacts>, facts: NodeFacts, version: string | undefined): boolean {
  const words = reading.commands.flatMap(({ argv }) => argv);
  const spec =
    words.map((word) => /^pnpm@(.+)$/.exec(word)?.[1]).find((one) => one !== undefined) ??
    /^pnpm@(.+)$/.exec(facts.manifest?.packageManager ?? '')?.[1];
  const major = spec === undefined || /latest/.test(spec) ? 99 : Number.parseInt(spec.replace(/^\D+/, ''), 10);
  if (version?.startsWith('9') === true) return major >= 9;
  if (version?.startsWith('6') === true) return major === 8;
  return version?.startsWith('5.4') === true && major === 7;
}

function frozenText({ command, call }: Install, lock: string): string | undefined {
  const words = command.command.words.slice(-command.argv.length).map((word) => word.raw);
  if (!command.literal || command.command.redirects.length > 0 || command.command.words.length !== command.argv.length)
    return undefined;
  const values = new Set(
    call.options.flatMap((word, at) =>
      /^--(loglevel|network-timeout|fetch-timeout|registry|prefix|cwd|cache|omit|only|include|maxsockets|fetch-retries)$/.test(
        word,
      )
        ? [at + 1]
        : [],
    ),
  );
  if (call.options.some((word, at) => !values.has(at) && !kept.test(word))) return undefined;
  const assigned = command.command.assignments.map(({ name, value }) => `${name}=${value?.raw ?? ''} `).join('');
  const options = words.slice(1).filter((word, at) => at > 0 || word.startsWith('-'));
  const rest = options.filter((word) => !/^(install|i|in)$/.test(word));
  const tail = rest.length === 0 ? '' : ` ${rest.join(' ')}`;
  if (call.tool.name === 'npm') return `${assigned}${words[0]} ci${tail}`;
  const flag = isBerryLock(lock) ? '--immutable' : '--frozen-lockfile';
  return `${assigned}${words[0]} install ${flag}${tail}`;
}
