/** `go build` without symbol table, debug information and build paths (`go help build`, cmd/link documentation). */
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import type { Edit } from '../../dockerfile/edit.ts';
import type { ReadCommand, Reading } from '../../reading/reading.ts';
import { reworded, wordSpans } from '../../reading/rewording.ts';
import type { Replacement } from '../ecosystem.ts';
import { environmentOf, goCommand } from './command.ts';
import { linkageOf } from './linkage.ts';
import { belongsTo, cgoModules, clientModules, quietModules } from './modules.ts';
import type { GoFacts } from './packages.ts';
import { goReasons } from './reasons.ts';
import type { GoSource } from './source.ts';

const { explain } = goReasons;

/** Debuggers, and packages that read the program's own debug information. */
const debuggers = /^(dlv|delve|gdb|lldb|perf)$/;
const symbolPackages = ['debug/dwarf', 'debug/elf', 'debug/gosym'];
/** Calls and modules that find files through the paths a program was built from. */
const buildPaths = /\b(runtime\.Caller\(|runtime\.GOROOT\(|build\.(Default|Import)\b|packages\.Load\()/;
const pathModules = ['github.com/GeertJohan/go.rice', 'github.com/gobuffalo/packr', 'github.com/revel/revel'];

/** The builds of the application, rewritten; tools that are installed by the way stay as they are. */
export function strippedBuilds(reading: Reading<GoFacts>): Answer<readonly Replacement[]> {
  const builds = reading.commands.filter(
    (command) =>
      command.owner === 'go' &&
      command.work.role === 'build' &&
      ['build', 'install'].includes(goCommand(command)?.verb ?? ''),
  );
  if (builds.length === 0) return notKnown(explain('no-install'));
  const { byDirectory, complete } = reading.facts.sources();
  if (!complete) return notKnown(explain('symbols-used', { where: 'not all Go sources can be read' }));
  const sources = [...byDirectory.values()].flat();
  const used = symbolUse(reading, sources);
  if (used !== undefined) return notKnown(explain('symbols-used', { where: used.says }, { evidence: [used] }));
  const replacements: Replacement[] = [];
  for (const command of builds) {
    const replacement = strippedBuild(reading, command, sources);
    if (replacement === 'unclear')
      return notKnown(explain('build-flags-unclear', { command: command.argv.join(' ') }, { at: command.span }));
    if (replacement !== undefined) replacements.push(replacement);
  }
  return known(replacements);
}

function symbolUse(reading: Reading<GoFacts>, sources: readonly GoSource[]): Evidence | undefined {
  for (const command of reading.commands) {
    const word = command.argv.find((one) => debuggers.test(one) || one.includes('go-delve/delve'));
    if (word !== undefined) return { file: 'Dockerfile', line: command.instruction.firstLine, says: word };
  }
  const started = reading.start.commands.find((command) => command.argv.some((word) => debuggers.test(word)));
  if (started !== undefined) return { ...started.evidence, says: started.argv.join(' ') };
  for (const source of sources) {
    const path = source.imports.find((one) => symbolPackages.includes(one));
    if (path !== undefined) return { file: source.path, says: `import "${path}"` };
  }
  return undefined;
}

/** `undefined`: nothing to change. */
function strippedBuild(
  reading: Reading<GoFacts>,
  command: ReadCommand,
  sources: readonly GoSource[],
): Replacement | 'unclear' | undefined {
  const spans = wordSpans(command);
  const words = command.command.words.slice(-command.argv.length);
  const flags = words.slice(2);
  const goflags = environmentOf(command, 'GOFLAGS', reading.commands) ?? '';
  if (spans === undefined || /ldflags|gcflags|\$/.test(goflags)) return 'unclear';
  if (flags.some((word) => /^--?buildmode(=|$)/.test(word.raw))) return 'unclear';
  if (flags.some((word, index) => /gcflags/.test(word.raw) && /-N\b|\$/.test(word.raw + (flags[index + 1]?.raw ?? ''))))
    return 'unclear';
  const verb = spans[1];
  if (verb === undefined) return 'unclear';
  const at = flags.findIndex((word) => /^["']?--?ldflags(=|["']?$)/.test(word.raw));
  const variable = (index: number) => (at < 0 || (index !== at && index !== at + 1)) && flags[index - 1]?.raw !== '-o';
  if (flags.some((word, index) => variable(index) && /^["']?\$/.test(word.raw))) return 'unclear';
  if (flags.filter((word) => /^["']?--?ldflags(=|["']?$)/.test(word.raw)).length > 1) return 'unclear';
  const added: string[] = [];
  const trims = !flags.some((word) => /^--?trimpath$/.test(word.raw)) && !goflags.includes('trimpath');
  if (trims && trimsSafely(reading, command, sources)) added.push('-trimpath');
  const merged = at < 0 ? undefined : mergedFlags(flags, spans.slice(2), at);
  if (merged === 'unclear') return 'unclear';
  if (at < 0) added.push('-ldflags="-s -w"');
  const edits: Edit[] = [...(merged ?? [])];
  if (added.length > 0) edits.unshift({ span: { start: verb.end, end: verb.end }, text: ` ${added.join(' ')}` });
  if (edits.length === 0) return undefined;
  if (cgoIsIdle(reading, command, sources))
    edits.unshift({ span: { start: command.span.start, end: command.span.start }, text: 'CGO_ENABLED=0 ' });
  const links = at < 0 || merged !== undefined;
  const paths = added.includes('-trimpath');
  return {
    command,
    text: reworded(reading.file, command, edits),
    because: leavesOut(links, paths),
  };
}

function leavesOut(symbols: boolean, paths: boolean): string {
  const what = [...(symbols ? ['symbol table', 'debug information'] : []), ...(paths ? ['build paths'] : [])];
  return `the program is linked without ${what.join(', ').replace(/, ([^,]*)$/, ' and $1')}`;
}

type Words = readonly { readonly raw: string }[];

/** Puts `-s -w` in front of the flags that are there; `undefined`: they strip already. */
function mergedFlags(
  words: Words,
  spans: readonly { readonly start: number; readonly end: number }[],
  at: number,
): readonly Edit[] | 'unclear' | undefined {
  const joined = words[at]?.raw.includes('=') === true;
  const index = joined ? at : at + 1;
  const word = words[index]?.raw;
  const span = spans[index];
  if (word === undefined || span === undefined || span.end - span.start !== word.length) return 'unclear';
  const head = joined ? (/^["']?--?ldflags=/.exec(word)?.[0] ?? '') : '';
  const value = word.slice(head.length);
  const quoted = /^["']/.test(head) ? '' : (/^["']/.exec(value)?.[0] ?? '');
  const closing = quoted === '' ? head.slice(0, 1).replace(/[^"']/, '') : quoted;
  const text = closing === '' ? value : value.slice(quoted.length, -1);
  if (text.trim() !== '' && !/^\s*-/.test(text)) return 'unclear';
  const given = text.trim().split(/\s+/);
  if (given.includes('-s')) return undefined;
  const wanted = given.includes('-w') ? '-s' : '-s -w';
  const plain = closing === '';
  const start = span.start + head.length;
  if (plain)
    return [{ span: { start, end: span.end }, text: `"${[wanted, text].filter((one) => one !== '').join(' ')}"` }];
  const inside = start + quoted.length;
  return [{ span: { start: inside, end: inside }, text: text.trim() === '' ? wanted : `${wanted} ` }];
}

/** `-trimpath` came with Go 1.13; what finds files through build paths needs them. */
function trimsSafely(reading: Reading<GoFacts>, command: ReadCommand, sources: readonly GoSource[]): boolean {
  const image = reading.baseOf(command.position.stage);
  const version = (image?.family === 'golang' ? image.version : undefined) ?? reading.facts.mod?.go;
  const [major, minor] = (version ?? '0').split('.').map(Number);
  const knows = image?.family === 'golang' && version === undefined ? true : (major ?? 0) > 1 || (minor ?? 99) >= 13;
  const needed = sources.some(
    (source) =>
      buildPaths.test(source.code) ||
      source.imports.some((one) => pathModules.some((module) => belongsTo(one, module))),
  );
  return knows && (major ?? 0) > 0 && !needed;
}

/** cgo is on, and neither the module nor anything it requires has C code. */
function cgoIsIdle(reading: Reading<GoFacts>, command: ReadCommand, sources: readonly GoSource[]): boolean {
  const { mod, vendored, workspace } = reading.facts;
  if (mod === undefined || vendored || workspace !== undefined || mod.localReplaces.length > 0) return false;
  if (environmentOf(command, 'CGO_ENABLED', reading.commands) !== undefined) return false;
  if (linkageOf(reading, command).static || command.argv.length !== command.command.words.length) return false;
  if (command.argv.some((word) => /race|msan|asan|linkmode|extld|tags/.test(word))) return false;
  if (reading.baseOf(command.position.stage)?.family !== 'golang') return false;
  if (sources.some((source) => source.imports.some((one) => one === 'C' || one === 'plugin'))) return false;
  const pure = [...quietModules, ...clientModules, 'golang.org/x'];
  return mod.requires.every(
    ({ path }) =>
      pure.some((module) => belongsTo(path, module)) && !cgoModules.some(({ prefix }) => belongsTo(path, prefix)),
  );
}
