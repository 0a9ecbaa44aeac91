/** A Dockerfile's text into its model. */
import { foreignText } from './foreign.ts';
import { typedInstruction } from './instruction.ts';
import type { Line } from './lines.ts';
import { commentStart } from './lines.ts';
import type { Dockerfile, Instruction, Span, Unreadable } from './model.ts';
import { type RawFile, type RawInstruction, readRaw } from './raw.ts';
import { isProblem, MAX_FILE_BYTES, type Problem, problem, unreadable } from './reasons.ts';
import { secondOpinion } from './second-opinion.ts';
import { buildStages } from './stage-graph.ts';

/**
 * Reads a Dockerfile. Total: every text gives a model or the reason why it is left alone, and nothing is thrown.
 * What it accepts, BuildKit's line and instruction parsers accept, and a second parser sees the same instructions in it.
 */
export function parseDockerfile(source: string): Dockerfile | Unreadable {
  const file = parseAlone(source);
  if (file.kind === 'unreadable') return file;
  const disagreement = secondOpinion(file);
  return disagreement === undefined ? file : unreadable(source, disagreement);
}

/** `parseDockerfile` without the second parser. */
export function parseAlone(source: string): Dockerfile | Unreadable {
  const file = read(source);
  return isProblem(file) ? unreadable(source, file) : file;
}

/** Reads the bytes of a file: size, NUL bytes and UTF-8 are judged first. A UTF-8 BOM is fine and stays in the source. */
export function readDockerfile(bytes: Uint8Array): Dockerfile | Unreadable {
  if (bytes.length > MAX_FILE_BYTES) return unreadable('', tooLarge());
  if (bytes.includes(0)) return unreadable('', problem('binary', 0));
  const source = decode(bytes);
  return source === undefined ? unreadable('', problem('not-utf8', 0)) : parseDockerfile(source);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function tooLarge(): Problem {
  return problem('too-large', 0, { limit: String(MAX_FILE_BYTES) });
}

function read(source: string): Dockerfile | Problem {
  if (source.length * 3 > MAX_FILE_BYTES && Buffer.byteLength(source) > MAX_FILE_BYTES) return tooLarge();
  const nul = source.indexOf('\0');
  if (nul >= 0) return problem('binary', nul);
  const raw = readRaw(source);
  if (isProblem(raw)) return raw;
  const foreign = foreignText(source, raw);
  if (foreign !== undefined) return foreign;
  const instructions = typedInstructions(source, raw);
  if (isProblem(instructions)) return instructions;
  const built = buildStages(instructions);
  if (isProblem(built)) return built;
  return {
    kind: 'dockerfile',
    source,
    eol: commonEol(source),
    escape: raw.escape,
    directives: raw.directives,
    comments: raw.comments,
    globals: built.globals,
    stages: built.stages,
    instructions,
  };
}

function typedInstructions(source: string, raw: RawFile): readonly Instruction[] | Problem {
  const found: Instruction[] = [];
  let free = raw.directives.length;
  for (const instruction of raw.instructions) {
    const block = blockOf(source, raw.lines, instruction, free);
    const lines = { first: instruction.first + 1, last: instruction.last + 1 };
    const typed = typedInstruction(source, instruction, block, lines, raw.escape);
    if (isProblem(typed)) return typed;
    found.push(typed);
    free = instruction.last + 1;
  }
  return found;
}

/** The comment lines right above belong to it, down from line index `free`. */
function blockOf(source: string, lines: readonly Line[], { first, last }: RawInstruction, free: number): Span {
  let top = first;
  while (top > free && commentStart(source, lines[top - 1] as Line) >= 0) top -= 1;
  return { start: (lines[top] as Line).start, end: (lines[last] as Line).next };
}

function commonEol(source: string): '\n' | '\r\n' {
  let feeds = 0;
  let pairs = 0;
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) {
    feeds += 1;
    if (source.charCodeAt(at - 1) === 0x0d) pairs += 1;
  }
  return pairs * 2 > feeds ? '\r\n' : '\n';
}
