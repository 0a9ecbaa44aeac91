/** What a stage gets from the config of its base: the entrypoint, the environment, the working directory. */

import type { Reason } from '../answer.ts';
import { sourceText, textUsesVariable } from '../dockerfile/rewrite.ts';
import type { ImageFacts } from '../images/image.ts';
import { baseReasons } from './base-reasons.ts';
import type { Candidate } from './base-swap.ts';
import type { Reading } from './reading.ts';

const { explain } = baseReasons;

/** Entrypoints that set something up and then run their arguments (docker-maven, adoptium/containers, docker-node). */
const transparent = /(^|\/)(mvn-entrypoint\.sh|__cacert_entrypoint\.sh|docker-entrypoint\.sh)$/;

/** Names whose value says what an image holds and where (`JAVA_HOME`): the new image's own value is the right one. */
const describesImage = /VERSION|SHA|_HOME$/;

/** Settings of the old base's config that the stage relies on and the new one does not make. */
export function inherited(
  reading: Reading,
  base: ImageFacts,
  { facts, image }: Candidate,
): { readonly lines: readonly (readonly [string, string])[] } | Reason {
  const from = base.ref.text;
  const { start } = reading;
  const lines: (readonly [string, string])[] = [];
  const entrypoint = base.config.entrypoint?.join(' ');
  if (start.entrypoint === undefined && entrypoint !== facts.config.entrypoint?.join(' ')) {
    const gone = entrypoint !== undefined && !transparent.test(base.config.entrypoint?.[0] ?? '');
    const added = facts.config.entrypoint !== undefined && !transparent.test(facts.config.entrypoint[0] ?? '');
    if (gone || (added && start.inherited))
      return explain('entrypoint-lost', {
        from,
        entrypoint: entrypoint ?? facts.config.entrypoint?.join(' ') ?? '',
        image,
      });
    if (added) lines.push(['ENTRYPOINT', '[]']);
  }
  if (start.inherited && base.config.cmd?.join(' ') !== facts.config.cmd?.join(' ')) {
    return explain('entrypoint-lost', { from, entrypoint: base.config.cmd?.join(' ') ?? '', image });
  }
  for (const [name, value] of Object.entries(base.config.env)) {
    const other = facts.config.env[name];
    if (name in facts.config.env && (other === value || describesImage.test(name))) continue;
    if (!relied(reading, name, base, facts) || isLocaleLost(name, value, facts)) continue;
    if (value === undefined) return explain('setting-lost', { from, setting: name });
    lines.push(['ENV', `${name}=${/[\s"'$]/.test(value) ? JSON.stringify(value) : value}`]);
  }
  const locale = base.config.env['LC_ALL'] ?? base.config.env['LANG'];
  const overriding = facts.config.env['LC_ALL'];
  const rewritten = lines.some(([, rest]) => rest.startsWith('LANG='));
  if (
    rewritten &&
    locale !== undefined &&
    overriding !== undefined &&
    overriding !== locale &&
    !('LC_ALL' in base.config.env)
  )
    lines.push(['ENV', `LC_ALL=${locale}`]);
  const workdir = base.config.workdir ?? '/';
  const first = reading.stage.instructions.find((instruction) => instruction.keyword === 'WORKDIR');
  const absolute = first?.keyword === 'WORKDIR' && first.words[0]?.value.startsWith('/') === true;
  if (workdir !== (facts.config.workdir ?? '/') && !absolute) lines.push(['WORKDIR', workdir]);
  if (base.config.stopsignal !== undefined && base.config.stopsignal !== facts.config.stopsignal)
    lines.push(['STOPSIGNAL', base.config.stopsignal]);
  for (const port of base.config.expose) if (!facts.config.expose.includes(port)) lines.push(['EXPOSE', port]);
  return { lines };
}

/** An image without shell has no locales but its own: a name it does not know would make programs fall back to ASCII. */
function isLocaleLost(name: string, value: string | undefined, facts: ImageFacts): boolean {
  return /^(LANG|LC_[A-Z]+|LANGUAGE)$/.test(name) && !facts.shell && !/^(C|POSIX)(\.|$)/.test(value ?? '');
}

/** Locale settings change what programs print and read; other names matter when the file or an entry script uses them. */
function relied(reading: Reading, name: string, base: ImageFacts, facts: ImageFacts): boolean {
  if (name === 'PATH') return pathRelied(reading, base, facts);
  if (/^(LANG|LC_[A-Z]+|LANGUAGE|TZ)$/.test(name)) return true;
  const own = reading.positions
    .filter((position) => position.stage === reading.stage)
    .map((position) => sourceText(reading.file, position.instruction));
  const scripts = reading.start.scripts.map(({ path }) => reading.project.read(path) ?? '');
  return [...own, ...scripts].some((text) => textUsesVariable(text, name));
}

/** A program started by its bare name lies in a directory that only the old PATH lists. */
function pathRelied(reading: Reading, base: ImageFacts, facts: ImageFacts): boolean {
  const old = base.config.env['PATH']?.split(':') ?? [];
  const kept = new Set(
    facts.config.env['PATH']?.split(':') ?? [
      '/usr/local/sbin',
      '/usr/local/bin',
      '/usr/sbin',
      '/usr/bin',
      '/sbin',
      '/bin',
    ],
  );
  const gone = old.filter((directory) => !kept.has(directory));
  return reading.copies.some(
    (copy) =>
      copy.position.stage === reading.stage &&
      copy.origins.some((origin) =>
        gone.some((directory) => origin.path === directory || origin.path.startsWith(`${directory}/`)),
      ),
  );
}
