/** Images outside the official library: distroless@cd080764, dotnet-docker@3ed00b61, bun, deno_docker@b7864b7, uv. */
import { entry, factsFile } from '../data-files.ts';
import { DEFAULT_PATH, type Described, type Family, ROOT, type Seen, shellCommand, user, WWW_DATA } from '../family.ts';
import type { ImageConfig, TagStatus } from '../image.ts';
import { readTag, type Tag } from '../tag.ts';
import { layerOf } from './java.ts';
import { atLeast } from './versions.ts';

const DISTROLESS = 'gcr.io/distroless/';
/** Flavours that are also published without a Debian number; it means Debian 13 now. */
const UNNUMBERED = ['static', 'base', 'base-nossl', 'cc', 'python3'];
const NONROOT = user('nonroot', 65532);

export interface DistrolessName {
  /** `nodejs22-debian13`. */
  readonly image: string;
  readonly kind: 'static' | 'base-nossl' | 'base' | 'cc' | 'java-base' | 'java' | 'nodejs' | 'python3';
  readonly version: string | undefined;
  readonly release: string | undefined;
}

/** Reads `nodejs22-debian13`; `undefined`: not a name distroless has published. */
export function distrolessName(repository: string): DistrolessName | undefined {
  const image = repository.startsWith(DISTROLESS) ? repository.slice(DISTROLESS.length) : repository;
  const match = /^(static|base-nossl|base|cc|java-base|java|nodejs|python3)(\d+)?(?:-(debian\d+))?$/.exec(image);
  if (match === null) return undefined;
  const kind = match[1] as DistrolessName['kind'];
  const release = match[3] ?? (UNNUMBERED.includes(image) ? 'debian13' : undefined);
  return { image, kind, version: kind === 'python3' ? pythonOf(release) : match[2], release };
}

function pythonOf(release: string | undefined): string | undefined {
  return entry({ debian11: '3.9', debian12: '3.11', debian13: '3.13' }, release ?? '');
}

/** Published names are listed; the tags are always the same four, with an optional architecture. */
export function distrolessStatus(repository: string, tag: string): TagStatus {
  const name = distrolessName(repository);
  if (
    name === undefined ||
    !/^(latest|nonroot|debug|debug-nonroot)(-(amd64|arm64|arm|s390x|ppc64le|riscv64))?$/.test(tag)
  ) {
    return 'unknown';
  }
  if (UNNUMBERED.includes(name.image)) return 'exists';
  if (entry(factsFile().distroless, name.image) !== undefined) return 'exists';
  const numbered = /-debian1[123]$/.test(name.image);
  return numbered ? 'never-existed' : 'unknown';
}

const DISTROLESS_START: Readonly<
  Record<string, Pick<ImageConfig, 'entrypoint'> & { readonly adds: readonly string[] }>
> = {
  java: { entrypoint: ['/usr/bin/java', '-jar'], adds: ['java'] },
  nodejs: { entrypoint: ['/nodejs/bin/node'], adds: [] },
};

export const distroless: Family = {
  id: 'distroless',
  repositories: [`${DISTROLESS}*`],
  role: 'runtime',
  describe({ ref, tag }: Seen): Described | undefined {
    const name = distrolessName(`${ref.registry}/${ref.repository}`);
    if (name === undefined) return undefined;
    const nonroot = tag.words.includes('nonroot');
    const debug = tag.words.includes('debug');
    const python = `/usr/bin/python${name.version ?? '3'}`;
    const start =
      name.kind === 'python3' ? { entrypoint: [python], adds: ['python', 'python3'] } : DISTROLESS_START[name.kind];
    return {
      version: name.version,
      variant: [name.kind, ...(debug ? ['debug'] : []), ...(nonroot ? ['nonroot'] : [])].join('-'),
      layer: 'none',
      release: name.release,
      config: {
        entrypoint: debug ? ['/busybox/sh'] : start?.entrypoint,
        user: nonroot ? '65532' : '0',
        workdir: nonroot ? '/home/nonroot' : '/',
        env: distrolessEnv(name.kind, debug),
      },
      configKnown: ref.tag !== undefined || ref.digest === undefined,
      users: [ROOT, user('nobody', 65534, 65534, '/nonexistent'), NONROOT],
      adds: [...(start?.adds ?? []), ...(debug ? ['sh', 'busybox', 'wget', 'ls', 'cat'] : [])],
      shell: false,
    };
  },
};

