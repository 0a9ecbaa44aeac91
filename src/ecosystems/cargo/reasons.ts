import { defineReasons } from '../../reason.ts';

export const cargoReasons = defineReasons('cargo', {
  'needs-sources': {
    says: '{file} has {what}, so Cargo does not read it without more of the project',
    settle: 'nothing: the build stays as it is',
  },
  'not-locked': {
    says: 'without Cargo.lock a layer with what was fetched would keep packages that the build no longer takes',
    settle: 'commit Cargo.lock, and copy it before the build',
  },
  'command-unclear': {
    says: '`{command}` is not a plain Cargo build of this project, so the fetch before it cannot be written',
    settle: 'run `cargo build` in the directory of Cargo.toml, without settings of its own',
  },
  'run-flag': {
    says: 'the build runs with {flag}, which a fetch in a layer of its own would not share',
    settle: 'nothing: what is mounted is kept between builds already',
  },
  'no-install': 'no Cargo command fetches anything here',
  'not-built': {
    says: '{path} is started, but no command here puts it there',
    settle: 'start the program where Cargo leaves it',
  },
  'start-unclear': {
    says: 'it is not known which program `{command}` starts',
    settle: 'start the program by its path',
  },
  'many-files': {
    says: 'the program may read {count} places of {path} besides its sources',
    settle: 'put the files it reads into one directory',
  },
  'shared-libraries': {
    says: '{file} has {what}, whose shared libraries lie in the target directory',
    settle: 'name the runtime files yourself',
  },
  'libraries-unknown': {
    says: '{file} has {what}, and it is not known which libraries of the system it links',
    settle: 'install its runtime packages in the runtime stage and name the image yourself',
  },
  'no-lock': {
    says: 'without Cargo.lock it is not known which libraries of the system the dependencies link',
    settle: 'commit Cargo.lock, and copy it before the build',
  },
  'executes-unknown': {
    says: '{where} executes a program whose name is not known here',
    settle: 'name the runtime image yourself',
  },
  'no-listener': {
    says: 'nothing in the sources says that the program listens on a port',
    settle: 'pass --healthcheck http:<path> or cmd:<command>',
  },
  'port-unclear': {
    says: 'the program listens ({where}), but not on one port that is known here',
    settle: 'pass --healthcheck cmd:<command>',
  },
} as const);
