/** What compose services that start the image in another way need of the user who runs it. */
import { posix } from 'node:path';
import type { Answer } from '../answer.ts';
import type { RuntimeNeeds, WritablePath } from '../ecosystems/ecosystem.ts';
import { idles } from './kind.ts';
import { privilegedUse } from './privilege.ts';
import { otherStarts, type Reading } from './reading.ts';

export interface ServiceNeeds {
  readonly writes: readonly WritablePath[];
  readonly home: RuntimeNeeds['home'];
  /** The first service of which it is not known whether it runs without root. */
  readonly unclear: { readonly service: string; readonly file: string; readonly why: string } | undefined;
}

/** The writes and the home of all of them, up to the first that may need root. A service that names its user does not count. */
export function servicesNeed(reading: Reading): ServiceNeeds {
  const writes: WritablePath[] = [];
  let home: RuntimeNeeds['home'];
  for (const { service, reading: started } of otherStarts(reading)) {
    const { main } = started.start;
    if (service.user !== undefined || (main !== undefined && idles(posix.basename(main.argv[0] ?? ''), main.argv)))
      continue;
    const needs = started.ecosystem?.runtime(started);
    const why = openQuestion(started, needs);
    if (why !== undefined) return { writes, home, unclear: { service: service.name, file: service.file, why } };
    if (needs?.known !== true) continue;
    writes.push(...(needs.value.writes ?? []));
    home ??= needs.value.home;
  }
  return { writes, home, unclear: undefined };
}

/** Why it is not known that this start needs no root. */
function openQuestion(started: Reading, needs: Answer<RuntimeNeeds> | undefined): string | undefined {
  const mode = started.ecosystem?.startMode(started);
  if (mode !== undefined && mode.mode !== 'development') return `\`${mode.program}\` builds or tests when it starts`;
  const privileged = privilegedUse(started);
  if (privileged !== undefined) return `it ${privileged.kind === 'home' ? 'uses' : 'starts'} ${privileged.what}`;
  if (needs?.known !== true) return needs?.why.text ?? 'no build tool that dfmigrate knows speaks for it';
  if (needs.value.root !== undefined) return `${needs.value.root.what} needs root`;
  return needs.value.writes === undefined ? (needs.value.writesWhy ?? 'its sources cannot be read') : undefined;
}
