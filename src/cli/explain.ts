/** `dfmigrate explain`: a transform, a reason code, or every decision about one file or one line of it. */

import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transforms } from '../../transforms/index.ts';
import { migrateBytes } from '../attempt.ts';
import { bulkReasons } from '../bulk/reasons.ts';
import { configReasons } from '../config/reasons.ts';
import { type Discovery, discover } from '../discover.ts';
import { cliReason, cliReasons, type Fault } from '../fault.ts';
import { nearest } from '../nearest.ts';
import { diskProject } from '../project/disk.ts';
import type { ReasonTable, Sentence } from '../reason.ts';
import { reasonTables } from '../reason-tables.ts';
import { faultText, noteText } from '../report/fault-text.ts';
import { wrap } from '../report/layout.ts';
import { lineText } from '../report/line-text.ts';
import type { Style } from '../report/style.ts';
import { fileText } from '../report/text.ts';
import type { Transform } from '../transform.ts';
import { verifyReasons } from '../verify/reasons.ts';
import { configurator } from './configure.ts';
import { contextOf } from './context.ts';
import { type Host, styleFor } from './host.ts';
import { readTarget, reportOn } from './load.ts';
import { isFault, type RunOptions } from './options.ts';
import { select } from './select.ts';

/** Prints the explanation; exit code 0, or that of what went wrong. Of a path: what a run with these options would say. */
export async function explain(what: string, options: RunOptions, host: Host): Promise<number> {
  const style = styleFor(host, 'output', options);
  const transform = transforms.find(({ name }) => name === what);
  const answer =
    transform !== undefined
      ? transformText(transform)
      : (reasonText(what, style) ?? (await placeText(what, options, host, style)));
  if (typeof answer === 'string') {
    host.sink.out(answer);
    return 0;
  }
  host.sink.err(faultText(answer, styleFor(host, 'error', options), options.verbosity === 'verbose'));
  return answer.exit;
}

/** The transform's page; without one, what its declaration says. */
function transformText(transform: Transform): string {
  return pageOf(transform.name) ?? `${transform.name}\n\n${transform.summary}\n\n${codesText(transform.reasons)}`;
}

function codesText(table: ReasonTable): string {
  const rows = Object.entries(table.sentences).map(
    ([code, sentence]) => `  ${table.owner}/${code}\n    ${saysOf(sentence)}\n`,
  );
  return `reasons\n${rows.join('')}`;
}

function pageOf(name: string): string | undefined {
  try {
    return readFileSync(fileURLToPath(import.meta.resolve(`#docs/${name}.md`)), 'utf8');
  } catch {
    return undefined;
  }
}

function reasonText(code: string, style: Style): string | undefined {
  for (const table of tables) {
    const sentence = code.startsWith(`${table.owner}/`)
      ? table.sentences[code.slice(table.owner.length + 1)]
      : undefined;
    if (sentence === undefined) continue;
    const settle = typeof sentence === 'string' ? [] : wrap(`${style.symbols.arrow} ${sentence.settle}`, style.columns);
    const owner = transforms.find(({ name }) => name === table.owner);
    const more = owner === undefined ? [] : ['', `given by ${owner.name}: ${owner.summary}`];
    return `${[style.palette.bold(code), ...wrap(saysOf(sentence), style.columns), ...settle, ...more].join('\n')}\n`;
  }
  return undefined;
}

const tables: readonly ReasonTable[] = [...reasonTables, configReasons, bulkReasons, verifyReasons, cliReasons];

function saysOf(sentence: Sentence): string {
  return typeof sentence === 'string' ? sentence : sentence.says;
}

/** A path, or `path:line`. */
async function placeText(what: string, options: RunOptions, host: Host, style: Style): Promise<string | Fault> {
  const [, file = what, line] = exists(path.resolve(host.cwd, what)) ? [] : (/^(.+):(\d{1,7})$/.exec(what) ?? []);
  if (!exists(path.resolve(host.cwd, file))) return unknownSubject(what);
  const found: Discovery = await discover([file], host.cwd, []);
  const [fault] = found.faults;
  if (fault !== undefined) return fault;
  const chosen = select(transforms, options.selection);
  if (isFault(chosen)) return chosen;
  const configure = configurator(options, chosen, host.cwd);
  if (isFault(configure)) return configure;
  const parts: string[] = [];
  for (const target of found.targets) {
    const configured = configure(target);
    if (!('kind' in configured)) return configured;
    if (configured.kind === 'leave') {
      parts.push(noteText(configured.reason, style));
      continue;
    }
    const bytes = readTarget(target);
    if (isFault(bytes)) return bytes;
    const given = options.context === undefined ? undefined : path.resolve(host.cwd, options.context);
    const context = given ?? configured.context ?? contextOf(target.file, target.root);
    const migration = migrateBytes(bytes, target.path, diskProject(context, target.file), configured.choice);
    if (isFault(migration)) return migration;
    const report = reportOn(migration, target, context, host.cwd);
    parts.push(line === undefined ? fileText(report, style, 'verbose') : lineText(report, Number(line), style));
  }
  return parts.join('\n');
}

function exists(absolute: string): boolean {
  return lstatSync(absolute, { throwIfNoEntry: false }) !== undefined;
}

function unknownSubject(what: string): Fault {
  const codes = tables.flatMap((table) => Object.keys(table.sentences).map((code) => `${table.owner}/${code}`));
  const near = nearest(what, [...transforms.map(({ name }) => name), ...codes]);
  const hints = near === undefined ? [] : [`did you mean "${near}"?`];
  return { reason: cliReason('unknown-subject', { what }), exit: 2, hints };
}
