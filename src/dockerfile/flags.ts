/** Which flags BuildKit's instruction parser takes, and with which values (`frontend/dockerfile/instructions`). */
import type { Flag } from './model.ts';

type FlagKind = 'text' | 'texts' | 'switch' | 'duration' | 'count';

const FLAGS: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  FROM: { platform: 'text' },
  RUN: { mount: 'texts', network: 'text', security: 'text', device: 'texts' },
  COPY: { chown: 'text', chmod: 'text', from: 'text', link: 'switch', parents: 'switch', exclude: 'texts' },
  ADD: {
    chown: 'text',
    chmod: 'text',
    checksum: 'text',
    link: 'switch',
    'keep-git-dir': 'switch',
    unpack: 'switch',
    exclude: 'texts',
  },
  HEALTHCHECK: {
    interval: 'duration',
    timeout: 'duration',
    'start-period': 'duration',
    'start-interval': 'duration',
    retries: 'count',
  },
};

/** BuildKit never looks at the flags of these. */
const UNCHECKED = ['ARG', 'STOPSIGNAL'];

export interface FlagFault {
  readonly code: 'unknown-flag' | 'duplicate-flag' | 'flag-value';
  readonly flag: Flag;
}

/** The first flag BuildKit would refuse. */
export function flagFault(keyword: string, flags: readonly Flag[]): FlagFault | undefined {
  if (flags.length === 0 || UNCHECKED.includes(keyword)) return undefined;
  const known = FLAGS[keyword] ?? {};
  const seen = new Set<string>();
  for (const flag of flags) {
    const kind = Object.hasOwn(known, flag.name) ? known[flag.name] : undefined;
    if (kind === undefined) return { code: 'unknown-flag', flag };
    if (seen.has(flag.name) && kind !== 'texts') return { code: 'duplicate-flag', flag };
    seen.add(flag.name);
    if (!accepts(kind, flag.value)) return { code: 'flag-value', flag };
  }
  return undefined;
}

function accepts(kind: FlagKind, value: string | undefined): boolean {
  if (kind === 'switch') return value === undefined || /^(true|false)$/i.test(value);
  if (value === undefined) return false;
  if (kind === 'duration') return value === '' || acceptedDuration(value);
  if (kind === 'count') return value === '' || (/^\+?\d{1,10}$/.test(value) && Number(value) < 2 ** 31);
  return true;
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A duration of Go's `time.ParseDuration` in milliseconds; `undefined` when it is none. */
export function duration(text: string): number | undefined {
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return 0;
  let total = 0;
  let at = 0;
  while (at < unsigned.length) {
    const part = /(\d*)(\.\d*)?(ns|us|µs|μs|ms|s|m|h)/y;
    part.lastIndex = at;
    const match = part.exec(unsigned);
    const amount = `${match?.[1] ?? ''}${match?.[2] ?? ''}`;
    if (match === null || amount === '' || amount === '.') return undefined;
    total += Number(`0${amount}`) * (MILLISECONDS[match[3] ?? ''] ?? 0);
    at = part.lastIndex;
  }
  if (at === 0) return undefined;
  return text.startsWith('-') ? -total : total;
}

/** HEALTHCHECK takes zero or at least one millisecond. */
function acceptedDuration(text: string): boolean {
  const value = duration(text);
  return value !== undefined && (value === 0 || value >= 1);
}
