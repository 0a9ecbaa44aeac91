/** Secrets that stand in a Dockerfile, hidden in reports: reports travel further than the file does. Patches stay exact. */

export const mask = '‹redacted›';

/** `TOKEN`, `NPM_AUTH_TOKEN`, `apiKey`, `DB_PASSWORD`; `KEY` only as a word of its own, so that `MONKEY` is none. */
const secretName =
  /token|secret|passw|passphrase|credential|(?:^|[_.-])(?:api|private|access|ssh|auth|encryption)?keys?(?:$|[_.-])|apikey/i;
const assignment = /([A-Za-z_][\w.-]{0,80})=("(?:[^"\\\n]|\\.){0,4096}"|'[^'\n]{0,4096}'|[^\s"'\\]{1,4096})/g;
const legacyEnv = /^([ +-]?\s{0,40}ENV\s{1,40})([A-Za-z_][\w.-]{0,80})(\s{1,40})([^=\s][^\n]*)$/gim;
const userinfo = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)([^\s/@:'"]{0,256}:)?([^\s/@'"]{1,256})@/gi;

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
export function redact(text: string): string {
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

/** A reference to a variable is no secret. */
function isLiteral(value: string): boolean {
  const bare = value.replace(/^["']|["']$/g, '');
  return bare !== '' && !bare.startsWith('$') && !bare.startsWith(mask);
}
