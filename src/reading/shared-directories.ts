/** Directories in which the base image keeps files of its own. */

const shared: ReadonlySet<string> = new Set(
  (
    '/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /var /usr/bin /usr/lib /usr/libexec /usr/sbin /usr/share ' +
    '/usr/local /usr/local/bin /usr/local/etc /usr/local/lib /usr/local/sbin /usr/local/share /var/lib /var/opt'
  ).split(' '),
);

/** What a command leaves at this path cannot be told from what the base image has there. */
export function isShared(path: string): boolean {
  return shared.has(path);
}

const empty: ReadonlySet<string> = new Set('/home /media /mnt /opt /run /srv /var/opt'.split(' '));

/** Who owns this directory can put others in place of the programs or settings of the system, by their names. */
export function holdsSystem(path: string): boolean {
  return isShared(path) && !empty.has(path);
}
