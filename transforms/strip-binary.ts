import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: the command that compiles the program => the same, leaving symbol table, debug information and build paths out.
 * Safe because: stack traces, profiles and panics name functions and lines as before; nothing here reads what is left out,
 * and flags that are there keep their place.
 * Refuses when: a debugger or the program itself reads debug information, flags come from variables, or not all sources
 * can be read.
 * Leaves alone: builds that strip already, and programs that no compiler makes.
 */
export const stripBinary = defineTransform({
  name: 'strip-binary',
  summary: 'compile the program without debug information',
  tags: ['size'],
  default: false,
  changes: [],
  reasons: {
    'nothing-compiled': 'no command compiles a program that could be stripped',
    'already-stripped': 'the program is compiled without debug information already',
    stripped: '{because}',
  },
  run(reading, explain) {
    const { ecosystem } = reading;
    if (ecosystem?.stripped === undefined) return done(explain('nothing-compiled'));
    const answer = ecosystem.stripped(reading);
    if (!answer.known)
      return answer.why.code.endsWith('/no-install') ? done(explain('nothing-compiled')) : refuse(answer.why);
    if (answer.value.length === 0) return done(explain('already-stripped'));
    return {
      kind: 'change',
      edits: answer.value.map(({ command, text }) => ({ span: command.span, text })),
      because: answer.value.map(({ command, because }) =>
        explain(
          'stripped',
          { because },
          {
            evidence: [
              { file: 'Dockerfile', line: command.instruction.firstLine, says: command.argv.join(' ') },
              ...answer.evidence,
            ],
          },
        ),
      ),
    };
  },
});
