/** python@4f070595, ruby@d55e25ae, php@445bf414, golang@7c8c182b, docker-rust@7668ee2 and the smaller language images. */
import { DEFAULT_PATH, type Described, type Family, ROOT, type Seen, shellCommand, user, WWW_DATA } from '../family.ts';
import type { ImageUser } from '../image.ts';
import { major, type Tag, versionNumbers } from '../tag.ts';
import type { Layer } from '../tools.ts';
import { atLeast } from './versions.ts';

const DEBIAN_USERS: readonly ImageUser[] = [ROOT, WWW_DATA];
const ALPINE_USERS: readonly ImageUser[] = [ROOT];

function variantOf(tag: Tag): string {
  return tag.alpine ? 'alpine' : tag.slim ? 'slim' : 'full';
}

function usersOf(tag: Tag): readonly ImageUser[] {
  return tag.alpine ? ALPINE_USERS : DEBIAN_USERS;
}

export const python: Family = {
  id: 'python',
  repositories: ['python'],
  role: 'runtime+build',
  product: 'python',
  describe({ tag }: Seen): Described | undefined {
    if (tag.windows) return undefined;
    const { version } = tag;
    const second = major(version) === 2;
    const name = second ? 'python2' : 'python3';
    const minor = versionNumbers(version)?.slice(0, 2) ?? [];
    const exact = minor.length === 2 ? [`python${minor.join('.')}`, `pip${minor.join('.')}`] : [];
    return {
      version,
      variant: variantOf(tag),
      layer: tag.alpine ? 'alpine' : tag.slim ? 'debian+certificates' : 'buildpack',
      config: {
        cmd: [name],
        env: {
          PATH: `/usr/local/bin:${DEFAULT_PATH}`,
          // Dropped from the images of 3.13 and newer, which default to UTF-8 by themselves (python@00bfe6f2).
          ...(version !== undefined && !atLeast(version, [3, 13]) ? { LANG: 'C.UTF-8' } : {}),
          ...(tag.version === undefined ? { LANG: undefined } : {}),
          PYTHON_VERSION: undefined,
        },
      },
      configKnown: true,
      users: usersOf(tag),
      adds: ['python', name, 'pip', second ? 'pip2' : 'pip3', 'pydoc', 'python-config', 'idle', ...exact],
    };
  },
};

export const ruby: Family = {
  id: 'ruby',
  repositories: ['ruby'],
  role: 'runtime+build',
  product: 'ruby',
  describe({ tag }: Seen): Described | undefined {
    return {
      version: tag.version,
      variant: variantOf(tag),
      layer: tag.alpine ? 'alpine' : tag.slim ? 'debian+certificates' : 'buildpack',
      config: {
        cmd: ['irb'],
        env: {
          PATH: `/usr/local/bundle/bin:${DEFAULT_PATH}`,
          LANG: 'C.UTF-8',
          GEM_HOME: '/usr/local/bundle',
          BUNDLE_SILENCE_ROOT_WARNING: '1',
          BUNDLE_APP_CONFIG: '/usr/local/bundle',
          RUBY_VERSION: undefined,
        },
      },
      configKnown: atLeast(tag.version, [2, 7]),
      users: usersOf(tag),
      adds: ['ruby', 'gem', 'bundle', 'bundler', 'irb', 'rake', 'erb'],
    };
  },
};

const PHP_SAPI = {
  cli: { cmd: ['php', '-a'], adds: [], config: {} },
  zts: { cmd: ['php', '-a'], adds: [], config: {} },
  fpm: {
    cmd: ['php-fpm'],
    adds: ['php-fpm'],
    config: { workdir: '/var/www/html', expose: ['9000'], stopsignal: 'SIGQUIT' },
  },
  apache: {
    cmd: ['apache2-foreground'],
    adds: ['apache2', 'apache2ctl', 'apachectl', 'a2enmod', 'a2dismod', 'a2ensite', 'apache2-foreground'],
    config: { workdir: '/var/www/html', expose: ['80'], stopsignal: 'SIGWINCH' },
  },
} as const;

