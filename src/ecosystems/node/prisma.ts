/** Where Prisma keeps a SQLite database (Prisma documentation, "SQLite connector": `file:` is relative to the schema file). */
import { posix } from 'node:path';
import type { Project } from '../../project/project.ts';
import { lineAt } from '../../project/sources.ts';
import type { Reading } from '../../reading/reading.ts';
import type { NodeFacts } from './facts.ts';
import { production, readManifest } from './manifest.ts';
import type { Write } from './writes.ts';

/** The database file that a schema with the provider `sqlite` names; without a place when only the start decides on it. */
export function prismaWrites(reading: Reading<NodeFacts>, facts: NodeFacts): readonly Write[] {
  const { manifest, project, directory } = facts;
  if (manifest === undefined || !production(manifest).has('@prisma/client')) return [];
  const name = schemaFile(project, directory, manifest.prismaSchema);
  if (name === undefined) return [];
  const file = posix.join(directory, name);
  const text = project.read(file) ?? '';
  const source = /^[ \t]*datasource\s+\w+\s*\{([^}]*)\}/m.exec(text);
  const settings = source?.[1] ?? '';
  if (source === null || !/\bprovider\s*=\s*"sqlite"/.test(settings)) return [];
  const url = /\burl\s*=\s*(?:"([^"]*)"|env\(\s*"(\w+)"\s*\))/.exec(settings);
  const place = /^file:([^?]+)/.exec(url?.[1] ?? setting(reading, facts, url?.[2]) ?? '')?.[1];
  const path = place === undefined || posix.isAbsolute(place) ? place : posix.join(posix.dirname(name), place);
  return [
    {
      value: path === undefined ? undefined : { kind: 'path', path, directory: false },
      makes: false,
      evidence: {
        file,
        line: lineAt(text, source.index),
        says: url?.[0].replaceAll(/\s+/g, ' ') ?? 'provider = "sqlite"',
      },
    },
  ];
}

/** Where `prisma migrate dev` writes what it finds changed, beside the schema; relative to the package directory. */
export function migrationsDirectory(project: Project, directory: string): string | undefined {
  const named = readManifest(project, posix.join(directory, 'package.json'))?.prismaSchema;
  const name = schemaFile(project, directory, named);
  return name === undefined ? undefined : posix.join(posix.dirname(name), 'migrations');
}

/** Relative to the package directory. */
function schemaFile(project: Project, directory: string, named: string | undefined): string | undefined {
  return [...(named === undefined ? [] : [named]), 'prisma/schema.prisma', 'schema.prisma'].find(
    (one) => project.kind(posix.join(directory, one)) === 'file',
  );
}

/**
 * Directories outside of `node_modules` that the generators of a schema write, relative to the package directory (Prisma
 * documentation, "Generators": `output` is relative to the schema file); in a few words why they are not known.
 */
export function generated(project: Project, directory: string, option?: string): readonly string[] | string {
  const named = option ?? readManifest(project, posix.join(directory, 'package.json'))?.prismaSchema;
  const settled = project.list(directory).some((name) => name.startsWith('prisma.config.'));
  const name =
    named === undefined || schemaFile(project, directory, named) === named
      ? schemaFile(project, directory, named)
      : undefined;
  if (name === undefined || settled) return 'the Prisma schema is not where it is looked for';
  const text = project.read(posix.join(directory, name)) ?? '';
  const found: string[] = [];
  for (const [, body = ''] of text.matchAll(/^[ \t]*generator\s+\w+\s*\{([^}]*)\}/gm)) {
    const output = /\boutput\s*=\s*(?:"([^"]*)")?/.exec(body);
    if (output !== null) {
      if (output[1] === undefined) return `an output in ${name} is not literal`;
      found.push(posix.join(posix.dirname(name), output[1]));
    } else if (!/\bprovider\s*=\s*"prisma-client-js"/.test(body)) return `${name} has a generator that names no output`;
  }
  return found.filter((path) => !/(^|\/)node_modules(\/|$)/.test(path));
}

function setting(reading: Reading, { project, directory }: NodeFacts, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const set = reading.contract.env[name];
  if (set !== undefined) return set;
  const file = posix.join(directory, '.env');
  const text = project.sends(file) ? project.read(file) : undefined;
  return new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=\\s*["']?([^"'\\s#]+)`, 'm').exec(text ?? '')?.[1];
}
