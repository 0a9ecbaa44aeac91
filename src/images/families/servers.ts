/** Web servers: docker-nginx@0d7f438, nginx-unprivileged@e26803b, official httpd and caddy. */
import { DEFAULT_PATH, type Described, type Family, ROOT, type Seen, shellCommand, user, WWW_DATA } from '../family.ts';
import type { ImageUser } from '../image.ts';
import type { Tag } from '../tag.ts';

const NGINX_USER: ImageUser = user('nginx', 101, 101, '/nonexistent');

function nginxVariant(tag: Tag): string {
  if (!tag.alpine) return 'full';
  return tag.slim ? 'alpine-slim' : 'alpine';
}

function nginxLike(unprivileged: boolean): (seen: Seen) => Described {
  return ({ tag }) => ({
    version: tag.version,
    variant: nginxVariant(tag),
    layer: tag.alpine ? 'alpine' : 'debian',
    config: {
      entrypoint: ['/docker-entrypoint.sh'],
      cmd: ['nginx', '-g', 'daemon off;'],
      expose: [unprivileged ? '8080' : '80'],
      stopsignal: 'SIGQUIT',
      ...(unprivileged ? { user: '101' } : {}),
      env: { PATH: DEFAULT_PATH, NGINX_VERSION: undefined, NJS_VERSION: undefined, PKG_RELEASE: undefined },
    },
    configKnown: true,
    users: tag.alpine ? [ROOT, NGINX_USER] : [ROOT, WWW_DATA, NGINX_USER],
    adds: ['nginx', 'envsubst', ...(tag.alpine && tag.slim ? [] : ['curl'])],
    open: ['openssl', 'update-ca-certificates'],
  });
}

export const nginx: Family = {
  id: 'nginx',
  repositories: ['nginx'],
  role: 'runtime',
  product: 'nginx',
  describe: nginxLike(false),
};

export const nginxUnprivileged: Family = {
  id: 'nginx-unprivileged',
  repositories: [
    'nginxinc/nginx-unprivileged',
    'ghcr.io/nginx/nginx-unprivileged',
    'ghcr.io/nginxinc/nginx-unprivileged',
  ],
  role: 'runtime',
  product: 'nginx',
  describe: nginxLike(true),
};

export const httpd: Family = {
  id: 'httpd',
  repositories: ['httpd'],
  role: 'runtime',
  describe({ tag }: Seen): Described {
    return {
      version: tag.version,
      variant: tag.alpine ? 'alpine' : 'full',
      layer: tag.alpine ? 'alpine' : 'debian',
      config: {
        cmd: ['httpd-foreground'],
        workdir: '/usr/local/apache2',
        expose: ['80'],
        stopsignal: 'SIGWINCH',
        env: {
          PATH: `/usr/local/apache2/bin:${DEFAULT_PATH}`,
          HTTPD_PREFIX: '/usr/local/apache2',
          HTTPD_VERSION: undefined,
        },
      },
      configKnown: true,
      users: tag.alpine ? [ROOT, user('www-data', 82, 82, '/home/www-data')] : [ROOT, WWW_DATA],
      adds: ['httpd', 'httpd-foreground', 'apachectl', 'ab', 'htpasswd'],
      open: ['curl', 'openssl', 'update-ca-certificates'],
    };
  },
};

export const caddy: Family = {
  id: 'caddy',
  repositories: ['caddy'],
  role: 'runtime',
  describe({ tag }: Seen): Described | undefined {
    if (tag.windows) return undefined;
    const builder = tag.words.includes('builder');
    return {
      version: tag.version,
      variant: builder ? 'builder' : 'alpine',
      layer: 'alpine',
      config: {
        cmd: builder
          ? shellCommand('alpine')
          : ['caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
        workdir: builder ? '/usr/bin' : '/srv',
        expose: builder ? [] : ['80', '443', '443/udp', '2019'],
        env: { PATH: DEFAULT_PATH, XDG_CONFIG_HOME: '/config', XDG_DATA_HOME: '/data', CADDY_VERSION: undefined },
      },
      configKnown: !builder,
      users: [ROOT],
      adds: builder ? ['xcaddy', 'go', 'git'] : ['caddy', 'update-ca-certificates'],
      open: ['openssl', 'curl'],
    };
  },
};
