/** Other Pythons than python: docker-library/pypy@84c50d1, GoogleCloudPlatform/python-runtime@d4b451a. */
import { DEFAULT_PATH, type Described, type Family, ROOT, type Seen, user, WWW_DATA } from '../family.ts';
import { major, type Tag } from '../tag.ts';
import { atLeast } from './versions.ts';

/** Tags of PyPy 7.3 and newer, which stands in /opt/pypy; older ones lay in /usr/local. */
function isRecent(tag: Tag): boolean {
  if (major(tag.version) === 3 && tag.version?.includes('.') === true && !atLeast(tag.version, [3, 7])) return false;
  return !/^(\d+(\.\d+)?)(-|\.|$)/.test(tag.suffix) || /^7(\.3(\.\d+)?)?(-|$)/.test(tag.suffix);
}

export const pypy: Family = {
  id: 'pypy',
  repositories: ['pypy'],
  role: 'runtime+build',
  describe({ tag }: Seen): Described | undefined {
    if (tag.windows || !isRecent(tag)) return undefined;
    const second = major(tag.version) === 2;
    const name = second ? 'pypy' : 'pypy3';
    return {
      version: tag.version,
      variant: tag.slim ? 'slim' : 'full',
      layer: tag.slim ? 'debian+certificates' : 'buildpack',
      config: {
        cmd: [name],
        env: { PATH: `/opt/pypy/bin:${DEFAULT_PATH}`, LANG: 'C.UTF-8', PYPY_VERSION: undefined },
      },
      configKnown: true,
      users: [ROOT, WWW_DATA],
      adds: [name, 'pip', second ? 'pip2' : 'pip3'],
      open: ['python', 'python3', 'pypy', 'wish', 'tclsh'],
    };
  },
};

/** App Engine's Python runtime: several interpreters on Ubuntu 18.04, with what compiles common packages. */
export const appEnginePython: Family = {
  id: 'appengine-python',
  repositories: ['gcr.io/google_appengine/python', 'gcr.io/google-appengine/python', 'launcher.gcr.io/google/python'],
  role: 'runtime+build',
  describe(): Described {
    return {
      version: undefined,
      variant: 'full',
      layer: 'ubuntu',
      config: {
        cmd: [],
        workdir: '/app',
        env: {
          PATH: `/opt/python3.7/bin:/opt/python3.6/bin:/opt/python3.5/bin:/opt/python3.4/bin:${DEFAULT_PATH}`,
          LANG: 'C.UTF-8',
          PYTHONUNBUFFERED: '1',
          PORT: '8080',
        },
        expose: ['8080'],
      },
      configKnown: true,
      users: [ROOT, user('www-data', 33, 33, '/var/www')],
      adds: [
        'python',
        'python2',
        'python3',
        'python3.7',
        'pip',
        'pip3',
        'virtualenv',
        'gcc',
        'g++',
        'make',
        'git',
        'hg',
        'wget',
      ],
      open: ['curl', 'unzip', 'file', 'patch', 'xz', 'bzip2'],
    };
  },
};
