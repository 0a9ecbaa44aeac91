/** A commit object, as far as a bulk run reads it. */
export interface Commit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** Committer's time as git writes it: seconds since 1970 and offset, `1700000000 +0100`. */
  readonly time: string;
  readonly message: string;
}

/** `undefined`: git itself would not accept it. */
export function parseCommit(id: string, bytes: Uint8Array): Commit | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const tree = /^tree ([0-9a-f]{40,64})$/m.exec(head)?.[1];
  const time = /^committer [^\n]*> (\d{1,15} [+-]\d{4})$/m.exec(head)?.[1];
  if (tree === undefined) return undefined;
  const parents = [...head.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map(([, parent = '']) => parent);
  return { id, tree, parents, time: time ?? '0 +0000', message: end < 0 ? '' : text.slice(end + 2) };
}
