/**
 * dockerfile-ast reads the same text; where it sees other instructions, the file is left alone.
 *
 * Only boundaries are asked of it (count, keyword, first line): its values are known to be wrong for exec forms, flags,
 * heredocs and variables; `getHeredocs` can throw, `getAvailableWorkingDirectories` can loop for ever, and
 * `getVariables` is quadratic. Parsing itself is quadratic in stages times comments, hence the limit.
 */
import { createRequire } from 'node:module';
import type { Dockerfile } from './model.ts';
import { type Problem, problem } from './reasons.ts';

type Ast = typeof import('dockerfile-ast');

const MAX_STAGES_TIMES_COMMENTS = 200_000;

const require = createRequire(import.meta.url);
let loaded: Ast | undefined;

/** Loaded on first use: it takes longer than parsing a hundred files. */
function ast(): Ast {
  loaded ??= require('dockerfile-ast') as Ast;
  return loaded;
}

interface Sighting {
  readonly keyword: string;
  readonly line: number;
}

/** `undefined`: both see the same instructions. */
export function secondOpinion(file: Dockerfile): Problem | undefined {
  if (file.stages.length * file.comments.length > MAX_STAGES_TIMES_COMMENTS) {
    return problem('too-many-stages', 0, {
      stages: String(file.stages.length),
      comments: String(file.comments.length),
    });
  }
  const seen = sightings(file.source);
  if (seen === undefined) return problem('parsers-disagree', 0, { difference: 'one of them fails' });
  const count = Math.max(seen.length, file.instructions.length);
  for (let index = 0; index < count; index += 1) {
    const ours = file.instructions[index];
    const theirs = seen[index];
    if (ours?.keyword === theirs?.keyword && ours?.firstLine === theirs?.line) continue;
    const at = ours?.span.start ?? file.instructions.at(-1)?.span.end ?? 0;
    return problem('parsers-disagree', at, {
      difference: `${named(ours?.keyword, ours?.firstLine)} or ${named(theirs?.keyword, theirs?.line)}`,
    });
  }
  return undefined;
}

function named(keyword: string | undefined, line: number | undefined): string {
  return keyword === undefined ? 'nothing' : `${keyword.slice(0, 40)} from line ${line}`;
}

function sightings(source: string): readonly Sighting[] | undefined {
  try {
    const instructions = ast().DockerfileParser.parse(source).getInstructions();
    return instructions.map((one) => ({ keyword: one.getKeyword(), line: one.getRange().start.line + 1 }));
  } catch {
    return undefined;
  }
}
