/** One source file of a staged context, changed so that nothing but the cache notices. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project/project.ts';
import type { Staged } from './stage.ts';

const source = /\.(?:[cm]?[jt]sx?|py|go|rb|java|kt|scala|cs|fs|php|rs|ex|exs|html|css|vue|svelte)$/;
const notSource =
  /(?:^|\/)(?:test|tests|__tests__|spec|node_modules|vendor|dist|build|target)\/|\.(?:test|spec|config)\.|_test\.go$|(?:^|\/)setup\.py$/;

/** The source file nearest to the root, by path among equals; tests and configuration do not count. */
export function sourceToTouch(project: Project): string | undefined {
  const names = (project.files('') ?? []).filter(
    (name) => source.test(name) && !notSource.test(name) && project.sends(name),
  );
  const depth = (name: string): number => name.split('/').length;
  return [...names].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))[0];
}

/** A blank line that no build has seen before: with the same one twice, the second rebuild would come from the cache. */
export function blankLine(): string {
  return `${[...randomBytes(8)].map((byte) => byte.toString(2).padStart(8, '0').replace(/0/g, ' ').replace(/1/g, '\t')).join('')}\n`;
}

/** One line more at its end; false when the file is not in this context. */
export function touch(staged: Staged, name: string, line: string): boolean {
  const file = path.join(staged.context, ...name.split('/'));
  if (!file.startsWith(staged.context + path.sep) || !existsSync(file)) return false;
  appendFileSync(file, line);
  return true;
}
