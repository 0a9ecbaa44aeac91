/** Where Prisma keeps a SQLite database (Prisma documentation, "SQLite connector": `file:` is relative to the schema file). */
import { posix } from 'node:path';
import { lineAt } from '../../project/sources.ts';
import type { Reading } from '../../reading/reading.ts';
import type { NodeFacts } from './facts.ts';
import { production } from './manifest.ts';
import type { Write } from './writes.ts';

/** The database file that a schema with the provider `sqlite` names; without a place when only the start decides on it. */
export function prismaWrites(reading: Reading<NodeFacts>, facts: NodeFacts): readonly Write[] {
  const { manifest, project, directory } = facts;
  if (manifest === undefined || !production(manifest).has('@prisma/client')) return [];
  const name = [
    ...(manifest.prismaSchema === undefined ? [] : [manifest.prismaSchema]),
    'prisma/schema.prisma',
    'schema.prisma',
  ].find((one) => project.kind(posix.join(directory, one)) === 'file');
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

function setting(reading: Reading, { project, directory }: NodeFacts, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const set = reading.contract.env[name];
  if (set !== undefined) return set;
  const file = posix.join(directory, '.env');
  const text = project.sends(file) ? project.read(file) : undefined;
  return new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=\\s*["']?([^"'\\s#]+)`, 'm').exec(text ?? '')?.[1];
}
