/** What looks like a secret in a text: names, shapes of tokens, credentials in addresses, private keys. */

/** `TOKEN`, `NPM_AUTH_TOKEN`, `apiKey`, `DB_PASSWORD`; `KEY` only as a word of its own, so that `MONKEY` is none. */
const secretName =
  /token|secret|passw|passphrase|credential|(?:^|[_.-])(?:api|private|access|ssh|auth|encryption)?keys?(?:$|[_.-])|apikey/i;
/** The name of a variable that holds nothing but a secret: `TOKENIZERS`, `GPG_KEY` and `PASSWORD_FILE` do not. */
const certainName =
  /(?:^|_)(?:token|secret|passwd|password|passphrase|pass|credentials?|auth|pat|api_?key|secret_key_base|(?:private|access|secret|auth|ssh|deploy|encryption|signing)_?key)$/i;
const publicName = /public/i;
const assignment = /([A-Za-z_][\w.-]{0,80})=("(?:[^"\\\n]|\\.){0,4096}"|'[^'\n]{0,4096}'|[^\s"'\\]{1,4096})/g;
/** A setting of a file: `name=value`, `name: value`, `"name": "value"`. */
const setting =
  /["']?([A-Za-z_][\w.-]{0,80})["']?[ \t]{0,4}[:=][ \t]{0,4}("[^"\n]{0,4096}"|'[^'\n]{0,4096}'|[^\s"',;}]{1,4096})/g;
const legacyEnv = /^([ +-]?\s{0,40}ENV\s{1,40})([A-Za-z_][\w.-]{0,80})(\s{1,40})([^=\s][^\n]*)$/gim;
const userinfo = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)([^\s/@:'"]{0,256}:)?([^\s/@'"]{1,256})@/gi;
const privateKey = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/;

/** Tokens whose shape says what they are: GitHub, GitLab, npm, Slack, AWS, Google, private keys, JSON web tokens. */
const tokens = [
  /\bgh[pousr]_[A-Za-z0-9]{20,255}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,255}/g,
  /\bglpat-[\w-]{16,64}/g,
  /\bnpm_[A-Za-z0-9]{30,64}/g,
  /\bxox[abprs]-[\w-]{10,255}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /\bsk-[\w-]{20,200}/g,
  /\beyJ[\w-]{10,2048}\.eyJ[\w-]{10,2048}\.[\w-]{5,1024}/g,
];

/** The text with the values of secret-looking names, known token shapes and URL credentials replaced by `mask`. */
export function withoutSecrets(text: string, mask: string): string {
  const isLiteral = (value: string): boolean => isWritten(value) && !unquoted(value).startsWith(mask);
  const named = text.replace(assignment, (whole, name: string, value: string) =>
    secretName.test(name) && isLiteral(value) ? `${name}=${mask}` : whole,
  );
  const legacy = named.replace(legacyEnv, (whole, keyword: string, name: string, gap: string, value: string) =>
    secretName.test(name) && isLiteral(value) ? `${keyword}${name}${gap}${mask}` : whole,
  );
  const urls = legacy.replace(userinfo, (whole, scheme: string, _user: string | undefined, secret: string) =>
    isLiteral(secret) ? `${scheme}${mask}@` : whole,
  );
  return tokens.reduce((result, token) => result.replace(token, mask), urls);
}

/** A variable of this name holds a secret and nothing else. */
export function namesSecret(name: string): boolean {
  return certainName.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')) && !publicName.test(name);
}

/** The value of an assignment is a secret: one that is written there, or one that a variable brings. */
export function isSecretValue(name: string, value: string): boolean {
  if (carriesCredential(value) || usesSecret(value)) return true;
  return namesSecret(name) && isWritten(value) && !isPlaceholder(unquoted(value));
}

/** A file with this content gives its reader access to something. Names of secrets without values are none. */
export function holdsSecret(content: string): boolean {
  if (privateKey.test(content) || carriesCredential(content)) return true;
  return [...content.matchAll(setting)].some(
    ([, name = '', value = '']) => namesSecret(name) && isWritten(value) && !isPlaceholder(unquoted(value)),
  );
}

/** The text names a variable that holds a secret: `$NPM_TOKEN`, `${GITHUB_PAT}`. */
export function usesSecret(text: string): boolean {
  return [...text.matchAll(/\$\{?([A-Za-z_]\w{0,80})/g)].some(([, name = '']) => namesSecret(name));
}

function carriesCredential(text: string): boolean {
  const hasUser = [...text.matchAll(userinfo)].some(
    ([, , user, secret = '']) => user !== undefined && isWritten(secret) && !isPlaceholder(secret),
  );
  return hasUser || tokens.some((token) => text.search(token) >= 0);
}

/** A reference to a variable is no secret. */
function isWritten(value: string): boolean {
  const bare = unquoted(value);
  return bare !== '' && !bare.startsWith('$');
}

function unquoted(value: string): string {
  return value.replace(/^["']|["']$/g, '');
}

/** Words that stand where a secret will stand, paths to one, and switches. */
function isPlaceholder(value: string): boolean {
  return (
    /^(?:\/|<|\*+$|\d{1,5}$|true$|false$|none$|null$|changeme|change[-_]|replace|your[-_]?|example|dummy|placeholder|test$|x+$|\.\.\.)/i.test(
      value,
    ) || value.length < 4
  );
}
