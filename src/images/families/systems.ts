/** Operating systems and scratch: official debian, ubuntu, alpine, buildpack-deps@8330ca1, busybox. */
import {
  DEFAULT_PATH,
  type Described,
  type Family,
  ROOT,
  type Seen,
  shellCommand,
  ubuntuUsers,
  WWW_DATA,
} from '../family.ts';
import type { ImageConfig } from '../image.ts';
import { codenameOf } from '../release.ts';
import type { Tag } from '../tag.ts';
import type { Layer } from '../tools.ts';

function bare(layer: Layer): Partial<ImageConfig> {
  return { cmd: shellCommand(layer), env: { PATH: DEFAULT_PATH } };
}

export const debian: Family = {
  id: 'debian',
  repositories: ['debian'],
  role: 'os',
  product: 'debian',
  describe({ tag }: Seen): Described {
    return {
      version: undefined,
      variant: tag.slim ? 'slim' : 'full',
      layer: 'debian',
      release: tag.version === undefined ? undefined : codenameOf('debian', tag.version.split('.')[0] ?? ''),
      config: bare('debian'),
      configKnown: true,
      users: [ROOT, WWW_DATA],
      adds: [],
    };
  },
};

export const ubuntu: Family = {
  id: 'ubuntu',
  repositories: ['ubuntu'],
  role: 'os',
  product: 'ubuntu',
  describe({ tag, release }: Seen): Described {
    const named = tag.version === undefined ? undefined : codenameOf('ubuntu', tag.version);
    return {
      version: undefined,
      variant: 'full',
      layer: 'ubuntu',
      release: named,
      config: bare('ubuntu'),
      configKnown: true,
      users: ubuntuUsers(release ?? named),
      adds: [],
    };
  },
};

export const alpine: Family = {
  id: 'alpine',
  repositories: ['alpine'],
  role: 'os',
  product: 'alpine-linux',
  describe({ tag }: Seen): Described {
    const branch = /^\d+\.\d+/.exec(tag.version ?? '')?.[0];
    return {
      version: undefined,
      variant: 'alpine',
      layer: 'alpine',
      release: branch === undefined ? undefined : `alpine${branch}`,
      config: bare('alpine'),
      configKnown: true,
      users: [ROOT],
      adds: [],
    };
  },
};

/** amazonlinux/container-images: no user besides root, no shadow-utils. */
export const amazonLinux: Family = {
  id: 'amazonlinux',
  repositories: ['amazonlinux', 'public.ecr.aws/amazonlinux/amazonlinux'],
  role: 'os',
  product: 'amazon-linux',
  describe({ tag }: Seen): Described | undefined {
    const release = { '2': 'al2', '2023': 'al2023', latest: 'al2023' }[tag.version?.split('.')[0] ?? tag.text];
    if (release === undefined) return undefined;
    return {
      version: undefined,
      variant: 'full',
      layer: 'amazon',
      release,
      config: bare('amazon'),
      configKnown: true,
      users: [ROOT],
      adds: [],
      lacks: ['useradd', 'groupadd', 'adduser', 'addgroup'],
    };
  },
};

export const buildpackDeps: Family = {
  id: 'buildpack-deps',
  repositories: ['buildpack-deps'],
  role: 'build-only',
  describe({ tag, release }: Seen): Described {
    const kind = tag.words.find((word) => word === 'curl' || word === 'scm');
    const onUbuntu = release !== undefined && !['sid', 'forky'].includes(release) && isUbuntu(release);
    const layer: Layer = kind === 'curl' ? 'buildpack-curl' : kind === 'scm' ? 'buildpack-scm' : 'buildpack';
    return {
      version: undefined,
      variant: kind ?? 'full',
      layer,
      config: onUbuntu ? bare('ubuntu') : bare('debian'),
      configKnown: true,
      users: onUbuntu ? ubuntuUsers(release) : [ROOT, WWW_DATA],
      adds: [],
    };
  },
};

function isUbuntu(release: string): boolean {
  return [
    'trusty',
    'xenial',
    'bionic',
    'focal',
    'jammy',
    'noble',
    'oracular',
    'plucky',
    'questing',
    'resolute',
    'stonking',
  ].includes(release);
}

export const scratch: Family = {
  id: 'scratch',
  repositories: ['scratch'],
  role: 'os',
  describe({ ref }: Seen): Described | undefined {
    if (ref.tag !== undefined || ref.digest !== undefined) return undefined;
    return {
      version: undefined,
      variant: 'scratch',
      layer: 'none',
      config: { user: undefined, env: {} },
      configKnown: true,
      users: [],
      adds: [],
    };
  },
};

export const busybox: Family = {
  id: 'busybox',
  repositories: ['busybox'],
  role: 'os',
  describe({ tag }: Seen): Described {
    return {
      version: tag.version,
      variant: busyboxLibc(tag),
      layer: 'unknown',
      config: { cmd: ['sh'], env: { PATH: DEFAULT_PATH } },
      configKnown: true,
      users: [ROOT],
      adds: [
        'sh',
        'ash',
        'busybox',
        'wget',
        'nc',
        'cat',
        'ls',
        'cp',
        'mv',
        'rm',
        'mkdir',
        'chown',
        'chmod',
        'vi',
        'ps',
        'tar',
      ],
      lacks: ['bash', 'curl', 'git', 'apk', 'apt-get', 'python', 'python3', 'node'],
    };
  },
};

function busyboxLibc(tag: Tag): string {
  return tag.words.find((word) => /^(glibc|musl|uclibc)$/.test(word)) ?? 'full';
}
