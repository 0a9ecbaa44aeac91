/** `make` in a Go project: known when every recipe it runs only builds, and only below the directory it runs in (GNU make manual, "Rule Syntax"). */
import { posix } from 'node:path';
import type { PlacedCommand } from '../../reading/commands.ts';
import type { Work } from '../ecosystem.ts';
import type { GoFacts } from './packages.ts';

interface Rule {
  readonly prerequisites: readonly string[];
  readonly recipe: readonly string[];
}

const MAX_RULES = 40;

/** Work of a `make` whose targets are understood; `undefined`: another program, or recipes that may do anything. */
export function makeWork(command: PlacedCommand, facts: GoFacts): Work | undefined {
  if (command.argv[0] !== 'make' || command.cwd === undefined || !command.literal) return undefined;
  const words = command.argv.slice(1);
  if (words.some((word) => word.startsWith('-') && !/^-(j\d*|s|k)$/.test(word))) return undefined;
  const text = makefileOf(facts);
  if (text === undefined) return undefined;
  const rules = rulesOf(text);
  const targets = words.filter((word) => !word.startsWith('-') && !word.includes('='));
  const recipes = recipesOf(rules, targets.length === 0 ? [rules.keys().next().value ?? ''] : targets);
  if (
    recipes === undefined ||
    !recipes.every(harmless) ||
    !recipes.some((line) => /\bgo (build|install|generate)\b/.test(line))
  )
    return undefined;
  return { role: 'build', writes: [command.cwd] };
}

function makefileOf({ project, directory }: GoFacts): string | undefined {
  const text = ['GNUmakefile', 'makefile', 'Makefile']
    .map((name) => project.read(posix.join(directory, name)))
    .find((one) => one !== undefined);
  return text === undefined ||
    /^-?include\b|^define\b|\$\((shell|eval|call)\s+(?!git |date|go |pwd|ls|find |cat |basename|dirname|grep )/m.test(
      text,
    )
    ? undefined
    : text;
}

/** Explicit rules by target; a recipe line starts with a tab. */
function rulesOf(text: string): ReadonlyMap<string, Rule> {
  const values = new Map<string, string>();
  const rules = new Map<string, { prerequisites: string[]; recipe: string[] }>();
  let current: { prerequisites: string[]; recipe: string[] }[] = [];
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    if (line.startsWith('\t')) {
      for (const rule of current) rule.recipe.push(filled(line.trim(), values));
      continue;
    }
    const variable = /^(?:export\s+)?([\w.-]+)\s*(?:\?|:{1,2}|\+)?=\s*(.*)$/.exec(line);
    if (variable !== null) values.set(variable[1] ?? '', filled(variable[2] ?? '', values));
    const head = variable === null ? /^([\w./% -]+?)\s*:(?!=)\s*([^#;=]*)/.exec(line) : null;
    if (head === null) continue;
    current = (head[1] ?? '')
      .trim()
      .split(/\s+/)
      .filter((name) => !name.startsWith('.'))
      .map((name) => {
        const rule = rules.get(name) ?? { prerequisites: [], recipe: [] };
        rule.prerequisites.push(
          ...filled(head[2] ?? '', values)
            .trim()
            .split(/\s+/)
            .filter((word) => word !== ''),
        );
        rules.set(name, rule);
        return rule;
      });
  }
  return rules;
}

function filled(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$[({]([\w.-]+)[)}]/g, (whole, name: string) => values.get(name) ?? whole);
}

/** All recipe lines of the targets and what they depend on; a target without rule must be a file. */
function recipesOf(rules: ReadonlyMap<string, Rule>, targets: readonly string[]): readonly string[] | undefined {
  const lines: string[] = [];
  const seen = new Set<string>();
  const queue = [...targets];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const rule = rules.get(name);
    if (seen.size > MAX_RULES || (rule === undefined && targets.includes(name))) return undefined;
    if (rule === undefined) continue;
    queue.push(...rule.prerequisites.filter((one) => one !== '|'));
    lines.push(...rule.recipe);
  }
  return lines;
}

const programs =
  /^(go|gofmt|goimports|echo|printf|mkdir|rm|touch|cd|true|test|\[|export|templ|swag|sqlc|buf|protoc|wire|mockgen|easyjson|qtc|upx|strip|cp|mv|chmod|date|git|which|command|set)$/;

/** One recipe line: every command of it builds, and names no absolute path outside of the temporary one. */
function harmless(line: string): boolean {
  if (/\s[<>]?\s*\/(?!tmp\b|dev\/null)[\w]/.test(line) || /\bgo install\b|\$\(MAKE\)|~\//.test(line)) return false;
  return line
    .replace(/^[@+-]+\s*/, '')
    .split(/&&|\|\||;|\|/)
    .every((part) => {
      const words = part
        .trim()
        .split(/\s+/)
        .filter((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word));
      return words[0] === undefined || words[0] === '' || words[0].startsWith('#') || programs.test(words[0]);
    });
}
