/** Which programs the `go` commands of a Dockerfile leave where (`go help build`: "The -o flag", `go help install`). */
import { posix } from 'node:path';
import { resolvePath } from '../../reading/commands.ts';
import { contextDirectory } from '../../reading/origins.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import { environmentOf, type GoCommand, goCommand, isForeignPackage, programNameOf } from './command.ts';
import { type GoFacts, localDirectory, mainDirectories } from './packages.ts';

export interface Output {
  /** Absolute path in the image. */
  readonly path: string;
  readonly command: ReadCommand;
  /** Context directory of its main package; `undefined`: another project, or not known. */
  readonly main: string | undefined;
}

/** Every program the commands build or install, in order. Commands that are not clear contribute none. */
export function outputsOf(reading: Reading<GoFacts>): readonly Output[] {
  return reading.commands.flatMap((command) => {
    const go = goCommand(command);
    if (go !== undefined) return go.clear ? outputsOfCommand(reading, go, command) : [];
    return wrapperOutput(command);
  });
}

function outputsOfCommand(reading: Reading<GoFacts>, go: GoCommand, command: ReadCommand): readonly Output[] {
  const cwd = go.flags.has('C') ? resolvePath(command.cwd, go.flags.get('C') ?? '') : command.cwd;
  if (cwd === undefined) return [];
  if (go.verb === 'install' || (go.verb === 'get' && !go.flags.has('d'))) return installed(reading, go, command, cwd);
  if (go.verb !== 'build') return [];
  const programs = programsOf(reading, go, command, cwd);
  const target = go.flags.get('o');
  if (target === undefined || target === '') {
    return programs.length === 1 && !matchesSeveral(reading, go)
      ? [at(posix.join(cwd, programs[0]?.name ?? ''), command, programs[0]?.main)]
      : [];
  }
  const path = resolvePath(cwd, target);
  if (path === undefined || path === '/dev/null') return [];
  const directory = target.endsWith('/') || programs.length > 1 || isDirectory(reading, command, path);
  if (directory) return programs.map(({ name, main }) => at(posix.join(path, name), command, main));
  return [at(path, command, programs[0]?.main)];
}

function at(path: string, command: ReadCommand, main: string | undefined): Output {
  return { path, command, main };
}

/** With several packages and no `-o`, `go build` only checks that they compile. */
function matchesSeveral(reading: Reading<GoFacts>, go: GoCommand): boolean {
  const packages = go.operands.filter((one) => !one.endsWith('.go'));
  const wild = packages.some((one) => one.endsWith('...'));
  return packages.length > 1 || (wild && reading.facts.sources().byDirectory.size > 1);
}

function installed(reading: Reading<GoFacts>, go: GoCommand, command: ReadCommand, cwd: string): readonly Output[] {
  const bin = installDirectory(reading, command);
  if (bin === undefined) return [];
  const foreign = go.operands.filter((one) => isForeignPackage(one, reading.facts.mod?.module));
  if (foreign.length > 0) return foreign.map((one) => at(posix.join(bin, programNameOf(one)), command, undefined));
  return programsOf(reading, go, command, cwd).map(({ name, main }) => at(posix.join(bin, name), command, main));
}

/** `GOBIN`, else `bin` of the first `GOPATH`, else `~/go/bin` of root. */
export function installDirectory(reading: Reading<GoFacts>, command: ReadCommand): string | undefined {
  const bin = environmentOf(command, 'GOBIN', reading.commands);
  if (bin !== undefined && bin !== '') return resolvePath(command.cwd, bin);
  const path = environmentOf(command, 'GOPATH', reading.commands)?.split(':')[0];
  if (path !== undefined && path !== '') return /[$`]/.test(path) ? undefined : posix.join(path, 'bin');
  return command.position.user === undefined || /^(root|0)$/.test(command.position.user) ? '/root/go/bin' : undefined;
}

interface Built {
  readonly name: string;
  readonly main: string | undefined;
}

function programsOf(reading: Reading<GoFacts>, go: GoCommand, command: ReadCommand, cwd: string): readonly Built[] {
  const operands = go.operands.length === 0 ? ['.'] : go.operands;
  const files = operands.filter((one) => one.endsWith('.go'));
  if (files.length > 0) {
    const first = files[0] ?? '';
    const directory = contextOf(reading, command, resolvePath(cwd, posix.dirname(first)) ?? cwd);
    return [{ name: posix.basename(first, '.go'), main: directory }];
  }
  return operands.flatMap((operand) => packagesOf(reading, command, cwd, operand));
}

function packagesOf(reading: Reading<GoFacts>, command: ReadCommand, cwd: string, operand: string): readonly Built[] {
  const { facts } = reading;
  const wild = /(^|\/)\.\.\.$/.test(operand);
  const path = wild ? operand.replace(/\/?\.\.\.$/, '') || '.' : operand;
  const named =
    facts.mod === undefined || path.startsWith('.') || path.startsWith('/')
      ? undefined
      : localDirectory(facts.mod, path);
  const image = resolvePath(cwd, path);
  const directory = named ?? (image === undefined ? undefined : contextOf(reading, command, image));
  if (wild)
    return directory === undefined
      ? []
      : mainDirectories(facts, directory).map((main) => ({ name: nameOf(reading, command, main, undefined), main }));
  if (directory !== undefined && !isProgram(facts, directory)) return [];
  return [{ name: nameOf(reading, command, directory, image), main: directory }];
}

/** A directory whose sources are another package than `main` builds nothing; one that holds no readable source may. */
function isProgram(facts: GoFacts, directory: string): boolean {
  const sources = facts.sources().byDirectory.get(directory);
  return sources === undefined || sources.some((one) => one.package === 'main');
}

/** The module path, when one is declared or made by `go mod init` in the image, and the way to the package; else the directory's own name. */
function nameOf(
  reading: Reading<GoFacts>,
  command: ReadCommand,
  directory: string | undefined,
  image: string | undefined,
): string {
  const { mod, root } = reading.facts;
  if (mod !== undefined && directory !== undefined)
    return programNameOf(posix.join(mod.module, posix.relative(root, directory)));
  const made = reading.commands.map((one) => goCommand(one)).find((go) => go?.verb === 'mod' && go.action === 'init');
  const name = made?.operands[0];
  if (made !== undefined && name !== undefined && made.placed.cwd !== undefined && image !== undefined) {
    return programNameOf(posix.join(name, posix.relative(made.placed.cwd, image)));
  }
  return programNameOf(image ?? command.cwd ?? '');
}

function contextOf(reading: Reading<GoFacts>, command: ReadCommand, image: string): string | undefined {
  return contextDirectory(reading.copies, command.position.stage, image, reading.project);
}

/** A directory that a copy brings, or that a command before made. */
function isDirectory(reading: Reading<GoFacts>, command: ReadCommand, path: string): boolean {
  const context = contextOf(reading, command, path);
  if (context !== undefined && reading.project.kind(context) === 'directory') return true;
  if (reading.positions.some((one) => one.workdir === path)) return true;
  return reading.commands.some(
    (one) => one.argv[0] === 'mkdir' && one.work.writes?.includes(path) === true && one.span.start < command.span.start,
  );
}

/** `go-wrapper install` of the golang images up to 1.9 installs under the name of the directory. */
function wrapperOutput(command: ReadCommand): readonly Output[] {
  if (command.argv[0] !== 'go-wrapper' || command.argv[1] !== 'install' || command.cwd === undefined) return [];
  return [at(posix.join('/go/bin', posix.basename(command.cwd)), command, undefined)];
}
