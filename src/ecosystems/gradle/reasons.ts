import { defineReasons } from '../../reason.ts';

export const gradleReasons = defineReasons('gradle', {
  'cache-volume': {
    says: "{image} declares Gradle's cache as a volume, and what a RUN writes there does not reach the next one in every builder",
    settle: 'set GRADLE_USER_HOME to another directory',
  },
  'several-projects': {
    says: '{file} includes projects that only code can name, or that have no build file which could be copied first',
    settle: 'name the projects with include, and give each a build file',
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
