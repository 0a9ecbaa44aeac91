/** The changes of a repository as patches for `git am`: one per step, in a directory of the repository's own. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gitPatch } from '../report/diff.ts';
import { type FileReport, stepChanges } from '../report/report.ts';
import { changedSteps, stepMessage } from './message.ts';

export interface PatchRequest {
  readonly repo: string;
  readonly files: readonly FileReport[];
  /** Object id of the commit the patches apply to. */
  readonly base: string;
  /** The base's time, `1700000000 +0100`. */
  readonly time: string;
  readonly committer: string;
  readonly key: string;
  readonly hide: (text: string) => string;
}

/** A directory or file name for a repository: its id where that can be one, else made of it and a digest. */
export function slugOf(id: string): string {
  if (/^[A-Za-z0-9_][\w.-]{0,99}$/.test(id)) return id;
  const readable = id
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+/, '');
  return `${readable.slice(-80)}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}

/** Replaces the repository's patches below `directory`; names relative to it, with `/`. Throws what writing throws. */
export function writePatches(directory: string, request: PatchRequest): readonly string[] {
  const slug = slugOf(request.repo);
  const own = path.join(directory, slug);
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(own)) if (/^\d{4}-.*\.patch$/.test(name)) rmSync(path.join(own, name));
  const steps = changedSteps(request.files);
  return steps.map((each, index) => {
    const name = `${String(index + 1).padStart(4, '0')}-${each.step.transform}.patch`;
    const [subject = '', ...body] = request.hide(stepMessage(each, request.key)).split('\n');
    const head = [
      `From ${request.base} Mon Sep 17 00:00:00 2001`,
      `From: ${request.committer}`,
      `Date: ${mailDate(request.time)}`,
      `Subject: [PATCH ${index + 1}/${steps.length}] ${subject}`,
      ...body.slice(0, -1),
      '---',
      '',
    ];
    writeFileSync(path.join(own, name), `${head.join('\n')}\n${gitPatch(stepChanges(each.file, each.step, 'patch'))}`);
    return `${slug}/${name}`;
  });
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Tue, 14 Nov 2023 22:13:20 +0000`: the same instant, told in UTC. */
function mailDate(time: string): string {
  const date = new Date(Math.min(Number(time.split(' ')[0]), 8.64e12) * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const day = `${days[date.getUTCDay()]}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()]}`;
  return `${day} ${date.getUTCFullYear()} ${clock} +0000`;
}
