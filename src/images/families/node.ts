/** node: nodejs/docker-node@f27d936f. */
import { withoutCodename } from '../codenames.ts';
import { DEFAULT_PATH, type Described, type Family, ROOT, type Seen, user, WWW_DATA } from '../family.ts';
import { compareVersions, readTag, type Tag, versionNumbers } from '../tag.ts';
import { presenceByVersion } from './versions.ts';

/** Packages below Node.js in the Alpine images (docker-node `Dockerfile-alpine.template`), which install nothing by being named. */
const LIBRARIES: readonly string[] = ['libstdc++', 'libgcc'];

export const node: Family = {
  id: 'node',
  repositories: ['node'],
  role: 'runtime+build',
  product: 'nodejs',
  describe(seen: Seen): Described | undefined {
    const { tag } = seen;
    if (tag.windows) return undefined;
    const version = tag.version?.replace(/^v/, '') ?? codename(tag);
    const shipped = version ?? newest(tag);
    const yarn = presenceByVersion(shipped, [0], [26]);
    const corepack = presenceByVersion(shipped, [14, 19], [25]);
    return {
      version,
      variant: tag.alpine ? 'alpine' : tag.slim ? 'slim' : 'full',
      layer: tag.alpine ? 'alpine' : tag.slim ? 'debian' : 'buildpack',
      config: {
        entrypoint: ['docker-entrypoint.sh'],
        cmd: ['node'],
        env: { PATH: DEFAULT_PATH, NODE_VERSION: undefined, ...(yarn === 'absent' ? {} : { YARN_VERSION: undefined }) },
      },
      configKnown: hasEntrypoint(version),
      users: tag.alpine ? [ROOT, user('node', 1000)] : [ROOT, WWW_DATA, user('node', 1000)],
      adds: [
        ...['node', 'nodejs', 'npm', 'npx', 'docker-entrypoint.sh'],
        ...(tag.alpine ? LIBRARIES : []),
        ...(yarn === 'present' ? ['yarn', 'yarnpkg'] : []),
        ...(corepack === 'present' ? ['corepack'] : []),
      ],
      open: [...(yarn === 'unknown' ? ['yarn', 'yarnpkg'] : []), ...(corepack === 'unknown' ? ['corepack'] : [])],
    };
  },
};

/** `latest`, `current` and tags without a version are Node.js 26 since 2026-05-06, and never older; `lts` may be another. */
function newest(tag: Tag): string | undefined {
  const named = tag.words.filter((word) => word !== tag.release && !/^(latest|current|slim|alpine[\d.]*)$/.test(word));
  return named.length === 0 ? '26' : undefined;
}

function codename({ text }: Tag): string | undefined {
  return readTag(withoutCodename('node', text)).version;
}

/** The entrypoint script came in spring 2019; patch tags from before are frozen without it. */
function hasEntrypoint(version: string | undefined): boolean {
  const numbers = versionNumbers(version);
  if (numbers === undefined) return true;
  const [first = 0] = numbers;
  if (first === 8 || first === 10) return compareVersions(numbers, [first, 16]) >= 0;
  return first >= 12;
}
