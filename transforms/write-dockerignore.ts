import { contextMounts } from '../src/dockerfile/mount.ts';
import { ignores, readIgnore } from '../src/project/dockerignore.ts';
import { extendIgnoreFile } from '../src/project/ignore-file.ts';
import { siblingThatNeeds } from '../src/project/siblings.ts';
import { bringsMatches } from '../src/reading/carried.ts';
import type { ReadCommand, Reading } from '../src/reading/reading.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: `.dockerignore` => the same with what a broad COPY would send and the build makes anew.
 * Safe because: a pattern is added only when no COPY of this or another Dockerfile of the context, and no mount, names a path
 * below it, and no command reads it.
 * Refuses when: the build context is not known, or another ignore file than the project's is in force.
 * Leaves alone: files without a broad COPY, and ignore files that cover these paths.
 */
export const writeDockerignore = defineTransform({
  name: 'write-dockerignore',
  summary: 'keep what the build makes anew out of the build context',
  tags: ['story', 'cache', 'security'],
  default: true,
  changes: [],
  reasons: {
    'no-context': {
      says: 'the build context is not known',
      settle: 'run dfmigrate on the file in its project, or pass --context',
    },
    'no-broad-copy': 'no COPY takes a directory that holds anything to leave out',
    'already-ignored':
      'the ignore file covers what the build makes anew, as far as no Dockerfile needs it from the host',
    'ignore-file-broken': { says: '{path} has a pattern that BuildKit rejects', settle: 'mend the pattern' },
    'build-unknown': {
      says: '`{command}` may read anything that is copied, so nothing of it can be left out',
      settle: 'write the ignore file by hand',
    },
    added: 'the builder does not get {patterns} any more',
  },
  run(reading, explain) {
    const { project } = reading;
    if (!project.present) return refuse(explain('no-context'));
    const current = readIgnore(project.ignoreFile?.text ?? '');
    if (!current.valid)
      return refuse(explain('ignore-file-broken', { path: project.ignoreFile?.path ?? '.dockerignore' }));
    const wanted = [
      ...(readsGit(reading) ? [] : [{ pattern: '.git', says: 'history' }]),
      ...(reading.ecosystem?.ignorable(reading) ?? []),
    ].filter(({ pattern }) => bringsMatches(reading, pattern));
    if (wanted.length === 0) return done(explain('no-broad-copy'));
    const missing = wanted.filter(
      ({ pattern }) =>
        !covers(current, pattern) && !named(reading, pattern) && siblingThatNeeds(project, pattern) === undefined,
    );
    if (missing.length === 0) return done(explain('already-ignored'));
    const patterns = missing.map(({ pattern }) => pattern);
    const opaque = reading.commands.find((command) => command.work.role === 'unknown' && seesContext(reading, command));
    if (opaque !== undefined)
      return refuse(explain('build-unknown', { command: opaque.argv.join(' ').slice(0, 60) }, { at: opaque.span }));
    return {
      kind: 'change',
      edits: [],
      files: [extendIgnoreFile(project, patterns)],
      because: [explain('added', { patterns: patterns.join(', ') })],
    };
  },
});

/** A context COPY of its stage stands before it, or its RUN mounts the context. */
function seesContext(reading: Reading, command: ReadCommand): boolean {
  const copied = reading.copies.some(
    (copy) =>
      copy.from === undefined &&
      copy.position.stage === command.position.stage &&
      copy.instruction.span.start < command.span.start,
  );
  return copied || contextMounts(command.instruction).length > 0;
}

/** Some path the pattern stands for is excluded already. */
function covers(ignore: Parameters<typeof ignores>[0], pattern: string): boolean {
  const sample = pattern.replace(/^\*\*\//, '').replaceAll('*', 'x');
  return ignores(ignore, sample) || ignores(ignore, `${sample}/x`);
}

/** A COPY or a mount names a path that the pattern would hide. */
function named(reading: Reading, pattern: string): boolean {
  const added = readIgnore(pattern);
  if (!added.valid) return true;
  const copied = reading.copies.flatMap(({ from, instruction }) =>
    from === undefined
      ? instruction.sources.map((word) => word.value.replace(/^(\.?\/)+/, '').replace(/\/+$/, ''))
      : [],
  );
  const mounted = reading.commands.flatMap(({ instruction }) => contextMounts(instruction));
  return [...copied, ...mounted].some(
    (source) => source !== '' && (ignores(added, source.replaceAll(/[*?]/g, 'x')) || pattern.startsWith(`${source}/`)),
  );
}

/** Build steps that read the history: `git describe`, build plugins that stamp the commit. */
function readsGit(reading: Reading): boolean {
  if (
    reading.commands.some(
      (command) =>
        command.argv[0] === 'git' || command.argv.some((word) => /\bgit (describe|rev-parse|log)\b/.test(word)),
    )
  )
    return true;
  return reading.active.some(({ ecosystem, facts, directory }) =>
    ecosystem.readsHistory({ ...reading, ecosystem, facts, directory }),
  );
}
