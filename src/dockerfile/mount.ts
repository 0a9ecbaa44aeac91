/** `RUN --mount=type=cache,target=/x`: one line of CSV with `key=value` or `key` fields. */

import type { Instruction } from './model.ts';

export interface MountField {
  /** In lower case, as BuildKit compares it. */
  readonly key: string;
  readonly value: string | undefined;
}

/** The fields in order; a field in double quotes may hold commas, `""` in it is one quote. */
export function mountFields(flagValue: string): readonly MountField[] {
  return csvFields(flagValue).map((field) => {
    const equals = field.indexOf('=');
    if (equals < 0) return { key: field.toLowerCase(), value: undefined };
    return { key: field.slice(0, equals).toLowerCase(), value: field.slice(equals + 1) };
  });
}

/**
 * Paths of the build context, relative to its root, that RUN mounts by `--mount=type=bind`, the type when none is given; `''`: all
 * of it. (BuildKit, `frontend/dockerfile/instructions/commands_runmount.go`)
 */
export function contextMounts(instruction: Instruction): readonly string[] {
  if (instruction.keyword !== 'RUN') return [];
  return instruction.flags.flatMap((flag) => {
    if (flag.name !== 'mount') return [];
    const fields = new Map(mountFields(flag.value ?? '').map(({ key, value }) => [key, value ?? '']));
    if ((fields.get('type') ?? 'bind') !== 'bind' || fields.has('from')) return [];
    const source = fields.get('source') ?? fields.get('src') ?? '';
    return [source.replace(/^(\.?\/)+|^\.$/, '').replace(/\/+$/, '')];
  });
}

function csvFields(text: string): readonly string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    let field = '';
    if (text[at] === '"') {
      at += 1;
      while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) {
        at += text[at] === '"' ? 1 : 0;
        field += text[at];
        at += 1;
      }
      at += 1;
    }
    const comma = text.indexOf(',', at);
    const end = comma < 0 ? text.length : comma;
    fields.push(field + text.slice(at, end));
    at = end + 1;
  }
  return fields;
}
