/**
 * Comments addressed to dfmigrate. Word, blank, word: `# word=value` at the top of a file would be a parser directive.
 *
 *     # dfmigrate ignore-file[=ids][;reason=text]   the file, or these transforms on it
 *     # dfmigrate ignore[=ids][;reason=text]        the next instruction is neither moved nor rewritten
 *
 * A third one, `# dfmigrate stage=build|runtime|both`, is about the meaning of the file and read there (`reading/told-stage.ts`).
 */
import type { Reason } from '../answer.ts';
import type { Comment, Dockerfile, Instruction } from '../dockerfile/model.ts';
import { parseAlone } from '../dockerfile/parse.ts';
import type { Migration } from '../migration.ts';
import { stageComment } from '../reading/told-stage.ts';
import { fits } from '../wildcard.ts';
import { configReason } from './reasons.ts';

interface Pragma {
  readonly scope: 'file' | 'instruction';
  /** Patterns over names of transforms; `undefined`: all of them. */
  readonly ids: readonly string[] | undefined;
  readonly why: string;
  readonly comment: Comment;
}

const addressed = /^#\s*dfmigrate\s+(\S.*)$/i;
const understood = /^(ignore-file|ignore)(?:=([\w*?,.-]+))?\s*(?:;\s*reason=(.*))?$/i;

/** Why the whole file is left alone. */
export function ignoredFile(file: Dockerfile): Reason | undefined {
  const pragma = pragmasOf(file).find(({ scope, ids }) => scope === 'file' && ids === undefined);
  return pragma === undefined ? undefined : configReason('ignored-file', said(pragma), ground(pragma));
}

/** Why this transform is not tried on the file. */
export function ignoredStep(file: Dockerfile, transform: string): Reason | undefined {
  const pragma = pragmasOf(file).find(
    (one) => one.scope === 'file' && one.ids !== undefined && concerns(one, transform),
  );
  return pragma === undefined ? undefined : configReason('ignored-step', said(pragma), ground(pragma));
}

/** Why the step is not taken: it rewrites, moves or drops an instruction that is to stay. */
export function disturbed(before: Dockerfile, after: Dockerfile, transform: string): Reason | undefined {
  for (const pragma of pragmasOf(before)) {
    if (pragma.scope !== 'instruction' || !concerns(pragma, transform)) continue;
    const instruction = instructionBelow(before, pragma.comment);
    if (instruction === undefined || stays(before, instruction, after, pragma.comment)) continue;
    return configReason('ignored', { ...said(pragma), at: instruction.firstLine }, ground(pragma));
  }
  return undefined;
}

/** Comments that mean nothing, name nothing or stop nothing. `names`: those of all transforms. */
export function pragmaNotes(migration: Migration, names: readonly string[]): readonly Reason[] {
  if (!/#\s*dfmigrate\s/i.test(migration.before)) return [];
  const file = parseAlone(migration.before);
  if (file.kind === 'unreadable') return [];
  const unknown = file.comments.flatMap((comment) => {
    const text = addressed.exec(comment.text.trim())?.[1];
    return text === undefined || understood.test(text) || stageComment.test(comment.text.trim())
      ? []
      : [configReason('pragma-unknown', { line: comment.line, text })];
  });
  const pragmas = pragmasOf(file);
  const misnamed = pragmas.flatMap(({ ids, comment }) =>
    (ids ?? [])
      .filter((id) => !names.some((name) => fits(name, id)))
      .map((id) => configReason('pragma-id', { line: comment.line, id })),
  );
  const used = new Set(usedLines(migration));
  const idle = migration.leftAlone === undefined ? pragmas.filter(({ comment }) => !used.has(comment.line)) : [];
  return [...unknown, ...misnamed, ...idle.map(({ comment }) => configReason('pragma-unused', { line: comment.line }))];
}

function usedLines({ steps }: Migration): readonly number[] {
  return steps.flatMap(({ outcome }) =>
    outcome.kind === 'refuse' && outcome.reason.code.startsWith('config/ignored')
      ? (outcome.reason.evidence ?? []).flatMap(({ line }) => line ?? [])
      : [],
  );
}

function pragmasOf(file: Dockerfile): readonly Pragma[] {
  return file.comments.flatMap((comment): readonly Pragma[] => {
    const text = addressed.exec(comment.text.trim())?.[1];
    const found = text === undefined ? null : understood.exec(text.trim());
    if (found === null) return [];
    const [, word = '', ids, why = ''] = found;
    return [
      {
        scope: word.toLowerCase() === 'ignore' ? 'instruction' : 'file',
        ids: ids?.split(',').filter((id) => id !== ''),
        why: why.trim(),
        comment,
      },
    ];
  });
}

function concerns({ ids }: Pragma, transform: string): boolean {
  return ids === undefined || ids.some((id) => fits(transform, id));
}

function said({ comment, why }: Pragma): { readonly line: number; readonly why: string } {
  return { line: comment.line, why: why === '' ? '' : `: ${why}` };
}

function ground({ comment }: Pragma) {
  return { evidence: [{ file: 'Dockerfile', line: comment.line, says: comment.text.trim() }] };
}

function instructionBelow(file: Dockerfile, comment: Comment): Instruction | undefined {
  return file.instructions.find(({ span }) => span.start >= comment.span.end);
}

/** Byte for byte below the same comment, in the same stage, and nothing that stood on one side of it stands on the other now. */
function stays(before: Dockerfile, instruction: Instruction, after: Dockerfile, comment: Comment): boolean {
  const text = sourceOf(before, instruction);
  const [index, old] = placeOf(before, instruction);
  return after.comments.some((one) => {
    const now = one.text.trim() === comment.text.trim() ? instructionBelow(after, one) : undefined;
    if (now === undefined || sourceOf(after, now) !== text) return false;
    const [nowIndex, list] = placeOf(after, now);
    return nowIndex === index && sameSides(before, old, instruction, after, list, now);
  });
}

function sameSides(
  before: Dockerfile,
  old: readonly Instruction[],
  instruction: Instruction,
  after: Dockerfile,
  list: readonly Instruction[],
  now: Instruction,
): boolean {
  const texts = (file: Dockerfile, part: readonly Instruction[]): ReadonlySet<string> =>
    new Set(part.map((one) => sourceOf(file, one)));
  const above = texts(after, list.slice(0, list.indexOf(now)));
  const below = texts(after, list.slice(list.indexOf(now) + 1));
  const at = old.indexOf(instruction);
  const crossed = (part: readonly Instruction[], there: ReadonlySet<string>, here: ReadonlySet<string>): boolean =>
    [...texts(before, part)].some((text) => there.has(text) && !here.has(text));
  return !crossed(old.slice(0, at), below, above) && !crossed(old.slice(at + 1), above, below);
}

/** The stage an instruction stands in (-1: before the first) and the instructions of it. */
function placeOf(file: Dockerfile, instruction: Instruction): readonly [number, readonly Instruction[]] {
  const stage = file.stages.find(
    ({ from, instructions }) => from === instruction || instructions.includes(instruction),
  );
  return stage === undefined ? [-1, file.globals] : [stage.index, [stage.from, ...stage.instructions]];
}

function sourceOf(file: Dockerfile, { span }: Instruction): string {
  return file.source.slice(span.start, span.end);
}
