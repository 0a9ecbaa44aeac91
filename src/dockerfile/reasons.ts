/** Why a file is left alone unread: what BuildKit would refuse, and what dfmigrate does not dare to edit. */
import type { Reason } from '../answer.ts';
import { defineReasons, type Explain } from '../reason.ts';
import type { Unreadable } from './model.ts';

/** Bytes of the longest physical line BuildKit reads (`bufio.MaxScanTokenSize - 1`). */
export const MAX_LINE_BYTES = 65_535;
/** Bytes of the largest file looked at. The largest of 4,440 public Dockerfiles measured is far below. */
export const MAX_FILE_BYTES = 256 * 1024;

const sentences = {
  empty: { says: 'the file is empty', settle: 'write a Dockerfile' },
  'no-instructions': { says: 'the file has no instructions', settle: 'write a Dockerfile' },
  'too-large': {
    says: 'the file is larger than {limit} bytes',
    settle: 'move generated or embedded data out of the Dockerfile',
  },
  'line-too-long': {
    says: 'line {line} is longer than the {limit} bytes BuildKit reads',
    settle: 'break the line or move its data into a file',
  },
  binary: { says: 'the file holds NUL bytes: it is no text', settle: 'name the Dockerfile itself' },
  'not-utf8': { says: 'the file is not valid UTF-8', settle: 'save it as UTF-8' },
  template: {
    says: 'line {line} holds template marks ({mark}): this is the source of a Dockerfile, not one',
    settle: 'migrate the template by hand, or the file rendered from it',
  },
  'merge-conflict': { says: 'line {line} is a merge conflict mark', settle: 'resolve the conflict' },
  'unknown-instruction': {
    says: '{keyword} on line {line} is no Dockerfile instruction',
    settle: 'correct the keyword',
  },
  'duplicate-directive': {
    says: 'the directive {name} is given twice, which BuildKit refuses',
    settle: 'remove one of them',
  },
  'invalid-escape': {
    says: 'the escape directive must be a backslash or a backtick, not {value}',
    settle: 'correct the directive',
  },
  'unterminated-heredoc': {
    says: 'the heredoc {name} on line {line} is never closed',
    settle: 'write its closing word on a line of its own',
  },
  'blank-before-heredoc': {
    says: 'line {line} has a blank between the heredoc mark and {name}: whether that is a heredoc depends on the version of BuildKit',
    settle: 'remove the blank',
  },
  'json-not-strings': {
    says: 'the JSON array on line {line} holds something else than strings, which BuildKit refuses',
    settle: 'quote every element',
  },
  'missing-equals': {
    says: 'the word {word} of {keyword} on line {line} has no equals sign, which BuildKit refuses',
    settle: 'write name=value',
  },
  'missing-value': {
    says: '{keyword} on line {line} has a name and no value, which BuildKit refuses',
    settle: 'write name=value',
  },
  'blank-name': { says: '{keyword} on line {line} has an empty name, which BuildKit refuses', settle: 'name it' },
  'argument-count': {
    says: '{keyword} on line {line} takes {wanted}, which it does not have',
    settle: 'correct its arguments',
  },
  'unknown-flag': { says: '{keyword} on line {line} has no flag {flag}', settle: 'correct the flag' },
  'duplicate-flag': { says: 'the flag {flag} of {keyword} on line {line} is given twice', settle: 'remove one' },
  'flag-value': {
    says: 'the flag {flag} of {keyword} on line {line} has no value BuildKit accepts',
    settle: 'correct its value',
  },
  'heredoc-target': { says: '{keyword} on line {line} has a heredoc as its target', settle: 'name a target path' },
  'shell-not-json': { says: 'SHELL on line {line} is not a JSON array of strings', settle: 'write it as one' },
  'healthcheck-type': {
    says: 'HEALTHCHECK on line {line} is neither CMD with a command nor NONE alone',
    settle: 'correct it',
  },
  'onbuild-trigger': { says: '{trigger} on line {line} cannot be an ONBUILD trigger', settle: 'remove it' },
  'invalid-stage-name': {
    says: '{name} on line {line} is no name for a stage: letters, digits, dot, dash and underscore, a letter first',
    settle: 'rename the stage',
  },
  'invalid-image': { says: '{image} on line {line} is no image reference', settle: 'correct the reference' },
  'no-from': { says: 'the file has no FROM', settle: 'name a base image' },
  'before-from': {
    says: '{keyword} on line {line} stands before the first FROM, where only ARG may stand',
    settle: 'move it behind FROM',
  },
  'no-such-stage': { says: 'line {line} copies from stage {index}, which does not exist', settle: 'correct the index' },
  'stage-cycle': { says: 'the stage of line {line} depends on itself through {name}', settle: 'break the cycle' },
  'variable-in-from': {
    says: 'line {line} copies from {name}: BuildKit expands no variables there',
    settle: 'give the image a stage of its own with FROM and copy from that',
  },
  'too-many-stages': {
    says: 'the file has {stages} stages and {comments} comments, more than dfmigrate looks at',
    settle: 'split the file',
  },
  'parsers-disagree': {
    says: 'two parsers read line {line} differently ({difference}), so it is not safe to edit',
    settle: 'write that instruction in a simpler way',
  },
} as const;

const declared = defineReasons('file', sentences);

export const fileReasons = declared.table;
export const explainFile: Explain<typeof sentences> = declared.explain;
export type FileReason = keyof typeof sentences;

/** The sentence of an unreadable file. */
export function unreadableReason({ code, params }: Unreadable): Reason {
  const state = explainFile as (code: string, params: Readonly<Record<string, string>>) => Reason;
  return state(code.slice('file/'.length), params);
}

/** Stages of the longest file looked at; keeps everything that follows stages within bounds. */
export const MAX_STAGES = 500;

/** Something unreadable at a source offset; line and column are filled in at the end. */
export interface Problem {
  readonly kind: 'problem';
  readonly code: FileReason;
  readonly params: Readonly<Record<string, string>>;
  readonly at: number;
}

export function problem(code: FileReason, at: number, params: Readonly<Record<string, string>> = {}): Problem {
  return { kind: 'problem', code, params, at };
}

/** Is it what went wrong rather than a result? */
export function isProblem(value: object): value is Problem {
  return 'kind' in value && value.kind === 'problem';
}

/** States a problem with its line (1-based, also the parameter `line`) and column (1-based, UTF-16). */
export function unreadable(source: string, found: Problem): Unreadable {
  const at = Math.min(found.at, source.length);
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1) + 1;
  return {
    kind: 'unreadable',
    code: `file/${found.code}`,
    params: { ...found.params, line: String(line) },
    line,
    column,
  };
}
