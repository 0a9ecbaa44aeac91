/** The Go version a module asks for (Go Toolchains, "The go and toolchain lines"). */
import { type Answer, known, notKnown } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import { declaration, declaredReasons } from '../declared.ts';
import type { DeclaredVersion } from '../ecosystem.ts';
import type { GoFacts } from './packages.ts';

const { explain } = declaredReasons;

/** Since Go 1.21 the `go` line is the oldest release that builds the module and all it requires; before, it promised nothing. */
export function goVersion(reading: Reading<GoFacts>): Answer<DeclaredVersion> {
  const { mod } = reading.facts;
  const text = mod === undefined ? undefined : reading.project.read(mod.file);
  const lines = [/^\s*toolchain\s+go(1\.\d+)/, /^\s*go\s+(1\.\d+)/].flatMap(
    (pattern) => declaration(mod?.file ?? 'go.mod', text, pattern) ?? [],
  );
  const best = [...lines].sort((a, b) => minor(b.value) - minor(a.value))[0];
  if (best === undefined) return notKnown(explain('none', { language: 'Go', file: 'go.mod' }));
  if (minor(best.value) < 21)
    return notKnown(
      explain('open', {
        where: `${best.evidence.file}:${best.evidence.line}`,
        range: `go ${best.value} and everything newer`,
        file: 'go.mod (`go 1.21` or newer)',
      }),
    );
  return known({ language: 'golang', version: best.value }, { ...best.evidence, says: `go ${best.value}` });
}

function minor(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}
