/** Reads a shell text into its simple commands. The only importer of `unbash`. */
import {
  type ArrayValue,
  type Assignment,
  type Command,
  forEachChild,
  parse,
  type Redirected,
  type Redirection,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash';
import type { Span } from '../dockerfile/model.ts';
import type { Join, NotUnderstood, Redirect, Script, ShellCommand, ShellWord } from './model.ts';

/** Longer texts are not read: no build step a person wrote is that long. */
const longestText = 64 * 1024;

/**
 * All simple commands of a shell text, in source order, nested ones included. Read as bash: syntax that only bash knows is
 * accepted. Never throws; a text with a syntax error, or nested too deeply, is not understood as a whole.
 */
export function readScript(text: string): Script | NotUnderstood {
  if (text.length > longestText) return { understood: false, why: 'too-large' };
  try {
    return readParsed(text, parse(text));
  } catch {
    return { understood: false, why: 'syntax' };
  }
}

type ParsedScript = ReturnType<typeof parse>;

/** `${NAME:-value}` and its kin: a variable with the value it has when it is not set. */
export interface VariableDefault {
  readonly name: string;
  /** `undefined` when the default itself expands something. */
  readonly value: string | undefined;
  readonly span: Span;
}

/** Defaults of variables anywhere in a text, in source order; `[]` for a text that `readScript` does not understand. */
export function variableDefaults(text: string): readonly VariableDefault[] {
  if (!readScript(text).understood) return [];
  const found: VariableDefault[] = [];
  const visit = (node: SyntaxNode): void => {
    if (
      node.type === 'ParameterExpansion' &&
      node.operation?.type === 'Default' &&
      /[-=]/.test(node.operation.operator)
    ) {
      const { value } = wordOf(node.operation.operand);
      found.push({ name: node.parameter, value, span: spanOf(node) });
    }
    forEachChild(node, visit);
  };
  visit(parse(text));
  return found;
}

interface Reader {
  readonly text: string;
  readonly commands: ShellCommand[];
  broken: boolean;
}

function readParsed(text: string, script: ParsedScript): Script | NotUnderstood {
  const reader: Reader = { text, commands: [], broken: false };
  readNode(reader, script, '', -1);
  if (reader.broken) return { understood: false, why: 'syntax' };
  const commands = reader.commands.sort((a, b) => a.span.start - b.span.start || a.depth - b.depth);
  return { understood: true, text, commands, chain: isChain(script), links: linksOf(script) };
}

function readNode(reader: Reader, node: SyntaxNode, join: Join, depth: number): void {
  switch (node.type) {
    case 'Script':
      // Positions inside backquotes with escapes index a decoded copy, not this text.
      if (node.source !== undefined || ('errors' in node && node.errors !== undefined && node.errors.length > 0)) {
        reader.broken = true;
        return;
      }
      readList(reader, node.commands, depth + 1);
      return;
    case 'CompoundList':
      readList(reader, node.commands, depth + 1);
      return;
    case 'AndOr':
      node.commands.forEach((command, index) => {
        readNode(reader, command, index === 0 ? join : (node.operators[index - 1] ?? ''), depth);
      });
      return;
    case 'Pipeline':
      node.commands.forEach((command, index) => {
        readNode(reader, command, index === 0 ? join : '|', depth);
      });
      return;
    case 'Command':
      reader.commands.push(commandOf(node, join, depth));
      break;
    case 'Redirected':
      reader.commands.push(redirectionsOf(node, depth));
      break;
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      if (node.script === undefined) reader.broken = true;
      break;
  }
  forEachChild(node, (child) => readNode(reader, child, '', depth));
}

function readList(reader: Reader, statements: readonly Statement[], depth: number): void {
  statements.forEach((statement, index) => {
    const previous = statements[index - 1];
    readNode(
      reader,
      statement.command,
      previous === undefined ? '' : separator(reader.text, previous, statement),
      depth,
    );
  });
}

function separator(text: string, previous: Statement, next: Statement): Join {
  if (previous.background === true) return '&';
  return text.slice(previous.end, next.pos).trimStart().startsWith(';') ? ';' : '\n';
}

function commandOf(node: Command, join: Join, depth: number): ShellCommand {
  const words = node.args.map((argument) => (argument.type === 'Word' ? wordOf(argument) : argumentOf(argument)));
  return {
    words: node.name === undefined ? words : [wordOf(node.name), ...words],
    assignments: node.prefix.flatMap((item) => (item.type === 'Assignment' ? [assignmentOf(item)] : [])),
    redirects: node.redirects.map((redirect) => redirectOf(redirect)),
    join,
    depth,
    span: spanOf(node),
  };
}

function redirectionsOf(node: Redirected, depth: number): ShellCommand {
  const span = { start: node.redirects[0]?.pos ?? node.end, end: node.end };
  const redirects = node.redirects.map((redirect) => redirectOf(redirect));
  return { words: [], assignments: [], redirects, join: '', depth, span };
}

function redirectOf(node: Redirection): Redirect {
  const fd = node.descriptor?.type === 'FileDescriptor' ? node.descriptor.value : undefined;
  const target = node.type === 'HereDoc' || node.target === undefined ? undefined : wordOf(node.target);
  return { operator: node.operator, fd, target };
}

function assignmentOf(node: Assignment): ShellCommand['assignments'][number] {
  const value = node.value.type === 'Word' ? assignedWord(node.value) : undefined;
  return { name: node.name, value, span: spanOf(node) };
}

/** In an assignment a tilde is also expanded behind each colon, and globs and braces are not. */
function assignedWord(node: Word): ShellWord {
  const word = wordOf(node);
  const literal = !/(^|:)~/.test(node.text) && literalParts(node, assignedLiterals);
  return { ...word, value: literal ? node.value : undefined, glob: false };
}

/** `export A=b`: an assignment in argument position is one word. */
function argumentOf(node: Assignment): ShellWord {
  const inner = node.value.type === 'Word' ? assignedWord(node.value) : undefined;
  const head = `${node.name}${node.append === true ? '+' : ''}=`;
  return {
    raw: node.text,
    value: inner?.value === undefined || node.index !== undefined ? undefined : head + inner.value,
    ...expansions(node),
    glob: false,
    span: spanOf(node),
  };
}

const literals: ReadonlySet<string> = new Set(['Literal', 'SingleQuoted', 'DoubleQuoted']);
const assignedLiterals: ReadonlySet<string> = new Set([...literals, 'Glob', 'BraceExpansion', 'ExtendedGlob']);

function wordOf(node: Word): ShellWord {
  const literal = !node.text.startsWith('~') && literalParts(node, literals);
  return {
    raw: node.text,
    value: literal ? node.value : undefined,
    ...expansions(node),
    glob: (node.parts ?? []).some((part) => part.type === 'Glob' || part.type === 'ExtendedGlob'),
    span: spanOf(node),
  };
}

function literalParts(node: Word, allowed: ReadonlySet<string>): boolean {
  return (node.parts ?? []).every((part) => {
    if (!allowed.has(part.type)) return false;
    if (part.type === 'DoubleQuoted') return part.parts.every((inner) => inner.type === 'Literal');
    return !('parts' in part) || (part.parts ?? []).every((inner) => allowed.has(inner.type));
  });
}

/** Variables named and commands run anywhere inside a word, arithmetic and defaults included. */
function expansions(node: Word | Assignment | ArrayValue): { variables: readonly string[]; substitutes: boolean } {
  const variables = new Set<string>();
  let substitutes = false;
  const visit = (inner: SyntaxNode): void => {
    if (inner.type === 'SimpleExpansion') variables.add(inner.text.slice(1));
    if (inner.type === 'ParameterExpansion') variables.add(inner.parameter);
    if (inner.type === 'ArithmeticWord') for (const name of arithmeticNames(inner.value)) variables.add(name);
    if (inner.type === 'CommandExpansion' || inner.type === 'ProcessSubstitution') substitutes = true;
    forEachChild(inner, visit);
  };
  visit(node);
  return { variables: [...variables], substitutes };
}

function arithmeticNames(value: string): readonly string[] {
  const name = /^\$?([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.[1];
  return name === undefined ? [] : [name];
}

function isChain(script: ParsedScript): boolean {
  const only = onlyCommand(script);
  if (only?.type === 'AndOr') {
    return joinedByAnd(only.operators) && only.commands.every((command) => command.type === 'Command');
  }
  return only?.type === 'Command';
}

function linksOf(script: ParsedScript): readonly Span[] {
  const only = onlyCommand(script);
  if (only === undefined) return [];
  if (only.type !== 'AndOr') return [spanOf(only)];
  return joinedByAnd(only.operators) ? only.commands.map(spanOf) : [];
}

function joinedByAnd(operators: readonly string[]): boolean {
  return operators.every((operator) => operator === '&&');
}

function onlyCommand(script: ParsedScript): Statement['command'] | undefined {
  const [statement, second] = script.commands;
  return second === undefined && statement?.background !== true ? statement?.command : undefined;
}

function spanOf(node: { readonly pos: number; readonly end: number }): Span {
  return { start: node.pos, end: node.end };
}
