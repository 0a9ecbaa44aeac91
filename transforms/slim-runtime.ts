import type { Reason } from '../src/answer.ts';
import { keywordLike } from '../src/dockerfile/edit.ts';
import { insertBehind } from '../src/dockerfile/rewrite.ts';
import { type Candidate, candidatesFor, judge, type Verdict } from '../src/reading/base-swap.ts';
import { needsOf } from '../src/reading/needs.ts';
import { probeFor } from '../src/reading/probe.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: the runtime stage's base => its runtime counterpart (slim variant, JRE, plain OS for a native program).
 * A program linked on a tag that names no release pins the build's base to today's release, so that both stay in step.
 * Safe because: the tag exists, language version, libc family and OS release stay; every program the stage runs is in the new
 * base or is installed; what the old base's config contributed is there too, is written out, or is not used.
 * Refuses when: a program, library or inherited setting would be lost and cannot be put back.
 * Leaves alone: bases that are slim already, private and unknown bases, digests.
 */
export const slimRuntime = defineTransform({
  name: 'slim-runtime',
  summary: 'run on the smallest base that has what the program needs',
  tags: ['story', 'size', 'security', 'runtime'],
  default: true,
  changes: ['FROM', 'ENV', 'ENTRYPOINT', 'CMD', 'WORKDIR', 'USER', 'STOPSIGNAL', 'EXPOSE', 'VOLUME'],
  reasons: {
    kept: 'the base is kept as wished',
    'base-unknown': {
      says: 'nothing is known about the base image {image}',
      settle: 'pass --runtime image=<reference> to name a runtime image yourself',
    },
    'program-unknown': {
      says: 'no build tool that dfmigrate knows speaks for this program, so it is not known what it needs of its base',
      settle: 'name the runtime image yourself',
    },
    'base-variable': {
      says: 'the base {image} is chosen with a build argument, which a fixed image would overrule',
      settle: 'write the image out',
    },
    'digest-pinned': {
      says: 'the base image is pinned by digest, which only its owner may change',
      settle: 'pin the runtime image yourself',
    },
    'stage-base': 'the runtime stage is built on the stage {stage}, whose base the build needs',
    'already-slim': '{image} is a small base for this program already',
    'no-counterpart': {
      says: 'no {flavour} counterpart of {image} is known that has the same version and system',
      settle: 'pass --runtime with another flavour or image=<reference>',
    },
    swapped: '{from} → {image}: {because}',
    'packages-added': 'the program needs {packages}, which {image} does not bring',
    'in-step':
      '{from} → {image} for the build: {from} moves to newer systems, and what is linked there must find its C library in {runtime}',
    'no-probe': 'nothing in {image} can ask {path}, so it gets no healthcheck; with --runtime alpine it does',
    'end-of-life': '{what} reached its end of life on {date}',
  },
  run(reading, explain, wishes) {
    if (wishes.runtime === 'keep') return done(explain('kept'));
    const { base, stage, file, reachable } = reading;
    const image = stage.from.image;
    if (file.stages.some((one) => one !== stage && one.name === image.toLowerCase()))
      return done(explain('stage-base', { stage: image }));
    if (image.includes('$')) return refuse(explain('base-variable', { image }, { at: stage.from.imageSpan }));
    if (base === undefined) return refuse(explain('base-unknown', { image }));
    if (base.ref.digest !== undefined) return refuse(explain('digest-pinned'));
    const answer = needsOf(reading);
    if (answer === undefined) return refuse(explain('program-unknown'));
    if (!answer.known) return refuse(answer.why);
    const { value: needs, evidence } = answer;
    const candidates = candidatesFor(reading, base, needs, wishes.runtime);
    if (candidates.kind === 'none')
      return candidates.slim
        ? done(explain('already-slim', { image }))
        : refuse(explain('no-counterpart', { image, flavour: candidates.flavour }));
    const builders = reachable.filter((one) => one !== stage && one.from.image === image);
    const moves = needs.kind === 'native' && builders.length > 0 ? reading.images.floating(base) : undefined;
    const dated = moves?.dated;
    if (moves !== undefined && dated === undefined)
      return refuse(explain('no-counterpart', { image, flavour: 'slim' }));
    if (needs.keepsBase !== undefined && typeof wishes.runtime !== 'object') return refuse(needs.keepsBase);
    let first: Reason | undefined;
    for (const candidate of candidates.list) {
      const verdict = judge(reading, base, candidate, needs);
      if (verdict.fits) return swap(candidate, verdict);
      first ??= verdict.why;
    }
    return refuse(first ?? explain('no-counterpart', { image, flavour: 'slim' }));

    function swap(candidate: Candidate, verdict: Extract<Verdict, { fits: true }>) {
      const because = [
        explain('swapped', { from: image, image: candidate.image, because: candidate.because }, { evidence }),
      ];
      if (verdict.packages.length > 0)
        because.push(explain('packages-added', { packages: verdict.packages.join(', '), image: candidate.image }));
      const ended = candidate.facts.endOfLife;
      if (dated !== undefined)
        because.push(explain('in-step', { from: image, image: dated, runtime: candidate.image }));
      return {
        kind: 'change' as const,
        edits: [
          ...(dated === undefined ? [] : builders.map(({ from }) => ({ span: from.imageSpan, text: dated }))),
          { span: stage.from.imageSpan, text: candidate.image },
          ...(verdict.lines.length === 0
            ? []
            : [
                insertBehind(
                  file,
                  stage.from,
                  verdict.lines.map(([word, rest]) => `${keywordLike(file, word)} ${rest}`),
                ),
              ]),
        ],
        because,
        notes: [
          ...(ended === undefined ? [] : [explain('end-of-life', { what: ended.what, date: ended.date })]),
          ...unasked(candidate),
        ],
      };
    }

    /** A health route that the old base could ask and the new one cannot. */
    function unasked(candidate: Candidate): readonly Reason[] {
      if (wishes.runtime !== 'auto' || base === undefined || reading.ecosystem === undefined) return [];
      if (reading.chain.some(({ instruction }) => instruction.keyword === 'HEALTHCHECK')) return [];
      const listener = reading.ecosystem.listener(reading);
      if (!listener.known || listener.value.route === undefined) return [];
      if (probeFor(base, listener.value) === undefined || probeFor(candidate.facts, listener.value) !== undefined)
        return [];
      return [explain('no-probe', { image: candidate.image, path: listener.value.route })];
    }
  },
});
