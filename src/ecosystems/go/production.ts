/** Gin's release mode (gin-gonic/gin, mode.go): without it every start prints the routes and every error its debug text. */
import { type Answer, known, notKnown } from '../../answer.ts';
import type { Reading } from '../../reading/reading.ts';
import type { EnvironmentSetting } from '../ecosystem.ts';
import { productionReasons } from '../production.ts';
import type { GoFacts } from './packages.ts';
import { evidenceOf } from './scan.ts';
import { callsOf } from './source.ts';

const name = 'GIN_MODE';

export function goProduction(reading: Reading<GoFacts>): Answer<readonly EnvironmentSetting[]> {
  const { facts } = reading;
  const gin = facts.mod?.requires.find(({ path }) => path === 'github.com/gin-gonic/gin');
  if (gin === undefined) return known([]);
  const { byDirectory, complete } = facts.sources();
  if (!complete)
    return notKnown(
      productionReasons.explain('switches-configuration', { where: 'one of too many sources', name, value: 'release' }),
    );
  const sources = [...byDirectory.values()].flat();
  const imported = sources.some((source) => source.imports.includes('github.com/gin-gonic/gin'));
  if (!imported || sources.some((source) => /\bgin\.SetMode\(/.test(source.code))) return known([]);
  const readBy = sources.flatMap((source) => callsOf(source, /\bgin\.(?:Mode|IsDebugging)/).map(evidenceOf));
  const evidence = [{ file: facts.mod?.file ?? 'go.mod', line: gin.line, says: gin.path }];
  return known([{ name, value: 'release', effect: 'Gin stops printing its debug lines', evidence, readBy }]);
}
