import { defineReasons } from '../../reason.ts';

export const goReasons = defineReasons('go', {
  'no-install': 'no Go command runs here that fetches modules',
  'no-module': {
    says: 'there is no go.mod, so no list of dependencies that could be fetched first',
    settle: 'add a go.mod with `go mod init`',
  },
  'module-made-here': {
    says: '`{command}` makes go.mod while the image is built, so there is no manifest to copy first',
    settle: 'commit go.mod and go.sum',
  },
  'get-needs-sources': {
    says: '`{command}` looks up what the sources import, so it cannot run before they are copied',
    settle: 'commit a complete go.mod and go.sum, and use `go mod download`',
  },
  'no-sum': { says: '{file} has requirements and there is no go.sum beside it', settle: 'commit go.sum' },
  vendored: 'the dependencies are in the vendor directory, so nothing is fetched',
  workspace: {
    says: '{file} joins several modules, and a download needs the go.mod of each',
    settle: 'build with GOWORK=off, or copy the manifests by hand',
  },
  'replace-outside': {
    says: '{file}:{line} replaces a module with {path}, which is not in the build context',
    settle: 'use the repository root as the build context',
  },
  'command-unclear': {
    says: '`{command}` depends on values that are not known here',
    settle: 'write package and output out',
  },
  'start-unclear': {
    says: 'it is not known which program `{command}` starts',
    settle: 'start the program by its path',
  },
  'not-built': {
    says: '{path} is started, but no command here puts it there',
    settle: 'start the program where `go build` leaves it',
  },
  'root-directory': {
    says: 'the sources stand in {path}, together with the system, and the program may read files there ({why})',
    settle: 'use a WORKDIR',
  },
  'compose-runs-go': {
    says: 'the service {service} in {file} runs `{command}`, which needs the Go tool chain in the image',
    settle: 'give that service a stage or a Dockerfile of its own',
  },
  'make-runs-tool': {
    says: '{file} runs `{command}` in the container, a tool that stays behind in the build stage',
    settle: 'run it from an image of its own',
  },
  'executes-unknown': {
    says: '{where} executes a program whose name is not known here',
    settle: 'name the runtime image yourself',
  },
  'libraries-unknown': {
    says: '{module} links shared libraries, and it is not known which packages bring them',
    settle: 'install its runtime packages in the runtime stage and name the image yourself',
  },
  plugins: {
    says: '{where} loads Go plugins, which are bound to the image they were built in',
    settle: 'keep the base',
  },
  'sources-unread': 'not all Go sources below {directory} can be read',
  'no-listener': {
    says: 'nothing in the sources says that the program listens on a port',
    settle: 'pass --healthcheck http:<path> or cmd:<command>',
  },
  'port-unclear': {
    says: 'the program listens ({where}), but its port is not known here',
    settle: 'pass --healthcheck cmd:<command>',
  },
  'port-in-settings': {
    says: '{where} loads a .env, and it is not known whether that sets {variable} to another port',
    settle: 'say the port with ENV {variable}, or pass --healthcheck cmd:<command>',
  },
  'in-subcommand': {
    says: 'the program listens in its subcommand {subcommand}, which the start does not name',
    settle: 'pass --healthcheck cmd:<command>',
  },
  'several-ports': { says: 'the program listens on several ports ({ports})', settle: 'write the one to ask in EXPOSE' },
  'symbols-used': {
    says: 'debug information may be used: {where}',
    settle: 'take the debugger out of the image, or keep the build as it is',
  },
  'build-flags-unclear': {
    says: '`{command}` gets flags that are not known here or that ask for a debug build',
    settle: 'write the flags of the release build out',
  },
} as const);
