/** What a `.env` beside the program says of its port: godotenv sets what the environment leaves open (its README). */
import { posix } from 'node:path';
import { settingIn } from '../../project/dotenv.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import type { Reading } from '../../reading/reading.ts';
import type { GoFacts } from './packages.ts';
import type { Scan } from './scan.ts';

interface Settings {
  /** Where the program loads the file. */
  readonly where: string;
  /** The file is in the context. */
  readonly committed: boolean;
  /** What it sets the variable to, or what the example beside an uncommitted one does. */
  readonly value: string | undefined;
}

/**
 * The port that a variable with this default stands for: what the environment of the image says, then a `.env` that is loaded.
 * An object: that file may say another one. One that is in no commit agrees when its example or the only EXPOSE does.
 */
export function portSet(
  reading: Reading<GoFacts>,
  scan: Scan,
  { port, variable }: { readonly port: number; readonly variable: string | undefined },
  exposed: readonly number[],
): number | { readonly variable: string; readonly where: string } {
  if (variable === undefined) return port;
  const set = reading.contract.env[variable];
  if (set !== undefined) return /^:?\d+$/.test(set) ? Number(set.replace(':', '')) : port;
  const settings = loadedSettings(reading, scan, variable);
  if (settings === undefined) return port;
  const { where, committed, value } = settings;
  if (value === undefined)
    return committed || (exposed.length === 1 && exposed[0] === port) ? port : { variable, where };
  const told = Number(/^(?:[\w.]*:)?(\d+)$/.exec(value)?.[1]);
  if (committed && told > 0) return told;
  return told === port ? port : { variable, where };
}

/** The `.env` that the program loads into its environment, when it lands in the image. */
function loadedSettings(reading: Reading<GoFacts>, scan: Scan, variable: string): Settings | undefined {
  const load = scan.reads.find(
    ({ value, evidence }) =>
      /godotenv/.test(evidence.says) && value.kind === 'text' && posix.normalize(value.text) === '.env',
  );
  const path = resolvePath(reading.chain.at(-1)?.workdir, '.env');
  if (load === undefined || path === undefined) return undefined;
  const stages = new Set(reading.chain.map(({ stage }) => stage));
  const lands = reading.copies.some(
    ({ position, origins }) => stages.has(position.stage) && origins.some((origin) => isWithin(path, origin.path)),
  );
  const beside = (name: string) => posix.join(reading.facts.directory, name);
  if (!lands || !reading.project.sends(beside('.env'))) return undefined;
  const { file, line } = load.evidence;
  const where = `${file}:${line ?? 1}`;
  const text = reading.project.read(beside('.env'));
  if (text !== undefined) return { where, committed: true, value: settingIn(text, variable) };
  const examples = ['.env.example', '.env.sample', '.env.template', '.env.dist', 'example.env', 'sample.env'];
  const told = examples.flatMap((name) => settingIn(reading.project.read(beside(name)) ?? '', variable) ?? []);
  return { where, committed: false, value: told[0] };
}
