/** Text that is not meant for BuildKit at all: templates of Dockerfiles and unresolved merges. */
import type { Line } from './lines.ts';
import type { RawFile, RawInstruction } from './raw.ts';
import { type Problem, problem } from './reasons.ts';
import { skipSpace } from './space.ts';

const TEMPLATE_START = /^(?:\{\{|\{%|\{#|<%)/;
const TEMPLATE_LINE = /^(?:\{\{.*\}\}|\{%.*%\}|<%.*%>)[ \t\\`]*$/;
const CONFLICT = /^(?:<{7} |>{7} |\|{7} |={7}$)/;
const IMAGE_MARK = /\{\{|\{%|<%|%%|^@[A-Z_]+@/;

/**
 * Template marks count where no Dockerfile can have them: at the start of an instruction, filling a line of a continued
 * one, or in the image of FROM. `docker inspect --format '{{…}}'` and its like inside a RUN are ordinary text.
 */
export function foreignText(source: string, file: RawFile): Problem | undefined {
  for (const instruction of file.instructions) {
    const found = inInstruction(source, file.lines, instruction);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inInstruction(source: string, lines: readonly Line[], instruction: RawInstruction): Problem | undefined {
  const { cut, keyword, logical, span } = instruction;
  const mark = TEMPLATE_START.exec(cut.name.value)?.[0];
  if (mark !== undefined) return problem('template', span.start, { mark });
  const image = keyword === 'FROM' ? IMAGE_MARK.exec(logical.text.slice(cut.start, cut.end))?.[0] : undefined;
  if (image !== undefined) return problem('template', span.start, { mark: image });
  if (!/<{7}|>{7}|={7}|\|{7}|\{\{|\{%|<%/.test(logical.text)) return undefined;
  const heredoc = instruction.heredocs[0]?.body.start ?? source.length;
  for (let index = instruction.first; index <= instruction.last; index += 1) {
    const line = lines[index];
    if (line === undefined || line.start >= heredoc) break;
    const found = inLine(source, line);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inLine(source: string, line: Line): Problem | undefined {
  const text = source.slice(line.start, line.end);
  if (CONFLICT.test(text)) return problem('merge-conflict', line.start);
  const start = skipSpace(source, line.start, line.end);
  const trimmed = source.slice(start, line.end);
  return TEMPLATE_LINE.test(trimmed) ? problem('template', start, { mark: trimmed.slice(0, 2) }) : undefined;
}
