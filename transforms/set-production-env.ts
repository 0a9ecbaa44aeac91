import { keywordLike } from '../src/dockerfile/edit.ts';
import { insertAbove, insertBehind } from '../src/dockerfile/rewrite.ts';
import type { Reading } from '../src/reading/reading.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: a runtime stage => the same with the variable that makes the program run as in production.
 * Safe because: it stands behind the last RUN, so no install or build sees it, and nothing of the project is chosen by it.
 * Refuses when: a configuration file or a line of the sources uses the value as a name, or the sources cannot be read.
 * Leaves alone: images that set the variable, programs whose start command does, programs that know no such variable.
 */
export const setProductionEnv = defineTransform({
  name: 'set-production-env',
  summary: 'tell the program that it runs in production',
  tags: ['runtime'],
  default: false,
  changes: ['ENV'],
  reasons: {
    'none-known': 'no variable is known that would make this program run as in production',
    'already-set': 'the image sets {name} already',
    set: '{name}={value}: {effect}',
    'read-by-project': '{where} compares {name}: `{line}`',
  },
  run(reading, explain) {
    const { ecosystem, file } = reading;
    if (ecosystem?.productionEnvironment === undefined) return done(explain('none-known'));
    const answer = ecosystem.productionEnvironment(reading);
    if (!answer.known) return refuse(answer.why);
    const settings = answer.value.filter(({ name }) => !(name in reading.contract.env));
    const [first] = answer.value;
    if (settings.length === 0)
      return done(first === undefined ? explain('none-known') : explain('already-set', { name: first.name }));
    const lines = settings.map(({ name, value }) => `${keywordLike(file, 'ENV')} ${name}=${value}`);
    return {
      kind: 'change',
      edits: [placed(reading, lines)],
      because: settings.map(({ name, value, effect, evidence }) =>
        explain('set', { name, value, effect }, { evidence }),
      ),
      notes: settings.flatMap(({ name, readBy }) =>
        readBy.map((one) =>
          explain(
            'read-by-project',
            { name, where: one.line === undefined ? one.file : `${one.file}:${one.line}`, line: one.says },
            { evidence: [one] },
          ),
        ),
      ),
    };
  },
});

/** Above the first instruction about the start that no RUN follows; else at the end of the stage. */
function placed(reading: Reading, lines: readonly string[]) {
  const { file, stage } = reading;
  const lastRun = stage.instructions.findLastIndex((one) => one.keyword === 'RUN');
  const start = stage.instructions
    .slice(lastRun + 1)
    .find((one) => ['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'EXPOSE'].includes(one.keyword));
  return start === undefined
    ? insertBehind(file, stage.instructions.at(-1) ?? stage.from, lines)
    : insertAbove(file, start, lines);
}
