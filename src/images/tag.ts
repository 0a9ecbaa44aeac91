/** Reads the text of a tag: `3.12-slim-bookworm`, `21-jre-alpine-3.24`, `lts-slim`. */
import { isCodename } from './release.ts';

export interface Tag {
  /** As written; `latest` when the reference has none. */
  readonly text: string;
  /** The leading word when it starts with a digit: `3.12`, `20`, `21.0.4_7`. */
  readonly version: string | undefined;
  /** What follows the version, without the dash; the whole tag when it is only words. */
  readonly suffix: string;
  readonly words: readonly string[];
  /** OS release the tag itself names: `bookworm`, `alpine3.20`, `ubi9`, `al2023`. */
  readonly release: string | undefined;
  readonly alpine: boolean;
  readonly slim: boolean;
  readonly windows: boolean;
  /** A snapshot day such as `20240110` is part of the tag. */
  readonly dated: boolean;
}

/** Longest tag a registry accepts (distribution specification); longer texts are not parsed. */
const MAX_TAG = 128;

export function readTag(written: string | undefined): Tag {
  const text = (written ?? 'latest').slice(0, MAX_TAG);
  const all = text.split('-');
  const first = all[0] ?? '';
  const version = /^v?\d/.test(first) ? first : undefined;
  const words = version === undefined ? all : all.slice(1);
  return {
    text,
    version,
    words,
    suffix: words.join('-'),
    release: releaseIn(words),
    alpine: words.some((word) => /^alpine[\d.]*$/.test(word)),
    slim: words.includes('slim'),
    windows: words.some((word) => /^(windowsservercore|nanoserver|windows|ltsc\d+)/.test(word)),
    dated: all.some((word) => /^20\d{6}(\.\d+)?$/.test(word)),
  };
}

function releaseIn(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (isCodename(word) || /^(ubi\d+|al2|al2023|oraclelinux\d+|alpine\d+\.\d+)$/.test(word)) return word;
    const branch = words[index + 1] ?? '';
    if (word === 'alpine' && /^\d+\.\d+$/.test(branch)) return `alpine${branch}`;
  }
  return undefined;
}

/** `3.12.4` → `[3, 12, 4]`; `undefined` when a part is not a plain number. */
export function versionNumbers(version: string | undefined): readonly number[] | undefined {
  if (version === undefined || !/^v?\d{1,6}(\.\d{1,6}){0,4}$/.test(version)) return undefined;
  return version.replace('v', '').split('.').map(Number);
}

/** Compares number by number; a missing number on either side counts as equal (`20` covers `20.11`). */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Major number of a version text, also of `8u342` and `21.0.4_7`. */
export function major(version: string | undefined): number | undefined {
  const digits = /^v?(\d{1,6})/.exec(version ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A full Java build such as `21.0.4_7`, `8u342` or `17.0.2`, as against a feature release (`21`). */
export function isJavaBuild(version: string | undefined): boolean {
  return version !== undefined && !/^\d+$/.test(version);
}
