/** One raw instruction into its typed form, or the problem BuildKit's instruction parser would have with it. */
import { type Arguments, type ArgumentsFault, isFault, type RawPair, readArguments } from './arguments.ts';
import { flagFault } from './flags.ts';
import { heredocWord } from './heredoc.ts';
import { lex } from './lex.ts';
import { sliceMapped, sourceSpan } from './mapped.ts';
import type { Flag, From, Healthcheck, Heredoc, Instruction, InstructionBase, Pair, Span, Word } from './model.ts';
import type { RawInstruction } from './raw.ts';
import { type FileReason, type Problem, problem } from './reasons.ts';
import type { RawWord } from './words.ts';

interface Site {
  readonly raw: RawInstruction;
  readonly escape: string;
  readonly base: InstructionBase;
  readonly fail: (code: FileReason, params?: Readonly<Record<string, string>>, at?: number) => Problem;
}

type Words = Arguments & { readonly kind: 'words' };

/** Types and validates one instruction. `lines`: its first and last line, 1-based. */
export function typedInstruction(
  source: string,
  raw: RawInstruction,
  block: Span,
  lines: { readonly first: number; readonly last: number },
  escapeChar: string,
): Instruction | Problem {
  const { logical, cut, keyword, span } = raw;
  const base: InstructionBase = {
    name: cut.name.value,
    span,
    block,
    firstLine: lines.first,
    lastLine: lines.last,
    flags: cut.flags.map((flag) => typedFlag(raw, flag)),
    body: sliceMapped(logical, cut.start, cut.end),
    heredocs: raw.heredocs.map((heredoc) => typedHeredoc(source, heredoc)),
  };
  const fail: Site['fail'] = (code, params = {}, at = cut.name.start) =>
    problem(code, sourceSpan(logical, at, at).start, { keyword, ...params });
  const blank = raw.heredocs.find((heredoc) => heredoc.blank);
  if (blank !== undefined) return fail('blank-before-heredoc', { name: blank.name });
  const read = readArguments(keyword, logical.text, cut.start, cut.end, escapeChar);
  if (isFault(read)) return argumentsFault(fail, read);
  const site = { raw, escape: escapeChar, base, fail };
  return typed(site, read);
}

function argumentsFault(fail: Site['fail'], { fault, at, ...rest }: ArgumentsFault): Problem {
  return fail(fault, rest as Readonly<Record<string, string>>, at);
}

function typed(site: Site, read: Arguments): Instruction | Problem {
  if (read.kind === 'ignored') return site.fail('unknown-instruction', { keyword: site.raw.cut.name.value });
  if (read.kind === 'check') return healthcheck(site, read);
  const bad = badFlag(site);
  if (bad !== undefined) return bad;
  if (read.kind === 'pairs') return pairs(site, read);
  if (read.kind === 'trigger') return onbuild(site, read);
  return ofWords(site, read);
}

function badFlag({ raw, base, fail }: Site): Problem | undefined {
  const fault = flagFault(raw.keyword, base.flags);
  return fault === undefined ? undefined : fail(fault.code, { flag: `--${fault.flag.name}` });
}

function ofWords(site: Site, read: Words): Instruction | Problem {
  const { base, fail } = site;
  const { keyword } = site.raw;
  switch (keyword) {
    case 'FROM':
      return from(site, read.words);
    case 'COPY':
    case 'ADD':
      return copy(site, keyword, read);
    case 'ARG':
      return args(site, read.words);
    case 'SHELL':
      if (!read.json) return fail('shell-not-json');
      if (read.words.length === 0) return fail('argument-count', { wanted: 'at least one argument' });
      return completed(base, { keyword, ...form(site, read) });
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
      return completed(base, { keyword, ...form(site, read) });
    case 'EXPOSE':
    case 'VOLUME':
    case 'WORKDIR':
    case 'USER':
    case 'STOPSIGNAL':
    case 'MAINTAINER':
      if (read.words.length === 0 || read.words.some((word) => word.value.trim() === '')) {
        return fail('argument-count', { wanted: 'an argument' });
      }
      return completed(base, { keyword, words: words(site, read) });
    default:
      return fail('unknown-instruction');
  }
}

function from(site: Site, found: readonly RawWord[]): From | Problem {
  const [image, as, name] = found;
  const named = found.length === 3 && as?.value.toUpperCase() === 'AS';
  if (image === undefined || (found.length !== 1 && !named)) {
    return site.fail('argument-count', { wanted: 'an image, or an image, AS and a stage name' });
  }
  if (named && !/^[a-z][a-z0-9-_.]*$/i.test(name?.value ?? '')) {
    return site.fail('invalid-stage-name', { name: name?.value ?? '' });
  }
  return completed(site.base, {
    keyword: 'FROM',
    image: image.value,
    imageSpan: spanOf(site, image),
    platform: flagValue(site.base.flags, 'platform'),
    as: name?.value,
    asSpan: name === undefined ? undefined : spanOf(site, name),
  });
}

