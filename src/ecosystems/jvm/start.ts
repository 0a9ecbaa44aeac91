/** How a JVM program starts: `java [options] -jar FILE` (java(1), "Synopsis"). */
import type { Answer, Evidence } from '../../answer.ts';
import { known, notKnown } from '../../answer.ts';
import { resolvePath } from '../../reading/commands.ts';
import type { Reading } from '../../reading/reading.ts';
import { jvmReasons } from './reasons.ts';

export interface JavaStart {
  /** Absolute path of the jar or war; its last component may hold `*`. */
  readonly jar: string;
  readonly glob: boolean;
  /** A shell expands the words. */
  readonly shell: boolean;
  readonly evidence: Evidence;
  /** `-Dname=value` and `--name=value` words. */
  readonly properties: ReadonlyMap<string, string>;
}

export function isJava(word: string | undefined): boolean {
  return word === 'java' || word?.endsWith('/java') === true;
}

/** The jar that the container starts. */
export function javaStart(reading: Reading): Answer<JavaStart> {
  const { explain } = jvmReasons;
  const command = reading.start.commands.findLast((one) => isJava(one.argv[0]));
  if (command === undefined) return notKnown(explain('not-started'));
  const at = command.argv.indexOf('-jar');
  const word = at < 0 ? undefined : command.argv[at + 1];
  if (word === undefined) return notKnown(explain('class-path', { command: command.argv.join(' ') }, { evidence: [command.evidence] }));
  const workdir = reading.chain.at(-1)?.workdir;
  const jar = /[$`]/.test(word) ? undefined : resolvePath(workdir, word);
  if (jar === undefined) return notKnown(explain('jar-variable', { word }, { evidence: [command.evidence] }));
  if (/[*?[]/.test(jar.slice(0, jar.lastIndexOf('/')))) return notKnown(explain('jar-variable', { word }, { evidence: [command.evidence] }));
  return known({ jar, glob: /[*?]/.test(jar), shell: command.shell, evidence: command.evidence, properties: properties(command.argv) }, command.evidence);
}

function properties(argv: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const word of argv) {
    const match = /^(?:-D|--)([\w.-]+)=(.*)$/.exec(word);
    if (match?.[1] !== undefined) found.set(match[1], match[2] ?? '');
  }
  return found;
}
