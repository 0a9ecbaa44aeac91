/** Progress of a build as engines print it, read line by line: which steps ran, which came from the cache, what failed. */
import type { Builder } from './engine.ts';

export interface BuildStep {
  /** As the engine names it: `[build 3/5] RUN npm ci`, or `RUN npm ci` behind `STEP 3/5:`. */
  readonly name: string;
  readonly cached: boolean;
  /** Engine's own figure for BuildKit; for the others measured by the arrival of their lines. */
  readonly seconds: number;
}

export interface BuildLog {
  line(text: string): void;
  steps(): readonly BuildStep[];
  /** Name and last lines of the step that failed, or that was under way at the end. */
  failing(): { readonly name: string; readonly tail: readonly string[] } | undefined;
}

const tailLength = 20;

interface Draft {
  readonly name: string;
  readonly started: number;
  cached: boolean;
  seconds: number | undefined;
  failed: boolean;
  readonly tail: string[];
}

/** `now` in milliseconds. */
export function buildLog(builder: Builder, now: () => number = () => performance.now()): BuildLog {
  return builder === 'buildkit' ? buildkitLog(now) : sequentialLog(now);
}

const vertex = /^#(\d{1,6}) (.*)$/;
const instruction = /^\[(?!internal\]|auth\])[^\]]{1,200}\] (?:[A-Z]+ |resolve )/;

/** `#7 [build 3/5] RUN …`, then `#7 CACHED`, `#7 0.123 output`, `#7 DONE 1.2s` or `#7 ERROR: …`. */
function buildkitLog(now: () => number): BuildLog {
  const drafts = new Map<string, Draft>();
  return {
    line: (text) => {
      const [, id = '', rest = ''] = vertex.exec(text) ?? [];
      if (id === '') return;
      const known = drafts.get(id);
      if (known === undefined || (known.name === '' && instruction.test(rest))) drafts.set(id, draft(rest, now()));
      else progress(known, rest);
    },
    steps: () =>
      finished(
        [...drafts.values()].filter(({ name }) => isOwnStep(name)),
        now,
      ),
    failing: () => failingOf([...drafts.values()]),
  };
}

/** An instruction of the file, not the loading of contexts, base images and definitions. */
function isOwnStep(name: string): boolean {
  return instruction.test(name) && !/\] FROM /.test(name);
}

function progress(step: Draft, rest: string): void {
  const done = /^DONE (\d+(?:\.\d+)?)s/.exec(rest);
  if (rest === 'CACHED') {
    step.cached = true;
    step.seconds = 0;
  } else if (done !== null) step.seconds = Number(done[1]);
  else if (rest.startsWith('ERROR: ')) {
    step.failed = true;
    keep(step, rest.slice('ERROR: '.length));
  } else if (rest !== step.name) keep(step, rest.replace(/^\d+(?:\.\d+)? /, ''));
}

const opens = /^(?:\[[^\]]{1,40}\] )?STEP \d{1,4}(?:\/\d{1,4})? ?: (.*)$/i;

/** `Step 3/5 : RUN …` (classic) or `STEP 3/5: RUN …` (buildah), then its output until the next one. */
function sequentialLog(now: () => number): BuildLog {
  const drafts: Draft[] = [];
  const close = (): void => {
    const last = drafts.at(-1);
    if (last !== undefined) last.seconds ??= (now() - last.started) / 1000;
  };
  return {
    line: (text) => {
      const name = opens.exec(text)?.[1];
      const last = drafts.at(-1);
      if (name !== undefined) {
        close();
        drafts.push(draft(name.trim(), now()));
      } else if (last === undefined) return;
      else if (/^\s*--+> (?:Using cache|Cache)/i.test(text)) {
        last.cached = true;
        last.seconds = 0;
      } else if (!/^\s*--+> |^Removing intermediate container/.test(text)) keep(last, text);
    },
    steps: () => {
      close();
      return finished(
        drafts.filter(({ name }) => !/^FROM\b|^LABEL "?dfmigrate\.verify\b/i.test(name)),
        now,
      );
    },
    failing: () => failingOf(drafts),
  };
}

function draft(name: string, started: number): Draft {
  return { name, started, cached: false, seconds: undefined, failed: false, tail: [] };
}

function keep(step: Draft, line: string): void {
  if (line.trim() === '') return;
  step.tail.push(line.slice(0, 500));
  if (step.tail.length > tailLength) step.tail.shift();
}

function finished(drafts: readonly Draft[], now: () => number): readonly BuildStep[] {
  return drafts.map(({ name, cached, seconds, started }) => ({
    name,
    cached,
    seconds: Math.round((seconds ?? (now() - started) / 1000) * 10) / 10,
  }));
}

function failingOf(drafts: readonly Draft[]): ReturnType<BuildLog['failing']> {
  const last = drafts.find(({ failed }) => failed) ?? drafts.at(-1);
  return last === undefined ? undefined : { name: last.name, tail: last.tail };
}
