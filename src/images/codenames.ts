/**
 * Names of the LTS lines of Node.js in tags of the image `node` (official-images, history of `library/node`): `iron-slim` is
 * `20-slim`, and `lts-iron` is `20`, of which no variants were published.
 */
const CODENAMES: Readonly<Record<string, string>> = {
  argon: '4',
  boron: '6',
  carbon: '8',
  dubnium: '10',
  erbium: '12',
  fermium: '14',
  gallium: '16',
  hydrogen: '18',
  iron: '20',
  jod: '22',
  krypton: '24',
};

/** The tag with its major version in place of the code name; tags without one and of other families stay as they are. */
export function withoutCodename(family: string, tag: string): string {
  if (family !== 'node') return tag;
  const [, lts, word = '', rest = ''] = /^(lts-)?([a-z]+)(-.*)?$/.exec(tag) ?? [];
  const major = Object.hasOwn(CODENAMES, word) ? CODENAMES[word] : undefined;
  return major === undefined || (lts !== undefined && rest !== '') ? tag : `${major}${rest}`;
}