export const php: Family = {
  id: 'php',
  repositories: ['php'],
  role: 'runtime+build',
  product: 'php',
  describe({ tag }: Seen): Described | undefined {
    const sapi = tag.words.find((word) => word === 'fpm' || word === 'apache' || word === 'zts') ?? 'cli';
    const { cmd, adds, config } = PHP_SAPI[sapi as keyof typeof PHP_SAPI];
    const apache = sapi === 'apache' ? { APACHE_CONFDIR: '/etc/apache2', APACHE_ENVVARS: '/etc/apache2/envvars' } : {};
    return {
      version: tag.version,
      variant: tag.alpine ? `${sapi}-alpine` : sapi,
      layer: tag.alpine ? 'alpine' : 'debian+certificates',
      config: {
        ...config,
        entrypoint: ['docker-php-entrypoint'],
        cmd,
        env: {
          PATH: DEFAULT_PATH,
          PHP_INI_DIR: '/usr/local/etc/php',
          PHPIZE_DEPS: undefined,
          PHP_CFLAGS: undefined,
          PHP_LDFLAGS: undefined,
          PHP_VERSION: undefined,
          ...apache,
        },
      },
      configKnown: atLeast(tag.version, [7, 2]),
      users: tag.alpine ? [ROOT, user('www-data', 82, 82, '/home/www-data')] : DEBIAN_USERS,
      adds: [
        ...['php', 'phpize', 'php-config', 'pecl', 'pear', 'curl', 'openssl', 'xz', 'unxz', 'docker-php-entrypoint'],
        ...['docker-php-ext-install', 'docker-php-ext-configure', 'docker-php-ext-enable', 'docker-php-source'],
        ...(tag.alpine
          ? []
          : ['gcc', 'g++', 'cc', 'c++', 'make', 'autoconf', 'file', 'pkg-config', 're2c', 'ld', 'ar', 'strings']),
        ...adds,
      ],
    };
  },
};

export const golang: Family = {
  id: 'golang',
  repositories: ['golang'],
  role: 'build-only',
  product: 'go',
  describe({ tag }: Seen): Described | undefined {
    if (tag.windows) return undefined;
    const layer: Layer = tag.alpine ? 'alpine' : 'buildpack-scm';
    return {
      version: tag.version,
      variant: tag.alpine ? 'alpine' : 'full',
      layer,
      config: {
        workdir: '/go',
        cmd: shellCommand(layer),
        env: {
          PATH: `/go/bin:/usr/local/go/bin:${DEFAULT_PATH}`,
          GOPATH: '/go',
          GOLANG_VERSION: undefined,
          ...(atLeast(tag.version, [1, 21]) ? { GOTOOLCHAIN: 'local' } : {}),
        },
      },
      configKnown: true,
      users: usersOf(tag),
      adds: [
        ...['go', 'gofmt'],
        ...(tag.alpine
          ? ['update-ca-certificates']
          : ['gcc', 'g++', 'cc', 'c++', 'make', 'pkg-config', 'ld', 'ar', 'strings']),
      ],
      ...(tag.alpine ? { open: ['openssl'] } : {}),
    };
  },
};

export const rust: Family = {
  id: 'rust',
  repositories: ['rust'],
  role: 'build-only',
  describe({ tag }: Seen): Described | undefined {
    const layer: Layer = tag.alpine ? 'alpine' : tag.slim ? 'debian+certificates' : 'buildpack';
    return {
      version: tag.version,
      variant: variantOf(tag),
      layer,
      config: {
        cmd: shellCommand(layer),
        env: {
          PATH: `/usr/local/cargo/bin:${DEFAULT_PATH}`,
          RUSTUP_HOME: '/usr/local/rustup',
          CARGO_HOME: '/usr/local/cargo',
          RUST_VERSION: undefined,
        },
      },
      configKnown: true,
      users: usersOf(tag),
      adds: ['cargo', 'rustc', 'rustup', 'gcc', 'cc', 'ld', 'ar', 'strings'],
      open: ['openssl'],
    };
  },
};

