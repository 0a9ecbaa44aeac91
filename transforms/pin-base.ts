import type { Reason } from '../src/answer.ts';
import type { Edit } from '../src/dockerfile/edit.ts';
import type { Span, Stage } from '../src/dockerfile/model.ts';
import type { DeclaredVersion } from '../src/ecosystems/ecosystem.ts';
import { floatingLanguage, pinned } from '../src/images/pin.ts';
import type { Reading } from '../src/reading/reading.ts';
import { otherPackages } from '../src/reading/replacement.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: `FROM image` and `FROM image:latest` => the same with the language version that the project declares; where an
 * ARG gives the tag, its default.
 * Safe because: the version stands in a file of the project, every file that declares one agrees, and the tag exists.
 * Refuses when: files contradict each other or leave several versions open, the tag was never published, or the other
 * release of the system may not have a package that is installed.
 * Leaves alone: tags with a version, `lts` and other lines, digests, images of no language.
 */
export const pinBase = defineTransform({
  name: 'pin-base',
  summary: 'build on the language version that the project declares',
  tags: ['reproducible'],
  default: false,
  mends: true,
  changes: ['FROM', 'ENV'],
  reasons: {
    'already-pinned': 'every base image says its version, or has none of a language',
    'no-context': {
      says: 'the build context is not known, so neither is the version that the project declares',
      settle: 'run dfmigrate on the file in its project, or pass --context',
    },
    'nothing-declared': {
      says: 'no build tool that dfmigrate knows says which version {image} should have',
      settle: 'write the version into the tag',
    },
    'written-with-variable': {
      says: 'the name of the base in line {line} is put together from arguments that are used elsewhere, too',
      settle: 'write the version into the ARG',
    },
    'newest-tools': {
      says: 'line {line} installs the newest `{tool}`, which may need a newer version than {version}',
      settle: 'write the version of the tool out',
    },
    'no-such-tag': {
      says: 'no tag of {image} is known to exist for version {version}',
      settle: 'declare a version that is published',
    },
    pinned: '{from} → {image}: the project declares version {version}',
  },
  run(reading, explain) {
    const edits: Edit[] = [];
    const because: Reason[] = [];
    const open: Reason[] = [];
    for (const stage of reading.reachable) {
      const { from } = stage;
      const base = reading.baseOf(stage);
      const language = base === undefined ? undefined : floatingLanguage(base);
      const ground = { at: from.imageSpan };
      if (base === undefined || language === undefined) continue;
      if (reading.file.stages.some((one) => one.name === from.image.toLowerCase())) continue;
      if (!reading.project.present) return refuse(explain('no-context'));
      const place = placeOf(reading, stage);
      if (place === undefined) {
        open.push(explain('written-with-variable', { line: from.firstLine }, ground));
        continue;
      }
      const answers = declared(reading, language);
      const answer = answers.find((one) => one.known) ?? answers[0];
      if (answer === undefined) open.push(explain('nothing-declared', { image: from.image }, ground));
      else if (!answer.known) open.push(answer.why);
      else {
        const { version } = answer.value;
        const facts = pinned(base, version);
        const newest = newestTool(reading, language);
        const other = facts === undefined ? undefined : otherPackages(reading, stage, base, facts);
        if (facts === undefined) open.push(explain('no-such-tag', { image: from.image, version }, ground));
        else if (other !== undefined) open.push(other);
        else if (newest !== undefined) open.push(explain('newest-tools', { ...newest, version }, ground));
        else {
          edits.push({ span: place.span, text: place.text(facts.ref.text) });
          because.push(
            explain('pinned', { from: base.ref.text, image: facts.ref.text, version }, { evidence: answer.evidence }),
          );
        }
      }
    }
    if (edits.length > 0) return { kind: 'change', edits, because, notes: open };
    return open[0] === undefined ? done(explain('already-pinned')) : refuse(open[0]);
  },
});

interface Place {
  readonly span: Span;
  /** What has to stand there for an image. */
  text(image: string): string;
}

/** FROM itself, or the default of the one ARG that ends its image and is used nowhere else. */
function placeOf({ file }: Reading, { from }: Stage): Place | undefined {
  if (!from.image.includes('$')) return { span: from.imageSpan, text: (image) => image };
  const [, prefix = '', name] = /^([^$]*)\$\{?(\w+)\}?$/.exec(from.image) ?? [];
  const argument = file.globals.flatMap(({ names }) => names).filter((one) => one.name === name);
  const [only, second] = argument;
  const text = file.source.slice(0, only?.span.start) + file.source.slice(only?.span.end);
  const uses = text.split(new RegExp(`\\b${name}\\b`)).length - 1;
  if (name === undefined || only === undefined || second !== undefined || uses !== 1) return undefined;
  return { span: only.span, text: (image) => `${name}=${image.slice(prefix.length)}` };
}

/**
 * A program installed without a version, from outside of the project: it moves on while the base stays. Asked of all stages
 * with a language, because they keep one version of it.
 */
function newestTool(reading: Reading, language: string) {
  for (const command of reading.commands) {
    const base = reading.baseOf(command.position.stage);
    if (base === undefined || floatingLanguage(base) !== language) continue;
    const everywhere =
      command.work.role === 'tool' && command.argv.some((word) => word === '-g' || word === '--global');
    const tool = command.argv
      .slice(1)
      .find(
        (word) =>
          /@(latest|next|master|main)$/.test(word) ||
          (everywhere && /^@?[a-z][\w./-]*$/.test(word) && !verbs.has(word)),
      );
    if (tool !== undefined) return { tool, line: command.instruction.firstLine };
  }
  return undefined;
}

const verbs: ReadonlySet<string> = new Set(['install', 'i', 'add', 'global']);

/** What the build tools of this file say about a language, those of another language left out. */
function declared(reading: Reading, language: string) {
  return reading.active.flatMap(({ ecosystem, facts, directory }) => {
    const answer = ecosystem.declaredVersion?.({ ...reading, ecosystem, facts, directory });
    if (answer === undefined || (answer.known && !speaksOf(answer.value, language))) return [];
    return [answer];
  });
}

function speaksOf(version: DeclaredVersion, language: string): boolean {
  return version.language === language;
}
