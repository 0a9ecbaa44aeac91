import { defineReasons } from '../../reason.ts';

export const jvmReasons = defineReasons('jvm', {
  'not-started': 'the start command runs no jar',
  'class-path': { says: '`{command}` starts a class from a class path, whose files are not named one by one', settle: 'start a jar with `java -jar`' },
  'jar-variable': { says: 'the jar `{word}` depends on a value that is not known here', settle: 'name the jar in CMD or ENTRYPOINT' },
  'not-built': { says: '{path} is started, but no command here puts it there', settle: 'start the jar where the build leaves it' },
  'no-listener': { says: 'nothing in the project says that the program listens on a port', settle: 'pass --healthcheck http:<path> or cmd:<command>' },
  'port-unclear': { says: 'the port is set to `{value}`, which is not known here', settle: 'pass --healthcheck cmd:<command>' },
} as const);
