/** Names that go into git commands. */

/** Would git accept it, and can nobody mistake it for an option or an expression? */
export function isBranchName(name: string): boolean {
  return (
    /^[A-Za-z0-9_][\w./+-]{0,199}$/.test(name) && !/\.\.|\/\/|\/\.|\.lock(?:\/|$)|[./]$/.test(name) && name !== 'HEAD'
  );
}

/** `Name <address>` without anything that could end the line. */
export function isCommitter(text: string): boolean {
  return /^[^<>\n\0]{1,200} <[^<>\n\0\s]{1,200}>$/.test(text);
}
