/** What a Python program does that only root may. */
import type { Evidence } from '../../answer.ts';
import { lineAt, type Source } from '../../project/sources.ts';

/** `what` is the subject of "needs root". Sources: docker-py's client documentation; packet(7), raw(7). */
const uses: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    pattern:
      /docker\.sock\b|\bdocker\.(?:from_env|DockerClient|APIClient)\(|^[ \t]*from docker import\b|\baiodocker\.Docker\(/m,
    what: 'using the socket of the container engine',
  },
  { pattern: /\bSOCK_RAW\b|\bAF_PACKET\b|^[ \t]*(?:from|import) scapy\b/m, what: 'opening raw sockets' },
];

/** The first such use in these sources. */
export function rootUse(
  sources: readonly Source[],
): { readonly what: string; readonly evidence: Evidence } | undefined {
  for (const { path, text } of sources) {
    if (!path.endsWith('.py')) continue;
    const code = text.replace(/^[ \t]*#.*$/gm, '');
    for (const { pattern, what } of uses) {
      const found = pattern.exec(code);
      if (found === null) continue;
      const line = lineAt(code, found.index + found[0].search(/\S/));
      return { what, evidence: { file: path, line, says: (code.split('\n')[line - 1] ?? '').trim().slice(0, 80) } };
    }
  }
  return undefined;
}