function copy(site: Site, keyword: 'COPY' | 'ADD', read: Words): Instruction | Problem {
  const all = words(site, read);
  const target = all.at(-1);
  if (target === undefined || all.length < 2) {
    return site.fail('argument-count', { wanted: 'at least one source and a target' });
  }
  if (heredocWord(read.words.at(-1)?.value ?? '') !== undefined) return site.fail('heredoc-target');
  return completed(site.base, { keyword, from: flagValue(site.base.flags, 'from'), sources: all.slice(0, -1), target });
}

function args(site: Site, found: readonly RawWord[]): Instruction | Problem {
  if (found.length === 0) return site.fail('argument-count', { wanted: 'at least one name' });
  const names = found.map((word) => {
    const equals = word.value.indexOf('=');
    const name = equals < 0 ? word.value : word.value.slice(0, equals);
    return { name, value: equals < 0 ? undefined : word.value.slice(equals + 1), span: spanOf(site, word) };
  });
  return names.some(({ name }) => name === '')
    ? site.fail('blank-name')
    : completed(site.base, { keyword: 'ARG', names });
}

function pairs(site: Site, read: Arguments & { kind: 'pairs' }): Instruction | Problem {
  const { keyword } = site.raw;
  if (read.pairs.length === 0) return site.fail('argument-count', { wanted: 'at least one name and value' });
  if (read.pairs.some((pair) => pair.key.value === '')) return site.fail('blank-name');
  const typedPairs = read.pairs.map((pair) => typedPair(site, pair));
  return completed(site.base, { keyword: keyword === 'ENV' ? 'ENV' : 'LABEL', pairs: typedPairs, legacy: read.legacy });
}

function typedPair(site: Site, { key, value }: RawPair): Pair {
  return {
    key: unquoted(key.value, site.escape),
    value: value.value,
    keySpan: spanOf(site, key),
    valueSpan: spanOf(site, value),
  };
}

function healthcheck(site: Site, read: Arguments & { kind: 'check' }): Healthcheck | Problem {
  const type = read.type?.value.toUpperCase();
  const { words: command } = read.command;
  if (type === 'NONE' && command.length === 0) return completed(site.base, { keyword: 'HEALTHCHECK', test: undefined });
  if (type !== 'CMD' || command.length === 0) return site.fail('healthcheck-type');
  const bad = badFlag(site);
  if (bad !== undefined) return bad;
  const start = read.command.json ? site.raw.logical.text.indexOf('[', read.type?.end) : (command[0]?.start ?? 0);
  const body = sliceMapped(site.raw.logical, start, site.raw.cut.end);
  return completed(site.base, { keyword: 'HEALTHCHECK', test: { ...form(site, read.command), body } });
}

const NO_TRIGGERS = ['ONBUILD', 'FROM', 'MAINTAINER'];

function onbuild(site: Site, { child }: Arguments & { kind: 'trigger' }): Instruction | Problem {
  const { raw, escape: escapeChar, base } = site;
  if (child === undefined) return site.fail('argument-count', { wanted: 'an instruction' });
  const trigger = child.name.value.toUpperCase();
  if (NO_TRIGGERS.includes(trigger)) return site.fail('onbuild-trigger', { trigger });
  const read = readArguments(trigger, raw.logical.text, child.start, child.end, escapeChar);
  if (isFault(read)) return argumentsFault(site.fail, read);
  return completed(base, { keyword: 'ONBUILD', trigger: base.body.text });
}

/** Fills up a base nobody else holds yet: spreading it into a new object takes longer than the rest of parsing. */
function completed<const T extends object>(base: InstructionBase, own: T): InstructionBase & T {
  return Object.assign(base, own);
}

function form(site: Site, read: Words) {
  return read.json
    ? ({ form: 'exec', argv: words(site, read) } as const)
    : ({ form: 'shell', argv: undefined } as const);
}

function words({ raw, escape: escapeChar }: Site, { json, words: found }: Words): readonly Word[] {
  return found.map((word) => ({
    value: json ? word.value : unquoted(word.value, escapeChar),
    raw: raw.logical.text.slice(word.start, word.end),
    span: sourceSpan(raw.logical, word.start, word.end),
  }));
}

/** Quotes and escapes removed; variables stay as written. What the lexer does not accept stays as it is. */
function unquoted(text: string, escapeChar: string): string {
  if (!/["'\\`]/.test(text)) return text;
  return (
    lex(text, { escape: escapeChar, raw: { quotes: false, escapes: false }, lookup: () => 'unknown' })?.text ?? text
  );
}

function spanOf({ raw }: Site, word: RawWord): Span {
  return sourceSpan(raw.logical, word.start, word.end);
}

function flagValue(flags: readonly Flag[], name: string): string | undefined {
  return flags.find((flag) => flag.name === name)?.value;
}

function typedFlag({ logical }: RawInstruction, { value, start, end }: RawWord): Flag {
  const equals = value.indexOf('=');
  return {
    name: equals < 0 ? value.slice(2) : value.slice(2, equals),
    value: equals < 0 ? undefined : value.slice(equals + 1),
    span: sourceSpan(logical, start, end),
  };
}

function typedHeredoc(source: string, heredoc: RawInstruction['heredocs'][number]): Heredoc {
  const { name, literal, chomp, body, terminator } = heredoc;
  return { name, literal, chomp, body, text: source.slice(body.start, body.end), terminator };
}
