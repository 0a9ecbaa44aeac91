/** `dfmigrate list`: the transforms in pipeline order. */

import { hang, wrap } from '../report/layout.ts';
import type { Style } from '../report/style.ts';
import type { Transform } from '../transform.ts';

export function listText(transforms: readonly Transform[], style: Style): string {
  const width = Math.max(0, ...transforms.map(({ name }) => name.length));
  const rows = transforms.map((transform) => {
    const mark = transform.default ? style.palette.green('on ') : style.palette.dim('off');
    const head = `${mark} ${style.palette.bold(transform.name)}${' '.repeat(width - transform.name.length)}  `;
    const indent = width + 6;
    const tags =
      transform.tags.length === 0 ? '' : hang(' '.repeat(indent), [style.palette.dim(transform.tags.join(', '))]);
    return hang(head, wrap(transform.summary, style.columns - indent), indent) + tags;
  });
  return `${rows.join('')}\non: part of every run. off: by --only or --with. More about one: dfmigrate explain <name>\n`;
}

export function listJson(transforms: readonly Transform[]): string {
  const rows = transforms.map(({ name, summary, tags, default: isDefault, changes, reasons }) => ({
    name,
    summary,
    tags,
    default: isDefault,
    changes,
    reasons: Object.keys(reasons.sentences).map((code) => `${reasons.owner}/${code}`),
  }));
  return `${JSON.stringify({ v: 1, transforms: rows }, undefined, 2)}\n`;
}
