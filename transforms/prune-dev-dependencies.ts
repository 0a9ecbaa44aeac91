import { keywordLike } from '../src/dockerfile/edit.ts';
import { insertBehind } from '../src/dockerfile/rewrite.ts';
import { isWithin } from '../src/reading/commands.ts';
import type { Reading } from '../src/reading/reading.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: a build stage whose dependencies are copied to the runtime stage => the same with a pruning RUN at its end.
 * Safe because: pruning happens where the install happened, with the same tool, and runs no script of the project; nothing
 * that starts, and no source that runs, uses a development dependency.
 * Refuses when: the start command or a source needs one, or that cannot be told.
 * Leaves alone: single-stage files (pruning there makes the image larger) and installs that leave them out already.
 */
export const pruneDevDependencies = defineTransform({
  name: 'prune-dev-dependencies',
  summary: 'drop development dependencies before they are copied to the runtime stage',
  tags: ['story', 'size', 'security'],
  default: true,
  changes: [],
  reasons: {
    'no-install': 'no dependency install that dfmigrate knows runs here',
    'no-context': {
      says: 'the build context is not known, so it cannot be told what is a development dependency',
      settle: 'run dfmigrate on the file in its project, or pass --context',
    },
    'single-stage':
      'there is no build stage to prune in; removing files in the image that installed them saves nothing',
    'nothing-to-prune': 'no development dependencies are installed, or they are dropped already',
    'not-carried': 'what the install brings is not copied to the runtime stage',
    pruned: 'nothing that runs needs {drops}',
  },
  run(reading, explain) {
    if (!reading.project.present) return refuse(explain('no-context'));
    const { ecosystem } = reading;
    const install = reading.commands.findLast(
      (command) => command.owner === ecosystem?.name && command.work.role === 'dependencies',
    );
    if (ecosystem === undefined || install === undefined) return done(explain('no-install'));
    if (install.position.stage === reading.stage) return done(explain('single-stage'));
    const answer = ecosystem.prune(reading);
    if (!answer.known) return refuse(answer.why);
    if (answer.value === undefined) return done(explain('nothing-to-prune'));
    const { stage } = install.position;
    if (!carried(reading, answer.value.from ?? install.cwd)) return done(explain('not-carried'));
    const end = reading.positions.findLast((position) => position.stage === stage);
    if (end === undefined) return done(explain('no-install'));
    const text = end.workdir === install.cwd ? answer.value.command : `cd ${install.cwd} && ${answer.value.command}`;
    return {
      kind: 'change',
      edits: [insertBehind(reading.file, end.instruction, [`${keywordLike(reading.file, 'RUN')} ${text}`])],
      because: [explain('pruned', { drops: answer.value.drops }, { evidence: answer.evidence })],
    };
  },
});

/** A later stage copies the directory they are dropped from, one around it, or something in it. */
function carried(reading: Reading, directory: string | undefined): boolean {
  if (directory === undefined) return false;
  return reading.copies.some(
    (copy) =>
      typeof copy.from === 'object' &&
      copy.origins.some((origin) => isWithin(origin.source, directory) || isWithin(directory, origin.source)),
  );
}
