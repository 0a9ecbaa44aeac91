/** Text for the log of a CI workflow, whose runner obeys lines that start like a command. */
import type { Sink } from './report.ts';

/** A sink through which no line can be taken for a workflow command. */
export function withoutCommands(sink: Sink): Sink {
  return { out: (text) => sink.out(disarmed(text)), err: (text) => sink.err(disarmed(text)) };
}

/** The colons that open a command are set apart; everything else stays. */
export function disarmed(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1: ').replaceAll('##[', '## [');
}
