/** `# dfmigrate stage=build|runtime|both`: where the next instruction belongs once the stage is split, said by its author. */
import type { Dockerfile, Instruction } from '../dockerfile/model.ts';

export interface ToldStage {
  readonly stage: 'build' | 'runtime' | 'both';
  /** Of the comment. */
  readonly line: number;
}

/** A comment that tells a stage; everything behind `;reason=` is for readers. */
export const stageComment = /^#\s*dfmigrate\s+stage=(build|runtime|both)\s*(?:;\s*reason=.*)?$/i;
/** Others have a place that the meaning of the image decides. */
const movable = new Set<Instruction['keyword']>(['RUN', 'COPY', 'ADD', 'ENV']);

/** The last comment above the instruction that tells its stage; `undefined`: none does, or it is of a kind that does not move. */
export function toldStage(file: Dockerfile, instruction: Instruction): ToldStage | undefined {
  if (!movable.has(instruction.keyword)) return undefined;
  const before = file.instructions[file.instructions.indexOf(instruction) - 1]?.span.end ?? 0;
  const comment = file.comments.findLast(
    ({ span, text }) => span.start >= before && span.end <= instruction.span.start && stageComment.test(text.trim()),
  );
  const stage = stageComment.exec(comment?.text.trim() ?? '')?.[1]?.toLowerCase();
  if (comment === undefined || (stage !== 'build' && stage !== 'runtime' && stage !== 'both')) return undefined;
  return { stage, line: comment.line };
}
