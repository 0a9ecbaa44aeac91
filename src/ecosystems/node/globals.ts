/** Programs that are installed for everybody in the final image or its build. */
import { posix } from 'node:path';
import type { Reading } from '../../reading/reading.ts';
import type { NodeFacts } from './facts.ts';

/** Names that `npm install -g` and corepack put on PATH, as far as they are known. */
export function globalPrograms(reading: Reading): ReadonlySet<string> {
  return new Set(reading.commands.flatMap(({ work }) => (work.role === 'tool' ? (work.provides ?? []) : [])));
}

/** A program that corepack only stands in for: it is downloaded when it first runs. */
export function throughCorepack(reading: Reading, program: string): boolean {
  const named = (argv: readonly string[]) => argv.slice(2).some((word) => word.replace(/@.*$/, '') === program);
  const corepack = reading.commands.filter(({ argv }) => argv[0] === 'corepack');
  if (
    corepack.some(({ argv }) => (argv[1] === 'prepare' && argv.includes('--activate')) || argv[1] === 'use') &&
    corepack.some(({ argv }) => argv[1] !== 'enable' && named(argv))
  )
    return true;
  const installed = reading.commands.some(
    ({ argv, work }) => argv[0] !== 'corepack' && work.provides?.includes(program) === true,
  );
  return !installed && corepack.some(({ argv }) => argv[1] === 'enable') && (program === 'pnpm' || program === 'yarn');
}

/** Does a RUN have corepack download the very version that it starts later? Then the same RUN brings it in any stage. */
export function isPreparedExactly({ commands, facts }: Reading<NodeFacts>, program: string): boolean {
  const prepared = commands
    .filter(({ argv }) => argv[0] === 'corepack' && argv[1] === 'prepare' && argv.includes('--activate'))
    .flatMap(({ argv }) => argv.filter((word) => word.startsWith(`${program}@`)))
    .at(-1);
  const wanted = facts.manifest?.packageManager?.replace(/\+.*$/, '');
  return prepared !== undefined && /@\d+\.\d+\.\d+$/.test(prepared) && (wanted === undefined || wanted === prepared);
}

/**
 * The version that pnpm makes itself into when it starts: from version 10 on it downloads the one of `packageManager` into the
 * home directory, unless it is that one or a setting forbids it (pnpm documentation, "managePackageManagerVersions", "pmOnFail").
 */
export function switchedPnpm({ commands, facts, contract }: Reading<NodeFacts>): string | undefined {
  const wanted = /^pnpm@([^+]+)/.exec(facts.manifest?.packageManager ?? '')?.[1];
  const call = commands.findLast(({ work }) => work.role === 'tool' && work.provides?.includes('pnpm') === true);
  if (wanted === undefined || call === undefined || call.argv[0] === 'corepack') return undefined;
  const spec = call.argv.map((word) => /^pnpm@(.+)$/.exec(word)?.[1]).find((one) => one !== undefined) ?? 'latest';
  if (spec === wanted || Number.parseInt(spec.replace(/^[^\da-z]+/, ''), 10) < 10) return undefined;
  const settings = ['.npmrc', 'pnpm-workspace.yaml']
    .map((name) => facts.project.read(posix.join(facts.directory, name)) ?? '')
    .join('\n');
  const kept =
    /^\s*(manage-package-manager-versions\s*=\s*false|managePackageManagerVersions:\s*false|pmOnFail:\s*ignore)/m;
  const set = Object.entries(contract.env).some(
    ([name, value]) => /^(npm|pnpm)_config_manage_package_manager_versions$/i.test(name) && value === 'false',
  );
  return kept.test(settings) || set ? undefined : wanted;
}