function distrolessEnv(kind: DistrolessName['kind'], debug: boolean): ImageConfig['env'] {
  return {
    PATH: debug ? `${DEFAULT_PATH}:/busybox` : DEFAULT_PATH,
    SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt',
    ...(kind === 'java' || kind === 'java-base' || kind === 'python3' ? { LANG: 'C.UTF-8' } : {}),
    ...(kind === 'java' ? { JAVA_VERSION: undefined } : {}),
  };
}

/** Undated tag → OS (README tag lists of dotnet-docker). */
const DOTNET_OS: Readonly<Record<string, string>> = {
  '3.1': 'buster',
  '5.0': 'buster',
  '6.0': 'bullseye',
  '7.0': 'bullseye',
  '8.0': 'bookworm',
  '9.0': 'bookworm',
  '10.0': 'noble',
};

/**
 * OS parts that sdk, aspnet and runtime share, by version: README tag lists of dotnet-docker; 6.0 and 7.0, which left the
 * lists, as public Dockerfiles use them.
 */
const DOTNET_SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  '6.0': ['', 'bullseye-slim', 'bookworm-slim', 'focal', 'jammy', 'alpine', 'alpine3.18'],
  '7.0': ['', 'bullseye-slim', 'bookworm-slim', 'jammy', 'alpine', 'alpine3.18'],
  '8.0': ['', 'bookworm-slim', 'trixie-slim', 'jammy', 'noble', 'alpine', 'alpine3.21', 'alpine3.22'],
  '9.0': ['', 'bookworm-slim', 'trixie-slim', 'noble', 'alpine', 'alpine3.21', 'alpine3.22'],
  '10.0': ['', 'noble', 'alpine'],
};
const DOTNET_CHISELED: Readonly<Record<string, readonly string[]>> = {
  '8.0': ['jammy-chiseled', 'jammy-chiseled-extra', 'noble-chiseled', 'noble-chiseled-extra'],
  '9.0': ['noble-chiseled', 'noble-chiseled-extra'],
  '10.0': ['noble-chiseled', 'noble-chiseled-extra'],
};

/** The lists are not a history: a tag outside them is unknown, never "never existed". */
export function dotnetStatus(repository: string, tagText: string): TagStatus {
  const tag = readTag(tagText);
  const kind = repository.split('/').at(-1);
  const suffix = kind === 'sdk' ? tag.suffix.replace(/^(bullseye|bookworm|trixie)$/, '$1-slim') : tag.suffix;
  const shared = entry(DOTNET_SUFFIXES, tag.version ?? '')?.includes(suffix) ?? false;
  const chiseled = kind !== 'sdk' && (entry(DOTNET_CHISELED, tag.version ?? '')?.includes(tag.suffix) ?? false);
  return shared || chiseled ? 'exists' : 'unknown';
}

