/** SARIF 2.1.0: a result per step that would change a file, for code scanning and editors. */
import { createHash } from 'node:crypto';
import { transforms } from '../../transforms/index.ts';
import type { Hunk } from './diff.ts';
import type { Json } from './document.ts';
import { readPatch } from './patch-reader.ts';
import type { ErrorRecord, FileRecord, StepRecord, TreeReport } from './record.ts';
import { mask } from './redact.ts';
import { changedSteps } from './tally.ts';

/** What GitHub keeps of one run. */
export const resultLimit = 5000;

export interface SarifOptions {
  /** Refusals too, as informational results. */
  readonly skips: boolean;
}

type JsonObject = { readonly [name: string]: Json };

/** One log with one run. With several trees the name of each is the first part of its paths. */
export function sarifLog(trees: Iterable<TreeReport>, options: SarifOptions): string {
  const changes: JsonObject[] = [];
  const skips: JsonObject[] = [];
  const failures: JsonObject[] = [];
  const rules = new Set<string>();
  let tool = 'dfmigrate';
  let total = 0;
  for (const tree of trees) {
    tool = tree.tool;
    for (const file of tree.files) {
      for (const step of file.steps) {
        const wanted = step.outcome === 'changed' || (options.skips && step.outcome === 'refused');
        if (!wanted) continue;
        total += 1;
        if (changes.length + skips.length >= resultLimit && step.outcome !== 'changed') continue;
        if (changes.length >= resultLimit) continue;
        rules.add(step.transform);
        (step.outcome === 'changed' ? changes : skips).push(result(tree.name, file, step));
      }
    }
    failures.push(...tree.errors.slice(0, 1000).map((error) => failure(tree.name, error)));
  }
  const kept = [...changes, ...skips].slice(0, resultLimit);
  if (total > kept.length) failures.push(warning(`${total - kept.length} further results are left out`));
  return `${JSON.stringify(log(tool, kept, failures, rules), undefined, 2)}\n`;
}

function log(
  tool: string,
  results: readonly JsonObject[],
  notifications: readonly JsonObject[],
  used: ReadonlySet<string>,
): JsonObject {
  const version = tool.split('@')[1] ?? '';
  const driver = {
    name: 'dfmigrate',
    ...(/^\d+\.\d+\.\d+/.test(version) ? { semanticVersion: version } : {}),
    rules: rulesOf(used),
  };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'the root of the checked-out sources' } } },
    invocations: [
      {
        executionSuccessful: notifications.every(({ level }) => level !== 'error'),
        toolExecutionNotifications: notifications,
      },
    ],
    results,
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
}

function rulesOf(used: ReadonlySet<string>): readonly JsonObject[] {
  const known = new Map(transforms.map((transform) => [transform.name, transform]));
  return [...used].sort().map((id) => ({
    id,
    shortDescription: { text: known.get(id)?.summary ?? id },
    help: { text: `dfmigrate explain ${id}` },
    defaultConfiguration: { level: 'note' },
    properties: { tags: known.get(id)?.tags ?? [] },
  }));
}

function result(tree: string, file: FileRecord, step: StepRecord): JsonObject {
  const changed = step.outcome === 'changed';
  const said = step.reasons.map(({ message }) => message).join('; ');
  const line = step.line ?? step.reasons[0]?.line ?? step.reasons[0]?.evidence[0]?.line ?? 1;
  const fix = changed && changedSteps(file)[0] === step ? wholeFix(tree, file) : undefined;
  return {
    ruleId: step.transform,
    ...(changed ? { level: 'note' } : { kind: 'informational', level: 'none' }),
    message: { text: said === '' ? step.transform : said },
    locations: [{ physicalLocation: { artifactLocation: location(tree, file.repoPath), region: { startLine: line } } }],
    partialFingerprints: { 'dfmigrate/v1': fingerprint(tree, file, step) },
    ...(fix === undefined ? {} : { fixes: [fix] }),
  };
}

/** Survives a shift of lines: the file, the step, and the instruction it starts at without its blanks. */
function fingerprint(tree: string, file: FileRecord, step: StepRecord): string {
  const lines = readPatch(step.diff)[0]?.hunks[0]?.lines ?? [];
  const first = lines.findIndex((line) => !line.startsWith(' '));
  const anchor = lines[first]?.startsWith('-') === true ? lines[first] : lines[Math.max(0, first - 1)];
  const instruction = (anchor ?? '').slice(1).replace(/\s+/g, ' ').trim();
  const key = [tree, file.repoPath, step.transform, instruction].join('\n');
  return createHash('sha256').update(key, 'utf8').digest('hex').slice(0, 32);
}

/**
 * All steps of one file as one fix: each step alone starts from the text the one before it left, which a SARIF fix cannot say.
 * `undefined` when a secret is hidden in it or an end of file cannot be expressed.
 */
function wholeFix(tree: string, file: FileRecord): JsonObject | undefined {
  const changes = readPatch(file.diff).filter(({ isNew }) => !isNew);
  const unfit = file.diff.includes(mask) || changes.some(({ hunks }) => hunks.some(endsOpen));
  if (unfit || changes.length === 0) return undefined;
  return {
    description: { text: `all ${changedSteps(file).length} steps` },
    artifactChanges: changes.map(({ path, hunks }) => ({
      artifactLocation: location(tree, path),
      replacements: hunks.flatMap(replacements),
    })),
  };
}

function endsOpen({ lines }: Hunk): boolean {
  return lines.some((line) => line.startsWith('\\'));
}

/** One replacement per run of changed lines. */
function replacements({ oldStart, lines }: Hunk): readonly JsonObject[] {
  const found: JsonObject[] = [];
  let [line, start, inserted] = [oldStart, oldStart, ''];
  const flush = (): void => {
    if (line > start || inserted !== '') {
      const deletedRegion = { startLine: start, startColumn: 1, endLine: line, endColumn: 1 };
      found.push({ deletedRegion, insertedContent: { text: inserted } });
    }
    inserted = '';
  };
  for (const text of lines) {
    if (text.startsWith('+')) inserted += `${text.slice(1)}\n`;
    else if (text.startsWith('-')) line += 1;
    else {
      flush();
      line += 1;
      start = line;
    }
  }
  flush();
  return found;
}

function failure(tree: string, error: ErrorRecord): JsonObject {
  const place = error.path === undefined ? {} : { locations: [placed(tree, error.path, error.line)] };
  return { level: 'error', message: { text: error.message }, descriptor: { id: error.code }, ...place };
}

function placed(tree: string, path: string, line: number | undefined): JsonObject {
  const region = line === undefined ? {} : { region: { startLine: line } };
  return { physicalLocation: { artifactLocation: location(tree, path), ...region } };
}

function warning(text: string): JsonObject {
  return { level: 'warning', message: { text } };
}

/** Relative to the root of the sources; every part percent-encoded. */
function location(tree: string, path: string): JsonObject {
  const parts = [...(tree === '' ? [] : tree.split('/')), ...path.split('/')].filter((part) => part !== '');
  return {
    uri: parts.map((part) => encodeURIComponent(Buffer.from(part, 'utf8').toString('utf8'))).join('/'),
    uriBaseId: '%SRCROOT%',
  };
}
