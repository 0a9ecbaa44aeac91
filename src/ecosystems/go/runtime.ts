/** What a Go program needs of the image it runs in. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import type { Reading } from '../../reading/reading.ts';
import type { RuntimeNeeds, WritablePath } from '../ecosystem.ts';
import { scanOf, startedPrograms } from './artifacts.ts';
import { librariesOf, linkageOf } from './linkage.ts';
import { belongsTo, databaseModules, privilegedPackages, storingModules, writingModules } from './modules.ts';
import type { GoFacts } from './packages.ts';
import { goReasons } from './reasons.ts';
import { type FileUse, importEvidence, type Scan } from './scan.ts';
import { goStartMode } from './start-mode.ts';

const { explain } = goReasons;

export function goRuntime(reading: Reading<GoFacts>): Answer<RuntimeNeeds> {
  const scan = scanOf(reading);
  if (!scan.complete) return notKnown(explain('sources-unread', { directory: reading.facts.root || '.' }));
  const executed = scan.executesUnknown;
  const keepsBase =
    executed === undefined
      ? undefined
      : explain('executes-unknown', { where: placeOf(executed) }, { evidence: [executed] });
  if (scan.loadsPlugins !== undefined)
    return notKnown(explain('plugins', { where: placeOf(scan.loadsPlugins) }, { evidence: [scan.loadsPlugins] }));
  const started = startedPrograms(reading);
  const linkages =
    started.length === 0
      ? [linkageOf(reading, undefined)]
      : started.map((one) => linkageOf(reading, one.output?.command));
  const linked = linkages.find((one) => !one.static);
  const libraries = linked === undefined ? { packages: [], unknown: undefined } : librariesOf(reading, scan);
  if (libraries.unknown !== undefined) return notKnown(explain('libraries-unknown', { module: libraries.unknown }));
  const zone = reading.contract.env['TZ'] !== undefined || scan.zones !== undefined;
  const evidence = [(linked ?? linkages[0])?.evidence, scan.connects, scan.zones].flatMap((one) => one ?? []);
  return known(
    {
      kind: linked === undefined ? 'static' : 'native',
      programs: scan.programs,
      packages: libraries.packages,
      certificates: scan.connects !== undefined,
      timezones: zone,
      libcBound: linked !== undefined,
      ...(keepsBase === undefined ? {} : { keepsBase }),
      ...writesOf(reading, scan),
      ...rootOf(scan),
    },
    ...evidence,
  );
}

function placeOf({ file, line }: Evidence): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** The directories of all paths that are written; `undefined` when one depends on the running program or a module chooses it. */
function writesOf(reading: Reading<GoFacts>, scan: Scan): Pick<RuntimeNeeds, 'writes' | 'writesWhy'> {
  const compiling = goStartMode(reading);
  if (compiling !== undefined)
    return { writes: undefined, writesWhy: `\`${compiling.program}\` compiles, which fills caches wherever they are` };
  if (scan.executesUnknown !== undefined)
    return {
      writes: undefined,
      writesWhy: `${placeOf(scan.executesUnknown)} executes a program whose name is not known here`,
    };
  const writer = [...scan.imports].find((path) => writingModules.some((module) => belongsTo(path, module)));
  if (writer !== undefined) return { writes: undefined, writesWhy: `${writer} writes files where its settings say` };
  const store = [...scan.imports].find((path) => storingModules.some((module) => belongsTo(path, module)));
  if (store !== undefined && scan.writes.length === 0)
    return { writes: undefined, writesWhy: `${store} stores data at a path that is not known here` };
  const brought = broughtStore(reading, scan);
  if (brought !== undefined) return { writes: undefined, writesWhy: brought };
  const found: WritablePath[] = [];
  for (const one of scan.writes) {
    const path = writtenPath(reading, one);
    if (path === undefined)
      return { writes: undefined, writesWhy: `${placeOf(one.evidence)} has ${one.evidence.says}` };
    if (path !== '') found.push({ path, evidence: one.evidence });
  }
  return { writes: found };
}

/** A module of which little is known brings a database in files that the sources do not import: where it lies is that module's choice. */
function broughtStore({ facts }: Reading<GoFacts>, scan: Scan): string | undefined {
  const stores = (path: string) => databaseModules.some((module) => belongsTo(path, module));
  if (scan.opaqueImport === undefined || [...scan.imports].some(stores)) return undefined;
  const store = facts.mod?.requires.find(({ path, indirect }) => indirect && stores(path));
  return store === undefined
    ? undefined
    : `${facts.mod?.file}:${store.line} brings ${store.path}, and no source says where that stores data`;
}

/** Directory that has to be writable; `''`: none of the image's own; `undefined`: not known. */
function writtenPath(reading: Reading<GoFacts>, { value, evidence }: FileUse): string | undefined {
  const text =
    value.kind === 'text' ? value.text : value.kind === 'variable' ? reading.contract.env[value.name] : undefined;
  if (text === undefined)
    return /\bos\.(TempDir|MkdirTemp|CreateTemp)\b|ioutil\.Temp|^(FormFile|ParseMultipartForm|MultipartForm|MultipartReader)\(/.test(
      evidence.says,
    )
      ? '/tmp'
      : undefined;
  if (text === '' && /Temp/.test(evidence.says)) return '/tmp';
  const plain = text.replace(/^file:/, '').replace(/\?.*$/, '');
  if (plain === '' || plain === ':memory:' || plain.startsWith('/dev/')) return '';
  if (isWithin(plain, '/tmp')) return '/tmp';
  const path = resolvePath(reading.chain.at(-1)?.workdir, plain);
  if (path === undefined || path === '/') return undefined;
  const directory = /Mkdir/.test(evidence.says) ? path : posix.dirname(path);
  return directory === '/' ? undefined : directory;
}

function rootOf(scan: Scan): Pick<RuntimeNeeds, 'root'> {
  for (const [path, what] of Object.entries(privilegedPackages)) {
    const imported = [...scan.imports].find((one) => belongsTo(one, path));
    if (imported !== undefined) return { root: { what, evidence: importEvidence(scan.sources, imported) } };
  }
  return {};
}
