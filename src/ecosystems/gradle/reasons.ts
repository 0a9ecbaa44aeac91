import { defineReasons } from '../../reason.ts';

export const gradleReasons = defineReasons('gradle', {
  'cache-volume': {
    says: "{image} declares Gradle's cache as a volume, and what a RUN writes there does not reach the next one in every builder",
    settle: 'set GRADLE_USER_HOME to another directory',
  },
  'several-projects': {
    says: '{file} includes several projects, and a report of dependencies resolves only the one it runs on',
    settle: 'nothing: the build stays as it is',
  },
  'build-code': {
    says: '{file} uses {what}, so the build needs more than its build files',
    settle: 'nothing: the build stays as it is',
  },
  'command-unclear': {
    says: '`{command}` is not a plain Gradle build, so the step before it cannot be written',
    settle: 'run `gradle` with tasks and options only',
  },
  'run-flag': {
    says: 'the build runs with {flag}, which a step in a layer of its own would not share',
    settle: 'nothing: what is mounted is kept between builds already',
  },
} as const);
