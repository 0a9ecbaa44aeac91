/**
 * Sources that a framework's build takes apart, so that the packages they name are not looked for when the program starts.
 * Sources: documentation of `@sveltejs/adapter-node` ("Development dependencies will be bundled into your app"), of Nuxt
 * ("Deployment": `.output` is complete) and of Next.js (`output: standalone` holds its settings).
 */
import { posix } from 'node:path';
import type { SourceText } from '../../project/sources.ts';
import { isWithin } from '../../reading/commands.ts';
import type { Leaf } from './expand.ts';
import type { NodeFacts } from './facts.ts';
import { nativePackage } from './native.ts';
import { literalUse } from './sources.ts';

/** Sources whose packages are looked for at run time. */
export function runningSources(facts: NodeFacts, leaves: readonly Leaf[]): readonly SourceText[] {
  const { directory } = facts;
  const { files } = facts.sources();
  const compiled = posix.join(directory, 'src');
  const svelte = isSvelteKit(facts);
  const nuxt = leaves.length > 0 && leaves.every(isNitro);
  return files.filter(
    ({ path }) =>
      !(svelte && isWithin(path, compiled)) && !(nuxt && /^nuxt\.config\./.test(posix.relative(directory, path))),
  );
}

/** A bundle has no place for a binary: what has one stays, whoever names it. */
export function bundledAddon(facts: NodeFacts, names: ReadonlySet<string>): ReturnType<typeof literalUse> {
  const native = new Set([...names].filter((name) => nativePackage(name) !== undefined));
  return native.size === 0 ? undefined : literalUse(facts.sources().files, native);
}

function isSvelteKit({ project, directory }: NodeFacts): boolean {
  return ['svelte.config.js', 'svelte.config.ts'].some((name) =>
    /@sveltejs\/adapter-node['"]/.test(project.read(posix.join(directory, name)) ?? ''),
  );
}

/** The server that Nitro writes, for Nuxt and others. */
export function isNitro({ argv: [program, file = ''] }: Leaf): boolean {
  return program === 'node' && /(^|\/)\.output\/server\/index\.mjs$/.test(file);
}

/** The server that Next.js writes for itself, with its settings in it. */
export function isStandalone({ argv: [program, file = ''] }: Leaf): boolean {
  return program === 'node' && /(^|\/)\.next\/standalone\/server\.js$/.test(file);
}
