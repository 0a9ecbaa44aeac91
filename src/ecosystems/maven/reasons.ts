import { defineReasons } from '../../reason.ts';

export const mavenReasons = defineReasons('maven', {
  'modules-depend': {
    says: '{file} depends on the module {module}, which a download cannot bring before it is built',
    settle: 'nothing: the build stays as it is',
  },
  'module-missing': {
    says: '{file} names the module {module}, which is not in the build context',
    settle: 'copy the whole project, or build from a POM of its own',
  },
  'parent-outside': {
    says: 'the parent of {file} is {parent}, which is not in the build context',
    settle: 'set an empty relativePath when the parent comes from a repository',
  },
  'local-files': {
    says: '{file} uses files of the project as dependencies, which a download cannot bring',
    settle: 'put them into a repository',
  },
  history: {
    says: '{file} loads an extension that reads the history of the repository, which is not there before the sources are copied',
    settle: 'nothing: the build stays as it is',
  },
  'command-unclear': {
    says: '`{command}` is not a plain Maven build of this project, so the download before it cannot be written',
    settle: 'run `mvn` with goals and options only',
  },
  'run-flag': {
    says: 'the build runs with {flag}, which a download in a layer of its own would not share',
    settle: 'nothing: what is mounted is kept between builds already',
  },
} as const);
