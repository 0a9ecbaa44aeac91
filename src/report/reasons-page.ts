/** The page that lists the reasons shared by all transforms, made from their declarations. */
import { transforms } from '../../transforms/index.ts';
import type { ReasonTable } from '../reason.ts';

const intro: Readonly<Record<string, string>> = {
  file: 'The file is left alone because BuildKit would not build it, or because editing it is not safe.',
  image: 'The file is left alone because of what kind of image it builds.',
  placement:
    'Why an instruction cannot be placed in a build or a runtime stage, and what is worth knowing when it was.',
  base: 'Why the final stage cannot run on a smaller base.',
  check: 'A step was dropped because its result failed a check. That is a bug of dfmigrate: please report it.',
};

/** Markdown: one section per owner, one line per code. */
export function reasonsPage(tables: readonly ReasonTable[]): string {
  const own = new Set(transforms.map((transform) => transform.name));
  const sections = tables.filter(({ owner }) => !own.has(owner)).map(sectionOf);
  const head =
    '# Reasons\n\nWhat dfmigrate says when it leaves something as it is. The reasons of each transform are on its own page under `transforms/`.\n`dfmigrate explain <code>` prints one of them.\n';
  return [head, ...sections].join('\n');
}

function sectionOf({ owner, sentences }: ReasonTable): string {
  const lines = Object.entries(sentences).map(([code, sentence]) => {
    const says = typeof sentence === 'string' ? sentence : sentence.says;
    const settle = typeof sentence === 'string' ? '' : ` What settles it: ${sentence.settle}.`;
    return `- \`${owner}/${code}\`: ${says}.${settle}`;
  });
  const first = intro[owner] ?? `What is said about projects built with ${owner}.`;
  return `## ${owner}\n\n${first}\n\n${lines.join('\n')}\n`;
}
