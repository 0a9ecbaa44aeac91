import { defineReasons } from '../../reason.ts';

/** The same sentences for every package manager; the owner is `node`. */
export const nodeReasons = defineReasons('node', {
  'no-install': 'no package manager installs anything here',
  'no-manifest': {
    says: '{directory} has no package.json',
    settle: 'pass --context with the directory the Dockerfile is built in',
  },
  'adds-packages': {
    says: '`{command}` installs packages that the manifest does not decide on',
    settle: 'list them in package.json and install from it',
  },
  'needs-sources': {
    says: 'the install runs `{script}` ({name}), which may need the sources',
    settle: 'run it in a RUN of its own behind the source copy, and install with --ignore-scripts',
  },
  'local-package': {
    says: '{name} is installed from {path}, which is not in the build context',
    settle: 'publish it or move it into the context',
  },
  'workspaces-unclear': {
    says: 'the member packages of {file} cannot be listed',
    settle: 'name the directories of the members, or end the pattern in `/*`',
  },
  'manifest-hidden': { says: '{file} is not sent to the builder', settle: 'take it out of the ignore file' },
  'manifest-changed': {
    says: '`{command}` changes {file} before the install',
    settle: 'change the file in the project',
  },
  'no-lock': { says: 'there is no {locks} beside the manifest', settle: 'commit the lockfile' },
  'lock-not-copied': { says: '{file} is not copied before `{command}`', settle: 'copy it together with package.json' },
  'lock-later': {
    says: '{file} comes into the image after `{command}`, so pruning by it would put other versions in place of the installed ones',
    settle: 'copy it together with package.json',
  },
  'lock-again': {
    says: '{file} comes into the image again after `{command}` did not do exactly what it says, so pruning by it would put other versions in place of the installed ones',
    settle: 'commit a lockfile that a frozen install takes',
  },
  'lock-members': {
    says: '{file} has the member {member}, whose manifest is not there when the install runs',
    settle: 'copy the manifests of all members before the install',
  },
  'lock-old': {
    says: '{file} has version {version}, which {tool} of this image does not install as it is',
    settle: 'write the lockfile anew with the version of {tool} that the image has',
  },
  'lock-differs': {
    says: '{file} does not fit: {problem}',
    settle: 'run the install once in the project and commit the lockfile',
  },
  'lock-binary': {
    says: '{file} is binary, so it is not known whether it fits',
    settle: 'write bun.lock by `bun install --save-text-lockfile` and commit it',
  },
  'tool-version': {
    says: 'it is not known which version of {tool} the image has',
    settle: 'build on an official image of the language',
  },
  'options-unclear': {
    says: '`{command}` has options that may not mean the same with a frozen lockfile',
    settle: 'write the frozen install by hand',
  },
  'no-prune': {
    says: '{tool} has no command that drops development dependencies without installing anew',
    settle: 'install with the production option in the build stage, when the build needs none of them',
  },
  'modules-moved': {
    says: '`{command}` puts the packages where no package manager looks for them',
    settle: 'install without development dependencies, when the build needs none of them',
  },
  'prune-workspaces': {
    says: '{file} has member packages, whose development dependencies cannot be dropped one by one',
    settle: 'deploy the member that is started',
  },
  'prune-argument': {
    says: 'the build argument {name} decides whether development dependencies are installed',
    settle: 'decide in the build stage',
  },
  'start-uses-development': {
    says: 'the start command needs {name}, a development dependency',
    settle: 'move {name} to dependencies',
  },
  'loads-development': {
    says: '{name}, a development dependency, is loaded without being named: {why}',
    settle: 'move {name} to dependencies',
  },
  'source-uses-development': {
    says: '{name}, a development dependency, is named in a source that runs',
    settle: 'move {name} to dependencies',
  },
  'program-unproved': {
    says: 'it is not known which package provides {program}, which starts',
    settle: 'list the package in dependencies',
  },
  'sources-unread': 'not all sources were read, so it is not known which packages they use',
  'start-unclear': { says: 'the start is not understood: {what}', settle: 'start the program with a plain command' },
  'script-missing': {
    says: 'the start calls the script {script}, which package.json does not have',
    settle: 'name a script that exists',
  },
  'corepack-at-start': {
    says: '{program} starts through corepack, which has downloaded it into the home directory of root',
    settle: 'start the program with node, install {program} with npm, or have corepack prepare an exact version of it',
  },
  'pnpm-switches': {
    says: 'pnpm starts as version {version}, which package.json names and the install has put into the home directory of root',
    settle: 'install pnpm@{version} with npm, or start the program with node',
  },
  'outside-directory': {
    says: '`{command}` runs in a directory that is not known',
    settle: 'use WORKDIR with a literal path',
  },
  'in-root': {
    says: 'the application lies in {path}, which cannot be copied as a whole, and what `{command}` leaves there is not known: {why}',
    settle: 'give the application a WORKDIR of its own',
  },
  'cache-outside': {
    says: '{name} keeps what it needs at run time in the home directory ({what})',
    settle: 'set {variable} to a directory of the application',
  },
  'plug-and-play': {
    says: 'Yarn keeps the packages outside of node_modules (Plug\u2019n\u2019Play)',
    settle: 'set `nodeLinker: node-modules`',
  },
  'talks-to-database': {
    says: '`{command}` changes a database while the image is built',
    settle: 'run it when the container starts, or before',
  },
  'program-unknown': {
    says: 'a source starts a program that is not known',
    settle: 'pass --runtime image=<reference> to name a runtime image yourself',
  },
  'addon-unknown': {
    says: '{name} runs a script of its own when it is installed, and may need libraries of the full image',
    settle: 'pass --runtime image=<reference> to name a runtime image yourself',
  },
  'browser-needed': {
    says: '{name} starts a browser, whose libraries are not listed here',
    settle: 'keep the image, or install the libraries in the Dockerfile',
  },
  'no-listener': {
    says: 'nothing in the project says that the program listens on a port',
    settle: 'pass --healthcheck http:<path> or cmd:<command>',
  },
  'port-unclear': {
    says: 'the program listens on a port that is decided when it starts',
    settle: 'write EXPOSE, or pass --healthcheck cmd:<command>',
  },
  'several-ports': {
    says: 'the program listens on several ports ({ports})',
    settle: 'pass --healthcheck cmd:<command>',
  },
} as const);
