/** A copy of the build context in a temporary folder: builds never see the working tree, nor change it. */
import {
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ignores, readIgnore } from '../project/dockerignore.ts';
import type { FileEdit } from '../transform.ts';
import type { Ledger } from './ledger.ts';

/** What is built: a Dockerfile's text and the files that a migration puts beside it. */
export interface Variant {
  readonly text: string;
  readonly files: readonly Pick<FileEdit, 'path' | 'after'>[];
}

export interface Staged {
  readonly context: string;
  readonly dockerfile: string;
  /** Folder for logs; removed with the copy. */
  readonly folder: string;
}

export interface Source {
  /** Absolute. */
  readonly context: string;
  /** Path of the Dockerfile relative to the context; `undefined` when it lies elsewhere. */
  readonly dockerfile: string | undefined;
}

/**
 * Copies what the variant's ignore file lets through, then writes the variant's own files. Throws what the file system
 * throws (a full disk); everything made so far is in the ledger.
 */
export function stage(source: Source, variant: Variant, name: string, ledger: Ledger): Staged {
  const folder = mkdtempSync(path.join(tmpdir(), `dfmigrate-${name}-`));
  ledger.add({ what: `folder ${folder}`, directory: folder });
  const context = path.join(folder, 'context');
  const dockerfile =
    source.dockerfile === undefined ? path.join(folder, 'Dockerfile') : path.join(context, source.dockerfile);
  copyTree(source.context, context, sentBy(source, variant));
  for (const file of variant.files) write(inside(context, file.path), file.after);
  write(dockerfile, variant.text);
  return { context, dockerfile, folder };
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function inside(context: string, relative: string): string {
  const file = path.join(context, ...relative.split('/'));
  if (!file.startsWith(context + path.sep)) throw new Error(`${relative} lies outside the build context`);
  return file;
}

/** The ignore files themselves are always copied: the builder reads them. */
function sentBy(source: Source, variant: Variant): (relative: string, directory: boolean) => boolean {
  const name = [...(source.dockerfile === undefined ? [] : [`${source.dockerfile}.dockerignore`]), '.dockerignore'];
  const text = name
    .map((one) => variant.files.find((file) => file.path === one)?.after ?? textOf(path.join(source.context, one)))
    .find((one) => one !== undefined);
  const ignore = readIgnore(text ?? '');
  if (!ignore.valid) return () => true;
  return (relative, directory) =>
    relative.endsWith('.dockerignore') || !ignores(ignore, relative) || (directory && ignore.reincludesBelow(relative));
}

function textOf(file: string): string | undefined {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return readFileSync(file, 'utf8');
}

/** Links are copied as links, so nothing outside the context is read; devices and sockets are left out, as builders do. */
function copyTree(from: string, to: string, wanted: (relative: string, directory: boolean) => boolean): void {
  const walk = (relative: string): void => {
    mkdirSync(path.join(to, relative), { recursive: true });
    for (const entry of readdirSync(path.join(from, relative), { withFileTypes: true })) {
      const below = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (!wanted(below, entry.isDirectory())) continue;
      const [source, target] = [path.join(from, below), path.join(to, below)];
      if (entry.isDirectory()) walk(below);
      else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
      else if (entry.isFile()) copyFileSync(source, target, constants.COPYFILE_FICLONE);
    }
  };
  walk('');
}
