/** Requests to a started container, and whether two answers are the same. */
import { request } from 'node:http';
import { fieldsOf, numberOf, parseJson, textOf } from './json.ts';
import { runProgram, succeeded } from './process.ts';

export interface ProbeRequest {
  readonly method: string;
  /** Begins with `/`. */
  readonly path: string;
}

export type ProbeAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly contentType: string; readonly body: string }
  /** `cause`: `ECONNREFUSED` and its like, or `no HTTP`. */
  | { readonly kind: 'silent'; readonly cause: string };

/** Where a container's port is reached: on this machine's loopback, or inside the network namespace of a process. */
export interface Address {
  readonly port: number;
  readonly namespaceOf: number | undefined;
}

const timeLimitMs = 10_000;
const largestBody = 1024 * 1024;

/** Reads `GET:/path`, `HEAD:/path`, `POST:/path`, or only `/path`; `undefined` for anything else. */
export function probeRequest(text: string): ProbeRequest | undefined {
  const [, method = 'GET', path] = /^(?:([A-Z]{3,7}):)?(\/[!-~]{0,2000})$/.exec(text) ?? [];
  return path === undefined ? undefined : { method, path };
}

export function probe(address: Address, { method, path }: ProbeRequest): Promise<ProbeAnswer> {
  return address.namespaceOf === undefined ? probeHere(address.port, method, path) : probeInside(address, method, path);
}

/** The difference in words; `undefined`: the same. Redirects to oneself differ only in the port they came through. */
export function answersDiffer(before: ProbeAnswer, after: ProbeAnswer): string | undefined {
  if (before.kind === 'silent' && after.kind === 'silent') return undefined;
  if (before.kind === 'silent') return `no answer (${before.cause}) before, status ${statusOf(after)} after`;
  if (after.kind === 'silent') return `status ${before.status} before, no answer (${after.cause}) after`;
  if (before.status !== after.status) return `status ${before.status} before, ${after.status} after`;
  if (before.contentType !== after.contentType)
    return `content type "${before.contentType}" before, "${after.contentType}" after`;
  return before.body === after.body ? undefined : `the body differs: ${firstDifference(before.body, after.body)}`;
}

function statusOf(answer: ProbeAnswer): number {
  return answer.kind === 'answered' ? answer.status : 0;
}

/** What changes from one container to the next: times, counters, ids, container host names. */
export function steadied(answer: ProbeAnswer): ProbeAnswer {
  if (answer.kind === 'silent') return answer;
  return { ...answer, body: steadiedText(answer.body) };
}

/** A text without what changes from one container to the next. */
export function steadiedText(text: string): string {
  return text.replace(ids, '‹id›').replace(/\d+/g, '‹n›');
}

const ids = /\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,64})\b/gi;

/** What one image answered to one request, every time it was asked; the first answer is the one that is compared. */
type Told = readonly ProbeAnswer[];
type Both = readonly [old: Told, next: Told];

/** Ways to look at answers, the most exact first. A body that is drawn by lot leaves status and content type. */
const views: readonly ((both: Both) => Both)[] = [
  (both) => both,
  ([old, next]) => [old.map(steadied), next.map(steadied)],
  withoutUnsteadyWords,
  ([old, next]) => [old.map((one) => withBody(one, '')), next.map((one) => withBody(one, ''))],
];

/**
 * Two results compared as exactly as each agrees with its own repetitions; `steady`: byte by byte. `anew`: what the old file
 * answers after it was built once more, where a build draws something by lot.
 */
export function compareResults(
  before: ProbeResult,
  after: ProbeResult,
  anew?: ProbeResult,
): { readonly steady: boolean; readonly difference: string | undefined } {
  const told = ({ answer, again }: ProbeResult): Told => [answer, again];
  const both: Both = [[...told(before), ...(anew === undefined ? [] : told(anew))], told(after)];
  const seen = views.map((view) => view(both));
  const found = seen.findIndex((each) => each.every(agrees));
  const [[old = before.answer], [next = after.answer]] = seen[found] ?? seen.at(-1) ?? both;
  return { steady: found === 0, difference: answersDiffer(old, next) };
}

/** Is the body all that differs? */
export function onlyBodiesDiffer({ answer: before }: ProbeResult, { answer: after }: ProbeResult): boolean {
  if (answersDiffer(before, after) === undefined) return false;
  return answersDiffer(withBody(before, ''), withBody(after, '')) === undefined;
}

