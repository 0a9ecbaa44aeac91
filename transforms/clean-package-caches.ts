import type { Evidence, Reason } from '../src/answer.ts';
import type { Edit } from '../src/dockerfile/edit.ts';
import type { Run } from '../src/dockerfile/model.ts';
import { cacheFindings, hasCacheMount } from '../src/reading/package-caches.ts';
import type { Reading } from '../src/reading/reading.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: a RUN of the shipped stage that installs packages => the same, leaving no lists, index or download cache behind.
 * Safe because: what is installed stays the same; only files that the package manager fetches again by itself, or that a
 * later RUN fetches before it needs them, are missing from the layer.
 * Refuses when: a later RUN installs from the lists this one fetched, or the commands are not one plain list.
 * Leaves alone: build stages, which are not shipped, RUNs with a cache mount, RUNs that clean up already.
 */
export const cleanPackageCaches = defineTransform({
  name: 'clean-package-caches',
  summary: 'leave no package lists and download caches in the shipped layers',
  tags: ['size'],
  default: false,
  changes: [],
  reasons: {
    'nothing-cached': 'no package manager leaves a cache in the shipped stage',
    'relied-on': {
      says: 'the RUN in line {by} installs from what `{manager}` fetched in line {line}',
      settle: 'let the RUN in line {by} fetch its own lists',
    },
    'own-layer': {
      says: 'the package lists that `{manager}` uses in line {line} lie in an earlier layer, and removing them here frees nothing',
      settle: 'fetch the lists and install in one RUN',
    },
    'not-a-list': {
      says: 'the commands in line {line} are not one plain list, so nothing can be put behind them',
      settle: 'join them with `&&`',
    },
    cleaned: '`{manager}` leaves {what} out of the layer of line {line}',
    'without-cache': '{because}',
  },
  run(reading, explain) {
    const findings = cacheFindings(reading);
    const edits: Edit[] = [];
    const because: Reason[] = [];
    for (const finding of findings) {
      if (finding.kind !== 'clean') continue;
      const { manager, what, run, edit } = finding;
      edits.push(edit);
      because.push(explain('cleaned', { manager, what, line: run.firstLine }, { evidence: [shown(run)] }));
    }
    for (const { command, text, because: why } of fromEcosystems(reading)) {
      edits.push({ span: command.span, text });
      because.push(explain('without-cache', { because: why }, { evidence: [shown(command.instruction)] }));
    }
    const open = findings.flatMap((finding): Reason[] => {
      const { manager, run } = finding;
      if (finding.kind === 'clean') return [];
      const ground = { at: run.span };
      if (finding.kind === 'relied')
        return [explain('relied-on', { manager, line: run.firstLine, by: finding.by.firstLine }, ground)];
      if (finding.kind === 'own-layer') return [explain('own-layer', { manager, line: run.firstLine }, ground)];
      return [explain('not-a-list', { line: run.firstLine }, ground)];
    });
    if (edits.length > 0) return { kind: 'change', edits, because, notes: open };
    return open[0] === undefined ? done(explain('nothing-cached')) : refuse(open[0]);
  },
});

/** Installs of build tools in the shipped stage that keep a download cache, outside of cache mounts. */
function fromEcosystems(reading: Reading) {
  const stages = new Set(reading.chain.map((position) => position.stage));
  const all = reading.active.flatMap(({ ecosystem, facts, directory }) => {
    const answer = ecosystem.withoutCache?.({ ...reading, ecosystem, facts, directory });
    if (answer?.known !== true) return [];
    return answer.value.filter(
      ({ command }) => stages.has(command.position.stage) && !hasCacheMount(command.instruction),
    );
  });
  return all.filter(
    (one, index) => all.findIndex((other) => other.command.span.start === one.command.span.start) === index,
  );
}

function shown(run: Run): Evidence {
  return { file: 'Dockerfile', line: run.firstLine, says: `RUN ${run.body.text}`.slice(0, 200) };
}
