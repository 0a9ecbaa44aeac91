/** The command line of `go` (go command documentation, `go help build`) and of the tools that came before modules. */
import { expand, lookUp } from '../../dockerfile/variables.ts';
import type { PlacedCommand } from '../../reading/commands.ts';

export interface GoCommand {
  readonly placed: PlacedCommand;
  readonly verb: string;
  /** The second word of `go mod`, `go env`, `go work`. */
  readonly action: string | undefined;
  /** By name without dashes; `''` for a flag without value. */
  readonly flags: ReadonlyMap<string, string>;
  /** What is left: packages, files, modules. */
  readonly operands: readonly string[];
  /** Its operands and `-o` are known here. */
  readonly clear: boolean;
}

const program = /^(\/usr\/local\/go\/bin\/|\/usr\/bin\/|\/usr\/local\/bin\/)?go(1\.\d+)?$/;
const booleans =
  /^(a|n|v|x|i|race|msan|asan|cover|work|trimpath|modcacherw|linkshared|buildvcs|d|u|t|w|fix|insecure|f|json|e|compat)$/;

/** Reads a call of `go`; `undefined`: another program. */
export function goCommand(placed: PlacedCommand): GoCommand | undefined {
  if (!program.test(placed.argv[0] ?? '')) return undefined;
  const words = wordsOf(placed);
  const nested = ['mod', 'work', 'tool'].includes(words[1] ?? '');
  const flags = new Map<string, string>();
  const operands: string[] = [];
  const rest = words.slice(nested ? 3 : 2);
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    const flag = /^--?([\w.-]+)(?:=([\s\S]*))?$/.exec(word);
    if (flag === null || operands.length > 0) operands.push(word);
    else if (flag[2] !== undefined || booleans.test(flag[1] ?? '')) flags.set(flag[1] ?? '', flag[2] ?? '');
    else flags.set(flag[1] ?? '', rest[++at] ?? '');
  }
  return {
    placed,
    verb: words[1] ?? '',
    action: nested ? words[2] : undefined,
    flags,
    operands,
    clear: ![...operands, flags.get('o') ?? ''].some((word) => /[$`*?]/.test(word)),
  };
}

/** Words with ENV and ARG filled in where they are known; what a shell would still replace stays as written. */
function wordsOf(placed: PlacedCommand): readonly string[] {
  const words = placed.command.words.slice(placed.command.words.length - placed.argv.length);
  return words.map((word) => {
    if (word.value !== undefined) return word.value;
    const { text, complete } = expand(word.raw, placed.position.scope);
    return complete && !word.substitutes ? text : word.raw;
  });
}

/** A variable as this command sees it: its own assignments, `env`, `export` before it in the same RUN, then ENV and ARG. `undefined`: not set or not known. */
export function environmentOf(placed: PlacedCommand, name: string, all: readonly PlacedCommand[]): string | undefined {
  return assigned(placed, name) ?? exported(placed, name, all) ?? fromScope(placed, name);
}

function assigned(placed: PlacedCommand, name: string): string | undefined {
  const own = placed.command.assignments.findLast((one) => one.name === name);
  if (own !== undefined) return own.value?.value ?? own.value?.raw ?? '';
  const wrappers = placed.command.words.slice(0, placed.command.words.length - placed.argv.length);
  const word = wrappers.findLast((one) => one.value?.startsWith(`${name}=`) === true);
  return word?.value?.slice(name.length + 1);
}

/** `export NAME=value` and bare `NAME=value` in the same RUN, and `go env -w NAME=value` anywhere before. */
function exported(placed: PlacedCommand, name: string, all: readonly PlacedCommand[]): string | undefined {
  for (const other of all.toReversed()) {
    if (other.span.start >= placed.span.start || other.position.stage !== placed.position.stage) continue;
    const written = other.argv[0] === 'go' && other.argv[1] === 'env' && other.argv.includes('-w');
    const same = other.instruction === placed.instruction && (other.argv[0] === 'export' || other.argv.length === 0);
    if (!written && !same) continue;
    const word = other.argv.findLast((one) => one.startsWith(`${name}=`));
    if (word !== undefined) return word.slice(name.length + 1).replaceAll(/["']/g, '');
    const bare = other.argv.length === 0 ? other.command.assignments.findLast((one) => one.name === name) : undefined;
    if (bare !== undefined) return bare.value?.value ?? '';
  }
  return undefined;
}

function fromScope(placed: PlacedCommand, name: string): string | undefined {
  const found = lookUp(placed.position.scope, name);
  return typeof found === 'object' ? found.value : undefined;
}

/** `github.com/x/y@v1` or a module path outside of the project: a program for the image, not the application. */
export function isForeignPackage(operand: string, module: string | undefined): boolean {
  if (/@[\w.^~<>=-]+$/.test(operand)) return true;
  if (operand.startsWith('.') || operand.startsWith('/') || operand.endsWith('.go')) return false;
  if (module !== undefined && (operand === module || operand.startsWith(`${module}/`))) return false;
  return /^[\w-]+(\.[\w-]+)+\//.test(operand);
}

/** The name `go build` and `go install` give a program: the last element of its import path, the one before when that is a version (cmd/go, load.DefaultExecName). */
export function programNameOf(importPath: string): string {
  const parts = importPath
    .replace(/@.*$/, '')
    .split('/')
    .filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const version = /^v([2-9]|[1-9]\d+)$/.test(last) && parts.length > 1;
  return version ? (parts.at(-2) ?? last) : last;
}
