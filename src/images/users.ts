/** Users of an image: who is there, and how to add one with the tools of its distribution. */
import type { ImageFacts, ImageUser } from './image.ts';

/** Above the ranges that distributions and the official images hand out (1000 belongs to node, bun, gradle and ubuntu). */
const FIRST_FREE_UID = 10001;

/** A uid that no user of the image has; 10001 unless that is taken. */
export function freeUid(image: ImageFacts): number {
  const taken = new Set(image.users.flatMap((user) => [user.uid, user.gid]));
  let uid = FIRST_FREE_UID;
  while (taken.has(uid)) uid++;
  return uid;
}

/** Users that belong to the operating system or to another program, not to whoever runs an application. */
const SYSTEM_USERS: ReadonlySet<string> = new Set(['root', 'nobody', 'ubuntu']);
const WEB_FAMILIES: ReadonlySet<string> = new Set(['php', 'composer', 'httpd']);

/** The unprivileged user that the image's makers provide for its program (`node`, `app`, `nonroot`); `undefined`: none. */
export function nonRootUser(image: ImageFacts): ImageUser | undefined {
  return image.users.find(
    (user) =>
      user.uid !== 0 && !SYSTEM_USERS.has(user.name) && (user.name !== 'www-data' || WEB_FAMILIES.has(image.family)),
  );
}

/**
 * Commands for one RUN line that add a system user and its group, both with that id. It has a home directory, where libraries
 * keep settings and caches without being asked. `undefined`: no shell, or the image's tools are not known. The caller chooses a
 * free uid (`freeUid`) and a name that `users` does not have.
 */
export function createUser(
  image: ImageFacts,
  user: { readonly name: string; readonly uid: number },
): readonly string[] | undefined {
  if (!image.shell || !/^[a-z_][a-z0-9_-]{0,31}$/.test(user.name) || !Number.isSafeInteger(user.uid)) return undefined;
  if (image.users.some(({ name, uid }) => name === user.name || uid === user.uid)) return undefined;
  const { name, uid } = user;
  if (image.packageManager === 'apk')
    return [`addgroup -S -g ${uid} ${name}`, `adduser -S -D -u ${uid} -G ${name} ${name}`];
  if (image.has('useradd') !== 'present') return undefined;
  return [
    `groupadd --system --gid ${uid} ${name}`,
    `useradd --system --uid ${uid} --gid ${uid} --create-home --shell /usr/sbin/nologin ${name}`,
  ];
}

/**
 * `adduser` and `addgroup` with one of BusyBox's letters, on an image of Debian or Ubuntu: theirs take `-S` for an abbreviation
 * of more than one option, or do not know it, and end with an error (adduser(8)).
 */
export function speaksBusyBox(image: ImageFacts, argv: readonly string[]): boolean {
  const [program = '', ...words] = argv;
  return image.packageManager === 'apt' && /^(adduser|addgroup)$/.test(program) && words.includes('-S');
}
