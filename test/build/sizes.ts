/** Sizes of stand-in based images: they compare two files, and are not the sizes of the official images. */
import type { Proof } from '../../src/verify/prove.ts';

export interface SizeRow {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

export function sizeRow(name: string, proof: Proof): SizeRow {
  return { name, before: proof.before?.layers?.bytes ?? 0, after: proof.after?.layers?.bytes ?? 0 };
}

export function sizeTable(rows: readonly SizeRow[]): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`.padStart(10);
  const lines = [...rows]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, before, after }) =>
        `${name.padEnd(36)}${megabytes(before)}${megabytes(after)}${(after / before).toFixed(2).padStart(8)}`,
    );
  const head = `${'on stand-ins of the base images'.padEnd(36)}${'before'.padStart(10)}${'after'.padStart(10)}${'ratio'.padStart(8)}`;
  return [head, ...lines].join('\n');
}
