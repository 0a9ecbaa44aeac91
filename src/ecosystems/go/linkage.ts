/** Is the program static, or linked against the build image's C library? (cmd/cgo documentation; Go 1.20 release notes, "Cgo".) */
import { posix } from 'node:path';
import type { Evidence } from '../../answer.ts';
import { osAction } from '../../reading/os-packages.ts';
import { commandEvidence, type ReadCommand, type Reading } from '../../reading/reading.ts';
import { environmentOf, goCommand } from './command.ts';
import { belongsTo, type CgoModule, cgoModules, cgoPackages } from './modules.ts';
import type { GoFacts } from './packages.ts';
import type { Scan } from './scan.ts';
import { lineAt } from './source.ts';

export interface Linkage {
  readonly static: boolean;
  readonly evidence: Evidence;
  /** C code is compiled in, so libraries beside the C library may be needed. */
  readonly cgo: boolean;
}

/** How the program that this command builds is linked. Whatever is not proved static counts as linked. */
export function linkageOf(reading: Reading<GoFacts>, command: ReadCommand | undefined): Linkage {
  const linked = (evidence: Evidence): Linkage => ({ static: false, evidence, cgo: true });
  if (command === undefined) return linked({ file: 'Dockerfile', says: 'a build that is not a plain `go build`' });
  const evidence = commandEvidence(command);
  const setting = environmentOf(command, 'CGO_ENABLED', reading.commands);
  const go = goCommand(command);
  if (go?.flags.has('buildmode') === true && !/^(exe|pie|default)$/.test(go.flags.get('buildmode') ?? ''))
    return linked(evidence);
  if (setting === '0') return { static: true, evidence: { ...evidence, says: 'CGO_ENABLED=0' }, cgo: false };
  if (setting !== undefined || go?.flags.has('race') === true) return linked(evidence);
  const image = reading.baseOf(command.position.stage);
  if (
    image?.family === 'golang' &&
    image.variant === 'alpine' &&
    modern(image.version) &&
    !installsCompiler(reading, command)
  ) {
    return {
      static: true,
      evidence: {
        file: 'Dockerfile',
        line: command.position.stage.from.firstLine,
        says: `${image.ref.text} has no C compiler, so cgo is off`,
      },
      cgo: false,
    };
  }
  return linked(evidence);
}

/** Go 1.20 and newer turn cgo off when there is no C compiler; an undated tag is newer. */
function modern(version: string | undefined): boolean {
  if (version === undefined) return true;
  const [major, minor] = version.split('.').map(Number);
  return (major ?? 0) > 1 || minor === undefined || Number.isNaN(minor) || minor >= 20;
}

const compilers = /^(gcc|g\+\+|clang\d*|build-base|alpine-sdk|tcc|zig|llvm\d*|cross-.*)$/;

/** An earlier command of the stage may have installed one. */
function installsCompiler(reading: Reading<GoFacts>, before: ReadCommand): boolean {
  return reading.commands.some((command) => {
    if (command.position.stage !== before.position.stage || command.span.start > before.span.start) return false;
    const action = osAction(command);
    if (action?.kind !== 'install') return command.work.role === 'unknown';
    return (
      action.install.opaque !== undefined ||
      action.install.packages.some((one) => compilers.test(one.name) || one.name.endsWith('-dev'))
    );
  });
}

export interface Libraries {
  readonly packages: readonly {
    readonly name: string;
    readonly alpine: string | undefined;
    readonly evidence: Evidence;
  }[];
  /** A module whose libraries are not known. */
  readonly unknown: string | undefined;
}

/** System libraries of the C code that is compiled in; those that `-dev` packages of the file stand for are not repeated here. */
export function librariesOf(reading: Reading<GoFacts>, scan: Scan): Libraries {
  const { facts } = reading;
  const file = facts.mod?.file ?? 'go.mod';
  const packages: Libraries['packages'][number][] = [];
  for (const { prefix, packages: needed } of cgoModules) {
    const requirement = facts.mod?.requires.find((one) => belongsTo(one.path, prefix));
    const imported = [...scan.imports].find((one) => belongsTo(one, prefix) && isC(one));
    if (imported === undefined && (requirement === undefined || onlyC(prefix))) continue;
    if (needed === undefined) return { packages: [], unknown: prefix };
    const evidence =
      requirement === undefined
        ? { file, says: imported ?? prefix }
        : { file, line: requirement.line, says: requirement.path };
    packages.push(...needed.map((one) => ({ ...one, evidence })));
  }
  const own = scan.sources.find((source) => source.imports.includes('C'));
  if (own !== undefined) packages.push(...cplusplusOf(reading, own.path, lineAt(own.code, own.code.indexOf('"C"'))));
  else if (needsCompilerRuntime(reading, scan))
    packages.push({
      name: 'libstdc++6',
      alpine: 'libstdc++',
      evidence: { file, says: 'a C++ compiler is installed for the build' },
    });
  return { packages, unknown: undefined };
}

function isC(imported: string): boolean {
  return !/gopacket\/gopacket|google\/gopacket/.test(imported) || cgoPackages.includes(imported);
}

function onlyC(prefix: string): boolean {
  return prefix.endsWith('/gopacket');
}

function cplusplusOf(reading: Reading<GoFacts>, path: string, line: number): Libraries['packages'] {
  const directory = posix.dirname(path).replace(/^\.$/, '');
  const names = reading.project.list(directory);
  return names.some((name) => /\.(cc|cpp|cxx)$/.test(name))
    ? [{ name: 'libstdc++6', alpine: 'libstdc++', evidence: { file: path, line, says: 'import "C" with C++ sources' } }]
    : [];
}

/** On Alpine the C++ library comes with the compiler; a module of unknown make may be what it was installed for. */
function needsCompilerRuntime(reading: Reading<GoFacts>, scan: Scan): boolean {
  const known = cgoModules.some(
    ({ prefix }) =>
      [...scan.imports].some((one) => belongsTo(one, prefix)) ||
      reading.facts.mod?.requires.some((one) => belongsTo(one.path, prefix)) === true,
  );
  if (known) return false;
  return reading.commands.some((command) => {
    const action = osAction(command);
    return (
      action?.kind === 'install' &&
      action.install.manager === 'apk' &&
      action.install.packages.some((one) => /^(g\+\+|build-base|alpine-sdk)$/.test(one.name))
    );
  });
}

/** Modules with C code of the build, for the report. */
export function knownCgo(facts: GoFacts): readonly CgoModule[] {
  return cgoModules.filter(({ prefix }) => facts.mod?.requires.some((one) => belongsTo(one.path, prefix)) === true);
}
