/** The package managers as data. Sources: npm, Yarn (classic and berry), pnpm and Bun documentation; verbs as in their `--help`. */

export type ToolName = 'npm' | 'yarn' | 'pnpm' | 'bun';

export interface Tool {
  readonly name: ToolName;
  readonly title: string;
  /** Programs that are this tool. */
  readonly programs: readonly string[];
  /** Lockfiles, the one that wins first. */
  readonly locks: readonly string[];
  /** Files beside the manifest that an install reads when they are there. */
  readonly configs: readonly string[];
}

export const tools: Readonly<Record<ToolName, Tool>> = {
  npm: {
    name: 'npm',
    title: 'npm',
    programs: ['npm', 'npx'],
    locks: ['npm-shrinkwrap.json', 'package-lock.json'],
    configs: ['.npmrc'],
  },
  yarn: {
    name: 'yarn',
    title: 'Yarn',
    programs: ['yarn', 'yarnpkg'],
    locks: ['yarn.lock'],
    configs: ['.npmrc', '.yarnrc', '.yarnrc.yml', '.yarn'],
  },
  pnpm: {
    name: 'pnpm',
    title: 'pnpm',
    programs: ['pnpm', 'pnpx'],
    locks: ['pnpm-lock.yaml'],
    configs: ['.npmrc', 'pnpm-workspace.yaml', '.pnpmfile.cjs'],
  },
  bun: {
    name: 'bun',
    title: 'Bun',
    programs: ['bun', 'bunx'],
    locks: ['bun.lock', 'bun.lockb'],
    configs: ['bunfig.toml', '.npmrc'],
  },
};

/** The tool a program word belongs to. */
export function toolOf(program: string | undefined): Tool | undefined {
  const name = program?.split('/').at(-1) ?? '';
  return Object.values(tools).find((tool) => tool.programs.includes(name));
}

/** Options whose value is the next word, for any of the tools. */
export const valued: ReadonlySet<string> = new Set([
  ...[
    '--prefix',
    '-C',
    '--dir',
    '--cwd',
    '--registry',
    '--loglevel',
    '--cache',
    '--cache-folder',
    '-w',
    '--workspace',
    '--filter',
    '-F',
  ],
  ...[
    '--omit',
    '--include',
    '--only',
    '--network-timeout',
    '--network-concurrency',
    '--fetch-retries',
    '--fetch-timeout',
    '--store-dir',
  ],
  ...[
    '--python',
    '--userconfig',
    '--maxsockets',
    '--mutex',
    '--modules-folder',
    '--tag',
    '--reporter',
    '--backend',
    '--arch',
    '--platform',
  ],
]);

/** Options that name the directory the tool works in. */
export const directoryOptions: ReadonlySet<string> = new Set(['--prefix', '-C', '--dir', '--cwd']);
