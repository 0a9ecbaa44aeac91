/** The user's wishes as they are written, on the command line and in files alike. */
import type { Wishes } from '../transform.ts';

export const flavours = ['auto', 'slim', 'alpine', 'distroless', 'scratch', 'keep'] as const;

/** A flavour or `image=<reference>`; `undefined` for anything else. */
export function readRuntime(text: string): Wishes['runtime'] | undefined {
  const flavour = flavours.find((name) => name === text);
  if (flavour !== undefined) return flavour;
  const image = /^image=([\w][\w./:@-]{0,511})$/.exec(text)?.[1];
  return image === undefined ? undefined : { image };
}

/** `name` or `name:uid`; root is no such user. */
export function readUser(
  text: string,
): { readonly known: true; readonly user: Wishes['user'] } | { readonly known: false } {
  const [, name = '', uid] = /^([a-z_][a-z0-9_-]{0,31})(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (name === '' || name === 'root' || Number(uid ?? 1) === 0) return { known: false };
  return { known: true, user: { name, uid: uid === undefined ? undefined : Number(uid) } };
}

/** `auto`, `off`, `http:/path` or `cmd:<command>`. */
export function readHealthcheck(text: string): Wishes['healthcheck'] | undefined {
  if (text === 'auto' || text === 'off') return text;
  const http = /^http:(\/[!-~]{0,255})$/.exec(text)?.[1];
  if (http !== undefined) return { http };
  const command = /^cmd:([ -~]{1,1000})$/.exec(text)?.[1];
  return command === undefined ? undefined : { command };
}