interface Plain {
  readonly id: string;
  readonly repositories?: readonly string[];
  readonly role: Family['role'];
  readonly product?: string;
  readonly cmd: readonly string[] | undefined;
  readonly workdir?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly adds: readonly string[];
  /** Layer of the full and of the slim variant; Alpine is Alpine. */
  readonly full: Layer;
  readonly slim?: Layer;
}

/** Language images with one configuration: full, slim and alpine differ only in the layer below. */
function plain(image: Plain): Family {
  return {
    id: image.id,
    repositories: image.repositories ?? [image.id],
    role: image.role,
    ...(image.product === undefined ? {} : { product: image.product }),
    describe({ tag, release }: Seen): Described | undefined {
      if (tag.windows) return undefined;
      const layer: Layer = tag.alpine ? 'alpine' : tag.slim ? (image.slim ?? 'unknown') : image.full;
      return {
        version: tag.version,
        variant: variantOf(tag),
        layer,
        config: {
          cmd: image.cmd ?? shellCommand(layer),
          ...(image.workdir === undefined ? {} : { workdir: image.workdir }),
          env: { PATH: DEFAULT_PATH, ...image.env },
        },
        configKnown: image.env !== undefined,
        users: release === undefined ? [ROOT] : usersOf(tag),
        adds: tag.slim && image.id === 'swift' ? [] : image.adds,
      };
    },
  };
}

export const plainLanguages: readonly Family[] = [
  plain({
    id: 'gcc',
    role: 'build-only',
    cmd: undefined,
    env: {},
    adds: ['gfortran', 'gcc', 'g++'],
    full: 'buildpack',
  }),
  plain({
    id: 'perl',
    role: 'runtime+build',
    product: 'perl',
    cmd: undefined,
    workdir: '/usr/src/app',
    adds: ['perl', 'cpan', 'cpanm', 'prove'],
    full: 'buildpack',
    slim: 'unknown',
  }),
  plain({
    id: 'erlang',
    role: 'runtime+build',
    product: 'erlang',
    cmd: ['erl'],
    env: { LANG: undefined },
    adds: ['erl', 'erlc', 'escript', 'rebar3'],
    full: 'buildpack',
    slim: 'unknown',
  }),
  plain({
    id: 'elixir',
    role: 'runtime+build',
    product: 'elixir',
    cmd: ['iex'],
    env: { LANG: 'C.UTF-8' },
    adds: ['elixir', 'elixirc', 'iex', 'mix', 'erl', 'erlc'],
    full: 'buildpack',
    slim: 'unknown',
  }),
  plain({
    id: 'swift',
    role: 'runtime+build',
    cmd: undefined,
    adds: ['swift', 'swiftc', 'git'],
    full: 'unknown',
    slim: 'unknown',
  }),
  plain({ id: 'dart', role: 'build-only', cmd: undefined, workdir: '/root', adds: ['dart'], full: 'unknown' }),
  plain({
    id: 'haskell',
    role: 'build-only',
    cmd: ['ghci'],
    adds: ['ghc', 'ghci', 'cabal', 'stack'],
    full: 'unknown',
    slim: 'unknown',
  }),
];

export const composer: Family = {
  id: 'composer',
  repositories: ['composer', 'composer/composer'],
  role: 'build-only',
  describe({ tag }: Seen): Described {
    return {
      version: tag.version,
      variant: 'alpine',
      layer: 'alpine',
      config: {
        entrypoint: ['/docker-entrypoint.sh'],
        cmd: ['composer'],
        workdir: '/app',
        env: { PATH: DEFAULT_PATH, COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_HOME: '/tmp', COMPOSER_VERSION: undefined },
      },
      configKnown: true,
      users: [ROOT, user('www-data', 82, 82, '/home/www-data')],
      adds: ['composer', 'php', 'docker-php-ext-install', 'curl', 'git', 'unzip', 'bash', 'openssl'],
      open: ['svn', 'hg', 'make', 'patch', 'ssh', 'zip', '7z', 'tini', 'xz'],
    };
  },
};