export const dotnet: Family = {
  id: 'dotnet',
  repositories: ['sdk', 'aspnet', 'runtime', 'runtime-deps'].map((kind) => `mcr.microsoft.com/dotnet/${kind}`),
  role: 'runtime+build',
  product: 'dotnet',
  describe({ ref, tag, release }: Seen): Described | undefined {
    if (tag.windows) return undefined;
    const kind = ref.repository.split('/').at(-1) ?? 'sdk';
    const closed = tag.words.includes('chiseled') || tag.words.includes('distroless');
    const os = release ?? (tag.words.length === 0 ? entry(DOTNET_OS, minor(tag)) : undefined);
    const layer = closed ? 'none' : layerOf(tag, os, 'unknown');
    const since8 = atLeast(tag.version, [8]);
    const debianLike = layer === 'debian' || layer === 'ubuntu';
    return {
      version: tag.version,
      variant: [kind, ...(closed ? ['chiseled'] : []), ...(tag.alpine ? ['alpine'] : [])].join('-'),
      layer: layer === 'debian' ? 'debian+certificates' : layer,
      release: os,
      config: {
        ...(closed ? { user: '1654' } : {}),
        ...(layer === 'none' || layer === 'unknown' ? {} : { cmd: shellCommand(layer) }),
        env: dotnetEnv(kind, since8, tag.alpine),
      },
      configKnown: layer !== 'unknown' && atLeast(tag.version, [6]),
      users: [ROOT, ...(since8 ? [user('app', 1654)] : []), ...(debianLike ? [WWW_DATA] : [])],
      adds: [
        ...(kind === 'runtime-deps' ? [] : ['dotnet']),
        ...(kind === 'sdk' ? ['curl', 'pwsh', ...(debianLike ? ['git', 'wget'] : [])] : []),
        ...(layer === 'ubuntu' ? ['openssl', 'update-ca-certificates'] : []),
      ],
      open:
        kind === 'sdk'
          ? ['unzip', 'git', 'tar', 'openssl', 'update-ca-certificates']
          : layer === 'alpine'
            ? ['openssl', 'update-ca-certificates']
            : [],
      role: kind === 'sdk' ? 'build-only' : 'runtime',
    };
  },
};

function minor(tag: Tag): string {
  return /^\d+\.\d+/.exec(tag.version ?? '')?.[0] ?? '';
}

function dotnetEnv(kind: string, since8: boolean, alpine: boolean): ImageConfig['env'] {
  return {
    PATH: DEFAULT_PATH,
    DOTNET_RUNNING_IN_CONTAINER: 'true',
    ...(since8 ? { APP_UID: '1654', ASPNETCORE_HTTP_PORTS: '8080' } : { ASPNETCORE_URLS: 'http://+:80' }),
    ...(kind === 'runtime-deps' ? {} : { DOTNET_VERSION: undefined }),
    ...(kind === 'aspnet' || kind === 'sdk' ? { ASPNET_VERSION: undefined } : {}),
    ...(alpine && kind !== 'sdk' ? { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: 'true' } : {}),
    ...(kind === 'sdk'
      ? {
          DOTNET_SDK_VERSION: undefined,
          DOTNET_USE_POLLING_FILE_WATCHER: 'true',
          NUGET_XMLDOC_MODE: 'skip',
          DOTNET_NOLOGO: 'true',
        }
      : {}),
  };
}

/** Released versions as far as the end-of-life table lists their series; the variants of a release appear together. */
export function bunStatus(tag: string): TagStatus {
  return /^(latest|1|(latest-|1-|)(slim|alpine|debian)|1\.[0-3](\.\d{1,2})?(-(slim|alpine|debian))?)$/.test(tag)
    ? 'exists'
    : 'unknown';
}

export function denoStatus(tag: string): TagStatus {
  return /^((alpine|debian|ubuntu|distroless|bin)-)?(latest|1\.[2-4]\d\.\d|2\.[0-9]\.\d{1,2})$|^(alpine|debian|ubuntu|distroless)$/.test(
    tag,
  )
    ? 'exists'
    : 'unknown';
}

