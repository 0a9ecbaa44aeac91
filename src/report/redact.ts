/** Secrets that stand in a Dockerfile, hidden in reports: reports travel further than the file does. Patches stay exact. */
import { withoutSecrets } from '../secrets.ts';

export const mask = '‹redacted›';

/** The text with the values of secret-looking names, known token shapes and URL credentials replaced by `mask`. */
export function redact(text: string): string {
  return withoutSecrets(text, mask);
}
