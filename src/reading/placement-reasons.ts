/** Why an instruction cannot be placed in a build or a runtime stage. */
import { defineReasons } from '../reason.ts';

export const placementReasons = defineReasons('placement', {
  'command-unknown': {
    says: 'it is not known what `{command}` writes besides {directory}, and the running program may need it',
    settle: 'move it before the first COPY, or keep its output inside {directory}',
  },
  'run-unreadable': 'the RUN in line {line} is not understood',
  'run-mixed': {
    says: 'the RUN in line {line} mixes what the build and what the running program needs in a way that cannot be taken apart',
    settle: 'give `{command}` a RUN of its own',
  },
  'moved-out': {
    says: '`{command}` puts build output at {path}, beside files of the base image',
    settle: 'give the output a directory of its own, or leave it where the build puts it',
  },
  'packages-unclear': {
    says: 'the package list `{word}` cannot be read, so it is not known what the running program needs of it',
    settle: 'write the package names out',
  },
  'copy-unclear': 'the COPY in line {line} depends on values that are not known here',
  told: 'line {line} goes to {where}, as the comment in line {comment} says',
  'tool-kept': 'the runtime image keeps {packages}: nothing shows whether the program calls it',
} as const);
