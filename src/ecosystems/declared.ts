/** Versions that files of a project declare: which of them hold, and whether they agree. */
import { type Answer, type Evidence, known, notKnown } from '../answer.ts';
import { defineReasons } from '../reason.ts';
import type { DeclaredVersion } from './ecosystem.ts';

export const declaredReasons = defineReasons('declared', {
  none: {
    says: 'no file of the project says which version of {language} it wants',
    settle: 'write the version into {file}',
  },
  contradiction: {
    says: '{one} says {first} and {other} says {second}',
    settle: 'let both say the same version',
  },
  open: {
    says: '{where} allows several versions ({range})',
    settle: 'write the version that is meant into {file}',
  },
} as const);
const { explain } = declaredReasons;

/** One place that declares a version; `undefined`: it leaves several open. */
export interface Declaration {
  readonly version: string | undefined;
  /** May the image have this version? For places that leave several open. */
  readonly allows?: (version: string) => boolean;
  readonly evidence: Evidence;
}

/** The most exact version, when every other place says the same or allows it. `file`: where one would write it; `title`: the language's name for people. */
export function agreed(
  language: DeclaredVersion['language'],
  title: string,
  file: string,
  declarations: readonly Declaration[],
): Answer<DeclaredVersion> {
  const exact = declarations.filter((one) => one.version !== undefined);
  const best = [...exact].sort((a, b) => parts(b.version) - parts(a.version))[0];
  const range = declarations.find((one) => one.version === undefined);
  if (best?.version === undefined) {
    return range === undefined
      ? notKnown(explain('none', { language: title, file }))
      : notKnown(explain('open', { where: place(range.evidence), range: range.evidence.says, file }));
  }
  const { version } = best;
  for (const other of declarations) {
    const fits = other.version === undefined ? other.allows?.(version) !== false : covers(other.version, version);
    if (fits) continue;
    return notKnown(
      explain('contradiction', {
        one: place(best.evidence),
        first: best.evidence.says,
        other: place(other.evidence),
        second: other.evidence.says,
      }),
    );
  }
  return known({ language, version }, ...exact.map((one) => one.evidence));
}

function parts(version: string | undefined): number {
  return version?.split('.').length ?? 0;
}

/** `20` covers `20.11.1`. */
function covers(wide: string, narrow: string): boolean {
  return wide === narrow || narrow.startsWith(`${wide}.`);
}

function place({ file, line }: Evidence): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** First match of a pattern in a text, with its line. */
export function declaration(
  file: string,
  text: string | undefined,
  pattern: RegExp,
): { readonly value: string; readonly evidence: Evidence } | undefined {
  const lines = (text ?? '').slice(0, 1 << 18).split('\n');
  const index = lines.findIndex((line) => pattern.test(line));
  const value = pattern.exec(lines[index] ?? '')?.[1];
  return value === undefined ? undefined : { value, evidence: { file, line: index + 1, says: value } };
}