export const bun: Family = {
  id: 'bun',
  repositories: ['oven/bun'],
  role: 'runtime+build',
  product: 'bun',
  describe({ tag }: Seen): Described | undefined {
    const closed = tag.words.includes('distroless');
    const layer = closed ? 'none' : tag.alpine ? 'alpine' : tag.slim ? 'debian' : 'debian+certificates';
    return {
      version: tag.version,
      variant: closed ? 'distroless' : tag.alpine ? 'alpine' : tag.slim ? 'slim' : 'full',
      layer,
      config: {
        entrypoint: closed ? undefined : ['/usr/local/bin/docker-entrypoint.sh'],
        cmd: closed ? undefined : ['/usr/local/bin/bun'],
        workdir: '/home/bun/app',
        env: { PATH: undefined, BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0', BUN_INSTALL_BIN: '/usr/local/bin' },
      },
      configKnown: !closed,
      users: closed ? [] : [ROOT, ...(tag.alpine ? [] : [WWW_DATA]), user('bun', 1000)],
      adds: ['bun', 'bunx', 'docker-entrypoint.sh'],
      open: ['node', 'git', 'curl', 'unzip', 'openssl', 'update-ca-certificates', 'adduser'],
    };
  },
};

export const deno: Family = {
  id: 'deno',
  repositories: ['denoland/deno'],
  role: 'runtime+build',
  product: 'deno',
  describe({ tag }: Seen): Described | undefined {
    const kind = tag.words.find((word) => /^(alpine|debian|ubuntu|distroless|bin)$/.test(word)) ?? 'debian';
    if (kind === 'bin') return undefined;
    const layer =
      kind === 'distroless' ? 'none' : kind === 'alpine' ? 'alpine' : kind === 'ubuntu' ? 'ubuntu' : 'debian';
    const version = tag.version ?? tag.words.find((word) => /^\d+(\.\d+)*$/.test(word));
    return {
      version,
      variant: kind,
      layer,
      config: {
        entrypoint: kind === 'distroless' ? ['/tini', '--', '/bin/deno'] : ['/tini', '--', 'docker-entrypoint.sh'],
        cmd: undefined,
        env: {
          PATH: undefined,
          DENO_DIR: '/deno-dir/',
          DENO_INSTALL_ROOT: '/usr/local',
          DENO_VERSION: undefined,
          DENO_USE_CGROUPS: '1',
        },
      },
      configKnown: false,
      users: kind === 'distroless' ? [ROOT, NONROOT] : [ROOT, user('deno', kind === 'alpine' ? 1000 : 1993)],
      adds: ['deno'],
      open: ['tini', 'curl', 'openssl', 'update-ca-certificates', 'adduser'],
    };
  },
};

/** `python3.12-bookworm-slim`, with or without a uv version in front. */
export function uvPython(tag: Tag): string | undefined {
  return /(?:^|-)python(\d+\.\d+)(?:-|$)/.exec(tag.text)?.[1];
}

export const uv: Family = {
  id: 'uv',
  repositories: ['ghcr.io/astral-sh/uv'],
  role: 'build-only',
  product: 'python',
  describe({ tag }: Seen): Described | undefined {
    const version = uvPython(tag);
    const plain = version === undefined && !tag.alpine && !tag.words.includes('debian') && tag.release === undefined;
    const layer = plain ? 'none' : tag.alpine ? 'alpine' : tag.slim ? 'debian' : 'buildpack';
    return {
      version,
      variant: plain ? 'binary' : tag.alpine ? 'alpine' : tag.slim ? 'slim' : 'full',
      layer: layer === 'debian' && version !== undefined ? 'debian+certificates' : layer,
      config: plain
        ? { entrypoint: ['/uv'], workdir: '/io', env: {} }
        : {
            env: {
              PATH: version === undefined ? undefined : `/usr/local/bin:${DEFAULT_PATH}`,
              PYTHON_VERSION: undefined,
              UV_TOOL_BIN_DIR: undefined,
            },
          },
      configKnown: false,
      users: plain ? [] : [ROOT],
      adds: ['uv', 'uvx', ...(version === undefined ? [] : ['python', 'python3', `python${version}`, 'pip', 'pip3'])],
      open: ['openssl', 'update-ca-certificates'],
      ...(plain ? { shell: false } : {}),
    };
  },
};
