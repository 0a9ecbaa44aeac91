import { defineReasons } from '../../reason.ts';

export const pythonReasons = defineReasons('python', {
  'no-install': 'no Python install runs here',
  'base-unknown': {
    says: 'nothing is known about {image}, so not where its Python keeps packages',
    settle: 'start from an official python image',
  },
  'base-contract': {
    says: 'the program needs the base it has: {image} {does}',
    settle: 'start from an official python image',
  },
  'system-python': {
    says: 'Python comes from the packages of {image}, {what}',
    settle: 'start from an official python image',
  },
  'version-unknown': {
    says: 'the packages have to stay where they are because of {where}, and the tag {image} does not say in which directory that is',
    settle: 'write the minor version into the tag',
  },
  'install-unclear': {
    says: '`{command}` installs to or from a place that is not known here',
    settle: 'write the path out',
  },
  'build-writes-unknown': {
    says: '`{command}` runs code of the project in the build, and what it writes cannot be told',
    settle: 'run it when the container starts, or in a stage of its own',
  },
  'touches-database': {
    says: '`{command}` changes a database while the image is built',
    settle: 'run it when the container starts',
  },
  'home-data': {
    says: '`{command}` keeps its download in a home directory',
    settle: 'name a directory of the application for it',
  },
  'tool-at-start': {
    says: '`{command}` starts the program through {tool}, which then has to stay with its environment',
    settle: 'start the program itself from the environment',
  },
  'environment-unclear': {
    says: '{tool} installs into an environment whose directory is not known here',
    settle: 'install into the system, or into the project directory',
  },
  'managed-python': {
    says: 'uv may have downloaded the Python of its environment into a home directory: {why}',
    settle: 'set UV_PYTHON_DOWNLOADS=never, or ask for the Python that the image has',
  },
  'needs-sources': {
    says: '`{command}` reads {what}, so it cannot run before the sources are there',
    settle: 'nothing: the install stays behind the sources',
  },
  'manifest-made': {
    says: '`{command}` reads what another command prints, so there is no file to copy before it',
    settle: 'write what it reads into a file of the project',
  },
  'manifest-missing': { says: '{file}, which `{command}` reads, is not in the build context', settle: 'add the file' },
  'app-in-root': {
    says: 'the build changes files of the application, which lives in /, and / cannot be copied as a folder',
    settle: 'set a WORKDIR',
  },
  'programs-unknown': {
    says: '{where} starts a program whose name is not written there, and the base may have it',
    settle: 'write the name out, or pass --runtime image=<reference>',
  },
  'libraries-unknown': {
    says: '{package} ({where}) {needs}, which the full image has',
    settle: 'install what it needs by name, or keep the base',
  },
  'development-kept': {
    says: '`{command}` installs development dependencies too, and whether the program imports one of them cannot be told',
    settle: 'install without them',
  },
  'no-listener': {
    says: 'nothing in the project says that the program listens on a port',
    settle: 'pass --healthcheck http:<path> or cmd:<command>',
  },
  'port-unclear': {
    says: 'the port is set to `{value}`, which is not known here',
    settle: 'pass --healthcheck cmd:<command>',
  },
  conda: {
    says: 'a conda environment brings its own libraries and holds absolute paths',
    settle: 'nothing: the image stays as it is',
  },
} as const);
