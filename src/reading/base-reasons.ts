/** Why a final stage cannot run on another base. */
import { defineReasons } from '../reason.ts';

export const baseReasons = defineReasons('base', {
  'builds-here': {
    says: 'the build runs on this base ({program} in line {line}); without a runtime stage it cannot be swapped',
    settle: 'add a runtime stage, as split-stages does where it can',
  },
  'libc-bound': {
    says: 'what was installed is bound to {libc}, which {image} does not have',
    settle: 'use --runtime slim',
  },
  'package-manager-changes': '{image} has another package manager than the one line {line} calls',
  'release-changes': 'line {line} installs packages, and {image} has another release of the system with other packages',
  'package-unknown': 'the package {package} is not known to exist for {image}',
  'release-archived': {
    says: 'the program needs {packages}, which {image} does not bring and apt no longer finds, as the packages of {release} were moved to an archive',
    settle: 'name an image of a newer release',
  },
  'program-lost': {
    says: '{image} does not have {program}, which {by} runs',
    settle: 'install {program} in the runtime stage',
  },
  'program-elsewhere': {
    says: 'the start command runs {path}, and in {image} that program lies elsewhere',
    settle: 'start it by its name',
  },
  'run-lost': 'line {line} runs `{program}`, which {image} is not known to have',
  'run-unreadable': 'the RUN in line {line} is not understood, so it is not known what it needs of the base',
  'entrypoint-lost': {
    says: '{from} starts `{entrypoint}` by itself, and {image} does not do the same',
    settle: 'write ENTRYPOINT and CMD',
  },
  'setting-lost': 'the base {from} sets {setting}, which is used here, to a value that is not known',
  'temporary-lost': { says: '{image} has no /tmp, in which {by} makes files', settle: 'use --runtime distroless' },
  'needs-shell': '{by} needs a shell, which {image} does not have',
  'platforms-lost': {
    says: '{image} exists for {platforms} only',
    settle: 'build for one of these platforms, or name another image with --runtime image=<reference>',
  },
} as const);
