/** Built-in commands and reserved words of POSIX shells and bash (POSIX.1-2017 2.14, Bash manual 4). */
const builtins: ReadonlySet<string> = new Set(
  (
    '. : [ [[ alias bg break builtin case cd command continue declare dirs echo enable eval exit export false fc fg ' +
    'function getopts hash if help history jobs kill let local logout popd printf pushd pwd read readonly return set ' +
    'shift shopt source suspend test time times trap true type typeset ulimit umask unalias unset until wait while ! {'
  ).split(' '),
);

/** Does the shell itself run this word? */
export function isBuiltin(word: string): boolean {
  return builtins.has(word);
}