function agrees([first, ...others]: Told): boolean {
  return first === undefined || others.every((other) => answersDiffer(first, other) === undefined);
}

function withBody(answer: ProbeAnswer, body: string): ProbeAnswer {
  return answer.kind === 'silent' ? answer : { ...answer, body };
}

/** Bodies of the same number of words, without those words that an image does not repeat itself; others stay as they are. */
function withoutUnsteadyWords([old, next]: Both): Both {
  const words = (told: Told) => told.map((one) => (one.kind === 'silent' ? [] : wordsOf(steadiedText(one.body))));
  const [olds, nexts] = [words(old), words(next)];
  const [model = []] = olds;
  if ([...olds, ...nexts].some(({ length }) => length !== model.length)) return [old, next];
  const repeats = (told: readonly (readonly string[])[], at: number): boolean =>
    told.every((one) => one[at] === told[0]?.[at]);
  const steady = model.map((_, at) => repeats(olds, at) && repeats(nexts, at));
  const masked = (told: Told, bodies: readonly (readonly string[])[]): Told =>
    told.map((one, index) =>
      withBody(one, (bodies[index] ?? []).map((word, at) => (steady[at] === true ? word : '‹…›')).join('')),
    );
  return [masked(old, olds), masked(next, nexts)];
}

/** Words and what stands between them, in turn: a word is what names of files and variables are made of. */
function wordsOf(text: string): readonly string[] {
  return text.split(/([\w‹›-]+)/);
}

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 60));
  return `${around(a)} before, ${around(b)} after`;
}

function probeHere(port: number, method: string, path: string): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const silent = (cause: string): void => resolve({ kind: 'silent', cause });
    const call = request({ host: '127.0.0.1', port, method, path, timeout: timeLimitMs, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const end = (): void =>
        resolve({
          kind: 'answered',
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString('utf8'),
        });
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= largestBody) chunks.push(chunk);
        else {
          end();
          response.destroy();
        }
      });
      response.on('end', end).on('error', end);
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', (error: NodeJS.ErrnoException) =>
      silent(error.code?.startsWith('HPE_') ? 'no HTTP' : (error.code ?? error.message)),
    );
    call.end();
  });
}

/** The address of a container's host name where it has no network. Who listens on it leaves 127.0.0.1 closed, as with a network. */
export const ownAddress = '127.0.1.1';

/** The same request, made by a process of its own inside the container's network namespace. */
const client = `
const [port, method, path] = process.argv.slice(1);
const say = (answer) => { process.stdout.write(JSON.stringify(answer)); process.exit(0); };
const ask = (host, others) => {
  const call = require('http').request({ host, port, method, path, timeout: ${timeLimitMs}, agent: false }, (r) => {
    const parts = []; let n = 0;
    const end = () => say({ status: r.statusCode, contentType: r.headers['content-type'] || '', body: Buffer.concat(parts).toString('utf8') });
    r.on('data', (c) => { n += c.length; if (n <= ${largestBody}) parts.push(c); else end(); }).on('end', end).on('error', end);
  });
  call.on('timeout', () => call.destroy(new Error('no answer in time')));
  call.on('error', (e) => {
    if (e.code === 'ECONNREFUSED' && others.length > 0) return ask(others[0], others.slice(1));
    say({ cause: String(e.code || '').startsWith('HPE_') ? 'no HTTP' : e.code || e.message });
  });
  call.end();
};
ask('127.0.0.1', ['${ownAddress}']);
`;

async function probeInside(address: Address, method: string, path: string): Promise<ProbeAnswer> {
  const inside = ['-t', String(address.namespaceOf), '-n', '--', process.execPath, '-e', client];
  const ended = await runProgram({
    program: 'nsenter',
    args: [...inside, String(address.port), method, path],
    timeLimitMs: timeLimitMs + 5_000,
  });
  const answer = fieldsOf(parseJson(ended.out));
  const status = numberOf(answer.status);
  if (!succeeded(ended) || status === undefined)
    return {
      kind: 'silent',
      cause: textOf(answer.cause) ?? (ended.end.kind === 'missing' ? 'nsenter was not found' : 'no answer'),
    };
  return { kind: 'answered', status, contentType: textOf(answer.contentType) ?? '', body: textOf(answer.body) ?? '' };
}

/** One request, made twice. */
export interface ProbeResult {
  readonly request: ProbeRequest;
  readonly answer: ProbeAnswer;
  /** The same request again: an answer that differs from itself cannot be compared byte by byte. */
  readonly again: ProbeAnswer;
}
