import { defineReasons } from '../../reason.ts';

/** What no JVM tool can know; shared by all of them. */
export const jvmReasons = defineReasons('jvm', {
  'no-install': 'no Maven or Gradle command fetches dependencies here',
  'not-started': {
    says: 'the start command runs no jar, class or script that is known here',
    settle: 'start the program with `java -jar <path>`',
  },
  'class-path': {
    says: '`{command}` has a class path that depends on values not known here',
    settle: 'write the class path out',
  },
  'argument-file': {
    says: 'the options of the start command are in the file {word}, which is not read',
    settle: 'write the options into the start command',
  },
  'jar-variable': {
    says: 'the jar `{word}` depends on a value that is not known here',
    settle: 'name the jar in CMD or ENTRYPOINT',
  },
  'not-built': {
    says: '{path} is started, but no command here puts it there',
    settle: 'start the jar where the build leaves it',
  },
  'no-folder': {
    says: 'the program lives in {path} and may need files beside it, and that directory cannot be copied as a whole',
    settle: 'set a WORKDIR of its own before the first COPY',
  },
  'needs-jdk': {
    says: '{where} uses {what}, which a runtime image without the JDK does not have',
    settle: 'pass --runtime keep, or name an image with a JDK',
  },
  'child-process': {
    says: '{where} starts a program whose name is not written there, so it is not known what the runtime image must have',
    settle: 'pass --runtime keep',
  },
  'no-listener': {
    says: 'nothing in the project says that the program listens on a port',
    settle: 'pass --healthcheck http:<path> or cmd:<command>',
  },
  'server-unclear': {
    says: 'the program may listen with {library}, on a port that is not known here',
    settle: 'pass --healthcheck cmd:<command>',
  },
  'declared-elsewhere': {
    says: '{name} may declare what the program listens with, and it is not in the build context',
    settle: 'pass --healthcheck http:<path> or cmd:<command>',
  },
  'port-unclear': {
    says: 'the port is set to `{value}` in {where}, which is not known here',
    settle: 'pass --healthcheck cmd:<command>',
  },
  'port-contradicts': {
    says: 'EXPOSE says {exposed}, and nothing in the project sets another port than the default {port}',
    settle: 'correct EXPOSE, or pass --healthcheck cmd:<command>',
  },
} as const);
