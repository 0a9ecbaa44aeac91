import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: an install that resolves versions anew => the one that installs what the lockfile says.
 * Safe because: the lockfile is in the context, is copied before the install, and agrees with the manifest.
 * Refuses when: there is no lockfile, or it does not agree with the manifest.
 * Leaves alone: installs that obey the lockfile already.
 */
export const lockInstall = defineTransform({
  name: 'lock-install',
  summary: 'install exactly what the lockfile says',
  tags: ['story', 'reproducible'],
  default: true,
  changes: [],
  reasons: {
    'no-install': 'no dependency install that dfmigrate knows runs here',
    'no-context': {
      says: 'the build context is not known, so the lockfile cannot be read',
      settle: 'run dfmigrate on the file in its project, or pass --context',
    },
    'already-locked': 'the install obeys the lockfile already, or the tool has no other way',
    locked: '{because}',
  },
  run(reading, explain) {
    if (!reading.project.present) return refuse(explain('no-context'));
    if (reading.ecosystem === undefined) return done(explain('no-install'));
    const answer = reading.ecosystem.lockedInstalls(reading);
    if (!answer.known)
      return answer.why.code.endsWith('/no-install') ? done(explain('no-install')) : refuse(answer.why);
    if (answer.value.length === 0) return done(explain('already-locked'));
    return {
      kind: 'change',
      edits: answer.value.map(({ command, text }) => ({ span: command.span, text })),
      because: answer.value.map(({ because }) => explain('locked', { because }, { evidence: answer.evidence })),
    };
  },
});
