import { directStart, startsItsWords } from '../src/reading/direct-start.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: `CMD program word` => `CMD ["program", "word"]`, the same for ENTRYPOINT.
 * Safe because: the shell only splits the line into words, its first word is a program that the kernel can start, and what
 * stands before CMD (an ENTRYPOINT of this file or of the base) starts the words it is given.
 * Refuses when: the shell expands, sets, redirects or joins something, the program is a script without an interpreter, or
 * arguments that the shell dropped would reach the program.
 * Leaves alone: exec form, a shell that hands over with `exec`, the start command of the base image.
 */
export const execForm = defineTransform({
  name: 'exec-form',
  summary: 'start the program itself instead of a shell that starts it',
  tags: ['runtime'],
  default: false,
  changes: ['CMD', 'ENTRYPOINT'],
  reasons: {
    'already-exec': 'the start command is in exec form already',
    'no-start': 'the start command is the one of the base image',
    'hands-over': 'the shell in line {line} hands over to the program with `exec`',
    'in-other-stage': 'the {keyword} in line {line} belongs to the stage {stage}, which may be an image of its own',
    'base-unknown': {
      says: 'it is not known which ENTRYPOINT and SHELL the base image {image} has, and they decide what starts',
      settle: 'write an ENTRYPOINT',
    },
    'entrypoint-decides': {
      says: 'the words of CMD go to `{entrypoint}`, and what it does with them depends on the words',
      settle: 'write CMD in exec form yourself once you know that it starts them',
    },
    'cmd-becomes-arguments': {
      says: 'the shell ignores CMD ({cmd}); in exec form ENTRYPOINT would get it as arguments',
      settle: 'remove CMD',
    },
    'compose-arguments': {
      says: 'the service {service} in {file} has a command, which the shell ignores; in exec form ENTRYPOINT would get it',
      settle: 'remove `command` from the service',
    },
    direct: '{program} is process 1 without a shell in between, so the signals of `docker stop` reach it',
    'arguments-arrive': 'arguments of `docker run` reach {program} now; the shell dropped them',
  },
  run(reading, explain) {
    const { entrypoint, cmd, inherited } = reading.start;
    if (inherited) return done(explain('no-start'));
    const instruction = entrypoint?.form === 'shell' ? entrypoint : cmd;
    if (instruction === undefined || instruction.form !== 'shell') return done(explain('already-exec'));
    const position = reading.chain.find((one) => one.instruction === instruction);
    const { keyword, firstLine: line } = instruction;
    if (position !== undefined && position.stage !== reading.stage)
      return refuse(explain('in-other-stage', { keyword, line, stage: position.stage.name ?? position.stage.index }));
    if (keyword === 'ENTRYPOINT' && (reading.contract.cmd?.length ?? 0) > 0)
      return refuse(explain('cmd-becomes-arguments', { cmd: reading.contract.cmd?.join(' ') ?? '' }));
    const service = reading.project.services().find((one) => one.command !== undefined && one.entrypoint === undefined);
    if (keyword === 'ENTRYPOINT' && service !== undefined)
      return refuse(explain('compose-arguments', { service: service.name, file: service.file }));
    if (reading.base === undefined || (entrypoint === undefined && !reading.base.configKnown))
      return refuse(explain('base-unknown', { image: reading.contract.from }));
    if (keyword === 'CMD') {
      const before = reading.contract.entrypoint ?? [];
      if (before.length > 0 && !startsItsWords(reading, before))
        return refuse(explain('entrypoint-decides', { entrypoint: before.join(' ') }));
    }
    const direct = directStart(reading, instruction);
    if ('code' in direct)
      return handsOver(instruction.body.text) ? done(explain('hands-over', { line })) : refuse(direct);
    const { program, edits } = direct;
    return {
      kind: 'change',
      edits,
      because: [explain('direct', { program }, { at: instruction.span })],
      notes: keyword === 'ENTRYPOINT' ? [explain('arguments-arrive', { program })] : [],
    };
  },
});

/** The last command of the text is an `exec`. */
function handsOver(text: string): boolean {
  return /(^|&&|;)[ \t]*exec[ \t][^;&|]+$/.test(text);
}
